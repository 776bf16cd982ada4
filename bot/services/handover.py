"""The end of a shift: refused while a grave case is in nobody's hands, and chased when it is over."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.cases import LogKind
from bot.domain.handover import PATIENCE, Missing, taken_on
from bot.domain.office import Office
from bot.domain.pages import PageKind
from bot.domain.rota import Override, gaps_between, shifts_between
from bot.domain.staff import Staff
from bot.services.duty import active_staff
from bot.services.over_time import LOOK_BACK, not_handed_over, off_duty_owners, over_time
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
    "Sampai jam jaga ini selesai belum ada petugas lain yang bertugas. Tukar jaga dulu, "
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

    A single shift simply ends. Of a rotation a gap is made, and only where others are on call for
    all of the time that is left: RefusedError otherwise.
    """
    uow.rota.end_shift(member.id, now)
    plan = uow.rota.plan(now)
    for schedule in plan.schedules:
        duties = shifts_between(schedule, now, now + A_DAY, plan.days_off)
        for stretch in duties:
            if stretch.staff_id != member.id or stretch.starts_at > now:
                continue
            others = [
                each for each in plan.stretches(now, stretch.ends_at) if each.staff_id != member.id
            ]
            if gaps_between(others, now, stretch.ends_at):
                raise RefusedError(NOBODY_ELSE)
            gap = Override("", member.id, None, now, stretch.ends_at)
            uow.rota.add_override(schedule.id, gap, by=member.id, accepted=True, now=now)
    log.info("rota_changed", by=member.label, what="duty_ended")
    uow.wake("console")


def hand_on(uow: SqlUnitOfWork, now: datetime) -> bool:
    """What those whose duty has ended owned belongs to whoever of the next shift took it on.

    Not before the end: a step that a colleague takes within a shift moves no case.
    """
    plan = uow.rota.plan(now - LOOK_BACK)
    moved = False
    for staff_id in off_duty_owners(uow, plan, now):
        case_ids = [case.id for case in uow.next_steps.owned_cases(staff_id)]
        commitments = uow.next_steps.commitments(case_ids)
        coming = plan.coming_after(staff_id, now)
        for case_id, owner_id in taken_on(case_ids, commitments, coming, now).items():
            if owner_id == staff_id:
                continue
            uow.cases.set_owner(case_id, owner_id, now)
            label = uow.staff.get(owner_id).label
            log.info("case_handed_on", case=case_id, to=label)
            # The log of a case without its key cannot be written; the case changes hands anyway.
            with suppress(KeyMissingError):
                told = f"Diserahkan ke {label} di akhir jaga"
                uow.cases.log(case_id, LogKind.NOTE, "system", told, now)
            moved = True
    if moved:
        uow.wake("console")
    return moved


def chase(uow: SqlUnitOfWork, office: Office, now: datetime) -> bool:
    """Half an hour after an end that could not be one: an alarm, and supervisors are paged, once.

    What was handed over changes its owner, and an alarm about it settles itself. Returns whether
    anything was done.
    """
    moved = hand_on(uow, now)
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
    return bool(moved or told or settled)


def _page_supervisors(uow: SqlUnitOfWork, owned: OwnedCase, office: Office, now: datetime) -> None:
    wanted = tuple(each.id for each in active_staff(uow) if each.role in SUPERVISORS)
    try:
        case = uow.cases.get(owned.id)
    except KeyMissingError:
        return  # the alarm says it all the same
    page_members(uow, case, wanted, PageKind.SUPERVISOR, office, now)
    log.warning("handover_missing", case=owned.reference)
