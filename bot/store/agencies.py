"""Lists of licensed placement companies. They are public, so nothing of them is sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched

from sqlalchemy import Connection, Row, delete, func, insert, select

from bot.domain.agencies import Agency, AgencyState
from bot.store.rows import new_id
from bot.store.tables import agency, agency_list

AT_ONCE = 500


@dataclass(frozen=True)
class AgencyList:
    """One imported list: `as_of` is its own date, `imported_at` when it came here."""

    source: str
    as_of: date
    imported_at: datetime
    count: int


class Agencies:
    """One list for each source; a newer one takes its place as a whole."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> tuple[Agency, ...]:
        """Every line of every list."""
        rows = self._connection.execute(
            select(agency, agency_list.c.source, agency_list.c.as_of)
            .join(agency_list, agency_list.c.id == agency.c.list_id)
            .order_by(agency_list.c.source, agency.c.place)
        )
        return tuple(_read(row) for row in rows)

    def is_any(self) -> bool:
        """Whether there is a list at all."""
        return self._connection.scalar(select(agency_list.c.id).limit(1)) is not None

    def lists(self) -> tuple[AgencyList, ...]:
        """What lists there are, by source."""
        counted = func.count(agency.c.id)
        rows = self._connection.execute(
            select(
                agency_list.c.source,
                agency_list.c.as_of,
                agency_list.c.imported_at,
                counted.label("lines"),
            )
            .outerjoin(agency, agency.c.list_id == agency_list.c.id)
            .group_by(agency_list.c.id)
            .order_by(agency_list.c.source)
        )
        return tuple(
            AgencyList(row.source, date.fromisoformat(row.as_of), row.imported_at, row.lines)
            for row in rows
        )

    def replace(self, source: str, agencies: Sequence[Agency], now: datetime) -> None:
        """Put these lines, all of one source and date, in the place of the list that was there."""
        self.remove(source)
        list_id = new_id()
        self._connection.execute(
            insert(agency_list).values(
                id=list_id, source=source, as_of=agencies[0].as_of.isoformat(), imported_at=now
            )
        )
        for some in batched(enumerate(agencies), AT_ONCE, strict=False):
            self._connection.execute(
                insert(agency), [_values(list_id, place, each) for place, each in some]
            )

    def remove(self, source: str) -> int:
        """Take a list away; how many lines it had, 0 when there is none."""
        list_id = self._connection.scalar(
            select(agency_list.c.id).where(agency_list.c.source == source)
        )
        if list_id is None:
            return 0
        gone = self._connection.execute(delete(agency).where(agency.c.list_id == list_id))
        self._connection.execute(delete(agency_list).where(agency_list.c.id == list_id))
        return gone.rowcount


def _values(list_id: str, place: int, each: Agency) -> dict[str, object]:
    return {
        "id": new_id(),
        "list_id": list_id,
        "place": place,
        "name": each.name,
        "licence": each.licence,
        "state": each.state,
        "valid_until": None if each.valid_until is None else each.valid_until.isoformat(),
        "address": each.address,
        "branch": each.branch,
        "sanction": each.sanction,
    }


def _read(row: Row[tuple[object, ...]]) -> Agency:
    return Agency(
        row.name,
        AgencyState(row.state),
        row.source,
        date.fromisoformat(row.as_of),
        licence=row.licence,
        valid_until=None if row.valid_until is None else date.fromisoformat(row.valid_until),
        address=row.address,
        branch=row.branch,
        sanction=row.sanction,
    )
