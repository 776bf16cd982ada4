"""A photograph of an advertisement, through both chat apps: read by the real program, checked by Rasa."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.gateways.ocr import PictureProcess
from bot.gateways.rasa import RasaAssistant
from tests.channels.telegram_line import ANI, telegram_line
from tests.channels.whatsapp_line import ANI as ANI_ON_WHATSAPP
from tests.channels.whatsapp_line import whatsapp_line
from tests.hotline import Hotline
from tests.posters import draw
from tests.stack import Stack
from tests.standins import telegram_people as people
from tests.standins.process import Running, stand_in

pytestmark = pytest.mark.stack

ADVERTISEMENT = (
    "LOWONGAN ADMIN KE KAMBOJA\nGaji 15 juta, tanpa ijazah, berangkat pakai visa turis\n"
    "Biaya pendaftaran 2 juta transfer ke rekening pribadi"
)
FOUND = ("Saya baca dari gambarnya", "tanda bahaya", "visa turis", "uang sebelum berangkat")
PATIENT_SECONDS = 120.0


@pytest.fixture
def telegram() -> Iterator[Running]:
    """The stand-in of Telegram."""
    with stand_in("telegram") as running:
        yield running


@pytest.fixture
def twilio() -> Iterator[Running]:
    """The stand-in of Twilio."""
    with stand_in("twilio") as running:
        yield running


def settings(stack: Stack) -> dict[str, Any]:
    """A hotline with all that answers a picture in earnest."""
    return {
        "assistant": RasaAssistant([stack.rasa_url], stack.rasa_key),
        "pictures": PictureProcess(read_seconds=PATIENT_SECONDS, start_seconds=PATIENT_SECONDS),
        "tanyadulu_turn_seconds": 2,
    }


async def read_and_answered(hotline: Hotline) -> None:
    """The file is fetched and read, and the two seconds of an album are over."""
    await hotline.settle()
    for _ in range(6):
        await hotline.forward(seconds=1)


def test_on_telegram_the_verdict_comes_from_the_photograph(
    tmp_path: Path, telegram: Running, stack: Stack
) -> None:
    """She sends a picture and nothing else."""

    async def journey() -> None:
        async with telegram_line(tmp_path, telegram, **settings(stack)) as line:
            body = draw(ADVERTISEMENT, "banner")
            data = base64.b64encode(body).decode()
            await line.tell("file", file_id="poster", content=data)
            photo = [people.file("poster", width=1280, height=960)]
            made = await line.update(people.message(ANI, photo=photo))
            assert [status for status, _ in await line.post(made)] == [200]
            await read_and_answered(line.hotline)
            told = "\n".join(each["text"] for each in await line.sees())
            assert all(words in told for words in FOUND), told

    asyncio.run(journey())


def test_on_whatsapp_the_caption_goes_with_the_picture(
    tmp_path: Path, twilio: Running, stack: Stack
) -> None:
    """A question below the picture, and one answer to both."""

    async def journey() -> None:
        async with whatsapp_line(tmp_path, twilio, **settings(stack)) as line:
            await line.open()
            body = draw(ADVERTISEMENT, "photograph")
            photo = {"content_type": "image/jpeg", "base64": base64.b64encode(body).decode()}
            await line.writes("kak ini aman ga?", files=[photo])
            await read_and_answered(line.hotline)
            told = "\n".join(await line.sees(ANI_ON_WHATSAPP))
            assert all(words in told for words in FOUND), told

    asyncio.run(journey())
