"""After a case: good news and a gentle question for those who carried it. No phone rings."""

from __future__ import annotations

from datetime import datetime

from bot.domain.cases import NO_PERSONS, Case, CloseReason, LogKind
from bot.domain.notices import is_hard, notices_after
from bot.store.unit_of_work import SqlUnitOfWork

WITH_SIGNALS = (LogKind.OPENED, LogKind.SIGNALS, LogKind.URGENCY_RAISED)


def tell(uow: SqlUnitOfWork, case: Case, reason: CloseReason, now: datetime) -> None:
    """A case was closed: all who carried it find a notice when they next open the console.

    Nothing is told of a trial or of a broken machine.
    """
    if case.kind in NO_PERSONS:
        return
    kinds = notices_after(reason, hard=is_hard(case.kind, case.urgency, _signals(uow, case)))
    for staff_id in uow.notices.who_carried(case.id) if kinds else ():
        for kind in kinds:
            uow.notices.tell(staff_id, case.id, kind, now)


def _signals(uow: SqlUnitOfWork, case: Case) -> frozenset[str]:
    """Every signal that was ever logged of a case."""
    return frozenset(
        signal
        for entry in uow.cases.log_entries(case.id)
        if entry.kind in WITH_SIGNALS
        for signal in entry.text.split(", ")
    )
