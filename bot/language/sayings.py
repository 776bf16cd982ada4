"""What the clauses of an offer say: a linear model beside the patterns, read with numpy alone.

The patterns of the catalogue know the usual words of a red flag; the model knows some seventy
ways to say each, and as many that only sound like it. Learnt by `sayings_training`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import islice
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bot.language.clauses import BLOCKS, MOST_CLAUSES, Clause, clauses, terms
from bot.language.meanings import (
    UnreadableModelError,
    Vocabulary,
    packed,
    packed_vocabularies,
    unpacked,
    unpacked_vocabularies,
    vectors,
)
from bot.language.reading import Reading

FILE = Path(__file__).parents[2] / "models" / "sayings.npz"
"""Where training puts the model; without it the patterns alone decide."""

FORMAT = 2


@dataclass(frozen=True)
class Heard:
    """How surely each clause of one reading says what each code means.

    Above 0 it is likelier than not that a clause says it.
    """

    parts: tuple[Clause, ...]
    places: dict[str, int]
    margins: npt.NDArray[np.float64]

    def at(self, code: str, start: int, end: int) -> float | None:
        """The margin of the clauses that hold these words; None for a code nobody taught."""
        place = self.places.get(code)
        held = [at for at, part in enumerate(self.parts) if part.start < end and start < part.end]
        if place is None or not held:
            return None
        return max(float(self.margins[at, place]) for at in held)

    def surest(self, code: str) -> tuple[Clause, float]:
        """The clause that says most surely what a code means."""
        column = self.margins[:, self.places[code]]
        at = int(column.argmax())
        return self.parts[at], float(column[at])


@dataclass(frozen=True)
class SayingModel:
    """One linear judge per code over words and letters of a clause.

    `weights` has one row per term, block after block, and one column per code.
    """

    codes: tuple[str, ...]
    vocabularies: tuple[Vocabulary, ...]
    weights: npt.NDArray[np.float16]
    bias: npt.NDArray[np.float32]

    def hear(self, reading: Reading) -> Heard | None:
        """What the clauses of a reading say; None for a text without words."""
        parts = tuple(islice(clauses(reading), MOST_CLAUSES))
        if not parts:
            return None
        places = {code: place for place, code in enumerate(self.codes)}
        return Heard(parts, places, self._margins(reading, parts))

    def _margins(self, reading: Reading, parts: tuple[Clause, ...]) -> npt.NDArray[np.float64]:
        """One row per clause, one column per code."""
        touched: list[int] = []
        values: list[float] = []
        starts: list[int] = []
        pieces: dict[str, list[str]] = {}
        for part in parts:
            found = terms(reading.words[part.start : part.end], asks=part.asks, pieces=pieces)
            places, strengths = vectors(found, self.vocabularies, BLOCKS)
            starts.append(len(touched))
            touched += [0, *places]  # a clause of unknown words alone has a row as well
            values += [0.0, *strengths]
        rows = self.weights[np.array(touched, dtype=np.int64)].astype(np.float64)
        rows *= np.array(values)[:, np.newaxis]
        # Row after row, not a BLAS product: libraries sum in different orders.
        margins = np.add.reduceat(rows, np.array(starts), axis=0) + self.bias
        return np.asarray(np.round(margins, 6))

    def save(self, path: Path) -> None:
        """Write one npz file without pickles; equal models give equal bytes."""
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                format=np.array([FORMAT], dtype=np.int32),
                codes=packed(self.codes),
                weights=self.weights,
                bias=self.bias,
                **packed_vocabularies(self.vocabularies, BLOCKS),
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
                return cls(
                    codes=unpacked(stored["codes"]),
                    vocabularies=unpacked_vocabularies(stored, BLOCKS),
                    weights=stored["weights"],
                    bias=stored["bias"],
                )
        except (OSError, ValueError, KeyError, IndexError, EOFError, BadZipFile) as error:
            raise UnreadableModelError(f"{path} is no model of sayings: {error}") from error


@cache
def sayings() -> SayingModel | None:
    """The trained model, read once; None before the first training."""
    return SayingModel.load(FILE) if FILE.exists() else None
