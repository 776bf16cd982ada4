"""The register of recruiters: everybody reads, notes and disputes; supervisors decide."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.bootstrap import App
from bot.console import views
from bot.console.forms import Spent, read_form
from bot.console.pages import Pages
from bot.console.recruiter_views import read_entry, read_file
from bot.domain.recruiters import EntryAct
from bot.domain.staff import Staff
from bot.language.marks import as_mark
from bot.services import recruiters
from bot.services.takeover import RefusedError
from bot.store.unit_of_work import SqlUnitOfWork

PLACE = "/console/recruiters"
PARTS = ("waiting", "tabs", "recruiters")
ENTRY_PARTS = ("waiting", "recruiter")
MOST_SHOWN = 100
LONGEST_REASON = 2000
NOT_FOUND = "Tidak ada di daftar. Itu bukan tanda bahwa tawarannya bisa dipercaya."


class Recruiters:
    """The list, the search and the page of an entry."""

    def __init__(self, app: App, pages: Pages) -> None:
        self._app = app
        self._pages = pages
        self._spent = Spent()

    async def show(self, request: Request, member: Staff) -> Response:
        """What counts, or what was cleared, kept up to date."""
        cleared = request.query_params.get("show") == "cleared"

        async def read() -> Mapping[str, Any]:
            return await self._app.read(partial(self._list, member, cleared, ""))

        return await self._pages.follow(request, self._app.wakes, "recruiters.html", PARTS, read)

    def _list(
        self, member: Staff, cleared: bool, problem: str, uow: SqlUnitOfWork
    ) -> Mapping[str, Any]:
        now, office = self._app.clock.now(), self._app.office
        entries = uow.recruiters.listed(cleared=cleared, limit=MOST_SHOWN)
        return {
            "top": views.top(uow, member, self._app.office, self._app.clock.now()),
            "tab": "recruiters",
            "problem": problem,
            "cleared": cleared,
            "entries": [read_entry(uow, entry, office, now) for entry in entries],
            "cut": len(entries) == MOST_SHOWN,
        }

    async def find(self, request: Request, member: Staff) -> Response:
        """The entry of a number, account or name; posted, for addresses end up in logs."""
        written = (await read_form(request)).get("written", "")
        mark = as_mark(written[:200])

        def find(uow: SqlUnitOfWork) -> str | None:
            entry = None if mark is None else uow.recruiters.with_mark(uow.offers.mark_hash(mark))
            return None if entry is None else entry.reference

        reference = await self._app.read(find)
        if reference is not None:
            return RedirectResponse(f"{PLACE}/{reference}", 303)
        context = await self._app.read(partial(self._list, member, False, NOT_FOUND))
        return self._pages.show("recruiters.html", context, PARTS)

    async def show_one(self, request: Request, member: Staff) -> Response:
        """An entry, kept up to date."""
        reference = request.path_params["reference"]

        async def read() -> Mapping[str, Any]:
            return await self._app.read(partial(self._one, member, reference, ""))

        return await self._pages.follow(
            request, self._app.wakes, "recruiter.html", ENTRY_PARTS, read
        )

    def _one(
        self, member: Staff, reference: str, problem: str, uow: SqlUnitOfWork
    ) -> Mapping[str, Any]:
        entry = uow.recruiters.find(reference)
        if entry is None:
            raise HTTPException(404)
        return {
            "top": views.top(uow, member, self._app.office, self._app.clock.now()),
            "file": read_file(uow, entry, self._app.office, self._app.clock.now()),
            "problem": problem,
            "longest": LONGEST_REASON,
            "longest_label": recruiters.LONGEST_LABEL,
        }

    async def act(self, request: Request, member: Staff) -> Response:
        """One step; the same form a second time changes nothing."""
        reference, name = request.path_params["reference"], request.path_params["act"]
        form = await read_form(request)
        form_id = form.get("form_id", "")[:64]
        back = RedirectResponse(f"{PLACE}/{reference}", 303)
        if name not in {each.value for each in recruiters.STAFF_ACTS}:
            raise HTTPException(404)
        if not self._spent.spend(member.id, form_id):
            return back
        app = self._app
        try:
            await app.write(
                lambda uow: recruiters.act(
                    uow,
                    member,
                    reference,
                    EntryAct(name),
                    form.get("reason", "")[:LONGEST_REASON],
                    app.clock.now(),
                    form.get("label"),
                )
            )
        except RefusedError as refused:
            self._spent.give_back(member.id, form_id)
            context = await app.read(partial(self._one, member, reference, str(refused)))
            return self._pages.show("recruiter.html", context, ENTRY_PARTS, 409)
        except PermissionError as error:
            raise HTTPException(403) from error
        except KeyError as error:
            raise HTTPException(404) from error
        return back
