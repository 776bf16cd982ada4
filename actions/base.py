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

Events = list[dict[str, Any]]
Slots = Mapping[str, Any]

UNKNOWN = "unknown"
"""The value of a slot whose question was skipped, or whose answer nobody knows."""

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


def typed(tracker: Tracker) -> str:
    """What the person wrote in this turn; empty when it was a button."""
    text = str(tracker.latest_message.get("text") or "").strip()
    return "" if text.startswith("/") else text


def intent(tracker: Tracker) -> tuple[str, float]:
    """What the message means, and how sure that is (0 to 1; buttons are sure)."""
    found = tracker.latest_message.get("intent") or {}
    return str(found.get("name") or ""), float(found.get("confidence") or 0.0)


def entity(tracker: Tracker, name: str) -> str | None:
    """The first value of an entity in the message."""
    for found in tracker.latest_message.get("entities") or ():
        if found.get("entity") == name:
            return str(found.get("value"))
    return None


def metadata(tracker: Tracker) -> Mapping[str, Any]:
    """What the worker knows of this turn: date, duty, case, practice."""
    found = tracker.latest_message.get("metadata")
    return found if isinstance(found, dict) else {}


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
            return self.act(dispatcher, tracker)
        except Exception as error:  # noqa: BLE001 - the one place where a failure gets its voice
            failed(dispatcher, self.name(), error)
            return []

    @abstractmethod
    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Do the action's work and return its events; may raise."""
