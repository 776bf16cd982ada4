"""Which way of understanding is best, measured by voice: `python -m bench.pipelines`.

Each pipeline learns from all voices but one and is judged on that one, for a region that nobody
wrote examples for is what it will meet. Prints a table for docs/understanding.md. The stock
pipeline of Rasa (DIET) is trained on the same examples by `python -m bench.diet`.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np
import spacy
import yaml
from scipy import sparse  # type: ignore[import-untyped]  # ships no types
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from bot.language import features
from bot.language.meanings import vectors
from bot.language.training import STRENGTH, Example, vocabulary
from bot.language.types import Urgency
from bot.settings import ROOT

EMERGENCY = Urgency.EMERGENCY
VOICES = ("jawa", "sumatra", "abroad")
VOWELS = "aiueo"


def _machine(strength: float = STRENGTH, **more: Any) -> LinearSVC:
    return LinearSVC(C=strength, dual=True, random_state=0, **more)


@dataclass(frozen=True)
class Pipeline:
    """What is compared: kinds of features, the learner, and what the labels are."""

    name: str
    blocks: tuple[str, ...] = tuple(name for name, _ in features.BLOCKS)
    learn: Callable[[], Any] = _machine
    joint: bool = True
    also: str = ""


def pipelines() -> Iterator[Pipeline]:
    """All that were tried, ours first."""
    ours = Pipeline("ours")
    yield ours
    yield replace(ours, name="intent and urgency learnt apart", joint=False)
    for block, _ in features.BLOCKS:
        left = tuple(name for name in ours.blocks if name != block)
        yield replace(ours, name=f"without {block}", blocks=left)
    yield replace(ours, name="words alone", blocks=("words",))
    yield replace(ours, name="letters alone", blocks=("letters",))
    plain = replace(ours, blocks=("words", "letters"))
    yield replace(plain, name="words and letters")
    yield replace(
        plain,
        name="words and letters, logistic regression",
        learn=lambda: LogisticRegression(C=20, max_iter=300, tol=1e-4),
    )
    yield replace(plain, name="words and letters, naive Bayes", learn=ComplementNB)
    yield replace(
        ours,
        name="weights by class",
        learn=partial(_machine, class_weight="balanced"),
    )
    for strength in (STRENGTH / 4, STRENGTH * 4):
        yield replace(ours, name=f"strength {strength:g}", learn=partial(_machine, strength))
    yield replace(ours, name="with noise: vowels and letters dropped, swapped", also="noise")
    yield replace(ours, name="with lemmas and shapes of spaCy", also="spacy")
    yield replace(ours, name="ensemble with logistic regression", also="ensemble")


def examples() -> list[tuple[Example, str]]:
    """data/nlu with the voice of each example, in an order that depends on nothing else."""
    found = []
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            told = block["metadata"]
            for line in block["examples"].splitlines():
                text = line.removeprefix("- ")
                example = Example(text, block["intent"], Urgency(told["urgency"]))
                found.append((example, str(told["voice"])))
    return found


@cache
def terms(text: str) -> tuple[dict[str, float], ...]:
    """Counted once for all pipelines."""
    return features.terms(text)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.pipelines", description=__doc__)
    parser.add_argument("--voices", nargs="*", default=list(VOICES))
    parser.add_argument("--only", default="", help="pipelines whose name holds this")
    asked = parser.parse_args()
    everything = examples()
    print(f"{len(everything)} examples; each of these voices left out once: {asked.voices}\n")
    print("| pipeline | intent macro-F1 | emergency AUC | seconds |\n| --- | ---: | ---: | ---: |")
    for pipeline in pipelines():
        if asked.only in pipeline.name:
            print(_row(pipeline, everything, asked.voices), flush=True)


def _row(
    pipeline: Pipeline, everything: Sequence[tuple[Example, str]], voices: Sequence[str]
) -> str:
    began = time.monotonic()
    scores, areas = [], []
    for voice in voices:
        seen = [example for example, of in everything if of != voice]
        unseen = [example for example, of in everything if of == voice]
        intents, danger = _judge(pipeline, seen, unseen)
        truth = [example.intent for example in unseen]
        scores.append(f1_score(truth, intents, average="macro"))
        areas.append(roc_auc_score([example.urgency is EMERGENCY for example in unseen], danger))
    took = time.monotonic() - began
    return f"| {pipeline.name} | {np.mean(scores):.3f} | {np.mean(areas):.3f} | {took:.0f} |"


def _judge(pipeline: Pipeline, seen: list[Example], unseen: list[Example]) -> tuple[list[str], Any]:
    """The intent of each unseen message, and how much it looks like an emergency."""
    if pipeline.also == "noise":
        rng = random.Random(0)  # noqa: S311 - no secret
        seen = seen + [replace(one, text=_noisy(one.text, rng)) for one in seen]
    counted = [_terms(pipeline, one.text) for one in (*seen, *unseen)]
    table = _table(counted, len(seen))
    learnt, judged = table[: len(seen)], table[len(seen) :]
    if not pipeline.joint:
        intents = _fit(pipeline.learn(), learnt, [one.intent for one in seen])
        danger = _fit(pipeline.learn(), learnt, [one.urgency is EMERGENCY for one in seen])
        return list(intents.predict(judged)), danger.decision_function(judged)
    labels = [f"{one.intent} {one.urgency.value}" for one in seen]
    machine = _fit(pipeline.learn(), learnt, labels)
    likely = _likely(machine, judged)
    if pipeline.also == "ensemble":
        other = LogisticRegression(C=20, max_iter=300, tol=1e-4)
        likely = likely + _likely(_fit(other, learnt, labels), judged)
    names = sorted({one.intent for one in seen})
    columns = [label.split(" ") for label in machine.classes_]
    by_intent = np.stack(
        [likely[:, [of == name for of, _ in columns]].sum(axis=1) for name in names], axis=1
    )
    urgent = likely[:, [urgency == EMERGENCY.value for _, urgency in columns]].sum(axis=1)
    return [names[place] for place in by_intent.argmax(axis=1)], urgent


def _fit(machine: Any, table: Any, labels: Sequence[object]) -> Any:
    return machine.fit(table, list(labels))


def _likely(machine: Any, table: Any) -> Any:
    if hasattr(machine, "predict_proba"):
        return machine.predict_proba(table)
    scores = 3 * machine.decision_function(table)
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    return likely / likely.sum(axis=1, keepdims=True)


def _terms(pipeline: Pipeline, text: str) -> dict[str, dict[str, float]]:
    named = dict(zip((name for name, _ in features.BLOCKS), terms(text), strict=True))
    found = {name: named[name] for name in pipeline.blocks}
    if pipeline.also == "spacy":
        found["spacy"] = _by_spacy(text)
    return found


def _table(counted: list[dict[str, dict[str, float]]], learnt: int) -> Any:
    lengths = dict(features.BLOCKS)
    parts = []
    for name in counted[0]:
        known = vocabulary(one[name] for one in counted[:learnt])
        length = lengths.get(name, 0.5)
        rows, columns, values = [], [], []
        for row, one in enumerate(counted):
            places, strengths = vectors((one[name],), (known,), ((name, length),))
            rows += [row] * len(places)
            columns += places
            values += strengths
        shape = (len(counted), len(known.terms))
        parts.append(sparse.csr_matrix((values, (rows, columns)), shape=shape))
    return sparse.hstack(parts).tocsr()


@cache
def _spacy() -> Any:
    return spacy.blank("id")


@cache
def _by_spacy(text: str) -> dict[str, float]:
    """What spaCy's Indonesian knows of each word: its norm, shape, prefix and suffix."""
    found: dict[str, float] = {}
    for word in _spacy()(text[: features.LONGEST_TEXT]):
        for term in (word.norm_, f"S{word.shape_}", f"<{word.prefix_}", f"{word.suffix_}>"):
            found[term] = 1.0
    return found


def _noisy(text: str, rng: random.Random) -> str:
    """The same message typed in haste."""
    words = text.split(" ")
    for _ in range(max(1, len(words) // 4)):
        at = rng.randrange(len(words))
        word = words[at]
        if len(word) < 4:
            continue
        place = rng.randrange(1, len(word) - 1)
        if rng.random() < 0.5:
            word = word[0] + "".join(letter for letter in word[1:] if letter not in VOWELS)
        elif rng.random() < 0.5:
            word = word[:place] + word[place + 1 :]
        else:
            word = word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]
        words[at] = word
    return " ".join(words)


if __name__ == "__main__":
    main()
