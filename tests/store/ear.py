"""Processes that listen to each other's commits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from bot.store.database import Database
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import START

OpenOne = Callable[..., Database]
SOON_SECONDS = 1.0
"""Far above the tenth of a second that it takes, for a machine that is busy with other tests."""


class Ear:
    """What a process heard of the commits of others."""

    def __init__(self) -> None:
        self.topics: set[str] = set()
        self.anything = threading.Event()

    def on_commit(self, topics: frozenset[str]) -> None:
        """Told by name (PostgreSQL)."""
        self.topics |= topics
        self.anything.set()

    def on_other(self) -> None:
        """Told that something changed (SQLite, or after a gap)."""
        self.anything.set()


def change(*topics: str) -> Callable[[SqlUnitOfWork], None]:
    """A job that changes something and wakes topics."""

    def job(uow: SqlUnitOfWork) -> None:
        uow.alarms.raise_once("test", str(time.monotonic_ns()), START)
        for topic in topics:
            uow.wake(topic)

    return job


def listening(opened: OpenOne, ear: Ear) -> Database:
    """A process that has heard all that there was to hear until now."""
    database = opened(ear.on_commit, ear.on_other)
    database.listen()
    database.write(change()).result(10)
    time.sleep(0.5)
    ear.anything.clear()
    return database
