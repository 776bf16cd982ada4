"""Who is on call: turns, nights, zones, swaps, holidays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.plans import Plan
from bot.domain.rota import (
    Gap,
    Override,
    Rotation,
    Schedule,
    Shift,
    Stretch,
    gaps,
    next_staffed,
    shifts_between,
    staffed_time,
    who_is_on_call,
)

WIB, WITA, WIT = (ZoneInfo(f"Asia/{city}") for city in ("Jakarta", "Makassar", "Jayapura"))
MONDAY = date(2026, 11, 23)
HOUR = timedelta(hours=1)


def at(text: str, zone: ZoneInfo = WIB) -> datetime:
    """A local time such as `2026-11-23 08:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def nights(*members: str, **changed: object) -> Rotation:
    """A night watch of turns of one day, 20:00 to 08:00, from Monday on."""
    whole = Rotation("r1", "malam", members, 1, MONDAY, None, time(20), time(8))
    return replace(whole, **changed)  # type: ignore[arg-type]


def plan(
    *rotations: Rotation,
    shifts: tuple[Shift, ...] = (),
    swaps: tuple[Override, ...] = (),
    zone: ZoneInfo = WIB,
    gone: tuple[str, ...] = (),
) -> Schedule:
    """A schedule."""
    return Schedule("s1", "utama", zone, rotations, shifts, swaps, frozenset(gone))


def swap(
    out: str | None, into: str | None, since: str, until: str, zone: ZoneInfo = WIB
) -> Override:
    """`into` stands for `out` between two local times."""
    return Override(f"{out}-{into}", out, into, at(since, zone), at(until, zone))


NIGHT_WATCH = plan(nights("ani", "budi", "citra"))


@pytest.mark.parametrize(
    ("moment", "on_call"),
    [
        ("2026-11-22 23:00", ()),  # the evening before the first day
        ("2026-11-23 07:59", ()),  # no night led to this morning
        ("2026-11-23 19:59", ()),
        ("2026-11-23 20:00", ("ani",)),
        ("2026-11-23 23:59", ("ani",)),
        ("2026-11-24 00:00", ("ani",)),  # midnight changes nobody
        ("2026-11-24 07:59", ("ani",)),
        ("2026-11-24 08:00", ()),
        ("2026-11-24 20:00", ("budi",)),
        ("2026-11-25 20:00", ("citra",)),
        ("2026-11-26 20:00", ("ani",)),
        ("2026-11-30 23:00", ("budi",)),  # seven nights on, the end of the month
        ("2026-12-01 03:00", ("budi",)),
        ("2026-12-31 23:59", ("citra",)),  # 38 nights on, the end of the year
        ("2027-01-01 07:00", ("citra",)),
        ("2027-01-01 20:00", ("ani",)),
        ("2028-02-29 21:00", ("budi",)),  # 463 nights on, a leap day
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(
    moment: str, on_call: tuple[str, ...]
) -> None:
    """Turns go on over midnight, months and years."""
    assert who_is_on_call(NIGHT_WATCH, at(moment)) == on_call


def test_equal_times_are_a_whole_day() -> None:
    """Turns of a week around the clock change at the hour of the handoff, without a gap."""
    week = nights("ani", "budi", turn_days=7, begins=time(9), ends=time(9))
    schedule = plan(week)
    assert who_is_on_call(schedule, at("2026-11-30 08:59")) == ("ani",)
    assert who_is_on_call(schedule, at("2026-11-30 09:00")) == ("budi",)
    since, until = at("2026-11-23 09:00"), at("2026-12-14 09:00")
    assert shifts_between(schedule, since, until) == (
        Stretch("ani", since, at("2026-11-30 09:00")),
        Stretch("budi", at("2026-11-30 09:00"), at("2026-12-07 09:00")),
        Stretch("ani", at("2026-12-07 09:00"), until),
    )
    assert gaps(schedule, since, until) == ()


def test_a_rotation_of_one_never_ends() -> None:
    """One member around the clock is one stretch, not one for each day."""
    schedule = plan(nights("ani", begins=time(0), ends=time(0)))
    since, until = at("2026-12-01 12:00"), at("2027-02-01 12:00")
    assert shifts_between(schedule, since, until) == (Stretch("ani", since, until),)
    assert next_staffed(schedule, since) is None


def test_the_same_hour_is_another_moment_in_each_zone() -> None:
    """20:00 comes first in Jayapura, then in Makassar, then in Jakarta."""
    begins = []
    for zone in (WIT, WITA, WIB):
        begin = next_staffed(plan(nights("ani"), zone=zone), at("2026-11-23 12:00"))
        assert begin is not None
        begins.append(begin)
    assert begins == [at("2026-11-23 18:00"), at("2026-11-23 19:00"), at("2026-11-23 20:00")]


def test_a_swap_at_midnight_in_makassar() -> None:
    """From 00:00 WITA, 23:00 in Jakarta, another one has the night; to the second."""
    schedule = plan(
        nights("ani", "budi"),
        swaps=(swap("ani", "dewi", "2026-11-24 00:00", "2026-11-24 08:00", WITA),),
        zone=WITA,
    )
    before, then = at("2026-11-23 22:59"), at("2026-11-23 23:00")
    assert who_is_on_call(schedule, before) == ("ani",)
    assert who_is_on_call(schedule, then) == ("dewi",)
    stretches = shifts_between(schedule, at("2026-11-23 12:00"), at("2026-11-24 12:00"))
    assert stretches == (
        Stretch("ani", at("2026-11-23 20:00", WITA), at("2026-11-24 00:00", WITA)),
        Stretch("dewi", at("2026-11-24 00:00", WITA), at("2026-11-24 08:00", WITA)),
    )


FIRST_NIGHT = ("2026-11-23 20:00", "2026-11-24 08:00")


@pytest.mark.parametrize(
    ("swaps", "on_call"),
    [
        ([("ani", "budi")], ("budi",)),
        ([("ani", "budi"), ("budi", "citra")], ("citra",)),  # a swap of a swap
        ([("ani", "budi"), ("budi", "citra"), ("citra", "ani")], ("ani",)),  # all the way round
        ([("ani", "budi"), ("budi", "ani")], ("ani",)),  # taken back
        ([("budi", "citra"), ("ani", "budi")], ("budi",)),  # what came first was about another
        ([("ani", None)], ()),  # a gap on purpose
        ([("ani", None), ("ani", "budi")], ()),  # what is given away is no longer theirs
        ([(None, "dewi")], ("ani", "dewi")),  # somebody is added
        ([(None, "dewi"), ("dewi", "eka")], ("ani", "eka")),  # and gives that away again
        ([("dewi", "eka"), (None, "dewi")], ("ani", "dewi")),
        ([(None, "ani")], ("ani",)),  # nobody is on call twice
        ([("ani", "ani")], ("ani",)),
        ([("zul", "budi")], ("ani",)),  # who had nothing to give
    ],
)
def test_swaps_count_in_their_order(
    swaps: list[tuple[str | None, str | None]], on_call: tuple[str, ...]
) -> None:
    """Each counts once: chains are followed, and nothing can go round for ever."""
    made = tuple(swap(out, into, *FIRST_NIGHT) for out, into in swaps)
    schedule = plan(nights("ani", "budi"), swaps=made)
    assert who_is_on_call(schedule, at("2026-11-24 01:00")) == on_call


def test_a_swap_covers_only_its_hours() -> None:
    """Half a night is given away; the other half stays."""
    schedule = plan(
        nights("ani"), swaps=(swap("ani", "budi", "2026-11-24 02:00", "2026-11-24 08:00"),)
    )
    assert who_is_on_call(schedule, at("2026-11-24 01:59")) == ("ani",)
    assert who_is_on_call(schedule, at("2026-11-24 02:00")) == ("budi",)
    assert who_is_on_call(schedule, at("2026-11-24 20:00")) == ("ani",)


def test_a_swap_that_outlives_its_rotation_gives_nobody_duty() -> None:
    """When the rotation has ended there is nothing to stand in for."""
    ended = nights("ani", last_day=MONDAY)
    schedule = plan(ended, swaps=(swap("ani", "budi", "2026-11-23 20:00", "2026-12-31 08:00"),))
    assert who_is_on_call(schedule, at("2026-11-24 07:59")) == ("budi",)
    assert who_is_on_call(schedule, at("2026-11-24 20:00")) == ()
    assert next_staffed(schedule, at("2026-11-24 08:00")) is None


def test_for_who_has_left_the_next_one_stands_in() -> None:
    """A disabled member leaves no hole, and the turns of the others stay where they are."""
    schedule = plan(nights("ani", "budi", "citra"), gone=("budi",))
    evenings = [at(f"2026-11-{day} 20:00") for day in (23, 24, 25, 26)]
    assert [who_is_on_call(schedule, each) for each in evenings] == [
        ("ani",),
        ("citra",),
        ("citra",),
        ("ani",),
    ]
    assert who_is_on_call(plan(nights("budi"), gone=("budi",)), evenings[0]) == ()


def test_what_somebody_agreed_on_before_they_left() -> None:
    """Who took a night over keeps it; what was given to the one who left comes back."""
    taken = plan(nights("ani", "citra"), swaps=(swap("ani", "budi", *FIRST_NIGHT),), gone=("ani",))
    given = plan(nights("ani", "citra"), swaps=(swap("ani", "budi", *FIRST_NIGHT),), gone=("budi",))
    assert who_is_on_call(taken, at("2026-11-24 01:00")) == ("budi",)
    assert who_is_on_call(given, at("2026-11-24 01:00")) == ("ani",)
    alone = plan(shifts=(Shift("x", "ani", *map(at, FIRST_NIGHT)),), gone=("ani",))
    assert who_is_on_call(alone, at("2026-11-24 01:00")) == ()


@pytest.mark.parametrize(("on_holidays", "on_call"), [(True, ("ani",)), (False, ())])
def test_a_holiday_is_the_day_on_which_the_duty_begins(
    on_holidays: bool, on_call: tuple[str, ...]
) -> None:
    """The night of Christmas rests or not; the one that leads into it is never cut."""
    schedule = plan(nights("ani", on_holidays=on_holidays))
    days_off = {date(2026, 12, 25)}
    assert who_is_on_call(schedule, at("2026-12-25 03:00"), days_off) == ("ani",)
    assert who_is_on_call(schedule, at("2026-12-25 21:00"), days_off) == on_call
    assert who_is_on_call(schedule, at("2026-12-26 03:00"), days_off) == on_call
    assert who_is_on_call(schedule, at("2026-12-26 21:00"), days_off) == ("ani",)


def test_weekdays_do_not_move_turns() -> None:
    """Office days from Monday to Friday: the weekend is a gap, the turn of a week goes on."""
    office = nights(
        "ani",
        "budi",
        turn_days=7,
        begins=time(8),
        ends=time(17),
        weekdays=frozenset(range(5)),
    )
    schedule = plan(office)
    assert who_is_on_call(schedule, at("2026-11-27 16:59")) == ("ani",)
    assert who_is_on_call(schedule, at("2026-11-28 10:00")) == ()
    assert who_is_on_call(schedule, at("2026-11-30 08:00")) == ("budi",)
    assert next_staffed(schedule, at("2026-11-27 17:00")) == at("2026-11-30 08:00")
    week = at("2026-11-23 00:00"), at("2026-11-30 00:00")
    assert staffed_time(schedule, *week) == 45 * HOUR
    assert gaps(schedule, *week)[-1] == Gap(at("2026-11-27 17:00"), week[1])


def test_overlap_shows_both_and_no_gap() -> None:
    """A day watch that goes into the night watch: for an hour both are on call."""
    days = nights("dewi", begins=time(8), ends=time(21))
    schedule = plan(nights("ani"), days)
    assert who_is_on_call(schedule, at("2026-11-23 20:30")) == ("ani", "dewi")
    assert who_is_on_call(schedule, at("2026-11-23 21:00")) == ("ani",)
    assert gaps(schedule, at("2026-11-23 08:00"), at("2026-11-25 08:00")) == ()


def test_a_gap_is_found_to_the_minute() -> None:
    """Between two shifts nobody is there for five minutes."""
    first = Shift("a", "ani", at("2026-11-23 08:00"), at("2026-11-23 12:00"))
    second = Shift("b", "budi", at("2026-11-23 12:05"), at("2026-11-23 18:00"))
    schedule = plan(shifts=(first, second))
    assert gaps(schedule, first.starts_at, second.ends_at) == (
        Gap(first.ends_at, second.starts_at),
    )
    assert next_staffed(schedule, first.ends_at) == second.starts_at
    assert who_is_on_call(schedule, first.ends_at) == ()


def test_shifts_of_one_member_that_meet_are_one_stretch() -> None:
    """Two shifts that overlap, and one that touches them."""
    pieces = (("08:00", "12:00"), ("11:00", "14:00"), ("14:00", "16:00"))
    shifts = tuple(
        Shift(begin, "ani", at(f"2026-11-23 {begin}"), at(f"2026-11-23 {end}"))
        for begin, end in pieces
    )
    whole = at("2026-11-23 00:00"), at("2026-11-24 00:00")
    assert shifts_between(plan(shifts=shifts), *whole) == (
        Stretch("ani", shifts[0].starts_at, shifts[-1].ends_at),
    )


def test_an_edited_rotation_counts_from_the_next_look() -> None:
    """The plan is what it says now: a new order of members, the same first day."""
    edited = replace(NIGHT_WATCH, rotations=(nights("citra", "ani"),))
    evening = at("2026-11-24 20:00")
    assert who_is_on_call(NIGHT_WATCH, evening) == ("budi",)
    assert who_is_on_call(edited, evening) == ("ani",)


def test_an_old_rotation_hands_over_to_a_new_one_without_a_hole() -> None:
    """The last night of the old one ends on the first day of the new one."""
    schedule = plan(
        nights("ani", last_day=MONDAY),
        nights("budi", id="r2", first_day=date(2026, 11, 24), begins=time(8), ends=time(8)),
    )
    since, until = at("2026-11-23 20:00"), at("2026-11-30 08:00")
    assert gaps(schedule, since, until) == ()
    assert who_is_on_call(schedule, at("2026-11-24 07:59")) == ("ani",)
    assert who_is_on_call(schedule, at("2026-11-24 08:00")) == ("budi",)


def test_several_schedules_are_seen_as_one() -> None:
    """Days in Makassar and nights in Jakarta leave only what neither covers."""
    days = plan(nights("dewi", "dewi", begins=time(8), ends=time(20)), zone=WITA)
    both = Plan((days, NIGHT_WATCH), frozenset())
    assert both.on_call(at("2026-11-23 18:00")) == ("dewi",)
    assert both.on_call(at("2026-11-23 21:00")) == ("ani",)
    assert both.gaps(at("2026-11-23 07:00"), at("2026-11-24 07:00")) == (
        Gap(at("2026-11-23 19:00"), at("2026-11-23 20:00")),
    )
    assert both.next_staffed(at("2026-11-23 19:30")) == at("2026-11-23 20:00")
    assert both.coming_after("ani", at("2026-11-24 01:00")) == ("dewi",)


PEOPLE = ("ani", "budi", "citra", "dewi")
people = st.sampled_from(PEOPLE)
maybe = st.none() | people
hours = st.integers(0, 23).map(time)
moments = st.integers(0, 24 * 20).map(lambda count: at("2026-11-20 00:00") + count * HOUR)
rotations = st.builds(
    Rotation,
    id=st.just("r"),
    name=st.just("r"),
    members=st.lists(people, min_size=1, max_size=4).map(tuple),
    turn_days=st.integers(1, 9),
    first_day=st.dates(date(2026, 11, 10), date(2026, 12, 10)),
    last_day=st.none() | st.dates(date(2026, 11, 10), date(2026, 12, 20)),
    begins=hours,
    ends=hours,
    weekdays=st.frozensets(st.integers(0, 6)),
    on_holidays=st.booleans(),
)
spans = st.tuples(moments, moments).map(sorted)
shifts = st.builds(lambda who, span: Shift("x", who, *span), people, spans)
overrides = st.builds(lambda out, into, span: Override("o", out, into, *span), maybe, maybe, spans)
schedules = st.builds(
    Schedule,
    id=st.just("s"),
    name=st.just("s"),
    timezone=st.sampled_from((WIB, WITA, WIT)),
    rotations=st.lists(rotations, max_size=3).map(tuple),
    shifts=st.lists(shifts, max_size=3).map(tuple),
    overrides=st.lists(overrides, max_size=5).map(tuple),
    gone=st.frozensets(people, max_size=2),
)
days_off = st.frozensets(st.dates(date(2026, 11, 18), date(2026, 12, 12)), max_size=4)


@given(schedules, moments, days_off)
def test_the_calendar_agrees_with_who_is_called(
    schedule: Schedule, moment: datetime, free: frozenset[date]
) -> None:
    """What is shown for a moment is who is paged at it, also at the edges of every stretch."""
    since, until = moment - 30 * HOUR, moment + 30 * HOUR
    shown = shifts_between(schedule, since, until, free)
    edges = [edge for each in shown for edge in (each.starts_at, each.ends_at)]
    for now in [moment, *(edge for edge in edges if edge < until)]:
        drawn = {each.staff_id for each in shown if each.starts_at <= now < each.ends_at}
        assert drawn == set(who_is_on_call(schedule, now, free))


@given(schedules, moments, days_off)
def test_nobody_is_called_whom_the_plan_does_not_name(
    schedule: Schedule, moment: datetime, free: frozenset[date]
) -> None:
    """Only members, shifts and stand-ins; nobody twice, nobody who is gone."""
    on_call = who_is_on_call(schedule, moment, free)
    named = {member for rotation in schedule.rotations for member in rotation.members}
    named |= {shift.staff_id for shift in schedule.shifts}
    named |= {each.in_id for each in schedule.overrides if each.in_id is not None}
    assert set(on_call) <= named - schedule.gone
    assert len(set(on_call)) == len(on_call)


@given(schedules, moments, days_off)
def test_gaps_and_duty_fill_the_time(
    schedule: Schedule, moment: datetime, free: frozenset[date]
) -> None:
    """Each moment of a window is either staffed or in a gap, and the hours add up."""
    until = moment + 72 * HOUR
    missing = gaps(schedule, moment, until, free)
    for gap in missing:
        assert who_is_on_call(schedule, gap.starts_at, free) == ()
    for hour in range(72):
        now = moment + hour * HOUR
        in_gap = any(gap.starts_at <= now < gap.ends_at for gap in missing)
        assert in_gap == (who_is_on_call(schedule, now, free) == ())
    uncovered = sum((gap.ends_at - gap.starts_at for gap in missing), timedelta())
    assert staffed_time(schedule, moment, until, free) + uncovered == 72 * HOUR


@given(schedules, moments, days_off)
def test_the_next_duty_brings_somebody(
    schedule: Schedule, moment: datetime, free: frozenset[date]
) -> None:
    """At the moment that people are told somebody is there who was not there just before."""
    begin = next_staffed(schedule, moment, free)
    if begin is not None:
        before = who_is_on_call(schedule, begin - timedelta(seconds=1), free)
        assert set(who_is_on_call(schedule, begin, free)) - set(before)
        assert begin > moment
