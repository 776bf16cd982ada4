"""What a Telegram update says, in the common shape of all channels. Pure: no clock, no network.

Telegram invents new kinds of updates and messages all the time. Whatever a person sends in
their private chat becomes a message, if need be one of kind `unknown`, with its words when it
has any; only a body that is no update at all is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from telegram import (
    CallbackQuery,
    Chat,
    ChatMember,
    ChatMemberUpdated,
    Message,
    MessageReactionUpdated,
    PollAnswer,
    ReactionTypeEmoji,
    Update,
    User,
)
from telegram.constants import ChatType

from bot.domain.channels import TELEGRAM
from bot.domain.messages import Attachment, InboundMessage, Kind
from channels.inbound import clean
from channels.telegram_content import content_of, origin_of, read_text

BIGGEST_ID = 2**63 - 1
LONGEST_ID = 64


class MalformedError(ValueError):
    """A body that is no update."""


class NoteKind(StrEnum):
    """What an update says that is no message of a person to us.

    `blocked` and `reachable`: they blocked the bot, or let it in again. `not_private`: the bot
    was put or written to in a group or channel. `nothing`: nothing that concerns us.
    """

    BLOCKED = "blocked"
    REACHABLE = "reachable"
    NOT_PRIVATE = "not_private"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Note:
    """An update that is no message, and the chat that it is about."""

    kind: NoteKind
    chat: str = field(default="", repr=False)


@dataclass(frozen=True)
class Reading:
    """What an update says; `tap` is the id of a tapped button, which waits for an answer."""

    what: InboundMessage | Note
    tap: str = ""


def read_raw(raw: Any, bot_id: str, skew: timedelta | None = None) -> Reading:
    """What an update says as it came over the wire. MalformedError when it is none.

    `bot_id` makes ids unique beyond one bot. `skew` is how far our clock is ahead of
    Telegram's, None when that is not known.
    """
    if not isinstance(raw, dict) or not _is_id(raw.get("update_id")) or raw["update_id"] < 0:
        raise MalformedError("no update")
    try:
        return read_update(Update.de_json(raw), bot_id, skew)
    except Exception:  # noqa: BLE001  # whatever it is that the library cannot read, somebody sent it
        return _unreadable(raw, bot_id)


def read_update(update: Update, bot_id: str, skew: timedelta | None = None) -> Reading:
    """What a well-formed update says."""
    read = _Reader(update, bot_id, skew)
    if update.callback_query is not None:
        return Reading(read.tap(update.callback_query), _short(update.callback_query.id))
    readers: tuple[tuple[Any, Callable[[Any], InboundMessage | Note]], ...] = (
        (update.message, read.message),
        (update.edited_message, read.edit),
        (update.message_reaction, read.reaction),
        (update.my_chat_member, _membership),
        (update.poll_answer, read.vote),
    )
    for part, reader in readers:
        if part is not None:
            return Reading(reader(part))
    return Reading(read.something_else())


@dataclass(frozen=True)
class _Reader:
    """Reads the parts of one update."""

    update: Update
    bot_id: str
    skew: timedelta | None

    def message(self, message: Message) -> InboundMessage | Note:
        """Something written or sent to a chat."""
        return self._said(message, f"m:{message.chat.id}:{message.message_id}", message.date)

    def edit(self, message: Message) -> InboundMessage | Note:
        """Earlier words that were changed; also a live location that moves."""
        place = f"e:{message.chat.id}:{self.update.update_id}"
        said = self._said(message, place, message.edit_date)
        return replace(said, kind=Kind.EDITED) if isinstance(said, InboundMessage) else said

    def _said(
        self, message: Message, external_id: str, sent_at: datetime | None
    ) -> InboundMessage | Note:
        if message.chat.type != ChatType.PRIVATE:
            return _elsewhere(message.chat)
        if message.from_user is not None and message.from_user.is_bot:
            return Note(NoteKind.NOTHING)
        kind, attachments, detail = content_of(message)
        return self._inbound(
            message.chat.id,
            external_id,
            read_text(message.text or message.caption or ""),
            kind=kind,
            attachments=attachments,
            detail="\n".join(line for line in (detail, *origin_of(message)) if line),
            sent_at=sent_at,
        )

    def tap(self, query: CallbackQuery) -> InboundMessage | Note:
        """A tapped button; what it means is looked up under the code that we put into it."""
        if query.message is not None and query.message.chat.type != ChatType.PRIVATE:
            return _elsewhere(query.message.chat)
        data = read_text(query.data or "")
        kind = None if data else Kind.UNKNOWN
        return self._inbound(query.from_user.id, f"q:{_short(query.id)}", data, kind=kind)

    def reaction(self, reaction: MessageReactionUpdated) -> InboundMessage | Note:
        """An emoji put on a message, or taken off."""
        if reaction.chat.type != ChatType.PRIVATE:
            return _elsewhere(reaction.chat)
        emojis = [
            each.emoji if isinstance(each, ReactionTypeEmoji) else str(each.type)
            for each in reaction.new_reaction
        ]
        return self._inbound(
            reaction.chat.id,
            f"u:{reaction.chat.id}:{self.update.update_id}",
            "",
            kind=Kind.REACTION,
            detail=" ".join(emojis) or "-",
            sent_at=reaction.date,
        )

    def vote(self, answer: PollAnswer) -> InboundMessage | Note:
        """A vote in a poll."""
        if answer.user is None:
            return Note(NoteKind.NOTHING)
        numbers = ", ".join(str(number + 1) for number in answer.option_ids)
        return self._of_person(answer.user, Kind.POLL, numbers or "-")

    def something_else(self) -> InboundMessage | Note:
        """A kind of update that we never asked for, or that is newer than this program."""
        chat, user = self.update.effective_chat, self.update.effective_user
        if chat is not None and chat.type != ChatType.PRIVATE:
            return _elsewhere(chat)
        if user is not None and not user.is_bot:
            return self._of_person(user, Kind.UNKNOWN)
        found = _person_in(self.update.api_kwargs)
        if found is None:
            return Note(NoteKind.NOTHING)
        return unknown(found, self.update.update_id, self.bot_id)

    def _of_person(self, user: User, kind: Kind, detail: str = "") -> InboundMessage | Note:
        external_id = f"u:{user.id}:{self.update.update_id}"
        return self._inbound(user.id, external_id, "", kind=kind, detail=detail)

    def _inbound(
        self,
        chat_id: int,
        external_id: str,
        text: str,
        *,
        kind: Kind | None = None,
        attachments: tuple[Attachment, ...] = (),
        detail: str = "",
        sent_at: datetime | None = None,
    ) -> InboundMessage:
        if not _is_id(chat_id):
            raise MalformedError("no chat")
        return InboundMessage(
            TELEGRAM,
            clean(f"{self.bot_id}:{external_id}"),
            str(chat_id),
            text,
            kind=kind,
            address=str(chat_id),
            place=self.update.update_id,
            attachments=attachments,
            detail=clean(detail),
            sent_at=None if sent_at is None or self.skew is None else sent_at + self.skew,
        )


def _membership(changed: ChatMemberUpdated) -> Note:
    """The bot was blocked or let in again, or put into a group."""
    is_in = changed.new_chat_member.status not in (ChatMember.BANNED, ChatMember.LEFT)
    chat = str(changed.chat.id)
    if changed.chat.type == ChatType.PRIVATE:
        return Note(NoteKind.REACHABLE if is_in else NoteKind.BLOCKED, chat)
    return Note(NoteKind.NOT_PRIVATE, chat) if is_in else Note(NoteKind.NOTHING)


def _elsewhere(chat: Chat) -> Note:
    if not _is_id(chat.id):
        raise MalformedError("no chat")
    return Note(NoteKind.NOT_PRIVATE, str(chat.id))


def unknown(person: int, update_id: int, bot_id: str, text: str = "") -> InboundMessage:
    """A message of a kind that we cannot read, from somebody whom we can answer."""
    return InboundMessage(
        TELEGRAM,
        f"{bot_id}:u:{person}:{update_id}",
        str(person),
        text,
        kind=Kind.UNKNOWN,
        address=str(person),
        place=update_id,
    )


def _unreadable(raw: Mapping[str, Any], bot_id: str) -> Reading:
    """An update that the library cannot read: who sent it, and any words, are often plain."""
    group = next((each for each in map(_chat_in, raw.values()) if each is not None), None)
    if group is not None and group.get("type") != ChatType.PRIVATE and _is_id(group.get("id")):
        return Reading(Note(NoteKind.NOT_PRIVATE, str(group["id"])))
    person = _person_in(raw)
    if person is None:
        raise MalformedError("nobody to answer")
    words = [
        said
        for content in raw.values()
        if isinstance(content, dict)
        for said in (content.get("text"), content.get("caption"))
        if isinstance(said, str)
    ]
    text = read_text("\n".join(words))
    return Reading(unknown(person, raw["update_id"], bot_id, text))


def _person_in(raw: Mapping[str, Any]) -> int | None:
    """The id of the private chat, or of the person, that the parts of an update name."""
    for content in raw.values():
        chat = _chat_in(content)
        if chat is not None:
            is_private = chat.get("type") == ChatType.PRIVATE and _is_id(chat.get("id"))
            return int(chat["id"]) if is_private else None
        user = content.get("from") or content.get("user") if isinstance(content, dict) else None
        if isinstance(user, dict) and _is_id(user.get("id")) and not user.get("is_bot"):
            return int(user["id"])
    return None


def _chat_in(content: object) -> dict[str, Any] | None:
    chat = content.get("chat") if isinstance(content, dict) else None
    return chat if isinstance(chat, dict) else None


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= BIGGEST_ID


def _short(text: object) -> str:
    return clean(str(text))[:LONGEST_ID]
