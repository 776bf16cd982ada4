"""What is told and recorded about an offer, at once where it is grave, else at the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.agencies import look_up_in_offer
from actions.base import Events, all_told, emit, say, slot, today_of, typed
from actions.departure import departure_in, departure_span, departure_told
from actions.offer_changes import contradicted, corrected, is_correction, taken_back
from actions.offer_facts import heard, heard_line, is_grave
from actions.offer_plan import (
    DEPARTURE,
    HEARD,
    WHICH,
    after_verdict,
    first_questions,
    question_for,
    still_open,
)
from actions.offer_text import LONGEST_TEXT, SAID_BY_BUTTON
from actions.verdict import codes_of, news_text, summary, verdict_texts
from bot.domain.departures import Span
from bot.language.offers import check_offer
from bot.language.types import OfferCheck, Verdict

NEAR = ("within_48h", "this_week")

Known = dict[str, Any]


def begin(
    dispatcher: CollectingDispatcher, tracker: Tracker, text: str, *, spent: int = 1
) -> Known:
    """The slots of an offer that was told in `spent` messages; a grave one is judged at once."""
    check = check_offer(text)
    departure = _departure_in(check, today_of(tracker))
    told = heard(text, with_names=True)
    known: Known = {
        "offer__text": text,
        DEPARTURE: departure,
        "offer__questions": first_questions(
            check, told=len(told), departs=departure is not None, spent=spent
        ),
    }
    tracker.slots.update(known)
    if is_grave(check):
        known.update(tell(dispatcher, tracker, text))
    return known


def see(
    dispatcher: CollectingDispatcher, tracker: Tracker, text: str, *, corrects: bool = False
) -> Known:
    """What follows from the offer's text as it is now: what became known is not asked any more.

    A verdict that has become grave is told at once, and then the departure is asked first; so is
    what a correction changes in a verdict.
    """
    check = check_offer(text)
    known: Known = {"offer__text": text}
    if tracker.get_slot(DEPARTURE) is None:
        known[DEPARTURE] = _departure_in(check, today_of(tracker))
    questions = list(tracker.get_slot("offer__questions") or [])
    tracker.slots.update(known)
    told = tracker.get_slot("offer__told")
    if is_grave(check) and not _was_grave(told):
        departs = tracker.get_slot(DEPARTURE) is not None
        asking = [name for name in questions if name == WHICH]
        others = [name for name in questions if name != WHICH]
        open_now = still_open(others, check, tracker.slots)
        questions = [*asking, *after_verdict(check, open_now, departs=departs)]
        if told is None:
            known.update(tell(dispatcher, tracker, text, shown=corrects))
    if told is not None and (corrects or (is_grave(check) and not _was_grave(told))):
        known.update(_news(dispatcher, tracker))
    known["offer__questions"] = still_open(questions, check, tracker.slots)
    return known


def tell(
    dispatcher: CollectingDispatcher, tracker: Tracker, text: str, *, shown: bool = False
) -> Known:
    """Tell the verdict and record it, with what was understood where that was not shown yet."""
    check = check_offer(text)
    facts = "" if shown or tracker.get_slot(HEARD) is not None else heard_line(text)
    for said in verdict_texts(check, today_of(tracker), facts=facts):
        dispatcher.utter_message(text=said)
    record(dispatcher, tracker, text, departure_of(tracker))
    if tracker.get_slot("offer__agency") is None:
        look_up_in_offer(dispatcher, text)
    return {"offer__told": summary(check, text)}


def so_far(dispatcher: CollectingDispatcher, tracker: Tracker) -> Known:
    """Tell the verdict on what was told so far, where it says more than that this is not enough."""
    text = str(tracker.get_slot("offer__text") or "")
    enough = check_offer(text).verdict is not Verdict.NOT_ENOUGH_KNOWN
    if tracker.get_slot("offer__told") or not enough:
        return {}
    return tell(dispatcher, tracker, text)


def close(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """End the check: the verdict where none was told, else what has changed since."""
    if tracker.get_slot("offer__told") is None:
        known = tell(dispatcher, tracker, str(tracker.get_slot("offer__text") or ""))
        say(dispatcher, "say_offer_judged")
    else:
        known = _news(dispatcher, tracker, closing=True)
    return [slot(name, value) for name, value in known.items()]


def recap(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Remind somebody who comes back of what was understood."""
    facts = heard_line(str(tracker.get_slot("offer__text") or ""), with_names=True)
    if facts:
        say(dispatcher, "say_offer_recap", facts=facts)


def take_in(
    dispatcher: CollectingDispatcher, tracker: Tracker, added: str, *, trusted: bool = False
) -> Known | None:
    """The slots after words that change what was said before; None when they change nothing.

    Where the words do not say themselves which is right, the person is asked, once for each fact.
    `trusted` words answer the question whether all was understood rightly.
    """
    text = str(tracker.get_slot("offer__text") or "")
    if trusted or is_correction(added):
        new = corrected(text, added)
        if new is None and not trusted:
            return None
        new = new or f"{text}\n{added}"
        open_again = [question_for(fact) for fact in taken_back(text, added)]
        planned = list(tracker.get_slot("offer__questions") or [])
        tracker.slots["offer__questions"] = list(dict.fromkeys((*open_again, *planned)))
        tracker.slots.update(dict.fromkeys(open_again))
        new = new[-LONGEST_TEXT:]
        say(dispatcher, "say_offer_corrected", facts=heard_line(new, with_names=True))
        return {
            **dict.fromkeys(open_again),
            **see(dispatcher, tracker, new, corrects=True),
        }
    settled = list(tracker.get_slot("offer__settled") or [])
    facts = [fact for fact in contradicted(text, added) if fact not in settled]
    if not facts:
        return None
    asked: Known = {
        "offer__conflict": {"fact": facts[0], "before": text, "added": added},
        "offer__settled": [*settled, facts[0]],
        "offer__questions": [WHICH, *(tracker.get_slot("offer__questions") or [])],
        WHICH: None,
    }
    tracker.slots.update(asked)
    return {**asked, **see(dispatcher, tracker, f"{text}\n{added}"[-LONGEST_TEXT:])}


def _news(dispatcher: CollectingDispatcher, tracker: Tracker, *, closing: bool = False) -> Known:
    """Tell and record what has changed since the verdict; the closing offers what comes next."""
    text = str(tracker.get_slot("offer__text") or "")
    check = check_offer(text)
    news = news_text(tracker.get_slot("offer__told"), check, today_of(tracker), facts=heard(text))
    if not (closing or news):
        return {}
    if not closing:
        dispatcher.utter_message(text=news)
    elif news:
        say(dispatcher, "say_offer_updated", verdict=news)
    else:
        say(dispatcher, "say_offer_closed")
    departure = departure_of(tracker)
    # A near departure went out when it was answered; again only if things look worse now.
    told_already = departure in NEAR and not news
    record(dispatcher, tracker, text, None if told_already else departure)
    return {"offer__told": summary(check, text)}


def record(
    dispatcher: CollectingDispatcher, tracker: Tracker, text: str, departure: str | None
) -> None:
    """Hand the verdict over, with when she leaves if that is known.

    The text of the offer only becomes a fingerprint.
    """
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
    if tracker.get_slot("requested_slot") == DEPARTURE:
        return departure_span(typed(tracker), today)
    return departure_told(all_told(tracker), today)


def departure_of(tracker: Tracker) -> str | None:
    """The departure that was told, if it says when."""
    value = tracker.get_slot(DEPARTURE)
    return value if value in SAID_BY_BUTTON[DEPARTURE] else None


def _departure_in(check: OfferCheck, today: date | None) -> str | None:
    return departure_in(check.facts.get("departure", ""), today)


def _was_grave(told: Mapping[str, Any] | None) -> bool:
    return bool(told) and told["verdict"] in ("serious", "critical")  # type: ignore[index]
