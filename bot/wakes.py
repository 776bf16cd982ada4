"""Wakes loops after a commit, so that nothing has to wait for the next poll."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable


class Wakes:
    """Topics that loops wait for; commits wake them, from any thread and any process.

    Only a shortcut: every waiter polls as well.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._counts: Counter[str] = Counter()
        self._for_all = 0
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def attach(self) -> None:
        """Use the running event loop from now on."""
        self._loop = asyncio.get_running_loop()

    def wake(self, topics: Iterable[str]) -> None:
        """Wake whoever waits for these topics; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, tuple(topics))

    def wake_all(self) -> None:
        """Wake everybody: something was committed elsewhere, and nobody says what."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake_all)

    def _wake(self, topics: tuple[str, ...]) -> None:
        for topic in topics:
            self._counts[topic] += 1
            for event in self._waiting.pop(topic, ()):
                event.set()

    def _wake_all(self) -> None:
        self._for_all += 1
        self._wake(tuple(self._waiting))

    def count(self, topic: str) -> int:
        """How often a topic was woken; take it before reading, hand it to `wait`."""
        return self._counts[topic] + self._for_all

    async def wait(self, topic: str, timeout_seconds: float, since: int | None = None) -> bool:
        """Wait for a topic; True when it was woken (also between `since` and now)."""
        if since is not None and self.count(topic) != since:
            return True
        event = asyncio.Event()
        self._waiting[topic].add(event)
        try:
            await asyncio.wait_for(event.wait(), timeout_seconds)
        except TimeoutError:
            return False
        else:
            return True
        finally:
            waiting = self._waiting.get(topic)
            if waiting is not None:
                waiting.discard(event)
                if not waiting:
                    del self._waiting[topic]
