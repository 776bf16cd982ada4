"""The record of what became of pages; it can only grow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from bot.domain.cases import NO_PERSONS, Case
from bot.domain.pages import Page, PageEvent, PageLine
from bot.store.tables import case_file, page_log


class PageRecord:
    """Lines about pages, and what they add up to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def log(
        self,
        case: Case,
        event: PageEvent,
        now: datetime,
        *,
        known: Page | None = None,
        channel: str = "",
        reason: str = "",
        staff_id: str | None = None,
        escalation_id: str | None = None,
        outbound_id: str | None = None,
    ) -> None:
        """Add a line; a trigger of the database refuses to change or delete one.

        The page names the member and the escalation, unless others are given.
        """
        self._connection.execute(
            insert(page_log).values(
                case_id=case.id,
                page_id=None if known is None else known.id,
                escalation_id=escalation_id or (None if known is None else known.escalation_id),
                staff_id=staff_id or (None if known is None else known.staff_id),
                outbound_id=outbound_id,
                channel=channel,
                event=event,
                reason=reason,
                trace_id=case.trace_id,
                at=now,
            )
        )

    def lines(self, case_id: str) -> tuple[PageLine, ...]:
        """The record of a case, oldest first."""
        rows = self._connection.execute(
            select(page_log).where(page_log.c.case_id == case_id).order_by(page_log.c.id)
        )
        return tuple(_read_line(row) for row in rows)

    def event_counts(self) -> dict[tuple[str, str], int]:
        """How often each event happened, by event and channel; trials are not counted."""
        rows = self._connection.execute(
            select(page_log.c.event, page_log.c.channel, func.count())
            .join(case_file, case_file.c.id == page_log.c.case_id)
            .where(case_file.c.kind.not_in(NO_PERSONS))
            .group_by(page_log.c.event, page_log.c.channel)
        )
        return {(event, channel): int(count) for event, channel, count in rows}

    def first_moments(self, *events: PageEvent) -> tuple[tuple[str, datetime, datetime], ...]:
        """For each case with one of the events: its trace, when it was opened, when that first was."""
        first = (
            select(page_log.c.case_id, func.min(page_log.c.at).label("at"))
            .where(page_log.c.event.in_(events))
            .group_by(page_log.c.case_id)
            .subquery()
        )
        rows = self._connection.execute(
            select(case_file.c.id, case_file.c.trace_id, case_file.c.opened_at, first.c.at)
            .join(first, first.c.case_id == case_file.c.id)
            .where(case_file.c.kind.not_in(NO_PERSONS))
            .order_by(first.c.at)
        )
        return tuple((row.trace_id or row.id, row.opened_at, row.at) for row in rows)


def _read_line(row: Row[Any]) -> PageLine:
    return PageLine(
        at=row.at,
        event=PageEvent(row.event),
        channel=row.channel,
        reason=row.reason,
        trace_id=row.trace_id,
        staff_id=row.staff_id,
        page_id=row.page_id,
        escalation_id=row.escalation_id,
        outbound_id=row.outbound_id,
    )
