"""Learn the intent model from labelled examples.

The only module of this package that needs scikit-learn, which is imported when training
starts: whoever only reads messages does not need it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from bot.language import features
from bot.language.intents import IntentModel, Vocabulary, placed

STRENGTH = 20.0
"""Inverse of the regularisation; chosen by cross-validation on the project's examples."""

SHARPNESS = 1.6
"""Stretches the scores so that a confidence of 0.6 is right six times in ten on messages that
the model has not seen; the regularisation alone leaves it far too modest with so many intents.
Chosen by cross-validation."""

SEEN_AT_LEAST = 2
"""A feature of a single example tells nothing about other messages."""

_ROUNDS = 2000


def train(examples: Sequence[tuple[str, str]], strength: float = STRENGTH) -> IntentModel:
    """Learn from (text, intent) pairs; the same pairs in the same order give the same model.

    Multinomial logistic regression over word and letter TF-IDF, every intent weighted alike
    however many examples it has. Raises `ValueError` for fewer than two intents.
    """
    # Here, so that whoever only reads messages needs neither; scipy ships no types.
    from scipy import sparse  # type: ignore[import-untyped]  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    labels = tuple(sorted({intent for _, intent in examples}))
    if len(labels) < 2:
        raise ValueError("training needs examples of at least two intents")
    by_block = zip(*(features.terms(text) for text, _ in examples), strict=True)
    vocabularies = tuple(_vocabulary(documents) for documents in by_block)

    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row, (text, _) in enumerate(examples):
        places, strengths = placed(text, vocabularies)
        rows.extend([row] * len(places))
        columns.extend(places.tolist())
        values.extend(strengths.tolist())
    width = sum(len(vocabulary.terms) for vocabulary in vocabularies)
    table = sparse.csr_matrix((values, (rows, columns)), shape=(len(examples), width))

    regression = LogisticRegression(
        C=strength, class_weight="balanced", fit_intercept=False, max_iter=_ROUNDS
    )
    regression.fit(table, [labels.index(intent) for _, intent in examples])
    weights = regression.coef_
    if len(labels) == 2:  # scikit-learn then keeps the weights of the second label only
        weights = np.vstack([-weights, weights]) / 2
    return IntentModel(
        labels=labels,
        vocabularies=vocabularies,
        weights=np.ascontiguousarray(SHARPNESS * weights.T).astype(np.float16),
    )


def _vocabulary(documents: Iterable[dict[str, float]]) -> Vocabulary:
    """Terms of at least `SEEN_AT_LEAST` examples, sorted, with smoothed inverse frequency."""
    seen: Counter[str] = Counter()
    total = 0
    for document in documents:
        seen.update(document.keys())
        total += 1
    kept = tuple(sorted(term for term, count in seen.items() if count >= SEEN_AT_LEAST))
    rarity = [math.log((1 + total) / (1 + seen[term])) + 1 for term in kept]
    return Vocabulary(
        terms=kept,
        rarity=np.array(rarity, dtype=np.float32),
        unknown=math.log((1 + total) / 2) + 1,
    )
