"""What a message means: the exported model, read and applied with numpy alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bot.language import features
from bot.language.types import Urgency

FORMAT = 4
"""Version of the file; a model of another version is refused and must be trained again."""

_DECIMALS = 6


class UnreadableModelError(Exception):
    """The file is no model of this version; training writes a new one."""


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
    places: dict[str, tuple[int, float]] = field(init=False, repr=False)
    """Where each term stands, and its rarity; reading single numbers from an array is slow."""

    def __post_init__(self) -> None:
        known = zip(self.terms, enumerate(self.rarity.tolist()), strict=True)
        object.__setattr__(self, "places", dict(known))

    def vector(self, found: dict[str, float]) -> tuple[list[int], list[float]]:
        """Places and values of the known terms, the whole message having length one."""
        known: list[int] = []
        values: list[float] = []
        square = 0.0
        get, unknown = self.places.get, self.unknown
        for term, weight in found.items():
            place = get(term)
            if place is None:
                value = weight * unknown
            else:
                value = weight * place[1]
                known.append(place[0])
                values.append(value)
            square += value * value
        length = math.sqrt(square)
        return known, [value / length for value in values]


@dataclass(frozen=True)
class Likelihoods:
    """How likely each meaning of one message is."""

    intents: tuple[tuple[str, float], ...]
    """All intents with their probability, the likeliest first (ties by name)."""
    urgencies: dict[Urgency, float]
    emergencies: tuple[tuple[str, float], ...]
    """The intents with the probability that the message is an emergency of this kind."""


@dataclass(frozen=True)
class MeaningModel:
    """A linear model over words and letters; its labels are pairs of intent and urgency.

    One label for "a relative is missing, for long" and another for "a relative is missing, and
    said that she is to be sold": what makes a message urgent depends on what it is about. There
    is one vocabulary for each of `features.BLOCKS`. `weights` has one row per term, block after
    block, and one column per label; `bias` is what each label has before any word is read.
    """

    labels: tuple[tuple[str, Urgency], ...]
    vocabularies: tuple[Vocabulary, ...]
    weights: npt.NDArray[np.float16]
    bias: npt.NDArray[np.float32]

    @cached_property
    def intents(self) -> tuple[str, ...]:
        """All intents, sorted by name."""
        return tuple(sorted({intent for intent, _ in self.labels}))

    def read(self, text: str) -> Likelihoods:
        """The likelihoods of a message.

        Rounded to six decimals so that every interpreter and numpy gives the same answer.
        """
        places, values = placed(text, self.vocabularies)
        rows = self.weights[places].astype(np.float64)
        # einsum, not a BLAS product: libraries sum in different orders.
        scores = np.einsum("i,ij->j", values, rows) + self.bias
        likelihood = np.exp(scores - scores.max())
        likelihood /= likelihood.sum()
        intents = dict.fromkeys(self.intents, 0.0)
        urgencies = dict.fromkeys(Urgency, 0.0)
        emergencies: dict[str, float] = {}
        for (intent, urgency), probability in zip(self.labels, likelihood.tolist(), strict=True):
            intents[intent] += probability
            urgencies[urgency] += probability
            if urgency is Urgency.EMERGENCY:
                emergencies[intent] = probability
        return Likelihoods(
            _ranked(intents),
            {urgency: round(value, _DECIMALS) for urgency, value in urgencies.items()},
            _ranked(emergencies),
        )

    def save(self, path: Path) -> None:
        """Write one npz file without pickles; equal models give equal bytes.

        Compressed here: the archive of Rasa would squeeze it at a setting that takes ten times
        as long.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                format=np.array([FORMAT], dtype=np.int32),
                labels=packed(
                    tuple(f"{intent} {urgency.value}" for intent, urgency in self.labels)
                ),
                weights=self.weights,
                bias=self.bias,
                **packed_vocabularies(self.vocabularies, features.BLOCKS),
            )

    @classmethod
    def load(cls, path: Path) -> MeaningModel:
        """Read what `save` wrote.

        Raises `UnreadableModelError` when the file is missing, damaged or of another version.
        """
        try:
            with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as stored:
                if stored["format"].tolist() != [FORMAT]:
                    raise UnreadableModelError(f"{path} has another format; train again")
                labels = (label.split(" ") for label in unpacked(stored["labels"]))
                return cls(
                    labels=tuple((intent, Urgency(urgency)) for intent, urgency in labels),
                    vocabularies=unpacked_vocabularies(stored, features.BLOCKS),
                    weights=stored["weights"],
                    bias=stored["bias"],
                )
        except (OSError, ValueError, KeyError, IndexError, EOFError, BadZipFile) as error:
            raise UnreadableModelError(f"{path} is no model of meanings: {error}") from error


def _ranked(likely: dict[str, float]) -> tuple[tuple[str, float], ...]:
    rounded = ((name, round(probability, _DECIMALS)) for name, probability in likely.items())
    return tuple(sorted(rounded, key=lambda pair: (-pair[1], pair[0])))


def placed(
    text: str, vocabularies: tuple[Vocabulary, ...]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Rows of the weights that a message touches, and how strongly."""
    places, values = vectors(features.terms(text), vocabularies)
    return np.array(places, dtype=np.int64), np.array(values, dtype=np.float64)


def vectors(
    found: tuple[dict[str, float], ...],
    vocabularies: tuple[Vocabulary, ...],
    blocks: tuple[tuple[str, float], ...] = features.BLOCKS,
) -> tuple[list[int], list[float]]:
    """The same for features that were counted already, as training does."""
    places: list[int] = []
    values: list[float] = []
    offset = 0
    for (_, length), terms, vocabulary in zip(blocks, found, vocabularies, strict=True):
        known, strengths = vocabulary.vector(terms)
        places += [offset + place for place in known]
        values += [length * strength for strength in strengths]
        offset += len(vocabulary.terms)
    return places, values


def packed_vocabularies(
    vocabularies: tuple[Vocabulary, ...], blocks: tuple[tuple[str, float], ...]
) -> dict[str, Any]:
    """The arrays that hold the vocabularies of these blocks in a model's file."""
    arrays: dict[str, Any] = {}
    for (block, _), vocabulary in zip(blocks, vocabularies, strict=True):
        arrays[f"{block}_terms"] = packed(vocabulary.terms)
        arrays[f"{block}_rarity"] = vocabulary.rarity
        arrays[f"{block}_unknown"] = np.array([vocabulary.unknown], dtype=np.float64)
    return arrays


def unpacked_vocabularies(
    stored: Mapping[str, Any], blocks: tuple[tuple[str, float], ...]
) -> tuple[Vocabulary, ...]:
    """The vocabularies that `packed_vocabularies` wrote; KeyError when one is missing."""
    return tuple(
        Vocabulary(
            unpacked(stored[f"{block}_terms"]),
            stored[f"{block}_rarity"],
            float(stored[f"{block}_unknown"][0]),
        )
        for block, _ in blocks
    )


def packed(texts: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    """Many short texts as one array of bytes, a line each; no text holds a line break."""
    return np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)


def unpacked(packed: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    """The texts that were packed."""
    text = packed.tobytes().decode()
    return tuple(text.split("\n")) if text else ()
