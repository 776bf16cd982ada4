"""The clocks of departures: one for each case that is about a dangerous offer."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, or_, select, update
from sqlalchemy.dialects.postgresql import insert  # SQLite understands the same words

from bot.domain.cases import CaseState
from bot.domain.departures import SET_BACK, Departure, Outcome, Span, Task, next_at
from bot.language.types import Urgency
from bot.store.tables import case_file, departure


class Departures:
    """What is known of departures, and when each clock has to be looked at again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_case(self, case_id: str) -> Departure | None:
        """The departure that a case is about."""
        row = self._connection.execute(
            select(departure).where(departure.c.case_id == case_id)
        ).first()
        return None if row is None else _read(row)

    def keep(self, known: Departure, now: datetime) -> None:
        """Store it, with the moment at which time alone brings something new."""
        span = known.span
        values = {
            "offer_id": known.offer_id,
            "verdict": known.verdict,
            "told": known.told,
            "first_day": None if span is None else span.first.isoformat(),
            "last_day": None if span is None else span.last.isoformat(),
            "zone": known.zone.key,
            "told_at": known.told_at,
            "raised": known.raised,
            "task": known.task,
            "outcome": known.outcome,
            "checked_at": known.checked_at,
            "next_at": next_at(known, now),
        }
        row = insert(departure).values(case_id=known.case_id, **values)
        self._connection.execute(row.on_conflict_do_update(index_elements=["case_id"], set_=values))

    def postpone(self, case_id: str, now: datetime, until: datetime) -> None:
        """Look at it again later: just now it cannot be read."""
        self._connection.execute(
            update(departure)
            .where(departure.c.case_id == case_id)
            .values(next_at=until, checked_at=now)
        )

    def due(self, now: datetime, limit: int) -> tuple[Departure, ...]:
        """Those of open cases whose moment has come, or whose clock was set back since."""
        rows = self._connection.execute(
            select(departure)
            .join(case_file, case_file.c.id == departure.c.case_id)
            .where(
                case_file.c.state == CaseState.OPEN,
                or_(departure.c.next_at <= now, departure.c.checked_at > now + SET_BACK),
            )
            .order_by(departure.c.next_at)
            .limit(limit)
        )
        return tuple(_read(row) for row in rows)


def _read(row: Row[tuple[object, ...]]) -> Departure:
    span = None
    if row.first_day is not None:
        span = Span(date.fromisoformat(row.first_day), date.fromisoformat(row.last_day))
    return Departure(
        case_id=row.case_id,
        verdict=row.verdict,
        told=row.told,
        span=span,
        zone=ZoneInfo(row.zone),
        told_at=row.told_at,
        checked_at=row.checked_at,
        offer_id=row.offer_id,
        raised=Urgency(row.raised),
        task=None if row.task is None else Task(row.task),
        outcome=None if row.outcome is None else Outcome(row.outcome),
    )
