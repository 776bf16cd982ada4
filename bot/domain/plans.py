"""All schedules seen as one: who is on call, when the next duty begins, what is not covered. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.rota import (
    Gap,
    Schedule,
    Stretch,
    gaps_between,
    next_staffed,
    shifts_between,
    who_is_on_call,
)


@dataclass(frozen=True)
class Plan:
    """The schedules as they stand now, and the days on which some rotations rest."""

    schedules: tuple[Schedule, ...]
    days_off: frozenset[date]

    def on_call(self, at: datetime) -> tuple[str, ...]:
        """Ids of the staff on duty at a moment, schedule after schedule, nobody twice."""
        found = (
            staff_id
            for schedule in self.schedules
            for staff_id in who_is_on_call(schedule, at, self.days_off)
        )
        return tuple(dict.fromkeys(found))

    def next_staffed(self, at: datetime) -> datetime | None:
        """When the next duty of any schedule begins; None when none is planned."""
        begins = (next_staffed(schedule, at, self.days_off) for schedule in self.schedules)
        return min((begin for begin in begins if begin is not None), default=None)

    def stretches(self, since: datetime, until: datetime) -> tuple[Stretch, ...]:
        """Who is on call when, schedule after schedule; a member of two may appear twice."""
        return tuple(
            stretch
            for schedule in self.schedules
            for stretch in shifts_between(schedule, since, until, self.days_off)
        )

    def gaps(self, since: datetime, until: datetime) -> tuple[Gap, ...]:
        """When nobody of any schedule is on call."""
        return gaps_between(self.stretches(since, until), since, until)

    def coming_after(self, staff_id: str, at: datetime) -> tuple[str, ...]:
        """Who is on call when this member is not: at a moment, or else when the next duty begins."""
        others = self._others(staff_id, at)
        begin = None if others else self.next_staffed(at)
        if begin is None:
            return others
        # Who is alone in the plan is also their own next shift.
        return self._others(staff_id, begin) or self.on_call(begin)

    def _others(self, staff_id: str, at: datetime) -> tuple[str, ...]:
        return tuple(each for each in self.on_call(at) if each != staff_id)

    def last_ends(self, since: datetime, until: datetime) -> dict[str, datetime]:
        """When the last duty of each member within a window ended."""
        return _latest(self.stretches(since, until))


def _latest(stretches: Iterable[Stretch]) -> dict[str, datetime]:
    ends: dict[str, datetime] = {}
    for each in stretches:
        ends[each.staff_id] = max(each.ends_at, ends.get(each.staff_id, each.ends_at))
    return ends
