"""The first page: which cases wait, who is on duty, what is broken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.bootstrap import App
from bot.console import rows, views, words
from bot.console.forms import read_form
from bot.console.notices import notices
from bot.console.pages import TOPIC, Pages
from bot.console.sessions import HOME
from bot.console.steps import own_steps
from bot.domain.cases import CaseState
from bot.domain.staff import Staff
from bot.services import handover
from bot.services.handover import StillOpen
from bot.services.quarantine import may_decide
from bot.services.takeover import RefusedError
from bot.store.unit_of_work import SqlUnitOfWork

PARTS = ("waiting", "notices", "steps", "alarms", "duty", "tabs", "list")
SHIFT_HOURS = ("4", "8", "12")


class Lists:
    """The list of cases with duty and alarms."""

    def __init__(self, app: App, pages: Pages) -> None:
        self._app = app
        self._pages = pages

    async def show(self, request: Request, member: Staff) -> Response:
        """Open or closed cases, kept up to date."""
        closed = request.query_params.get("show") == CaseState.CLOSED
        state = CaseState.CLOSED if closed else CaseState.OPEN

        async def read() -> Mapping[str, Any]:
            return await self._read(member, state)

        return await self._pages.follow(request, self._app.wakes, "list.html", PARTS, read)

    async def _read(
        self, member: Staff, state: CaseState = CaseState.OPEN, **refused: Any
    ) -> Mapping[str, Any]:
        """The page; `refused` says what keeps this member on duty (held, still_open, problem)."""
        page = await self._app.read(partial(self._context, member, state))
        return {"held": (), "still_open": (), "problem": "", **page, **refused}

    def _context(self, member: Staff, state: CaseState, uow: SqlUnitOfWork) -> Mapping[str, Any]:
        now = self._app.clock.now()
        office = self._app.office
        duty = views.on_duty(uow, office, now)
        cases = rows.rows(uow, state, now)
        return {
            "top": views.top(uow, member, office, now),
            "notices": notices(uow, member, now),
            "steps": own_steps(uow, member, office, now),
            "alarms": views.alarms(uow, now),
            "duty": duty,
            "on_duty": any(each.label == member.label for each in duty),
            "next_shift": views.next_shift(uow, office, now),
            "hours": SHIFT_HOURS,
            "rows": cases,
            "state": state.value,
            "tab": state.value,
            "cut": len(cases) == rows.MOST_SHOWN,
            "missing": words.MISSING,
        }

    async def begin_duty(self, request: Request, member: Staff) -> Response:
        """Be on duty for some hours from now: replaces what is left of the shift before."""
        hours = (await read_form(request)).get("hours", "")
        if hours not in SHIFT_HOURS:
            raise HTTPException(400)
        now = self._app.clock.now()
        end = now + timedelta(hours=int(hours))

        def begin(uow: SqlUnitOfWork) -> None:
            uow.rota.end_shift(member.id, now)
            uow.rota.add_shift(member.id, now, end)
            uow.wake(TOPIC)

        await self._app.write(begin)
        return RedirectResponse(HOME, 303)

    async def end_duty(self, _request: Request, member: Staff) -> Response:
        """End the duty of today: nobody is paged through this shift any more.

        Refused while this member still answers somebody (the bot is silent there, and nobody else
        would notice), or has a grave case that nobody of the next shift has taken on.
        """
        now = self._app.clock.now()

        def end(uow: SqlUnitOfWork) -> tuple[tuple[str, ...], tuple[StillOpen, ...]]:
            held = views.held_cases(uow, member)
            still_open = handover.keeps_on_duty(uow, member, now)
            if not held and not still_open:
                handover.end_duty(uow, member, now)
            return held, still_open

        try:
            held, still_open = await self._app.write(end)
        except RefusedError as refused:
            context = await self._read(member, problem=str(refused))
            return self._pages.show("list.html", context, PARTS, 409)
        if held or still_open:
            context = await self._read(member, held=held, still_open=still_open)
            return self._pages.show("list.html", context, PARTS, 409)
        return RedirectResponse(HOME, 303)

    async def settle(self, request: Request, member: Staff) -> Response:
        """A supervisor has seen to the alarms of a kind, up to the newest that was shown."""
        form = await read_form(request)
        kind, newest = form.get("kind", ""), form.get("newest", "")
        if not (newest.isascii() and newest.isdigit()):
            raise HTTPException(400)
        now = self._app.clock.now()

        def settle(uow: SqlUnitOfWork) -> None:
            if not may_decide(member):
                raise HTTPException(403)
            for alarm in uow.alarms.standing():
                # A later one has not been seen by anybody yet.
                if alarm.kind == kind and alarm.id <= int(newest):
                    uow.alarms.settle_one(alarm.id, now)
            uow.wake(TOPIC)

        await self._app.write(settle)
        return RedirectResponse(HOME, 303)

    async def notice_seen(self, request: Request, member: Staff) -> Response:
        """A member has read what they were told; only their own goes away."""
        notice_id = request.path_params["notice_id"]
        now = self._app.clock.now()

        def see(uow: SqlUnitOfWork) -> None:
            if not uow.notices.seen(notice_id, member.id, now):
                raise HTTPException(404)
            uow.wake(TOPIC)

        await self._app.write(see)
        return RedirectResponse(HOME, 303)
