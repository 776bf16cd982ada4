"""No verdict and no text of ours says what nobody can know, or what frightens people away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations

import pytest
import yaml

from actions.base import DATA
from actions.verdict import news_text, summary, verdict_texts
from bot.language.flags import catalogue, flag_patterns
from bot.language.types import Evidence, OfferCheck, Verdict

FORBIDDEN = {
    "the word of safety": r"\b(?<!rumah )aman\b",
    "that it is no fraud": r"\bbukan (?:penipuan|penipu|scam)\b",
    "that it is surely official": r"\bpasti (?:resmi|legal|asli|berangkat|benar|diterima)\b",
    "official or illegal as a verdict": (
        r"\b(?:ini|itu|tawarannya|perusahaannya|pt-?nya|agennya|lowongannya)"
        r" (?:sudah |memang |jelas |ternyata |tergolong )?(?:resmi|ilegal|legal)\b"
    ),
    "a penalty": (
        r"\b(?:pidana|dipidana|dipenjara|penjara|kurungan|hukuman)\b"
        r"|\bdenda (?:rp|sebesar|paling|hingga|sampai|\d)"
    ),
    "a promise": (
        r"\b(?:kami|saya) (?:janji|jamin|menjamin|pastikan)\b|\bdijamin\b|\bpasti (?:kami|bisa|dapat|ketemu)\b"
    ),
}
"""What may stand in no text, by what it would say."""

RED = sorted(flag_patterns().red)
GOOD = sorted(set(catalogue()) - flag_patterns().red)
LONGEST = 1_500
"""Characters of one message; longer ones are a wall of text on a small phone."""
MOST_MESSAGES = 2
"""Of a verdict; the third is the question or the choices that follow."""


def faults(text: str) -> list[str]:
    """What a text says that it may not."""
    plain = text.casefold()
    return [name for name, pattern in FORBIDDEN.items() if re.search(pattern, plain)]


def checks() -> Iterator[OfferCheck]:
    """Every verdict with every flag, every pair of flags, all of them, and good signals."""
    some = [(), *combinations(RED, 1), *combinations(RED, 2), tuple(RED)]
    for number, codes in enumerate(some):
        good = (GOOD[number % len(GOOD)],) if number % 2 else tuple(GOOD)
        for verdict in Verdict:
            yield OfferCheck(
                verdict,
                flags=tuple(Evidence(code, "kata", 0, 4) for code in codes),
                signals=tuple(Evidence(code, "kata", 0, 4) for code in good),
                missing=("visa", "fee", "contract", "agency"),
            )


def days() -> tuple[date, ...]:
    """Days on which the facts were just read, and on which they are old."""
    last = max(entry.checked_on for entry in catalogue().values())
    return (last, last + timedelta(days=40), last + timedelta(days=400))


@pytest.mark.parametrize("today", days(), ids=str)
def test_no_verdict_says_what_it_may_not(today: date) -> None:
    """All verdicts with all flags and pairs of flags, fresh and old, in short messages."""
    for check in checks():
        told = verdict_texts(check, today, facts="Malaysia, pekerja kebun")
        assert len(told) <= MOST_MESSAGES
        for text in told:
            assert faults(text) == [], text
        if len(check.flags) <= len(RED) // 2:
            assert max(map(len, told)) <= LONGEST
        if not check.flags:
            assert "bukan izin berangkat" in told[0]
            assert str(today.year) in told[0]


def test_no_news_says_what_it_may_not() -> None:
    """From every single flag to every other verdict and back."""
    today = days()[0]
    single = [check for check in checks() if len(check.flags) <= 1]
    for before in single[:: len(Verdict) + 1]:
        for after in single[::7]:
            news = news_text(summary(before, ""), after, today, facts={"country": "Taiwan"})
            assert faults(news) == [], news


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_no_explanation_says_what_it_may_not(code: str) -> None:
    """Title, reason, explanation and advice of every flag and every good signal."""
    entry = catalogue()[code]
    for text in (entry.title, entry.reason, entry.explanation, entry.advice):
        assert text
        assert faults(text) == [], text


def test_no_response_says_what_it_may_not() -> None:
    """Every text in data/responses, its choices included."""
    for path in sorted((DATA / "responses").glob("*.yml")):
        for name, variants in yaml.safe_load(path.read_text("utf-8"))["responses"].items():
            for variant in variants:
                titles = [button["title"] for button in variant.get("buttons", ())]
                for text in (variant["text"], *titles):
                    assert faults(text) == [], f"{name}: {text}"


@pytest.mark.parametrize(
    ("text", "is_fine"),
    [
        ("Tawaran ini aman.", False),
        ("Ada rumah aman untuk korban.", True),
        ("Ini bukan penipuan.", False),
        ("PT-nya resmi.", False),
        ("Jalur resmi dimulai dengan daftar.", True),
        ("Tidak ketemu juga belum tentu ilegal.", True),
        ("Pelakunya dipidana 15 tahun.", False),
        ("Denda paling banyak 600 juta.", False),
        ("Ada denda, target, atau tebusan.", True),
        ("Kami jamin kembali.", False),
        ("Yang bisa memastikan Disnaker.", True),
    ],
)
def test_the_walk_can_fail(text: str, is_fine: bool) -> None:
    """A walk that sees no fault proves nothing."""
    assert (faults(text) == []) is is_fine
