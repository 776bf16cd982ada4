"""Reports of trouble: kept at once, one useful question, then a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import (
    UNKNOWN,
    Events,
    Guarded,
    emit,
    intent,
    metadata,
    say,
    slot,
    typed,
)
from actions.forms import Form
from actions.missing import keep_what_was_said
from bot.language.danger import screen
from bot.language.types import Urgency

KINDS = {
    "report_labour_abuse": "labour_abuse",
    "report_recruiter": "recruiter",
    "report_money_lost": "money_lost",
    "ask_return_home": "return_home",
}
"""The kind of case that an intent opens."""


class ActionReportStart(Guarded):
    """Keeps a report as soon as it is told."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_report_start"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Say that it was heard, open the case; the form asks the one question."""
        keep_what_was_said(dispatcher, tracker)
        kind = KINDS[intent(tracker)[0]]
        say(dispatcher, f"say_report_{kind}")
        _report(dispatcher, kind, {"story": typed(tracker)})
        return [slot("report__kind", kind), slot("report__detail", None)]


class ValidateReportForm(Form):
    """Takes the answer to the one question about a report."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "validate_report_form"

    def asked(self, slots: dict[str, Any]) -> Sequence[str]:  # noqa: ARG002 - always the same one
        """The one question."""
        return ("report__detail",)


class ActionReportSubmit(Guarded):
    """Adds the answer to the case and offers a person."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_report_submit"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A skipped question adds nothing."""
        detail = str(tracker.get_slot("report__detail") or UNKNOWN)
        if detail != UNKNOWN:
            _report(dispatcher, str(tracker.get_slot("report__kind")), {"detail": detail})
        say(dispatcher, "say_report_end")
        return []


class ActionAddCaseInfo(Guarded):
    """Something more about a report."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_add_case_info"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Add it to the case; without one a new case holds it, for nothing is dropped."""
        note = typed(tracker)
        if not note:
            say(dispatcher, "say_ask_more_info")
        elif metadata(tracker).get("case"):
            emit(dispatcher, "add_to_case", fields={"note": note})
        else:
            emit(
                dispatcher,
                "open_case",
                kind="human_request",
                urgency=Urgency.CONCERN.value,
                fields={"story": note},
            )
        return []


def _report(dispatcher: CollectingDispatcher, kind: str, fields: dict[str, str]) -> None:
    told = "\n".join(fields.values())
    urgency = Urgency.highest(Urgency.CONCERN, screen(told).urgency)
    emit(dispatcher, "open_case", kind=kind, urgency=urgency.value, fields=fields)
