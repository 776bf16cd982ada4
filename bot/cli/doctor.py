"""Say what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Generator, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape

from bot.bootstrap import App, build
from bot.cli import findings
from bot.cli.backup import STAMP as LAST_BACKUP
from bot.cli.common import CommandError, load_settings
from bot.cli.doctor_channels import channel_findings
from bot.cli.doctor_pictures import picture_finding, small_picture
from bot.cli.findings import Finding, Level, broken, ok, warning
from bot.clock import SystemClock
from bot.domain.agencies import is_sample, is_stale
from bot.domain.auditor import HEARTBEAT, Severity, audit
from bot.domain.channels import TELEGRAM, WHATSAPP
from bot.domain.contacts import unchecked
from bot.domain.office import Office
from bot.gateways.ocr import PictureProcess
from bot.language.understanding import Understander
from bot.services.coverage import Coverage, coverage
from bot.services.duty import (
    STAFF_FOR_REAL_SERVICE,
    active_staff,
    duty,
    has_verified_contact,
    is_practice,
)
from bot.services.opening import is_open
from bot.services.watchman import WATCH
from bot.settings import Settings
from bot.store.agencies import AgencyList
from bot.store.database import open_engine
from bot.store.keys import KeyMissingError
from bot.store.migrate import is_current
from bot.store.unit_of_work import SqlUnitOfWork
from bot.surroundings import in_passing
from channels import telegram_staff
from channels.telegram import webhook_secret

OLD_BACKUP = timedelta(days=2)
_MARKS = {
    Level.OK: "[green]✓[/green]",
    Level.WARNING: "[yellow]![/yellow]",
    Level.BROKEN: "[red]✗[/red]",
}


def run() -> None:
    """Print all findings; status 1 when something is broken."""
    console = Console(soft_wrap=True)
    worst = Level.OK
    for finding in _all():
        console.print(f"{_MARKS[finding.level]} {escape(finding.what)}")
        if finding.mend:
            console.print(f"  [dim]mend:[/dim] {escape(finding.mend)}")
        if finding.level is Level.BROKEN:
            worst = Level.BROKEN
    if worst is Level.BROKEN:
        raise typer.Exit(1)


def _all() -> Iterator[Finding]:
    try:
        settings = load_settings()
    except CommandError as error:
        yield broken(str(error), "see .env.example")
        return
    now = SystemClock().now()
    of_settings = list(findings.settings_findings(settings))
    yield from of_settings
    yield from findings.environment_findings()
    yield from findings.model_findings()
    yield from findings.clock_findings(now)
    yield from findings.disk_findings(settings.data_dir)
    yield from findings.permission_findings(settings.data_dir)
    yield from findings.directory_findings()
    yield from findings.library_findings(now.date())
    yield from findings.running_findings(settings)
    if settings.picture_window:
        yield asyncio.run(picture_finding(PictureProcess(), small_picture()))
    else:
        yield ok("pictures are not read (TANYADULU_PICTURE_SECONDS=0): people type what they say")
    yield from backup_findings(settings.data_dir, now)
    secret, staff_secret = settings.telegram_webhook_secret or None, None
    in_the_way = [each for each in of_settings if each.level is Level.BROKEN]
    if all(finding.what.startswith("PUBLIC_BASE_URL") for finding in in_the_way):
        known = yield from _database(settings, now)
        if known is not None:
            secret, staff_secret = known
    found = channel_findings(settings, SystemClock(), secret, staff_secret)
    yield from asyncio.run(found)


def backup_findings(folder: Path, now: datetime) -> Iterator[Finding]:
    """Whether what people told would outlive this machine."""
    stamp = folder / LAST_BACKUP
    if not stamp.exists():
        yield warning("there was no backup yet", "./tanyadulu backup FILE (docs/runbook.md)")
        return
    age = now - datetime.fromtimestamp(stamp.stat().st_mtime, UTC)
    if age > OLD_BACKUP:
        yield warning(f"the last backup is {age.days} days old", "./tanyadulu backup FILE")
    else:
        yield ok("the last backup is younger than two days")


def _database(
    settings: Settings, now: datetime
) -> Generator[Finding, None, tuple[str, str] | None]:
    """The database and what it says about the staff; a missing or old one is left as it is.

    Returns the secrets of Telegram's webhooks, people's and staff's, when they can be known.
    """
    if not settings.database_url and not (settings.data_dir / "tanyadulu.db").exists():
        yield ok("no database yet: the first start makes it")
        return None
    try:
        engine = open_engine(settings.database)
        current = is_current(engine)
        engine.dispose()
    except Exception as error:  # noqa: BLE001 - each driver has errors of its own
        yield broken(f"the database cannot be opened ({type(error).__name__})", "see DATABASE_URL")
        return None
    if not current:
        yield broken("the database is of another version", "start once: it is brought up to date")
        return None
    yield ok("the database is current")
    try:
        app = build(settings, reader=Understander(None))  # nothing is read here
    except KeyMissingError as error:
        yield broken(f"nothing can be read: {error}", "put back the key that was used before")
        return None
    try:
        yield from app.database.read(lambda uow: _staff(uow, app, now))
        yield from watch_findings(app, now)
        yield from agency_findings(
            app.database.read(lambda uow: uow.agencies.lists()), app.office.today(now)
        )
        return webhook_secret(app), telegram_staff.webhook_secret(app)
    finally:
        asyncio.run(app.close())


def watch_findings(app: App, now: datetime) -> Iterator[Finding]:
    """What the watchman would find now, and how it, its test report and the heartbeat do."""
    around = in_passing(app)
    facts = app.database.read(lambda uow: uow.audit.facts(now))
    for found in audit(facts, around, now):
        make = broken if found.severity is Severity.GRAVE else warning
        yield make(found.sentence, f"docs/runbook.md, {found.code}")
    run = facts.canary
    if run is not None and run.seconds is not None:
        at = f"{run.started_at:%Y-%m-%d %H:%M} UTC"
        yield ok(f"the test report of {at} was acknowledged after {run.seconds:.1f} s")
    sent = facts.beats.get(HEARTBEAT)
    if not around.has_heartbeat:
        what = "HEARTBEAT_URL is not set: nobody notices when this machine is gone"
        yield warning(what, "a free account at any heartbeat monitor gives such an address")
    elif sent is None:
        yield warning("HEARTBEAT_URL has not been called yet", "start the watchman, wait a minute")
    else:
        yield ok(f"the last heartbeat left at {sent:%Y-%m-%d %H:%M} UTC")


def agency_findings(lists: Sequence[AgencyList], today: date) -> Iterator[Finding]:
    """Whether what people hear about placement companies comes from a list, and how old it is."""
    if not lists:
        yield warning(
            "no list of placement companies is loaded: none can be looked up",
            "./tanyadulu agencies import FILE.csv (docs/runbook.md)",
        )
    for each in lists:
        what = f"list of companies, {each.source}: {(today - each.as_of).days} days old"
        if is_sample(each.source):
            yield warning(
                f"{what}; it is made up, so every look-up says LATIHAN",
                f"./tanyadulu agencies remove {shlex.quote(each.source)}",
            )
        elif is_stale(each.as_of, today):
            yield warning(f"{what}, and people are told so", "./tanyadulu agencies import FILE.csv")
        else:
            yield ok(what)


def rota_findings(open_ends: Coverage, office: Office) -> Iterator[Finding]:
    """What the plan of the coming two weeks leaves open."""
    asleep = [each for each in open_ends.unwakeable if each not in open_ends.gaps]
    kinds = (
        ("nobody is on call", open_ends.gaps, "./tanyadulu oncall set FILE.yml"),
        ("nobody on call can be woken", asleep, "./tanyadulu staff contact LOGIN email ADDRESS"),
    )
    for what, gaps, mend in kinds:
        if gaps:
            first = gaps[0].starts_at.astimezone(office.timezone)
            times = f"{len(gaps)} times" if len(gaps) > 1 else "once"
            when = f"{times} in the coming two weeks, first {first:%Y-%m-%d %H:%M}"
            yield warning(f"{what} {when} ({office.timezone.key})", mend)
    if not open_ends.unwakeable:
        yield ok("somebody who can be woken is on call at every hour of the coming two weeks")


def _staff(uow: SqlUnitOfWork, app: App, now: datetime) -> list[Finding]:
    found: list[Finding] = []
    members = active_staff(uow)
    paged = [member for member in members if has_verified_contact(uow, app.office, member.id)]
    state = duty(uow, app.office, now)
    if not members:
        found.append(warning("nobody can sign in", "./tanyadulu staff add LOGIN"))
    if state.reachable:
        found.append(ok(f"{len(state.reachable)} of the staff on duty can be reached"))
    else:
        found.append(warning("nobody on duty can be reached", "begin a shift in the console"))
    found += list(rota_findings(coverage(uow, app.office, now), app.office))
    counted = f"{len(members)} may sign in, {len(paged)} have a verified contact"
    if members and len(paged) < STAFF_FOR_REAL_SERVICE:
        found.append(warning(counted, "./tanyadulu staff contact LOGIN email ADDRESS"))
    else:
        found.append(ok(counted))
    if is_practice(uow, app.office):
        reasons = []
        if app.office.practice:
            reasons.append("TANYADULU_PRACTICE is set")
        if waiting := len(unchecked(app.office.contacts)):
            reasons.append(f"{waiting} contacts are unchecked")
        if len(paged) < STAFF_FOR_REAL_SERVICE:
            reasons.append(f"fewer than {STAFF_FOR_REAL_SERVICE} people have a verified contact")
        why = "; ".join(reasons)
        found.append(warning(f"practice mode: {why}", "mend these, then it is real service"))
        found += [
            broken(f"{channel} takes no messages: {why}", "mend these, then it opens")
            for channel in (TELEGRAM, WHATSAPP)
            if channel in app.senders and not is_open(uow, channel, app.office)
        ]
    found += [
        warning(f"alarm since {alarm.at:%Y-%m-%d %H:%M} UTC: {alarm.kind}", "settle it")
        for alarm in uow.alarms.standing()
        if not alarm.kind.startswith(WATCH)  # those are found anew above
    ]
    return found
