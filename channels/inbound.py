"""The first steps of every message, whatever its channel: understand, store, screen."""

from __future__ import annotations

import asyncio
import unicodedata

from bot.bootstrap import App
from bot.domain.messages import InboundMessage, Received
from bot.services.receive import receive

# Cf holds bidi controls and zero-width characters: kept (emoji and scripts need some), but
# NUL and other control characters have no meaning in a message and break what reads them.
KEPT_CONTROLS = "\n\t"


def clean(text: str) -> str:
    """The text without control characters and half surrogates, line ends plain."""
    whole = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")
    return "".join(
        letter
        for letter in whole.replace("\r", "\n")
        if letter in KEPT_CONTROLS or unicodedata.category(letter) != "Cc"
    )


async def take_in(app: App, message: InboundMessage) -> Received:
    """Understand, then store and screen in one transaction; returns after the commit."""
    understood = await asyncio.to_thread(app.reader.understand, message.text)
    return await app.write(
        lambda uow: receive(uow, message, understood, app.office, app.wording, app.clock.now())
    )
