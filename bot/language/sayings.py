"""What the clauses of an offer say: a linear model beside the patterns, read with numpy alone.

The patterns of the catalogue know the usual words of a red flag; the model knows some seventy
ways to say each, and as many that only sound like it. Learnt by `sayings_training`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bot.language.clause_terms import (
    LETTERS_WEIGH,
    SHAPE_WEIGHS,
    WORDS_WEIGH,
    Integers,
    Known,
    Numbers,
    Said,
    Terms,
    lengths,
    negators,
    spelt,
    terms,
)
from bot.language.clauses import MOST_CLAUSES, Clause, clauses
from bot.language.meanings import UnreadableModelError, Vocabulary, packed, unpacked
from bot.language.reading import Reading

FILE = Path(__file__).parents[2] / "models" / "sayings.npz"
"""Where training puts the model; without it the patterns alone decide."""

FORMAT = 3

_DECIMALS = 4

Margins = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Heard:
    """How surely each clause of one reading says what each code means.

    Above 0 it is likelier than not that a clause says it.
    """

    parts: tuple[Clause, ...]
    places: dict[str, int]
    margins: Margins

    def at(self, code: str, start: int, end: int) -> float | None:
        """The margin of the clauses that hold these words; None for a code nobody taught."""
        place = self.places.get(code)
        held = self._holding(start, end)
        if place is None or not held:
            return None
        return max(float(self.margins[at, place]) for at in held)

    def is_short(self, start: int, end: int, fewest: int) -> bool:
        """Whether each clause that holds these words has fewer than so many: an answer, no saying."""
        held = (self.parts[at] for at in self._holding(start, end))
        return all(part.end - part.start < fewest for part in held)

    def _holding(self, start: int, end: int) -> list[int]:
        return [at for at, part in enumerate(self.parts) if part.start < end and start < part.end]

    def surest(self, code: str) -> tuple[Clause, float]:
        """The clause that says most surely what a code means."""
        column = self.margins[:, self.places[code]]
        at = int(column.argmax())
        return self.parts[at], float(column[at])


@dataclass(frozen=True)
class SayingModel:
    """One linear judge per code over words and letters of a clause.

    The number of a stem is its place in `stems`. `weights` has one row per term of `words`, of
    `shape` and of `letters`, in this order, and one column per code.
    """

    codes: tuple[str, ...]
    stems: tuple[str, ...]
    words: Known
    shape: Known
    letters: Vocabulary
    weights: npt.NDArray[np.float16]
    bias: npt.NDArray[np.float32]

    def hear(self, reading: Reading) -> Heard | None:
        """What the clauses of a reading say; None for a text without words."""
        parts = tuple(islice(clauses(reading), MOST_CLAUSES))
        if not parts:
            return None
        places = {code: place for place, code in enumerate(self.codes)}
        return Heard(parts, places, self._margins(reading, parts))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {stem: number for number, stem in enumerate(self.stems)}

    @cached_property
    def _negators(self) -> Integers:
        return negators(self._numbers)

    @cached_property
    def _tables(self) -> tuple[Margins, Margins]:
        """The weights of words and shape, and those of letters, in numbers that are fast to add."""
        weights = self.weights.astype(np.float32)
        letters = len(self.words.terms) + len(self.shape.terms)
        return weights[:letters], weights[letters:]

    @cached_property
    def _spelt(self) -> tuple[Margins, Numbers]:
        """What the letters of each stem weigh, and the square of their length."""
        return self._spell(self.stems)

    def _spell(self, stems: Sequence[str]) -> tuple[Margins, Numbers]:
        found = spelt(stems, self.letters)
        return _summed(self._tables[1], found.rows, found.values, found.sizes), found.squares

    def _margins(self, reading: Reading, parts: tuple[Clause, ...]) -> Margins:
        """One row per clause, one column per code."""
        said = Said.of((word.stem for word in reading.words[: parts[-1].end]), self._numbers)
        sizes = np.array([part.end - part.start for part in parts], dtype=np.int64)
        asks = np.array([part.asks for part in parts])
        found = terms(said.numbers, sizes, asks, self._negators)
        margins = self._of_words(*found, len(parts)) + self._of_letters(said, sizes) + self.bias
        return np.asarray(np.round(margins, _DECIMALS))

    def _of_words(self, words: Terms, shape: Terms, count: int) -> Margins:
        one = self.words.placed(words, count, WORDS_WEIGH)
        other = self.shape.placed(shape, count, SHAPE_WEIGHS)
        every = np.arange(count)  # a clause of unknown words alone has a row as well
        rows = np.concatenate([every * 0, one.rows, other.rows + len(self.words.terms)])
        values = np.concatenate([every * 0.0, one.values, other.values])
        of = np.concatenate([every, one.clauses, other.clauses])
        order = np.argsort(of, kind="stable")
        return _summed(self._tables[0], rows[order], values[order], np.bincount(of))

    def _of_letters(self, said: Said, sizes: Integers) -> Margins:
        """Stem after stem and then clause by clause; only new stems are spelt."""
        of_known, squares_of_known = self._spelt
        of_new, squares_of_new = self._spell(said.new)
        is_new = said.numbers >= len(self.stems)
        at = np.where(is_new, 0, said.numbers)
        of_words, squares = of_known[at], squares_of_known[at]
        of_words[is_new] = of_new[said.numbers[is_new] - len(self.stems)]
        squares[is_new] = squares_of_new[said.numbers[is_new] - len(self.stems)]
        of = np.repeat(np.arange(len(sizes)), sizes)
        weights = LETTERS_WEIGH / lengths(squares, of, len(sizes))
        margins = np.add.reduceat(of_words, np.cumsum(sizes) - sizes, axis=0)
        return np.asarray(margins * weights.astype(np.float32)[:, np.newaxis])

    def save(self, path: Path) -> None:
        """Write one npz file without pickles; equal models give equal bytes."""
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                format=np.array([FORMAT], dtype=np.int32),
                codes=packed(self.codes),
                stems=packed(self.stems),
                words=self.words.terms,
                words_rarity=self.words.rarity,
                shape=self.shape.terms,
                shape_rarity=self.shape.rarity,
                letters=packed(self.letters.terms),
                letters_rarity=self.letters.rarity,
                unknown=np.array([self.words.unknown, self.shape.unknown, self.letters.unknown]),
                weights=self.weights,
                bias=self.bias,
            )

    @classmethod
    def load(cls, path: Path) -> SayingModel:
        """Read what `save` wrote.

        Raises `UnreadableModelError` when the file is missing, damaged or of another version.
        """
        try:
            with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as stored:
                if stored["format"].tolist() != [FORMAT]:
                    raise UnreadableModelError(f"{path} has another format; train again")
                return cls._unpacked(stored)
        except (OSError, ValueError, KeyError, IndexError, EOFError, BadZipFile) as error:
            raise UnreadableModelError(f"{path} is no model of sayings: {error}") from error

    @classmethod
    def _unpacked(cls, stored: Mapping[str, Any]) -> SayingModel:
        words, shape, letters = stored["unknown"].tolist()
        return cls(
            codes=unpacked(stored["codes"]),
            stems=unpacked(stored["stems"]),
            words=Known(stored["words"], stored["words_rarity"], words),
            shape=Known(stored["shape"], stored["shape_rarity"], shape),
            letters=Vocabulary(unpacked(stored["letters"]), stored["letters_rarity"], letters),
            weights=stored["weights"],
            bias=stored["bias"],
        )


def _summed(table: Margins, rows: Integers, values: Numbers, sizes: Integers) -> Margins:
    """The weighted rows of a table, summed `sizes` at a time; no rows sum to nothing.

    Row after row, not a BLAS product: libraries sum in different orders.
    """
    sums = np.zeros((len(sizes), table.shape[1]), dtype=np.float32)
    some = sizes > 0
    if len(rows):
        weighted = table[rows] * values.astype(np.float32)[:, np.newaxis]
        sums[some] = np.add.reduceat(weighted, (np.cumsum(sizes) - sizes)[some], axis=0)
    return sums


@cache
def sayings() -> SayingModel | None:
    """The trained model, read once; None before the first training."""
    return SayingModel.load(FILE) if FILE.exists() else None
