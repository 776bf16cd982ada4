"""Who stays on call after the planned end, because a grave case is in nobody's hands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.handover import Missing, unfulfilled
from bot.domain.plans import Plan
from bot.store.next_steps import OwnedCase
from bot.store.unit_of_work import SqlUnitOfWork

LOOK_BACK = timedelta(days=7)
"""Who had no duty for so long does not stay on call: to own a case is no shift by itself."""


@dataclass(frozen=True)
class OverTime:
    """A member whose duty ended at a moment, with the cases that keep it open and why."""

    staff_id: str
    ended_at: datetime
    cases: tuple[tuple[OwnedCase, Missing], ...]


def not_handed_over(
    uow: SqlUnitOfWork, plan: Plan, staff_id: str, now: datetime
) -> tuple[tuple[OwnedCase, Missing], ...]:
    """The grave cases of a member that nobody of the next shift has taken on, and why not."""
    owned = uow.next_steps.owned_cases(staff_id)
    if not owned:
        return ()
    case_ids = [case.id for case in owned]
    coming = plan.coming_after(staff_id, now)
    missing = unfulfilled(case_ids, uow.next_steps.commitments(case_ids), coming, now)
    return tuple((case, missing[case.id]) for case in owned if case.id in missing)


def over_time(uow: SqlUnitOfWork, plan: Plan, now: datetime) -> tuple[OverTime, ...]:
    """Who is over time, in the order in which their duty ended; the plan begins LOOK_BACK ago."""
    found = [
        OverTime(staff_id, ended_at, cases)
        for staff_id, ended_at in off_duty_owners(uow, plan, now).items()
        if (cases := not_handed_over(uow, plan, staff_id, now))
    ]
    return tuple(sorted(found, key=lambda each: (each.ended_at, each.staff_id)))


def off_duty_owners(uow: SqlUnitOfWork, plan: Plan, now: datetime) -> dict[str, datetime]:
    """Who owns a grave case and is not on duty any more, with the end of their last duty."""
    owners = {case.owner_id for case in uow.next_steps.owned_cases()} - set(plan.on_call(now))
    if not owners:
        return {}
    owners &= {each.id for each in uow.staff.everyone() if not (each.disabled or each.robot)}
    ends = plan.last_ends(now - LOOK_BACK, now)
    return {staff_id: end for staff_id, end in ends.items() if staff_id in owners}
