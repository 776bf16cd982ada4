"""Somebody asks a general question."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import answer_question
from actions.base import Events, intent
from actions.first import First


class ActionAnswerQuestion(First):
    """A question about costs, papers, rights, a country, a company, this service..."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_answer_question"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Answer it for the country and the kind of work that it names."""
        topic, _ = intent(tracker)
        return answer_question(dispatcher, tracker, topic)
