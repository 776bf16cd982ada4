"""Alarms: things that the staff or whoever runs the box must see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from bot.store.tables import alarm


@dataclass(frozen=True)
class Alarm:
    """Something went wrong; `detail` never holds words of a person."""

    id: int
    at: datetime
    kind: str
    detail: str


class Alarms:
    """Raised once per kind until settled."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def raise_once(self, kind: str, detail: str, now: datetime) -> bool:
        """Raise an alarm unless the same is already standing; True when it is new."""
        standing = self._connection.execute(
            select(alarm.c.id).where(
                alarm.c.kind == kind, alarm.c.detail == detail, alarm.c.settled_at.is_(None)
            )
        ).first()
        if standing is None:
            self._connection.execute(insert(alarm).values(at=now, kind=kind, detail=detail))
        return standing is None

    def was_raised(self, kind: str, detail: str, since: datetime) -> bool:
        """Whether the same was raised since a moment, settled or not."""
        row = self._connection.execute(
            select(alarm.c.id)
            .where(alarm.c.kind == kind, alarm.c.detail == detail, alarm.c.at >= since)
            .limit(1)
        ).first()
        return row is not None

    def settle(self, kind: str, now: datetime) -> bool:
        """The cause is gone; True when an alarm of this kind was standing."""
        settled = self._connection.execute(
            update(alarm)
            .where(alarm.c.kind == kind, alarm.c.settled_at.is_(None))
            .values(settled_at=now)
            .returning(alarm.c.id)
        )
        return bool(settled.all())

    def settle_one(self, alarm_id: int, now: datetime) -> None:
        """Somebody has seen to this one."""
        self._connection.execute(update(alarm).where(alarm.c.id == alarm_id).values(settled_at=now))

    def standing(self) -> tuple[Alarm, ...]:
        """What is not settled, newest first."""
        rows = self._connection.execute(
            select(alarm).where(alarm.c.settled_at.is_(None)).order_by(alarm.c.id.desc())
        )
        return tuple(Alarm(row.id, row.at, row.kind, row.detail) for row in rows)
