"""What the model learns from: enough of it, from everywhere, and no template spun out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from bot.language.types import Urgency
from bot.settings import ROOT
from tests.language.near_duplicates import near_duplicates

FEWEST = 150
FEWEST_OF_TROUBLE = 300
MOST_ALIKE = 0.03
TROUBLE = (
    "check_job_offer",
    "report_missing_relative",
    "report_danger",
    "report_self_harm",
    "report_labour_abuse",
    "report_recruiter",
    "report_money_lost",
    "ask_return_home",
)
VOICES = {
    "jawa",
    "madura_kalimantan",
    "urban_sunda",
    "sumatra",
    "nusatenggara",
    "sulawesi_timur",
    "abroad",
    "tulisan",
}
MIXED = {"campuran", "reviewed"}


@dataclass(frozen=True)
class Example:
    """One line of data/nlu."""

    text: str
    intent: str
    urgency: str
    voice: str
    file: str


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    """All of data/nlu."""
    found = []
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            told: dict[str, Any] = block["metadata"]
            found += [
                Example(
                    line.removeprefix("- "),
                    block["intent"],
                    told["urgency"],
                    told["voice"],
                    path.stem,
                )
                for line in block["examples"].splitlines()
            ]
    return found


def test_every_intent_has_enough_examples(examples: list[Example]) -> None:
    """150 of each, 300 where a life or a fortune hangs on it."""
    counted = Counter(example.intent for example in examples)
    intents = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["intents"]
    few = {
        intent: counted[intent]
        for intent in intents
        if intent != "nlu_fallback"
        and counted[intent] < (FEWEST_OF_TROUBLE if intent in TROUBLE else FEWEST)
    }
    assert few == {}


def test_every_voice_speaks_in_every_intent(examples: list[Example]) -> None:
    """Somebody from anywhere may want anything."""
    heard: defaultdict[str, set[str]] = defaultdict(set)
    for example in examples:
        heard[example.intent].add(example.voice)
    assert {intent: VOICES - voices for intent, voices in heard.items() if VOICES - voices} == {}
    assert {example.voice for example in examples} <= VOICES | MIXED


def test_every_example_has_an_urgency(examples: list[Example]) -> None:
    """The names of the labels, and danger is never labelled as nothing."""
    assert {example.urgency for example in examples} == {urgency.value for urgency in Urgency}
    calm = [
        example.text
        for example in examples
        if example.urgency == "none" and example.intent in ("report_danger", "report_self_harm")
    ]
    assert calm == []


def test_oblique_emergencies_are_a_set_of_their_own(examples: list[Example]) -> None:
    """Hundreds of them, and as many harmless twins in the same file."""
    counted = Counter(example.urgency for example in examples if example.file == "oblique")
    assert counted["emergency"] >= 350
    assert counted["none"] >= 200


def test_no_template_is_spun_out(examples: list[Example]) -> None:
    """A sentence with the country, the number or the relative exchanged is one example."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for example in examples:
        texts[example.intent].append(example.text)
    alike = [pair for of_intent in texts.values() for pair in near_duplicates(of_intent)]
    assert len(alike) <= MOST_ALIKE * len(examples), alike[:20]
