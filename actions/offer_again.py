"""What is said about an offer after its first words: additions, corrections, an earlier button."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import (
    LISTEN,
    Events,
    close_form,
    entity,
    go_on_with,
    intent,
    open_form,
    say,
    slot,
    typed,
)
from actions.offer_changes import corrected, is_correction
from actions.offer_plan import still_open
from actions.offer_text import (
    LONGEST_TEXT,
    SAID_BY_BUTTON,
    as_statement,
    is_another_offer,
    tells_nothing,
)
from actions.offer_told import NEAR, Known, close, record, see, take_in
from bot.language.offers import check_offer

FORM = "offer_form"


def added(dispatcher: CollectingDispatcher, tracker: Tracker) -> Known | None:
    """The slots after words that add to the offer at hand; None when they are of another one."""
    text = typed(tracker)
    known = str(tracker.get_slot("offer__text") or "")
    if not (text and known) or tells_nothing(text):
        return None
    check = check_offer(text)
    if not (check.facts or check.flags or check.signals):
        return None
    if corrected(known, text) is not None and is_another_offer(text, known):
        return None
    changed = take_in(dispatcher, tracker, text)
    return changed or see(dispatcher, tracker, f"{known}\n{text}"[-LONGEST_TEXT:])


def late_answer(dispatcher: CollectingDispatcher, tracker: Tracker) -> Known | None:
    """The button of an earlier question tapped now: an answer about the same offer."""
    if typed(tracker) or tracker.get_slot("offer__questions") is None:
        return None
    for name, allowed in SAID_BY_BUTTON.items():
        value = entity(tracker, name.removeprefix("offer__"))
        if value not in allowed:
            continue
        tracker.slots[name] = value
        text = str(tracker.get_slot("offer__text") or "")
        piece = as_statement(name, str(value))
        new = corrected(text, piece) or f"{text}\n{piece}".strip()
        known = {name: value, **see(dispatcher, tracker, new[-LONGEST_TEXT:])}
        if value in NEAR and tracker.get_slot("offer__told"):
            record(dispatcher, tracker, new, str(value))
        return known
    return None


def correction(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    """What follows when somebody corrects a judged offer, whatever the words are taken for."""
    text = typed(tracker)
    meant, _ = intent(tracker)
    if open_form(tracker) or not tracker.get_slot("offer__told") or _is_trouble(meant):
        return None
    known = str(tracker.get_slot("offer__text") or "")
    if not text or not is_correction(text) or corrected(known, text) is None:
        return None
    changed = take_in(dispatcher, tracker, text)
    if changed is None:
        return None
    events = goes_on(dispatcher, tracker, changed)
    return events if events[-1] == LISTEN else [*events, go_on_with(FORM)]


def goes_on(dispatcher: CollectingDispatcher, tracker: Tracker, known: Known) -> Events:
    """The slots, and the closing where no question is open; the form asks those that are."""
    tracker.slots.update(known)
    events = [*(slot(key, value) for key, value in known.items()), slot("paused__form", None)]
    check = check_offer(str(tracker.get_slot("offer__text") or ""))
    if still_open(tracker.get_slot("offer__questions") or [], check, tracker.slots):
        return events
    return [*events, *ends(dispatcher, tracker, known), *close_form(), LISTEN]


def ends(dispatcher: CollectingDispatcher, tracker: Tracker, known: Known) -> Events:
    """The closing, short where the verdict was told in this same turn."""
    if known.get("offer__told"):
        say(dispatcher, "say_offer_judged")
        return []
    return close(dispatcher, tracker)


def _is_trouble(meant: str) -> bool:
    return meant.startswith("report_") or meant in {"ask_return_home", "delete_my_data", "restart"}
