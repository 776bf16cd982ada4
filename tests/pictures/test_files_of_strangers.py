"""Broken, huge and hostile files: a reason and no harm, with the process that really reads."""

from __future__ import annotations

import asyncio
import io
import os
import random
import signal
from pathlib import Path

import psutil
import pytest
from PIL import Image

from bot.domain.pictures import PAPER
from bot.gateways.ocr import PictureProcess
from bot.gateways.picture_program import MEMORY_BYTES, NICENESS
from bot.ports import UnreadableError
from tests.pictures.conftest import PATIENT_SECONDS, Read
from tests.posters import draw, jpeg, page, pdf, png
from tests.standins.process import await_that

HERE = Path(__file__).parent
TEXT = "Lowongan ke Kamboja, bayar 2 juta dulu"
MOST_MEMORY = 1024**3
ROUNDS = 12


def problem(read: Read, body: bytes, media_type: str) -> str:
    """The reason why a file cannot be read; empty when it can."""
    try:
        read(body, media_type)
    except UnreadableError as error:
        return error.reason
    return ""


def test_a_paper_with_a_password_says_so(read: Read) -> None:
    """The person can send a photograph instead."""
    assert problem(read, (HERE / "locked.pdf").read_bytes(), PAPER) == "locked"


def test_what_is_cut_off_or_none_at_all_is_broken(read: Read) -> None:
    """Half a file, an empty one, another kind than it says."""
    whole = draw(TEXT, "poster")
    for body, media_type in (
        (whole[: len(whole) // 2], "image/jpeg"),
        (b"", "image/png"),
        (b"%PDF-1.7\n%%EOF", PAPER),
        (b"<html>", "image/webp"),
        (b"MM\0*" + bytes(64), "image/jpeg"),
    ):
        assert problem(read, body, media_type) == "broken"


def test_a_hundred_megapixels_are_refused_and_take_no_memory(
    read: Read, process: PictureProcess
) -> None:
    """By what the file says of itself, before anything is unpacked."""
    out = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(out, "PNG")
    assert problem(read, out.getvalue(), "image/png") == "too_large"
    assert peak(process) < MOST_MEMORY


def test_a_large_photograph_is_read(read: Read, process: PictureProcess) -> None:
    """Fifty megapixels of a good phone, scaled down while it is opened."""
    image = Image.new("RGB", (7000, 7000), "white")
    image.paste(page(TEXT, width=7000, size=240), (0, 0))
    assert any("Kamboja" in line.text for line in read(jpeg(image, 60), "image/jpeg"))
    assert peak(process) < MOST_MEMORY


def test_a_page_of_a_kilometre_is_drawn_small(read: Read, process: PictureProcess) -> None:
    """The size that a PDF gives its pages is only a claim."""
    body = pdf([page(TEXT)])
    start = body.index(b"/MediaBox")
    end = body.index(b"]", start) + 1
    claim = b"/MediaBox [ 0 0 9e6 9e6 ]".ljust(end - start)
    assert len(claim) == end - start
    problem(read, body[:start] + claim + body[end:], PAPER)
    assert peak(process) < MOST_MEMORY


def test_the_first_picture_of_an_animation_is_read(read: Read) -> None:
    """Advertisements blink."""
    frames = [page(TEXT), page("lain")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=[frames[1].resize(frames[0].size)])
    assert any("Kamboja" in line.text for line in read(out.getvalue(), "image/gif"))


def test_letters_without_a_ground_stand_on_white(read: Read) -> None:
    """A PNG whose ground is clear."""
    image = page(TEXT).convert("RGBA")
    image.putalpha(image.convert("L").point(lambda shade: 255 - shade))
    assert any("Kamboja" in line.text for line in read(png(image), "image/png"))


def test_a_picture_without_words_has_no_lines(read: Read) -> None:
    """And is not broken."""
    assert read(png(Image.new("RGB", (600, 400), "green")), "image/png") == ()


def test_damaged_files_end_in_a_reason(read: Read) -> None:
    """Bytes changed anywhere: something is read or refused, and the next file is read as ever."""
    chance = random.Random(5)  # noqa: S311  # the same each time
    files = (
        (draw(TEXT, "poster"), "image/jpeg"),
        (draw(TEXT, "slanted"), "image/webp"),
        (draw(TEXT, "plain"), "image/png"),
        (pdf([page(TEXT)]), PAPER),
        ((HERE / "typed.pdf").read_bytes(), PAPER),
    )
    for number in range(ROUNDS):
        body, media_type = files[number % len(files)]
        damaged = bytearray(body)
        for _ in range(chance.randrange(1, 30)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        assert problem(read, bytes(damaged), media_type) in ("", "broken", "too_large", "died")
    assert read(draw(TEXT, "plain"), "image/png")


def test_the_process_has_no_keys_and_stands_behind_everybody(
    read: Read, process: PictureProcess
) -> None:
    """Its environment, its niceness, and the most memory that it may ask for."""
    read(draw(TEXT, "plain"), "image/png")
    assert process.process_id is not None
    reader = psutil.Process(process.process_id)
    assert set(reader.environ()) <= {"PATH", "PYTHONPATH", "LC_CTYPE"}
    assert reader.nice() >= NICENESS
    limits = Path(f"/proc/{reader.pid}/limits").read_text()
    (space,) = [line.split()[3] for line in limits.splitlines() if "address space" in line]
    assert int(space) == MEMORY_BYTES


def test_a_reader_that_hangs_is_ended_and_the_next_one_reads() -> None:
    """Nobody else waits meanwhile."""
    process = PictureProcess(read_seconds=8, start_seconds=PATIENT_SECONDS)

    async def journey() -> None:
        await process.read(png(page("x")), "image/png")
        hanging = process.process_id
        assert hanging is not None
        os.kill(hanging, signal.SIGSTOP)
        asked = asyncio.create_task(process.read(png(page(TEXT)), "image/png"))
        beats = 0
        while not asked.done():
            await asyncio.sleep(0.05)
            beats += 1
        assert beats > 20
        with pytest.raises(UnreadableError) as told:
            await asked
        assert told.value.reason == "too_long"
        assert not psutil.pid_exists(hanging)
        assert await process.read(png(page(TEXT)), "image/png")
        await process.close()

    asyncio.run(journey())
    assert process.process_id is None


def test_a_reader_that_is_killed_says_that_it_died() -> None:
    """As the system kills what takes too much memory."""
    process = PictureProcess(read_seconds=PATIENT_SECONDS, start_seconds=PATIENT_SECONDS)

    async def journey() -> None:
        await process.read(png(page("x")), "image/png")
        assert process.process_id is not None
        os.kill(process.process_id, signal.SIGSTOP)
        asked = asyncio.create_task(process.read(png(page(TEXT)), "image/png"))
        await asyncio.sleep(0.2)
        os.kill(process.process_id, signal.SIGKILL)
        with pytest.raises(UnreadableError) as told:
            await asked
        assert told.value.reason == "died"
        await process.close()

    asyncio.run(journey())


def test_with_nothing_to_read_the_process_goes() -> None:
    """Its memory is for others."""
    process = PictureProcess(start_seconds=PATIENT_SECONDS, idle_seconds=0.2)

    async def journey() -> None:
        process.get_ready()
        await process.read(png(page("x")), "image/png")
        await asyncio.to_thread(await_that, lambda: process.process_id, lambda found: found is None)
        await process.close()

    asyncio.run(journey())


def peak(process: PictureProcess) -> int:
    """The most memory that the process has had, in bytes."""
    status = Path(f"/proc/{process.process_id}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024
