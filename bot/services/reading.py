"""What stands in the files of a turn: taken on, kept, and the turn that waits for it let go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.conversation import HandledBy, Talk
from bot.domain.messages import Attachment
from bot.domain.office import Office
from bot.domain.pictures import is_read
from bot.domain.readings import FileToRead, ReadLine, ReadState
from bot.store.unit_of_work import SqlUnitOfWork

PICTURE_READ = "picture_read"
"""Why a turn is answered once more: its picture was read after its words had been answered."""
# Answers in which what stands in a picture is still missing.
WITHOUT_PICTURE = ("bot", "local")


def to_read(attachments: Sequence[Attachment], office: Office) -> tuple[Attachment, ...]:
    """Those of the files that will be read."""
    if not office.reads_pictures:
        return ()
    return tuple(file for file in attachments if is_read(file, sounds=office.sounds_are_read))


def claim(uow: SqlUnitOfWork, office: Office, now: datetime) -> FileToRead | None:
    """Take on a file to be read; the one that somebody waits for first."""
    return uow.readings.claim_to_read(now, now - office.picture_window)


def keep(
    uow: SqlUnitOfWork,
    file: FileToRead,
    lines: Sequence[ReadLine],
    office: Office,
    now: datetime,
) -> bool:
    """It was read: staff see the words, the turn goes on; False when another worker has it now."""
    if not uow.readings.keep_words(file, lines):
        return False
    go_on(uow, file.turn_id, office, now)
    return True


def give_up(
    uow: SqlUnitOfWork, file: FileToRead, problem: str, office: Office, now: datetime
) -> bool:
    """Nobody can read it; the turn goes on without. False when another worker has it now."""
    if not uow.readings.unreadable(file, problem):
        return False
    go_on(uow, file.turn_id, office, now)
    return True


def leave(uow: SqlUnitOfWork, file_id: str, problem: str, office: Office, now: datetime) -> None:
    """A file that was to be read cannot be: it never came, or is no picture."""
    turn_id = uow.readings.leave(file_id, problem)
    if turn_id is not None:
        go_on(uow, turn_id, office, now)


def go_on(uow: SqlUnitOfWork, turn_id: str, office: Office, now: datetime) -> None:
    """All files of a turn are read: it waits for nothing more than other messages."""
    uow.wake("console")
    if uow.readings.is_pending(turn_id):
        return
    last = uow.turns.last_received(turn_id) or now
    uow.turns.ready_at(turn_id, max(now, last + office.turn_window))
    follow_up(uow, turn_id, office, now)
    uow.wake("turns")


def follow_up(uow: SqlUnitOfWork, turn_id: str, office: Office, now: datetime) -> None:
    """Words were answered before their picture was read: it gets an answer of its own.

    Only within the time that an answer waits for a picture: later somebody else may hold the
    phone.
    """
    readings = uow.readings.of_turn(turn_id)
    if not any(reading.state is ReadState.READ for reading in readings):
        return
    last = uow.turns.last_received(turn_id)
    if last is None or now - last > office.picture_window:
        return
    known = uow.conversations.get(uow.turns.conversation_of(turn_id))
    if known.handled_by is HandledBy.BOT and known.talk is Talk.ASSISTANT:
        uow.turns.go_on(turn_id, WITHOUT_PICTURE, PICTURE_READ, now)
