"""A provider that keeps files: as slow, broken or forgetful as a test wants it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from bot.ports import MediaError

SOUND = b"OggS" + bytes(range(256)) * 8
PART_BYTES = 60_000


@dataclass
class FakeMedia:
    """Implements bot.ports.MediaSource; a reference that it does not know is a short sound.

    `failures` are raised by the next tries, one each, after `fails_after` bytes. `hold` makes
    every fetch wait half-way until it is set.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    failures: list[Exception] = field(default_factory=list)
    fails_after: int = 0
    keeps_for_ever: bool = False
    hold: asyncio.Event | None = None
    fetched: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    on_part: Callable[[], None] = lambda: None

    async def fetch(self, reference: str, most_bytes: int) -> AsyncIterator[bytes]:
        """The bytes in parts of a size that is none of ours."""
        self.fetched.append(reference)
        body = self.files.get(reference, SOUND)
        failure = self.failures.pop(0) if self.failures else None
        sent = 0
        while sent < len(body):
            if failure is not None and sent >= self.fails_after:
                raise failure
            part = body[sent : sent + PART_BYTES]
            sent += len(part)
            if sent > most_bytes:
                raise MediaError("too_large", permanent=True)
            yield part
            self.on_part()
            if self.hold is not None and sent >= len(body) // 2:
                await self.hold.wait()
        if failure is not None:
            raise failure

    async def forget(self, reference: str) -> None:
        """Delete, or refuse to."""
        if self.keeps_for_ever:
            raise MediaError("HTTP 503", permanent=False)
        self.forgotten.append(reference)
