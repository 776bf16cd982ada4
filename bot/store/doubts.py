"""Questions that ask whether somebody is in danger, and what became of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from bot.domain.cases import CaseKind
from bot.domain.conversation import Conversation
from bot.domain.doubts import Doubt, DoubtState
from bot.store.rows import is_over, new_id
from bot.store.tables import doubt

OPEN = (DoubtState.ASKED, DoubtState.STAFF_TOLD)
_OPEN_FOR = (
    select(doubt)
    .where(doubt.c.conversation_id == bindparam("of"), doubt.c.state.in_(OPEN))
    .order_by(doubt.c.asked_at.desc())
)


class Doubts:
    """At most one question of a conversation waits for its answer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, known: Conversation, turn_id: str, kind: CaseKind, now: datetime) -> None:
        """Note that a turn was answered with the question."""
        self._connection.execute(
            insert(doubt).values(
                id=new_id(),
                conversation_id=known.id,
                turn_id=turn_id,
                kind=kind,
                state=DoubtState.ASKED,
                asked_at=now,
            )
        )

    def open_for(self, conversation_id: str) -> Doubt | None:
        """The question that still waits for its answer."""
        row = self._connection.execute(_OPEN_FOR, {"of": conversation_id}).first()
        return None if row is None else _read(row)

    def settle(self, doubt_id: str, state: DoubtState, now: datetime) -> None:
        """The question was answered, or staff know that it was not."""
        self._connection.execute(
            update(doubt).where(doubt.c.id == doubt_id).values(state=state, settled_at=now)
        )

    def asked_before(self, moment: datetime, limit: int) -> tuple[Doubt, ...]:
        """Questions that nobody answered and that staff have not heard of."""
        rows = self._connection.execute(
            select(doubt)
            .where(doubt.c.state == DoubtState.ASKED, is_over(doubt.c.asked_at, moment))
            .order_by(doubt.c.asked_at)
            .limit(limit)
        )
        return tuple(_read(row) for row in rows)


def _read(row: Row[tuple[object, ...]]) -> Doubt:
    return Doubt(
        row.id, row.conversation_id, row.turn_id, CaseKind(row.kind), DoubtState(row.state)
    )
