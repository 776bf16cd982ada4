"""Reports of trouble: kept at once, one useful question, then a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import (
    LISTEN,
    UNKNOWN,
    Events,
    Guarded,
    close_form,
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

ADDITION = "addition"
"""In place of a kind: more about a report that is there already."""

ASK = {"event": "followup", "timestamp": None, "name": "report_form"}


class ActionReportStart(Guarded):
    """Keeps a report as soon as it is told."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_report_start"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Say that it was heard, open the case; the form asks the one question."""
        keep_what_was_said(dispatcher, tracker)
        kind = KINDS[intent(tracker)[0]]
        story = typed(tracker)
        if _urgency(story) is Urgency.EMERGENCY:
            # The worker has the word: it asks whether the person can chat.
            _report(dispatcher, kind, {"story": story})
            return [*close_form(), LISTEN]
        say(dispatcher, f"say_report_{kind}")
        _report(dispatcher, kind, {"story": story})
        return [slot("report__kind", kind), slot("report__detail", None)]


class ValidateReportForm(Form):
    """Takes the answer to the one question about a report."""

    answered_by_intent: ClassVar[dict[str, frozenset[str]]] = {
        "report__detail": frozenset(
            {"ask_contacts", "ask_visa_documents", "ask_destination", "ask_agency_licence"}
        )
    }

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
        kind = str(tracker.get_slot("report__kind"))
        if detail == UNKNOWN:
            say(dispatcher, "say_report_end")
        elif kind == ADDITION:
            _add(dispatcher, tracker, detail)
        else:
            _report(dispatcher, kind, {"detail": detail})
            if _urgency(detail) is not Urgency.EMERGENCY:
                say(dispatcher, "say_report_end")
        return []


class ActionAddCaseInfo(Guarded):
    """Something more about a report."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_add_case_info"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Add it to the case; a button alone is asked for the words first."""
        note = typed(tracker)
        if note:
            _add(dispatcher, tracker, note)
            return []
        return [slot("report__kind", ADDITION), slot("report__detail", None), ASK]


def _report(dispatcher: CollectingDispatcher, kind: str, fields: dict[str, str]) -> None:
    told = "\n".join(fields.values())
    emit(dispatcher, "open_case", kind=kind, urgency=_urgency(told).value, fields=fields)


def _add(dispatcher: CollectingDispatcher, tracker: Tracker, note: str) -> None:
    """To the case at hand; without one a new case holds it, for nothing is dropped."""
    if metadata(tracker).get("case"):
        emit(dispatcher, "add_to_case", fields={"note": note})
    else:
        _report(dispatcher, "human_request", {"story": note})


def _urgency(told: str) -> Urgency:
    return Urgency.highest(Urgency.CONCERN, screen(told).urgency)
