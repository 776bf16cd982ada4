"""The end of a shift: refused while a grave case is in nobody's hands, and chased when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.cases import Case, LogKind
from bot.domain.handover import PATIENCE, Missing
from bot.domain.office import Office
from bot.domain.pages import PageKind
from bot.domain.rota import Override, shifts_between
from bot.domain.staff import Staff
from bot.services.duty import active_staff
from bot.services.over_time import LOOK_BACK, not_handed_over, over_time
from bot.services.paging import page_members
from bot.services.quarantine import SUPERVISORS
from bot.services.takeover import RefusedError
from bot.store.keys import KeyMissingError
from bot.store.next_steps import OwnedCase
from bot.store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
HANDOVER_MISSING = "handover_missing"
A_DAY = timedelta(days=1)
NOBODY_ELSE = (
    "Jam ini jadwalmu dan belum ada petugas lain yang bertugas. Tukar jaga dulu, "
    "atau minta pengawas mengatur penggantinya."
)


@dataclass(frozen=True)
class StillOpen:
    """What keeps a member on duty: a case, and what it lacks."""

    reference: str
    missing: Missing


def keeps_on_duty(uow: SqlUnitOfWork, member: Staff, now: datetime) -> tuple[StillOpen, ...]:
    """The cases that a member has to hand over before their duty can end."""
    missing = not_handed_over(uow, uow.rota.plan(now), member.id, now)
    return tuple(StillOpen(case.reference, why) for case, why in missing)


def end_duty(uow: SqlUnitOfWork, member: Staff, now: datetime) -> None:
    """End what is left of the duty that a member has now; the cases were looked at before.

    A single shift simply ends. Of a rotation a gap is made, and only while somebody else is on
    call: RefusedError otherwise.
    """
    uow.rota.end_shift(member.id, now)
    plan = uow.rota.plan(now)
    for schedule in plan.schedules:
        duties = shifts_between(schedule, now, now + A_DAY, plan.days_off)
        for stretch in duties:
            if stretch.staff_id != member.id or stretch.starts_at > now:
                continue
            if set(plan.on_call(now)) <= {member.id}:
                raise RefusedError(NOBODY_ELSE)
            gap = Override("", member.id, None, now, stretch.ends_at)
            uow.rota.add_override(schedule.id, gap, by=member.id, accepted=True, now=now)
    log.info("rota_changed", by=member.label, what="duty_ended")
    uow.wake("console")


def accept_step(uow: SqlUnitOfWork, case: Case, member: Staff, step_id: str, now: datetime) -> None:
    """A member takes a next step on, and the case with it. RefusedError when it is not theirs."""
    if not uow.next_steps.accept(step_id, member.id, now):
        raise RefusedError("Langkah ini bukan untukmu, atau sudah diterima.")
    uow.cases.set_owner(case.id, member.id, now)
    uow.cases.log(case.id, LogKind.NOTE, member.label, "Langkah berikutnya diterima", now)
    uow.wake("console")


def chase(uow: SqlUnitOfWork, office: Office, now: datetime) -> bool:
    """Half an hour after an end that could not be one: an alarm, and supervisors are paged, once.

    An alarm whose case was handed over since settles itself. Returns whether anything was done.
    """
    late = {
        case.reference: (case, each.ended_at)
        for each in over_time(uow, uow.rota.plan(now - LOOK_BACK), now)
        if now >= each.ended_at + PATIENCE
        for case, _ in each.cases
    }
    told = [
        case
        for reference, (case, ended_at) in late.items()
        if not uow.alarms.was_raised(HANDOVER_MISSING, reference, ended_at)
        and uow.alarms.raise_once(HANDOVER_MISSING, reference, now)
    ]
    for case in told:
        _page_supervisors(uow, case, office, now)
    settled = [
        alarm
        for alarm in uow.alarms.standing()
        if alarm.kind == HANDOVER_MISSING and alarm.detail not in late
    ]
    for alarm in settled:
        uow.alarms.settle_one(alarm.id, now)
    if told or settled:
        uow.wake("console")
    return bool(told or settled)


def _page_supervisors(uow: SqlUnitOfWork, owned: OwnedCase, office: Office, now: datetime) -> None:
    wanted = tuple(each.id for each in active_staff(uow) if each.role in SUPERVISORS)
    try:
        case = uow.cases.get(owned.id)
    except KeyMissingError:
        return  # the alarm says it all the same
    page_members(uow, case, wanted, PageKind.SUPERVISOR, office, now)
    log.warning("handover_missing", case=owned.reference)
