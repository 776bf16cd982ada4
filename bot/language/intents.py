"""What a message wants: the exported intent model, read and applied with numpy alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bot.language import features
from bot.language.spelling import normalise

FORMAT = 1
"""Version of the file; a model of another version is refused and must be trained again."""

_DECIMALS = 6


class UnreadableModelError(Exception):
    """The file is no intent model of this version; training writes a new one."""


@dataclass(frozen=True)
class Vocabulary:
    """The features of one block that the model knows, and how telling each of them is.

    `rarity` is the inverse document frequency per term; `unknown` stands for a term that was
    never seen in training. Unknown terms have no weight of their own but count in the length
    of the vector: the less of a message is known, the less sure the model is.
    """

    terms: tuple[str, ...]
    rarity: npt.NDArray[np.float32]
    unknown: float
    places: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", {term: at for at, term in enumerate(self.terms)})

    def vector(
        self, found: dict[str, float]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Places and values of the known terms, the whole message having length one."""
        known: list[int] = []
        values: list[float] = []
        square = 0.0
        for term, weight in found.items():
            at = self.places.get(term)
            value = weight * (self.unknown if at is None else float(self.rarity[at]))
            square += value * value
            if at is not None:
                known.append(at)
                values.append(value)
        length = square**0.5 or 1.0
        return np.array(known, dtype=np.int64), np.array(values, dtype=np.float64) / length


@dataclass(frozen=True)
class IntentModel:
    """A linear model over words and letters; `rank` gives probabilities.

    `weights` has one row per term (words first, then letters) and one column per label.
    """

    labels: tuple[str, ...]
    words: Vocabulary
    letters: Vocabulary
    weights: npt.NDArray[np.float16]
    bias: npt.NDArray[np.float32]

    def rank(self, text: str) -> tuple[tuple[str, float], ...]:
        """All labels with their probability, the likeliest first (ties by name).

        Rounded to six decimals so that every interpreter and numpy gives the same answer.
        """
        found = features.terms(normalise(text).text)
        scores = self.bias.astype(np.float64)
        offset = 0
        for block, vocabulary in ((features.WORDS, self.words), (features.LETTERS, self.letters)):
            places, values = vocabulary.vector(found[block])
            rows = self.weights[places + offset].astype(np.float64)
            # einsum, not a BLAS product: libraries sum in different orders.
            scores = scores + np.einsum("i,ij->j", values, rows)
            offset += len(vocabulary.terms)
        likelihood = np.exp(scores - scores.max())
        likelihood /= likelihood.sum()
        ranked = [
            (label, round(float(p), _DECIMALS))
            for label, p in zip(self.labels, likelihood, strict=True)
        ]
        return tuple(sorted(ranked, key=lambda pair: (-pair[1], pair[0])))

    def save(self, path: Path) -> None:
        """Write one npz file without pickles; equal models give equal bytes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            np.savez(
                file,
                format=np.array([FORMAT], dtype=np.int32),
                labels=_packed(self.labels),
                words=_packed(self.words.terms),
                word_rarity=self.words.rarity,
                letters=_packed(self.letters.terms),
                letter_rarity=self.letters.rarity,
                unknown=np.array([self.words.unknown, self.letters.unknown], dtype=np.float64),
                weights=self.weights,
                bias=self.bias,
            )

    @classmethod
    def load(cls, path: Path) -> IntentModel:
        """Read what `save` wrote.

        Raises `UnreadableModelError` when the file is missing, damaged or of another version.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                if stored["format"].tolist() != [FORMAT]:
                    raise UnreadableModelError(f"{path} has another format; train again")
                unknown = stored["unknown"].tolist()
                return cls(
                    labels=_unpacked(stored["labels"]),
                    words=Vocabulary(_unpacked(stored["words"]), stored["word_rarity"], unknown[0]),
                    letters=Vocabulary(
                        _unpacked(stored["letters"]), stored["letter_rarity"], unknown[1]
                    ),
                    weights=stored["weights"],
                    bias=stored["bias"],
                )
        except (OSError, ValueError, KeyError, IndexError, EOFError, BadZipFile) as error:
            raise UnreadableModelError(f"{path} is no intent model: {error}") from error


def _packed(texts: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    """Many short texts as one array of bytes, a line each; no text holds a line break."""
    return np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)


def _unpacked(packed: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    text = packed.tobytes().decode()
    return tuple(text.split("\n")) if text else ()
