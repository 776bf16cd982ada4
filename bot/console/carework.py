"""Steps on a case beside the talk: care that was given, what comes next, threats, closing."""

from __future__ import annotations

from collections.abc import Mapping

from bot.bootstrap import App
from bot.console.acts import LONGEST_NOTE, Act, Form, Unsure, short_enough
from bot.console.steps import read_time
from bot.domain.cases import Case, CloseReason
from bot.domain.staff import Staff
from bot.language.types import Urgency
from bot.services import care_given, closing, next_steps, takeover, threats
from bot.services.care_given import Silence
from bot.services.takeover import RefusedError
from bot.store.unit_of_work import SqlUnitOfWork


class Carework:
    """Each method is one form on the page of a case."""

    def __init__(self, app: App) -> None:
        self._app = app

    def acts(self) -> Mapping[str, Act]:
        """The steps by the last part of their address."""
        return {
            "reached": self._reached,
            "referred": self._referred,
            "silent": self._silent,
            "plan": self._plan,
            "accept-step": self._accept_step,
            "finish-step": self._finish_step,
            "threatened": self._threatened,
            "give": self._give,
            "close": self._close,
            "confirm-close": self._confirm_close,
            "drop-close": self._drop_close,
        }

    def _reached(self, uow: SqlUnitOfWork, case: Case, member: Staff, form: Form) -> None:
        care_given.reached(uow, case, member, form.get("way", ""), self._app.clock.now())

    def _referred(self, uow: SqlUnitOfWork, case: Case, member: Staff, form: Form) -> None:
        contact, text = form.get("contact", ""), form.get("text", "")
        now = self._app.clock.now()
        care_given.referred(uow, case, member, contact, text, self._app.office, now)

    def _silent(self, uow: SqlUnitOfWork, case: Case, member: Staff, form: Form) -> None:
        try:
            why = Silence(form.get("why", ""))
        except ValueError as error:
            raise RefusedError("Pilih dulu alasannya.") from error
        text = form.get("text", "")
        care_given.is_silent_because(uow, case, member, why, text, self._app.clock.now())

    def _plan(self, uow: SqlUnitOfWork, case: Case, member: Staff, form: Form) -> None:
        office, now = self._app.office, self._app.clock.now()
        try:
            due_at = read_time(form.get("due", ""), office)
            owner = uow.staff.get(form.get("owner", ""))
        except (ValueError, KeyError) as error:
            raise RefusedError("Isi dulu kapan dan oleh siapa.") from error
        next_steps.plan(uow, case, member, owner, form.get("text", ""), due_at, office, now)

    def _accept_step(self, uow: SqlUnitOfWork, case: Case, member: Staff, form: Form) -> None:
        next_steps.accept(uow, case, member, form.get("step", ""), self._app.clock.now())

    def _finish_step(self, uow: SqlUnitOfWork, case: Case, member: Staff, form: Form) -> None:
        next_steps.finish(uow, case, member, form.get("step", ""), self._app.clock.now())

    def _threatened(self, uow: SqlUnitOfWork, case: Case, member: Staff, form: Form) -> None:
        text = short_enough(form.get("text", ""), LONGEST_NOTE)
        threats.report(uow, case, member, text, self._app.office, self._app.clock.now())

    def _give(self, uow: SqlUnitOfWork, case: Case, member: Staff, form: Form) -> None:
        try:
            other = uow.staff.get(form.get("to", ""))
        except KeyError as error:
            raise RefusedError("Pilih dulu petugasnya.") from error
        takeover.give_to(uow, case, member, other, self._app.office, self._app.clock.now())

    def _close(self, uow: SqlUnitOfWork, case: Case, member: Staff, form: Form) -> None:
        try:
            reason = CloseReason(form.get("reason", ""))
        except ValueError as error:
            raise RefusedError("Pilih dulu alasan menutup kasus.") from error
        text = short_enough(form.get("text", ""), LONGEST_NOTE)
        if case.urgency is Urgency.EMERGENCY and form.get("confirmed") != "yes":
            raise Unsure
        closing.ask_or_close(uow, case, member, reason, text, self._app.clock.now())

    def _confirm_close(self, uow: SqlUnitOfWork, case: Case, member: Staff, form: Form) -> None:
        closing.ready(uow, case, member)
        if form.get("confirmed") != "yes":
            raise Unsure
        closing.confirm(uow, case, member, self._app.clock.now())

    def _drop_close(self, uow: SqlUnitOfWork, case: Case, member: Staff, _form: Form) -> None:
        closing.drop(uow, case, member, self._app.clock.now())
