"""What the model of sayings looks at in clauses, all of them in a few passes of numpy.

Stems, pairs of them, pairs with one word between, and those that a "not" reaches; how a clause
begins and ends, how long it is and how often it says "not"; and of each stem its runs of letters.
A text of 5,000 characters has ten thousand such terms. Training and inference share this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.language.meanings import Vocabulary

WORDS_WEIGH, LETTERS_WEIGH, SHAPE_WEIGHS = 1.0, 0.8, 0.5
"""How long the vector of each kind of terms is; by cross-validation."""

_NEGATORS = frozenset({"tidak", "bukan", "tanpa", "jangan", "belum", "dilarang", "nol", "bebas"})
_REACH = 5
_SIZES = (3, 5)
_MOST_NEGATORS = 3
_BITS = 21
"""Of a stem's number in a term; two of them and a kind make one number of 64 bits."""

_ONE, _NEXT, _OVER_ONE, _NOT, _FIRST, _FIRST_TWO, _LAST, _LENGTH, _NEGATIONS, _ASKS = range(10)

Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


class Terms(NamedTuple):
    """Terms as numbers, and for each of them the clause, counted from 0, that holds it."""

    terms: Integers
    clauses: Integers


class Placed(NamedTuple):
    """Rows of a table, the strength with which each is touched, and the clause that does."""

    rows: Integers
    values: Numbers
    clauses: Integers


@dataclass(frozen=True)
class Known:
    """Terms that the model knows, sorted, with their rarity; `unknown` is that of all others.

    The rarity is the inverse document frequency. Unknown terms weigh nothing but count in the
    length of the vector: the less of a clause is known, the less sure the model is.
    """

    terms: Integers
    rarity: npt.NDArray[np.float32]
    unknown: float

    def placed(self, found: Terms, count: int, length: float) -> Placed:
        """The known terms of `count` clauses; the vector of each clause has this length."""
        at = np.minimum(np.searchsorted(self.terms, found.terms), len(self.terms) - 1)
        known = self.terms[at] == found.terms
        values = np.where(known, self.rarity[at], self.unknown)
        values *= length / lengths(values * values, found.clauses, count)[found.clauses]
        return Placed(at[known], values[known], found.clauses[known])


class Spelt(NamedTuple):
    """The known runs of letters of some stems, one stem after the other.

    `sizes` says how many each has, `squares` how long its vector is, squared.
    """

    rows: Integers
    values: Numbers
    sizes: Integers
    squares: Numbers


def spelt(stems: Iterable[str], known: Vocabulary) -> Spelt:
    """The runs of letters of stems, an unknown one counting in the square."""
    rows: list[int] = []
    values: list[float] = []
    sizes: list[int] = []
    squares: list[float] = []
    get, of_unknown = known.places.get, known.unknown * known.unknown
    for stem in stems:
        before, square = len(rows), 0.0
        for piece in pieces(stem):
            place = get(piece)
            if place is None:
                square += of_unknown
            else:
                rows.append(place[0])
                values.append(place[1])
                square += place[1] * place[1]
        sizes.append(len(rows) - before)
        squares.append(square)
    return Spelt(
        np.array(rows, dtype=np.int64),
        np.array(values, dtype=np.float64),
        np.array(sizes, dtype=np.int64),
        np.array(squares, dtype=np.float64),
    )


class Said(NamedTuple):
    """The number of each word: that of its stem, and for a stem that is `new` one above those."""

    numbers: Integers
    new: tuple[str, ...]

    @classmethod
    def of(cls, words: Iterable[str], known: Mapping[str, int]) -> Said:
        """The numbers of words beside `known` ones."""
        new: dict[str, int] = {}
        numbers = [
            known[word] if word in known else len(known) + new.setdefault(word, len(new))
            for word in words
        ]
        return cls(np.array(numbers, dtype=np.int64), tuple(new))


def negators(known: Mapping[str, int]) -> Integers:
    """The numbers of the words that mean "not"."""
    return np.array(sorted(known[stem] for stem in _NEGATORS & known.keys()), dtype=np.int64)


def lengths(squares: Numbers, of: Integers, count: int) -> Numbers:
    """The length of the vector of each clause, of which every one has a term."""
    return np.sqrt(np.bincount(of, squares, count))


def terms(
    stems: Integers, sizes: Integers, asks: npt.NDArray[np.bool_], negators: Integers
) -> tuple[Terms, Terms]:
    """The terms of words and those of shape of clauses that have at least one word.

    `stems` are the numbers of the stems of all clauses, one after the other, each below 2 ** 21;
    `sizes` says how many each clause has, `negators` which numbers are those of the words that mean "not".
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
