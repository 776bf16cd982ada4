"""The Telegram bot that wakes staff: it pages, hears who has it, and leads to the console."""

from __future__ import annotations

import contextlib
import re

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden

from bot.domain import page_words
from bot.domain.messages import Outbound
from bot.domain.page_cards import CardLine, PageCard
from bot.gateways.telegram import NO_PREVIEW, TelegramGateway, chat_number
from bot.ports import Clock, SendError
from bot.settings import Settings

TAP = re.compile(r"page:([0-9a-f]{32}):(take|next)")


class TelegramStaff(TelegramGateway):
    """As the hotline's bot, under a token of its own; its messages ring and cannot be forwarded."""

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock) -> TelegramStaff:
        """The staff's bot as settings name it."""
        return cls(settings.telegram_staff_bot_token, settings.telegram_api_base_url, clock)

    async def send(self, message: Outbound) -> str | None:
        """See bot.ports.Sender. A wrong token is no way just now: the page goes on elsewhere."""
        try:
            buttons = page_buttons(message.card)
            return await self._say(message, reply_markup=buttons, protect_content=True)
        except SendError as error:
            if error.hold_channel:
                raise SendError(error.reason, permanent=True) from None
            raise

    async def answer(self, query_id: str, text: str) -> None:
        """Show the outcome of a tap over the chat; a tap that is too old is no error."""
        with contextlib.suppress(BadRequest):
            await self._call(lambda bot: bot.answer_callback_query(query_id, text, show_alert=True))

    async def show_holder(self, chat: str, message_id: int, text: str, console: str) -> None:
        """Put another text in place of a page, with nothing left to tap but the way to the console.

        A page that is gone, or says so already, is no error.
        """
        with contextlib.suppress(BadRequest, Forbidden):
            await self._call(
                lambda bot: bot.edit_message_text(
                    text,
                    chat_id=chat_number(chat),
                    message_id=message_id,
                    reply_markup=_console_only(console),
                    link_preview_options=NO_PREVIEW,
                )
            )


def page_buttons(card: PageCard | None) -> InlineKeyboardMarkup | None:
    """Two answers and the way to the console; what is no page has nothing to tap."""
    if card is None:
        return None
    answerable = [line for line in card.lines if line.code]
    if len(card.lines) > 1:
        rows = [[_button(page_words.take(line.reference), line, "take")] for line in answerable]
    else:
        rows = [
            [_button(title, line, act)]
            for line in answerable
            for title, act in ((page_words.TAKE, "take"), (page_words.NEXT, "next"))
        ]
    return InlineKeyboardMarkup([*rows, *_console(card.console)])


def _button(title: str, line: CardLine, act: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(title, callback_data=f"page:{line.page_id}:{act}")


def _console_only(url: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(_console(url))


def _console(url: str) -> list[list[InlineKeyboardButton]]:
    """Telegram takes no links to a machine of one's own; they stand in the text then."""
    is_public = url.startswith("https://")
    return [[InlineKeyboardButton(page_words.OPEN, url=url)]] if is_public else []
