"""A tracker store that remembers nothing.

Each request brings the events of its conversation along and takes the new ones home; the
worker keeps them, encrypted, in the transaction of the turn. So a turn can be repeated, Rasa
can be killed at any moment, and no second copy of what people wrote lies around.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa import turn as turns


class TrackerTroubleError(BaseException):
    """The events of a turn could not be read or given back.

    No `Exception` on purpose: Rasa's `FailSafeTrackerStore` catches those and goes on with an
    empty conversation, which would greet somebody anew in the middle of a report.
    """


class TurnTrackerStore(TrackerStore):
    """Serves the tracker of the current turn and collects what the turn adds to it."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        """Take what `endpoints.yml` may say about a store; there is nothing to connect to."""
        kwargs.pop("host", None)
        super().__init__(domain, event_broker, **kwargs)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as the request tells it; `None` when it is the first turn."""
        turn = _turn()
        if not turn.events:
            return None
        try:
            known = _read(turn.events)
            return DialogueStateTracker.from_events(sender_id, known, slots=self.domain.slots)
        except Exception as error:
            turn.fail("tracker")
            raise TrackerTroubleError from error

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Hand back the events that came after those of the request."""
        turn = _turn()
        try:
            added = list(tracker.events)[len(turn.events) :]
            turn.new_events = [event.as_dict() for event in added]
        except Exception as error:
            turn.fail("tracker")
            raise TrackerTroubleError from error

    async def keys(self) -> Iterable[str]:
        """No conversation is kept."""
        return []


def _turn() -> turns.Turn:
    turn = turns.current()
    if turn is None:
        raise RuntimeError("conversations are kept by the worker; use the gateway channel")
    return turn


def _read(stored: list[Any]) -> list[Event]:
    """Events from their dictionaries; none may get lost, or positions would shift."""
    events = deserialise_events(stored)
    if len(events) != len(stored):
        raise ValueError("an event of the conversation cannot be read")
    return events
