"""Who is on call: shown for two weeks, and set from a file."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from rich.console import Console
from rich.table import Table

from bot.bootstrap import App
from bot.cli.audit import audited
from bot.cli.common import CommandError, WrongUseError, say
from bot.cli.opened import with_app
from bot.domain.office import ZONE_NAMES
from bot.domain.rota import Gap, shifts_between
from bot.domain.rota_file import ZONES, RotaFileError, RotaInFile, read_rota_file
from bot.services.coverage import AHEAD, Coverage, coverage
from bot.services.rota_import import Change, import_rota
from bot.store.unit_of_work import SqlUnitOfWork

LARGEST_FILE = 256 * 1024

log = structlog.get_logger()


@dataclass(frozen=True)
class _Shown:
    """The plan as rows of schedule, beginning, end and login, and what it leaves open."""

    zone: ZoneInfo
    rows: tuple[tuple[str, datetime, datetime, str], ...]
    coverage: Coverage


def show(zone: str) -> None:
    """The coming two weeks of every schedule, with the gaps below."""
    if zone and zone.upper() not in ZONES:
        raise WrongUseError(f"--zone: choose {', '.join(ZONES)}")
    shown = with_app(lambda app: app.read(lambda uow: _read(uow, app, zone.upper())))
    name = ZONE_NAMES.get(shown.zone.key, shown.zone.key)
    if shown.rows:
        table = Table("Schedule", f"From ({name})", f"Until ({name})", "On call")
        for schedule, begins, ends, login in shown.rows:
            table.add_row(schedule, _moment(begins, shown.zone), _moment(ends, shown.zone), login)
        Console().print(table)
    else:
        print("Nobody is on call in the coming two weeks: ./tanyadulu oncall set FILE.yml")
    _print_gaps("Nobody on call", shown.coverage.gaps, shown.zone)
    asleep = tuple(each for each in shown.coverage.unwakeable if each not in shown.coverage.gaps)
    _print_gaps("Nobody on call with a verified contact", asleep, shown.zone)
    for member in shown.coverage.without_contact:
        print(f"{member.login} has no verified contact: ./tanyadulu staff contact {member.login}")


def _read(uow: SqlUnitOfWork, app: App, zone: str) -> _Shown:
    now = app.clock.now()
    plan = uow.rota.plan(now)
    rows = [
        (schedule.name, each.starts_at, each.ends_at, uow.staff.get(each.staff_id).login)
        for schedule in plan.schedules
        for each in shifts_between(schedule, now, now + AHEAD, plan.days_off)
    ]
    return _Shown(
        ZONES.get(zone, app.office.timezone),
        tuple(sorted(rows, key=lambda row: (row[1], row[0], row[3]))),
        coverage(uow, app.office, now),
    )


def _print_gaps(title: str, gaps: tuple[Gap, ...], zone: ZoneInfo) -> None:
    for gap in gaps:
        print(f"{title}: {_moment(gap.starts_at, zone)} to {_moment(gap.ends_at, zone)}")


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %Y-%m-%d %H:%M}"


def take_in(file: Path, *, yes: bool) -> None:
    """Show what a file would change, and write it when whoever runs this agrees."""
    try:
        wanted = read_rota_file(_text(file))
        with audited("oncall") as by:
            changes = _import(wanted, write=False)
            if not changes:
                print("The rota is as the file says: nothing to change.")
                return
            for change in changes:
                print(f"{change.sign} {change.what}")
            if not yes and not _agrees():
                raise CommandError("nothing was written; give --yes to write without asking")
            _import(wanted, write=True)
            log.info("rota_changed", by=by, what="imported", changes=len(changes))
            print(f"{len(changes)} changes written.")
    except RotaFileError as error:
        for fault in error.faults:
            say(f"tanyadulu: {file}, {fault}")
        raise WrongUseError(f"{file} cannot be taken: nothing was changed") from error


def _import(wanted: RotaInFile, *, write: bool) -> tuple[Change, ...]:
    async def run(app: App) -> tuple[Change, ...]:
        now = app.clock.now()
        today = app.office.today(now)
        if write:
            return await app.write(lambda uow: import_rota(uow, wanted, today, now, write=True))
        return await app.read(lambda uow: import_rota(uow, wanted, today, now, write=False))

    return with_app(run)


def _agrees() -> bool:
    return sys.stdin.isatty() and input("Write this? [y/N] ").strip().lower() in {"y", "yes", "ya"}


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise CommandError(f"{file} is larger than {LARGEST_FILE // 1024} kB")
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {(error.strerror or '').lower()}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is no UTF-8 text") from error
