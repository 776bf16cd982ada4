"""What one Telegram message holds: words, a file, a place, and where it comes from. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from telegram import Chat, Message, User

from bot.domain.messages import Attachment, Kind
from channels.inbound import clean

# "/menu@tanyadulu_bot 12": the slash and the bot's name are Telegram's, the words are theirs.
COMMAND = re.compile(r"\A/(\w+)(@\w+)?(?=\s|$)")
# The button that opens a talk sends it, with whatever the link held: it says no more than hello.
START = re.compile(r"/start(@\w+)?(\s+\S+)?")
GREETING = "halo"
BIGGEST_SIZE = 2**31 - 1
LONGEST_TYPE = 100
LONGEST_NAME = 200
LONGEST_QUOTE = 300

type Content = tuple[Kind | None, tuple[Attachment, ...], str]


def read_text(text: str) -> str:
    """What a person wrote, commands as the words that they are."""
    cleaned = clean(text).strip()
    if START.fullmatch(cleaned):
        return GREETING
    return COMMAND.sub(lambda found: found[1].replace("_", " "), cleaned, count=1)


def content_of(message: Message) -> Content:
    """The kind of a message, its file, and what it says without words."""
    # An animation comes with a document of the same file for older apps.
    largest = max(message.photo, key=lambda size: size.width * size.height, default=None)
    files: tuple[tuple[Kind, Any, str], ...] = (
        (Kind.PHOTO, largest, "image/jpeg"),
        (Kind.VOICE, message.voice or message.audio, "audio/ogg"),
        (
            Kind.VIDEO,
            message.video or message.video_note or message.animation or message.live_photo,
            "video/mp4",
        ),
        (Kind.DOCUMENT, message.document, "application/octet-stream"),
        (Kind.STICKER, message.sticker, _sticker_type(message)),
    )
    for kind, file, media_type in files:
        if file is not None:
            detail = str(getattr(file, "emoji", None) or "")
            return kind, (_attachment(kind, file, media_type),), detail
    shown = _shown(message)
    if shown is not None:
        return shown[0], (), shown[1]
    if message.text is not None or message.caption is not None:
        return None, (), ""
    return Kind.UNKNOWN, (), ", ".join(_what_is_set(message))


def _shown(message: Message) -> tuple[Kind, str] | None:
    """What is neither words nor a file: a place, a contact, a poll, a thrown dice."""
    if message.location is not None:
        shown = f"{message.location.latitude}, {message.location.longitude}"
        if message.venue is not None:
            shown += f"\n{message.venue.title}, {message.venue.address}"
        return Kind.LOCATION, shown
    if message.contact is not None:
        names = (message.contact.first_name, message.contact.last_name)
        named = " ".join(name for name in names if name)
        return Kind.CONTACT, f"{named}, {message.contact.phone_number}"
    if message.poll is not None:
        options = [f"- {option.text}" for option in message.poll.options]
        return Kind.POLL, "\n".join([message.poll.question, *options])
    if message.dice is not None:
        return Kind.STICKER, f"{message.dice.emoji} {message.dice.value}"
    return None


def _what_is_set(message: Message) -> Iterator[str]:
    """The names of the parts that a message of an unknown kind consists of."""
    plain = {"from_user", "edit_date", "is_from_offline"}
    known = {name for name in Message.__slots__ if name[0] != "_" and getattr(message, name, None)}
    yield from sorted((known | set(message.api_kwargs)) - plain)


def _attachment(kind: Kind, file: Any, media_type: str) -> Attachment:
    size = file.file_size
    return Attachment(
        kind,
        clean(str(getattr(file, "mime_type", None) or media_type))[:LONGEST_TYPE],
        clean(str(file.file_id)),
        clean(str(getattr(file, "file_name", None) or ""))[:LONGEST_NAME],
        min(size, BIGGEST_SIZE) if isinstance(size, int) and size >= 0 else None,
    )


def _sticker_type(message: Message) -> str:
    if message.sticker is not None and message.sticker.is_animated:
        return "application/x-tgsticker"
    if message.sticker is not None and message.sticker.is_video:
        return "video/webm"
    return "image/webp"


def origin_of(message: Message) -> Iterator[str]:
    """Who said first what was forwarded, and what a reply refers to: staff need both."""
    origin = message.forward_origin
    if origin is not None:
        source: User | Chat | None = None
        for name in ("sender_user", "sender_chat", "chat"):
            source = source or getattr(origin, name, None)
        named = getattr(origin, "sender_user_name", "") or ""
        if source is not None:
            handle = f" @{source.username}" if source.username else ""
            named = (
                f"{source.effective_name or source.id}{handle}"
                if isinstance(source, Chat)
                else f"{source.full_name}{handle}"
            )
        yield f"↪ {named}"[:LONGEST_NAME]
    if message.quote is not None:
        yield f"❝{message.quote.text[:LONGEST_QUOTE]}❞"
    elif message.reply_to_message is not None:
        earlier = message.reply_to_message.text or message.reply_to_message.caption or ""
        if earlier:
            yield f"❝{earlier[:LONGEST_QUOTE]}❞"
