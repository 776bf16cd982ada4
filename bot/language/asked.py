"""Which red flag or good signal a question is about: "kenapa visa turis bahaya?"."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from bot.language.matching import Patterns, lines, load
from bot.language.reading import read


def named_in(text: str, first: Collection[str] = ()) -> str | None:
    """The code of the flag or signal that the words name; None when they name none.

    Those in `first` come before all others, then the one of which most words stand there; where
    that is the same, the order of catalogue/asked.yml decides, in which flags come first.
    """
    order = list(load("asked"))
    found = {match: match.end - match.start for match in _patterns().find(read(text))}
    ranked = sorted(
        found, key=lambda match: (match.code not in first, -found[match], order.index(match.code))
    )
    return ranked[0].code if ranked else None


@cache
def _patterns() -> Patterns:
    return Patterns({code: lines(str(block)) for code, block in load("asked").items()})
