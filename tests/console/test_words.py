"""Codes in words, and ages that fit a narrow screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

import pytest

from bot.console import message_words, record, words
from bot.domain.auditor import Code
from bot.domain.cases import LogEntry, LogKind
from bot.domain.pages import PageEvent, PageKind
from bot.gateways.telegram_client import FORBIDDEN, NOBODY_THERE
from bot.gateways.twilio_verdicts import BY_STATUS, VERDICTS
from bot.services.acknowledging import Answer
from bot.services.care_given import Silence
from bot.services.caring import CaredHow
from bot.services.watchman import WATCH
from bot.settings import ROOT
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
        ("revoked, list_stale", "izin dicabut; daftarnya lebih dari 30 hari"),
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
        ("case_unreadable", ("a1", "b2"), "2 kasus darurat tidak bisa dibaca"),
        ("assistant_down", ("",), "Asisten bot mati"),
        ("turn_failed", ("action_x", "action_y"), "Bot gagal menjawab"),
        ("reply_failed", ("telegram: blocked",), "lewat Telegram (orang ini memblokir kami)"),
        (
            "reply_failed",
            ("whatsapp: twilio 30999", "whatsapp: 63016"),
            "WhatsApp (penyedia menolak (30999)) dan WhatsApp (sudah lewat 24 jam",
        ),
        ("reply_uncertain", ("telegram",), "jawaban lewat Telegram sampai"),
        ("window_closed", ("whatsapp",), "tertahan lewat WhatsApp"),
        ("file_failed", ("TD-BBBBBB", "telegram"), "2 kiriman tidak bisa diambil"),
        ("file_late", ("whatsapp",), "Kiriman lewat WhatsApp"),
        ("telegram_webhook", ("PUBLIC_BASE_URL",), "harus https"),
        ("telegram_polling", ("timed_out",), "penyedia tidak menjawab"),
        ("watch_provider_fails", ("sms", "email"), "gagal terus lewat SMS dan surel"),
        ("watch_no_next_step", ("TD-BBBBBB", "TD-CCCCCC"), "2 kasus tanpa langkah"),
        ("something_new", ("",), "something_new"),
    ],
)
def test_alarms_are_sentences(kind: str, details: tuple[str, ...], piece: str) -> None:
    """All alarms of a kind are told at once; one that nobody has worded yet shows its name."""
    assert piece in words.alarm_line(kind, details)


# The kind that an alarm is raised under: said on the spot, by a constant, or handed over.
RAISED = re.compile(r"\braise_once\(\s*([^,\s]+),")
HANDED = re.compile(r"\bTrouble\([\w.]+, (\"\w+\")")
# Of a bot: that of people, and that of staff.
OF_A_BOT = re.compile(r'\bTrouble\([\w.]+, f"\{[\w.]+\}_(\w+)"')
BOTS = ("telegram", "telegram_staff")


def kinds_of_alarms() -> Iterator[str]:
    """Every kind of alarm that the product can raise."""
    for folder in ("bot", "channels"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            yield from (f"{bot}_{kind}" for kind in OF_A_BOT.findall(text) for bot in BOTS)
            for name in {*RAISED.findall(text), *HANDED.findall(text)} - {
                "self",
                "self.alarm",
                "kind",
            }:
                if name.startswith('"'):
                    yield name.strip('"')
                else:
                    module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
                    yield getattr(module, name)


def test_every_alarm_that_can_be_raised_has_a_sentence() -> None:
    """Whoever is woken by it must not meet a code."""
    raised = set(kinds_of_alarms())
    assert {"no_one_on_call", "reply_failed", "file_failed", "telegram_webhook"} <= raised
    assert raised | {f"{WATCH}{code}" for code in Code} <= set(words.ALARMS)


def test_every_code_of_a_gateway_has_words() -> None:
    """Why a text did not get through is never told in a provider's numbers alone."""
    codes = {verdict.reason for verdict in (*VERDICTS.values(), *BY_STATUS.values())}
    codes |= {*FORBIDDEN.values(), *NOBODY_THERE.values(), "forbidden", "bad_request"}
    assert codes <= set(message_words.REASONS)


def test_every_refusal_at_a_door_has_words() -> None:
    """What the webhooks refuse for, and the doors that they stand at."""
    refused = set()
    for path in (ROOT / "channels").glob("*.py"):
        refused |= set(
            re.findall(r'refus(?:e|al)\(app, [\w.]+, "(\w+)"', path.read_text(encoding="utf-8"))
        )
    assert {"unsigned", "bad_signature", "malformed"} <= refused
    assert refused <= set(message_words.REFUSALS)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("↪ Pak Agen", "Diteruskan dari Pak Agen"),
        ("↪", "Diteruskan dari orang lain"),
        ("⏩", "Sudah diteruskan berkali-kali"),
        ("↩ SM123", "Balasan atas satu pesan sebelumnya"),
        ("❝gaji 20 juta❞", "Menanggapi: “gaji 20 juta”"),
        ("📣 Kerja mudah | x", "Datang dari iklan: Kerja mudah | x"),
        ("-6.2, 106.8\n↪", "-6.2, 106.8\nDiteruskan dari orang lain"),
        ("", ""),
    ],
)
def test_signs_of_the_channels_become_words(said: str, shown: str) -> None:
    """Staff need not know what an arrow means."""
    assert message_words.detail(said) == shown


def test_the_log_tells_of_files_and_sorts() -> None:
    """Codes that the program wrote for the person are words; their own words stay."""
    said = LogEntry(START, LogKind.PERSON_SAID, "person", "photo, voice")
    assert words.log_text(said) == "Foto, Pesan suara"
    said = LogEntry(START, LogKind.PERSON_SAID, "person", "photo saya hilang")
    assert words.log_text(said) == "photo saya hilang"
    lost = LogEntry(START, LogKind.NOTE, "system", "file_failed, video, too_large")
    assert words.log_text(lost) == "Video tidak bisa diambil: terlalu besar"
    failed = LogEntry(START, LogKind.REPLY_FAILED, "system", "whatsapp: 21610")
    assert words.log_text(failed).startswith("WhatsApp (orang ini berhenti berlangganan")


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (340_400, "340 kB"), (2_140_000, "2,1 MB")],
)
def test_sizes(count: int, shown: str) -> None:
    """As a phone shows them."""
    assert message_words.size(count) == shown


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


def test_every_code_of_the_logs_has_words() -> None:
    """What a case log or the record of pages may hold is read by staff in Indonesian."""
    assert set(words.LOG_KINDS) == set(LogKind)
    assert set(record.EVENTS) == set(PageEvent)
    assert set(record.KINDS) == set(PageKind) - {PageKind.STEP}
    assert set(words.CARE) == set(CaredHow)
    assert set(words.SILENCES) == set(Silence)
    refusals = set(Answer) - {Answer.TAKEN, Answer.YOURS, Answer.UNKNOWN}
    assert {record.reason(answer) for answer in refusals} <= set(record.REASONS.values())


@pytest.mark.parametrize("kind", [LogKind.PAGED, LogKind.PAGE_DELIVERED, LogKind.ACKNOWLEDGED])
def test_ways_to_wake_staff_have_names(kind: LogKind) -> None:
    """The log and the alarm say "telepon" and "konsol", whoever did it."""
    for actor in ("system", "Petugas 1"):
        assert words.log_text(LogEntry(START, kind, actor, "console")) == "konsol"
    assert "lewat telepon" in words.alarm_line("page_failed", ["voice"])
