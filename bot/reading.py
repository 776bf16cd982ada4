"""Has the files read that people sent, one at a time, beside everything else."""

from __future__ import annotations

import asyncio

import structlog

from bot.bootstrap import App
from bot.domain.pictures import SOUND
from bot.domain.readings import FileToRead, ReadLine
from bot.ports import UnreadableError
from bot.services import reading

log = structlog.get_logger()


class ReadingFiles:
    """The reading of one process; the next file is taken on when the one before is done."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._running: set[asyncio.Task[None]] = set()

    async def step(self) -> bool:
        """Begin to read what is due; True when there was anything."""
        app, now = self._app, self._app.clock.now()
        if self._running or not app.office.reads_pictures:
            return False
        if not await app.read(lambda uow: uow.readings.has_due_to_read(now)):
            return False
        file = await app.write(lambda uow: reading.claim(uow, app.office, now))
        if file is None:
            return False
        task = asyncio.create_task(self._safely(file))
        self._running.add(task)
        task.add_done_callback(self._ended)
        return True

    @property
    def running(self) -> tuple[asyncio.Task[None], ...]:
        """What was begun and has not ended."""
        return tuple(self._running)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._app.wakes.wake(("pictures",))

    async def _safely(self, file: FileToRead) -> None:
        try:
            await self._read(file)
        except Exception as error:  # noqa: BLE001  # the lease runs out and the file comes back
            log.error("reading_failed", file=file.id, error=type(error).__name__)

    async def _read(self, file: FileToRead) -> None:
        app = self._app
        body = await app.read(lambda uow: b"".join(uow.files.pieces(file.id)))
        try:
            lines = await self._lines(body, file.media_type)
        except UnreadableError as error:
            problem = error.reason
            log.warning("unreadable", file=file.id, reason=problem)
            await app.write(
                lambda uow: reading.give_up(uow, file, problem, app.office, app.clock.now())
            )
        else:
            await app.write(lambda uow: reading.keep(uow, file, lines, app.office, app.clock.now()))

    async def _lines(self, body: bytes, media_type: str) -> tuple[ReadLine, ...]:
        app = self._app
        if media_type.startswith(SOUND):
            if app.transcriber is None:
                raise UnreadableError("broken")
            return await app.transcriber.transcribe(body, media_type)
        if app.pictures is None:
            raise UnreadableError("broken")
        return await app.pictures.read(body, media_type)
