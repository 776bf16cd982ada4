"""The staff's Telegram bot: chats are linked, pages are answered, everything else is not read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import structlog
from starlette.routing import BaseRoute
from telegram import CallbackQuery, Chat, ChatMember, Message, Update
from telegram.constants import ChatType

from bot.bootstrap import App
from bot.domain import page_words
from bot.domain.staff_contacts import TELEGRAM_STAFF
from bot.gateways.telegram_staff import TAP, TelegramStaff
from bot.services import contacts, page_answers
from bot.services.acknowledging import Acknowledged, Answer
from bot.store.unit_of_work import SqlUnitOfWork
from channels.telegram_bot import BotChannel, updates_route
from channels.telegram_updates import MalformedError

log = structlog.get_logger()
PATH = "/webhooks/telegram-staff"
LINK = re.compile(r"/start(?:@\w+)?\s+([\w-]{16,64})\s*")
# A longer text is no code; it is not kept and not looked at.
LONGEST_TEXT = 200
BLOCKED = "blocked"


@dataclass(frozen=True)
class Tap:
    """A tapped button below a page, and where that page is."""

    query_id: str
    page_id: str
    passes: bool
    message_id: int
    chat: str = field(repr=False)


class StaffChannel(BotChannel):
    """Takes the updates of the staff's bot; nothing of them becomes a case."""

    name = TELEGRAM_STAFF
    path = PATH
    gateway: TelegramStaff

    @property
    def secret(self) -> str:
        """See BotChannel."""
        return webhook_secret(self._app)

    async def is_open(self) -> bool:
        """Always: whoever is to be woken has to link a chat before anything opens."""
        return True

    async def take_raw(self, raw: Any, *, pushed: bool) -> None:
        """See BotChannel."""
        del pushed
        update = _read(raw)
        if update.callback_query is not None:
            await self._take_tap(update.callback_query)
        elif update.message is not None:
            await self._take_message(update.message)
        elif update.my_chat_member is not None:
            is_in = update.my_chat_member.new_chat_member.status not in (
                ChatMember.BANNED,
                ChatMember.LEFT,
            )
            await self._take_reach(update.my_chat_member.chat, is_in=is_in)

    async def _take_tap(self, query: CallbackQuery) -> None:
        tap = _tap(query)
        if tap is None:
            self.start(self.gateway.answer(query.id, page_words.ONLY_PAGES))
            return
        app = self._app

        def answer(uow: SqlUnitOfWork) -> tuple[Acknowledged, str]:
            done = page_answers.by_button(
                uow,
                tap.page_id,
                TELEGRAM_STAFF,
                tap.chat,
                passes=tap.passes,
                office=app.office,
                now=app.clock.now(),
            )
            return done, f"{app.office.console_url}/cases/{done.reference}"

        done, console = await app.write(answer)
        told = page_answers.words_of(done, passes=tap.passes)
        log.info("page_tapped", channel=TELEGRAM_STAFF, answer=done.answer.value)
        self.start(self.gateway.answer(tap.query_id, told))
        if done.answer not in (Answer.FOREIGN, Answer.UNKNOWN) and tap.message_id:
            self.start(self.gateway.show_holder(tap.chat, tap.message_id, told, console))

    async def _take_message(self, message: Message) -> None:
        if message.chat.type != ChatType.PRIVATE:
            self.go_out(str(message.chat.id))
            return
        if message.from_user is not None and message.from_user.is_bot:
            return
        chat = str(message.chat.id)
        text = message.text or ""
        said = await self._app.write(lambda uow: self._hear(uow, chat, text[:LONGEST_TEXT]))
        self.start(self.gateway.say(chat, said))

    def _hear(self, uow: SqlUnitOfWork, chat: str, text: str) -> str:
        """Link the chat, answer a page by its code, or say that nothing else is read here."""
        office, now = self._app.office, self._app.clock.now()
        if link := LINK.fullmatch(text):
            is_linked = contacts.link_chat(uow, link[1], chat, now)
            return page_words.LINKED if is_linked else page_words.LINK_UNKNOWN
        told = page_answers.by_text(uow, TELEGRAM_STAFF, chat, text, office, now)
        return told or page_words.ONLY_PAGES

    async def _take_reach(self, chat: Chat, *, is_in: bool) -> None:
        if chat.type != ChatType.PRIVATE:
            if is_in:
                self.go_out(str(chat.id))
            return
        app, reason = self._app, None if is_in else BLOCKED
        await app.write(
            lambda uow: contacts.note_reach(
                uow, TELEGRAM_STAFF, str(chat.id), reason, app.clock.now()
            )
        )


def channel_of(app: App) -> StaffChannel | None:
    """The way of the staff's bot, when there is one."""
    gateway = app.senders.get(TELEGRAM_STAFF)
    return StaffChannel(app, gateway) if isinstance(gateway, TelegramStaff) else None


def webhook_secret(app: App) -> str:
    """What Telegram has to send with each update; the same in all processes on one database."""
    return app.database.vault.lookup("telegram_webhook", app.settings.telegram_staff_bot_token)


def routes(app: App) -> list[BaseRoute]:
    """The route that Telegram calls; none without a bot."""
    channel = channel_of(app)
    return [] if channel is None else [updates_route(channel)]


def _read(raw: Any) -> Update:
    """An update; MalformedError when the library can make nothing of it."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise MalformedError("no update")
    try:
        return Update.de_json(raw)
    except Exception as error:  # whatever it is that the library cannot read, somebody sent it
        raise MalformedError("unreadable") from error


def _tap(query: CallbackQuery) -> Tap | None:
    """The button of a page in a private chat; None for whatever else can be tapped.

    Whose chat it is decides, not who forwarded what: ids of people and of their chats are one.
    """
    found = TAP.fullmatch(query.data or "")
    message = query.message
    if found is None or (message is not None and message.chat.type != ChatType.PRIVATE):
        return None
    return Tap(
        query_id=query.id,
        page_id=found[1],
        passes=found[2] == "next",
        message_id=0 if message is None else message.message_id,
        chat=str(query.from_user.id),
    )
