"""Files that people sent: first where the provider keeps them, then sealed pieces here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select

from bot.domain.conversation import Conversation
from bot.domain.messages import Attachment, Kind, StoredFile
from bot.store.rows import SealedRows, new_id, person_key
from bot.store.tables import attachment, inbound

type FilesByMessage = Mapping[str, tuple[StoredFile, ...]]


class FileState(StrEnum):
    """Life of a file: waiting (at the provider) -> stored, or failed for good."""

    WAITING = "waiting"
    STORED = "stored"
    FAILED = "failed"


class Files(SealedRows):
    """The files of messages, sealed with the key of their person."""

    def add(
        self,
        known: Conversation,
        message_id: str,
        attachments: Sequence[Attachment],
        now: datetime,
    ) -> None:
        """Remember the files of a message, to be fetched from the provider at once."""
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
            source = self._open(
                person_key(known.person_id), row.source_sealed, f"attachment:{row.id}"
            )
            files[row.inbound_id] += (
                StoredFile(
                    row.id,
                    Kind(row.kind),
                    row.media_type,
                    row.state == FileState.STORED,
                    row.size,
                    row.error,
                    source["name"],
                ),
            )
        return files
