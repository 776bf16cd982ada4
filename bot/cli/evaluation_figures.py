"""Measured numbers, each with what it was measured on and how far chance may have moved it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

ROUNDS = 500
SEED = 20
DECIMALS = 6


@dataclass(frozen=True)
class Figure:
    """A number measured on `n` messages; there is none where there was no message."""

    value: float | None
    n: int
    standard_error: float | None


@dataclass(frozen=True)
class Matrix:
    """How often a message of one label (row) was taken for one of another (column)."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def share(hits: int, n: int) -> Figure:
    """A proportion.

    Its standard error is that of Agresti and Coull, with two hits and two misses added: the plain
    one is nil for 0 of 30 and 30 of 30, as if nothing else could have come out.
    """
    if n == 0:
        return Figure(None, 0, None)
    middle = (hits + 2) / (n + 4)
    error = math.sqrt(middle * (1 - middle) / (n + 4))
    return Figure(round(hits / n, DECIMALS), n, round(error, DECIMALS))


def matrix(labels: Sequence[str], said: Sequence[str], found: Sequence[str]) -> Matrix:
    """Counts of what was said (rows) and found (columns), both in the order of `labels`."""
    # Here and below, for the service carries no scikit-learn.
    from sklearn.metrics import confusion_matrix  # noqa: PLC0415

    # With one label alone it warns, so there is always one that nobody said.
    counts = confusion_matrix(said, found, labels=[*labels, ""])[:-1, :-1]
    return Matrix(tuple(labels), tuple(tuple(row) for row in counts.tolist()))


def macro_f1(said: Sequence[str], found: Sequence[str]) -> Figure:
    """The mean F1 over the labels that were said; at least one message.

    The standard error is bootstrapped. To draw messages again is to draw the cells of their
    matrix; with scikit-learn, one draw after the other, every voice would take seconds.
    """
    from sklearn.metrics import f1_score  # noqa: PLC0415

    value = f1_score(said, found, labels=sorted(set(said)), average="macro", zero_division=0)
    table = np.array(matrix(sorted({*said, *found}), said, found).counts)
    chances = table.ravel() / len(said)
    drawn = np.random.default_rng(SEED).multinomial(len(said), chances, size=ROUNDS)
    error = np.std(_macro_f1s(drawn.reshape(ROUNDS, *table.shape)), ddof=1)
    return Figure(round(float(value), DECIMALS), len(said), round(float(error), DECIMALS))


def _macro_f1s(tables: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Of each table, over the labels that have messages in it."""
    hits = np.diagonal(tables, axis1=1, axis2=2)
    said, found = tables.sum(axis=2), tables.sum(axis=1)
    f1s = 2 * hits / np.maximum(said + found, 1)
    means: npt.NDArray[np.float64] = f1s.mean(axis=1, where=said > 0)
    return means
