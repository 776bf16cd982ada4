"""Say what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime

import typer
from rich.console import Console
from rich.markup import escape

from bot.bootstrap import App, build
from bot.cli import findings
from bot.cli.common import CommandError, load_settings
from bot.cli.findings import Finding, Level, broken, ok, warning
from bot.clock import SystemClock
from bot.domain.contacts import unchecked
from bot.language.understanding import Understander
from bot.services.duty import (
    STAFF_FOR_REAL_SERVICE,
    active_staff,
    duty,
    has_verified_contact,
    is_practice,
)
from bot.settings import Settings
from bot.store.database import open_engine
from bot.store.keys import KeyMissingError
from bot.store.migrate import is_current
from bot.store.unit_of_work import SqlUnitOfWork

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
    yield from findings.running_findings(settings)
    if not any(finding.level is Level.BROKEN for finding in of_settings):
        yield from _database(settings, now)


def _database(settings: Settings, now: datetime) -> Iterator[Finding]:
    """The database and what it says about the staff; a missing or old one is left as it is."""
    if not settings.database_url and not (settings.data_dir / "tanyadulu.db").exists():
        yield ok("no database yet: the first start makes it")
        return
    try:
        engine = open_engine(settings.database)
        current = is_current(engine)
        engine.dispose()
    except Exception as error:  # noqa: BLE001 - each driver has errors of its own
        yield broken(f"the database cannot be opened ({type(error).__name__})", "see DATABASE_URL")
        return
    if not current:
        yield broken("the database is of another version", "start once: it is brought up to date")
        return
    yield ok("the database is current")
    try:
        app = build(settings, reader=Understander(None))  # nothing is read here
    except KeyMissingError as error:
        yield broken(f"nothing can be read: {error}", "put back the key that was used before")
        return
    try:
        yield from app.database.read(lambda uow: _staff(uow, app, now))
    finally:
        asyncio.run(app.close())


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
        found.append(
            warning(f"practice mode: {'; '.join(reasons)}", "mend these, then it is real service")
        )
    found += [
        warning(f"alarm since {alarm.at:%Y-%m-%d %H:%M} UTC: {alarm.kind}", "settle it")
        for alarm in uow.alarms.standing()
    ]
    return found
