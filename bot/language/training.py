"""Learn the model of meanings from labelled examples.

The only module of this package that needs scikit-learn, which is imported when training
starts: whoever only reads messages does not need it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.language import features
from bot.language.meanings import MeaningModel, Vocabulary, vectors
from bot.language.types import Urgency

STRENGTH = 1.0
"""Inverse of the regularisation; chosen by cross-validation on the project's examples."""

SHARPNESS = 6.0
"""Stretches the scores so that a confidence of 0.6 is right six times in ten on messages that
the model has not seen. Chosen by cross-validation; `tanyadulu evaluate` draws the curve."""

SEEN_AT_LEAST = 2
"""A feature of a single example tells nothing about other messages."""

FEWEST_EXAMPLES = 5
"""Of a meaning; fewer would be learnt by heart."""

_ROUNDS = 2000
_NEAR = 0.1
"""How near to its best the machine stops; nearer costs a third more time and gains nothing."""


@dataclass(frozen=True)
class Example:
    """A message that somebody labelled."""

    text: str
    intent: str
    urgency: Urgency


def train(examples: Sequence[Example], strength: float = STRENGTH) -> MeaningModel:
    """Learn from examples; the same ones in the same order give the same model.

    A linear support vector machine over TF-IDF, one meaning against all others. Meanings with
    fewer than `FEWEST_EXAMPLES` are left out. Raises `ValueError` when fewer than three remain.
    """
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    counted = Counter((example.intent, example.urgency) for example in examples)
    labels = tuple(sorted(label for label, count in counted.items() if count >= FEWEST_EXAMPLES))
    if len(labels) < 3:
        raise ValueError("training needs examples of at least three meanings")
    places = {label: place for place, label in enumerate(labels)}
    known = [example for example in examples if (example.intent, example.urgency) in places]
    table, vocabularies = tabled(
        [features.terms(example.text) for example in known], features.BLOCKS
    )
    machine = LinearSVC(C=strength, dual=True, tol=_NEAR, max_iter=_ROUNDS, random_state=0)
    machine.fit(table, [places[example.intent, example.urgency] for example in known])
    return MeaningModel(
        labels=labels,
        vocabularies=vocabularies,
        weights=np.ascontiguousarray(SHARPNESS * machine.coef_.T).astype(np.float16),
        bias=(SHARPNESS * machine.intercept_).astype(np.float32),
    )


def tabled(
    documents: Sequence[tuple[dict[str, float], ...]], blocks: tuple[tuple[str, float], ...]
) -> tuple[Any, tuple[Vocabulary, ...]]:
    """The features of many documents as a sparse table, a row each, and what its columns are."""
    # Here, so that whoever only reads messages does not need it; scipy ships no types.
    from scipy import sparse  # type: ignore[import-untyped]  # noqa: PLC0415

    vocabularies = tuple(vocabulary(block) for block in zip(*documents, strict=True))
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for found in documents:
        touched, strengths = vectors(found, vocabularies, blocks)
        columns += touched
        values += strengths
        ends.append(len(columns))
    width = sum(len(each.terms) for each in vocabularies)
    shape = (len(documents), width)
    return sparse.csr_matrix((values, columns, ends), shape=shape), vocabularies


def vocabulary(documents: Iterable[dict[str, float]]) -> Vocabulary:
    """Terms of at least `SEEN_AT_LEAST` examples, sorted, with smoothed inverse frequency."""
    seen: Counter[str] = Counter()
    total = 0
    for document in documents:
        seen.update(document.keys())
        total += 1
    kept = tuple(sorted(term for term, count in seen.items() if count >= SEEN_AT_LEAST))
    return Vocabulary(
        terms=kept,
        rarity=np.array([rarity(seen[term], total) for term in kept], dtype=np.float32),
        unknown=rarity(1, total),
    )


def rarity(seen: int, total: int) -> float:
    """The smoothed inverse frequency of a term that so many of all examples hold."""
    return math.log((1 + total) / (1 + seen)) + 1
