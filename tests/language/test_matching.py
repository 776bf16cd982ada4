"""What patterns may say, and that no text makes them slow."""

import random
from collections.abc import Iterator

import pytest

from bot.language.families import family
from bot.language.flags import flag_patterns
from bot.language.matching import LONGEST_MATCH, Patterns
from bot.language.reading import read

LONG = 9000


def found(pattern: str, text: str) -> list[str]:
    """The words of a text that fit a pattern."""
    reading = read(text)
    matches = Patterns({"x": [pattern]}).find(reading)
    return [reading.quote(match.start, match.end) for match in matches]


@pytest.mark.parametrize(
    ("pattern", "text", "quotes"),
    [
        ("bayar|setor dulu", "harus setor dulu ya", ["setor dulu"]),
        ("uang di? muka", "uang muka, uang di muka", ["uang muka", "uang di muka"]),
        ("paspor ~ bos", "paspor saya sama bos", ["paspor saya sama bos"]),
        ("paspor ~1 bos", "paspor saya sama bos", []),
        ("paspor ~2 bos", "paspor tidak sama bos", []),
        ("paspor ~2 bos", "paspor ini. bos datang", []),
        ("boat <3> malam", "malam nanti naik boat", ["malam nanti naik boat"]),
        ("boat <3> malam", "boat jam dua malam", ["boat jam dua malam"]),
        ("bayar $", "bayar Rp 5.000.000", ["bayar Rp 5.000.000"]),
        ("kelas #", "kelas 3", ["kelas 3"]),
        ("{tanpa} kontrak", "ga pake kontrak", ["ga pake kontrak"]),
        ("%kapal ~1 cumi", "abk di cumi", ["abk di cumi"]),
    ],
)
def test_notation(pattern: str, text: str, quotes: list[str]) -> None:
    """Each sign of the notation, as the module describes it."""
    assert found(pattern, text) == quotes


@pytest.mark.parametrize("pattern", ["uang? bayar", "~ bayar", "<3> bayar"])
def test_a_pattern_begins_with_a_plain_word(pattern: str) -> None:
    """Else it would have to be tried at every word."""
    with pytest.raises(ValueError, match=r"plain|empty"):
        Patterns({"x": [pattern]})


@pytest.mark.parametrize(
    ("word", "same"),
    [
        ("nyimpenin", "simpan"),
        ("menyimpan", "simpan"),
        ("disimpenkan", "disimpan"),
        ("tertahan", "ditahan"),
        ("ngurusin", "urus"),
        ("paspore", "paspor"),
        ("melu", "ikut"),
        ("sagalana", "semua"),
        ("diteken", "ttd"),
        ("kaluar", "keluar"),
        ("tidak", "tidak"),
        ("belum", "belum"),
    ],
)
def test_families(word: str, same: str) -> None:
    """Forms of a verb and regional words stand for one word; a "not" stays what it is."""
    assert family(word) == same


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("kontrak wis tak woco", ["kontrak", "sudah", "baca"]),
        ("tak ada kontrak", ["tidak", "ada", "kontrak"]),
        ("ieu mah lain visa turis", ["ini", "mah", "bukan", "visa", "turis"]),
        ("visa lain", ["visa", "lain"]),
    ],
)
def test_a_word_may_mean_another_before_certain_words(text: str, stems: list[str]) -> None:
    """Javanese "tak" before a verb is "I", Sundanese "lain" before a noun is "not"."""
    assert [word.stem for word in read(text).words] == stems


class Counting(Patterns):
    """Patterns that count how often words behind a first word are looked at."""

    def __init__(self) -> None:
        self.looked = 0
        super().__init__({"x": ["bayar ~5 dulu ~5 sebelum", "bayar ~5 bayar ~5 bayar ~5 lunas"]})

    def _lengths(self, window: str) -> Iterator[tuple[str, int]]:
        self.looked += 1
        assert len(window) <= LONGEST_MATCH
        return super()._lengths(window)


def test_the_same_words_again_are_not_tried_again() -> None:
    """Nine thousand times the first word of a pattern cost as much as a few."""
    patterns = Counting()
    assert patterns.find(read("bayar " * LONG)) == []
    assert patterns.looked <= LONGEST_MATCH


def test_every_place_is_tried_at_most_once_with_a_short_window() -> None:
    """Work grows with the length of a text and not faster, whatever stands in it."""
    patterns = Counting()
    words = random.Random(7).choices(  # noqa: S311  # no secret
        ["bayar", "dulu", "sebelum", "lunas", "kopi"], k=LONG
    )
    reading = read(" ".join(words))
    patterns.find(reading)
    assert patterns.looked <= sum(word.stem == "bayar" for word in reading.words)


def test_what_people_write_is_not_remembered() -> None:
    """Names among the words of a text leave nothing behind in the patterns."""
    letters = vars(flag_patterns().patterns)["_letters"]
    before = dict(letters)
    flag_patterns().patterns.find(read("Suparmi binti Karto dari Kepanjen kerja lewat Bu Wagiyem"))
    assert letters == before
    assert "wagiyem" not in letters
