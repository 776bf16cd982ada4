"""The page of a case and what a member can do on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.bootstrap import App
from bot.console import views, words
from bot.console.acts import LONGEST_NOTE, Act, Form, Unsure, short_enough
from bot.console.carework import Carework
from bot.console.forms import Spent, read_form
from bot.console.pages import Pages
from bot.domain.cases import Case, CaseState
from bot.domain.departures import Outcome
from bot.domain.staff import Staff
from bot.services import departures, holding, takeover
from bot.services.acknowledging import Answer, acknowledge_case
from bot.services.next_steps import LONGEST_TEXT
from bot.services.takeover import RefusedError
from bot.store.unit_of_work import SqlUnitOfWork

PARTS = ("waiting", "bar", "state", "lines", "care", "composer", "file")
# Where the page opens again after a step; other steps show it from the top.
ANCHORS = {
    "take-over": "#end",
    "reply": "#end",
    "release": "#end",
    "note": "#note",
    "plan": "#next",
    "accept-step": "#next",
    "finish-step": "#next",
}
# Steps that ask for a second yes.
QUESTIONS = {
    "close": "confirm_close.html",
    "confirm-close": "confirm_close.html",
    "release": "confirm_release.html",
}
# WhatsApp through Twilio takes no more in one message.
LONGEST_REPLY = 1500


class Casework:
    """One case: read it, take it, answer, hand back, note, close."""

    def __init__(self, app: App, pages: Pages) -> None:
        self._app = app
        self._pages = pages
        self._spent = Spent()
        self._acts: dict[str, Act] = {
            "acknowledge": self._acknowledge,
            "take-over": self._take_over,
            "reply": self._reply,
            "hand-back": self._hand_back,
            "note": self._note,
            "release": self._release,
            "departure": self._departure,
            **Carework(app).acts(),
        }

    async def show(self, request: Request, member: Staff) -> Response:
        """The case, kept up to date."""

        async def read() -> Mapping[str, Any]:
            return await self._read(request, member)

        return await self._pages.follow(request, self._app.wakes, "case.html", PARTS, read)

    async def _read(
        self,
        request: Request,
        member: Staff,
        *,
        problem: str = "",
        act: str = "",
        form: Form | None = None,
    ) -> Mapping[str, Any]:
        reference = request.path_params["reference"]
        now = self._app.clock.now()

        def read(uow: SqlUnitOfWork) -> Mapping[str, Any]:
            case = _find(uow, reference)
            return {
                "top": views.top(uow, member, self._app.office, now),
                "file": views.case_file(uow, case, member, self._app.office, now),
                "problem": problem,
                # Only the form that was refused gets its words back: a note is no reply.
                "refused": act,
                "draft": form or {},
                "reasons": words.CLOSE_REASONS,
                "silences": words.SILENCES,
                "longest_step": LONGEST_TEXT,
                "longest_reply": LONGEST_REPLY,
                "longest_note": LONGEST_NOTE,
            }

        return await self._app.read(read)

    async def act(self, request: Request, member: Staff) -> Response:
        """Do one step; a refusal shows the page again with the reason and what was typed."""
        name = request.path_params["act"]
        act = self._acts.get(name)
        if act is None:
            raise HTTPException(404)
        reference = request.path_params["reference"]
        form = await read_form(request)
        form_id = form.get("form_id", "")[:64]
        if not self._spent.spend(member.id, form_id):
            return _back(reference, name, form)
        try:
            await self._app.write(partial(_do, act, reference, member, form))
        except Unsure:
            self._spent.give_back(member.id, form_id)
            context = await self._read(request, member, form=form)
            return self._pages.show(QUESTIONS[name], context, ("waiting",))
        except RefusedError as refused:
            self._spent.give_back(member.id, form_id)
            context = await self._read(request, member, problem=str(refused), act=name, form=form)
            return self._pages.show("case.html", context, PARTS, 409)
        except Exception:
            self._spent.give_back(member.id, form_id)
            raise
        return _back(reference, name, form)

    def _acknowledge(self, uow: SqlUnitOfWork, case: Case, member: Staff, _form: Form) -> None:
        found = acknowledge_case(uow, case, member.id, self._app.office, self._app.clock.now())
        if found.answer is Answer.OTHERS:
            raise RefusedError(f"Kasus ini sudah dipegang {found.holder_label}.")

    def _take_over(self, uow: SqlUnitOfWork, case: Case, member: Staff, _form: Form) -> None:
        app = self._app
        takeover.take_over(uow, case, member, app.office, app.wording, app.clock.now())

    def _reply(self, uow: SqlUnitOfWork, case: Case, member: Staff, form: Form) -> None:
        text = short_enough(form.get("text", ""), LONGEST_REPLY)
        takeover.reply(uow, case, member, text, self._app.clock.now(), form.get("form_id", ""))

    def _hand_back(self, uow: SqlUnitOfWork, case: Case, member: Staff, _form: Form) -> None:
        takeover.hand_back(uow, case, member, self._app.wording, self._app.clock.now())

    def _note(self, uow: SqlUnitOfWork, case: Case, member: Staff, form: Form) -> None:
        text = short_enough(form.get("text", ""), LONGEST_NOTE)
        takeover.note(uow, case, member, text, self._app.clock.now())

    def _departure(self, uow: SqlUnitOfWork, case: Case, member: Staff, form: Form) -> None:
        """The day of a departure became known, or that there is none to wait for."""
        wanted = form.get("found", "")
        try:
            found = date.fromisoformat(form.get("day", "")) if wanted == "day" else Outcome(wanted)
        except ValueError as error:
            raise RefusedError("Isi dulu tanggalnya.") from error
        departures.staff_found(uow, case, member, found, self._app.office, self._app.clock.now())

    def _release(self, uow: SqlUnitOfWork, case: Case, member: Staff, form: Form) -> None:
        """Let a held text go now; without a known safe way a second member has to agree."""
        row_id = form.get("row", "")
        holding.ready(uow, case, member, row_id)
        if form.get("confirmed") != "yes":
            raise Unsure
        holding.release(uow, case, member, row_id, self._app.clock.now())


def _do(act: Act, reference: str, member: Staff, form: Form, uow: SqlUnitOfWork) -> None:
    case = _find(uow, reference)
    if case.state is CaseState.CLOSED:
        raise RefusedError("Kasus ini sudah ditutup.")
    act(uow, case, member, form)


def _find(uow: SqlUnitOfWork, reference: str) -> Case:
    case = uow.cases.find(reference)
    if case is None:
        raise HTTPException(404)
    return case


def _back(reference: str, act: str, form: Form) -> Response:
    """The case again, where the member was: hand-back has a second button beside closing."""
    anchor = "#close" if form.get("from") == "close" else ANCHORS.get(act, "")
    return RedirectResponse(f"/console/cases/{reference}{anchor}", 303)
