"""Cuts an offer into clauses: short runs of words of which each may say a red flag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.language.reading import Reading

MOST_CLAUSES = 240
"""Clauses of a text that are looked at; an offer says what it is long before that."""

_LONGEST = 18
_SHORTEST = 6


@dataclass(frozen=True)
class Clause:
    """Words `start` up to `end` of a reading; `asks` when a question mark closes them."""

    start: int
    end: int
    asks: bool


def clauses(reading: Reading) -> Iterator[Clause]:
    """The sentences of a reading, long ones cut where the writer pauses, else anywhere."""
    for sentence in reading.sentences:
        start = sentence.start
        if sentence.end - sentence.start > _LONGEST:
            for at in range(sentence.start + 1, sentence.end):
                pauses = reading.words[at].after_pause and at - start >= _SHORTEST
                if pauses or at - start >= _LONGEST:
                    yield Clause(start, at, asks=False)
                    start = at
        yield Clause(start, sentence.end, asks="?" in sentence.mark)
