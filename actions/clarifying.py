"""A message that nobody could understand, or that may mean two things."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, open_form, say
from actions.first import First
from actions.meanings import ask_meaning


class ActionClarifyMeaning(First):
    """Asks what was meant."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_clarify_meaning"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Offer what it may mean; where a form waits for an answer its own question comes again."""
        if open_form(tracker):
            say(dispatcher, "utter_nlu_fallback")
            return []
        return ask_meaning(dispatcher, tracker)
