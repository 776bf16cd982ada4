"""Every transcript again, through Telegram: its webhook, the real client, the stand-in's phone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from bot.gateways.rasa import RasaAssistant
from tests.channels.telegram_line import ANI, TelegramLine, telegram_line
from tests.conversations.through import Heard, Line, ThroughReplay
from tests.conversations.transcripts import Transcript, TranscriptError, read_all
from tests.stack import Stack
from tests.standins import telegram_people as people
from tests.standins.process import Running, stand_in

pytestmark = pytest.mark.stack
TRANSCRIPTS = read_all()


class TelegramPhone(Line):
    """Ani's phone with Telegram; with `taps` she presses a button where she would type its number."""

    def __init__(self, line: TelegramLine, *, taps: bool) -> None:
        super().__init__(line.hotline)
        self._line = line
        self._taps = taps
        self._shown: people.Json = {}

    async def send(self, text: str) -> None:
        """She types, or presses the button of that number."""
        update = people.message(ANI, text=text)
        if self._taps and text.strip().isdecimal():
            buttons = people.buttons(self._shown)
            index = int(text) - 1
            if 0 <= index < len(buttons):
                update = people.tap(ANI, buttons[index][1])
        made = await self._line.update(update)
        answers = await self._line.post(made)
        assert [status for status, _ in answers] == [200], answers

    async def hears(self) -> list[Heard]:
        """The messages with the titles on their buttons."""
        news = await self._line.sees()
        self._shown = next((each for each in reversed(news) if people.buttons(each)), self._shown)
        return [
            Heard(each["text"], tuple(title for title, _code in people.buttons(each)))
            for each in news
        ]


@pytest.fixture(scope="module")
def api() -> Iterator[Running]:
    """One stand-in for all conversations."""
    with stand_in("telegram") as running:
        yield running


def converse(
    folder: Path,
    api: Running,
    stack: Stack,
    talk: Callable[[ThroughReplay], Awaitable[None]],
    *,
    taps: bool = False,
) -> None:
    """Have a conversation on a hotline with somebody on call."""

    async def conversation() -> None:
        assistant = RasaAssistant([stack.rasa_url], stack.rasa_key)
        settings = {"assistant": assistant, "tanyadulu_practice": False}
        async with telegram_line(folder, api, **settings) as line:
            await open_channel(line)
            await talk(ThroughReplay(TelegramPhone(line, taps=taps)))

    asyncio.run(conversation())


async def open_channel(line: TelegramLine) -> None:
    """Sari is on duty, as in the transcripts' own replay; the channel counts as opened before."""
    hotline = line.hotline
    await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    now = hotline.clock.now()
    await hotline.app.write(lambda uow: uow.channels.mark_opened("telegram", now))


@pytest.mark.parametrize(
    ("number", "transcript"),
    list(enumerate(TRANSCRIPTS)),
    ids=[f"{each.file}: {each.name}" for each in TRANSCRIPTS],
)
def test_conversation(
    tmp_path: Path, api: Running, stack: Stack, number: int, transcript: Transcript
) -> None:
    """It goes as written; in every other one she presses buttons instead of typing numbers."""
    converse(tmp_path, api, stack, lambda replay: replay.run(transcript), taps=bool(number % 2))


def test_a_broken_transcript_fails(tmp_path: Path, api: Running, stack: Stack) -> None:
    """What is not said on the phone is seen to be missing."""
    steps = ({"person": "halo"}, {"bot": "kalimat yang tidak pernah diucapkan"})
    with pytest.raises(TranscriptError, match="step 2"):
        converse(tmp_path, api, stack, lambda replay: replay.run(Transcript("b", "x", steps)))
