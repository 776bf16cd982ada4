"""Cuts an offer into clauses, and tells what a model looks at in each of them.

Stems, pairs of them, pairs with one word between, and those that a "not" reaches; how a clause
begins and ends, how long it is and how often it says "not"; and of each stem its runs of letters.
All clauses of a text are looked at in a few passes of numpy: a text of 5,000 characters has ten
thousand such terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.language.reading import Reading

WORDS_WEIGH, LETTERS_WEIGH, SHAPE_WEIGHS = 1.0, 0.8, 0.5
"""How long the vector of each kind of terms is; by cross-validation."""

MOST_CLAUSES = 240
"""Clauses of a text that are looked at; an offer says what it is long before that."""

NEGATORS = frozenset({"tidak", "bukan", "tanpa", "jangan", "belum", "dilarang", "nol", "bebas"})

_LONGEST = 18
_SHORTEST = 6
_REACH = 5
_SIZES = (3, 5)
_MOST_NEGATORS = 3
_BITS = 21
"""Of a stem's number in a term; two of them and a kind make one number of 64 bits."""

_ONE, _NEXT, _OVER_ONE, _NOT, _FIRST, _FIRST_TWO, _LAST, _LENGTH, _NEGATIONS, _ASKS = range(10)

Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Clause:
    """Words `start` up to `end` of a reading; `asks` when a question mark closes them."""

    start: int
    end: int
    asks: bool


class Terms(NamedTuple):
    """Terms as numbers, and for each of them the clause, counted from 0, that holds it."""

    terms: Integers
    clauses: Integers


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
    stems: Integers, sizes: Integers, asks: npt.NDArray[np.bool_], negators: Integers
) -> tuple[Terms, Terms]:
    """The terms of words and those of shape of clauses that have at least one word.

    `stems` are the numbers of the stems of all clauses, one after the other, each below 2 ** 21;
    `sizes` says how many each clause has, `negators` which numbers are those of `NEGATORS`.
    """
    of = np.repeat(np.arange(len(sizes)), sizes)
    ends = np.cumsum(sizes)
    starts = ends - sizes
    negates = np.isin(stems, negators)
    places = np.arange(len(stems))
    last_not = np.maximum.accumulate(np.where(negates, places, -1))
    # The first words of a text have no "not" before them; -1 would be the last word of it.
    near = (last_not >= 0) & ~negates & (places - last_not <= _REACH) & (of[last_not] == of)
    beside, apart = of[1:] == of[:-1], of[2:] == of[:-2]
    words = (
        (_term(_ONE, stems), of),
        (_term(_NEXT, stems[:-1], stems[1:])[beside], of[1:][beside]),
        (_term(_OVER_ONE, stems[:-2], stems[2:])[apart], of[2:][apart]),
        (_term(_NOT, stems[near]), of[near]),
    )
    every = np.arange(len(sizes))
    longer = sizes > 1
    negations = np.minimum(np.add.reduceat(negates.astype(np.int64), starts), _MOST_NEGATORS)
    lengths = np.frexp(sizes.astype(np.float64))[1].astype(np.int64)
    shape = (
        (_term(_FIRST, stems[starts]), every),
        (_term(_FIRST_TWO, stems[starts[longer]], stems[starts[longer] + 1]), every[longer]),
        (_term(_LAST, stems[ends - 1]), every),
        (_term(_LENGTH, lengths), every),
        (_term(_NEGATIONS, negations), every),
        (_term(_ASKS, every[asks] * 0), every[asks]),
    )
    return _joined(words), _joined(shape)


def pieces(stem: str) -> list[str]:
    """The runs of letters of a word, whose edges count as letters."""
    edged = f"<{stem}>"
    return [edged[at : at + size] for size in _SIZES for at in range(max(1, len(edged) - size + 1))]


def _term(kind: int, one: Integers, other: Integers | int = 0) -> Integers:
    return (kind << 2 * _BITS) + (one << _BITS) + other


def _joined(found: Sequence[tuple[Integers, Integers]]) -> Terms:
    return Terms(
        np.concatenate([terms for terms, _ in found]), np.concatenate([of for _, of in found])
    )
