"""When the messages of a talk were written, by the clock of the worker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rasa_sdk import Tracker


def before_this_turn(tracker: Tracker) -> list[dict[str, Any]]:
    """The events before the message that is being answered."""
    events: list[dict[str, Any]] = tracker.events
    last = next((at for at in range(len(events) - 1, -1, -1) if _is_message(events[at])), 0)
    return events[:last]


def written_at(event: Mapping[str, Any]) -> datetime | None:
    """When a message was written; None for what is none or does not say."""
    try:
        return datetime.fromisoformat(str((event.get("metadata") or {}).get("now")))
    except ValueError:
        return None


def was_away(tracker: Tracker, least: timedelta) -> bool:
    """Whether the person comes back after a silence of at least this long."""
    now = written_at(tracker.latest_message)
    earlier = (each for each in reversed(before_this_turn(tracker)) if _is_message(each))
    before = written_at(next(earlier, {}))
    return now is not None and before is not None and now - before >= least


def was_just_asked(tracker: Tracker) -> bool:
    """Whether the message answers the form, which is not so when the form is only resumed.

    Rasa resumes a form after a rule for something else, whose actions then follow the message;
    before a form sees an answer nothing but the form's own mark does.
    """
    form = tracker.active_loop_name
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return True
        other_action = event.get("event") == "action" and event.get("name") != form
        if other_action or event.get("event") == "action_execution_rejected":
            return False
    return False


def _is_message(event: Mapping[str, Any]) -> bool:
    return event.get("event") == "user"
