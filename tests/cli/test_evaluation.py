"""Figures, counted by hand; what counts as worse; and which lines of a file are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import f1_score

from bot.cli.common import CommandError, WrongUseError
from bot.cli.evaluation import Confusion, Evaluation, Judged, evaluate
from bot.cli.evaluation_baseline import as_text, from_text, guarded, worse
from bot.cli.evaluation_figures import Figure, _macro_f1s, macro_f1, share
from bot.cli.evaluation_lines import Kind, Labelled, read_labelled
from bot.cli.evaluation_picture import draw
from bot.language.types import Understanding, Urgency

INTENTS = {"greet", "thank", "report_danger", "report_money_lost"}
NONE, CONCERN, EMERGENCY = Urgency.NONE, Urgency.CONCERN, Urgency.EMERGENCY


def judged(
    intent: str,
    urgency: Urgency,
    found: str,
    found_urgency: Urgency,
    *,
    confidence: float = 0.95,
    voice: str = "jawa",
    kind: Kind = Kind.ORDINARY,
    doubt: str | None = None,
) -> Judged:
    """A message with its labels and what was found in it."""
    return Judged(
        Labelled("a", "...", intent, urgency, voice, kind),
        Understanding(found, confidence, urgency=found_urgency, doubt=doubt),
    )


JUDGED = [
    judged("greet", NONE, "greet", NONE),
    judged("greet", NONE, "greet", NONE, voice="sunda", confidence=0.55),
    judged("greet", NONE, "thank", NONE, doubt="report_danger"),
    judged("greet", NONE, "report_danger", EMERGENCY, kind=Kind.NEGATIVE, confidence=0.52),
    judged("report_danger", EMERGENCY, "report_danger", EMERGENCY),
    judged("report_danger", EMERGENCY, "report_danger", EMERGENCY, kind=Kind.OBLIQUE),
    judged(
        "report_danger",
        EMERGENCY,
        "greet",
        NONE,
        voice="sunda",
        kind=Kind.OBLIQUE,
        doubt="report_danger",
        confidence=0.2,
    ),
    judged("report_money_lost", CONCERN, "thank", CONCERN, confidence=1.0, voice=""),
]


@pytest.fixture
def found() -> Evaluation:
    """The figures of eight messages."""
    return evaluate(JUDGED)


def values(**figures: Figure) -> dict[str, tuple[float | None, int]]:
    """Value and n of some figures."""
    return {name: (figure.value, figure.n) for name, figure in figures.items()}


def test_intents_are_counted(found: Evaluation) -> None:
    """Right ones, precision and recall of each, and the mean F1 of those that were said."""
    intents = found.intents
    assert found.messages == 8
    assert values(all=intents.accuracy) == {"all": (0.5, 8)}
    assert list(intents.by_intent) == ["greet", "report_danger", "report_money_lost"]
    greet = intents.by_intent["greet"]
    assert values(precision=greet.precision, recall=greet.recall) == {
        "precision": (pytest.approx(2 / 3, abs=1e-6), 3),
        "recall": (0.5, 4),
    }
    assert greet.f1 == pytest.approx(4 / 7, abs=1e-6)
    assert intents.macro_f1.value == pytest.approx((4 / 7 + 2 / 3 + 0) / 3, abs=1e-6)
    assert values(**intents.report_recall) == {
        "report_danger": (pytest.approx(2 / 3, abs=1e-6), 3),
        "report_money_lost": (0.0, 1),
    }


def test_confusions_come_by_frequency(found: Evaluation) -> None:
    """What was taken for what, the most frequent first, then by name; ten at most."""
    assert found.intents.confusions == (
        Confusion("greet", "report_danger", 1, 4),
        Confusion("greet", "thank", 1, 4),
        Confusion("report_danger", "greet", 1, 3),
        Confusion("report_money_lost", "thank", 1, 1),
    )
    assert found.intents.confusion_matrix.labels == (
        "greet",
        "report_danger",
        "report_money_lost",
        "thank",
    )
    assert found.intents.confusion_matrix.counts[0] == (2, 1, 0, 1)
    names = [f"intent_{letter}" for letter in "abcdefghijkl"]
    many = evaluate([judged("greet", NONE, name, NONE) for name in (*names, "intent_l")])
    assert len(many.intents.confusions) == 10
    assert many.intents.confusions[0] == Confusion("greet", "intent_l", 2, 13)


def test_urgencies_are_counted(found: Evaluation) -> None:
    """Recall and false alarms; who is asked about danger counts apart from alarms."""
    urgency = found.urgency
    assert urgency.confusion_matrix.labels == ("none", "concern", "urgent", "emergency")
    assert urgency.confusion_matrix.counts == ((3, 0, 0, 1), (0, 1, 0, 0), (0,) * 4, (1, 0, 0, 2))
    assert values(
        recall=urgency.emergency_recall,
        false=urgency.false_alarms,
        oblique=urgency.oblique_recall,
        negative=urgency.negative_false_alarms,
        missed=urgency.missed_but_asked,
        asked=urgency.none_asked,
    ) == {
        "recall": (pytest.approx(2 / 3, abs=1e-6), 3),
        "false": (0.25, 4),
        "oblique": (0.5, 2),
        "negative": (1.0, 1),
        "missed": (pytest.approx(1 / 3, abs=1e-6), 3),
        "asked": (0.25, 4),
    }


def test_an_alarm_is_no_question() -> None:
    """A doubt beside an alarm is not asked about, so it counts as nothing."""
    both = judged("report_danger", EMERGENCY, "greet", EMERGENCY, doubt="report_danger")
    assert values(missed=evaluate([both]).urgency.missed_but_asked) == {"missed": (0.0, 1)}


def test_each_voice_has_its_figures(found: Evaluation) -> None:
    """By name; who names no voice is in the figures of all alone."""
    assert list(found.voices) == ["jawa", "sunda"]
    sunda = found.voices["sunda"]
    assert sunda.n == 2
    assert values(accuracy=sunda.accuracy, emergencies=sunda.emergency_recall) == {
        "accuracy": (0.5, 2),
        "emergencies": (0.0, 1),
    }
    assert sunda.macro_f1.value == pytest.approx((2 / 3 + 0) / 2, abs=1e-6)


def test_confidence_is_compared_with_being_right(found: Evaluation) -> None:
    """Ten bins, a confidence of one in the last; the error weighs each bin by its messages."""
    bins = found.calibration.bins
    assert [(each.low, each.high) for each in bins][::9] == [(0.0, 0.1), (0.9, 1.0)]
    assert [each.n for each in bins] == [0, 0, 1, 0, 0, 2, 0, 0, 0, 5]
    assert [each.confidence for each in bins][:6] == [None, None, 0.2, None, None, 0.535]
    assert values(middle=bins[5].accuracy, last=bins[9].accuracy) == {
        "middle": (0.5, 2),
        "last": (0.6, 5),
    }
    distance = 1 * 0.2 + 2 * 0.035 + (4 * 0.95 + 1.0 - 3)
    assert found.calibration.expected_error == pytest.approx(distance / 8, abs=1e-6)


def test_a_share_of_nothing_has_no_value() -> None:
    """No message is not the same as none of them right."""
    assert share(0, 0) == Figure(None, 0, None)


def test_chance_is_never_nil() -> None:
    """30 of 30 could have been 29; with many messages the error is the plain one."""
    certain = share(30, 30).standard_error
    assert certain is not None
    assert 0.02 < certain < 0.06
    assert share(2500, 5000).standard_error == pytest.approx((0.25 / 5000) ** 0.5, rel=0.01)


def test_the_bootstrap_repeats_itself() -> None:
    """The same messages give the same error; more of them give a smaller one."""
    said, found = ["a", "a", "b", "b"] * 10, ["a", "b", "b", "b"] * 10
    few, many = macro_f1(said, found), macro_f1(said * 9, found * 9)
    assert few == macro_f1(said, found)
    assert few.value == many.value
    assert few.standard_error is not None
    assert many.standard_error == pytest.approx(few.standard_error / 3, rel=0.2)


def test_the_f1_of_a_drawn_table_is_that_of_its_messages() -> None:
    """The fast way of the bootstrap and scikit-learn's agree, also where a label was not drawn."""
    tables = np.array([[[3, 1, 0], [2, 4, 1], [0, 0, 0]], [[1, 0, 2], [0, 0, 0], [1, 1, 5]]])
    for table, fast in zip(tables, _macro_f1s(tables), strict=True):
        pairs = [(row, column) for (row, column), n in np.ndenumerate(table) for _ in range(int(n))]
        said, taken = zip(*pairs, strict=True)
        slow = f1_score(said, taken, labels=sorted(set(said)), average="macro", zero_division=0)
        assert fast == pytest.approx(slow)


def test_a_picture_needs_no_voices() -> None:
    """A file may name none, and a name may hold anything."""
    for voice in ("", "$x_{$"):
        picture = draw(evaluate([replace(JUDGED[0], said=replace(JUDGED[0].said, voice=voice))]))
        assert picture.startswith(b"\x89PNG\r\n\x1a\n")


def test_the_baseline_comes_back(found: Evaluation) -> None:
    """What was accepted is read as it was written."""
    figures = guarded(found)
    assert set(figures) == {
        "macro_f1",
        "emergency_recall",
        "false_alarms",
        "oblique_recall",
        "accuracy of jawa",
        "accuracy of sunda",
    }
    assert from_text(as_text(figures)) == figures
    assert list(worse(figures, figures)) == []


def test_nothing_is_accepted_without_messages() -> None:
    """A figure that was never measured guards nothing."""
    with pytest.raises(ValueError, match="emergency_recall"):
        guarded(evaluate(JUDGED[:4]))


@pytest.mark.parametrize(
    ("name", "now", "is_worse"),
    [
        ("emergency_recall", 0.871, False),
        ("emergency_recall", 0.869, True),
        ("emergency_recall", 1.0, False),
        ("false_alarms", 0.929, False),
        ("false_alarms", 0.931, True),
        ("false_alarms", 0.0, False),
    ],
)
def test_worse_is_more_than_two_standard_errors(name: str, now: float, is_worse: bool) -> None:
    """Down for what should be high, up for what should be low; the sentence says it all."""
    accepted = {name: Figure(0.9, 200, 0.015)}
    losses = list(worse(accepted, {name: Figure(now, 200, 0.3)}))
    sentence = f"{name}: baseline 0.900 ± 0.015, now {now:.3f} ± 0.300 (n 200)"
    assert losses == ([sentence] if is_worse else [])


def test_what_cannot_be_compared_is_told() -> None:
    """A voice that went or came, and other messages than those that were accepted."""
    figure = Figure(0.9, 200, 0.015)
    accepted = {"macro_f1": figure, "accuracy of jawa": figure}
    now = {"macro_f1": replace(figure, n=300), "accuracy of bali": figure}
    assert list(worse(accepted, now)) == [
        "accuracy of bali: never accepted",
        "accuracy of jawa: not measured any more",
        "macro_f1: accepted on 200 messages, measured on 300",
    ]


GOOD: dict[str, Any] = {"id": 1, "text": "halo", "intent": "greet", "urgency": "none"}


def test_lines_become_messages(tmp_path: Path) -> None:
    """With and without a voice and a kind; blank lines and fields of other programs do not matter."""
    file = tmp_path / "some.jsonl"
    more = {"id": "b", "urgency": "emergency", "kind": "oblique", "voice": "jawa", "note": 1}
    lines = [json.dumps(GOOD), "", json.dumps(GOOD | more), ""]
    file.write_text("\r\n".join(lines), "utf-8")
    assert read_labelled([file], INTENTS) == [
        Labelled(1, "halo", "greet", NONE),
        Labelled("b", "halo", "greet", EMERGENCY, "jawa", Kind.OBLIQUE),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "not valid JSON"),
        ("\xff", "not valid JSON"),
        ("[]", "not a JSON object"),
        (GOOD | {"id": None}, '"id" is missing or of another type'),
        (GOOD | {"text": 1}, '"text" is missing or of another type'),
        (GOOD | {"intent": "dance"}, 'the model knows no intent "dance"'),
        (GOOD | {"urgency": "high"}, '"urgency" must be one of: none, concern, urgent, emergency'),
        (GOOD | {"kind": "odd"}, '"kind" must be one of: ordinary, negative, oblique'),
        (GOOD | {"kind": ["odd"]}, '"kind" must be one of: ordinary, negative, oblique'),
        (GOOD | {"voice": 3}, '"voice" is of another type'),
        (GOOD | {"kind": "oblique"}, 'an oblique emergency cannot have the urgency "none"'),
        (
            GOOD | {"kind": "negative", "urgency": "emergency"},
            'a hard negative cannot have the urgency "emergency"',
        ),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str | dict[str, Any], words: str) -> None:
    """One sentence with file, line and reason: figures of the rest would deceive."""
    file = tmp_path / "some.jsonl"
    bad = line if isinstance(line, str) else json.dumps(line)
    file.write_bytes(f"{json.dumps(GOOD)}\n\n{bad}\n".encode("latin-1"))
    with pytest.raises(WrongUseError) as told:
        read_labelled([file], INTENTS)
    assert told.value.message == f"{file}, line 3: {words}"


def test_no_messages_are_no_figures(tmp_path: Path) -> None:
    """An empty file is named, and so is one that is not there."""
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n")
    with pytest.raises(WrongUseError, match=r"no message in .*empty\.jsonl"):
        read_labelled([empty], INTENTS)
    with pytest.raises(CommandError, match="no such file"):
        read_labelled([tmp_path / "other.jsonl"], INTENTS)
