"""What providers report later about what they took."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, or_, select, update

from bot.domain.delivery import is_forward
from bot.domain.messages import Author, Delivery, Purpose
from bot.store.deliveries import Ended
from bot.store.tables import outbound

NOT_KNOWN_TO_BE_SENT = (Delivery.UNCERTAIN, Delivery.FAILED_TEMPORARILY, Delivery.HELD)
ON_ITS_WAY = ("accepted", "queued", "sending")
# After a day no report comes any more.
LONGEST_SILENCE = timedelta(days=1)
_BY_STAFF = and_(outbound.c.author == Author.HUMAN, outbound.c.purpose == Purpose.REPLY)


class Reports:
    """Status callbacks, and the rows that never got one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, row_id: str, status: str) -> Ended | None:
        """What the provider says of a row now; None when that is no news, or the row unknown."""
        row = self._connection.execute(
            select(
                outbound.c.provider_status,
                outbound.c.purpose,
                outbound.c.channel,
                outbound.c.case_id,
                outbound.c.conversation_id,
            ).where(outbound.c.id == row_id)
        ).first()
        if row is None or not is_forward(row.provider_status, status):
            return None
        self._connection.execute(
            update(outbound).where(outbound.c.id == row_id).values(provider_status=status)
        )
        return Ended(row_id, Purpose(row.purpose), row.channel, row.case_id, row.conversation_id)

    def arrived(self, row_id: str, now: datetime) -> None:
        """A report proves that the provider has a row of which nobody knew: it is not sent again."""
        self._connection.execute(
            update(outbound)
            .where(outbound.c.id == row_id, outbound.c.state.in_(NOT_KNOWN_TO_BE_SENT))
            .values(state=Delivery.SENT, error=None, sent_at=now)
        )

    def said_at(self, row_id: str) -> datetime | None:
        """When the provider took a text that a human wrote; None for any other row."""
        at: datetime | None = self._connection.execute(
            select(outbound.c.sent_at).where(outbound.c.id == row_id, _BY_STAFF)
        ).scalar()
        return at

    def also_said_at(self, conversation_id: str, since: datetime) -> datetime | None:
        """When the first text of a human left that is still taken for sent, from a moment on."""
        at: datetime | None = self._connection.execute(
            select(func.min(outbound.c.sent_at)).where(
                outbound.c.conversation_id == conversation_id,
                outbound.c.state == Delivery.SENT,
                outbound.c.sent_at >= since,
                _BY_STAFF,
            )
        ).scalar()
        return at

    def page_row(self, channel: str, staff_id: str, provider_id: str) -> str | None:
        """Id of the row of a page by the provider's id; the member's newest when that is unknown."""
        mine = (
            select(outbound.c.id)
            .where(
                outbound.c.page_id.is_not(None),
                outbound.c.channel == channel,
                outbound.c.staff_id == staff_id,
            )
            .order_by(outbound.c.created_at.desc())
            .limit(1)
        )
        row = None
        if provider_id:
            row = self._connection.execute(
                mine.where(outbound.c.provider_id == provider_id)
            ).first()
        row = row or self._connection.execute(mine).first()
        return None if row is None else str(row.id)

    def silent_since(
        self, channel: str, before: datetime, limit: int
    ) -> tuple[tuple[str, str], ...]:
        """Row and provider ids of what was sent before a moment and never reported on."""
        rows = self._connection.execute(
            select(outbound.c.id, outbound.c.provider_id)
            .where(
                outbound.c.channel == channel,
                outbound.c.state == Delivery.SENT,
                outbound.c.provider_id.is_not(None),
                or_(
                    outbound.c.provider_status.is_(None),
                    outbound.c.provider_status.in_(ON_ITS_WAY),
                ),
                outbound.c.sent_at < before,
                outbound.c.sent_at > before - LONGEST_SILENCE,
                # Written together with `sent_at`, and indexed: all that was ever sent is much.
                outbound.c.next_try_at > before - LONGEST_SILENCE,
            )
            .order_by(outbound.c.sent_at)
            .limit(limit)
        )
        return tuple((row.id, row.provider_id) for row in rows)
