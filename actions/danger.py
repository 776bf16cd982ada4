"""Danger that reaches the assistant: by the menu, or by words that only the model understood.

The screening before Rasa has judged every message already. The worker answers these commands
with the first words to somebody in danger, so the actions themselves say nothing.
"""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, Guarded, close_form, emit, intent, open_form, say, typed
from actions.forms import LIKELY
from actions.missing_case import FORM as MISSING_FORM
from actions.missing_case import fields_of


class ActionReportDanger(Guarded):
    """Somebody is in danger: an emergency, unless the model alone thinks so and is unsure."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_report_danger"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Call for help; where it is a guess, ask first: a false alarm wakes people at night."""
        if intent(tracker)[1] < LIKELY:
            say(dispatcher, "say_danger_question")
            return []
        return emergency(dispatcher, tracker, "danger")


class ActionReportSelfHarm(Guarded):
    """Somebody wants to die: always an emergency, also where the model is unsure."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_report_self_harm"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Call for help."""
        return emergency(dispatcher, tracker, "self_harm")


def emergency(dispatcher: CollectingDispatcher, tracker: Tracker, kind: str) -> Events:
    """One case with all that was told so far; every form ends, for people take over."""
    fields = fields_of(tracker.slots) if open_form(tracker) == MISSING_FORM else {}
    told = [fields.get("story", ""), typed(tracker)]
    fields["story"] = "\n".join(part for part in told if part)
    emit(dispatcher, "open_case", kind=kind, urgency="emergency", fields=fields)
    return close_form()
