"""Of which hot spots staff have heard, and at which step."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, select
from sqlalchemy.dialects.postgresql import insert  # SQLite understands the same words

from bot.domain.hot_spots import WINDOW, Spot
from bot.store.tables import hot_spot


class HotSpots:
    """One row for each spot: the step that was told last, and when."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def is_news(self, spot: Spot, now: datetime) -> bool:
        """Note a spot; True when staff have not heard of it, of this step, or for long."""
        day = "" if spot.day is None else spot.day.isoformat()
        told = self._connection.execute(
            select(hot_spot.c.step, hot_spot.c.told_at).where(
                and_(
                    hot_spot.c.kind == spot.kind, hot_spot.c.key == spot.key, hot_spot.c.day == day
                )
            )
        ).first()
        if told is not None and spot.step <= told.step and told.told_at > now - WINDOW:
            return False
        values = {"step": spot.step, "people": spot.people, "told_at": now}
        row = insert(hot_spot).values(kind=spot.kind, key=spot.key, day=day, **values)
        self._connection.execute(
            row.on_conflict_do_update(index_elements=["kind", "key", "day"], set_=values)
        )
        return True
