"""Which pieces of a message the intent model looks at.

Training and inference share this module, so that both interpreters and both library
versions see exactly the same features.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

from bot.language.danger import screen
from bot.language.spelling import normalise

BLOCKS: tuple[tuple[str, float], ...] = (("words", 1.0), ("letters", 1.0), ("signals", 0.7))
"""The kinds of features and how long the vector of each is; weights by cross-validation."""

LONGEST_TEXT = 3000
"""Characters of the normalised text that are read; an intent shows long before that."""

_TOKEN = re.compile(r"[^\W_]+|[?!]", re.UNICODE)
_DIGITS = re.compile(r"\d+")
_SHORTEST_PIECE = 2
_LONGEST_PIECE = 5
_LONGEST_WORD = 30


def tokens(text: str) -> list[str]:
    """Words, question and exclamation marks of a normalised text, numbers reduced to "0"."""
    return [
        _DIGITS.sub("0", token)[:_LONGEST_WORD] for token in _TOKEN.findall(text[:LONGEST_TEXT])
    ]


def terms(text: str) -> tuple[dict[str, float], ...]:
    """Weighted features of a message, one table for each of `BLOCKS`.

    Single words and pairs; runs of 2 to 5 letters inside a word with its edges marked; the
    danger signals. The weight is 1 + log(count): a word said ten times is not ten times as
    telling.
    """
    words = tokens(normalise(text).text)
    pairs = [f"{left} {right}" for left, right in pairwise(words)]
    pieces: list[str] = []
    for word in words:
        edged = f" {word} "
        for size in range(_SHORTEST_PIECE, _LONGEST_PIECE + 1):
            pieces.extend(edged[at : at + size] for at in range(max(1, len(edged) - size + 1)))
    signals = list(screen(text).signals)
    return tuple(_damped(found) for found in (words + pairs, pieces, signals))


def _damped(found: list[str]) -> dict[str, float]:
    return {term: 1.0 + math.log(count) for term, count in Counter(found).items()}
