"""Numbers that people write as words: "dua puluh lima juta" reads as "25 juta"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

_DATA = Path(__file__).parent / "catalogue" / "numbers.yml"
_SCALES = {"ribu": 1_000, "juta": 1_000_000, "miliar": 1_000_000_000}
_HALF = "setengah"
_SMALLEST = 11
_DIGITS_OF_A_PHONE = 8


def small_numbers() -> Mapping[str, int]:
    """The words for one to ten, which stay words in a normalised text, and what they count."""
    return _numbers().small


def with_figures(text: str, offsets: list[int]) -> tuple[str, list[int]]:
    """A normalised text with its written-out numbers as figures, and where each letter was.

    A number keeps its scale as a word, as people write it with figures: "25 juta", "1500".
    Those up to ten stay words, for "dua anak" is no amount; before "juta" and its like they
    become figures. Eight digits and more in a row, as a dictated phone number, become one
    figure. All letters of a figure point to the start of the words.
    """
    if not _numbers().hint.search(text):
        return text, offsets
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    for found in _numbers().run.finditer(text):
        figure = _figure(found.group().split())
        if figure is None:
            continue
        pieces += (text[done : found.start()], figure)
        places += offsets[done : found.start()]
        places += [offsets[found.start()]] * len(figure)
        done = found.end()
    pieces.append(text[done:])
    places += offsets[done:]
    return "".join(pieces), places


def _figure(words: Sequence[str]) -> str | None:
    """The figure for a run of number words; None when it is better left as words."""
    digits = [_numbers().digits.get(word, "") for word in words]
    if len(words) >= _DIGITS_OF_A_PHONE and all(digits):
        return "".join(digits)
    if words == [_HALF, "juta"]:
        return "500 ribu"
    if words[0] in _SCALES or not _numbers().counting.issuperset(words):
        return None
    value = _value(words)
    if value is None or value < _SMALLEST or (value > 1_000_000 and 0 < value % 1_000_000 < 1_000):
        return None  # "sejuta dua ratus" may be 1,2 juta
    return _written(value, words[-1])


def _written(value: int, last: str) -> str:
    """With a scale as a word, when it was said with one."""
    if last == "ribu" and value < 1_000_000:
        return f"{value // 1_000} ribu"
    if value % 100_000 == 0 and value >= 1_000_000:
        return f"{value / 1_000_000:g} juta".replace(".", ",")
    return str(value)


def _value(words: Sequence[str]) -> int | None:
    """What the words count: seribu lima ratus = 1500; None when they do not form a number."""
    numbers = _numbers()
    total = group = unit = 0  # `unit`: the digit just read, which the next word may multiply
    for word in words:
        size = numbers.times.get(word, 0)
        if word in _SCALES:
            total += (group or 1) * _SCALES[word]
            group = unit = 0
        elif size or word == "belas":
            if not unit or (size and (group - unit) % (size * 10)):
                return None
            group += unit * size - unit if size else 10
            unit = 0
        else:
            value = numbers.plain[word]
            if unit or (group and value >= 10):
                return None  # "dua tiga": about two or three, no number
            group += value
            unit = value if value < 10 else 0
    return total + group


class _Numbers:
    """The words of numbers.yml."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.plain: Mapping[str, int] = {
            word: int(value)
            for value, words in data["values"].items()
            for word in str(words).split()
        }
        self.times: Mapping[str, int] = {
            word: int(value)
            for value, words in data["times"].items()
            for word in str(words).split()
        }
        self.small = MappingProxyType(
            {word: value for word, value in self.plain.items() if value < _SMALLEST}
        )
        self.counting = frozenset((*self.plain, *self.times, *_SCALES, "belas"))
        self.digits: Mapping[str, str] = {
            **dict.fromkeys(str(data["zero"]).split(), "0"),
            **{word: str(value) for word, value in self.plain.items() if value < 10},
        }
        every = "|".join(sorted({*self.counting, *self.digits, _HALF}))
        large = (word for word, value in self.plain.items() if value >= _SMALLEST)
        several = "|".join((*self.times, *_SCALES, "belas", *large, *str(data["zero"]).split()))
        self.run = re.compile(rf"(?<![\w.,-])(?:{every})(?: (?:{every}))*(?![\w-])")
        # Most messages hold none of these, and are not gone through.
        self.hint = re.compile(rf"\b(?:{several})\b")


@cache
def _numbers() -> _Numbers:
    return _Numbers(yaml.safe_load(_DATA.read_text(encoding="utf-8")))
