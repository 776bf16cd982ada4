"""Telegram's webhook, and what every update comes to, whichever way it came."""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import timedelta
from typing import Any

import structlog
from starlette.routing import BaseRoute

from bot.bootstrap import App
from bot.domain.channels import TELEGRAM
from bot.domain.messages import InboundMessage
from bot.gateways.telegram import TelegramDownError, TelegramGateway
from bot.services.delivery import lose_touch
from bot.store.unit_of_work import SqlUnitOfWork
from channels.inbound import is_open, take_in
from channels.telegram_bot import BotChannel, updates_route
from channels.telegram_updates import MalformedError, Note, NoteKind, Reading, read_raw

log = structlog.get_logger()
PATH = "/webhooks/telegram"
TIME_SECONDS = 2.0
# An update that seems so old may only seem so, for our clock was set: Telegram is asked again.
SEEMS_LATE = timedelta(minutes=5)
ASK_AGAIN_SECONDS = 30.0
TAP_TRIES = 2
TAP_PAUSE_SECONDS = 1.0


class TelegramChannel(BotChannel):
    """The hotline's bot: what people send becomes a message, the rest a note."""

    name = TELEGRAM
    path = PATH

    def __init__(self, app: App, gateway: TelegramGateway) -> None:
        super().__init__(app, gateway)
        self._asking = asyncio.Lock()
        self._asked_at: float | None = None

    @property
    def secret(self) -> str:
        """See BotChannel."""
        return webhook_secret(self._app)

    async def is_open(self) -> bool:
        """See BotChannel."""
        return await is_open(self._app, TELEGRAM)

    async def take_raw(self, raw: Any, *, pushed: bool) -> None:
        """See BotChannel."""
        await self.take(await self.read_in_time(raw) if pushed else self.read(raw))

    async def know_time(self) -> None:
        """Learn Telegram's time before the first update is judged by its age.

        A process that sends nothing would never learn it. Without an answer an update counts
        as sent just now.
        """
        if self.gateway.skew is None and self._asked_at is None:
            await self._ask_time()

    async def _ask_time(self) -> None:
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if self._asked_at is not None and now - self._asked_at < ASK_AGAIN_SECONDS:
                return
            self._asked_at = now
            with contextlib.suppress(TelegramDownError, TimeoutError):
                async with asyncio.timeout(TIME_SECONDS):
                    await self.gateway.state()

    async def read_in_time(self, raw: Any) -> Reading:
        """See `read`; its age is judged by a time that Telegram has just told when it matters."""
        await self.know_time()
        reading = self.read(raw)
        sent_at = reading.what.sent_at if isinstance(reading.what, InboundMessage) else None
        if sent_at is None or self._app.clock.now() - sent_at < SEEMS_LATE:
            return reading
        await self._ask_time()
        return self.read(raw)

    def read(self, raw: Any) -> Reading:
        """What an update says. MalformedError when it is none."""
        return read_raw(raw, self.gateway.bot_id, self.gateway.skew)

    async def take(self, reading: Reading) -> None:
        """Store what an update says; returns after the commit."""
        if isinstance(reading.what, InboundMessage):
            received = await take_in(self._app, reading.what)
            log.info("received", channel=TELEGRAM, turn=received.turn_id, repeat=received.duplicate)
        else:
            await self._take_note(reading.what)
        if reading.tap:
            self.start(self._answer_tap(reading.tap))

    async def _take_note(self, note: Note) -> None:
        if note.kind is NoteKind.NOT_PRIVATE:
            self.go_out(note.chat)
        elif note.kind is not NoteKind.NOTHING:
            await self._app.write(lambda uow: self._set_reach(uow, note))

    def _set_reach(self, uow: SqlUnitOfWork, note: Note) -> None:
        known = uow.conversations.find_sender(TELEGRAM, note.chat)
        if known is None:
            return
        if note.kind is NoteKind.REACHABLE:
            uow.conversations.set_unreachable(known.id, None)
            uow.wake("console")
        elif known.unreachable is None:
            lose_touch(uow, known, note.kind.value, self._app.office, self._app.clock.now())

    async def _answer_tap(self, query_id: str) -> None:
        """Stop the clock on the button; a tap that nobody answers only turns a while longer."""
        for attempt in range(1, TAP_TRIES + 1):
            try:
                await self.gateway.answer_tap(query_id)
            except TelegramDownError as error:
                log.warning("tap_not_answered", reason=error.reason, attempt=attempt)
                await asyncio.sleep(TAP_PAUSE_SECONDS)
            else:
                return


def gateway_of(app: App) -> TelegramGateway | None:
    """The hotline's bot, when there is one."""
    sender = app.senders.get(TELEGRAM)
    return sender if isinstance(sender, TelegramGateway) else None


def channel_of(app: App) -> TelegramChannel | None:
    """The way of the hotline's bot, when there is one."""
    gateway = gateway_of(app)
    return None if gateway is None else TelegramChannel(app, gateway)


def webhook_secret(app: App) -> str:
    """What Telegram has to send with each update; the same in all processes on one database."""
    configured = app.settings.telegram_webhook_secret
    token = app.settings.telegram_bot_token
    return configured or app.database.vault.lookup("telegram_webhook", token)


def routes(app: App) -> list[BaseRoute]:
    """The route that Telegram calls; none without a bot."""
    channel = channel_of(app)
    return [] if channel is None else [updates_route(channel)]


def read_again(body: bytes, bot_id: str) -> InboundMessage:
    """The message in a body that was kept in quarantine; MalformedError when there is none."""
    with contextlib.suppress(ValueError, RecursionError):
        reading: Reading = read_raw(json.loads(body), bot_id)
        if isinstance(reading.what, InboundMessage):
            return reading.what
    raise MalformedError("no message")
