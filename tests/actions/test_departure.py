"""Days of a departure as people tell them."""

from __future__ import annotations

from datetime import date

import pytest

from actions.departure import departure_in, departure_span, departure_told
from actions.holidays import hijri_day
from bot.domain.departures import Span

TODAY = date(2026, 11, 21)
"""A Saturday."""


def days(first: str, last: str = "") -> Span:
    """A span by month and day; a single day without `last`."""
    first, last = (f"{'2027' if each < '11' else '2026'}-{each}" for each in (first, last or first))
    return Span(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("malam ini", days("11-21", "11-22")),
        ("besok subuh", days("11-22")),
        ("lusa", days("11-23")),
        ("besok atau lusa", days("11-22", "11-23")),
        ("2-3 hari lagi", days("11-23", "11-24")),
        ("telung dino lagi", days("11-24", "11-24")),
        ("opat poe lagi", days("11-25", "11-25")),
        ("hari rabu", days("11-25")),
        ("hari minggu", days("11-22")),
        ("tgl 5", days("12-05")),
        ("tanggal 5-7 des", days("12-05", "12-07")),
        ("5 desember 2026", days("12-05")),
        ("05/12/2026", days("12-05")),
        ("tgl 5 bln depan", days("12-05")),
        ("tanggal 3 januari", days("01-03")),
        ("minggu ini", days("11-21", "11-22")),
        ("minggu depan", days("11-23", "11-29")),
        ("dua minggu lagi", days("12-02", "12-08")),
        ("sebulan lagi", days("12-14", "12-28")),
        ("akhir bulan", days("11-21", "11-30")),
        ("bulan depan", days("12-01", "12-31")),
        ("awal januari", days("01-01", "01-10")),
        ("abis lebaran", days("03-11", "04-09")),
        ("sebelum puasa", days("01-09", "02-07")),
        ("habis natal", days("12-26", "01-24")),
        ("akhir tahun", days("12-01", "12-31")),
    ],
)
def test_days_are_understood(text: str, span: Span) -> None:
    """Dates, weekdays, counted days and vague times become a first and a last day."""
    assert departure_span(text, TODAY) == span


@pytest.mark.parametrize(
    "text", ["masih lama", "belum dikabari", "tanggal 5 november 2025", "buka 24/7", "gaji 5 juta"]
)
def test_what_names_no_day_to_come_is_none(text: str) -> None:
    """Nothing is guessed, and a day that is over is no departure."""
    assert departure_span(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("akhir bulan", "this_week"),
        ("hari minggu", "within_48h"),
        ("5 desember", "later"),
        ("seminggu lagi", "this_week"),
        ("minggu depan", "this_week"),
    ],
)
def test_a_vague_time_is_never_taken_for_tomorrow(text: str, when: str) -> None:
    """A span that may begin today is near, but only a day is within two days."""
    assert departure_in(text, TODAY) == when


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("Admin di kamboja, keberangkatan: 5 Des 2026. Interview tgl 24", days("12-05")),
        ("interview tgl 24 nov, terbang abis lebaran", days("03-11", "04-09")),
        ("tanggal 28 nanti saya berangkat dari Batam", days("11-28")),
        ("Pendaftaran sampai 30 November, gaji 15 juta", None),
        ("berangkat gratis, tes tanggal 24", None),
    ],
)
def test_only_dates_of_leaving_are_taken_from_an_offer(text: str, span: Span | None) -> None:
    """An advertisement has other dates, too."""
    assert departure_told(text, TODAY) == span


@pytest.mark.parametrize(
    ("year", "celebrated"),
    [(1445, "2024-04-10"), (1446, "2025-03-31"), (1447, "2026-03-21"), (1448, "2027-03-10")],
)
def test_lebaran_is_a_day_around_the_one_celebrated(year: int, celebrated: str) -> None:
    """The moon is seen or not; one day does not matter for "after Lebaran"."""
    assert abs((hijri_day(year, 10, 1) - date.fromisoformat(celebrated)).days) <= 1
