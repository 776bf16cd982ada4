"""Who is meant by the targets of a step, at a moment."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.oncall import Target, TargetKind
from bot.domain.staff import Role
from bot.services.duty import Duty, active_staff
from bot.store.unit_of_work import SqlUnitOfWork


def members(uow: SqlUnitOfWork, targets: Iterable[Target], state: Duty) -> tuple[str, ...]:
    """Ids of those whom the targets mean, without repeats; robots only when a group has them.

    Of those on call only who can be reached.
    """
    found: list[str] = []
    for target in targets:
        found += _meant(uow, target, state)
    members = (uow.staff.get(staff_id) for staff_id in dict.fromkeys(found))
    return tuple(member.id for member in members if not member.disabled)


def _meant(uow: SqlUnitOfWork, target: Target, state: Duty) -> Iterable[str]:
    if target.kind is TargetKind.ON_CALL:
        return state.reachable
    if target.kind is TargetKind.GROUP:
        return uow.staff.group(target.name)
    people = [member for member in active_staff(uow) if not member.robot]
    if target.kind is TargetKind.PERSON:
        people = [member for member in people if target.name in (member.login, member.id)]
    elif target.kind is TargetKind.SUPERVISORS:
        people = [member for member in people if member.role is not Role.CASEWORKER]
    return [member.id for member in people]
