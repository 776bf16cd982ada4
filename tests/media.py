"""A provider that keeps files, and a reader of them: as slow or broken as a test wants it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from bot.domain.readings import ReadLine
from bot.ports import MediaError, UnreadableError

SOUND = b"OggS" + bytes(range(256)) * 8
PICTURE, PAPER = b"\xff\xd8\xff", b"%PDF-"
SPOKEN = b"OggS"
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


@dataclass
class FakePictures:
    """Implements bot.ports.PictureReader; what it says of a picture is what a test wrote into it.

    A picture is PICTURE or PAPER followed by its lines; one that says a code of UnreadableError alone is
    unreadable. `unsure` lines are read with little confidence. `hold` makes it slow.
    """

    unsure: tuple[str, ...] = ()
    hold: asyncio.Event | None = None
    read_so_far: list[str] = field(default_factory=list)

    def get_ready(self) -> None:
        """It always is."""

    async def read(self, body: bytes, media_type: str) -> tuple[ReadLine, ...]:
        """The lines that were written into it."""
        del media_type
        if self.hold is not None:
            await self.hold.wait()
        words = body.removeprefix(PICTURE).removeprefix(PAPER).decode()
        self.read_so_far.append(words)
        if words in ("broken", "locked", "too_large", "too_long", "died"):
            raise UnreadableError(words)
        return tuple(
            ReadLine(line, 0.6 if line in self.unsure else 0.99) for line in words.splitlines()
        )

    async def transcribe(self, body: bytes, media_type: str) -> tuple[ReadLine, ...]:
        """The same for a sound, as bot.ports.Transcriber: SPOKEN followed by what is said."""
        return await self.read(body.removeprefix(SPOKEN), media_type)

    async def close(self) -> None:
        """Nothing to let go of."""
