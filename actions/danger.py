"""Danger that reaches the assistant: by the menu, or by words that only the model understood.

The screening before Rasa has judged every message already. The worker answers these commands
with the first words to somebody in danger, so the actions themselves say nothing.
"""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import (
    Events,
    Guarded,
    all_told,
    close_form,
    denies_danger,
    emit,
    intent,
    open_form,
)
from actions.first import heed
from actions.forms import LIKELY
from actions.meanings import ask_meaning
from actions.missing_case import FORM as MISSING_FORM
from actions.missing_case import fields_of


class ActionReportDanger(Guarded):
    """Somebody is in danger: an emergency, unless it is a guess or they said that it is none."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_report_danger"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Call for help; where it is a guess, ask first: a false alarm wakes people at night."""
        if denies_danger(tracker) or intent(tracker)[1] < LIKELY:
            return _of_something_else(dispatcher, tracker)
        return emergency(dispatcher, tracker, "danger")


class ActionReportSelfHarm(Guarded):
    """Somebody wants to die: an emergency also where the model is unsure, but not after a no."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_report_self_harm"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Call for help."""
        if denies_danger(tracker):
            return _of_something_else(dispatcher, tracker)
        return emergency(dispatcher, tracker, "self_harm")


def emergency(dispatcher: CollectingDispatcher, tracker: Tracker, kind: str) -> Events:
    """One case with all that was told so far; every form ends, for people take over."""
    fields = fields_of(tracker.slots) if open_form(tracker) == MISSING_FORM else {}
    story = [fields.get("story", ""), all_told(tracker)]
    fields["story"] = "\n".join(part for part in story if part)
    emit(dispatcher, "open_case", kind=kind, urgency="emergency", fields=fields)
    return close_form()


def _of_something_else(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """What the words tell plainly, such as a death, else the question what they mean."""
    found = heed(dispatcher, tracker)
    return ask_meaning(dispatcher, tracker) if found is None else found
