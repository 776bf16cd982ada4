"""A night drill: real phones ring for a practice case, and the terminal shows what becomes of it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.bootstrap import App
from bot.cli.common import CommandError
from bot.cli.opened import with_app
from bot.domain.auditor import LOOP, STOPPED
from bot.domain.cases import Case
from bot.domain.pages import PageEvent, PageLine
from bot.services import trials
from bot.services.accounts import normalise_login
from bot.services.ringing import PAGES
from bot.services.trials import DrillState, TrialRefusedError
from bot.store.unit_of_work import SqlUnitOfWork

LOOK_SECONDS = 0.5
LINGER = timedelta(seconds=5)
"""After the acknowledgement: what a provider tells about the other phones comes a moment later."""
WORDS = {
    PageEvent.QUEUED: "queued",
    PageEvent.SENT: "handed to the provider",
    PageEvent.REPEATED: "handed to the provider again",
    PageEvent.DELIVERED: "delivered",
    PageEvent.SEEN: "seen",
    PageEvent.ACKNOWLEDGED: "[green]acknowledged[/green]",
    PageEvent.FAILED: "[red]failed[/red]",
    PageEvent.NOT_SENT: "[yellow]not sent[/yellow]",
    PageEvent.REFUSED: "[yellow]passed on or refused[/yellow]",
    PageEvent.EXHAUSTED: "[red]nobody answered, the policy has run out[/red]",
}


def run(member: str | None, minutes: int) -> None:
    """Drill. Raises `CommandError` when there can be none now; Ctrl-C ends it as time does."""
    login = None if member is None else normalise_login(member)
    console = Console(soft_wrap=True)
    with_app(lambda app: _drill(app, login, timedelta(minutes=minutes), console))


async def _drill(app: App, login: str | None, longest: timedelta, console: Console) -> None:
    case, names = await _begin(app, login)
    console.print(f"Drill {case.reference}: phones ring now. Ctrl-C ends it.")
    following = asyncio.create_task(_follow(app, case, names, longest, console))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, following.cancel)
    why = ""
    try:
        why = await following
    except asyncio.CancelledError:
        why = "ended by hand"
    finally:
        await app.write(lambda uow: trials.end_drill(uow, case.id, app.office, app.clock.now()))
    state = await app.read(lambda uow: trials.drill_state(uow, case.id))
    console.print(_table(state.lines, names, case.opened_at))
    console.print(f"{case.reference}: {why}; the case is closed as practice.")


async def _begin(app: App, login: str | None) -> tuple[Case, Mapping[str, str]]:
    now = app.clock.now()

    def begin(uow: SqlUnitOfWork) -> tuple[Case, Mapping[str, str]]:
        seen = uow.beats.get(f"{LOOP}{PAGES}")
        if seen is None or abs(now - seen.at) >= STOPPED:
            raise TrialRefusedError("no worker runs, so nobody would be called: start it first")
        names = {each.id: f"{each.login} ({each.label})" for each in uow.staff.everyone()}
        return trials.begin_drill(uow, app.office, login, now), names

    try:
        return await app.write(begin)
    except TrialRefusedError as error:
        raise CommandError(str(error)) from error


async def _follow(
    app: App, case: Case, names: Mapping[str, str], longest: timedelta, console: Console
) -> str:
    """Print each new line of the record; why it ended."""
    shown, taken_at = 0, None
    while True:
        state = await app.read(lambda uow: trials.drill_state(uow, case.id))
        for line in state.lines[shown:]:
            console.print(_told(line, names, case.opened_at))
        shown = len(state.lines)
        now = app.clock.now()
        if state.acknowledged and taken_at is None:
            taken_at = now
        if why := _why_over(state, taken_at, case.opened_at + longest, now):
            return why
        await asyncio.sleep(LOOK_SECONDS)


def _why_over(state: DrillState, taken_at: datetime | None, end: datetime, now: datetime) -> str:
    """Empty while it goes on."""
    if state.in_the_way_of is not None:
        return f"ended, for {state.in_the_way_of} began to ring"
    if taken_at is not None:
        return "acknowledged" if now - taken_at >= LINGER else ""
    if state.over:
        return "nobody answered"
    return "nobody answered in time" if now >= end else ""


def _told(line: PageLine, names: Mapping[str, str], begun: datetime) -> str:
    seconds = (line.at - begun).total_seconds()
    who = names.get(line.staff_id or "", "")
    parts = (who, line.channel, WORDS.get(line.event, line.event.value))
    reason = f" [dim]{escape(line.reason)}[/dim]" if line.reason else ""
    return f"{seconds:7.1f} s  {'  '.join(part for part in parts if part)}{reason}"


def _table(lines: Sequence[PageLine], names: Mapping[str, str], begun: datetime) -> Table:
    """One row for each phone, with the seconds to each of its stations."""
    stations = (
        PageEvent.QUEUED,
        PageEvent.SENT,
        PageEvent.DELIVERED,
        PageEvent.SEEN,
        PageEvent.ACKNOWLEDGED,
    )
    table = Table("Who", "Channel", *(each.value.capitalize() for each in stations), "Problem")
    found: dict[tuple[str, str], dict[PageEvent, str]] = {}
    problems: dict[tuple[str, str], str] = {}
    for line in lines:
        if line.staff_id is None:
            continue
        phone = (names.get(line.staff_id, line.staff_id), line.channel)
        event = PageEvent.SENT if line.event is PageEvent.REPEATED else line.event
        seconds = f"{(line.at - begun).total_seconds():.1f} s"
        found.setdefault(phone, {}).setdefault(event, seconds)
        if line.event in (PageEvent.FAILED, PageEvent.NOT_SENT, PageEvent.REFUSED):
            problems[phone] = line.reason
    for phone, moments in found.items():
        seconds_to = (moments.get(each, "") for each in stations)
        table.add_row(*phone, *seconds_to, escape(problems.get(phone, "")))
    return table
