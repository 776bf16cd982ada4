"""What people write and what is written to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Author(StrEnum):
    """Who speaks in a conversation."""

    PERSON = "person"
    BOT = "bot"
    HUMAN = "human"


class Kind(StrEnum):
    """What sort of inbound message it is."""

    TEXT = "text"
    BUTTON = "button"
    EMPTY = "empty"


class Purpose(StrEnum):
    """Why an outbound row exists.

    `reply` and `notice` go to the person; `page` goes to staff.
    """

    REPLY = "reply"
    NOTICE = "notice"
    PAGE = "page"


class Delivery(StrEnum):
    """Life of an outbound row.

    pending -> sending -> sent, or failed_temporarily (will be tried again),
    failed_permanently, uncertain (crash inside the call; tried once more) or
    cancelled (a human took over before it left).
    """

    PENDING = "pending"
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
class InboundMessage:
    """A message as a channel hands it over, verified and in a common shape.

    `external_id` is the provider's id, unique per channel: it makes a repeat harmless.
    `final` closes the turn at once.
    """

    channel: str
    external_id: str
    sender: str = field(repr=False)
    text: str = field(repr=False)
    final: bool = False


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


@dataclass(frozen=True)
class Turn:
    """Messages that belong together and are answered once.

    `token` is the lease under which a worker holds the turn; a result under another
    token is refused.
    """

    id: str
    conversation_id: str
    attempts: int
    token: str


@dataclass(frozen=True)
class Outbound:
    """An outbound row as its sender sees it."""

    id: str
    purpose: Purpose
    channel: str
    token: str
    attempts: int
    text: str = field(repr=False)
    address: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Line:
    """One line of a conversation as people read it."""

    id: str
    seq: int
    turn_id: str | None
    author: Author
    at: datetime
    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
