"""The check of a job offer: a verdict at once, then at most three questions, then a closing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.agencies import look_up_in_offer
from actions.base import (
    LISTEN,
    UNKNOWN,
    Events,
    Guarded,
    all_told,
    close_form,
    emit,
    entity,
    intent,
    say,
    slot,
    today_of,
    typed,
)
from actions.departure import departure_in, departure_span, departure_told
from actions.first import First
from actions.forms import ASKS_SOMETHING_ELSE, CLEAR, TOPICS, Form
from actions.matters import matter_of
from actions.missing_case import keep_what_was_said
from actions.offer_asides import UNANSWERED, aside_in
from actions.offer_text import (
    SAID_BY_BUTTON,
    SHORT,
    holds_an_offer,
    is_another_offer,
    tells_nothing,
    whole_offer,
    with_answer,
)
from actions.verdict import codes_of, news_text, still_unknown, summary, verdict_texts
from bot.domain.departures import Span
from bot.language.offers import check_offer
from bot.language.types import OfferCheck, Verdict

MOST_QUESTIONS = 3

SLOTS = (
    "offer__text",
    "offer__story",
    "offer__visa",
    "offer__fee",
    "offer__agency",
    "offer__departure",
    "offer__questions",
    "offer__told",
    "paused__form",
)

_YES_OR_NO = {("offer__fee", "affirm"): "diminta", ("offer__fee", "deny"): "tidak"}
_NEAR = ("within_48h", "this_week")
_DANGEROUS = (Verdict.SERIOUS, Verdict.CRITICAL)
_IS_NO_OFFER = frozenset({"report_labour_abuse", "report_money_lost", "ask_return_home"})
"""Trouble told in place of an offer; in answer to a question it is part of the offer."""

SPECIFIC = TOPICS - {"ask_scam_patterns"}
"""Topics whose answer says more than an aside; how scams work in general says less."""


class ActionOfferVerdict(First):
    """Judges an offer as soon as it is told; the form then asks for what is unknown."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_offer_verdict"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Forget the offer before, judge this one. No offer in the text: the form asks for it."""
        kept = keep_what_was_said(dispatcher, tracker)
        late = _late_answer(dispatcher, tracker)
        if late is not None:
            return [*kept, *late]
        text = whole_offer(typed(tracker), all_told(tracker))
        known: dict[str, Any] = dict.fromkeys(SLOTS)
        known["offer__text"] = text or None
        check = check_offer(text)
        if holds_an_offer(check, text):
            known.update(_judge(dispatcher, text, tracker))
        events = [*kept, *(slot(key, value) for key, value in known.items())]
        if known["offer__questions"] == []:
            # Nothing left to ask: the form would open and close in one breath.
            say(dispatcher, "say_offer_judged")
            events += [*close_form(), LISTEN]
        return events


class ValidateOfferForm(Form):
    """Takes the answers about an offer."""

    answered_by_intent: ClassVar[dict[str, frozenset[str]]] = {
        "offer__story": ASKS_SOMETHING_ELSE - {"help_menu", "clarify", "bot_challenge", "greet"},
        "offer__visa": frozenset({"ask_visa_documents"}),
        "offer__fee": frozenset({"ask_placement_cost"}),
        "offer__agency": frozenset({"ask_agency_licence"}),
    }

    def name(self) -> str:
        """Name in domain.yml."""
        return "validate_offer_form"

    def asked(self, slots: dict[str, Any]) -> Sequence[str]:
        """The offer itself until it was told, then what the verdict found worth asking."""
        questions = slots.get("offer__questions")
        return ["offer__story"] if questions is None else list(questions)

    def leaves(self, name: str, tracker: Tracker) -> bool:
        """Also whoever misses a relative, comes with another offer, or has none to tell."""
        text = typed(tracker)
        meant, confidence = intent(tracker)
        known = str(tracker.get_slot("offer__text") or "")
        if name != "offer__story" and meant == "check_job_offer" and is_another_offer(text, known):
            return True
        if name == "offer__departure" and departure_in(text, today_of(tracker)):
            return False
        if matter_of(text) is None and meant not in SPECIFIC and _is_answered_aside(name, text):
            return False
        if super().leaves(name, tracker):
            return True
        if meant == "report_missing_relative":
            return confidence >= CLEAR
        return name == "offer__story" and _is_no_offer(text, meant, confidence)

    def is_paused(self, name: str, tracker: Tracker) -> bool:
        """Not by "besok saja", which is an answer to when she leaves."""
        says_when = name == "offer__departure" and departure_in(typed(tracker), today_of(tracker))
        return not says_when and super().is_paused(name, tracker)

    def aside(self, name: str, text: str) -> str | None:
        """Questions and doubts in place of an answer get one, and the form asks again."""
        return None if name == "offer__story" else aside_in(text)

    def read(self, name: str, tracker: Tracker) -> str | None:
        """A button's value, a yes or no where that is an answer, or the words themselves."""
        tapped = entity(tracker, name.removeprefix("offer__"))
        if not typed(tracker) and tapped in SAID_BY_BUTTON.get(name, {}):
            return tapped
        value = super().read(name, tracker)
        if value is None or value == UNKNOWN:
            return value
        if name == "offer__story" and intent(tracker)[0] == "deny" and tells_nothing(value):
            return UNKNOWN
        if name == "offer__departure":
            return departure_in(value, today_of(tracker)) or value
        meant = _YES_OR_NO.get((name, intent(tracker)[0]))
        return meant if meant and len(value.split()) <= SHORT else value

    def learn(
        self, name: str, value: str, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> dict[str, Any]:
        """Every answer becomes part of the offer's text; the offer itself is judged at once."""
        if name == "offer__story" and value == UNKNOWN:
            return {"offer__questions": []}
        text = with_answer(str(tracker.get_slot("offer__text") or ""), name, value)
        known: dict[str, Any] = {"offer__text": text}
        if name == "offer__story":
            known.update(_judge(dispatcher, text, tracker))
        if name == "offer__agency":
            look_up_in_offer(dispatcher, value, is_answer=True)
        if name == "offer__departure" and value in SAID_BY_BUTTON[name]:
            # Not only when the questions are over: she may be gone by then.
            _record(dispatcher, tracker, text, value)
        return known


def _is_answered_aside(name: str, text: str) -> bool:
    """Whether the text is a question beside the form's own for which there is a text."""
    return name != "offer__story" and aside_in(text) not in (None, UNANSWERED)


def _is_no_offer(text: str, meant: str, confidence: float) -> bool:
    """Whether the answer to the question for the offer holds trouble, or nothing at all."""
    if meant in _IS_NO_OFFER:
        return bool(text) and confidence >= CLEAR
    return bool(text) and meant not in ("deny", "unsure") and tells_nothing(text)


class ActionOfferClose(Guarded):
    """Ends the check: tells the verdict again if the answers changed it."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_offer_close"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Compare with what was told, say the rest, record it."""
        return _close(dispatcher, tracker)


def _close(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    told = tracker.get_slot("offer__told")
    if tracker.get_slot("paused__form"):
        say(dispatcher, "say_paused")
        return []
    if not told:
        say(dispatcher, "say_offer_none")
        return []
    check = check_offer(str(tracker.get_slot("offer__text") or ""))
    news = news_text(told, check, today_of(tracker))
    if news:
        say(dispatcher, "say_offer_updated", verdict=news)
    else:
        say(dispatcher, "say_offer_closed")
    departure = _departure(tracker)
    # A near departure went out when it was answered; again only if things look worse now.
    told_already = departure in _NEAR and not news
    text = str(tracker.get_slot("offer__text") or "")
    _record(dispatcher, tracker, text, None if told_already else departure)
    return [slot("offer__told", summary(check))]


def _late_answer(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    """The button of an earlier question tapped now: an answer about the same offer."""
    if typed(tracker) or not tracker.get_slot("offer__told"):
        return None
    tapped = {name: entity(tracker, name.removeprefix("offer__")) for name in SAID_BY_BUTTON}
    known = {name: value for name, value in tapped.items() if value in SAID_BY_BUTTON[name]}
    for name, value in known.items():
        text = with_answer(str(tracker.get_slot("offer__text") or ""), name, str(value))
        tracker.slots.update({name: value, "offer__text": text})
        if value in _NEAR:
            _record(dispatcher, tracker, text, str(value))
        events = [slot(name, value), slot("offer__text", text)]
        questions = tracker.get_slot("offer__questions") or []
        if any(tracker.get_slot(question) is None for question in questions):
            return events
        return [*events, *_close(dispatcher, tracker), LISTEN]
    return None


def _judge(dispatcher: CollectingDispatcher, text: str, tracker: Tracker) -> dict[str, Any]:
    """Tell and record the verdict; returns the slots that follow from it."""
    check, today = check_offer(text), today_of(tracker)
    for told in verdict_texts(check, today):
        dispatcher.utter_message(text=told)
    departure = departure_in(check.facts.get("departure", ""), today)
    _record(dispatcher, tracker, text, departure)
    look_up_in_offer(dispatcher, all_told(tracker))
    return {
        "offer__told": summary(check),
        "offer__questions": _worth_asking(check, departure),
        "offer__departure": departure,
    }


def _worth_asking(check: OfferCheck, departure: str | None) -> list[str]:
    """What to ask, in order: a near departure matters most when the offer looks dangerous."""
    questions = ["offer__visa", "offer__fee", "offer__agency"]
    open_facts = still_unknown(check)
    unknown = [name for name in questions if name.removeprefix("offer__") in open_facts]
    if check.verdict in _DANGEROUS and departure is None:
        unknown.insert(0, "offer__departure")
    return unknown[:MOST_QUESTIONS]


def _record(
    dispatcher: CollectingDispatcher, tracker: Tracker, text: str, departure: str | None
) -> None:
    """Ask that the offer is kept; its text only becomes a fingerprint."""
    check, leaves = check_offer(text), _days_told(tracker)
    emit(
        dispatcher,
        "record_offer",
        verdict=check.verdict.value,
        flags=codes_of(check),
        facts=dict(check.facts),
        departure=departure,
        leaves=leaves and {"first": leaves.first.isoformat(), "last": leaves.last.isoformat()},
        text=text,
    )


def _days_told(tracker: Tracker) -> Span | None:
    """The days of the departure, if they were told just now: "besok" means another day tomorrow."""
    today = today_of(tracker)
    if tracker.get_slot("requested_slot") == "offer__departure":
        return departure_span(typed(tracker), today)
    return departure_told(all_told(tracker), today)


def _departure(tracker: Tracker) -> str | None:
    """The departure that was answered, if it says when."""
    value = tracker.get_slot("offer__departure")
    return value if value in SAID_BY_BUTTON["offer__departure"] else None
