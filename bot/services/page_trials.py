"""A member tries their own phones: a page of no case of anybody, by the way that all pages take."""

from __future__ import annotations

from datetime import datetime

from bot.domain.cases import Case, CaseKind, CaseState, LogKind
from bot.domain.office import Office
from bot.domain.pages import PageKind, PageLine
from bot.domain.staff import Staff
from bot.language.types import Urgency
from bot.services import paging, trials
from bot.services.contacts import ContactError
from bot.services.duty import has_verified_contact
from bot.store.unit_of_work import SqlUnitOfWork

CHANNEL = "trial"
"""Of the conversation that a trial hangs on; nobody writes there."""


def ring(uow: SqlUnitOfWork, member: Staff, office: Office, now: datetime) -> Case:
    """Page a member for nothing, contact after contact in their order, until they answer.

    An earlier trial is over. ContactError when no contact would ring.
    """
    if not has_verified_contact(uow, office, member.id):
        raise ContactError("Belum ada kontak yang terbukti. Isi dulu kodenya.")
    known = uow.conversations.for_sender(CHANNEL, member.id, now)
    earlier = latest(uow, member)
    if earlier is not None and earlier.state is CaseState.OPEN:
        trials.end(uow, earlier, now)
    case = uow.cases.open(known, CaseKind.DRILL, Urgency.CONCERN, {}, practice=True, now=now)
    uow.cases.log(case.id, LogKind.OPENED, "system", CHANNEL, now)
    uow.conversations.set_case(known.id, case.id)
    paging.page_members(uow, case, (member.id,), PageKind.TEST, office, now)
    return case


def latest(uow: SqlUnitOfWork, member: Staff) -> Case | None:
    """The member's last trial."""
    known = uow.conversations.find_sender(CHANNEL, member.id)
    if known is None or known.case_id is None:
        return None
    return uow.cases.get(known.case_id)


def record(uow: SqlUnitOfWork, member: Staff) -> tuple[PageLine, ...]:
    """What became of the last trial, oldest first."""
    case = latest(uow, member)
    return () if case is None else uow.pages.lines(case.id)
