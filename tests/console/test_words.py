"""Codes in words, and ages that fit a narrow screen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.console import words
from bot.domain.cases import LogEntry, LogKind
from tests.hotline import START


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (-1, "baru saja"),
        (0.9, "baru saja"),
        (1, "1 mnt"),
        (59.9, "59 mnt"),
        (60, "1 jam"),
        (47 * 60 + 59, "47 jam"),
        (48 * 60, "2 hari"),
    ],
)
def test_ages(minutes: float, shown: str) -> None:
    """How long somebody has waited, in as few letters as possible."""
    assert words.age(START - timedelta(minutes=minutes), START) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("held, passport_withheld", "dikurung; paspor ditahan"),
        ("upfront_fee", "Diminta uang sebelum berangkat"),
        ("critical", "tanda bahaya berat"),
        ("Dia bilang, nanti saja", "Dia bilang, nanti saja"),
        ("", ""),
    ],
)
def test_codes_become_words_and_words_stay(text: str, shown: str) -> None:
    """Signals, flags and verdicts are translated; what people wrote is not touched."""
    assert words.in_words(text) == shown


def test_what_was_told_keeps_its_lines() -> None:
    """Field names are translated; further lines of an answer stay as they were typed."""
    told = "story: dia bilang: pulang\ncatatan: jam 2\nname: Contoh"
    entry = LogEntry(START, LogKind.FACTS, "bot", told)
    assert words.log_text(entry) == "Cerita: dia bilang: pulang\ncatatan: jam 2\nNama: Contoh"


def test_notes_of_staff_are_never_translated() -> None:
    """A note that happens to be a code stays what its author wrote."""
    assert words.log_text(LogEntry(START, LogKind.NOTE, "Petugas 2", "held")) == "held"
    failed = LogEntry(START, LogKind.NOTE, "system", "turn_failed")
    assert words.log_text(failed) == "Bot gagal menjawab satu pesan"


@pytest.mark.parametrize(
    ("kind", "details", "piece"),
    [
        ("no_one_on_call", ("TD-BBBBBB",), "saat 1 kasus darurat masuk"),
        ("no_one_on_call", ("TD-BBBBBB", "TD-CCCCCC"), "saat 2 kasus darurat masuk"),
        ("policy_exhausted", ("TD-BBBBBB",), "belum ada jawaban"),
        ("page_failed", ("email", "phone"), "lewat surel dan phone gagal"),
        ("assistant_down", ("",), "Asisten bot mati"),
        ("turn_failed", ("action_x", "action_y"), "Bot gagal menjawab"),
        ("something_new", ("",), "something_new"),
    ],
)
def test_alarms_are_sentences(kind: str, details: tuple[str, ...], piece: str) -> None:
    """All alarms of a kind are told at once; one that nobody has worded yet shows its name."""
    assert piece in words.alarm_line(kind, details)


def test_a_message_becomes_one_short_line() -> None:
    """Lists show the beginning of a message, whatever line breaks it has."""
    assert words.shorten("tolong\n\n  saya") == "tolong saya"
    assert words.shorten("a" * 60) == "a" * 60
    assert words.shorten("a" * 61) == "a" * 60 + "…"


@pytest.mark.parametrize(
    ("country", "shown"), [("kamboja", "Kamboja"), ("arab saudi", "Arab Saudi"), ("", "")]
)
def test_a_country_is_a_name(country: str, shown: str) -> None:
    """The dialogue keeps countries in small letters; staff read names."""
    assert words.place(country) == shown
