"""Files from their provider into the store: whole, once, whatever goes wrong on the way."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.domain.media import MEBIBYTE, PIECE_BYTES, FileInWork
from bot.domain.messages import Attachment, Kind, StoredFile
from bot.fetching import Fetching
from bot.ports import MediaError
from bot.services import files
from bot.store.tables import attachment_piece
from channels.inbound import take_in
from tests.hotline import Hotline

BUSY = MediaError("HTTP 503", permanent=False)
GONE = MediaError("gone", permanent=True)
SONG = b"OggS" + os.urandom(2 * PIECE_BYTES + 1000)


async def all_files(hotline: Hotline, who: str = "ani") -> tuple[StoredFile, ...]:
    """The files of somebody's conversation as staff see them."""
    known = await hotline.talk(who)
    lines = await hotline.app.read(lambda uow: uow.lines.for_staff(known))
    return tuple(file for line in lines for file in line.files)


async def read_back(
    hotline: Hotline, file_id: str, start: int = 0, stop: int | None = None
) -> bytes:
    """The bytes of a stored file."""
    return await hotline.app.read(lambda uow: b"".join(uow.files.pieces(file_id, start, stop)))


def stored_pieces(hotline: Hotline) -> int:
    """How many pieces lie in the database."""
    with hotline.app.database.engine.connect() as connection:
        found = connection.execute(select(func.count()).select_from(attachment_piece))
        return int(found.scalar_one())


async def sent_voice(hotline: Hotline, body: bytes = SONG) -> str:
    """A voice note was taken in and nothing fetched yet; its file id."""
    message = hotline.message("ani", Kind.VOICE)
    hotline.media.files[message.attachments[0].reference] = body
    await take_in(hotline.app, message)
    (file,) = await all_files(hotline)
    assert not file.stored
    return file.id


def test_a_file_arrives_whole_and_leaves_its_provider(hotline: Hotline) -> None:
    """Stored in pieces, the same bytes, any range of them, then deleted at the provider."""

    async def journey() -> None:
        file_id = await sent_voice(hotline)
        await hotline.settle()
        (file,) = await all_files(hotline)
        assert (file.stored, file.size, file.media_type) == (True, len(SONG), "audio/ogg")
        assert stored_pieces(hotline) == 3
        assert await read_back(hotline, file_id) == SONG
        for start, stop in (
            (0, 1),
            (5, PIECE_BYTES + 5),
            (PIECE_BYTES, 2 * PIECE_BYTES),
            (7, 10**9),
        ):
            assert await read_back(hotline, file_id, start, stop) == SONG[start:stop]
        assert hotline.media.forgotten == hotline.media.fetched == ["file1"]
        await hotline.forward(days=30)
        assert len(hotline.media.fetched) == len(hotline.media.forgotten) == 1

    asyncio.run(journey())


def test_no_byte_of_a_file_is_readable_in_the_database(hotline: Hotline) -> None:
    """Pieces are sealed with the key of the person and bound to their place."""

    async def journey() -> None:
        await sent_voice(hotline)
        await hotline.settle()
        with hotline.app.database.engine.connect() as connection:
            bodies = [
                bytes(row.body_sealed) for row in connection.execute(select(attachment_piece))
            ]
        assert sum(map(len, bodies)) < len(SONG) + 1000
        assert not any(
            SONG[start : start + 24] in body for body in bodies for start in range(0, 500, 20)
        )

    asyncio.run(journey())


def test_what_the_provider_cannot_give_now_is_asked_for_later(hotline: Hotline) -> None:
    """Refused, then cut off half-way, then whole: never shown before, no piece twice."""

    async def journey() -> None:
        file_id = await sent_voice(hotline)
        hotline.media.failures = [BUSY, OSError("line broke")]
        await hotline.settle()
        hotline.media.fails_after = PIECE_BYTES + 100_000
        await hotline.forward(seconds=1)
        assert len(hotline.media.fetched) == 1
        await hotline.forward(seconds=1)
        (file,) = await all_files(hotline)
        assert (file.stored, file.failed, file.error) == (False, False, "OSError")
        assert stored_pieces(hotline) == 1
        await hotline.forward(seconds=4)
        assert (await all_files(hotline))[0].stored
        assert await read_back(hotline, file_id) == SONG
        assert stored_pieces(hotline) == 3
        assert [
            alarm.kind for alarm in await hotline.app.read(lambda uow: uow.alarms.standing())
        ] == []

    asyncio.run(journey())


def test_a_provider_that_is_down_for_a_day_loses_nothing(hotline: Hotline) -> None:
    """Staff are told that a file is late, and no more once it is there."""

    async def journey() -> None:
        await sent_voice(hotline)
        hotline.media.failures = [BUSY] * 100
        await hotline.settle()
        for _ in range(96):
            await hotline.forward(minutes=15)
        alarms = await hotline.app.read(lambda uow: uow.alarms.standing())
        assert [(alarm.kind, alarm.detail) for alarm in alarms] == [("file_late", "web")]
        hotline.media.failures = []
        await hotline.forward(minutes=15)
        assert (await all_files(hotline))[0].stored
        assert await hotline.app.read(lambda uow: uow.alarms.standing()) == ()

    asyncio.run(journey())


def test_a_file_that_is_gone_is_recorded_shown_and_told(hotline: Hotline) -> None:
    """404 for good: staff see why, an alarm stands, and the person does not count on it."""

    async def journey() -> None:
        await sent_voice(hotline)
        hotline.media.failures = [GONE] * 9
        await hotline.settle()
        assert not (await all_files(hotline))[0].failed
        for _ in range(3):
            await hotline.forward(seconds=10)
        (file,) = await all_files(hotline)
        assert (file.stored, file.failed, file.error) == (False, True, "gone")
        (case,) = await hotline.cases()
        alarms = await hotline.app.read(lambda uow: uow.alarms.standing())
        assert ("file_failed", case.reference) in [(alarm.kind, alarm.detail) for alarm in alarms]
        log = await hotline.app.read(lambda uow: uow.cases.log_entries(case.id))
        assert log[-1].text == "file_failed, voice, gone"
        assert "tidak bisa kami buka" in (await hotline.answers("ani"))[-1]
        await hotline.forward(days=1)
        assert len(hotline.media.fetched) == 4

    asyncio.run(journey())


def test_a_file_that_is_too_large_is_not_even_begun(hotline: Hotline) -> None:
    """When the provider tells its size; when it does not, at the limit, and nothing of it stays."""

    async def journey() -> None:
        announced = Attachment(Kind.VIDEO, "video/mp4", "big", size=17 * MEBIBYTE)
        await hotline.sends("ani", Kind.VIDEO, attachments=(announced,))
        assert hotline.media.fetched == []
        assert "terlalu besar" in (await hotline.answers("ani"))[-1]
        silent = Attachment(Kind.VIDEO, "video/mp4", "secretly big")
        hotline.media.files["secretly big"] = bytes(16 * MEBIBYTE + 1)
        await hotline.sends("ani", Kind.VIDEO, attachments=(silent,))
        assert [file.error for file in await all_files(hotline)] == ["too_large", "too_large"]
        assert stored_pieces(hotline) == 0
        assert hotline.media.forgotten == []

    asyncio.run(journey())


def test_less_than_was_promised_is_fetched_again(hotline: Hotline) -> None:
    """A connection that ends early without an error does not make half a file a whole one."""

    async def journey() -> None:
        promised = Attachment(Kind.VOICE, "audio/ogg", "cut", size=len(SONG))
        hotline.media.files["cut"] = SONG[:-10]
        await hotline.sends("ani", Kind.VOICE, attachments=(promised,))
        (file,) = await all_files(hotline)
        assert (file.stored, file.error) == (False, "cut_short")
        hotline.media.files["cut"] = SONG
        await hotline.forward(seconds=2)
        (file,) = await all_files(hotline)
        assert file.stored
        assert await read_back(hotline, file.id) == SONG

    asyncio.run(journey())


def test_a_channel_that_is_not_configured_any_more_keeps_its_files_waiting(
    hotline: Hotline,
) -> None:
    """Nothing fails: as soon as the channel is back they are fetched."""

    async def journey() -> None:
        await sent_voice(hotline)
        media = dict(hotline.app.media)
        assert isinstance(hotline.app.media, dict)
        hotline.app.media.clear()
        await hotline.forward(days=2)
        (file,) = await all_files(hotline)
        assert (file.stored, file.failed, file.error) == (False, False, None)
        assert await hotline.app.read(lambda uow: uow.files.waiting()) == (
            1,
            hotline.clock.now() - timedelta(days=2),
        )
        hotline.app.media.update(media)
        await hotline.settle()
        assert (await all_files(hotline))[0].stored

    asyncio.run(journey())


def test_deleting_at_the_provider_is_tried_until_it_is_done(hotline: Hotline) -> None:
    """The file is shown meanwhile, and fetched only once."""

    async def journey() -> None:
        hotline.media.keeps_for_ever = True
        await hotline.sends("ani", Kind.VOICE)
        assert (await all_files(hotline))[0].stored
        for _ in range(20):
            await hotline.forward(minutes=15)
        hotline.media.keeps_for_ever = False
        await hotline.forward(minutes=15)
        assert hotline.media.fetched == hotline.media.forgotten == ["file1"]

    asyncio.run(journey())


def test_two_workers_never_fetch_the_same_file(hotline: Hotline) -> None:
    """The second finds nothing to do while the first holds on, however long it takes."""

    async def journey() -> None:
        file_id = await sent_voice(hotline)
        hotline.media.hold = asyncio.Event()
        first, second = Fetching(hotline.app), Fetching(hotline.app)
        assert await first.step()
        await asyncio.sleep(0.2)
        assert not await second.step()
        hotline.clock.forward(seconds=60)
        assert not await second.step()
        hotline.media.hold.set()
        await asyncio.gather(*first.running)
        assert hotline.media.fetched == ["file1"]
        assert await read_back(hotline, file_id) == SONG

    asyncio.run(journey())


def test_a_worker_that_came_to_life_again_changes_nothing(hotline: Hotline) -> None:
    """It slept beyond its lease, another has the file: what it still brings is refused."""

    async def journey() -> None:
        file_id = await sent_voice(hotline)
        now = hotline.clock.now
        (asleep,) = await claim(hotline)
        assert await claim(hotline) == ()
        hotline.clock.forward(seconds=91)
        (awake,) = await claim(hotline)
        assert awake.id == asleep.id
        late = b"x" * PIECE_BYTES
        assert await hotline.app.write(
            lambda uow: files.keep_piece(uow, awake, 0, SONG[:PIECE_BYTES], now())
        )
        assert not await hotline.app.write(
            lambda uow: files.keep_piece(uow, asleep, 0, late, now())
        )
        assert not await hotline.app.write(
            lambda uow: files.keep(uow, asleep, len(late), b"", hotline.app.office, now())
        )
        assert not await hotline.app.write(
            lambda uow: files.give_back(
                uow, asleep, GONE, hotline.app.office, hotline.app.wording, now()
            )
        )
        assert not await hotline.app.write(lambda uow: files.hold(uow, asleep, now()))
        assert await hotline.app.write(
            lambda uow: files.keep(uow, awake, PIECE_BYTES, SONG[:16], hotline.app.office, now())
        )
        assert await read_back(hotline, file_id) == SONG[:PIECE_BYTES]

    asyncio.run(journey())


async def claim(hotline: Hotline) -> tuple[FileInWork, ...]:
    """What a worker takes on now."""
    return await hotline.app.write(lambda uow: files.claim(uow, ("web",), 4, hotline.clock.now()))


def test_half_a_file_is_never_finished(hotline: Hotline) -> None:
    """A missing piece undoes the whole step; the file stays as it was."""

    async def journey() -> None:
        await sent_voice(hotline)
        (file,) = await claim(hotline)
        now = hotline.clock.now()
        await hotline.app.write(lambda uow: files.keep_piece(uow, file, 1, b"end", now))
        with pytest.raises(RuntimeError):
            await hotline.app.write(
                lambda uow: files.keep(uow, file, PIECE_BYTES + 3, b"", hotline.app.office, now)
            )
        assert not (await all_files(hotline))[0].stored

    asyncio.run(journey())


def test_pieces_of_a_longer_try_do_not_stay(hotline: Hotline) -> None:
    """What an earlier try left beyond the end of the file is removed."""

    async def journey() -> None:
        file_id = await sent_voice(hotline)
        (file,) = await claim(hotline)
        now = hotline.clock.now()
        for number in range(3):
            job = partial(files.keep_piece, file=file, number=number, body=b"OggS old", now=now)
            await hotline.app.write(job)
        await hotline.app.write(
            lambda uow: files.keep(uow, file, 8, b"OggS old", hotline.app.office, now)
        )
        assert stored_pieces(hotline) == 1
        assert await read_back(hotline, file_id) == b"OggS old"

    asyncio.run(journey())


def test_a_file_that_is_not_there_cannot_be_read(hotline: Hotline) -> None:
    """Neither one that nobody sent nor one that is still at the provider."""

    async def journey() -> None:
        waiting = await sent_voice(hotline)
        for file_id in (waiting, "0" * 32):
            with pytest.raises(KeyError):
                await read_back(hotline, file_id)

    asyncio.run(journey())


def test_the_writer_serves_others_while_a_large_file_comes(tmp_path: Path) -> None:
    """20 MB come in pieces: nobody's message waits for the whole of it."""
    hotline = Hotline(tmp_path / "var")

    async def journey() -> None:
        body = b"OggS" + bytes(20 * MEBIBYTE - 4)
        message = hotline.message("ani", Kind.VOICE, channel="telegram")
        hotline.media.files[message.attachments[0].reference] = body
        await take_in(hotline.app, message)
        fetching = Fetching(hotline.app)
        await fetching.step()
        loop = asyncio.get_running_loop()
        slowest = 0.0
        while fetching.running:
            began = loop.time()
            await hotline.app.write(lambda uow: uow.files.waiting())
            slowest = max(slowest, loop.time() - began)
            await asyncio.sleep(0.005)
        known = await hotline.talk("ani", "telegram")
        found = await hotline.app.read(lambda uow: uow.files.of_conversation(known))
        (file,) = next(iter(found.values()))
        assert (file.stored, file.size) == (True, 20 * MEBIBYTE)
        assert slowest < 2

    asyncio.run(journey())
    hotline.close()
