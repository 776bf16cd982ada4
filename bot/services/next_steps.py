"""What comes next in a case: planned, agreed to, done, and never forgotten in silence."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.cases import Case, LogKind
from bot.domain.handover import NextStep
from bot.domain.office import Office
from bot.domain.pages import PageKind
from bot.domain.staff import Staff
from bot.services.duty import active_staff
from bot.services.paging import page_members
from bot.services.takeover import RefusedError
from bot.services.threats import supervisors
from bot.store.keys import KeyMissingError
from bot.store.unit_of_work import SqlUnitOfWork

LONGEST_TEXT = 200
FARTHEST = timedelta(days=90)
RAISED_AFTER = timedelta(minutes=15)
OVERDUE = "overdue"
"""The log entry of a step whose time is over, and whom that was told."""
OVERDUE_RAISED = "overdue_raised"
LATE_FOR_OWNER = "langkah berikutnya sudah lewat waktunya."
LATE_FOR_SUPERVISORS = "langkah berikutnya lewat waktunya dan belum ada kabar dari petugasnya."


def plan(
    uow: SqlUnitOfWork,
    case: Case,
    member: Staff,
    owner: Staff,
    text: str,
    due_at: datetime,
    office: Office,
    now: datetime,
) -> None:
    """Say what comes next, until when and by whom; the owner has to agree unless it is the planner.

    RefusedError for no words, a time that is over or too far away, and an owner who has left.
    """
    text = " ".join(text.split())
    if not text:
        raise RefusedError("Tulis dulu langkahnya.")
    if len(text) > LONGEST_TEXT:
        raise RefusedError(f"Terlalu panjang: paling banyak {LONGEST_TEXT} huruf.")
    if not now < due_at <= now + FARTHEST:
        raise RefusedError("Waktunya harus nanti, paling lama 90 hari lagi.")
    if owner.id not in {each.id for each in active_staff(uow)}:
        raise RefusedError("Petugas itu sudah tidak aktif. Pilih yang lain.")
    uow.next_steps.set(case.id, owner.id, text, due_at, set_by=member.id, now=now)
    when = f"{office.local_date(due_at)} {office.local_time(due_at)}"
    uow.cases.log(case.id, LogKind.NEXT_STEP, member.label, f"{owner.label}, {when}: {text}", now)
    uow.cases.touch(case.id, now)
    uow.wake("console")


def accept(uow: SqlUnitOfWork, case: Case, member: Staff, step_id: str, now: datetime) -> None:
    """The owner agrees to do it. RefusedError when it is not theirs or not open any more."""
    step = _open_step(uow, case, step_id)
    if not uow.next_steps.accept(step.id, member.id, now):
        raise RefusedError("Langkah ini bukan untukmu, atau sudah disetujui.")
    uow.cases.log(case.id, LogKind.NEXT_STEP, member.label, f"disetujui: {step.text}", now)
    uow.wake("console")


def finish(uow: SqlUnitOfWork, case: Case, member: Staff, step_id: str, now: datetime) -> None:
    """It was done, by whomever. RefusedError when it is not open any more."""
    step = _open_step(uow, case, step_id)
    uow.next_steps.done(step.id, now)
    uow.cases.log(case.id, LogKind.NEXT_STEP, member.label, f"selesai: {step.text}", now)
    uow.cases.touch(case.id, now)
    uow.wake("console")


def _open_step(uow: SqlUnitOfWork, case: Case, step_id: str) -> NextStep:
    found = next((each for each in uow.next_steps.open_of(case.id) if each.id == step_id), None)
    if found is None:
        raise RefusedError("Langkah ini sudah selesai.")
    return found


def advance_all(uow: SqlUnitOfWork, office: Office, now: datetime, limit: int) -> bool:
    """Page the owners of what is overdue, each once, and later the supervisors; False when none is.

    A case that cannot be read any more is told by an alarm; its steps are not looked at again.
    """
    due = uow.next_steps.overdue(now, now - RAISED_AFTER, limit)
    for step in due:
        try:
            _tell(uow, uow.cases.get(step.case_id), step, office, now)
        except KeyMissingError:
            uow.next_steps.raised(step.id, now)
            uow.alarms.raise_once("case_unreadable", step.case_id, now)
    return bool(due)


def _tell(uow: SqlUnitOfWork, case: Case, step: NextStep, office: Office, now: datetime) -> None:
    owner = uow.staff.get(step.owner_id)
    if step.told_at is None and not owner.disabled:
        uow.next_steps.told(step.id, now)
        uow.cases.log(case.id, LogKind.NEXT_STEP, "system", OVERDUE, now)
        page_members(uow, case, (owner.id,), PageKind.REMINDER, office, now, LATE_FOR_OWNER)
    else:
        uow.next_steps.raised(step.id, now)
        uow.cases.log(case.id, LogKind.NEXT_STEP, "system", OVERDUE_RAISED, now)
        leads = supervisors(uow, spared=owner.id) or (owner.id,)
        page_members(uow, case, leads, PageKind.SUPERVISOR, office, now, LATE_FOR_SUPERVISORS)
    uow.wake("console")
