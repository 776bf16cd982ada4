"""Which pieces of a message the model looks at.

Training and inference share this module, so that both interpreters and both library
versions see exactly the same features. Each kind of feature was kept because leaving it out
costs more than it saves; the table is in docs/understanding.md.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from bot.language.spelling import normalise

BLOCKS: tuple[tuple[str, float], ...] = (
    ("words", 1.0),
    ("letters", 1.0),
    ("typed", 0.7),
    ("across", 0.6),
    ("stems", 0.5),
    ("shape", 0.5),
)
"""The kinds of features and how long the vector of each is; weights by cross-validation."""

LONGEST_TEXT = 3000
"""Characters of the normalised text that are read; an intent shows long before that."""

_TOKEN = re.compile(r"[^\W_]+|[?!]", re.UNICODE)
_TYPED = re.compile(r"[^\W_]+|[^\w\s]", re.UNICODE)
_MARKS = re.compile(r"[^\w\s]{1,3}", re.UNICODE)
_DIGITS = re.compile(r"\d+")
_INSIDE = range(2, 6)
_ACROSS = range(4, 7)
_LONGEST_WORD = 30
_MOST_WORDS_COUNTED = 12
_SHOUTED = 10
_FIRST_SYMBOL = "\u2000"
_PREFIXES = ("meng", "meny", "mem", "men", "me", "di", "ber", "ter", "ke", "pe", "nge", "ny", "ng")
_SUFFIXES = ("nya", "kan", "lah", "kah", "ku", "mu", "an", "i", "ne", "e", "in")
_SHORTEST_STEM = 4
_STEMS_AT_HAND = 20_000


def terms(text: str) -> tuple[dict[str, float], ...]:
    """Weighted features of a message, one table for each of `BLOCKS`.

    Single words and pairs; runs of letters inside a plain word and inside a word as it was
    typed, edges marked; runs of letters from one word into the next; words without their
    prefixes and endings; and the shape of the whole: how it begins and ends, how long it is,
    its marks and emoji. The weight is 1 + log(count): a word said ten times is not ten times
    as telling.
    """
    words = _tokens(_TOKEN, normalise(text).text)
    stems = [_stem(word) for word in words]
    typed = _tokens(_TYPED, text.lower())
    return (
        damped(words + _pairs(words)),
        damped(_letters(words)),
        damped(_letters(typed)),
        damped(_across(words)),
        damped(stems + _pairs(stems)),
        damped(_shape(text[:LONGEST_TEXT], words)),
    )


def _tokens(pattern: re.Pattern[str], text: str) -> list[str]:
    """Words and marks, numbers reduced to "0"."""
    found = pattern.findall(text[:LONGEST_TEXT])
    return [_DIGITS.sub("0", token)[:_LONGEST_WORD] for token in found]


def _pairs(words: list[str]) -> list[str]:
    return [f"{left} {right}" for left, right in pairwise(words)]


def _letters(words: Iterable[str]) -> list[str]:
    pieces: list[str] = []
    for word in words:
        edged = f" {word} "
        for size in _INSIDE:
            pieces.extend(edged[at : at + size] for at in range(max(1, len(edged) - size + 1)))
    return pieces


def _across(words: list[str]) -> list[str]:
    """Runs of letters that hold the end of one word and the beginning of the next."""
    text = f" {' '.join(words)} "
    return [
        text[at : at + size]
        for size in _ACROSS
        for at in range(len(text) - size + 1)
        if " " in text[at + 1 : at + size - 1]
    ]


@lru_cache(maxsize=_STEMS_AT_HAND)
def _stem(word: str) -> str:
    """Without one prefix and one ending of Indonesian or Javanese, if enough is left."""
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= _SHORTEST_STEM:
            word = word[len(prefix) :]
            break
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            return word[: -len(suffix)]
    return word


def _shape(text: str, words: list[str]) -> list[str]:
    found = [character for character in text if character > _FIRST_SYMBOL]
    found += _MARKS.findall(text)
    if "?" in text:
        found.append("asks")
    if any(character.isdigit() for character in text):
        found.append("digits")
    if sum(character.isupper() for character in text) > _SHOUTED:
        found.append("capitals")
    found.append(f"about {len(words).bit_length()}")
    found.append(f"words {min(len(words), _MOST_WORDS_COUNTED)}")
    if words:
        found += [f"first {words[0]}", f"first {' '.join(words[:2])} "]
        found += [f"last {words[-1]}", f"last {' '.join(words[-2:])} "]
    return found


def damped(found: list[str]) -> dict[str, float]:
    """The weight of each feature: 1 + log(count)."""
    return {
        term: 1.0 if count == 1 else 1.0 + math.log(count) for term, count in Counter(found).items()
    }
