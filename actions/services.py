"""A person, numbers to call, and what people think of this service."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import CONTACTS, answer_question
from actions.base import Events, close_form, emit, open_form, typed
from actions.first import First
from actions.missing_case import keep_what_was_said
from bot.language.topics import about


class ActionRequestHuman(First):
    """Somebody wants to talk to a person."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_request_human"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask for one; the worker says truthfully when somebody comes."""
        kept = keep_what_was_said(dispatcher, tracker)
        emit(dispatcher, "request_human")
        return [*kept, *close_form()] if open_form(tracker) else []


class ActionContacts(First):
    """Somebody asks whom to call."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_contacts"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Numbers for the country that was named, else for that of a missing relative."""
        missing = about(str(tracker.get_slot("missing__country") or ""))
        return answer_question(dispatcher, tracker, CONTACTS, otherwise=missing)


class ActionFeedback(First):
    """Somebody says what they think of this service."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_feedback"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Keep it."""
        emit(dispatcher, "record_feedback", note=typed(tracker))
        return []
