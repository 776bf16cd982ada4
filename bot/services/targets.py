"""Who is meant by the targets of a step, at a moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.domain.office import Office
from bot.domain.oncall import Target, TargetKind
from bot.domain.rota import who_is_on_call
from bot.domain.staff import Role
from bot.services.duty import Duty, active_staff, has_verified_contact
from bot.store.unit_of_work import SqlUnitOfWork


def members(
    uow: SqlUnitOfWork, targets: Iterable[Target], state: Duty, office: Office, now: datetime
) -> tuple[str, ...]:
    """Ids of those whom the targets mean, without repeats; robots only when a group has them.

    Of those on call only who can be reached.
    """
    found: list[str] = []
    for target in targets:
        if target.kind is TargetKind.ON_CALL and target.name:
            found += _of_schedule(uow, target.name, state, office, now)
        else:
            found += _meant(uow, target, state)
    # One by one, for `everyone` knows no robots, and the policy of the test report names one.
    meant = (uow.staff.get(staff_id) for staff_id in dict.fromkeys(found))
    return tuple(member.id for member in meant if not member.disabled)


def _of_schedule(
    uow: SqlUnitOfWork, name: str, state: Duty, office: Office, now: datetime
) -> Iterable[str]:
    plan = uow.rota.plan(since=now)
    for schedule in plan.schedules:
        if schedule.name == name:
            for staff_id in who_is_on_call(schedule, now, plan.days_off):
                if staff_id in state.reachable or has_verified_contact(uow, office, staff_id):
                    yield staff_id


def _meant(uow: SqlUnitOfWork, target: Target, state: Duty) -> Iterable[str]:
    if target.kind is TargetKind.ON_CALL:
        return state.reachable
    if target.kind is TargetKind.GROUP:
        return uow.staff.group(target.name)
    people = list(active_staff(uow))
    if target.kind is TargetKind.PERSON:
        people = [member for member in people if target.name in (member.login, member.id)]
    elif target.kind is TargetKind.SUPERVISORS:
        people = [member for member in people if member.role is not Role.CASEWORKER]
    return [member.id for member in people]
