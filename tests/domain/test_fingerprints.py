"""An offer is known again, and nobody without the key can tell what it was."""

from __future__ import annotations

import pytest

from bot.domain.fingerprints import ALIKE, Fingerprint, fingerprint, in_common

KEY = b"k" * 32
OFFER = (
    "LOWONGAN KERJA LUAR NEGERI\nAdmin online di Kamboja, gaji 15 juta per bulan, tanpa ijazah, "
    "tiket dan mes gratis. Berangkat minggu depan dari Batam.\nHubungi Bu Rina sekarang juga, "
    "kuota tinggal tiga orang lagi"
)
BOLD_GAJI = "".join(chr(0x1D41A + ord(letter) - ord("a")) for letter in "gaji")
"""As some write so that no program reads it."""


def print_of(text: str, key: bytes = KEY) -> Fingerprint:
    """The fingerprint of a text that is long enough."""
    made = fingerprint(text, key)
    assert made is not None
    return made


@pytest.mark.parametrize(
    "forwarded",
    [
        OFFER.upper(),
        OFFER.replace("\n", "   "),
        f"🔥🔥 {OFFER} 🔥🔥",
        f"Diteruskan\n{OFFER}",
        f"[21/11/26 10.33] Bu Rina: {OFFER}",
        OFFER.replace("gaji", BOLD_GAJI),
    ],
)
def test_a_forward_is_exactly_the_same(forwarded: str) -> None:
    """Capitals, line ends, signs, fancy letters and what the chat app adds do not matter."""
    assert print_of(forwarded).exact == print_of(OFFER).exact


@pytest.mark.parametrize(
    "asked",
    [
        f"kak mau tanya ini beneran apa penipuan ya\n{OFFER}",
        f"{OFFER}\nitu kak, menurut kakak gimana?",
        OFFER.replace("tiga orang lagi", "dua orang lagi"),
    ],
)
def test_a_question_around_it_leaves_it_nearly_the_same(asked: str) -> None:
    """It is found by a band, and enough is in common."""
    asked_print, known = print_of(asked), print_of(OFFER)
    assert asked_print.exact != known.exact
    assert set(asked_print.bands) & set(known.bands)
    assert in_common(asked_print.signature, known.signature) >= ALIKE


def test_another_offer_from_the_same_template_is_another_one() -> None:
    """Another country, wage, place and name: somebody else's offer, or the next one."""
    other = (
        OFFER.replace("Kamboja", "Taiwan")
        .replace("15 juta", "9 juta")
        .replace("Batam", "Surabaya")
        .replace("Bu Rina", "Pak Budi")
        .replace("minggu", "bulan")
        .replace("Admin online", "Operator pabrik")
    )
    assert in_common(print_of(other).signature, print_of(OFFER).signature) < ALIKE


def test_an_offer_that_grew_by_answers_holds_its_beginning() -> None:
    """Every answer adds a line; what was seen first is among the beginnings."""
    grown = print_of(f"{OFFER}\nPakai visa turis.\nDiminta bayar uang di muka.")
    assert print_of(OFFER).exact in grown.grown_from


def test_another_key_makes_another_fingerprint() -> None:
    """Whoever has the database alone can try out no text."""
    other = print_of(OFFER, b"x" * 32)
    assert other.exact != print_of(OFFER).exact
    assert not set(other.bands) & set(print_of(OFFER).bands)
    assert in_common(other.signature, print_of(OFFER).signature) < 0.2


def test_a_few_words_have_no_fingerprint() -> None:
    """They are alike by chance."""
    assert fingerprint("kerja di malaysia gaji 5 juta", KEY) is None
