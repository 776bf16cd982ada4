"""Replays the transcripts through a channel's webhook: the same conversations, another door.

For every channel there is one `Line`: how one person writes and reads there. `says` hands what
she writes to the webhook as the provider would, and `hears` gives back what arrived on her
phone since, as the channel shows it. `ThroughReplay` is the transcripts' own replay over such
a line, so everything else (cases, fields, pages, passing time) is checked as ever.

To add a channel: subclass `Line` and copy `test_through_telegram.py` beside this file.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.messages import Author, Button
from bot.domain.messages import Line as Shown
from tests.conversations.transcripts import NEVER, Replay
from tests.hotline import Hotline

SECONDS_TO_TYPE = 2.0
MOST_PAUSES = 20


@dataclass(frozen=True)
class Heard:
    """A message on her phone: its text and the titles of the choices below it."""

    text: str
    choices: tuple[str, ...] = ()


class Line(ABC):
    """One person in one channel."""

    def __init__(self, hotline: Hotline) -> None:
        self.hotline = hotline

    @abstractmethod
    async def send(self, text: str) -> None:
        """Hand what she writes to the webhook, which must answer with 2xx."""

    @abstractmethod
    async def hears(self) -> list[Heard]:
        """What arrived since she looked last."""

    async def says(self, text: str) -> None:
        """She writes, and everything due is done; it takes her a moment to type."""
        self.hotline.clock.forward(seconds=SECONDS_TO_TYPE)
        await self.send(text)
        await self.rest()

    async def rest(self) -> None:
        """Let everything happen that was begun, also what waits for the pace of a chat."""
        for _ in range(MOST_PAUSES):
            await self.hotline.forward(seconds=0.5)
            if not await self.hotline.app.read(lambda uow: uow.outbox.unsent_count()):
                return


class ThroughReplay(Replay):
    """A transcript over a line."""

    def __init__(self, line: Line) -> None:
        super().__init__(line.hotline)
        self.line = line

    async def person(self, text: str) -> None:
        """She writes; what she hears until all is quiet is the answer."""
        await self.line.says(str(text))
        heard = await self.line.hears()
        self.answers = [_shown(self.hotline, number, each) for number, each in enumerate(heard)]
        for each in heard:
            for phrase in NEVER:
                assert phrase not in each.text.lower(), f"says {phrase!r}"

    async def passes(self, wanted: Mapping[str, float]) -> None:
        """Time passes."""
        await super().passes(wanted)
        await self.line.rest()


def _shown(hotline: Hotline, number: int, heard: Heard) -> Shown:
    buttons = tuple(Button(title, "") for title in heard.choices)
    now = hotline.clock.now()
    return Shown(str(number), number, None, Author.BOT, now, heard.text, buttons)
