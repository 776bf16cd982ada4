"""The phone of the robot member of staff: it answers as somebody would who taps the link at once."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from bot.domain.messages import Outbound, Purpose
from bot.ports import SendError

LINK = re.compile(r"/p/([\w-]+)")


class Robot:
    """Reads the link out of a page, and nothing else; texts to the robot person are just taken."""

    def __init__(self, answer: Callable[[str], Awaitable[None]]) -> None:
        self._answer = answer

    async def find_sent(self, message: Outbound) -> None:  # the port's signature
        """It remembers nothing; answering a page twice changes nothing."""

    async def send(self, message: Outbound) -> None:
        """See bot.ports.Sender."""
        if message.purpose is not Purpose.PAGE:
            return
        link = LINK.search(message.text)
        if link is None:
            raise SendError("no_link", permanent=True)
        await self._answer(link[1])
