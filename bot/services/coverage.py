"""What the plan of the coming days leaves open, before somebody in danger finds out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.office import Office
from bot.domain.rota import Gap, gaps_between
from bot.domain.staff import Staff
from bot.services.duty import has_verified_contact
from bot.store.unit_of_work import SqlUnitOfWork

AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Coverage:
    """When nobody is on call, when nobody on call has a verified contact, and who has none.

    `unwakeable` holds the first kind too: a plan without a phone is as good as none.
    """

    gaps: tuple[Gap, ...]
    unwakeable: tuple[Gap, ...]
    without_contact: tuple[Staff, ...]


def coverage(
    uow: SqlUnitOfWork, office: Office, since: datetime, until: datetime | None = None
) -> Coverage:
    """The plan from a moment on, for two weeks or until another one."""
    end = since + AHEAD if until is None else until
    stretches = uow.rota.plan(since).stretches(since, end)
    planned = {each.staff_id for each in stretches}
    wakeable = {each for each in planned if has_verified_contact(uow, office, each)}
    heard = [each for each in stretches if each.staff_id in wakeable]
    missing = sorted(planned - wakeable, key=lambda each: uow.staff.get(each).number)
    return Coverage(
        gaps_between(stretches, since, end),
        gaps_between(heard, since, end),
        tuple(uow.staff.get(each) for each in missing),
    )
