"""Holidays that people date things by: the feasts of Islam, Christmas, New Year."""

from __future__ import annotations

from datetime import date, timedelta

from bot.domain.departures import Span

NEARBY = 30
"""Days before or after a holiday that "before" or "after" it means."""

_SHAWWAL, _RAMADAN, _DHU_AL_HIJJAH = 10, 9, 12
# 1 Muharram 1 of the civil calendar, as a day of Python's calendar (16 July 622, Julian).
_EPOCH = 227015


def after_holiday(name: str, today: date) -> Span | None:
    """The month after the next such holiday, or after one that was less than a month ago."""
    day = next((day for day in _days_of(name, today) if day + timedelta(NEARBY) >= today), None)
    if day is None:
        return None
    return Span(max(today, day + timedelta(days=1)), day + timedelta(days=NEARBY))


def before_holiday(name: str, today: date) -> Span | None:
    """From today, or a month before it, to the day before the next such holiday."""
    begins = "ramadan" if name == "puasa" else name
    day = next((day for day in _days_of(begins, today) if day > today), None)
    if day is None:
        return None
    return Span(max(today, day - timedelta(days=NEARBY)), day - timedelta(days=1))


def hijri_day(year: int, month: int, day: int) -> date:
    """A day of the Islamic calendar by arithmetic (the tabular one, civil epoch).

    Years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26 and 29 of 30 are leap years. The day that the
    ministry declares is seen in the sky and may be one away from it.
    """
    months = (59 * (month - 1) + 1) // 2
    leaps = (3 + 11 * year) // 30
    return date.fromordinal(_EPOCH - 1 + (year - 1) * 354 + leaps + months + day)


def _days_of(name: str, today: date) -> tuple[date, ...]:
    """The days of a holiday from last year to the year after next, in order."""
    years = range(today.year - 1, today.year + 3)
    if name == "natal":
        return tuple(date(year, 12, 25) for year in years)
    if name == "tahun baru":
        return tuple(date(year, 1, 1) for year in years)
    month, day = {
        "lebaran haji": (_DHU_AL_HIJJAH, 10),
        "idul adha": (_DHU_AL_HIJJAH, 10),
        "iduladha": (_DHU_AL_HIJJAH, 10),
        "ramadan": (_RAMADAN, 1),
    }.get(name, (_SHAWWAL, 1))
    # 33 Islamic years are 32 of ours.
    about = (today.year - 622) * 33 // 32
    return tuple(hijri_day(year, month, day) for year in range(about - 1, about + 4))
