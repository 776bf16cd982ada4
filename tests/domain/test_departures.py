"""What the clock of a departure wants, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.departures import (
    Departure,
    Due,
    Outcome,
    Span,
    Task,
    after,
    due,
    next_at,
    told_anew,
    urgency_at,
)
from bot.language.types import Urgency

WIB, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
START = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
FIFTH = Span(date(2026, 12, 5), date(2026, 12, 5))
DECEMBER = Span(date(2026, 12, 1), date(2026, 12, 31))


def leaving(
    span: Span | None = FIFTH, *, verdict: str = "critical", told: str | None = None
) -> Departure:
    """A departure that was told at START."""
    return Departure("case", verdict, told, span, WIB, START, START, "offer")


def at(day: int, hour: int = 0, minute: int = 0, month: int = 12) -> datetime:
    """A moment where the office is."""
    return datetime(2026, month, day, hour, minute, tzinfo=WIB).astimezone(UTC)


@pytest.mark.parametrize(
    ("span", "verdict", "moment", "urgency"),
    [
        (FIFTH, "critical", at(27, 23, 59, month=11), Urgency.NONE),
        (FIFTH, "critical", at(28, 0, 0, month=11), Urgency.URGENT),
        (FIFTH, "critical", at(2, 23, 59), Urgency.URGENT),
        (FIFTH, "critical", at(3), Urgency.EMERGENCY),
        (FIFTH, "serious", at(3), Urgency.URGENT),
        (FIFTH, "caution", at(3), Urgency.NONE),
        (DECEMBER, "critical", at(23, month=11), Urgency.NONE),
        (DECEMBER, "critical", at(24, month=11), Urgency.URGENT),
        (DECEMBER, "critical", at(28), Urgency.URGENT),
        (DECEMBER, "critical", at(29), Urgency.EMERGENCY),
    ],
)
def test_a_day_makes_it_urgent_as_it_comes_near(
    span: Span, verdict: str, moment: datetime, urgency: Urgency
) -> None:
    """A week before its first day, 48 hours before a sure one; by the clock of the person."""
    assert urgency_at(verdict, span, WIB, moment) is urgency


def test_the_zone_of_the_person_counts() -> None:
    """A day begins two hours earlier in Jayapura."""
    moment = at(2, 22)
    assert urgency_at("critical", FIFTH, WIB, moment) is Urgency.URGENT
    assert urgency_at("critical", FIFTH, WIT, moment) is Urgency.EMERGENCY


def test_each_step_is_due_once() -> None:
    """Week, two days, over: done is done, and the next moment is known."""
    known = leaving()
    steps = []
    for _ in range(6):
        moment = next_at(known, known.checked_at)
        if moment is None:
            break
        done = due(known, moment)
        steps.append((moment, done))
        known = after(known, done, moment)
        assert due(known, moment) == Due(None, None)
    assert steps == [
        (at(28, month=11), Due(Urgency.URGENT, None)),
        (at(3), Due(Urgency.EMERGENCY, None)),
        (at(6), Due(None, Task.ASK_GONE)),
    ]


def test_a_mild_offer_is_looked_at_once_before_the_day() -> None:
    """A task a week before, whenever it was told, and one when the day is over; never urgency."""
    known = leaving(verdict="caution")
    assert next_at(known, START) == at(28, month=11)
    assert due(known, at(28, month=11)) == Due(None, Task.LOOK)
    looked = after(known, due(known, at(4)), at(4))
    assert looked.task is Task.LOOK
    assert due(looked, at(4, 1)) == Due(None, None)
    assert due(looked, at(6)) == Due(None, Task.ASK_GONE)


@pytest.mark.parametrize(
    ("before", "later", "counts"),
    [("caution", "serious", "serious"), ("serious", "caution", "serious")],
)
def test_the_graver_of_two_verdicts_counts(before: str, later: str, counts: str) -> None:
    """Nothing that is told later lowers it."""
    assert told_anew(leaving(verdict=before), leaving(verdict=later), START).verdict == counts


def test_a_jump_forwards_does_only_the_last_step() -> None:
    """No storm after a day of being off; what was missed is told as missed."""
    assert due(leaving(), at(4)) == Due(Urgency.EMERGENCY, None)
    assert due(leaving(), at(9)) == Due(Urgency.URGENT, Task.ASK_GONE, too_late=True)


def test_a_jump_back_repeats_nothing_and_forgets_nothing() -> None:
    """After a wrong clock said that the day was over, the two days before it still ring."""
    wrong = after(leaving(), due(leaving(), at(9)), at(9))
    assert due(wrong, at(29, month=11)) == Due(None, None)
    assert due(wrong, at(3)) == Due(Urgency.EMERGENCY, None)


@pytest.mark.parametrize(
    ("told", "wait"), [(None, timedelta(minutes=10)), ("later", timedelta(days=7))]
)
def test_an_unknown_day_becomes_a_task(told: str | None, wait: timedelta) -> None:
    """After ten minutes without an answer; "later" holds for a week."""
    known = leaving(None, told=told)
    assert due(known, START + wait - timedelta(seconds=1)) == Due(None, None)
    done = due(known, START + wait)
    assert done == Due(None, Task.ASK_DATE)
    assert next_at(after(known, done, START + wait), START + wait) is None


def test_a_clock_that_was_set_back_still_asks() -> None:
    """Told "in a year" by a wrong clock, it is asked ten minutes after the clock is right."""
    wrong = replace(leaving(None), told_at=START + timedelta(days=365))
    known = after(wrong, due(wrong, START), START)
    assert next_at(known, START) == START + timedelta(minutes=10)


def test_an_outcome_stops_the_clock() -> None:
    """Staff know that she does not go."""
    known = replace(leaving(), outcome=Outcome.OFF)
    assert due(known, at(4)) == Due(None, None)
    assert next_at(known, at(4)) is None


@pytest.mark.parametrize(
    ("new", "span"),
    [
        (leaving(None), FIFTH),
        (leaving(None, told="later"), FIFTH),
        (leaving(DECEMBER), DECEMBER),
        (replace(leaving(DECEMBER), offer_id="another"), DECEMBER),
        (replace(leaving(Span(date(2026, 12, 9), date(2026, 12, 9))), offer_id="another"), FIFTH),
    ],
)
def test_what_is_told_again(new: Departure, span: Span) -> None:
    """A date replaces the one before; silence does not; of two offers the nearer one counts."""
    assert told_anew(leaving(), new, START).span == span


def test_a_day_put_off_is_heard_again_when_it_comes_near() -> None:
    """What rang for the old day must ring for the new one."""
    rang = replace(leaving(), raised=Urgency.EMERGENCY)
    off = replace(leaving(Span(date(2026, 12, 20), date(2026, 12, 20))), raised=Urgency.NONE)
    known = told_anew(rang, off, at(4))
    assert due(known, at(4)) == Due(None, None)
    assert due(known, at(18)) == Due(Urgency.EMERGENCY, None)
