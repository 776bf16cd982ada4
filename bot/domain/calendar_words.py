"""Dates as people say them."""

from __future__ import annotations

from datetime import date

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)


def day_in_words(day: date | None) -> str:
    """A day such as 21 November 2026; today when it is not known."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}" if day else "hari ini"


def month_in_words(written: str) -> str:
    """The month of a date written YYYY, YYYY-MM or YYYY-MM-DD; the year where that is all."""
    year, *rest = written.split("-")
    return f"{MONTHS[int(rest[0]) - 1]} {year}" if rest else year
