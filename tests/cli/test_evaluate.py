"""The command that measures how well messages are understood, with the trained model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli import evaluate
from bot.cli.common import WrongUseError
from bot.cli.evaluation_baseline import from_text
from tests.cli.running import tanyadulu

MESSAGES = (
    ("halo kak, selamat pagi", "greet", "none", "jawa", "ordinary"),
    ("terima kasih banyak ya kak", "thank", "none", "jawa", "ordinary"),
    ("tolong saya disekap di ruko, pintu dikunci", "report_danger", "emergency", "jawa", "oblique"),
    ("kamu ini robot atau orang", "bot_challenge", "none", "sunda", "ordinary"),
    ("film tkw disekap itu judulnya apa ya", "out_of_scope", "none", "sunda", "negative"),
    (
        "kami dikurung, dipukul penjaga tiap malam",
        "report_danger",
        "emergency",
        "sunda",
        "ordinary",
    ),
)
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Six messages of two voices."""
    path = tmp_path / "some.jsonl"
    names = ("text", "intent", "urgency", "voice", "kind")
    path.write_text(
        "\n".join(
            json.dumps({"id": number, **dict(zip(names, message, strict=True))})
            for number, message in enumerate(MESSAGES)
        ),
        "utf-8",
    )
    return path


def test_figures_come_as_one_object(file: Path, tmp_path: Path) -> None:
    """`--json` prints nothing else, and a file gets the same; the picture is a PNG."""
    saved, picture = tmp_path / "figures.json", tmp_path / "figures.png"
    done = tanyadulu(
        "evaluate", str(file), "--json", "--save", str(saved), "--picture", str(picture)
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert saved.read_text("utf-8") == done.stdout
    assert picture.read_bytes().startswith(PNG)
    assert set(found) == {"messages", "intents", "urgency", "voices", "calibration"}
    assert found["messages"] == len(MESSAGES)
    assert set(found["intents"]) == {
        "accuracy",
        "macro_f1",
        "by_intent",
        "report_recall",
        "confusions",
        "confusion_matrix",
    }
    assert found["intents"]["macro_f1"].keys() == {"value", "n", "standard_error"}
    assert set(found["intents"]["by_intent"]) == {intent for _, intent, *_ in MESSAGES}
    assert found["intents"]["by_intent"]["report_danger"]["n"] == 2
    assert set(found["intents"]["report_recall"]) == {"report_danger"}
    assert found["urgency"]["emergency_recall"]["n"] == 2
    assert found["urgency"]["emergency_recall"]["value"] == 1
    assert found["urgency"]["false_alarms"]["n"] == 4
    assert found["urgency"]["oblique_recall"]["n"] == 1
    assert found["urgency"]["negative_false_alarms"]["n"] == 1
    assert {"missed_but_asked", "none_asked", "confusion_matrix"} <= set(found["urgency"])
    assert set(found["voices"]) == {"jawa", "sunda"}
    assert found["voices"]["jawa"]["n"] == 3
    assert len(found["calibration"]["bins"]) == 10


def test_people_get_tables_of_a_hundred_columns(file: Path) -> None:
    """Every table, whatever the width of the terminal; several files are one set of messages."""
    done = tanyadulu("evaluate", str(file), str(file))
    assert done.returncode == 0, done.stderr
    assert "12 messages" in done.stdout
    for words in ("macro-F1", "Urgency:", "Reports", "Intents", "Voices", "expected calibration"):
        assert words in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert "disekap" not in done.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"id": 1, "text": "halo", "intent": "greet"}', '"urgency" is missing or of another type'),
        (
            '{"id": 1, "text": "a", "intent": "nlu_fallback", "urgency": "none"}',
            'the model knows no intent "nlu_fallback"',
        ),
    ],
)
def test_a_bad_line_ends_it(tmp_path: Path, content: str, words: str) -> None:
    """One line on stderr with file and number, status 2, and no figures."""
    bad = tmp_path / "bad.jsonl"
    bad.write_text(content)
    done = tanyadulu("evaluate", str(bad))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"tanyadulu: {bad}, line 1: {words}\n"


def test_a_file_that_cannot_be_written_is_told(file: Path, tmp_path: Path) -> None:
    """In one line, with the reason."""
    nowhere = tmp_path / "nowhere" / "figures.png"
    done = tanyadulu("evaluate", str(file), "--picture", str(nowhere))
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last == f"tanyadulu: {nowhere} cannot be written: no such file or directory"


def test_nothing_but_the_frozen_messages_is_accepted(file: Path) -> None:
    """A baseline of other messages would guard nothing."""
    done = tanyadulu("evaluate", str(file), "--accept")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("tanyadulu: --accept takes tests/understanding/*.jsonl, all of them\n")


def accept(*files: Path) -> None:
    """The command, with `--accept` alone."""
    evaluate.run(files, as_json=True, save=None, picture=None, accept=True)


def test_figures_are_accepted(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The baseline holds what the tests guard; all files or none."""
    baseline = file.with_name("baseline.json")
    monkeypatch.setattr(evaluate, "MESSAGES", file.parent)
    monkeypatch.setattr(evaluate, "ROOT", file.parent.parent)
    monkeypatch.setattr(evaluate, "BASELINE", baseline)
    monkeypatch.setattr(evaluate, "known_intents", lambda: {intent for _, intent, *_ in MESSAGES})
    accept(file)
    figures = from_text(baseline.read_text("utf-8"))
    assert {"macro_f1", "accuracy of jawa", "accuracy of sunda"} <= set(figures)
    assert figures["emergency_recall"].n == 2
    file.with_name("other.jsonl").write_text("")
    with pytest.raises(WrongUseError, match="all of them"):
        accept(file)


def test_figures_without_messages_are_not_accepted(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing oblique was asked, there is nothing to compare with later."""
    baseline = file.with_name("baseline.json")
    monkeypatch.setattr(evaluate, "MESSAGES", file.parent)
    monkeypatch.setattr(evaluate, "BASELINE", baseline)
    file.write_text(file.read_text("utf-8").replace('"oblique"', '"ordinary"'), "utf-8")
    with pytest.raises(WrongUseError, match="oblique_recall with: nothing can be accepted"):
        accept(file)
    assert not baseline.exists()
