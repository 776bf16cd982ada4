"""Days as people name them: tanggal 5, lusa, minggu depan, abis lebaran."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from actions.holidays import after_holiday, before_holiday
from bot.domain.calendar_words import MONTHS
from bot.domain.departures import Span
from bot.language.numbers import small_numbers

_MONTHS = [month.casefold() for month in MONTHS]
_MONTH_NUMBERS = {
    **{month: number for number, month in enumerate(_MONTHS, 1)},
    **{month[:3]: number for number, month in enumerate(_MONTHS, 1)},
    "agt": 8,
    "ags": 8,
    "sept": 9,
    "nop": 11,
    "nopember": 11,
    "pebruari": 2,
}
_MONTH = "|".join(sorted(_MONTH_NUMBERS, key=len, reverse=True))
_WEEKDAYS = {
    "senin": 0,
    "selasa": 1,
    "rabu": 2,
    "kamis": 3,
    "jumat": 4,
    "jum'at": 4,
    "sabtu": 5,
    "minggu": 6,
    "ahad": 6,
}

AT_ONCE = re.compile(
    r"\b(?:hari ini|malam ini|nanti malam|sore ini|siang ini|pagi ini|sekarang|besok|lusa|"
    r"sebentar lagi|subuh|jam lagi)\b"
)
_TOMORROW = re.compile(r"\bbesok\b(?! ?(?:bulan|tahun|minggu|senin|selasa|rabu|kamis|jumat|sabtu))")
_AFTER_TOMORROW = re.compile(r"\blusa\b")
WEEK = re.compile(r"(?<!hari )\b(?:minggu|pekan) (ini|depan)\b")
_WEEKDAY = re.compile(r"\b(senin|selasa|rabu|kamis|jum'?at|sabtu|ahad)\b|\bhari (minggu)\b")
ON_DAY = re.compile(
    r"\b(?:tanggal|tgl)\.? ?(\d{1,2})(?: ?(?:-|sampai|atau|/) ?(\d{1,2}))?(?!\d|[/-]\d)"
    rf"(?: ?({_MONTH})\b\.?| bulan (ini|depan))?(?: ?(20\d\d)\b)?"
)
_DAY_AND_MONTH = re.compile(
    rf"\b(\d{{1,2}})(?: ?(?:-|sampai|atau) ?(\d{{1,2}}))? ?({_MONTH})\b\.?()(?: ?(20\d\d)\b)?"
)
_IN_FIGURES = re.compile(r"\b(\d{1,2}) ?[/-] ?(\d{1,2})(?: ?[/-] ?(20\d\d|\d\d))?\b")
_PART = {"awal": (1, 10), "pertengahan": (11, 20), "tengah": (11, 20), "akhir": (21, 31)}
_MONTH_PART = re.compile(
    rf"\b(?:(awal|pertengahan|tengah|akhir) )?bulan (?:(ini|depan)|({_MONTH})\b)|"
    rf"\b(awal|pertengahan|tengah|akhir) (bulan)\b|\b(?:(awal|akhir) )?()({'|'.join(_MONTHS)})\b"
)
_YEAR_PART = re.compile(r"\b(?:(awal|akhir) )?tahun(?: (ini|depan))?\b")
_HOLIDAY = re.compile(
    r"\b(habis|abis|setelah|sesudah|selesai|bakda|bada|sebelum|jelang|menjelang) "
    r"(?:hari raya |selesai )?(lebaran haji|idul adha|iduladha|lebaran|idul fitri|idulfitri|puasa|"
    r"natal|tahun baru)\b"
)
_BEFORE = frozenset({"sebelum", "jelang", "menjelang"})


A_WEEK = 7
_SOME_DAYS = 3
"""Days around "in two weeks": people count roughly."""
_A_MONTH = 30


@dataclass(frozen=True)
class _Counts:
    """Patterns of what is counted, in figures or words."""

    days: re.Pattern[str]
    weeks: re.Pattern[str]
    months: re.Pattern[str]


@cache
def _counts() -> _Counts:
    count = rf"(\d{{1,3}}|{'|'.join(sorted(small_numbers(), key=len, reverse=True))}|se)"
    return _Counts(
        days=re.compile(
            rf"\b(?:{count} ?(?:-|sampai|atau) ?)?{count} ?(?:hari|hr|dina|dino|dinten|poe)(?: lagi)?\b"
        ),
        weeks=re.compile(rf"\b{count} ?(?:minggu|pekan)(?: lagi)?\b"),
        months=re.compile(rf"\b{count} ?bulan(?: lagi)\b"),
    )


def days_in(plain: str, today: date) -> Span | None:
    """The days that a text names, spelled as `normalise` does; the most exact reading that fits."""
    for reading in _READINGS:
        for span in reading(plain, today):
            return span
    return None


def days_until(plain: str) -> int | None:
    """Days that are counted from now: "3 hari lagi", "dua minggu lagi"."""
    if found := _counts().days.search(plain):
        return _number(found[1] or found[2])
    if found := _counts().weeks.search(plain):
        return _number(found[1]) * A_WEEK
    return None


def _written(plain: str, today: date) -> Iterator[Span]:
    """Tanggal 5, 5-7 Desember, 5 Des 2026."""
    for pattern in (ON_DAY, _DAY_AND_MONTH):
        for found in pattern.finditer(plain):
            day, until, month, which, year = found.groups()
            number = _MONTH_NUMBERS.get(month or "")
            if which:
                number = (_shifted(today, 1) if which == "depan" else today).month
            first = _next(int(day), number, int(year) if year else None, today)
            if first is None:
                continue
            last = first
            if until and int(until) >= int(day):
                last = _day(first.year, first.month, int(until)) or first
            yield Span(first, last)


def _figures(plain: str, today: date) -> Iterator[Span]:
    """5/12 or 05-12-2026; not 24/7, and not 2-3 hari."""
    for found in _IN_FIGURES.finditer(plain):
        day, month, year = found.groups()
        if plain[found.end() :].lstrip().startswith(("hari", "hr", "minggu", "bulan", "orang")):
            continue
        if not 1 <= int(month) <= 12 or found[0] == "24/7":
            continue
        full = int(year) + (2000 if len(year) == 2 else 0) if year else None
        first = _next(int(day), int(month), full, today)
        if first is not None:
            yield Span(first, first)


def _near(plain: str, today: date) -> Iterator[Span]:
    """Hari ini, besok, lusa, and both: besok atau lusa."""
    said = [
        days for pattern, days in ((_TOMORROW, 1), (_AFTER_TOMORROW, 2)) if pattern.search(plain)
    ]
    if said:
        yield Span(today + timedelta(days=said[0]), today + timedelta(days=said[-1]))
    elif AT_ONCE.search(plain) and "besok" not in plain:
        yield Span(today, today + timedelta(days=1))


def _counted(plain: str, today: date) -> Iterator[Span]:
    """3 hari lagi, 2-3 hari lagi, dua minggu lagi, sebulan lagi."""
    if found := _counts().days.search(plain):
        until = _number(found[2])
        since = _number(found[1]) if found[1] else until
        yield Span(today + timedelta(days=min(since, until)), today + timedelta(days=until))
    if found := _counts().weeks.search(plain):
        yield _around(today, _number(found[1]) * A_WEEK, _SOME_DAYS)
    if found := _counts().months.search(plain):
        yield _around(today, _number(found[1]) * _A_MONTH, A_WEEK)


def _around(today: date, days: int, give: int) -> Span:
    return Span(today + timedelta(days=max(0, days - give)), today + timedelta(days=days + give))


def _weekday(plain: str, today: date) -> Iterator[Span]:
    """Hari Rabu: the next one, today's when it is one. Rabu depan: as near as that can be."""
    if found := _WEEKDAY.search(plain):
        wanted = _WEEKDAYS[found[1] or found[2]]
        day = today + timedelta(days=(wanted - today.weekday()) % A_WEEK)
        yield Span(day, day)


def _week(plain: str, today: date) -> Iterator[Span]:
    """Minggu ini until Sunday, minggu depan from Monday to Sunday."""
    if found := WEEK.search(plain):
        monday = today - timedelta(days=today.weekday())
        if found[1] == "ini":
            yield Span(today, monday + timedelta(days=6))
        else:
            yield Span(monday + timedelta(days=7), monday + timedelta(days=13))


def _month(plain: str, today: date) -> Iterator[Span]:
    """Bulan depan, akhir bulan, awal Januari, Desember."""
    for found in _MONTH_PART.finditer(plain):
        part = found[1] or found[4] or found[6]
        named = found[3] or found[8]
        if named:
            start = _next(1, _MONTH_NUMBERS[named], None, today.replace(day=1))
        else:
            start = _shifted(today, 1) if found[2] == "depan" else today.replace(day=1)
        if start is None:
            continue
        since, until = _PART.get(part or "", (1, 31))
        end = _shifted(start, 1) - timedelta(days=1)
        last = min(start.replace(day=min(until, end.day)), end)
        if last < today and not (named or found[2]):
            # "Akhir bulan" when this month has none left.
            continue
        yield Span(max(today, start.replace(day=since)), max(today, last))


def _year(plain: str, today: date) -> Iterator[Span]:
    """Akhir tahun, tahun depan, awal tahun depan."""
    if found := _YEAR_PART.search(plain):
        part, which = found.groups()
        if not (part or which):
            return
        year = today.year + (which == "depan" or (part == "awal" and which is None))
        first, last = date(year, 1, 1), date(year, 12, 31)
        if part == "awal":
            last = date(year, 1, 31)
        elif part == "akhir":
            first = date(year, 12, 1)
        yield Span(max(today, first), last)


def _holiday(plain: str, today: date) -> Iterator[Span]:
    """Abis lebaran, sebelum puasa: within a month of it."""
    if found := _HOLIDAY.search(plain):
        near = before_holiday if found[1] in _BEFORE else after_holiday
        span = near(found[2], today)
        if span is not None:
            yield span


_READINGS: tuple[Callable[[str, date], Iterator[Span]], ...] = (
    _written,
    _figures,
    _near,
    _counted,
    _weekday,
    _week,
    _month,
    _holiday,
    _year,
)


def _next(day: int, month: int | None, year: int | None, today: date) -> date | None:
    """The next such day from today on; None for one that the calendar does not have."""
    if year is not None and month is not None:
        return _day(year, month, day)
    at = today
    for _ in range(366):
        if at.day == day and (month is None or at.month == month):
            return at
        at += timedelta(days=1)
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _shifted(day: date, months: int) -> date:
    """The first day of the month so many months on."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _number(word: str) -> int:
    if word == "se":
        return 1
    known = small_numbers().get(word)
    return int(word) if known is None else known
