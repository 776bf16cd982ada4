"""What this process was seen to do lately; the worker's loop `beats` writes it down."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.auditor import BEAT_EVERY, LOOP
from bot.store.unit_of_work import SqlUnitOfWork


@dataclass
class Pulse:
    """Marks names as they work, and writes them together: one small commit each BEAT_EVERY.

    Belongs to one event loop. A mark costs a look into a dictionary; a step that fails or hangs
    leaves no mark, and a writer that hangs writes none.
    """

    loops: Collection[str] = ()
    _marked: dict[str, datetime] = field(default_factory=dict)
    _wrote_at: datetime | None = None
    _is_known: bool = False

    def mark(self, name: str, now: datetime) -> None:
        """This was just seen to work."""
        self._marked[name] = now

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to write; at once after the clock was set back."""
        return self._wrote_at is None or not timedelta(0) <= now - self._wrote_at < BEAT_EVERY

    def write(self, uow: SqlUnitOfWork, now: datetime) -> None:
        """Write what was seen since the last time; the first time says which loops there are."""
        self._wrote_at = now
        marked, self._marked = self._marked, {}
        if self.loops and not self._is_known:
            uow.beats.forget_others(LOOP, [f"{LOOP}{name}" for name in self.loops])
            self._is_known = True
        uow.beats.set(marked, f"{socket.gethostname()} {os.getpid()}")
