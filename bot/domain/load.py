"""How much the nights and the hard cases weigh on each member: pure figures of pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

NIGHT_BEGINS = 22
NIGHT_ENDS = 6
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)
# Three broken nights in a week: somebody else should have the next ones (issue 6).
TOO_MANY_NIGHTS = 3


@dataclass(frozen=True)
class Rang:
    """A page reached a member's phone; one page counts once, however many contacts it tried."""

    page_id: str
    staff_id: str
    at: datetime


@dataclass(frozen=True)
class Load:
    """What one member carried: pages at night and nights with one, in 7 and in 30 days.

    `hard` counts the hard cases of 30 days that they said yes to.
    """

    staff_id: str
    pages_week: int
    pages_month: int
    nights_week: int
    nights_month: int
    hard: int

    @property
    def needs_a_swap(self) -> bool:
        """Whether somebody else should have the next nights."""
        return self.nights_week >= TOO_MANY_NIGHTS


def night_of(at: datetime, zone: ZoneInfo) -> date | None:
    """The day on which the night of a moment began; None by day.

    A night is from 22.00 (inclusive) to 06.00 (exclusive): 01.30 on the 5th is the night of the 4th.
    """
    local = at.astimezone(zone)
    if NIGHT_ENDS <= local.hour < NIGHT_BEGINS:
        return None
    return local.date() - timedelta(days=int(local.hour < NIGHT_ENDS))


def loads(
    staff_ids: Iterable[str],
    rang: Iterable[Rang],
    hard: Mapping[str, int],
    zone: ZoneInfo,
    now: datetime,
) -> tuple[Load, ...]:
    """The load of each member, in the order in which they are given."""
    first: dict[tuple[str, str], datetime] = {}
    for each in rang:
        key = (each.staff_id, each.page_id)
        first[key] = min(each.at, first.get(key, each.at))
    pages: dict[timedelta, Counter[str]] = {WEEK: Counter(), MONTH: Counter()}
    nights: dict[timedelta, set[tuple[str, date]]] = {WEEK: set(), MONTH: set()}
    for (staff_id, _page_id), at in first.items():
        night = night_of(at, zone)
        for span in (WEEK, MONTH):
            if night is not None and now - span < at <= now:
                pages[span][staff_id] += 1
                nights[span].add((staff_id, night))
    broken = {span: Counter(staff_id for staff_id, _ in found) for span, found in nights.items()}
    return tuple(
        Load(
            staff_id=each,
            pages_week=pages[WEEK][each],
            pages_month=pages[MONTH][each],
            nights_week=broken[WEEK][each],
            nights_month=broken[MONTH][each],
            hard=hard.get(each, 0),
        )
        for each in staff_ids
    )
