"""Somebody threatens the staff: it is noted, and the supervisors are called."""

from __future__ import annotations

from datetime import datetime

from bot.domain.cases import Case, LogKind
from bot.domain.conversation import Conversation
from bot.domain.office import Office
from bot.domain.pages import PageKind
from bot.domain.staff import Role, Staff
from bot.domain.threats import threatens_staff
from bot.services.duty import active_staff
from bot.services.paging import page_members
from bot.services.takeover import RefusedError
from bot.store.unit_of_work import SqlUnitOfWork

ALARM = "staff_threatened"
SUPERVISE = (Role.SUPERVISOR, Role.ADMINISTRATOR)


def report(
    uow: SqlUnitOfWork, case: Case, member: Staff, text: str, office: Office, now: datetime
) -> None:
    """A member says that they were threatened. RefusedError while the alarm about it stands."""
    if not _tell(uow, case, member.label, text.strip(), office, now, spared=member.id):
        raise RefusedError("Penyelia sudah dipanggil untuk ancaman di kasus ini.")


def hear(
    uow: SqlUnitOfWork, conversation: Conversation, text: str, office: Office, now: datetime
) -> None:
    """A message came in while a human talks: a plain threat calls the supervisors by itself."""
    if conversation.case_id is not None and threatens_staff(text):
        case = uow.cases.get(conversation.case_id)
        _tell(uow, case, "system", "", office, now, spared=conversation.staff_id)


def supervisors(uow: SqlUnitOfWork, spared: str | None = None) -> tuple[str, ...]:
    """Ids of the supervisors; of everybody else when there are none. Without who is `spared`."""
    active = [member for member in active_staff(uow) if member.id != spared]
    leads = [member.id for member in active if member.role in SUPERVISE]
    return tuple(leads or [member.id for member in active])


def _tell(
    uow: SqlUnitOfWork,
    case: Case,
    actor: str,
    text: str,
    office: Office,
    now: datetime,
    *,
    spared: str | None,
) -> bool:
    """Once, until the alarm is settled: a flood of threats is no flood of pages."""
    if not uow.alarms.raise_once(ALARM, case.reference, now):
        return False
    uow.cases.log(case.id, LogKind.THREATENED, actor, text, now)
    page_members(uow, case, supervisors(uow, spared), PageKind.SUPERVISOR, office, now)
    uow.wake("console")
    return True
