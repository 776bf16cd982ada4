"""Cuts an offer into clauses, and tells what a model looks at in each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.language.features import damped
from bot.language.reading import Reading, Word

BLOCKS: tuple[tuple[str, float], ...] = (("words", 1.0), ("letters", 0.8), ("shape", 0.5))
"""The kinds of features and how long the vector of each is; weights by cross-validation."""

MOST_CLAUSES = 240
"""Clauses of a text that are looked at; an offer says what it is long before that."""

_LONGEST = 18
_SHORTEST = 6
_REACH = 5
_NEGATORS = frozenset({"tidak", "bukan", "tanpa", "jangan", "belum", "dilarang", "nol", "bebas"})
_SIZES = (3, 5)
_MOST_NEGATORS = 3


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


def terms(
    words: Sequence[Word], *, asks: bool, pieces: dict[str, list[str]] | None = None
) -> tuple[dict[str, float], ...]:
    """Weighted features of a clause, one table for each of `BLOCKS`.

    Stems, pairs of them, pairs with one word between, and those that a "not" reaches; runs of
    letters; how it begins and ends, and how often it says "not". `pieces` keeps the runs of the
    words of one text, whose clauses repeat many.
    """
    stems = [word.stem for word in words]
    letters = _letters(stems, {} if pieces is None else pieces)
    return damped(_words(stems)), damped(letters), damped(_shape(stems, asks=asks))


def _words(stems: list[str]) -> list[str]:
    found = [*stems]
    found += [f"{left} {right}" for left, right in pairwise(stems)]
    found += [f"{left} _ {right}" for left, right in zip(stems, stems[2:], strict=False)]
    reach = 0
    for stem in stems:
        if stem in _NEGATORS:
            reach = _REACH
        elif reach:
            found.append(f"not {stem}")
            reach -= 1
    return found


def _letters(stems: list[str], known: dict[str, list[str]]) -> list[str]:
    found: list[str] = []
    for stem in stems:
        pieces = known.get(stem)
        if pieces is None:
            edged = f"<{stem}>"
            pieces = known[stem] = [
                edged[at : at + size]
                for size in _SIZES
                for at in range(max(1, len(edged) - size + 1))
            ]
        found += pieces
    return found


def _shape(stems: list[str], *, asks: bool) -> list[str]:
    negated = sum(stem in _NEGATORS for stem in stems)
    found = [f"about {len(stems).bit_length()}", f"not {min(negated, _MOST_NEGATORS)}"]
    if asks:
        found.append("asks")
    if stems:
        found += [f"first {stems[0]}", f"first {' '.join(stems[:2])}", f"last {stems[-1]}"]
    return found
