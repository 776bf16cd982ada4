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
from bot.console import views
from bot.console.forms import read_form
from bot.console.pages import TOPIC, Pages
from bot.console.sessions import HOME
from bot.domain.cases import CaseState
from bot.domain.staff import Staff
from bot.store.unit_of_work import SqlUnitOfWork

PARTS = ("waiting", "alarms", "duty", "list")
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
            return await self._app.read(partial(self._read, member, state))

        return await self._pages.follow(request, self._app.wakes, "list.html", PARTS, read)

    def _read(self, member: Staff, state: CaseState, uow: SqlUnitOfWork) -> Mapping[str, Any]:
        now = self._app.clock.now()
        office = self._app.office
        duty = views.on_duty(uow, office, now)
        rows = views.rows(uow, state, now)
        return {
            "top": views.top(uow, member),
            "alarms": views.alarms(uow, now),
            "duty": duty,
            "on_duty": any(each.label == member.label for each in duty),
            "next_shift": views.next_shift(uow, office, now),
            "hours": SHIFT_HOURS,
            "rows": rows,
            "state": state.value,
            "cut": len(rows) == views.MOST_SHOWN,
        }

    async def begin_duty(self, request: Request, member: Staff) -> Response:
        """Be on duty for some hours from now: replaces what is left of the shift before."""
        hours = (await read_form(request)).get("hours", "")
        if hours not in SHIFT_HOURS:
            raise HTTPException(400)
        now = self._app.clock.now()
        end = now + timedelta(hours=int(hours))

        def begin(uow: SqlUnitOfWork) -> None:
            uow.escalations.end_shift(member.id, now)
            uow.escalations.add_shift(member.id, now, end)
            uow.wake(TOPIC)

        await self._app.write(begin)
        return RedirectResponse(HOME, 303)

    async def end_duty(self, _request: Request, member: Staff) -> Response:
        """End the duty of today: nobody is paged through this shift any more."""
        now = self._app.clock.now()

        def end(uow: SqlUnitOfWork) -> None:
            uow.escalations.end_shift(member.id, now)
            uow.wake(TOPIC)

        await self._app.write(end)
        return RedirectResponse(HOME, 303)

    async def settle(self, request: Request, member: Staff) -> Response:
        """A supervisor has seen to an alarm."""
        alarm_id = request.path_params["alarm_id"]
        now = self._app.clock.now()

        def settle(uow: SqlUnitOfWork) -> None:
            if not views.top(uow, member).supervises:
                raise HTTPException(403)
            uow.alarms.settle_one(alarm_id, now)
            uow.wake(TOPIC)

        await self._app.write(settle)
        return RedirectResponse(HOME, 303)
