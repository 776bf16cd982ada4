"""How well messages are understood: what people say they mean beside what was found in them.

Pure functions of data; nothing is read, printed or drawn here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.cli.evaluation_figures import DECIMALS, Figure, Matrix, macro_f1, matrix, share
from bot.cli.evaluation_lines import Kind, Labelled
from bot.language.types import Understanding, Urgency

BINS = 10
MOST_CONFUSIONS = 10


@dataclass(frozen=True)
class Judged:
    """A labelled message and what was found in it."""

    said: Labelled
    found: Understanding

    @property
    def is_right(self) -> bool:
        """Whether the intent is the one that people gave it."""
        return self.found.intent == self.said.intent

    @property
    def is_alarm(self) -> bool:
        """Whether it was taken for an emergency."""
        return self.found.urgency is Urgency.EMERGENCY

    @property
    def is_asked_about(self) -> bool:
        """Whether it raised no alarm, but the person is asked if there is danger."""
        return not self.is_alarm and self.found.doubt is not None


@dataclass(frozen=True)
class OfIntent:
    """How well one intent is found, and what was taken for it."""

    n: int
    precision: Figure
    recall: Figure
    f1: float


@dataclass(frozen=True)
class Confusion:
    """How many of the `n` messages of an intent were taken for another one."""

    intent: str
    taken_for: str
    count: int
    n: int


@dataclass(frozen=True)
class Intents:
    """What the messages want."""

    accuracy: Figure
    macro_f1: Figure
    by_intent: dict[str, OfIntent]
    report_recall: dict[str, Figure]
    confusions: tuple[Confusion, ...]
    confusion_matrix: Matrix


@dataclass(frozen=True)
class Urgencies:
    """How soon somebody must look.

    `false_alarms` are messages of urgency `none` taken for an emergency, `negative_false_alarms`
    hard negatives. Of the emergencies, `missed_but_asked` raised no alarm, but the person is asked;
    `none_asked` are messages of urgency `none` after which a person is asked for nothing.
    """

    confusion_matrix: Matrix
    emergency_recall: Figure
    false_alarms: Figure
    oblique_recall: Figure
    negative_false_alarms: Figure
    missed_but_asked: Figure
    none_asked: Figure


@dataclass(frozen=True)
class OfVoice:
    """How well one way of speaking is understood."""

    n: int
    accuracy: Figure
    macro_f1: Figure
    emergency_recall: Figure


@dataclass(frozen=True)
class Bin:
    """Messages whose confidence lies between two bounds, and how many of them were right."""

    low: float
    high: float
    n: int
    confidence: float | None
    accuracy: Figure


@dataclass(frozen=True)
class Calibration:
    """How far confidence is from being right: the mean distance, weighted by messages."""

    expected_error: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Evaluation:
    """All figures of some labelled messages."""

    messages: int
    intents: Intents
    urgency: Urgencies
    voices: dict[str, OfVoice]
    calibration: Calibration


def evaluate(judged: Sequence[Judged]) -> Evaluation:
    """The figures of at least one message."""
    voices = sorted({each.said.voice for each in judged} - {""})
    return Evaluation(
        messages=len(judged),
        intents=_intents(judged),
        urgency=_urgencies(judged),
        voices={
            voice: _voice([each for each in judged if each.said.voice == voice]) for voice in voices
        },
        calibration=_calibration(judged),
    )


def _intents(judged: Sequence[Judged]) -> Intents:
    said = [each.said.intent for each in judged]
    found = [each.found.intent for each in judged]
    table = matrix(sorted({*said, *found}), said, found)
    by_intent = {}
    for at, intent in enumerate(table.labels):
        hits, n = table.counts[at][at], sum(table.counts[at])
        taken = sum(row[at] for row in table.counts)
        if n:
            f1 = round(2 * hits / (n + taken), DECIMALS)
            by_intent[intent] = OfIntent(n, share(hits, taken), share(hits, n), f1)
    wrong = Counter((each.said.intent, each.found.intent) for each in judged if not each.is_right)
    by_count = sorted(wrong.items(), key=lambda pair: (-pair[1], pair[0]))
    return Intents(
        accuracy=_share(judged, lambda each: each.is_right),
        macro_f1=macro_f1(said, found),
        by_intent=by_intent,
        report_recall={
            intent: of.recall for intent, of in by_intent.items() if intent.startswith("report_")
        },
        confusions=tuple(
            Confusion(intent, taken_for, count, by_intent[intent].n)
            for (intent, taken_for), count in by_count[:MOST_CONFUSIONS]
        ),
        confusion_matrix=table,
    )


def _urgencies(judged: Sequence[Judged]) -> Urgencies:
    emergencies = [each for each in judged if each.said.urgency is Urgency.EMERGENCY]
    calm = [each for each in judged if each.said.urgency is Urgency.NONE]
    oblique, negative = (
        [each for each in judged if each.said.kind is kind]
        for kind in (Kind.OBLIQUE, Kind.NEGATIVE)
    )
    return Urgencies(
        confusion_matrix=matrix(
            [urgency.value for urgency in Urgency],
            [each.said.urgency.value for each in judged],
            [each.found.urgency.value for each in judged],
        ),
        emergency_recall=_share(emergencies, lambda each: each.is_alarm),
        false_alarms=_share(calm, lambda each: each.is_alarm),
        oblique_recall=_share(oblique, lambda each: each.is_alarm),
        negative_false_alarms=_share(negative, lambda each: each.is_alarm),
        missed_but_asked=_share(emergencies, lambda each: each.is_asked_about),
        none_asked=_share(calm, lambda each: each.is_asked_about),
    )


def _voice(judged: Sequence[Judged]) -> OfVoice:
    emergencies = [each for each in judged if each.said.urgency is Urgency.EMERGENCY]
    return OfVoice(
        n=len(judged),
        accuracy=_share(judged, lambda each: each.is_right),
        macro_f1=macro_f1(
            [each.said.intent for each in judged], [each.found.intent for each in judged]
        ),
        emergency_recall=_share(emergencies, lambda each: each.is_alarm),
    )


def _calibration(judged: Sequence[Judged]) -> Calibration:
    filled: list[list[Judged]] = [[] for _ in range(BINS)]
    for each in judged:
        filled[min(int(each.found.confidence * BINS), BINS - 1)].append(each)
    distance = 0.0
    bins = []
    for at, inside in enumerate(filled):
        mean = None
        if inside:
            confidences = sum(each.found.confidence for each in inside)
            distance += abs(confidences - sum(each.is_right for each in inside))
            mean = round(confidences / len(inside), DECIMALS)
        accuracy = _share(inside, lambda each: each.is_right)
        bins.append(Bin(at / BINS, (at + 1) / BINS, len(inside), mean, accuracy))
    return Calibration(round(distance / len(judged), DECIMALS), tuple(bins))


def _share(judged: Sequence[Judged], holds: Callable[[Judged], bool]) -> Figure:
    return share(sum(map(holds, judged)), len(judged))
