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
type TakeIn = Callable[[InboundMessage, Callable[[SqlUnitOfWork], None]], Awaitable[Received]]


@dataclass(frozen=True)
class Intake:
    """The way in of the channels, for what is let in after all.

    `take_in` stores a message in one transaction with the job that it is given. `readers` make a message of the body of a request, by channel; ValueError when there is no
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


def undecided(
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


def let_in(uow: SqlUnitOfWork, member: Staff, row_id: str, office: Office, now: datetime) -> None:
    """Remember that a request was let in: part of the transaction that stores its message.

    Whoever decides at the same moment comes before or after, never in between: what was
    dropped is not stored, and what is stored cannot be dropped. Errors as `undecided`;
    RefusedError also while its channel takes no messages, for nobody could answer.
    """
    refused = undecided(uow, member, row_id, QuarantineState.RELEASED)
    if refused is None:
        # The message of the same request again: storing it changes nothing.
        return
    if not note_opened(uow, refused.channel, office, now):
        raise RefusedError("Saluran ini belum dibuka. Tetap ditahan.")
    uow.quarantine.settle(row_id, QuarantineState.RELEASED, member.id, now)
    uow.wake("console")


def drop(uow: SqlUnitOfWork, member: Staff, row_id: str, now: datetime) -> None:
    """Throw a request away, for good. Errors as `undecided`."""
    if undecided(uow, member, row_id, QuarantineState.DROPPED) is not None:
        uow.quarantine.settle(row_id, QuarantineState.DROPPED, member.id, now)
        uow.wake("console")
