"""The turn that is being answered: what came in, what goes out, what went wrong.

Rasa offers no way to hand such things through its agent, so they travel in a context
variable: each request has its own, however many run side by side.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Turn:
    """One request of the worker.

    `events` are the Rasa events so far; `new_events` those that this turn added, `None`
    until Rasa has saved its tracker. `failure` names the first thing that went wrong: a turn
    with a failure is answered 503 and nothing of it counts.
    """

    events: list[dict[str, Any]] = field(default_factory=list, repr=False)
    new_events: list[dict[str, Any]] | None = field(default=None, repr=False)
    failure: str | None = None

    def fail(self, reason: str) -> None:
        """Note what went wrong; the first reason stays, later ones follow from it."""
        if self.failure is None:
            self.failure = reason


_current: ContextVar[Turn | None] = ContextVar("turn", default=None)


def begin(turn: Turn) -> None:
    """Make `turn` the one that everything in this request belongs to."""
    _current.set(turn)


def current() -> Turn | None:
    """The turn of this request; `None` outside of one."""
    return _current.get()


def fail(reason: str) -> None:
    """Note a failure on the current turn, if there is one."""
    turn = _current.get()
    if turn is not None:
        turn.fail(reason)
