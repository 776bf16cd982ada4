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


def _is_message(event: Mapping[str, Any]) -> bool:
    return event.get("event") == "user"
