"""Pages on the screen of the machine itself: practice, and the last resort."""

from __future__ import annotations

import sys
from typing import TextIO

from bot.domain.messages import Outbound

# `up` shows lines that begin so on its own terminal.
MARK = "***"


class Screen:
    """Prints pages; whoever watches the terminal sees that somebody waits."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout

    async def find_sent(self, message: Outbound) -> None:  # the port's signature
        """A screen remembers nothing."""

    async def send(self, message: Outbound) -> None:
        """See bot.ports.Sender."""
        self._stream.write(f"{MARK} {message.text}\n")
        self._stream.flush()
