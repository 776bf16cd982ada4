"""What all actions share: their words, their commands, and what happens when they fail.

Actions read and speak; they write nothing. What they want done they emit as commands, which
the worker commits before anything is confirmed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.domain.messages import Reply
from bot.gateways.wording import ResponseFiles
from bot.language.facts import find_facts

Events = list[dict[str, Any]]
Slots = Mapping[str, Any]

UNKNOWN = "unknown"
"""The value of a slot whose question was skipped, or whose answer nobody knows."""

WAITING = "clarified__text"
"""The slot of words whose meaning was asked for; it outlives the shortening of a history."""

_TELLS_NOTHING = ("help_menu", "clarify", "bot_challenge", "insult", "affirm", "unsure")

DATA = Path(__file__).parent.parent / "data"


def go_on_with(action: str) -> dict[str, Any]:
    """The event that lets an action follow at once, whatever the rule would do next."""
    return {"event": "followup", "timestamp": None, "name": action}


LISTEN = go_on_with("action_listen")
"""Ends a turn before its rule would."""

log = structlog.get_logger(__name__)


@cache
def wording() -> ResponseFiles:
    """The reviewed texts; read when the first action speaks."""
    return ResponseFiles(DATA / "responses")


def words(name: str, **values: str) -> str:
    """The named text without its choices."""
    return wording().say(name, **values).text


def say(dispatcher: CollectingDispatcher, name: str, **values: str) -> None:
    """Say the named text with its choices."""
    speak(dispatcher, wording().say(name, **values))


def speak(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    """Say a reply."""
    buttons = [{"title": button.title, "payload": button.payload} for button in reply.buttons]
    dispatcher.utter_message(text=reply.text, buttons=buttons)


def emit(dispatcher: CollectingDispatcher, command: str, **values: Any) -> None:
    """Ask the worker for something; its confirmation stands where the command stands."""
    dispatcher.utter_message(json_message={"command": command, **values})


def slot(name: str, value: Any) -> dict[str, Any]:
    """The event that sets a slot; None empties it."""
    return {"event": "slot", "timestamp": None, "name": name, "value": value}


def close_form() -> Events:
    """The events that end whatever form is open."""
    return [
        {"event": "active_loop", "timestamp": None, "name": None},
        slot("requested_slot", None),
    ]


def open_form(tracker: Tracker) -> str | None:
    """The name of the form that is open."""
    name = tracker.active_loop_name
    return str(name) if name else None


def after_an_aside(tracker: Tracker) -> Events:
    """The open form asks again; without one the turn is over."""
    form = open_form(tracker)
    return [go_on_with(form)] if form else [LISTEN]


def leave(tracker: Tracker) -> Events:
    """End the turn; an open form waits until somebody wants to go on."""
    form = open_form(tracker)
    return [*close_form(), slot("paused__form", form), LISTEN] if form else [LISTEN]


def _text(tracker: Tracker) -> str:
    return str(tracker.latest_message.get("text") or "").strip()


def is_button(tracker: Tracker) -> bool:
    """Whether this turn is a choice of ours; nobody can type one."""
    return _text(tracker).startswith("/")


def typed(tracker: Tracker) -> str:
    """What the person wrote in this turn; empty when it was a button.

    A button that tells what unclear words meant brings these along, as if written just now.
    """
    if not is_button(tracker):
        return _text(tracker)
    return waiting_words(tracker) if _tells_a_meaning(tracker) else ""


def all_told(tracker: Tracker) -> str:
    """What the person wrote in this turn, below the words that still wait for their meaning."""
    if is_button(tracker):
        return typed(tracker)
    return "\n".join(part for part in (waiting_words(tracker), typed(tracker)) if part)


def waiting_words(tracker: Tracker) -> str:
    """What the person wrote before they were asked what it means; mostly empty."""
    return str(tracker.get_slot(WAITING) or "")


def is_meaning(intent_name: str) -> bool:
    """Whether a message can be said to mean this: it has a title that people understand."""
    return f"say_meaning_{intent_name}" in wording().names


def _tells_a_meaning(tracker: Tracker) -> bool:
    """Also a button of the menu, with which an unclear message is answered the second time."""
    return open_form(tracker) is None and is_meaning(_text(tracker).removeprefix("/"))


def _settled(tracker: Tracker) -> Events:
    """Forgets words whose meaning was told, and those that something else came after.

    A question in between leaves them waiting, and so does an answer that tells nothing.
    """
    if not waiting_words(tracker):
        return []
    meant, _ = intent(tracker)
    is_told = is_button(tracker) and _tells_a_meaning(tracker)
    asks = meant.startswith("ask_") and meant != "ask_return_home"
    waits_on = (asks or meant in _TELLS_NOTHING) and not is_told
    return [] if waits_on else [slot(WAITING, None)]


def intent(tracker: Tracker) -> tuple[str, float]:
    """What the message means, and how sure that is (0 to 1; buttons are sure)."""
    found = tracker.latest_message.get("intent") or {}
    return str(found.get("name") or ""), float(found.get("confidence") or 0.0)


def entity(tracker: Tracker, name: str) -> str | None:
    """The first value of an entity in the message, or in the words that a button brings along."""
    for found in tracker.latest_message.get("entities") or ():
        if found.get("entity") == name:
            return str(found.get("value"))
    words_along = typed(tracker) if is_button(tracker) else ""
    return next((fact.value for fact in find_facts(words_along) if fact.entity == name), None)


def metadata(tracker: Tracker) -> Mapping[str, Any]:
    """What the worker knows of this turn: date, duty, case, practice."""
    found = tracker.latest_message.get("metadata")
    return found if isinstance(found, dict) else {}


def denies_danger(tracker: Tracker) -> bool:
    """Whether they wrote this and, asked about it, said that nobody is in danger."""
    return not is_button(tracker) and bool(metadata(tracker).get("no_danger"))


def told_of_no_danger(tracker: Tracker) -> bool:
    """Whether they said so when asked about these words, written just now or before a button.

    A button brings along what waited for its meaning; a no about anything else counts for nothing.
    """
    if not is_button(tracker):
        return denies_danger(tracker)
    if not typed(tracker):
        return False
    written = (
        event
        for event in reversed(tracker.events)
        if event.get("event") == "user" and not str(event.get("text") or "").startswith("/")
    )
    last = next(written, None)
    return last is not None and bool((last.get("metadata") or {}).get("no_danger"))


def last_said(tracker: Tracker) -> tuple[str, tuple[str, ...]]:
    """The last text to the person, and the payloads of its choices."""
    for event in reversed(tracker.events):
        if event.get("event") == "bot":
            buttons = (event.get("data") or {}).get("buttons") or []
            return str(event.get("text")), tuple(str(each.get("payload")) for each in buttons)
    return "", ()


def today_of(tracker: Tracker) -> date | None:
    """The date of this turn where the office is."""
    try:
        return date.fromisoformat(str(metadata(tracker).get("today")))
    except ValueError:
        return None


def failed(dispatcher: CollectingDispatcher, action: str, error: Exception) -> None:
    """Take back all that was said and leave the alarm alone.

    Only the kind of error is logged: its text may quote what a person wrote.
    """
    log.error("action_failed", action=action, error=type(error).__name__)
    dispatcher.messages.clear()
    emit(dispatcher, "action_failed", action=action)


class Guarded(Action, ABC):  # type: ignore[misc]  # rasa_sdk ships no types
    """An action whose failure is never silent.

    A subclass names itself and implements `act`. When `act` raises, everything that it said
    is taken back and the only thing emitted is the command `action_failed`, for which the
    worker apologises and raises an alarm.
    """

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002 - rasa_sdk's signature
    ) -> Events:
        """Called by the action server; see `act`."""
        try:
            return [*_settled(tracker), *self.act(dispatcher, tracker)]
        except Exception as error:  # noqa: BLE001 - the one place where a failure gets its voice
            failed(dispatcher, self.name(), error)
            return []

    @abstractmethod
    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Do the action's work and return its events; may raise."""
