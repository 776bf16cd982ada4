"""Somebody asks a general question."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.agencies import LICENCE, ask_for_a_name, look_up
from actions.answers import answer_question
from actions.base import Events, intent, typed
from actions.first import First


class ActionAnswerQuestion(First):
    """A question about costs, papers, rights, a country, a company, this service..."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_answer_question"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Answer it for the country and the kind of work that it names."""
        topic, _ = intent(tracker)
        if topic == LICENCE:
            return answer_about_licence(dispatcher, tracker)
        return answer_question(dispatcher, tracker, topic)


def answer_about_licence(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """A company that is named is looked up; otherwise what holds for all, and which is meant."""
    if look_up(dispatcher, typed(tracker)):
        return []
    told = answer_question(dispatcher, tracker, LICENCE)
    return [*told, *ask_for_a_name(tracker)]
