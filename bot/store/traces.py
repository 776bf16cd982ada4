"""Everything that the tables know of one case, in time order. Opens nothing that is sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, func, or_, select

from bot.domain.staff import label_of
from bot.domain.traces import Traced
from bot.store.tables import (
    acknowledgement,
    case_file,
    case_log,
    escalation,
    inbound,
    next_step,
    outbound,
    page,
    page_log,
    staff,
    staff_notice,
)

# Of each table: the columns that are moments with what they mean, and the codes worth showing.
_TABLES: Mapping[Table, tuple[Mapping[str, str], tuple[str, ...]]] = {
    escalation: (
        {"started_at": "started", "acknowledged_at": "acknowledged", "cared_at": "cared"},
        ("state", "step", "care", "cared_how"),
    ),
    page: ({"created_at": "rings"}, ("kind", "step", "state", "staff_id")),
    page_log: ({"at": "event"}, ("event", "channel", "reason", "staff_id")),
    outbound: (
        {"created_at": "written", "sent_at": "sent", "released_at": "released"},
        ("purpose", "author", "channel", "state", "attempts", "error", "provider_status"),
    ),
    case_log: ({"at": "logged"}, ("kind", "actor")),
    next_step: (
        {
            "set_at": "planned",
            "accepted_at": "accepted",
            "told_at": "overdue, owner paged",
            "raised_at": "overdue, supervisors paged",
            "done_at": "done",
        },
        ("owner_id",),
    ),
    staff_notice: ({"created_at": "told", "seen_at": "seen"}, ("kind", "staff_id")),
}
_ACKNOWLEDGED = {"at": "acknowledged", "lapsed_at": "lapsed"}


class Traces:
    """Reads many tables; writes nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, name: str) -> tuple[str, str] | None:
        """The id and the trace id of a case, by its reference or its trace id."""
        row = self._connection.execute(
            select(case_file.c.id, case_file.c.trace_id).where(
                or_(
                    case_file.c.reference == name.upper(),
                    case_file.c.trace_id == name.lower(),
                    case_file.c.id == name.lower(),
                )
            )
        ).first()
        return None if row is None else (row.id, row.trace_id or row.id)

    def of_case(self, case_id: str) -> list[Traced]:
        """What happened in a case, the oldest first; KeyError when there is none."""
        case = self._connection.execute(select(case_file).where(case_file.c.id == case_id)).first()
        if case is None:
            raise KeyError(case_id)
        labels = {
            row.id: label_of(row.number)
            for row in self._connection.execute(select(staff.c.id, staff.c.number))
        }
        found = [*self._of_case_file(case), *self._acknowledged(case_id, labels)]
        for table, (moments, codes) in _TABLES.items():
            rule: ColumnElement[bool] = table.c.case_id == case_id
            if table is outbound:
                rule = or_(rule, self._replies(case))
            for row in self._connection.execute(select(table).where(rule).order_by(table.c.id)):
                found += _moments(row, table.name, moments, codes, labels)
        # Python's sort keeps the order of what happened in one moment.
        return sorted(found, key=lambda each: each.at)

    def _replies(self, case: Row[Any]) -> ColumnElement[bool]:
        """Texts to the person from the message on that opened the case."""
        return and_(
            outbound.c.conversation_id == case.conversation_id,
            outbound.c.created_at >= case.opened_at,
        )

    def _of_case_file(self, case: Row[Any]) -> Iterator[Traced]:
        first = self._connection.execute(
            select(func.max(inbound.c.received_at)).where(
                inbound.c.conversation_id == case.conversation_id,
                inbound.c.received_at <= case.opened_at,
            )
        ).scalar()
        if first is not None:
            yield Traced(first, "inbound", "message")
        yield Traced(
            case.opened_at,
            "case_file",
            "opened",
            {"reference": case.reference, "kind": case.kind, "urgency": case.urgency},
        )
        if case.close_asked_at is not None:
            yield Traced(case.close_asked_at, "case_file", "closing asked for")
        if case.closed_at is not None:
            yield Traced(case.closed_at, "case_file", "closed", {"reason": case.close_reason or ""})

    def _acknowledged(self, case_id: str, labels: Mapping[str, str]) -> Iterator[Traced]:
        rows = self._connection.execute(
            select(acknowledgement)
            .join(escalation, escalation.c.id == acknowledgement.c.escalation_id)
            .where(escalation.c.case_id == case_id)
        )
        for row in rows:
            yield from _moments(
                row, "acknowledgement", _ACKNOWLEDGED, ("staff_id", "channel"), labels
            )


def _moments(
    row: Row[Any],
    source: str,
    moments: Mapping[str, str],
    codes: tuple[str, ...],
    labels: Mapping[str, str],
) -> Iterator[Traced]:
    """A row as one line for each of its moments."""
    more = {
        name.removesuffix("_id"): labels.get(value, "") if name.endswith("_id") else str(value)
        for name in codes
        if (value := getattr(row, name)) not in (None, "")
    }
    for column, what in moments.items():
        at: datetime | None = getattr(row, column)
        if at is not None:
            yield Traced(at, source, what, more)
