"""What was said about an offer before anybody asked to have it checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from rasa_sdk import Tracker

from actions.matters import plain_words
from actions.offer_changes import contradicted, differing
from actions.offer_text import LONGEST_TEXT
from actions.turns import before_this_turn, written_at
from bot.language.offers import check_offer

SAME_TALK = timedelta(hours=12)
"""Silence after which earlier words are a talk of their own."""

_MOST_MESSAGES = 10
_NO_PART = ("report_", "ask_return_home", "ask_contacts", "add_case_info", "deny", "stop")
"""Intents, by their beginning, whose words tell of something else than an offer."""
_ENDS = frozenset({"action_restart", "action_offer_close", "missing_form", "report_form"})
"""Actions before which nothing belongs to the offer that is being told now."""


def told_before(tracker: Tracker, text: str) -> str:
    """The earlier messages of this talk that belong to the offer in `text`, oldest first.

    A message that says something else of a fact than `text` or a later one is of another offer.
    """
    whole = text
    kept: list[str] = []
    for said in _earlier(tracker):
        check = check_offer(said)
        if not (check.facts or check.flags) or plain_words(said) in plain_words(whole):
            continue
        if contradicted(whole, said) or "job" in differing(whole, said):
            continue
        kept.append(said)
        whole = f"{said}\n{whole}"
    return "\n".join(reversed(kept))[-LONGEST_TEXT:]


def _earlier(tracker: Tracker) -> Iterator[str]:
    """Messages of the talk before this one, the latest first."""
    last = written_at(tracker.latest_message)
    found = 0
    for event in reversed(before_this_turn(tracker)):
        if _closes(event) or found >= _MOST_MESSAGES:
            return
        if event.get("event") != "user":
            continue
        at = written_at(event)
        if last is None or at is None or last - at > SAME_TALK:
            return
        last, found = at, found + 1
        text = str(event.get("text") or "").strip()
        intent = str(((event.get("parse_data") or {}).get("intent") or {}).get("name") or "")
        if text and not text.startswith("/") and not intent.startswith(_NO_PART):
            yield text


def _closes(event: Mapping[str, Any]) -> bool:
    """Whether another offer was told here, or another matter was seen to."""
    if event.get("event") == "action":
        return event.get("name") in _ENDS
    is_slot = event.get("event") == "slot"
    return is_slot and event.get("name") == "offer__text" and bool(event.get("value"))
