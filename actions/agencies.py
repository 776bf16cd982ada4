"""Companies that people name: the worker looks them up in its lists and says what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import (
    UNKNOWN,
    Events,
    emit,
    go_on_with,
    intent,
    metadata,
    open_form,
    slot,
    typed,
)
from actions.forms import CLEAR, Form
from actions.matters import pauses
from bot.language.agencies import LONGEST_ANSWER, AgencyNamed, agency_in_answer, find_agencies

LICENCE = "ask_agency_licence"
MOST_LOOKED_UP = 2
"""Companies of one question that are looked up."""

_NAME = "agency__name"


def look_up(dispatcher: CollectingDispatcher, text: str) -> bool:
    """Have the companies looked up that a question names; False when it names none."""
    named = find_agencies(text, bare=True)[:MOST_LOOKED_UP]
    for each in named:
        _emit(dispatcher, each, in_offer=False)
    return bool(named)


def look_up_in_offer(
    dispatcher: CollectingDispatcher, text: str, *, is_answer: bool = False
) -> None:
    """Have the first company looked up that the words of an offer name, if any.

    `is_answer` when they were asked who sends them: then a name needs no PT before it.
    """
    for each in find_agencies(text, bare=is_answer)[:1]:
        _emit(dispatcher, each, in_offer=True)


def ask_for_a_name(tracker: Tracker) -> Events:
    """Ask which company is meant: once, while nothing else is asked, and where there is a list."""
    was_skipped = tracker.get_slot(_NAME) == UNKNOWN
    if open_form(tracker) or was_skipped or not metadata(tracker).get("has_agency_list"):
        return []
    return [slot(_NAME, None), go_on_with("agency_form")]


class ValidateAgencyForm(Form):
    """Takes the name of a company and has it looked up."""

    answered_by_intent: ClassVar[dict[str, frozenset[str]]] = {_NAME: frozenset({LICENCE})}

    def name(self) -> str:
        """Name in domain.yml."""
        return "validate_agency_form"

    def asked(self, slots: dict[str, Any]) -> Sequence[str]:  # noqa: ARG002 - always the same one
        """The one question."""
        return (_NAME,)

    def leaves(self, name: str, tracker: Tracker) -> bool:
        """Also whoever clearly comes with something else in more words than a name has."""
        meant, confidence = intent(tracker)
        is_long = len(typed(tracker).split()) > LONGEST_ANSWER
        if is_long and meant != LICENCE and confidence >= CLEAR:
            return True
        return super().leaves(name, tracker)

    def is_paused(self, name: str, tracker: Tracker) -> bool:  # noqa: ARG002 - the base class asks
        """Never: whoever wants to answer later asks again later."""
        return False

    def read(self, name: str, tracker: Tracker) -> str | None:
        """The words that hold the name; "nanti" skips it."""
        return UNKNOWN if pauses(typed(tracker)) else super().read(name, tracker)

    def learn(
        self,
        name: str,  # noqa: ARG002 - there is one
        value: str,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Have it looked up; a long text without any name is left alone."""
        named = None if value == UNKNOWN else agency_in_answer(value)
        if named is not None:
            _emit(dispatcher, named, in_offer=False)
        return {}


def _emit(dispatcher: CollectingDispatcher, named: AgencyNamed, *, in_offer: bool) -> None:
    emit(
        dispatcher,
        "look_up_agency",
        names=list(named.names),
        licence=named.licence,
        in_offer=in_offer,
    )
