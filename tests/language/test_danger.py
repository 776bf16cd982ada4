"""The danger rules: what they must see, what they must leave alone, and that nothing stops them."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.danger import reads_harmless, screen
from bot.language.types import Screening, Urgency
from tests.language.danger_cases import EMERGENCIES, HARMLESS, LOWER, OBLIQUE
from tests.language.danger_twins import TWINS

ROOT = Path(__file__).parents[2]
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"

_EMERGENCIES = [
    (signal, text) for signal, texts in EMERGENCIES.items() for text in texts.strip().splitlines()
]
_TOLD = [(what, text) for what, (told, _) in TWINS.items() for text in told.strip().splitlines()]
_HAPPENING = [
    (what, text)
    for what, (_, happening) in TWINS.items()
    for text in happening.strip().splitlines()
]
_PIECES = [
    "tolong",
    "dikunci",
    "dipukul",
    "tidak",
    "bukan",
    "pernah",
    "film",
    "wkwk",
    "dijual",
    "cepat",
    "paspor",
    "ditahan",
    "apa",
    "itu",
    "kalau",
    "sudah",
    "pulang",
    "alhamdulillah",
    "mau",
    "mati",
    "besok",
    "berangkat",
    "visa",
    "turis",
    ".",
    ",",
    "?",
    "!",
    "😂",
    "\u200b",
    "\n",
    "16",
    "tahun",
    "sie",
    "gaada",
    "d1kunci",
]


def test_there_are_enough_cases() -> None:
    """The tables are as large as the rules deserve."""
    assert len(_EMERGENCIES) + len(LOWER) >= 150
    assert len(HARMLESS) >= 80


@pytest.mark.parametrize(("signal", "text"), _EMERGENCIES)
def test_danger_is_an_emergency_with_its_signal(signal: str, text: str) -> None:
    """Danger told in any voice is an emergency, and its kind is named."""
    found = screen(text)
    assert found.urgency is Urgency.EMERGENCY
    assert signal in found.signals


@pytest.mark.parametrize("text", OBLIQUE)
def test_danger_is_seen_without_the_obvious_words(text: str) -> None:
    """Somebody who writes in secret says it sideways; a page goes out all the same."""
    assert screen(text).urgency is Urgency.EMERGENCY


@pytest.mark.parametrize(("text", "expected"), LOWER.items())
def test_trouble_has_its_own_urgency(text: str, expected: tuple[str, str]) -> None:
    """Trouble without present danger is raised as far as it needs, no further."""
    urgency, signal = expected
    found = screen(text)
    assert found.urgency.value == urgency
    assert signal in found.signals


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_words_raise_nothing(text: str) -> None:
    """Sayings, stories, questions, denials, jokes and small talk stay without urgency."""
    assert screen(text) == Screening()


@pytest.mark.parametrize(("what", "text"), _TOLD)
def test_talk_of_danger_is_no_emergency(what: str, text: str) -> None:
    """Whoever remembers, asks, jokes or thanks is not in danger now."""
    assert screen(text).urgency is not Urgency.EMERGENCY


@pytest.mark.parametrize(("what", "text"), _HAPPENING)
def test_the_same_words_are_an_emergency_when_it_happens(what: str, text: str) -> None:
    """Beside each context stands its twin, in which the danger is real."""
    assert screen(text).urgency is Urgency.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "nonton film terus dari tadi, tolong adik saya disekap di myawaddy",
        "apa itu tppo? saya dikunci majikan sudah sebulan",
        "alhamdulillah teman sudah pulang tapi saya masih disekap di sini",
        "tidak dipukul tapi dikurung di gudang",
        "bukan cuma diancam, saya dipukul juga",
        "saya tidak kuat dipukul terus",
        "berita di tv itu benar, saya disekap juga di gedung itu",
        "mati lampu di mess, kami dikunci dari luar",
        "motor dijual buat berangkat, sampai sini saya mau dijual lagi",
        "aku nurut biar ga dipukul",
        "wkwk ga lucu kak, adik saya disandera beneran",
        "dulu dipukul, sekarang masih dipukul juga",
    ],
)
def test_a_harmless_context_excuses_only_its_own_words(text: str) -> None:
    """Danger beside a film, a saying, a denial or a laugh is danger all the same."""
    assert screen(text).urgency is Urgency.EMERGENCY


def test_locked_in_without_papers_names_both() -> None:
    """All signals are named, the most urgent decides."""
    found = screen("tolong saya dikunci di kamar, paspor diambil")
    assert found.urgency is Urgency.EMERGENCY
    assert {"held", "passport_withheld"} <= set(found.signals)


@pytest.mark.parametrize(
    "text",
    ["film tentang tkw", "apa itu scam", "wkwkwk ngakak", "alhamdulillah sudah pulang ke rumah"],
)
def test_a_story_reads_harmless(text: str) -> None:
    """A classifier alone must not make an alarm of a story, a joke or a solved case."""
    assert reads_harmless(text)


@pytest.mark.parametrize("text", ["kami disekap", "adik saya hilang di laos", "halo"])
def test_a_plain_message_does_not_read_harmless(text: str) -> None:
    """Without such a context a classifier may raise."""
    assert not reads_harmless(text)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_can_be_screened(text: str) -> None:
    """No text whatever stops the screening."""
    assert screen(text).urgency in Urgency
    reads_harmless(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=40))
def test_any_mixture_of_telling_words_can_be_screened(pieces: list[str]) -> None:
    """Nor does any order of the words that rules and contexts look for."""
    assert screen(" ".join(pieces)).urgency in Urgency


def test_lone_surrogates_are_taken() -> None:
    """Broken characters from a channel are text like any other."""
    assert screen("tolong \ud83d dikunci \udc00").urgency is Urgency.EMERGENCY


def test_emojis_cost_nothing() -> None:
    """Five thousand emojis are screened in a moment."""
    screen("warm")
    assert _seconds("😂" * 5000) < 0.02


@pytest.mark.parametrize(
    "unit",
    [
        "dikunci ",
        "tidak boleh keluar paspor ",
        "mau dijual besok ke perusahaan lain ",
        "a",
        "16 ",
        "di ",
        "dulu saya disekap sekarang pulang makasih ",
        "kalau tidak untung hampir dijual ",
        "adik saya lapor kasus dipukul kelanjutannya ",
        "apa benar orang diculik ya. ",
    ],
)
def test_the_largest_message_takes_bounded_time(unit: str) -> None:
    """64 kB made to hurt take well below a second, and twice the text about twice the time."""
    screen("warm")
    assert _seconds(unit * (65536 // len(unit))) < 1.0


def test_danger_at_the_end_of_a_long_message_is_seen() -> None:
    """Nothing is cut off before it was screened."""
    assert screen("halo kak. " * 6000 + "saya disekap").urgency is Urgency.EMERGENCY


@pytest.mark.skipif(not RASA_PYTHON.exists(), reason="needs the Rasa environment")
def test_both_interpreters_screen_alike() -> None:
    """Python 3.10 and this one find the same signals."""
    texts = [text for _, text in _EMERGENCIES] + OBLIQUE + HARMLESS
    code = (
        "import sys; from bot.language.danger import screen\n"
        "for line in sys.stdin.buffer.read().decode().splitlines():\n"
        "    print(*screen(line).signals)"
    )
    done = subprocess.run(
        [RASA_PYTHON, "-c", code],
        input="\n".join(texts).encode(),
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    here = [" ".join(screen(text).signals) for text in texts]
    assert done.stdout.decode().splitlines() == here


def _seconds(text: str) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        screen(text)
        best = min(best, time.perf_counter() - start)
    return best
