"""Who is on call and when: rotations, single shifts, swaps and holidays. Pure.

Dates and times of a rotation are those of the zone of its schedule; Indonesia's three zones know
no daylight saving, so a day always has 24 hours. Everything that comes out is aware UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

A_DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
LOOK_AHEAD = (timedelta(days=2), timedelta(days=14), timedelta(days=92))
"""How far the next staffed moment is looked for: near first, for it is asked with every message."""


@dataclass(frozen=True)
class Holiday:
    """A day on which rotations rest that do not say `on_holidays`."""

    day: date
    name: str


@dataclass(frozen=True)
class Rotation:
    """Members who take turns of `turn_days` days, counted from `first_day`.

    The duty of a day goes from `begins` to `ends`, local times: past midnight when `ends` is the
    earlier one, 24 hours when they are equal. It belongs to the day on which it begins, so a turn,
    a weekday (Monday is 0), a holiday and `last_day` (included, None for ever) never cut a night.
    """

    id: str
    name: str
    members: tuple[str, ...]
    turn_days: int
    first_day: date
    last_day: date | None
    begins: time
    ends: time
    weekdays: frozenset[int] = frozenset(range(7))
    on_holidays: bool = True

    def in_turn(self, day: date) -> tuple[str, ...]:
        """Whose turn a day is, and after them all others in the order in which they stand in."""
        turn = (day - self.first_day).days // self.turn_days % len(self.members)
        return self.members[turn:] + self.members[:turn]

    def is_on(self, day: date, days_off: Collection[date]) -> bool:
        """Whether there is duty that begins on a day."""
        if not self.members or day < self.first_day:
            return False
        if self.last_day is not None and day > self.last_day:
            return False
        return day.weekday() in self.weekdays and (self.on_holidays or day not in days_off)


@dataclass(frozen=True)
class Shift:
    """A single stretch of duty, from `starts_at` (inclusive) to `ends_at` (exclusive)."""

    id: str
    staff_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Override:
    """For a time `in_id` stands where `out_id` was on call.

    Without `out_id` somebody is added, without `in_id` a gap is left.
    """

    id: str
    out_id: str | None
    in_id: str | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Schedule:
    """A plan of duty in one time zone; `overrides` in the order in which they were made.

    Who is in `gone` (left, or a robot) is never on call: in a rotation the next member stands in,
    a shift of theirs is void, and a swap towards them leaves the duty with whoever gave it away.
    """

    id: str
    name: str
    timezone: ZoneInfo
    rotations: tuple[Rotation, ...] = ()
    shifts: tuple[Shift, ...] = ()
    overrides: tuple[Override, ...] = ()
    gone: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Stretch:
    """Somebody is on call from `starts_at` (inclusive) to `ends_at` (exclusive)."""

    staff_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Gap:
    """Nobody is on call from `starts_at` (inclusive) to `ends_at` (exclusive)."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class _Planned:
    """A stretch of the plan before any swap: whose it is, and after them who would stand in."""

    in_turn: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


def who_is_on_call(
    schedule: Schedule, at: datetime, days_off: Collection[date] = ()
) -> tuple[str, ...]:
    """Ids of the staff on call at a moment.

    Rotations first, in their order, then single shifts as they began, then who was added.
    """
    planned = _planned(schedule, at, at + MOMENT, days_off)
    return _on_call(schedule, planned, schedule.overrides, at)


def shifts_between(
    schedule: Schedule, since: datetime, until: datetime, days_off: Collection[date] = ()
) -> tuple[Stretch, ...]:
    """Who is on call when, swaps worked in: one stretch per unbroken duty, cut to the window."""
    planned = _planned(schedule, since, until, days_off)
    overrides = [each for each in schedule.overrides if _overlaps(each, since, until)]
    edges = {since}
    bounds = [(each.starts_at, each.ends_at) for each in planned]
    bounds += [(each.starts_at, each.ends_at) for each in overrides]
    edges |= {edge for pair in bounds for edge in pair if since < edge < until}
    moments = [*sorted(edges), until]
    done: list[Stretch] = []
    running: dict[str, datetime] = {}
    for start in moments:
        on_call = () if start >= until else _on_call(schedule, planned, overrides, start)
        over = [each for each in running if each not in on_call]
        done += [Stretch(each, running.pop(each), start) for each in over]
        for staff_id in on_call:
            running.setdefault(staff_id, start)
    return tuple(sorted(done, key=lambda each: each.starts_at))


def next_staffed(
    schedule: Schedule, at: datetime, days_off: Collection[date] = ()
) -> datetime | None:
    """When the next duty begins after a moment; None when none is planned within three months."""
    for far in LOOK_AHEAD:
        stretches = shifts_between(schedule, at, at + far, days_off)
        begin = min((each.starts_at for each in stretches if each.starts_at > at), default=None)
        if begin is not None:
            return begin
    return None


def gaps(
    schedule: Schedule, since: datetime, until: datetime, days_off: Collection[date] = ()
) -> tuple[Gap, ...]:
    """When nobody of a schedule is on call."""
    return gaps_between(shifts_between(schedule, since, until, days_off), since, until)


def gaps_between(stretches: Iterable[Stretch], since: datetime, until: datetime) -> tuple[Gap, ...]:
    """What stretches, also those of several schedules, leave uncovered."""
    found = []
    covered = since
    for stretch in sorted(stretches, key=lambda each: each.starts_at):
        if stretch.starts_at > covered:
            found.append(Gap(covered, min(stretch.starts_at, until)))
        covered = max(covered, stretch.ends_at)
    return (*found, Gap(covered, until)) if covered < until else tuple(found)


def staffed_time(
    schedule: Schedule, since: datetime, until: datetime, days_off: Collection[date] = ()
) -> timedelta:
    """How much of a window has somebody on call."""
    missing = gaps(schedule, since, until, days_off)
    return until - since - sum((each.ends_at - each.starts_at for each in missing), timedelta())


def _on_call(
    schedule: Schedule,
    planned: Sequence[_Planned],
    overrides: Iterable[Override],
    at: datetime,
) -> tuple[str, ...]:
    swaps = [
        each
        for each in overrides
        if each.starts_at <= at < each.ends_at and each.in_id not in schedule.gone
    ]
    found = [
        _holder(each.in_turn, swaps, schedule.gone)
        for each in planned
        if each.starts_at <= at < each.ends_at
    ]
    # Whoever was added may give that away again, by what was agreed on later.
    found += [
        _holder((each.in_id,), swaps[place + 1 :], schedule.gone)
        for place, each in enumerate(swaps)
        if each.out_id is None and each.in_id is not None
    ]
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _holder(in_turn: Iterable[str], swaps: Iterable[Override], gone: Collection[str]) -> str | None:
    """Who has a stretch in the end: each swap counts once, in its order, so none can go round."""
    for member in in_turn:
        holder: str | None = member
        for swap in swaps:
            if holder is not None and swap.out_id == holder:
                holder = swap.in_id
        if holder not in gone:
            return holder
    return None


def _planned(
    schedule: Schedule, since: datetime, until: datetime, days_off: Collection[date]
) -> list[_Planned]:
    found = [
        each
        for rotation in schedule.rotations
        for each in _duties(rotation, schedule.timezone, since, until, days_off)
        if _overlaps(each, since, until)
    ]
    single = [each for each in schedule.shifts if _overlaps(each, since, until)]
    single.sort(key=lambda each: (each.starts_at, each.id))
    found += [_Planned((each.staff_id,), each.starts_at, each.ends_at) for each in single]
    return found


def _duties(
    rotation: Rotation,
    zone: ZoneInfo,
    since: datetime,
    until: datetime,
    days_off: Collection[date],
) -> Iterator[_Planned]:
    # A duty of the day before may still last.
    day = max(since.astimezone(zone).date() - A_DAY, rotation.first_day)
    last = until.astimezone(zone).date()
    while day <= last:
        if rotation.is_on(day, days_off):
            end = day if rotation.begins < rotation.ends else day + A_DAY
            yield _Planned(
                rotation.in_turn(day),
                datetime.combine(day, rotation.begins, zone).astimezone(UTC),
                datetime.combine(end, rotation.ends, zone).astimezone(UTC),
            )
        day += A_DAY


def _overlaps(each: _Planned | Shift | Override, since: datetime, until: datetime) -> bool:
    return each.starts_at < until and each.ends_at > since and each.starts_at < each.ends_at
