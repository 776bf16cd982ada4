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
    all_told,
    close_form,
    emit,
    go_on_with,
    intent,
    metadata,
    say,
    slot,
    typed,
    words,
)
from actions.first import DEATH, IMPOSTOR, First
from actions.forms import Form
from actions.matters import Matter, matter_of, speaks_of_money
from actions.missing_case import keep_what_was_said
from bot.language.danger import screen
from bot.language.types import Urgency

KINDS = {
    "report_labour_abuse": "labour_abuse",
    "report_recruiter": "recruiter",
    "report_money_lost": "money_lost",
    "ask_return_home": "return_home",
}
"""The kind of case that an intent opens."""

_CASE_OF = {DEATH: "human_request", IMPOSTOR: "recruiter"}
"""The kind of case for a kind of report that no intent names."""

ADDITION = "addition"
"""In place of a kind: more about a report that is there already."""

ASK = go_on_with("report_form")


class ActionReportStart(First):
    """Keeps a report as soon as it is told."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_report_start"

    opens_or_empties = True

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Say that it was heard, open the case; the form asks the one question."""
        kept = keep_what_was_said(dispatcher, tracker)
        kind = KINDS[intent(tracker)[0]]
        story = all_told(tracker)
        if _urgency(story) is Urgency.EMERGENCY:
            # The worker has the word: it asks whether the person can chat.
            _report(dispatcher, kind, {"story": story})
            return [*kept, *close_form(), LISTEN]
        say(dispatcher, f"say_report_{kind}")
        _report(dispatcher, kind, {"story": story})
        emptied = [slot("report__detail", None), slot("paused__form", None)]
        return [*kept, slot("report__kind", kind), *emptied]


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

    def leaves(self, name: str, tracker: Tracker) -> bool:
        """More about a death is the answer to the question about it."""
        of_death = tracker.get_slot("report__kind") == DEATH
        if of_death and matter_of(typed(tracker)) is Matter.DEATH:
            return False
        return super().leaves(name, tracker)

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
        if tracker.get_slot("paused__form"):
            say(dispatcher, "say_paused")
            return []
        detail = str(tracker.get_slot("report__detail") or UNKNOWN)
        kind = str(tracker.get_slot("report__kind"))
        if kind == DEATH:
            _more_of_a_death(dispatcher, detail)
        elif detail == UNKNOWN:
            say(dispatcher, "say_report_end")
        elif kind == ADDITION:
            _add(dispatcher, tracker, detail)
        else:
            _report(dispatcher, _CASE_OF.get(kind, kind), {"detail": detail})
            if _urgency(detail) is not Urgency.EMERGENCY:
                say(dispatcher, "say_report_end")
        return []


class ActionAddCaseInfo(First):
    """Something more about a report."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_add_case_info"

    opens_or_empties = True

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Add it to the case; a button alone is asked for the words first."""
        note = typed(tracker)
        if note and matter_of(note) is not Matter.RESUME:
            _add(dispatcher, tracker, all_told(tracker))
            return []
        return [slot("report__kind", ADDITION), slot("report__detail", None), ASK]


def _more_of_a_death(dispatcher: CollectingDispatcher, detail: str) -> None:
    if detail != UNKNOWN:
        _report(dispatcher, _CASE_OF[DEATH], {"detail": detail})
    money = words("say_death_money") if speaks_of_money(detail) else ""
    say(dispatcher, "say_death_more", money=money)


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
