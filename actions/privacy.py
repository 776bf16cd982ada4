"""Deletion, and how somebody may safely be answered."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, close_form, emit, entity, open_form, say, typed
from actions.first import First


class ActionErasure(First):
    """Somebody wants everything deleted."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_erasure"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask back once; only our own button confirms, no typed words."""
        if not typed(tracker) and entity(tracker, "confirmed") == "yes":
            emit(dispatcher, "request_erasure")
        else:
            say(dispatcher, "say_erasure_question")
        return close_form() if open_form(tracker) else []


class ActionSafeContact(First):
    """Somebody says how they may be answered, or who else reads the phone."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_safe_contact"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Keep it, and ask for time and way."""
        note = typed(tracker)
        if note:
            emit(dispatcher, "set_safe_contact", note=note)
        say(dispatcher, "say_safe_contact_question")
        return []
