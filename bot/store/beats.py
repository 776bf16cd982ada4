"""When each loop, call and door was last seen to work: one row a name, the newest moment wins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert  # SQLite understands the same words

from bot.store.tables import beat


@dataclass(frozen=True)
class Beat:
    """Seen at `at` (UTC); `detail` says which process, or what was found."""

    name: str
    at: datetime
    detail: str = ""


class Beats:
    """Small and often written: a few rows for all processes together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def set(self, beats: Mapping[str, datetime], detail: str = "") -> None:
        """Names were seen at these moments; a clock that was set back wins over an older beat."""
        if not beats:
            return
        rows = [{"name": name, "at": at, "detail": detail} for name, at in sorted(beats.items())]
        seen = insert(beat).values(rows)
        self._connection.execute(
            seen.on_conflict_do_update(
                index_elements=["name"],
                set_={"at": seen.excluded.at, "detail": seen.excluded.detail},
            )
        )

    def get(self, name: str) -> Beat | None:
        """The newest beat of a name; None when it was never seen."""
        row = self._connection.execute(select(beat).where(beat.c.name == name)).first()
        return None if row is None else Beat(row.name, row.at, row.detail)

    def all(self) -> tuple[Beat, ...]:
        """Everything that was ever seen, by name."""
        rows = self._connection.execute(select(beat).order_by(beat.c.name))
        return tuple(Beat(row.name, row.at, row.detail) for row in rows)

    def forget_others(self, kind: str, names: Collection[str]) -> None:
        """Names of a kind that no process has any more: nobody waits for their beat."""
        self._connection.execute(
            delete(beat).where(
                beat.c.name.startswith(kind, autoescape=True), beat.c.name.not_in(names)
            )
        )
