"""The organisation changes its policies; what already runs goes on by its snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.domain.oncall import Policy, PolicyName, TargetKind
from bot.domain.policy_files import PolicyFileError, names_in
from bot.store.unit_of_work import SqlUnitOfWork


def put(
    uow: SqlUnitOfWork,
    policies: Mapping[PolicyName, Policy],
    now: datetime,
    staff_id: str | None = None,
) -> None:
    """Change policies for all escalations that start from now on.

    PolicyFileError when they name somebody or something that does not exist.
    """
    named = names_in(policies.values())
    logins = {known for member in uow.staff.everyone() for known in (member.login, member.id)}
    faults = [f"there is no person {name}" for name in sorted(named[TargetKind.PERSON] - logins)]
    faults += [
        f"the group {name} has no members"
        for name in sorted(named[TargetKind.GROUP])
        if not uow.staff.group(name)
    ]
    schedules = {schedule.name for schedule in uow.rota.schedules(since=now)}
    faults += [
        f"there is no schedule {name}" for name in sorted(named[TargetKind.ON_CALL] - schedules)
    ]
    if faults:
        raise PolicyFileError(faults)
    for name, policy in policies.items():
        uow.policies.put(name, policy, now, staff_id)
