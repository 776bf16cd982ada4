"""The load on people: everybody sees their own, supervisors that of all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.bootstrap import App
from bot.console import views
from bot.console.pages import Pages
from bot.domain.load import MONTH, loads
from bot.domain.staff import Staff
from bot.services.duty import active_staff
from bot.services.quarantine import may_decide
from bot.store.unit_of_work import SqlUnitOfWork

PARTS = ("waiting", "loads")


class LoadPage:
    """Pages at night, broken nights and hard cases, by member."""

    def __init__(self, app: App, pages: Pages) -> None:
        self._app = app
        self._pages = pages

    async def show(self, request: Request, member: Staff) -> Response:
        """The figures, kept up to date."""

        async def read() -> Mapping[str, Any]:
            return await self._app.read(partial(self._context, member))

        return await self._pages.follow(request, self._app.wakes, "loads.html", PARTS, read)

    def _context(self, member: Staff, uow: SqlUnitOfWork) -> Mapping[str, Any]:
        office, now = self._app.office, self._app.clock.now()
        seen = active_staff(uow) if may_decide(member) else (member,)
        labels = {each.id: each.label for each in seen}
        since = now - MONTH
        found = loads(
            labels, uow.loads.rang(since), uow.loads.hard_cases(since), office.timezone, now
        )
        heaviest_first = sorted(
            found, key=lambda each: (-each.nights_week, -each.nights_month, -each.pages_month)
        )
        return {
            "top": views.top(uow, member, office, now),
            "loads": [(labels[each.staff_id], each) for each in heaviest_first],
            "own": member.label,
        }
