"""Words that say the same in an offer, read from families.yml.

"nyimpenin", "menyimpan" and "disimpenkan" differ for a grammar and not for the question who holds
a passport. Patterns and texts are both brought to one word of each family, so that a pattern is
written once for all its forms and for the regional words behind them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

_DATA = Path(__file__).parent / "catalogue" / "families.yml"
_ENDINGS = ("", "in", "kan", "i", "ke", "no", "na", "keun", "ake", "en")
_VOWELS = "aeiou"
# By the first letter of a root: what stands before it, and whether the letter itself is dropped.
_NASALS = {
    "p": (("mem", True), ("m", True), ("nge", False)),
    "b": (("mem", False), ("m", False), ("nge", False)),
    "t": (("men", True), ("n", True), ("nge", False)),
    "d": (("men", False), ("n", False), ("nge", False)),
    "c": (("men", False), ("ny", True), ("nge", False)),
    "j": (("men", False), ("n", False), ("nge", False)),
    "k": (("meng", True), ("ng", True), ("nge", False)),
    "g": (("meng", False), ("ng", False), ("nge", False)),
    "s": (("meny", True), ("ny", True), ("nge", False)),
    "h": (("meng", False), ("ng", False), ("nge", False)),
}
_BEFORE_A_VOWEL = (("meng", False), ("ng", False))
_BEFORE_OTHERS = (("me", False), ("nge", False))


@dataclass(frozen=True)
class OtherMeaning:
    """A word that before certain words means another (`means`), or nothing (None)."""

    means: str | None
    next: frozenset[str]


def family(word: str) -> str:
    """The one word that stands for all of the family of a plain word without ending."""
    return _families().get(word, word)


@cache
def other_meanings() -> Mapping[str, OtherMeaning]:
    """Words as typed that mean something else before some words as typed."""
    return MappingProxyType(
        {
            str(entry["word"]): OtherMeaning(
                None if entry.get("dropped") else str(entry["means"]),
                frozenset(str(entry["next"]).split()),
            )
            for entry in _data()["before"]
        }
    )


@cache
def _families() -> Mapping[str, str]:
    data = _data()
    words: dict[str, str] = {}
    for verb in str(data["verbs"]).split():
        first, *others = verb.split("|")
        for root in (first, *others):
            for form, plain in _forms(root, first):
                words.setdefault(form, plain)
    for noun in str(data["nouns"]).split():
        words.setdefault(f"{noun}e", noun)
        words.setdefault(f"{noun}ne", noun)
    for plain, forms in data["same"].items():
        words |= dict.fromkeys(str(forms).split(), str(plain))
    return MappingProxyType({word: _last(words, word) for word in words})


def _forms(root: str, name: str) -> Iterator[tuple[str, str]]:
    """All forms of a verb, the active ones under its name, the passive ones under di- and it."""
    for form in _actives(root):
        yield form, name
    for ending in _ENDINGS:
        yield f"di{root}{ending}", f"di{name}"
        yield f"ter{root}{ending}", f"di{name}"


def _last(words: Mapping[str, str], word: str) -> str:
    """Where a word leads to when families are named after members of others."""
    seen = {word}
    while words.get(word, word) not in seen:
        word = words[word]
        seen.add(word)
    return word


def _actives(root: str) -> Iterator[str]:
    nasals = _BEFORE_A_VOWEL if root[0] in _VOWELS else (*_NASALS.get(root[0], ()), *_BEFORE_OTHERS)
    for ending in _ENDINGS:
        yield f"{root}{ending}"
        for before, drops in nasals:
            yield f"{before}{root[1:] if drops else root}{ending}"


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return data
