"""What all Telegram bots of this service have in common: their webhook, and groups they leave."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Coroutine
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.bootstrap import App
from bot.gateways.telegram import TelegramDownError, TelegramGateway
from channels.inbound import refuse
from channels.requests import BadRequestError, read_webhook
from channels.telegram_updates import MalformedError

log = structlog.get_logger()
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  # a header's name
# A group that cannot be left (no connection, no right) is tried so often and no more.
LEAVE_TRIES = 3
MOST_GROUPS = 1000


class BotChannel:
    """One bot: where its updates come in, and what they come to.

    `name` is that of the channel in the store, `path` that of its webhook.
    """

    name: str
    path: str

    def __init__(self, app: App, gateway: TelegramGateway) -> None:
        self._app = app
        self.gateway = gateway
        self._groups: dict[str, int] = {}
        self._calls: set[asyncio.Task[None]] = set()

    @property
    def app(self) -> App:
        """The product that it belongs to."""
        return self._app

    @property
    def url(self) -> str:
        """Where Telegram pushes updates to."""
        return f"{self._app.settings.base_url}{self.path}"

    @property
    def secret(self) -> str:
        """What Telegram has to send with each update."""
        raise NotImplementedError

    async def is_open(self) -> bool:
        """Whether updates are taken; else they wait at Telegram, for a day."""
        raise NotImplementedError

    async def take_raw(self, raw: Any, *, pushed: bool) -> None:
        """Store what an update says, as it came over the wire; returns after the commit.

        `pushed` when it did not come as the answer to a call, which tells Telegram's time.
        MalformedError when it is no update.
        """
        raise NotImplementedError

    def go_out(self, chat: str) -> None:
        """Say one line in a group and leave it; nothing of it is kept, not even that it was."""
        tries = self._groups.get(chat, 0)
        if tries >= LEAVE_TRIES:
            return
        if len(self._groups) >= MOST_GROUPS:
            self._groups.clear()
        self._groups[chat] = tries + 1
        line = "" if tries else self._app.wording.say("say_private_only").text
        self.start(self._leave(chat, line))

    async def _leave(self, chat: str, line: str) -> None:
        try:
            if line:
                await self.gateway.say(chat, line)
            left = await self.gateway.leave(chat)
        except TelegramDownError as error:
            log.warning("group_not_left", reason=error.reason)
            return
        if left:
            # Whoever invites the bot again gets the line again.
            self._groups.pop(chat, None)

    def start(self, call: Coroutine[Any, Any, None]) -> None:
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


def updates_route(channel: BotChannel) -> Route:
    """The route that Telegram calls."""
    app, name = channel.app, channel.name
    secret = channel.secret.encode()

    async def update(request: Request) -> Response:
        body = await read_webhook(app, request, name)
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), secret):
            await refuse(app, name, "bad_secret" if given else "unsigned", body)
            raise BadRequestError(403, "forbidden")
        if not await channel.is_open():
            raise BadRequestError(503, "not open yet")
        try:
            await channel.take_raw(json.loads(body), pushed=True)
        except (MalformedError, ValueError, RecursionError):
            await refuse(app, name, "malformed", body)
            raise BadRequestError(400, "no update") from None
        return JSONResponse({})

    return Route(channel.path, update, methods=["POST"])
