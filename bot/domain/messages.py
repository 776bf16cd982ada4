"""What people write and what is written to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.page_cards import PageCard
from bot.domain.readings import Reading


class Author(StrEnum):
    """Who speaks in a conversation."""

    PERSON = "person"
    BOT = "bot"
    HUMAN = "human"


class Kind(StrEnum):
    """What sort of inbound message it is; the five first of the files come with an attachment.

    `edited` changes the words of an earlier message, `deleted` takes one back, `call` is a
    telephone call that nobody takes, `unknown` is whatever a provider invents next.
    """

    TEXT = "text"
    BUTTON = "button"
    EMPTY = "empty"
    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    REACTION = "reaction"
    POLL = "poll"
    EDITED = "edited"
    DELETED = "deleted"
    CALL = "call"
    UNKNOWN = "unknown"


class Purpose(StrEnum):
    """Why an outbound row exists.

    `reply`, `notice` and `ask` go to the person, `page` to staff. `ask` is the approved text
    that asks whether to go on, where the provider takes no free text any more.
    """

    REPLY = "reply"
    NOTICE = "notice"
    ASK = "ask"
    PAGE = "page"


class Delivery(StrEnum):
    """Life of an outbound row.

    pending -> sending -> sent, or failed_temporarily (will be tried again),
    failed_permanently, uncertain (crash inside the call; asked for and tried once more),
    cancelled (a human took over before it left) or held (the phone may be watched: it waits
    until the person writes again).
    """

    PENDING = "pending"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED_TEMPORARILY = "failed_temporarily"
    FAILED_PERMANENTLY = "failed_permanently"
    CANCELLED = "cancelled"


class TurnState(StrEnum):
    """Life of a turn: open (collecting or waiting for its answer) -> done or failed."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Button:
    """A choice: the words that the person sees and the meaning that the assistant gets."""

    title: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """A text to a person with its choices."""

    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Attachment:
    """A file that a person sent and that still lies at the provider.

    `reference` is how the provider finds it (Telegram's file id, Twilio's media address);
    `size` is in bytes, None when the provider does not tell.
    """

    kind: Kind
    media_type: str
    reference: str = field(repr=False)
    name: str = field(default="", repr=False)
    size: int | None = None


@dataclass(frozen=True)
class InboundMessage:
    """A message as a channel hands it over, verified and in a common shape.

    `external_id` is the provider's id, unique per channel: it makes a repeat harmless.
    `sender` is the strongest identity that the channel gives, `aliases` are weaker ones of the
    same person (a phone number beside a business-scoped id), `address` is where answers go.
    `place` orders messages of one person when the channel tells their order, 0 when it does
    not. `detail` is what is said without words: coordinates, a shared contact, a reaction.
    `kind` is None for words and taps. `final` closes the turn at once. `sent_at` is when the
    person sent it, by our clock (corrected by how far the provider's clock is off, learned
    from its answers); None when that is not known: then it counts as sent just now. An answer
    to what was sent long ago must not make a phone ring.
    """

    channel: str
    external_id: str
    sender: str = field(repr=False)
    text: str = field(repr=False)
    final: bool = False
    kind: Kind | None = None
    aliases: tuple[str, ...] = field(default=(), repr=False)
    address: str = field(default="", repr=False)
    place: int = 0
    attachments: tuple[Attachment, ...] = ()
    detail: str = field(default="", repr=False)
    sent_at: datetime | None = None


@dataclass(frozen=True)
class Received:
    """Where a stored message went; `duplicate` when it had been stored before."""

    message_id: str
    turn_id: str
    duplicate: bool = False


@dataclass(frozen=True)
class TurnMessage:
    """One stored message of a turn.

    `payload` is the meaning of a tapped or typed choice; `problem` says why an attempt to
    choose failed (`no_such_choice`, `stale`).
    """

    text: str = field(repr=False)
    payload: str | None = field(default=None, repr=False)
    problem: str | None = None
    kind: Kind = Kind.TEXT
    detail: str = field(default="", repr=False)


@dataclass(frozen=True)
class Turn:
    """Messages that belong together and are answered once.

    `token` is the lease under which a worker holds the turn; a result under another
    token is refused. `why_again` says why a turn that had ended was opened again.
    """

    id: str
    conversation_id: str
    attempts: int
    token: str
    why_again: str = ""


@dataclass(frozen=True)
class Outbound:
    """An outbound row as its sender sees it.

    `uncertain` when an earlier try died inside the call: the provider may have it already.
    `as_template` when only an approved template may open the talk again (WhatsApp). Rows to
    staff have the page that they belong to and the trace of its case. `card` is what
    a page says, piece by piece.
    """

    id: str
    purpose: Purpose
    channel: str
    token: str
    attempts: int
    text: str = field(repr=False)
    address: str | None = field(default=None, repr=False)
    buttons: tuple[Button, ...] = ()
    author: Author = Author.BOT
    created_at: datetime | None = None
    uncertain: bool = False
    as_template: bool = False
    page_id: str | None = None
    trace_id: str = ""
    card: PageCard | None = None


@dataclass(frozen=True)
class StoredFile:
    """A file of a message as staff see it.

    `error` says why the last try to fetch it went wrong; `failed` when there is no other try.
    """

    id: str
    kind: Kind
    media_type: str
    stored: bool
    size: int | None = None
    error: str | None = None
    name: str = field(default="", repr=False)
    failed: bool = False
    reading: Reading = field(default_factory=Reading)


@dataclass(frozen=True)
class Line:
    """One line of a conversation as people read it.

    Lines of ours also tell how their delivery stands: `state`, the provider's last word
    (`sent`, `delivered`, `read`...) and why it failed.
    """

    id: str
    seq: int
    turn_id: str | None
    author: Author
    at: datetime
    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
    kind: Kind = Kind.TEXT
    detail: str = field(default="", repr=False)
    files: tuple[StoredFile, ...] = ()
    state: Delivery = Delivery.SENT
    provider_status: str | None = None
    error: str | None = None
