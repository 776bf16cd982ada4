"""Telegram's webhook, and what every update comes to, whichever way it came."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.bootstrap import App
from bot.domain.channels import TELEGRAM
from bot.domain.messages import InboundMessage
from bot.gateways.telegram import TelegramDownError, TelegramGateway
from bot.services.delivery import lose_touch
from bot.store.unit_of_work import SqlUnitOfWork
from channels.inbound import is_open, refuse, take_in
from channels.requests import BadRequestError, read_webhook
from channels.telegram_updates import MalformedError, Note, NoteKind, Reading, read_raw

log = structlog.get_logger()
PATH = "/webhooks/telegram"
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  # a header's name
TIME_SECONDS = 2.0
# An update that seems so old may only seem so, for our clock was set: Telegram is asked again.
SEEMS_LATE = timedelta(minutes=5)
ASK_AGAIN_SECONDS = 30.0
TAP_TRIES = 2
TAP_PAUSE_SECONDS = 1.0
# A group that cannot be left (no connection, no right) is tried so often and no more.
LEAVE_TRIES = 3
MOST_GROUPS = 1000


class TelegramChannel:
    """Takes updates in: what people send becomes a message, the rest a note."""

    def __init__(self, app: App, gateway: TelegramGateway) -> None:
        self._app = app
        self._gateway = gateway
        self._groups: dict[str, int] = {}
        self._calls: set[asyncio.Task[None]] = set()
        self._asking = asyncio.Lock()
        self._asked_at: float | None = None

    async def know_time(self) -> None:
        """Learn Telegram's time before the first update is judged by its age.

        A process that sends nothing would never learn it. Without an answer an update counts
        as sent just now.
        """
        if self._gateway.skew is None and self._asked_at is None:
            await self._ask_time()

    async def _ask_time(self) -> None:
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if self._asked_at is not None and now - self._asked_at < ASK_AGAIN_SECONDS:
                return
            self._asked_at = now
            with contextlib.suppress(TelegramDownError, TimeoutError):
                async with asyncio.timeout(TIME_SECONDS):
                    await self._gateway.state()

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
        return read_raw(raw, self._gateway.bot_id, self._gateway.skew)

    async def take(self, reading: Reading) -> None:
        """Store what an update says; returns after the commit."""
        if isinstance(reading.what, InboundMessage):
            received = await take_in(self._app, reading.what)
            log.info("received", channel=TELEGRAM, turn=received.turn_id, repeat=received.duplicate)
        else:
            await self._take_note(reading.what)
        if reading.tap:
            self._start(self._answer_tap(reading.tap))

    async def _take_note(self, note: Note) -> None:
        if note.kind is NoteKind.NOT_PRIVATE:
            self._go_out(note.chat)
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

    def _go_out(self, chat: str) -> None:
        """Say one line in a group and leave it; nothing of it is kept, not even that it was."""
        tries = self._groups.get(chat, 0)
        if tries >= LEAVE_TRIES:
            return
        if len(self._groups) >= MOST_GROUPS:
            self._groups.clear()
        self._groups[chat] = tries + 1
        line = "" if tries else self._app.wording.say("say_private_only").text
        self._start(self._leave(chat, line))

    async def _leave(self, chat: str, line: str) -> None:
        try:
            if line:
                await self._gateway.say(chat, line)
            left = await self._gateway.leave(chat)
        except TelegramDownError as error:
            log.warning("group_not_left", reason=error.reason)
            return
        if left:
            # Whoever invites the bot again gets the line again.
            self._groups.pop(chat, None)

    async def _answer_tap(self, query_id: str) -> None:
        """Stop the clock on the button; a tap that nobody answers only turns a while longer."""
        for attempt in range(1, TAP_TRIES + 1):
            try:
                await self._gateway.answer_tap(query_id)
            except TelegramDownError as error:
                log.warning("tap_not_answered", reason=error.reason, attempt=attempt)
                await asyncio.sleep(TAP_PAUSE_SECONDS)
            else:
                return

    def _start(self, call: Coroutine[Any, Any, None]) -> None:
        """Make a call that nobody has to wait for."""
        task = asyncio.create_task(self._quietly(call))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _quietly(self, call: Coroutine[Any, Any, None]) -> None:
        try:
            await call
        except Exception as error:  # noqa: BLE001  # nothing depends on it, and its words may hold the token
            log.warning("telegram_call_failed", error=type(error).__name__)

    async def settle(self) -> None:
        """Wait for the calls that are under way."""
        while self._calls:
            await asyncio.gather(*tuple(self._calls))


def gateway_of(app: App) -> TelegramGateway | None:
    """The hotline's bot, when there is one."""
    sender = app.senders.get(TELEGRAM)
    return sender if isinstance(sender, TelegramGateway) else None


def webhook_secret(app: App) -> str:
    """What Telegram has to send with each update; the same in all processes on one database."""
    configured = app.settings.telegram_webhook_secret
    token = app.settings.telegram_bot_token
    return configured or app.database.vault.lookup("telegram_webhook", token)


def routes(app: App) -> list[BaseRoute]:
    """The route that Telegram calls; none without a bot."""
    gateway = gateway_of(app)
    if gateway is None:
        return []
    channel = TelegramChannel(app, gateway)
    secret = webhook_secret(app).encode()

    async def update(request: Request) -> Response:
        body = await read_webhook(app, request, TELEGRAM)
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), secret):
            await refuse(app, TELEGRAM, "bad_secret" if given else "unsigned", body)
            raise BadRequestError(403, "forbidden")
        if not await is_open(app, TELEGRAM):
            raise BadRequestError(503, "not open yet")
        try:
            reading = await channel.read_in_time(json.loads(body))
        except (MalformedError, ValueError, RecursionError):
            await refuse(app, TELEGRAM, "malformed", body)
            raise BadRequestError(400, "no update") from None
        await channel.take(reading)
        return JSONResponse({})

    return [Route(PATH, update, methods=["POST"])]


def read_again(body: bytes, bot_id: str) -> InboundMessage:
    """The message in a body that was kept in quarantine; MalformedError when there is none."""
    with contextlib.suppress(ValueError, RecursionError):
        reading: Reading = read_raw(json.loads(body), bot_id)
        if isinstance(reading.what, InboundMessage):
            return reading.what
    raise MalformedError("no message")
