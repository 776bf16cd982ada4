"""Telegram's Bot API on the wire: the client of python-telegram-bot, and what its errors mean.

The library's addresses hold the bot's token, and its logs and errors may hold addresses and
words of people, so no error of the library is handed on: what goes out is a short reason.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from telegram import Bot
from telegram.constants import UpdateType
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest, RequestData

from bot.ports import OutcomeOpenError, SendError

OFFICIAL = "https://api.telegram.org"
MOST_UPDATES = 100
POOL_SIZE = 64
# A call that hangs ends before the worker gives it up, so that its end can still be told apart.
CONNECT_SECONDS, READ_SECONDS, WRITE_SECONDS, POOL_SECONDS = 4.0, 12.0, 4.0, 4.0
POLL_GRACE_SECONDS = 5.0
TOKEN_REFUSED_PAUSE_SECONDS = 60.0
# What the hotline listens to: people in private chats, and being added to groups.
WANTED = (
    UpdateType.MESSAGE,
    UpdateType.EDITED_MESSAGE,
    UpdateType.CALLBACK_QUERY,
    UpdateType.MESSAGE_REACTION,
    UpdateType.MY_CHAT_MEMBER,
    UpdateType.POLL_ANSWER,
    UpdateType.CHANNEL_POST,
)
# 400s that mean: this person cannot be reached here, whatever the text.
NOBODY_THERE = {
    "chat not found": "chat_not_found",
    "user not found": "chat_not_found",
    "peer_id_invalid": "chat_not_found",
    "deactivated": "deactivated",
    "group chat was upgraded": "not_private",
}
FORBIDDEN = {
    "blocked": "blocked",
    "deactivated": "deactivated",
    "kicked": "left_group",
    "not a member": "left_group",
    "initiate conversation": "never_started",
}


class NotSentError(TelegramError):
    """No connection was made, so Telegram cannot have the message."""


class FloodError(TelegramError):
    """429: too many messages; raised here because the library's own error warns when read."""

    def __init__(self, seconds: float) -> None:
        super().__init__("flood")
        self.seconds = seconds


class BusyError(TelegramError):
    """Telegram answered with a fault of its own."""


class Wire(HTTPXRequest):
    """The library's connections, with what matters for sending again told apart."""

    @classmethod
    def of(
        cls, on_answer: Callable[[httpx.Response], Awaitable[None]], size: int, *, trust_env: bool
    ) -> Wire:
        """At most `size` connections; `trust_env` to use the proxy of the environment."""
        return cls(
            connection_pool_size=size,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            write_timeout=WRITE_SECONDS,
            pool_timeout=POOL_SECONDS,
            httpx_kwargs={"trust_env": trust_env, "event_hooks": {"response": [on_answer]}},
        )

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> tuple[int, bytes]:
        """See the library; a failed call raises one of the errors above."""
        try:
            code, payload = await super().do_request(url, method, request_data, *args, **kwargs)
        except NetworkError as error:
            never = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
            if isinstance(error.__cause__, never):
                raise NotSentError("no connection") from None
            raise
        if code == httpx.codes.TOO_MANY_REQUESTS:
            raise FloodError(_wait_of(payload))
        if code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise BusyError(f"http {code}")
        return code, payload


class Client(Bot):
    """The library's client, which can also hand out updates as they came."""

    async def get_raw_updates(self, offset: int | None, seconds: int) -> Any:
        """See TelegramGateway.get_updates."""
        told = {
            "offset": offset,
            "timeout": seconds,
            "limit": MOST_UPDATES,
            "allowed_updates": list(WANTED),
        }
        return await self._post("getUpdates", told, read_timeout=seconds + POLL_GRACE_SECONDS)


def _wait_of(payload: bytes) -> float:
    """The seconds that a 429 asks for."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        return max(1.0, float(json.loads(payload)["parameters"]["retry_after"]))
    return 1.0


def send_error(error: TelegramError) -> Exception:
    """What a failed call means for a row.

    A 429 concerns this chat or all; Telegram does not say which. Every row that is refused
    waits as long as it was told, so nobody else has to wait on a guess.
    """
    if isinstance(error, FloodError):
        return SendError("flood", permanent=False, retry_after=error.seconds)
    if isinstance(error, NotSentError | BusyError):
        return SendError(reason_of(error), permanent=False)
    if isinstance(error, Forbidden | BadRequest | ChatMigrated):
        return _refusal(error)
    if isinstance(error, InvalidToken):
        # Somebody has to mend the token; until then nothing can leave, and nothing is lost.
        return SendError(
            "token_refused",
            permanent=False,
            retry_after=TOKEN_REFUSED_PAUSE_SECONDS,
            hold_channel=True,
        )
    return OutcomeOpenError(reason_of(error))


def _refusal(error: TelegramError) -> SendError:
    """What a 403 or 400 means: this person cannot be reached, or this text cannot be sent."""
    if isinstance(error, ChatMigrated):
        return SendError("not_private", permanent=True, unreachable=True)
    known = FORBIDDEN if isinstance(error, Forbidden) else NOBODY_THERE
    said = error.message.lower()
    named = next((name for words, name in known.items() if words in said), None)
    if named is None and isinstance(error, Forbidden):
        named = "forbidden"
    return SendError(named or "bad_request", permanent=True, unreachable=named is not None)


def reason_of(error: TelegramError) -> str:
    """A short word for logs and rows, without anything that the library or Telegram wrote."""
    if isinstance(error, NotSentError):
        return "no_connection"
    if isinstance(error, BusyError):
        return error.message.replace(" ", "_")
    if isinstance(error, TimedOut):
        return "timed_out"
    if isinstance(error, InvalidToken):
        return "token_refused"
    return "connection_lost" if isinstance(error, NetworkError) else "unreadable_answer"
