"""Fetches the files that people sent, piece by piece, and has their provider delete them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from datetime import timedelta
from typing import Any

import structlog

from bot.bootstrap import App
from bot.domain.media import (
    HEAD_BYTES,
    PIECE_BYTES,
    FileInWork,
    is_cut_short,
    most_bytes,
)
from bot.domain.pictures import READ_KINDS
from bot.ports import MediaError
from bot.services import files

log = structlog.get_logger()
FILES_AT_ONCE = 4
# A provider that sends nothing for so long has forgotten us; well under the lease.
STALL_SECONDS = 40.0
# However slowly it drips: others wait for the place.
WHOLE_SECONDS = 600.0
FORGET_SECONDS = 40.0
HOLD_EVERY = timedelta(seconds=20)


class LostError(Exception):
    """Another worker has the file now: nothing more is to be done here."""


class _Cutter:
    """Cuts what a provider sends in parts of any size into pieces of ours."""

    def __init__(self, most: int) -> None:
        self.head = b""
        self.size = 0
        self._most = most
        self._number = 0
        self._waiting = bytearray()

    def cut(self, part: bytes) -> Iterator[tuple[int, bytes]]:
        """Take a part in; every piece that is whole now, with its number."""
        self.size += len(part)
        if self.size > self._most:
            raise MediaError("too_large", permanent=True)
        if len(self.head) < HEAD_BYTES:
            self.head = (self.head + part)[:HEAD_BYTES]
        self._waiting += part
        while len(self._waiting) >= PIECE_BYTES:
            yield self._take(PIECE_BYTES)

    def rest(self) -> Iterator[tuple[int, bytes]]:
        """The last piece, which may be smaller, unless nothing is left."""
        if self._waiting:
            yield self._take(len(self._waiting))

    def _take(self, size: int) -> tuple[int, bytes]:
        piece = self._number, bytes(self._waiting[:size])
        del self._waiting[:size]
        self._number += 1
        return piece


class Fetching:
    """The work on files of one process; several may run beside each other."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._running: set[asyncio.Task[None]] = set()

    async def step(self) -> bool:
        """Begin to fetch what is due and to have deleted what is stored; True when there was any."""
        app, now = self._app, self._app.clock.now()
        free = FILES_AT_ONCE - len(self._running)
        channels = tuple(app.media)
        if free <= 0 or not channels:
            return False
        if not await app.read(lambda uow: uow.files.has_due(channels, now)):
            return False
        to_fetch = await app.write(lambda uow: files.claim(uow, channels, free, now))
        left = free - len(to_fetch)
        to_forget: tuple[FileInWork, ...] = ()
        if left:
            to_forget = await app.write(lambda uow: files.claim_to_forget(uow, channels, left, now))
        for file in to_fetch:
            self._begin(self._fetch, file)
        for file in to_forget:
            self._begin(self._forget, file)
        return bool(to_fetch or to_forget)

    @property
    def running(self) -> tuple[asyncio.Task[None], ...]:
        """What was begun and has not ended."""
        return tuple(self._running)

    def _begin(
        self, work: Callable[[FileInWork], Coroutine[Any, Any, None]], file: FileInWork
    ) -> None:
        task = asyncio.create_task(self._safely(work, file))
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._app.wakes.wake(("files",))

    async def _safely(
        self, work: Callable[[FileInWork], Coroutine[Any, Any, None]], file: FileInWork
    ) -> None:
        try:
            await work(file)
        except Exception as error:  # noqa: BLE001  # the lease runs out and the file comes back
            log.error("file_work_failed", file=file.id, error=type(error).__name__)

    async def _fetch(self, file: FileInWork) -> None:
        app = self._app
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                await self._take(file)
        except LostError:
            log.warning("file_lost", file=file.id)
        except Exception as error:  # noqa: BLE001  # every failure is recorded with its file
            failed = error
            reason = error.reason if isinstance(error, MediaError) else type(error).__name__
            log.warning("fetch_failed", channel=file.channel, file=file.id, reason=reason)
            await app.write(
                lambda uow: files.give_back(
                    uow, file, failed, app.office, app.wording, app.clock.now()
                )
            )

    async def _take(self, file: FileInWork) -> None:
        """The whole file into pieces; MediaError when that is not possible."""
        most = most_bytes(file.channel)
        if file.size is not None and file.size > most:
            raise MediaError("too_large", permanent=True)
        cutter = _Cutter(most)
        if self._app.pictures is not None and file.kind in READ_KINDS:
            self._app.pictures.get_ready()
        stream = self._app.media[file.channel].fetch(file.reference, most)
        try:
            await self._keep_pieces(file, cutter, stream)
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()
        if not cutter.size:
            raise MediaError("empty", permanent=True)
        if is_cut_short(file.size, cutter.size, file.attempts):
            raise MediaError("cut_short", permanent=False)
        for number, body in cutter.rest():
            await self._keep_piece(file, number, body)
        app = self._app
        if not await app.write(
            lambda uow: files.keep(uow, file, cutter.size, cutter.head, app.office, app.clock.now())
        ):
            raise LostError

    async def _keep_pieces(
        self, file: FileInWork, cutter: _Cutter, stream: AsyncIterator[bytes]
    ) -> None:
        clock = self._app.clock
        held_at = clock.now()
        async for part in _unstalled(stream):
            for number, body in cutter.cut(part):
                await self._keep_piece(file, number, body)
                held_at = clock.now()
            if clock.now() - held_at > HOLD_EVERY:
                await self._hold(file)
                held_at = clock.now()

    async def _keep_piece(self, file: FileInWork, number: int, body: bytes) -> None:
        app = self._app
        if not await app.write(
            lambda uow: files.keep_piece(uow, file, number, body, app.clock.now())
        ):
            raise LostError

    async def _hold(self, file: FileInWork) -> None:
        app = self._app
        if not await app.write(lambda uow: files.hold(uow, file, app.clock.now())):
            raise LostError

    async def _forget(self, file: FileInWork) -> None:
        app = self._app
        try:
            async with asyncio.timeout(FORGET_SECONDS):
                await app.media[file.channel].forget(file.reference)
        except Exception as error:  # noqa: BLE001  # whatever it was, it is asked again
            failed = error
            log.warning("not_forgotten", channel=file.channel, file=file.id)
            await app.write(lambda uow: files.not_forgotten(uow, file, failed, app.clock.now()))
        else:
            await app.write(lambda uow: files.forgotten(uow, file, app.clock.now()))


async def _unstalled(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The parts of a stream, each within STALL_SECONDS; MediaError when one does not come."""
    while True:
        try:
            async with asyncio.timeout(STALL_SECONDS):
                part = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise MediaError("stalled", permanent=False) from None
        yield part
