"""The first steps of every message, whatever its channel: understand, store, screen."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable

import structlog

from bot.bootstrap import App
from bot.domain.messages import InboundMessage, Received
from bot.services.opening import note_opened
from bot.services.receive import receive
from bot.store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
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


async def take_in(
    app: App, message: InboundMessage, first: Callable[[SqlUnitOfWork], None] | None = None
) -> Received:
    """Understand, then store and screen in one transaction; returns after the commit.

    `first` is done in the same transaction: what it raises keeps the message out.
    """
    async with app.turnstile.through(f"{message.channel} {message.sender}"):
        understood = await asyncio.to_thread(app.reader.understand, message.text)

        def store(uow: SqlUnitOfWork) -> Received:
            if first is not None:
                first(uow)
            return receive(uow, message, understood, app.office, app.wording, app.clock.now())

        return await app.write(store)


async def is_open(app: App, channel: str) -> bool:
    """Whether a channel takes messages; asked of the store only until it was opened."""
    if channel in app.opened:
        return True
    if not await app.write(lambda uow: note_opened(uow, channel, app.office, app.clock.now())):
        return False
    app.opened.add(channel)
    return True


async def refuse(app: App, channel: str, reason: str, body: bytes) -> None:
    """Keep a request that is not obeyed, so that staff can look and a mistake can be mended."""
    app.refused[channel, reason] += 1
    kept = await app.write(lambda uow: uow.quarantine.add(channel, reason, body, app.clock.now()))
    log.warning("refused", channel=channel, reason=reason, kept=kept)
