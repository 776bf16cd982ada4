"""Rows that wait because they would ring a phone out of the blue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from bot.domain.messages import Author, Delivery, Purpose
from bot.store.tables import outbound


@dataclass(frozen=True)
class Held:
    """A row that waits until the person writes.

    `asked_by` is who wished to let it go, `error` why the provider takes it no more.
    """

    id: str
    author: Author
    asked_by: str | None
    error: str | None


# Said for every message: building a statement costs more than running it.
_LET_GO = (
    update(outbound)
    .where(outbound.c.conversation_id == bindparam("of"), outbound.c.state == Delivery.HELD)
    .values(state=Delivery.PENDING, error=None, next_try_at=bindparam("next_try_at"))
)


class Holding:
    """Held rows: let go when the person writes, or released by staff."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, conversation_id: str, row_id: str) -> Held | None:
        """A held row of a conversation."""
        row = self._connection.execute(
            select(outbound.c.id, outbound.c.author, outbound.c.asked_by, outbound.c.error).where(
                outbound.c.id == row_id,
                outbound.c.conversation_id == conversation_id,
                outbound.c.state == Delivery.HELD,
            )
        ).first()
        if row is None:
            return None
        return Held(row.id, Author(row.author), row.asked_by, row.error)

    def ask(self, row_id: str, staff_id: str) -> None:
        """A member of staff wishes to let a held row go; a second one must agree."""
        self._connection.execute(
            update(outbound).where(outbound.c.id == row_id).values(asked_by=staff_id)
        )

    def release(self, row_id: str, asked_by: str | None, released_by: str, now: datetime) -> None:
        """Staff take the responsibility that this row may ring now."""
        self._connection.execute(
            update(outbound)
            .where(outbound.c.id == row_id)
            .values(
                asked_by=asked_by,
                released_by=released_by,
                released_at=now,
                state=Delivery.PENDING,
                error=None,
                next_try_at=now,
            )
        )

    def has_asked(self, conversation_id: str, since: datetime | None) -> bool:
        """Whether the approved text that asks to go on was written after a moment, or ever."""
        found = select(outbound.c.id).where(
            outbound.c.conversation_id == conversation_id,
            outbound.c.purpose == Purpose.ASK,
            outbound.c.state.not_in((Delivery.FAILED_PERMANENTLY, Delivery.CANCELLED)),
        )
        if since is not None:
            found = found.where(outbound.c.created_at > since)
        return self._connection.execute(found.limit(1)).first() is not None

    def let_go(self, conversation_id: str, now: datetime) -> None:
        """The person writes: what was held back may leave."""
        self._connection.execute(_LET_GO, {"of": conversation_id, "next_try_at": now})
