"""The small language in which the danger catalogue is written."""

from __future__ import annotations

import pytest

from bot.language.phrases import PhraseBook, find
from bot.language.words import Words


def _says(phrase: str, text: str) -> bool:
    book = PhraseBook({"guards": ["satpam", "penjaga*"]})
    compiled = book.compile(phrase)
    words = Words.of(text)
    return bool(find(compiled, words, book.places(words)))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("dikunci", "saya dikunci lagi"),
        ("kunci*", "kuncinya hilang"),
        ("*ne", "pintune rusak"),
        ("satpam|tuan", "ada tuan di luar"),
        ("$guards ... senjata", "penjaganya bawa senjata"),
        ("<8-17> tahun", "umur 15 tahun"),
        ("<8-17>", "15th"),
        ("tidak? makan", "makan"),
        ("a ...1 b", "a x b"),
        ("a ... c & z", "z y a b c"),
        ("dikunci", "saya di kunci"),
        ("dipukul", "aku dpukul"),
    ],
)
def test_a_phrase_is_found(phrase: str, text: str) -> None:
    """Every mark of the notation means what the module says."""
    assert _says(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("dikunci", "kunci"),
        ("<8-17> tahun", "umur 18 tahun"),
        ("a ...1 b", "a x y b"),
        ("a b", "a. b"),
        ("a & b", "a" + " x" * 9 + " b"),
        ("a & a", "a"),
    ],
)
def test_a_phrase_is_not_found(phrase: str, text: str) -> None:
    """Neither too far apart, nor over the end of a sentence, nor half a word."""
    assert not _says(phrase, text)


@pytest.mark.parametrize("phrase", ["", "...", "a ...", "$nobody", "a||b", "a & "])
def test_an_unreadable_phrase_is_refused(phrase: str) -> None:
    """A slip in the catalogue is found when it is loaded, not when it is needed."""
    with pytest.raises(ValueError, match=r"phrase|list|empty"):
        PhraseBook({}).compile(phrase)


def test_an_index_finds_all_places() -> None:
    """Every place of every phrase is given, and nothing for a text without them."""
    book = PhraseBook({})
    index = book.index(["dikunci", "tidak ...1 keluar"])
    either = book.any_of("bos majikan")
    words = Words.of("dikunci bos, tidak boleh keluar, dikunci lagi")
    places = book.places(words)
    assert sorted(match.places for match in index.found(words, places)) == [(0,), (2, 4), (5,)]
    assert [match.places for match in either.found(words, places)] == [(1,)]
    other = Words.of("halo")
    assert index.found(other, book.places(other)) == []
