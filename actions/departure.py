"""When somebody leaves, as far as it matters: within two days, this week, or later."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.domain.calendar_words import MONTHS
from bot.language.spelling import normalise

_MONTHS = [month.casefold() for month in MONTHS]
_NUMBERS = {
    word: number
    for number, word in enumerate(
        [
            "nol",
            "satu",
            "dua",
            "tiga",
            "empat",
            "lima",
            "enam",
            "tujuh",
            "delapan",
            "sembilan",
            "sepuluh",
        ]
    )
}
_COUNT = r"(\d{1,3}|" + "|".join(_NUMBERS) + "|se)"

_AT_ONCE = re.compile(
    r"\b(?:hari ini|malam ini|nanti malam|sore ini|siang ini|pagi ini|sekarang|besok|lusa|"
    r"sebentar lagi|subuh|jam lagi)\b"
)
_THIS_WEEK = re.compile(
    r"\b(?:minggu ini|pekan ini|minggu depan|pekan depan|seminggu lagi|"
    r"(?:hari )?(?:senin|selasa|rabu|kamis|jumat|sabtu|minggu)(?: ini| depan)?)\b"
)
_LATER = re.compile(
    r"\b(?:masih lama|bulan|bulan depan|tahun|tahun depan|habis lebaran|setelah lebaran|"
    r"belum lama lagi|kapan kapan)\b"
)
_IN_DAYS = re.compile(rf"\b{_COUNT} ?hari(?: lagi)?\b")
_IN_WEEKS = re.compile(rf"\b{_COUNT} ?(?:minggu|pekan)(?: lagi)?\b")
_ON_DAY = re.compile(rf"\b(?:tanggal|tgl) ?(\d{{1,2}})(?: ?({'|'.join(_MONTHS)}))?\b")

TWO_DAYS = 2
A_WEEK = 7


def departure_in(text: str, today: date | None) -> str | None:
    """`within_48h`, `this_week`, `later`, or None when the text does not say.

    In doubt the nearer one: a departure taken for near costs a look, the other a person.
    """
    plain = normalise(text).text.casefold()
    if _AT_ONCE.search(plain):
        return "within_48h"
    days = _days(plain, today)
    if days is not None:
        return _within(days)
    if _THIS_WEEK.search(plain):
        return "this_week"
    return "later" if _LATER.search(plain) else None


def _within(days: int) -> str:
    if days <= TWO_DAYS:
        return "within_48h"
    return "this_week" if days <= A_WEEK else "later"


def _days(plain: str, today: date | None) -> int | None:
    if found := _IN_DAYS.search(plain):
        return _number(found[1])
    if found := _IN_WEEKS.search(plain):
        return _number(found[1]) * A_WEEK
    found = _ON_DAY.search(plain)
    if found is None or today is None:
        return None
    return _days_until(int(found[1]), found[2], today)


def _days_until(day: int, month: str | None, today: date) -> int | None:
    """Days to the next such date; None for a day that the calendar does not have."""
    at = today
    for _ in range(366):
        named = month is None or _MONTHS[at.month - 1] == month
        if at.day == day and named:
            return (at - today).days
        at += timedelta(days=1)
    return None


def _number(word: str) -> int:
    if word == "se":
        return 1
    return _NUMBERS[word] if word in _NUMBERS else int(word)
