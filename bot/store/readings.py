"""Reading what stands in files: one worker at a time takes one on; the words are sealed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, or_, select, update

from bot.domain.readings import (
    MOST_READINGS,
    PENDING,
    READING_LEASE,
    FileToRead,
    Reading,
    ReadLine,
    ReadState,
)
from bot.store.file_work import FilesInWork, FileState, words_place
from bot.store.rows import is_over, new_id, person_key
from bot.store.tables import attachment, inbound


class Readings(FilesInWork):
    """What a worker does to read files, and what came of it."""

    def has_due_to_read(self, now: datetime) -> bool:
        """Whether a file waits to be read, or its reader died."""
        due = select(attachment.c.id).where(_due(now)).limit(1)
        return self._connection.execute(due).first() is not None

    def claim_to_read(self, now: datetime, awaited_since: datetime) -> FileToRead | None:
        """Take on the file whose person has waited longest; those sent before come last.

        A file whose reader died twice is left.
        """
        self._connection.execute(
            update(attachment)
            .where(_died(now), attachment.c.readings >= MOST_READINGS)
            .values(
                reading=ReadState.UNREADABLE,
                reading_problem="died",
                reading_token=None,
                reading_until=None,
            )
        )
        row = self._connection.execute(
            select(attachment, inbound.c.turn_id)
            .join(inbound, inbound.c.id == attachment.c.inbound_id)
            .where(_due(now))
            .order_by(
                case((inbound.c.received_at < awaited_since, 1), else_=0), inbound.c.received_at
            )
            .limit(1)
        ).first()
        if row is None:
            return None
        token = new_id()
        self._connection.execute(
            update(attachment)
            .where(attachment.c.id == row.id)
            .values(
                reading=ReadState.AT_WORK,
                reading_token=token,
                reading_until=now + READING_LEASE,
                readings=attachment.c.readings + 1,
            )
        )
        return FileToRead(row.id, row.turn_id, row.person_id, row.media_type, token)

    def keep_words(self, file: FileToRead, lines: Sequence[ReadLine]) -> bool:
        """It was read; False, with nothing changed, when another worker has it now."""
        words = [[line.text, line.confidence] for line in lines]
        sealed = self._seal(person_key(file.person_id), words, words_place(file.id))
        return self._end(file, reading=ReadState.READ, words_sealed=sealed)

    def unreadable(self, file: FileToRead, problem: str) -> bool:
        """Nobody can read it; False when another worker has it now."""
        return self._end(file, reading=ReadState.UNREADABLE, reading_problem=problem)

    def _end(self, file: FileToRead, **values: object) -> bool:
        ended = self._connection.execute(
            update(attachment)
            .where(attachment.c.id == file.id, attachment.c.reading_token == file.token)
            .values(**values, reading_token=None, reading_until=None)
            .returning(attachment.c.id)
        ).first()
        return ended is not None

    def leave(self, file_id: str, problem: str) -> str | None:
        """A file that waits will never be read (lost, or no picture); the turn it belongs to."""
        left = self._connection.execute(
            update(attachment)
            .where(attachment.c.id == file_id, attachment.c.reading == ReadState.WAITING)
            .values(reading=ReadState.UNREADABLE, reading_problem=problem)
            .returning(attachment.c.inbound_id)
        ).first()
        if left is None:
            return None
        row = self._connection.execute(
            select(inbound.c.turn_id).where(inbound.c.id == left.inbound_id)
        ).one()
        return str(row.turn_id)

    def of_turn(self, turn_id: str) -> tuple[Reading, ...]:
        """How the reading of each file of a turn stands, in the order of the files."""
        rows = self._connection.execute(
            select(attachment)
            .join(inbound, inbound.c.id == attachment.c.inbound_id)
            .where(inbound.c.turn_id == turn_id, attachment.c.reading.is_not(None))
            .order_by(inbound.c.place, inbound.c.seq, attachment.c.position)
        )
        return tuple(self._reading(row) for row in rows)

    def is_pending(self, turn_id: str) -> bool:
        """Whether a file of a turn may still be read."""
        row = self._connection.execute(
            select(attachment.c.id)
            .join(inbound, inbound.c.id == attachment.c.inbound_id)
            .where(inbound.c.turn_id == turn_id, attachment.c.reading.in_(PENDING))
            .limit(1)
        ).first()
        return row is not None

    def told(self, file_ids: Collection[str]) -> None:
        """An answer went into what these files show."""
        self._connection.execute(
            update(attachment)
            .where(attachment.c.id.in_(file_ids), attachment.c.reading == ReadState.READ)
            .values(reading=ReadState.TOLD)
        )


def _died(now: datetime) -> ColumnElement[bool]:
    return and_(attachment.c.reading == ReadState.AT_WORK, is_over(attachment.c.reading_until, now))


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(
        attachment.c.reading.in_(PENDING),
        attachment.c.state == FileState.STORED,
        or_(attachment.c.reading == ReadState.WAITING, _died(now)),
    )
