"""What was said in a conversation, as people read it."""

from __future__ import annotations

from sqlalchemy import select

from bot.domain.conversation import Conversation
from bot.domain.messages import Author, Delivery, Kind, Line, Purpose
from bot.store.files import Files, FilesByMessage
from bot.store.rows import SealedRows, person_key, read_buttons
from bot.store.tables import inbound, outbound

TO_THE_PERSON = (Purpose.REPLY, Purpose.NOTICE, Purpose.ASK)
UNPLACED = 2**62


class Lines(SealedRows):
    """The lines of conversations."""

    def of(self, known: Conversation, after_seq: int = 0) -> tuple[Line, ...]:
        """What the person wrote and what reached them, in order."""
        sent = self._outbound(known, after_seq, only_sent=True)
        return _in_order([*self._inbound(known, after_seq), *sent])

    def for_staff(self, known: Conversation) -> tuple[Line, ...]:
        """Everything, with files, and with what did not reach the person (yet).

        What has no place in the order yet stands at the end.
        """
        files = Files(self._connection, self._vault).of_conversation(known)
        lines = self._inbound(known, 0, files)
        return _in_order([*lines, *self._outbound(known, 0, only_sent=False)])

    def _inbound(
        self, known: Conversation, after_seq: int, files: FilesByMessage | None = None
    ) -> list[Line]:
        said = self._connection.execute(
            select(inbound).where(inbound.c.conversation_id == known.id, inbound.c.seq > after_seq)
        )
        lines = []
        for row in said:
            body = self._open(person_key(known.person_id), row.body_sealed, f"inbound:{row.id}")
            lines.append(
                Line(
                    row.id,
                    row.seq,
                    row.turn_id,
                    Author.PERSON,
                    row.received_at,
                    body["text"],
                    kind=Kind(row.kind),
                    detail=body.get("detail", ""),
                    files=(files or {}).get(row.id, ()),
                )
            )
        return lines

    def _outbound(self, known: Conversation, after_seq: int, *, only_sent: bool) -> list[Line]:
        wanted = select(outbound).where(
            outbound.c.conversation_id == known.id, outbound.c.purpose.in_(TO_THE_PERSON)
        )
        if only_sent:
            wanted = wanted.where(outbound.c.seq > after_seq, outbound.c.state == Delivery.SENT)
        lines = []
        for row in self._connection.execute(wanted):
            body = self._open(person_key(known.person_id), row.body_sealed, f"outbound:{row.id}")
            lines.append(
                Line(
                    row.id,
                    row.seq if row.seq is not None else UNPLACED,
                    row.turn_id,
                    Author(row.author),
                    row.sent_at or row.created_at,
                    body["text"],
                    read_buttons(body["buttons"]),
                    state=Delivery(row.state),
                    provider_status=row.provider_status,
                    error=row.error,
                )
            )
        return lines


def _in_order(lines: list[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda line: line.seq))
