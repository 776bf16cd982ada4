"""How nights are counted: pure figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.load import Load, Rang, loads, night_of

WIB = ZoneInfo("Asia/Jakarta")
WIT = ZoneInfo("Asia/Jayapura")
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # 12.00 WIB


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November in WIB."""
    return datetime(2026, 11, day, hour, minute, tzinfo=WIB)


def load_of(*rang: Rang, now: datetime = NOON) -> Load:
    """The load of sari."""
    (found,) = loads(["sari"], rang, {"sari": 2}, WIB, now)
    return found


@pytest.mark.parametrize(
    ("moment", "night"),
    [
        (at(4, 21, 59), None),
        (at(4, 22), date(2026, 11, 4)),
        (at(5, 0), date(2026, 11, 4)),
        (at(5, 5, 59), date(2026, 11, 4)),
        (at(5, 6), None),
        (at(1, 1), date(2026, 10, 31)),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_began(moment: datetime, night: date | None) -> None:
    """From ten in the evening to six in the morning, over midnight and over the end of a month."""
    assert night_of(moment, WIB) == night


def test_nights_are_those_of_the_office() -> None:
    """20.30 in Jakarta is night in Jayapura."""
    assert night_of(at(4, 20, 30), WIB) is None
    assert night_of(at(4, 20, 30), WIT) == date(2026, 11, 4)


def test_a_page_counts_once_whatever_it_tries() -> None:
    """Telegram, then a call, then an SMS for one page: one page, one night."""
    tries = (Rang("p1", "sari", at(19, 23, minute)) for minute in (0, 2, 5))
    found = load_of(*tries, Rang("p2", "sari", at(20, 1)))
    assert (found.pages_week, found.nights_week, found.hard) == (2, 1, 2)


def test_a_page_of_the_evening_that_goes_on_at_night_is_one_of_the_evening() -> None:
    """What counts is when the phone first rang."""
    found = load_of(Rang("p1", "sari", at(19, 21, 59)), Rang("p1", "sari", at(19, 22, 1)))
    assert found.pages_month == 0


def test_seven_and_thirty_days() -> None:
    """Exactly seven days ago is no more in the week, nor what lies ahead of the clock."""
    week = timedelta(days=7)
    night = datetime(2026, 11, 20, 1, tzinfo=WIB)
    rang = (
        Rang("now", "sari", night),
        Rang("edge", "sari", night - week),
        Rang("old", "sari", night - timedelta(days=29)),
        Rang("older", "sari", night - timedelta(days=31)),
        Rang("ahead", "sari", night + timedelta(days=1)),
        Rang("other", "budi", night),
    )
    found = load_of(*rang, now=night)
    assert (found.pages_week, found.pages_month) == (1, 3)
    assert (found.nights_week, found.nights_month) == (1, 3)


@pytest.mark.parametrize(("nights", "swap"), [(2, False), (3, True), (7, True)])
def test_three_nights_of_seven_suggest_a_swap(nights: int, swap: bool) -> None:
    """Many pages in one night are one night."""
    rang = [
        Rang(f"{day} {each}", "sari", at(19 - day, 23)) for day in range(nights) for each in "ab"
    ]
    assert load_of(*rang).needs_a_swap is swap
