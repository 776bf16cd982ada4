"""Telegram as a channel: messages with buttons out, files in; the Bot API's calls by name.

The library's receivers are not used: they confirm updates before anything is stored.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import httpx2
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import BadRequest, Conflict, Forbidden, TelegramError

from bot.domain.conversation import tap_code
from bot.domain.messages import Button, Outbound
from bot.gateways.provider_time import told_time
from bot.gateways.telegram_client import (
    CONNECT_SECONDS,
    OFFICIAL,
    POOL_SIZE,
    READ_SECONDS,
    WANTED,
    Client,
    FloodError,
    Wire,
    reason_of,
    send_error,
)
from bot.ports import Clock, MediaError, SendError
from bot.settings import Settings

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

MAX_CONNECTIONS = 40
TOKEN_REFUSED = "token_refused"  # noqa: S105  # a reason
PIECE_BYTES = 64 * 1024


class TelegramDownError(Exception):
    """The Bot API did not do what was asked; `retry_after` is its own wait in seconds."""

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class TelegramConflictError(TelegramDownError):
    """Another program fetches the updates of this bot, or pushes them to an address."""


@dataclass(frozen=True)
class TelegramState:
    """What Telegram says about the bot, for `doctor`."""

    username: str
    joins_groups: bool
    webhook_url: str
    waiting: int
    last_error: str | None
    last_error_at: datetime | None


class TelegramGateway:
    """Sends to Telegram chats and fetches their files: ports.Sender and ports.MediaSource."""

    def __init__(self, token: str, api_base_url: str, clock: Clock) -> None:
        base = api_base_url.rstrip("/")
        self._token = token
        self._clock = clock
        # How far our clock is ahead of Telegram's, once it has answered.
        self.skew: timedelta | None = None
        # A proxy of the environment is for the way out, not for a program on this machine.
        self._trusts_env = base == OFFICIAL
        self._files_url = f"{base}/file/bot{token}/"
        self._base = base
        self._bot: Client | None = None
        self._wires: tuple[Wire, Wire] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock) -> TelegramGateway:
        """The hotline's bot as settings name it."""
        return cls(settings.telegram_bot_token, settings.telegram_api_base_url, clock)

    @property
    def bot_id(self) -> str:
        """The id of the bot, which its token begins with."""
        return self._token.partition(":")[0]

    @property
    def is_official(self) -> bool:
        """Whether this is Telegram itself and not a stand-in or a local server."""
        return self._base == OFFICIAL

    def _client(self) -> Client:
        """The library's client; made anew in another event loop, for connections belong to one."""
        loop = asyncio.get_running_loop()
        if self._bot is None or self._loop is not loop:
            self._wires = (
                Wire.of(self._learn_time, 1, trust_env=self._trusts_env),
                Wire.of(self._learn_time, POOL_SIZE, trust_env=self._trusts_env),
            )
            self._loop = loop
            self._bot = Client(
                self._token,
                base_url=f"{self._base}/bot",
                base_file_url=f"{self._base}/file/bot",
                get_updates_request=self._wires[0],
                request=self._wires[1],
            )
        return self._bot

    async def _learn_time(self, answer: httpx.Response) -> None:
        """Messages carry Telegram's time; how old one is must be judged by one clock."""
        told = told_time(answer.headers.get("date"))
        if told is not None:
            self.skew = self._clock.now() - told

    async def close(self) -> None:
        """Let go of connections."""
        wires, self._wires, self._bot = self._wires, None, None
        if wires is not None and self._loop is asyncio.get_running_loop():
            for wire in wires:
                await wire.shutdown()

    async def send(self, message: Outbound) -> str | None:
        """See bot.ports.Sender. The text is never read as markup.

        Messages arrive without a sound, for the phone may be watched; they can be forwarded,
        for people show our answers to their family.
        """
        buttons = keyboard(message.id, message.buttons)
        return await self._say(message, reply_markup=buttons, disable_notification=True)

    async def _say(self, message: Outbound, **look: Any) -> str:
        """Send a text without previews of its links; its number in the chat. SendError."""
        if message.address is None:
            raise SendError("no_address", permanent=True)
        try:
            sent = await self._client().send_message(
                chat_number(message.address),
                message.text,
                link_preview_options=NO_PREVIEW,
                **look,
            )
        except TelegramError as error:
            raise send_error(error) from None
        return str(sent.message_id)

    async def find_sent(self, message: Outbound) -> None:  # the port's signature
        """Telegram tells no bot what it has sent; TelegramDownError while it answers nothing.

        A text whose outcome nobody knows is sent once more and no third time: that one try must
        not be spent on a line that is still dead.
        """
        del message
        try:
            await self._call(lambda bot: bot.get_me())
        except TelegramDownError as error:
            if error.reason != TOKEN_REFUSED:
                raise

    async def fetch(self, reference: str, most_bytes: int) -> AsyncIterator[bytes]:
        """See bot.ports.MediaSource. Bots get files of at most 20 MB."""
        try:
            file = await self._client().get_file(reference)
        except BadRequest as error:
            reason = "too_large" if "too big" in error.message.lower() else "gone"
            raise MediaError(reason, permanent=True) from None
        except TelegramError as error:
            raise MediaError(reason_of(error), permanent=False) from None
        if file.file_size is not None and file.file_size > most_bytes:
            raise MediaError("too_large", permanent=True)
        # The library's own download keeps the whole file in memory, whatever its size.
        path = (file.file_path or "").rpartition(f"/file/bot{self._token}/")[2]
        async for piece in self._download(path, most_bytes):
            yield piece

    async def _download(self, path: str, most_bytes: int) -> AsyncIterator[bytes]:
        total = 0
        timeout = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        try:
            async with (
                httpx2.AsyncClient(timeout=timeout, trust_env=self._trusts_env) as client,
                client.stream("GET", f"{self._files_url}{path}") as answer,
            ):
                if answer.status_code != httpx2.codes.OK:
                    gone = answer.status_code == httpx2.codes.NOT_FOUND
                    raise MediaError(f"http_{answer.status_code}", permanent=gone)
                async for piece in answer.aiter_bytes(PIECE_BYTES):
                    total += len(piece)
                    if total > most_bytes:
                        raise MediaError("too_large", permanent=True)
                    yield piece
        except (httpx2.HTTPError, httpx2.InvalidURL):
            raise MediaError("no_connection", permanent=False) from None

    async def forget(self, reference: str) -> None:
        """Telegram keeps files for as long as the person keeps the message; no bot can delete."""

    async def answer_tap(self, query_id: str) -> None:
        """Stop the little clock on a tapped button; a tap that is too old is no error."""
        with contextlib.suppress(BadRequest):
            await self._call(lambda bot: bot.answer_callback_query(query_id))

    async def say(self, chat_id: str, text: str) -> None:
        """One line to a group; having no right to write there is no error."""
        with contextlib.suppress(Forbidden, BadRequest):
            await self._call(lambda bot: bot.send_message(chat_number(chat_id), text))

    async def leave(self, chat_id: str) -> bool:
        """Go out of a group or channel; False when Telegram does not let the bot go."""
        try:
            await self._call(lambda bot: bot.leave_chat(chat_number(chat_id)))
        except Forbidden:
            return True  # thrown out already
        except BadRequest:
            return False
        return True

    async def get_updates(self, offset: int | None, seconds: int) -> list[Any]:
        """The oldest updates as they came, waiting up to `seconds` for one.

        Those below `offset` are confirmed by the call and never come again. Raw on purpose:
        one update that the library cannot read must not hide the others.
        """
        updates = await self._call(lambda bot: bot.get_raw_updates(offset, seconds))
        return list(updates) if isinstance(updates, list) else []

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates pushed to an address; what waits at Telegram is kept."""
        await self._call(
            lambda bot: bot.set_webhook(
                url,
                secret_token=secret,
                max_connections=MAX_CONNECTIONS,
                allowed_updates=list(WANTED),
            )
        )

    async def delete_webhook(self) -> None:
        """Have updates wait to be fetched; what waits at Telegram is kept."""
        await self._call(lambda bot: bot.delete_webhook())

    async def state(self) -> TelegramState:
        """Who the bot is and how its webhook does. TelegramDownError when it does not answer."""
        me = await self._call(lambda bot: bot.get_me())
        info = await self._call(lambda bot: bot.get_webhook_info())
        return TelegramState(
            username=me.username or "",
            joins_groups=bool(me.can_join_groups),
            webhook_url=info.url,
            waiting=info.pending_update_count,
            last_error=info.last_error_message,
            last_error_at=info.last_error_date,
        )

    async def _call(self, call: Callable[[Client], Awaitable[Any]]) -> Any:
        """A call whose failure is told without the library's words; refusals pass as they are."""
        try:
            return await call(self._client())
        except (Forbidden, BadRequest):
            raise
        except Conflict:
            raise TelegramConflictError("conflict") from None
        except FloodError as error:
            raise TelegramDownError("flood", retry_after=error.seconds) from None
        except TelegramError as error:
            raise TelegramDownError(reason_of(error)) from None


def keyboard(outbound_id: str, buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """The choices of a row as buttons below it, one in each line so that nothing is cut off.

    A button carries only the id of its row and its place; what it means is ours to know.
    """
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(button.title, callback_data=tap_code(outbound_id, index))]
            for index, button in enumerate(buttons)
        ]
    )


def chat_number(address: str) -> int:
    """A chat id. SendError when it is none."""
    try:
        return int(address)
    except ValueError:
        raise SendError("no_address", permanent=True) from None
