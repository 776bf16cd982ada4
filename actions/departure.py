"""When somebody leaves: within two days, this week, or later; and on which days, where told."""

from __future__ import annotations

import re
from datetime import date

from actions.dates import A_WEEK, AT_ONCE, ON_DAY, WEEK, days_in, days_until
from bot.domain.departures import LATER, THIS_WEEK, WITHIN_48H, Span
from bot.language.spelling import normalise

_THIS_WEEK = re.compile(
    r"\b(?:minggu ini|pekan ini|minggu depan|pekan depan|seminggu lagi|"
    r"(?:hari )?(?:senin|selasa|rabu|kamis|jumat|sabtu|minggu)(?: ini| depan)?)\b"
)
_LATER = re.compile(
    r"\b(?:masih lama|bulan|bulan depan|tahun|tahun depan|habis lebaran|setelah lebaran|"
    r"belum lama lagi|kapan kapan)\b"
)
_LEAVING = re.compile(r"\b(?:(?:ke|di|mem)?berangkat\w*|terbang|penerbangan|flight)\b")
_SENTENCE_END = re.compile(r"[\n!?;]|\.(?!\d)")
_OTHER_DATES = re.compile(
    r"\b(?:interview|wawancara|tes|test|daftar|pendaftaran|medical|kumpul berkas)\b"
)

TWO_DAYS = 2
_NEARBY = 40
"""Characters around the words of leaving that may hold the date."""


def departure_in(text: str, today: date | None) -> str | None:
    """`within_48h`, `this_week`, `later`, or None when the text does not say.

    In doubt the nearer one: a departure taken for near costs a look, the other a person.
    """
    plain = _plain(text)
    if AT_ONCE.search(plain):
        return WITHIN_48H
    span = departure_span(text, today)
    if today is not None and span is not None and not _is_vague(plain):
        ahead = (span.first - today).days
        # "Akhir bulan" may begin today, and yet nobody has said that it is tomorrow.
        return _within(ahead if span.is_sure else max(ahead, TWO_DAYS + 1))
    counted = days_until(plain)
    if counted is not None:
        return _within(counted)
    if _THIS_WEEK.search(plain):
        return THIS_WEEK
    if span is not None:
        return LATER
    return LATER if _LATER.search(plain) else None


def departure_span(text: str, today: date | None) -> Span | None:
    """The days within which somebody leaves, as an answer to the question when.

    None when no day can be told from it ("masih lama"), and for a day that is over.
    """
    if today is None:
        return None
    span = days_in(_plain(text), today)
    return None if span is None or span.last < today else span


def departure_told(text: str, today: date | None) -> Span | None:
    """The days of the departure that a longer text speaks of, an offer for example.

    Only dates that stand beside words of leaving: there are others, of tests and applications.
    """
    for sentence in _SENTENCE_END.split(_plain(text)):
        for leaving in _LEAVING.finditer(sentence):
            after = sentence[leaving.end() : leaving.end() + _NEARBY]
            before = sentence[max(0, leaving.start() - _NEARBY) : leaving.start()]
            for words in (_OTHER_DATES.split(after)[0], _OTHER_DATES.split(before)[-1]):
                found = departure_span(words, today)
                if found is not None:
                    return found
    return None


def _plain(text: str) -> str:
    return normalise(text).text.casefold()


def _is_vague(plain: str) -> bool:
    """Whether only a week was named: its first day is no date."""
    return bool(WEEK.search(plain)) and not ON_DAY.search(plain)


def _within(days: int) -> str:
    if days <= TWO_DAYS:
        return WITHIN_48H
    return THIS_WEEK if days <= A_WEEK else LATER
