"""Files in work: taken on by one worker at a time, stored piece by piece, shown when whole."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # SQLite understands the same words

from bot.domain.media import FileInWork, piece_count
from bot.domain.messages import Kind
from bot.domain.readings import Reading, ReadLine, ReadState
from bot.store.keys import KeyMissingError
from bot.store.rows import SealedRows, is_over, new_id, person_key
from bot.store.tables import attachment, attachment_piece, inbound

# Nothing is left to be done with a file, so the look for what is due never meets it again.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
UNREADABLE = timedelta(hours=1)


class FileState(StrEnum):
    """Life of a file: waiting (at the provider) -> stored, or failed for good."""

    WAITING = "waiting"
    STORED = "stored"
    FAILED = "failed"


class FilesInWork(SealedRows):
    """What a worker does with files; all of it under the lease that it holds."""

    def has_due(self, channels: Collection[str], now: datetime) -> bool:
        """Whether there is a file to be fetched, or to be deleted at its provider."""
        for state in (FileState.WAITING, FileState.STORED):
            due = select(attachment.c.id).where(_is_due(state, channels, now)).limit(1)
            if self._connection.execute(due).first() is not None:
                return True
        return False

    def claim(
        self, channels: Collection[str], now: datetime, lease: timedelta, limit: int
    ) -> tuple[FileInWork, ...]:
        """Take on files to be fetched from these channels, the longest due first.

        Files of a channel that is not configured (any more) wait.
        """
        return self._claim(FileState.WAITING, channels, now, lease, limit)

    def claim_to_forget(
        self, channels: Collection[str], now: datetime, lease: timedelta, limit: int
    ) -> tuple[FileInWork, ...]:
        """Take on stored files that their provider still keeps."""
        return self._claim(FileState.STORED, channels, now, lease, limit)

    def _claim(
        self,
        state: FileState,
        channels: Collection[str],
        now: datetime,
        lease: timedelta,
        limit: int,
    ) -> tuple[FileInWork, ...]:
        rows = self._connection.execute(
            with_conversation()
            .where(_is_due(state, channels, now))
            .order_by(attachment.c.next_try_at, attachment.c.id)
            .limit(limit)
        ).all()
        claimed = []
        for row in rows:
            try:
                file = self._in_work(row, new_id())
            except KeyMissingError:
                # One that nobody can read must not keep the others from being fetched.
                self._put_off(row.id, now + UNREADABLE)
                continue
            self._connection.execute(
                update(attachment)
                .where(attachment.c.id == row.id)
                .values(
                    lease_token=file.token,
                    lease_until=now + lease,
                    attempts=attachment.c.attempts + 1,
                )
            )
            claimed.append(file)
        return tuple(claimed)

    def _in_work(self, row: Row[Any], token: str) -> FileInWork:
        return FileInWork(
            row.id,
            row.channel,
            row.conversation_id,
            row.person_id,
            Kind(row.kind),
            row.media_type,
            row.attempts + 1,
            token,
            row.size,
            self._source(row)["reference"],
        )

    def _put_off(self, file_id: str, until: datetime) -> None:
        self._connection.execute(
            update(attachment)
            .where(attachment.c.id == file_id)
            .values(error="key_missing", next_try_at=until)
        )

    def extend(self, file: FileInWork, until: datetime) -> bool:
        """Hold a file for longer; False when another worker has it now."""
        return self._change(file, lease_until=until)

    def add_piece(self, file: FileInWork, number: int, body: bytes, until: datetime) -> bool:
        """Store one piece in the place of whatever an earlier try left there, and hold on.

        False, with nothing changed, when another worker has the file now.
        """
        if not self.extend(file, until):
            return False
        sealed = self._vault.seal_bytes(
            person_key(file.person_id), body, piece_place(file.id, number)
        )
        piece = upsert(attachment_piece).values(
            attachment_id=file.id, number=number, body_sealed=sealed
        )
        self._connection.execute(
            piece.on_conflict_do_update(
                index_elements=["attachment_id", "number"], set_={"body_sealed": sealed}
            )
        )
        return True

    def finish(self, file: FileInWork, size: int, media_type: str, now: datetime) -> bool:
        """All pieces are here: from now on the file is shown.

        False when another worker has it now. RuntimeError when a piece is missing: a fault of
        ours, and half a file is never shown.
        """
        count = piece_count(size)
        is_ours = self._change(
            file,
            state=FileState.STORED,
            size=size,
            media_type=media_type[:100],
            error=None,
            stored_at=now,
            attempts=0,
            next_try_at=now,
            lease_token=None,
            lease_until=None,
        )
        if not is_ours:
            return False
        pieces = attachment_piece.c
        self._connection.execute(
            delete(attachment_piece).where(pieces.attachment_id == file.id, pieces.number >= count)
        )
        stored = self._connection.execute(
            select(func.count()).where(pieces.attachment_id == file.id)
        ).scalar_one()
        if stored != count:
            raise RuntimeError(f"{stored} of {count} pieces of file {file.id}")
        return True

    def retry(self, file: FileInWork, error: str, at: datetime) -> bool:
        """Try again at a moment, to fetch or to forget; False when another worker has it now."""
        return self._change(
            file, error=error[:80], next_try_at=at, lease_token=None, lease_until=None
        )

    def fail(self, file: FileInWork, error: str) -> bool:
        """It cannot be fetched, ever; False when another worker has it now."""
        is_ours = self._change(
            file,
            state=FileState.FAILED,
            error=error[:80],
            next_try_at=NEVER,
            lease_token=None,
            lease_until=None,
        )
        if is_ours:
            self._connection.execute(
                delete(attachment_piece).where(attachment_piece.c.attachment_id == file.id)
            )
        return is_ours

    def forgotten(self, file: FileInWork, now: datetime) -> bool:
        """The provider has deleted it; False when another worker has it now."""
        return self._change(
            file,
            error=None,
            forgotten_at=now,
            next_try_at=NEVER,
            lease_token=None,
            lease_until=None,
        )

    def _reading(self, row: Row[Any]) -> Reading:
        """What was read in a file so far."""
        if row.reading is None:
            return Reading()
        lines: list[tuple[str, float]] = []
        if row.words_sealed:
            lines = self._open(person_key(row.person_id), row.words_sealed, words_place(row.id))
        return Reading(
            ReadState(row.reading),
            tuple(ReadLine(text, confidence) for text, confidence in lines),
            row.reading_problem or "",
            row.id,
            Kind(row.kind) is Kind.VOICE,
        )

    def _source(self, row: Row[Any]) -> dict[str, str]:
        source: dict[str, str] = self._open(
            person_key(row.person_id), row.source_sealed, f"attachment:{row.id}"
        )
        return source

    def _change(self, file: FileInWork, **values: object) -> bool:
        changed = self._connection.execute(
            update(attachment)
            .where(attachment.c.id == file.id, attachment.c.lease_token == file.token)
            .values(**values)
            .returning(attachment.c.id)
        ).first()
        return changed is not None


def with_conversation() -> Any:
    """All columns of files, and the conversation that each belongs to."""
    return select(attachment, inbound.c.conversation_id).join(
        inbound, inbound.c.id == attachment.c.inbound_id
    )


def _is_due(state: FileState, channels: Collection[str], now: datetime) -> ColumnElement[bool]:
    return and_(
        attachment.c.state == state,
        # Not is_due: the "never" of a finished file lies farther ahead than any clock was set back.
        attachment.c.next_try_at <= now,
        attachment.c.channel.in_(channels),
        or_(attachment.c.lease_token.is_(None), is_over(attachment.c.lease_until, now)),
    )


def piece_place(file_id: str, number: int) -> str:
    """What a sealed piece is bound to."""
    return f"attachment:{file_id}:{number}"


def words_place(file_id: str) -> str:
    """What the sealed words of a file are bound to."""
    return f"words:{file_id}"
