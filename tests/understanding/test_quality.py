"""The model of today understands no worse than the one that was accepted last.

Nothing is trained on the messages beside this file, and they change only on purpose: then

    cd tests/understanding && sha256sum *.jsonl > frozen.sha256

A model that is better, or worse for a good reason, is accepted by

    ./tanyadulu evaluate tests/understanding/*.jsonl --accept
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter

import pytest
import yaml

from bot.cli.evaluate import judge, known_intents
from bot.cli.evaluation import Evaluation, evaluate
from bot.cli.evaluation_baseline import BASELINE, MESSAGES, from_text, guarded, worse
from bot.cli.evaluation_lines import Labelled, read_labelled
from bot.cli.understand import trained_understander
from bot.language.spelling import normalise
from bot.language.types import Urgency
from bot.language.understanding import Understander
from bot.settings import ROOT

FILES = sorted(MESSAGES.glob("*.jsonl"))
FEWEST_MESSAGES = 600
FEWEST_OF_A_VOICE = 60
COMMON_WORDS = 2


@pytest.fixture(scope="module")
def messages() -> list[Labelled]:
    """All messages of the frozen files."""
    return read_labelled(FILES, known_intents())


@pytest.fixture(scope="module")
def understander() -> Understander:
    """What reads messages for the service, with the model trained now when it is stale."""
    return trained_understander()


@pytest.fixture(scope="module")
def evaluation(messages: list[Labelled], understander: Understander) -> Evaluation:
    """The figures of the model on the frozen files."""
    return evaluate(judge(messages, understander))


def plain(text: str) -> str:
    """The words of a message, however they are spelt."""
    return " ".join(re.findall(r"\w+", normalise(text).text))


def test_the_messages_are_frozen() -> None:
    """Not one byte differs from what frozen.sha256 tells, no file is missing and none is new."""
    listed = (line.split() for line in (MESSAGES / "frozen.sha256").read_text("utf-8").splitlines())
    frozen = {name: digest for digest, name in listed}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FILES}
    changed = {name for name, _ in frozen.items() ^ found.items()}
    assert changed == set(), f"not as frozen: {sorted(changed)}"


def test_there_are_enough_messages(messages: list[Labelled]) -> None:
    """Figures of a handful prove nothing, neither for all nor for a way of speaking."""
    assert len(messages) >= FEWEST_MESSAGES
    assert [message.id for message in messages if not message.voice] == []
    voices = Counter(message.voice for message in messages)
    assert {voice: n for voice, n in voices.items() if n < FEWEST_OF_A_VOICE} == {}


def test_nothing_is_trained_on_them(messages: list[Labelled]) -> None:
    """No message stands among the examples in data/nlu, also not in another spelling.

    But for a word or two that everybody says: "terima kasih" must be learnt.
    """
    trained = {
        plain(example.removeprefix("- "))
        for path in (ROOT / "data" / "nlu").glob("*.yml")
        for item in yaml.safe_load(path.read_text("utf-8"))["nlu"]
        for example in item["examples"].splitlines()
    }
    assert trained
    texts = [plain(message.text) for message in messages]
    assert [text for text in texts if text in trained and len(text.split()) > COMMON_WORDS] == []


def test_no_figure_is_worse_than_accepted(evaluation: Evaluation) -> None:
    """Within two standard errors of the accepted model, each figure and each voice."""
    accepted = from_text(BASELINE.read_text("utf-8"))
    losses = list(worse(accepted, guarded(evaluation)))
    assert losses == [], "\n".join(losses)


def test_pinned_emergencies_are_recognised(understander: Understander) -> None:
    """What was missed once, or must never be, raises an alarm: every single one."""
    pinned = (MESSAGES / "pinned_emergencies.txt").read_text("utf-8").splitlines()
    assert all(pinned)
    missed = [
        text for text in pinned if understander.understand(text).urgency is not Urgency.EMERGENCY
    ]
    assert missed == [], "\n".join(missed)
    assert pinned
