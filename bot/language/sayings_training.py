"""Learn what the clauses of offers say, from data/offers.

The only module beside `training` that needs scikit-learn; run as
`python -m bot.language.sayings_training DATA MODEL` by `tanyadulu train`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import yaml

from bot.language.clauses import BLOCKS, clauses, terms
from bot.language.reading import Word, read
from bot.language.sayings import SayingModel
from bot.language.training import tabled

STRENGTH = 0.7
"""Inverse of the regularisation; by cross-validation over whole offers."""

ONE_WEIGHS = 4.0
"""A sentence that says it counts as so many that do not: there are many more of these."""

_ROUNDS = 5000
_WHOLE = "whole"


@dataclass(frozen=True)
class Sentence:
    """Words with the codes that they say; nothing is known of the codes in `open`.

    `offer` numbers the whole offer that they are a clause of.
    """

    words: tuple[Word, ...] = field(repr=False)
    asks: bool
    says: frozenset[str]
    open: frozenset[str] = frozenset()
    offer: int | None = None


def read_sentences(folder: Path) -> Iterator[Sentence]:
    """The sentences of data/offers, and the clauses of the whole offers in its `whole` folder.

    A whole offer tells of its clauses what they do not say; which of them says what is said,
    training finds out.
    """
    for path in sorted(folder.glob("*.yml")):
        for codes, parts in yaml.safe_load(path.read_text("utf-8")).items():
            for line in parts.get("says", "").splitlines():
                yield _sentence(line, frozenset(codes.split("+")))
            for line in parts.get("not", "").splitlines():
                yield _sentence(line, frozenset())
    number = 0
    for path in sorted((folder / _WHOLE).glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            offer = json.loads(line)
            number += 1
            said = frozenset((*offer["flags"], *offer["signals"]))
            reading = read(offer["text"])
            for part in clauses(reading):
                words = reading.words[part.start : part.end]
                yield Sentence(words, part.asks, frozenset(), said, number)


def train(sentences: list[Sentence]) -> SayingModel:
    """One linear support vector machine per code; the same sentences give the same model."""
    # Here, so that whoever only reads offers does not need it.
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    found = [terms(sentence.words, asks=sentence.asks) for sentence in sentences]
    table, vocabularies = tabled(found, BLOCKS)
    width = table.shape[1]

    codes = tuple(sorted(frozenset().union(*(sentence.says for sentence in sentences))))
    weights = np.zeros((width, len(codes)), dtype=np.float16)
    bias = np.zeros(len(codes), dtype=np.float32)
    for place, code in enumerate(codes):

        def learn(says: list[bool | None]) -> LinearSVC:
            known = [at for at, is_said in enumerate(says) if is_said is not None]
            machine = LinearSVC(
                C=STRENGTH, class_weight={True: ONE_WEIGHS}, max_iter=_ROUNDS, random_state=0
            )
            return machine.fit(table[known], [says[at] for at in known])

        says = [None if code in sentence.open else code in sentence.says for sentence in sentences]
        machine = learn(says)
        # A second round, in which the likeliest clause of each offer that says it is one that does.
        for at in _likeliest(sentences, code, machine.decision_function(table).tolist()):
            says[at] = True
        machine = learn(says)
        weights[:, place] = machine.coef_[0]
        bias[place] = machine.intercept_[0]
    return SayingModel(codes, vocabularies, weights, bias)


def _likeliest(sentences: list[Sentence], code: str, margins: list[float]) -> list[int]:
    """For each whole offer that says a code, the place of the clause that most likely does."""
    found: dict[int, int] = {}
    for at, sentence in enumerate(sentences):
        if code in sentence.open and sentence.offer is not None:
            best = found.setdefault(sentence.offer, at)
            if margins[at] > margins[best]:
                found[sentence.offer] = at
    return sorted(found.values())


def _sentence(line: str, codes: frozenset[str]) -> Sentence:
    return Sentence(read(line).words, line.rstrip().endswith("?"), codes)


if __name__ == "__main__":
    data, model = (Path(argument) for argument in sys.argv[1:])
    train(list(read_sentences(data))).save(model)
