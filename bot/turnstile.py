"""One at a time for each sender, in the order of arrival."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from weakref import WeakValueDictionary


class Turnstile:
    """Lets messages of one sender through one after the other; others do not wait.

    Two messages that arrive together are understood in threads: without this, the shorter
    one would overtake.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def through(self, sender: str) -> AsyncIterator[None]:
        """Wait for those of the same sender that came before."""
        lock = self._locks.get(sender)
        if lock is None:
            lock = self._locks[sender] = asyncio.Lock()
        async with lock:
            yield
