"""A supervisor decides about requests that were refused at the door: taken in, or dropped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.messages import InboundMessage, Received
from bot.domain.office import Office
from bot.domain.staff import Role, Staff
from bot.services.opening import note_opened
from bot.services.takeover import RefusedError
from bot.store.quarantine import QuarantineState, Refused
from bot.store.unit_of_work import SqlUnitOfWork

SUPERVISORS = (Role.SUPERVISOR, Role.ADMINISTRATOR)

type ReadAgain = Callable[[bytes], InboundMessage]
type TakeIn = Callable[[InboundMessage], Awaitable[Received]]


@dataclass(frozen=True)
class Intake:
    """The way in of the channels, for what is let in after all.

    `readers` make a message of the body of a request, by channel; ValueError when there is no
    message of a person in it.
    """

    take_in: TakeIn
    readers: Mapping[str, ReadAgain] = field(default_factory=dict)


def may_decide(member: Staff) -> bool:
    """Whether a member may read refused requests and decide about them."""
    return member.role in SUPERVISORS


def message_in(refused: Refused, intake: Intake) -> InboundMessage:
    """The message of a person in a refused request. RefusedError when there is none.

    It counts as sent when it came: an answer much later must not ring a phone that may be
    watched.
    """
    reader = intake.readers.get(refused.channel)
    if reader is None or not refused.body:
        raise RefusedError("Di dalamnya tidak ada pesan yang bisa dibaca. Tetap ditahan.")
    try:
        message = reader(refused.body)
    except ValueError as error:
        raise RefusedError("Isinya tidak terbaca sebagai pesan. Tetap ditahan.") from error
    return replace(message, sent_at=min(message.sent_at or refused.at, refused.at))


def to_decide(
    uow: SqlUnitOfWork, member: Staff, row_id: str, wanted: QuarantineState
) -> Refused | None:
    """The held request that this member may decide about; None when it is decided so already.

    PermissionError for who may not, KeyError for an unknown one, RefusedError when somebody
    decided otherwise.
    """
    if not may_decide(member):
        raise PermissionError(member.label)
    refused = uow.quarantine.get(row_id)
    if refused is None:
        raise KeyError(row_id)
    if refused.state is wanted:
        return None
    if refused.state is not QuarantineState.HELD:
        raise RefusedError("Permintaan ini sudah diputuskan.")
    return refused


def require_open(uow: SqlUnitOfWork, channel: str, office: Office, now: datetime) -> None:
    """RefusedError while a channel takes no messages: nobody could answer."""
    if not note_opened(uow, channel, office, now):
        raise RefusedError("Saluran ini belum dibuka. Tetap ditahan.")


def settle(
    uow: SqlUnitOfWork, member: Staff, row_id: str, state: QuarantineState, now: datetime
) -> None:
    """Remember who decided what; a second decision changes nothing."""
    uow.quarantine.settle(row_id, state, member.id, now)
    uow.wake("console")
