"""The check of a job offer, from its first words to the closing; the form in between asks."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import LISTEN, Events, Guarded, all_told, close_form, say, slot, typed
from actions.first import First
from actions.missing_case import keep_what_was_said
from actions.offer_again import added, ends, goes_on, late_answer
from actions.offer_answers import NONE
from actions.offer_earlier import told_before
from actions.offer_form import ActionAskHeard, ActionAskWhich, ValidateOfferForm
from actions.offer_plan import STORY
from actions.offer_text import LONGEST_TEXT, holds_an_offer, whole_offer
from actions.offer_told import Known, begin, close, so_far
from bot.language.offers import check_offer

__all__ = [
    "ActionAskHeard",
    "ActionAskWhich",
    "ActionOfferClose",
    "ActionOfferVerdict",
    "ValidateOfferForm",
]

SLOTS = (
    "offer__text",
    "offer__story",
    "offer__heard",
    "offer__wrong",
    "offer__which",
    "offer__country",
    "offer__job",
    "offer__salary",
    "offer__visa",
    "offer__fee",
    "offer__agency",
    "offer__contract",
    "offer__departure",
    "offer__questions",
    "offer__conflict",
    "offer__settled",
    "offer__told",
    "paused__form",
)


class ActionOfferVerdict(First):
    """Takes in an offer or what is new about it; a grave one is judged before any question."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_offer_verdict"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Go on with the offer that is being spoken of, or forget it for another one."""
        kept = keep_what_was_said(dispatcher, tracker)
        known = late_answer(dispatcher, tracker)
        if known is None:
            known = added(dispatcher, tracker)
        if known is not None:
            return [*kept, *goes_on(dispatcher, tracker, known)]
        known = _fresh(dispatcher, tracker)
        events = [*kept, *(slot(key, value) for key, value in known.items())]
        if known["offer__questions"] == []:
            # Nothing left to ask: the form would open and close in one breath.
            tracker.slots.update(known)
            events += [*ends(dispatcher, tracker, known), *close_form(), LISTEN]
        return events


class ActionOfferClose(Guarded):
    """Ends the check: tells the verdict, or what the answers changed in it."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_offer_close"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Whoever only pauses hears what is known so far."""
        if tracker.get_slot("paused__form"):
            known = so_far(dispatcher, tracker)
            say(dispatcher, "say_paused")
            return [slot(key, value) for key, value in known.items()]
        if tracker.get_slot(STORY) == NONE:
            say(dispatcher, "say_offer_none")
            return []
        return close(dispatcher, tracker)


def _fresh(dispatcher: CollectingDispatcher, tracker: Tracker) -> Known:
    """The slots of an offer told now, together with what was said of it before."""
    text = whole_offer(typed(tracker), all_told(tracker))
    before = told_before(tracker, text)
    whole = f"{before}\n{text}".strip()[-LONGEST_TEXT:]
    known: dict[str, Any] = dict.fromkeys(SLOTS)
    tracker.slots.update(known)
    known["offer__text"] = whole or None
    if holds_an_offer(check_offer(whole), whole):
        known.update(begin(dispatcher, tracker, whole))
    return known
