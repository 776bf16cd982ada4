"""What the product needs from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.domain.messages import Outbound, Reply
from bot.domain.readings import ReadLine
from bot.language.types import Understanding


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> datetime:
        """The present moment, aware UTC."""
        ...


class SendError(Exception):
    """A provider did not take a message.

    `permanent` when trying again is useless; `unreachable` when nothing can reach this
    address any more (blocked, unsubscribed); `retry_after` is the provider's own wait in
    seconds; `hold_channel` when the wait concerns the whole channel, not one chat.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool,
        retry_after: float | None = None,
        unreachable: bool = False,
        hold_channel: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        self.unreachable = unreachable
        self.hold_channel = hold_channel


class OutcomeOpenError(Exception):
    """The line failed while the provider may have been doing what was asked."""


class NotToldError(Exception):
    """The provider could not be asked whether it has a row whose outcome is open."""


class Sender(Protocol):
    """A gateway that sends the rows of one channel; one row is one call."""

    async def send(self, message: Outbound) -> str | None:
        """Hand a message to the provider; its id there, None when the provider gives none.

        Returning means that the provider has it. SendError means that it has not; any
        other exception leaves that open: the row is asked for and tried again.
        """
        ...

    async def find_sent(self, message: Outbound) -> str | None:
        """The provider's id of a row whose outcome is open; None when it is not known there."""
        ...


class MediaError(Exception):
    """A file could not be fetched; `permanent` when trying again is useless."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class MediaSource(Protocol):
    """Where the files of one channel lie until we have them."""

    def fetch(self, reference: str, most_bytes: int) -> AsyncIterator[bytes]:
        """The bytes of a file in pieces.

        MediaError("too_large", permanent=True) once there are more than `most_bytes`.
        """
        ...

    async def forget(self, reference: str) -> None:
        """Delete the file at the provider, where the provider can; gone already is fine."""
        ...


class UnreadableError(Exception):
    """The words of a file cannot be read, and trying again is useless.

    `reason` is a code: `broken`, `locked` (asks for a password), `too_large`, `too_long` (took
    more time than there is) or `died` (took more memory than there is).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PictureReader(Protocol):
    """Reads the words in pictures and papers, beside everything else that happens."""

    def get_ready(self) -> None:
        """A picture is on its way; returns at once."""
        ...

    async def read(self, body: bytes, media_type: str) -> tuple[ReadLine, ...]:
        """The lines in reading order, none for a picture without words; UnreadableError."""
        ...

    async def close(self) -> None:
        """Let go of whatever runs."""
        ...


class Transcriber(Protocol):
    """Writes down what is said in a sound. No program does it here yet: people listen."""

    async def transcribe(self, body: bytes, media_type: str) -> tuple[ReadLine, ...]:
        """What is said, a line for each breath; UnreadableError."""
        ...


class Reader(Protocol):
    """Understands a message without any other process."""

    def understand(self, text: str) -> Understanding:
        """Intent, entities and urgency; never raises on a text."""
        ...


class Wording(Protocol):
    """The only place for words: the responses that the organisation reviews."""

    def say(self, name: str, **values: str) -> Reply:
        """The named text with its choices; KeyError for an unknown name."""
        ...


class AssistantDownError(Exception):
    """The assistant cannot be reached, or could not finish the turn just now."""


class AssistantFailedError(Exception):
    """The assistant answered that it cannot handle this turn."""


@dataclass(frozen=True)
class Command:
    """Something that an action wants done; `after` counts the replies that come before it."""

    name: str
    after: int
    values: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What the assistant makes of a turn. Nothing of it is true before it is committed."""

    replies: tuple[Reply, ...] = field(default=(), repr=False)
    commands: tuple[Command, ...] = ()
    events: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)


class Assistant(Protocol):
    """The dialogue, as a pure function of a turn and the events before it."""

    async def answer(
        self,
        *,
        turn_id: str,
        conversation: str,
        text: str,
        payload: str | None,
        metadata: Mapping[str, Any],
        events: Sequence[Mapping[str, Any]],
    ) -> Answer:
        """Answer a turn; a repeat with the same arguments gives the same answer.

        AssistantDownError: try again later. AssistantFailedError: trying again is useless.
        """
        ...

    async def is_up(self) -> bool:
        """Whether the assistant can take turns at all."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
