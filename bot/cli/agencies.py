"""The lists of placement companies: taking one in, looking into them, taking one away."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table

from bot.bootstrap import App
from bot.cli.audit import audited
from bot.cli.common import CommandError, WrongUseError, say
from bot.cli.opened import with_app
from bot.domain.agencies import Agency, Findings, is_sample, is_stale, state_on
from bot.domain.agency_file import AgencyFileError, Defaults, parse_day, read_agencies
from bot.language.agencies import AgencyNamed, agency_in_answer
from bot.services.agencies import (
    Imported,
    SmallerListError,
    find_agency,
    import_lists,
    say_findings,
)
from bot.store.agencies import AgencyList

LARGEST_FILE = 8 * 1024 * 1024

log = structlog.get_logger()


def take_in(file: Path, source: str, as_of: str, *, force: bool) -> None:
    """Put a file's lines in the place of the lists of its sources: all of it or nothing."""
    text = _text(file)
    try:
        defaults = Defaults(source, parse_day(as_of) if as_of else None)
    except ValueError as error:
        raise WrongUseError(f"--as-of: {error}") from error

    async def write(app: App) -> tuple[Imported, ...]:
        now = app.clock.now()
        # A day of grace: the list may come from where it is tomorrow already.
        agencies = read_agencies(text, app.office.today(now) + timedelta(days=1), defaults)
        return await app.write(lambda uow: import_lists(uow, agencies, now, force=force))

    with audited("agencies") as by:
        try:
            done = with_app(write)
        except AgencyFileError as error:
            for fault in error.faults:
                say(f"tanyadulu: {file}, {fault}")
            raise WrongUseError(f"{file} cannot be taken: nothing was changed") from error
        except SmallerListError as error:
            raise CommandError(f"{error}; if that is right, give --force") from error
        for each in done:
            log.info("agencies_imported", by=by, **_counts(each))
            print(
                f"{each.source}: {each.count} companies as of {each.as_of}, {each.before} before."
            )
            if is_sample(each.source):
                print("This list is made up: every look-up says LATIHAN until it is removed.")


def remove(source: str) -> None:
    """Take the list of a source away."""
    with audited("agencies") as by:
        gone = with_app(lambda app: app.write(lambda uow: uow.agencies.remove(source)))
        if not gone:
            raise CommandError(f"there is no list of {source}: see ./tanyadulu agencies show")
        log.info("agencies_removed", by=by, source=source, count=gone)
        print(f"{source}: {gone} companies removed.")


def show(name: str | None) -> None:
    """The lists that there are, or what they say about a company and what people would hear."""
    if name is None:
        _show_lists()
        return
    named = agency_in_answer(name) or AgencyNamed((name,))

    async def read(app: App) -> tuple[Findings, str, date]:
        today = app.office.today(app.clock.now())
        found = await app.read(lambda uow: find_agency(uow, named.names, named.licence, today))
        return found, say_findings(found, app.wording, today, in_offer=False).text, today

    found, answer, today = with_app(read)
    print(f"Outcome: {found.code}")
    if found.agencies:
        Console().print(_table(found.agencies, today))
    print(f"People hear:\n{answer}")


def _show_lists() -> None:
    async def read(app: App) -> tuple[tuple[AgencyList, ...], date]:
        lists = await app.read(lambda uow: uow.agencies.lists())
        return lists, app.office.today(app.clock.now())

    lists, today = with_app(read)
    if not lists:
        print("No list is loaded: ./tanyadulu agencies import FILE.csv (docs/runbook.md)")
        return
    table = Table("Source", "As of", "Companies", "Imported", "State")
    for each in lists:
        state = "older than 30 days" if is_stale(each.as_of, today) else "current"
        state = f"made up, {state}" if is_sample(each.source) else state
        imported = f"{each.imported_at:%Y-%m-%d}"
        table.add_row(each.source, str(each.as_of), str(each.count), imported, state)
    Console().print(table)


def _table(agencies: tuple[Agency, ...], today: date) -> Table:
    table = Table(
        "Name", "Licence", "State", "Valid until", "Address", "Branch", "Sanction", "Source"
    )
    for each in agencies:
        until = "" if each.valid_until is None else str(each.valid_until)
        told = (each.address, each.branch, each.sanction, f"{each.source} ({each.as_of})")
        table.add_row(each.name, each.licence, state_on(each, today), until, *told)
    return table


def _counts(each: Imported) -> dict[str, object]:
    return {
        "source": each.source,
        "as_of": str(each.as_of),
        "count": each.count,
        "before": each.before,
    }


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise CommandError(f"{file} is larger than {LARGEST_FILE // 1024**2} MB")
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {(error.strerror or '').lower()}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is no UTF-8 text: save it as CSV UTF-8") from error
