"""Pages on the screen of the machine itself: practice, and the last resort."""

from __future__ import annotations

import sys
from typing import TextIO

from bot.domain.messages import Outbound


class Screen:
    """Prints pages; whoever watches the terminal sees that somebody waits."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout

    async def send(self, message: Outbound) -> None:
        """See bot.ports.Sender."""
        self._stream.write(f"\n*** {message.text}\n\n")
        self._stream.flush()
