"""Which pages rang for whom, and who carried hard cases: what the load on people is made of."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import Connection, or_, select

from bot.domain.cases import NO_PERSONS, TRIALS, CaseKind
from bot.domain.load import Rang
from bot.domain.notices import NOT_CARRIED
from bot.domain.pages import PageEvent, PageKind
from bot.language.types import Urgency
from bot.store.tables import acknowledgement, case_file, escalation, page, page_log

# A test is what its owner asked for, and who is told who has it only reads.
COUNTED = (PageKind.STEP, PageKind.NOTICE, PageKind.REMINDER, PageKind.SUPERVISOR)


class Loads:
    """Reads the record of pages; writes nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rang(self, since: datetime) -> tuple[Rang, ...]:
        """Every page that a provider took for a member's phone since a moment."""
        rows = self._connection.execute(
            select(page_log.c.page_id, page_log.c.staff_id, page_log.c.at)
            .join(page, page.c.id == page_log.c.page_id)
            .join(case_file, case_file.c.id == page_log.c.case_id)
            .where(
                case_file.c.kind.not_in(TRIALS),
                page_log.c.at > since,
                page_log.c.event == PageEvent.SENT,
                page_log.c.staff_id.is_not(None),
                page.c.kind.in_(COUNTED),
            )
        )
        return tuple(Rang(row.page_id, row.staff_id, row.at) for row in rows)

    def hard_cases(self, since: datetime) -> dict[str, int]:
        """How many hard cases each member has said yes to since a moment.

        Those that were found to be practice or another case's double do not count.
        """
        rows = self._connection.execute(
            select(acknowledgement.c.staff_id, escalation.c.case_id)
            .join(escalation, escalation.c.id == acknowledgement.c.escalation_id)
            .join(case_file, case_file.c.id == escalation.c.case_id)
            .where(
                acknowledgement.c.at > since,
                case_file.c.kind.not_in(NO_PERSONS),
                or_(
                    case_file.c.urgency == Urgency.EMERGENCY,
                    case_file.c.kind == CaseKind.SELF_HARM,
                ),
                or_(
                    case_file.c.close_reason.is_(None),
                    case_file.c.close_reason.not_in(NOT_CARRIED),
                ),
            )
            .distinct()
        )
        return dict(Counter(row.staff_id for row in rows))
