"""Files that people sent: first where the provider keeps them, then sealed pieces here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Row, func, insert, select

from bot.domain.conversation import Conversation
from bot.domain.media import FoundFile, spans
from bot.domain.messages import Attachment, Kind, StoredFile
from bot.domain.readings import ReadState
from bot.store.file_work import FilesInWork, FileState, piece_place, with_conversation
from bot.store.rows import new_id, person_key
from bot.store.tables import attachment, attachment_piece, inbound

type FilesByMessage = Mapping[str, tuple[StoredFile, ...]]


class Files(FilesInWork):
    """The files of messages, sealed with the key of their person."""

    def add(
        self,
        known: Conversation,
        message_id: str,
        attachments: Sequence[Attachment],
        now: datetime,
        to_read: Collection[Attachment] = (),
    ) -> None:
        """Remember the files of a message, to be fetched at once, and to be read once they are here."""
        for position, found in enumerate(attachments):
            file_id = new_id()
            source = {"reference": found.reference, "name": found.name}
            self._connection.execute(
                insert(attachment).values(
                    id=file_id,
                    inbound_id=message_id,
                    person_id=known.person_id,
                    channel=known.channel,
                    position=position,
                    kind=found.kind,
                    media_type=found.media_type[:100],
                    size=found.size,
                    source_sealed=self._seal(
                        person_key(known.person_id), source, f"attachment:{file_id}"
                    ),
                    state=FileState.WAITING,
                    attempts=0,
                    next_try_at=now,
                    reading=ReadState.WAITING if found in to_read else None,
                )
            )

    def of_conversation(self, known: Conversation) -> FilesByMessage:
        """All files of a conversation by the id of their message."""
        rows = self._connection.execute(
            select(attachment)
            .join(inbound, inbound.c.id == attachment.c.inbound_id)
            .where(inbound.c.conversation_id == known.id)
            .order_by(attachment.c.position)
        )
        files: defaultdict[str, tuple[StoredFile, ...]] = defaultdict(tuple)
        for row in rows:
            files[row.inbound_id] += (self._file(row),)
        return files

    def find(self, file_id: str) -> FoundFile | None:
        """A file by its id, whatever its state; whoever shows it asks who may see it."""
        row = self._connection.execute(
            with_conversation().where(attachment.c.id == file_id)
        ).first()
        if row is None:
            return None
        return FoundFile(self._file(row), row.conversation_id, row.person_id)

    def _file(self, row: Row[tuple[object, ...]]) -> StoredFile:
        return StoredFile(
            row.id,
            Kind(row.kind),
            row.media_type,
            row.state == FileState.STORED,
            row.size,
            row.error,
            self._source(row)["name"],
            row.state == FileState.FAILED,
            self._reading(row),
        )

    def pieces(
        self, file_id: str, from_byte: int = 0, to_byte: int | None = None
    ) -> Iterator[bytes]:
        """The bytes of a stored file from one to before another, at most a piece at a time.

        KeyError at the first step when there is no such file or it is not stored (yet).
        """
        found = self.find(file_id)
        if found is None or not found.file.stored:
            raise KeyError(file_id)
        for span in spans(found.file.size or 0, from_byte, to_byte):
            row = self._connection.execute(
                select(attachment_piece.c.body_sealed).where(
                    attachment_piece.c.attachment_id == file_id,
                    attachment_piece.c.number == span.number,
                )
            ).one()
            body = self._vault.open_bytes(
                person_key(found.person_id), row.body_sealed, piece_place(file_id, span.number)
            )
            yield body[span.start : span.stop]

    def waiting(self) -> tuple[int, datetime | None]:
        """How many files are not here yet, and since when the oldest of them has been due."""
        row = self._connection.execute(
            select(func.count(), func.min(inbound.c.received_at))
            .select_from(attachment)
            .join(inbound, inbound.c.id == attachment.c.inbound_id)
            .where(attachment.c.state == FileState.WAITING)
        ).one()
        return int(row[0]), row[1]
