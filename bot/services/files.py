"""Files come from their provider: one use case for each step, each a small transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.domain.cases import CaseKind, LogKind
from bot.domain.conversation import HandledBy, Talk
from bot.domain.media import LATE_AFTER, UNKNOWN_TYPE, FileInWork, true_type, wait_after
from bot.domain.office import Office
from bot.domain.pictures import can_be_read
from bot.ports import MediaError, Wording
from bot.services import reading
from bot.services.speak import announce
from bot.store.unit_of_work import SqlUnitOfWork

# Held on to with each piece, so only a dead worker lets it run out.
LEASE = timedelta(seconds=90)
FAILED, LATE = "file_failed", "file_late"


def claim(
    uow: SqlUnitOfWork, channels: Collection[str], limit: int, now: datetime
) -> tuple[FileInWork, ...]:
    """Take on files to be fetched; those of a channel that is not configured wait."""
    return uow.files.claim(channels, now, LEASE, limit)


def claim_to_forget(
    uow: SqlUnitOfWork, channels: Collection[str], limit: int, now: datetime
) -> tuple[FileInWork, ...]:
    """Take on stored files that their provider still keeps."""
    return uow.files.claim_to_forget(channels, now, LEASE, limit)


def hold(uow: SqlUnitOfWork, file: FileInWork, now: datetime) -> bool:
    """It takes longer; False when another worker has the file now."""
    return uow.files.extend(file, now + LEASE)


def keep_piece(
    uow: SqlUnitOfWork, file: FileInWork, number: int, body: bytes, now: datetime
) -> bool:
    """Store one piece; False when another worker has the file now."""
    return uow.files.add_piece(file, number, body, now + LEASE)


def keep(
    uow: SqlUnitOfWork, file: FileInWork, size: int, head: bytes, office: Office, now: datetime
) -> bool:
    """All pieces are here: staff may open it, and it is read. `head` are its first bytes."""
    media_type = true_type(file.media_type or UNKNOWN_TYPE, head)
    if not uow.files.finish(file, size, media_type, now):
        return False
    if can_be_read(file.kind, media_type, sounds=office.sounds_are_read):
        uow.wake("pictures")
    else:
        reading.leave(uow, file.id, "broken", office, now)
    uow.alarms.settle(LATE, now)
    uow.wake("files")
    uow.wake("console")
    uow.wake(file.conversation_id)
    return True


def give_back(
    uow: SqlUnitOfWork,
    file: FileInWork,
    error: Exception,
    office: Office,
    wording: Wording,
    now: datetime,
) -> bool:
    """A try failed: another one later, or for good; False when another worker has it now.

    Whoever sent a file that nobody will ever open hears of it, and so do staff.
    """
    reason, permanent = _reason(error)
    wait = wait_after(reason, permanent=permanent, attempts=file.attempts)
    if wait is not None:
        if file.attempts == LATE_AFTER:
            uow.alarms.raise_once(LATE, file.channel, now)
            uow.wake("console")
        return uow.files.retry(file, reason, now + wait)
    if not uow.files.fail(file, reason):
        return False
    reading.leave(uow, file.id, "lost", office, now)
    _tell_staff(uow, file, reason, now)
    _tell_person(uow, file, reason, wording, now)
    return True


def _reason(error: Exception) -> tuple[str, bool]:
    """A code without words of anybody: the text of other errors may hold an address."""
    if isinstance(error, MediaError):
        return error.reason, error.permanent
    return type(error).__name__, False


def _tell_staff(uow: SqlUnitOfWork, file: FileInWork, reason: str, now: datetime) -> None:
    case_id = uow.conversations.get(file.conversation_id).case_id
    if case_id is None:
        unread = uow.cases.open_of_kind(file.conversation_id, CaseKind.MESSAGE)
        case_id = None if unread is None else unread.id
    reference = ""
    if case_id is not None:
        reference = uow.cases.get(case_id).reference
        uow.cases.log(case_id, LogKind.NOTE, "system", f"{FAILED}, {file.kind}, {reason}", now)
    uow.alarms.raise_once(FAILED, reference or file.channel, now)
    uow.wake("console")


def _tell_person(
    uow: SqlUnitOfWork, file: FileInWork, reason: str, wording: Wording, now: datetime
) -> None:
    """They may count on it having been heard. A human tells it in their own words."""
    known = uow.conversations.get(file.conversation_id)
    if known.handled_by is HandledBy.HUMAN or known.talk is Talk.DANGER_SILENT:
        return
    name = "say_file_too_large" if reason == "too_large" else "say_file_failed"
    announce(uow, known, wording.say(name), now=now)


def forgotten(uow: SqlUnitOfWork, file: FileInWork, now: datetime) -> bool:
    """The provider has deleted it; False when another worker has it now."""
    return uow.files.forgotten(file, now)


def not_forgotten(uow: SqlUnitOfWork, file: FileInWork, error: Exception, now: datetime) -> bool:
    """The provider keeps it still: asked again until it is gone."""
    reason, _ = _reason(error)
    wait = wait_after(reason, permanent=False, attempts=file.attempts)
    return wait is not None and uow.files.retry(file, reason, now + wait)
