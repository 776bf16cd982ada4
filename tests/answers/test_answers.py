"""The right topic, country and kind of work are found for questions as people ask them.

`seen.jsonl` was at hand when the rules were written. `frozen.jsonl`, where it is there, was
written by others without sight of rules and answers; nothing is adapted to it, and it changes
only on purpose: then

    cd tests/answers && sha256sum frozen.jsonl > frozen.sha256
"""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest
import yaml

from actions.answers import library, text_of
from bot.cli.understand import trained_understander
from bot.language.spelling import normalise
from bot.language.topics import about, sector_titles
from bot.language.understanding import Understander
from bot.settings import ROOT
from tests.answers.questions import FOLDER, country_key, read_questions, score

SEEN = FOLDER / "seen.jsonl"
FROZEN = FOLDER / "frozen.jsonl"
FILES = [path for path in (SEEN, FROZEN) if path.exists()]
TODAY = date(2026, 11, 21)
FOUND = 0.9
"""At least this share of the questions is answered with the right one of each."""
FEWEST = {SEEN: 80, FROZEN: 150}


@pytest.fixture(scope="module")
def understander() -> Understander:
    """What reads messages for the service, with the model trained now when it is stale."""
    return trained_understander()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_questions_are_understood(path: Path, understander: Understander) -> None:
    """Nine of ten for the topic, for the country and for the kind of work."""
    found = score(read_questions(path), understander)
    shown = "\n".join((str(found), *found.missed))
    assert found.topic >= FOUND, shown
    assert found.country >= FOUND, shown
    assert found.sector >= FOUND, shown


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_there_are_enough_questions(path: Path) -> None:
    """Figures of a handful prove nothing; none stands twice, and each kind is asked."""
    questions = read_questions(path)
    assert len({normalise(asked.text).text for asked in questions}) >= FEWEST[path]
    assert len({asked.id for asked in questions}) == len(questions)
    assert {asked.intent for asked in questions} == {*library().topics, "ask_contacts"}
    assert {asked.sector for asked in questions} >= sector_titles().keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_trained_on_them(path: Path) -> None:
    """No question stands among the examples in data/nlu, also not in another spelling."""
    trained = {
        normalise(example.removeprefix("- ")).text
        for file in (ROOT / "data" / "nlu").glob("*.yml")
        for item in yaml.safe_load(file.read_text("utf-8"))["nlu"]
        for example in item["examples"].splitlines()
    }
    assert trained
    assert [
        asked.id for asked in read_questions(path) if normalise(asked.text).text in trained
    ] == []


@pytest.mark.skipif(not FROZEN.exists(), reason="the frozen questions are not written yet")
def test_the_frozen_questions_are_frozen() -> None:
    """Not one byte differs from what frozen.sha256 tells."""
    digest, name = (FOLDER / "frozen.sha256").read_text("utf-8").split()
    assert name == FROZEN.name
    assert hashlib.sha256(FROZEN.read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_answer_names_the_country_that_was_asked_about(path: Path) -> None:
    """Whatever is known of it: who asks about Taiwan reads Taiwan."""
    for asked in read_questions(path):
        found = about(asked.text)
        topic = library().topics.get(asked.intent)
        if topic is not None and topic.title and found.country and country_key(found):
            assert found.country.title in text_of(asked.intent, found, TODAY), asked
