"""Learn what the clauses of offers say, from data/offers.

The only module beside `training` that needs scikit-learn; run as
`python -m bot.language.sayings_training DATA MODEL` by `tanyadulu train`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

from bot.language.clause_terms import (
    LETTERS_WEIGH,
    SHAPE_WEIGHS,
    WORDS_WEIGH,
    Known,
    Said,
    Terms,
    negators,
    pieces,
    spelt,
    terms,
)
from bot.language.clauses import clauses
from bot.language.meanings import Vocabulary
from bot.language.reading import read
from bot.language.sayings import SayingModel
from bot.language.training import SEEN_AT_LEAST, rarity, vocabulary

STRENGTH = 0.7
"""Inverse of the regularisation; by cross-validation over whole offers."""

ONE_WEIGHS = 4.0
"""A sentence that says it counts as so many that do not: there are many more of these."""

_ROUNDS = 5000
_WHOLE = "whole"


@dataclass(frozen=True)
class Sentence:
    """The stems of words with the codes that they say; nothing is known of the codes in `open`.

    `offer` numbers the whole offer that they are a clause of.
    """

    stems: tuple[str, ...] = field(repr=False)
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
                stems = tuple(word.stem for word in reading.words[part.start : part.end])
                yield Sentence(stems, part.asks, frozenset(), said, number)


def train(sentences: list[Sentence]) -> SayingModel:
    """One linear support vector machine per code; the same sentences give the same model."""
    # Here, so that whoever only reads offers does not need it.
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    table, known = _tabled(sentences)
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
    return SayingModel(codes, known.stems, known.words, known.shape, known.letters, weights, bias)


class _Known(NamedTuple):
    """All that a model knows of what clauses may hold."""

    stems: tuple[str, ...]
    words: Known
    shape: Known
    letters: Vocabulary


def _tabled(sentences: Sequence[Sentence]) -> tuple[Any, _Known]:
    """The terms of sentences that have words as a sparse table, a row each, and what they are."""
    # Here, so that whoever only reads offers does not need it; scipy ships no types.
    from scipy import sparse  # type: ignore[import-untyped]  # noqa: PLC0415

    count = len(sentences)
    seen = Counter(stem for sentence in sentences for stem in set(sentence.stems))
    stems = tuple(sorted(stem for stem, times in seen.items() if times >= SEEN_AT_LEAST))
    numbers = {stem: number for number, stem in enumerate(stems)}
    said = Said.of((stem for sentence in sentences for stem in sentence.stems), numbers)
    sizes = np.array([len(sentence.stems) for sentence in sentences], dtype=np.int64)
    asks = np.array([sentence.asks for sentence in sentences])
    words, shape = terms(said.numbers, sizes, asks, negators(numbers))
    letters = vocabulary(
        dict.fromkeys((piece for stem in sentence.stems for piece in pieces(stem)), 1.0)
        for sentence in sentences
    )
    known = _Known(stems, _known(words, count), _known(shape, count), letters)

    def of_words(found: Terms, terms_known: Known, length: float) -> Any:
        placed = terms_known.placed(found, count, length)
        shape = (count, len(terms_known.terms))
        return sparse.csr_matrix((placed.values, (placed.clauses, placed.rows)), shape=shape)

    every = (*stems, *said.new)
    found = spelt(every, letters)
    rows = np.repeat(np.arange(len(every)), found.sizes)
    by_stem = sparse.csr_matrix(
        (found.values, (rows, found.rows)), shape=(len(every), len(letters.terms))
    )
    of = np.repeat(np.arange(count), sizes)
    holds = sparse.csr_matrix((np.ones(len(of)), (of, said.numbers)), shape=(count, len(every)))
    lengths = np.sqrt(holds @ found.squares)
    blocks = [
        of_words(words, known.words, WORDS_WEIGH),
        of_words(shape, known.shape, SHAPE_WEIGHS),
        sparse.diags(LETTERS_WEIGH / lengths) @ holds @ by_stem,
    ]
    return sparse.hstack(blocks, format="csr"), known


def _known(found: Terms, count: int) -> Known:
    """The terms of at least `SEEN_AT_LEAST` clauses."""
    pairs = np.unique(np.stack([found.terms, found.clauses]), axis=1)
    kept, times = np.unique(pairs[0], return_counts=True)
    kept, times = kept[times >= SEEN_AT_LEAST], times[times >= SEEN_AT_LEAST]
    rare = [rarity(each, count) for each in times.tolist()]
    return Known(kept, np.array(rare, dtype=np.float32), rarity(1, count))


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
    stems = tuple(word.stem for word in read(line).words)
    return Sentence(stems, line.rstrip().endswith("?"), codes)


if __name__ == "__main__":
    data, model = (Path(argument) for argument in sys.argv[1:])
    train(list(read_sentences(data))).save(model)
