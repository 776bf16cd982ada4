"""How the check of an offer takes its answers: every one may correct what was said before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.agencies import look_up_in_offer
from actions.base import UNKNOWN, Events, Guarded, intent, say, speak, today_of, typed, wording
from actions.departure import departure_in
from actions.explanations import say_sign, sign_asked_about
from actions.forms import ASKS_SOMETHING_ELSE, CLEAR, TOPICS, Form
from actions.matters import matter_of
from actions.offer_answers import (
    BEFORE,
    NONE,
    NOT_RIGHT,
    NOW,
    RIGHT,
    in_doubt,
    is_told_too,
    is_yes,
    rest,
    story,
    tapped,
    which,
    wrong,
    yes_or_no,
)
from actions.offer_asides import UNANSWERED, aside_in
from actions.offer_changes import corrected, is_correction, tells_news
from actions.offer_facts import heard, heard_line, not_told
from actions.offer_plan import AGENCY, DEPARTURE, HEARD, STORY, WHICH, WRONG
from actions.offer_text import (
    SAID_BY_BUTTON,
    SHORT,
    is_another_offer,
    meant_by,
    tells_nothing,
    with_answer,
)
from actions.offer_told import Known, recap, record, see, take_in
from bot.domain.messages import Button, Reply

SPECIFIC = TOPICS - {"ask_scam_patterns"}
"""Topics whose answer says more than an aside; how scams work in general says less."""

_YES_OR_NO = {("offer__fee", "affirm"): "diminta", ("offer__fee", "deny"): "tidak"}
_IS_NO_OFFER = frozenset({"report_labour_abuse", "report_money_lost", "ask_return_home"})
"""Trouble told in place of an offer; in answer to a question it is part of the offer."""


class ValidateOfferForm(Form):
    """Takes the answers about an offer."""

    answered_by_intent: ClassVar[dict[str, frozenset[str]]] = {
        STORY: ASKS_SOMETHING_ELSE - {"help_menu", "clarify", "bot_challenge", "greet"},
        HEARD: TOPICS | {"thank"},
        WRONG: TOPICS,
        WHICH: ASKS_SOMETHING_ELSE - {"help_menu", "bot_challenge", "greet"},
        "offer__country": frozenset({"ask_destination"}),
        "offer__visa": frozenset({"ask_visa_documents"}),
        "offer__fee": frozenset({"ask_placement_cost"}),
        "offer__agency": frozenset({"ask_agency_licence"}),
        "offer__contract": frozenset({"ask_worker_rights"}),
    }

    def name(self) -> str:
        """Name in domain.yml."""
        return "validate_offer_form"

    def asked(self, slots: dict[str, Any]) -> Sequence[str]:
        """The offer itself until it was told, then what is worth asking about it."""
        questions = slots.get("offer__questions")
        return [STORY] if questions is None else list(questions)

    def leaves(self, name: str, tracker: Tracker) -> bool:
        """Also whoever misses a relative, comes with another offer, or has none to tell."""
        text = typed(tracker)
        meant, confidence = intent(tracker)
        known = str(tracker.get_slot("offer__text") or "")
        if name != STORY and _corrects(known, text):
            return False
        if name != STORY and meant == "check_job_offer" and is_another_offer(text, known):
            return True
        if self._answers(name, tracker):
            return False
        if super().leaves(name, tracker):
            return True
        if meant == "report_missing_relative":
            return confidence >= CLEAR
        return name == STORY and _is_no_offer(text, meant, confidence)

    def _answers(self, name: str, tracker: Tracker) -> bool:
        """Whether the words are surely meant for the open question, or answered beside it."""
        text = typed(tracker)
        if name == DEPARTURE and departure_in(text, today_of(tracker)):
            return True
        known = str(tracker.get_slot("offer__text") or "")
        if name != STORY and intent(tracker)[0] in TOPICS and tells_news(known, text):
            return True
        is_aside = _is_answered_aside(name, text) and intent(tracker)[0] not in SPECIFIC
        return is_aside and matter_of(text) is None

    def is_paused(self, name: str, tracker: Tracker) -> bool:
        """Not by "besok saja", which is an answer to when she leaves."""
        says_when = name == DEPARTURE and departure_in(typed(tracker), today_of(tracker))
        return not says_when and super().is_paused(name, tracker)

    def aside(self, name: str, text: str) -> str | None:
        """Questions and doubts in place of an answer get one, and the form asks again."""
        return None if name == STORY else aside_in(text)

    def taken_in(
        self, name: str, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> Known | None:
        """Words that change what was said before, whatever was asked; the open question waits."""
        text = typed(tracker)
        sign = sign_asked_about(text, tracker.get_slot("offer__told") or {})
        if sign is not None:
            say_sign(dispatcher, sign, today_of(tracker))
            return {name: None}
        if name in (STORY, WRONG, WHICH) or not text or "?" in text:
            return None
        doubted = in_doubt(text)
        if doubted is not None:
            asked_now = RIGHT if name == HEARD else None
            return {name: asked_now, **wrong(dispatcher, tracker, doubted)}
        if name == HEARD:
            known = str(tracker.get_slot("offer__text") or "")
            says_more = not tells_nothing(text) or corrected(known, text) is not None
            trusted = says_more and not is_yes(text)
            changed = take_in(dispatcher, tracker, text, trusted=True) if trusted else None
            return None if changed is None else {**changed, HEARD: RIGHT}
        changed = take_in(dispatcher, tracker, text)
        if changed is None:
            return None
        answered = is_told_too(name, text)
        return {**changed, name: text if answered else None}

    def welcome_back(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        """What was understood so far."""
        recap(dispatcher, tracker)

    def read(self, name: str, tracker: Tracker) -> str | None:
        """A button's value, a yes or no where that is an answer, or the words themselves."""
        if not typed(tracker):
            return tapped(name, tracker)
        value = super().read(name, tracker)
        if value is None or value == UNKNOWN:
            return value
        meant, _ = intent(tracker)
        if name == STORY and meant == "deny" and tells_nothing(value):
            return NONE
        if name == HEARD:
            return yes_or_no(value, meant)
        if name == DEPARTURE:
            return departure_in(value, today_of(tracker)) or value
        short = _YES_OR_NO.get((name, meant)) if len(value.split()) <= SHORT else None
        return short or meant_by(name, value)

    def learn(
        self, name: str, value: str, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> dict[str, Any]:
        """Every answer becomes part of the offer's text, which is seen anew."""
        text = str(tracker.get_slot("offer__text") or "")
        if name == STORY:
            return story(dispatcher, tracker, value)
        if name == HEARD and value == NOT_RIGHT:
            return {"offer__questions": [WRONG, *rest(tracker, HEARD)], WRONG: None}
        if name == HEARD and value in (RIGHT, UNKNOWN):
            return see(dispatcher, tracker, text)
        if name == WRONG:
            return wrong(dispatcher, tracker, value)
        if name == WHICH:
            return which(dispatcher, tracker, value)
        known = see(dispatcher, tracker, with_answer(text, name, value))
        if name == AGENCY:
            look_up_in_offer(dispatcher, value, is_answer=True)
        when = SAID_BY_BUTTON[DEPARTURE]
        if name == DEPARTURE and value in when and tracker.get_slot("offer__told"):
            # Not only when the questions are over: she may be gone by then.
            record(dispatcher, tracker, known["offer__text"], value)
        return {**known, name: value}


class ActionAskHeard(Guarded):
    """Asks whether everything was understood rightly."""

    def name(self) -> str:
        """Name in domain.yml, by which Rasa's form finds it."""
        return f"action_ask_offer_form_{HEARD}"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Repeat the facts in one line, and name what is missing."""
        text = str(tracker.get_slot("offer__text") or "")
        missing = not_told(text, ("visa", "fee"))
        facts = ", ".join(part for part in (heard_line(text, with_names=True), missing) if part)
        say(dispatcher, "say_offer_heard", facts=facts)
        return []


class ActionAskWhich(Guarded):
    """Asks which of two things that cannot both be is right."""

    def name(self) -> str:
        """Name in domain.yml, by which Rasa's form finds it."""
        return f"action_ask_offer_form_{WHICH}"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Put both side by side, in the words of the facts."""
        conflict = tracker.get_slot("offer__conflict")
        fact = conflict["fact"]
        before, now = (heard(conflict[part])[fact] for part in ("before", "added"))
        asked = wording().say("say_offer_which", before=before, now=now)
        choices = tuple(
            Button(title[:1].upper() + title[1:], f'/check_job_offer{{"which":"{value}"}}')
            for title, value in ((before, BEFORE), (now, NOW))
        )
        speak(dispatcher, Reply(asked.text, (*choices, *asked.buttons)))
        return []


def _corrects(known: str, text: str) -> bool:
    return bool(text) and is_correction(text) and corrected(known, text) is not None


def _is_answered_aside(name: str, text: str) -> bool:
    """Whether the text is a question beside the form's own for which there is a text."""
    return name != STORY and aside_in(text) not in (None, UNANSWERED)


def _is_no_offer(text: str, meant: str, confidence: float) -> bool:
    """Whether the answer to the question for the offer holds trouble, or nothing at all."""
    if meant in _IS_NO_OFFER:
        return bool(text) and confidence >= CLEAR
    return bool(text) and meant not in ("deny", "unsure") and tells_nothing(text)
