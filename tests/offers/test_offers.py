"""The red-flag check reaches its bars on offers that people labelled.

`frozen` are offers that nobody sees who writes patterns, or sentences of data/offers; they change
only on purpose: then

    cd tests/offers/frozen && sha256sum *.jsonl > frozen.sha256

A check that is better, or worse for a good reason, is accepted by

    ./tanyadulu evaluate tests/offers/*/*.jsonl --accept
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.cli.evaluate import judge_offers
from bot.cli.evaluation_baseline import from_text, worse
from bot.cli.offer_baseline import BASELINE, OFFERS, below, guarded_offers, offer_files
from bot.cli.offer_evaluation import OfferEvaluation, evaluate_offers
from bot.cli.offer_lines import Label, LabelledOffer, read_offers
from bot.language.flags import catalogue
from bot.language.spelling import normalise
from bot.settings import ROOT

FROZEN = OFFERS / "frozen"
FOLDERS = sorted({file.parent.name for file in offer_files()})
FEWEST_OFFERS = 200
FEWEST_OF_A_LABEL = 20
FEWEST_OF_A_CODE = 5


def offers(folder: str) -> list[LabelledOffer]:
    """All offers of a folder."""
    return read_offers(sorted((OFFERS / folder).glob("*.jsonl")))


@pytest.fixture(scope="module")
def evaluations() -> dict[str, OfferEvaluation]:
    """The figures of each folder."""
    return {folder: evaluate_offers(judge_offers(offers(folder))) for folder in FOLDERS}


def test_the_frozen_offers_are_frozen() -> None:
    """Not one byte differs from what frozen.sha256 tells, no file is missing and none is new."""
    listed = (line.split() for line in (FROZEN / "frozen.sha256").read_text("utf-8").splitlines())
    frozen = {name: digest for digest, name in listed}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FROZEN.glob("*.jsonl")
    }
    changed = {name for name, _ in frozen.items() ^ found.items()}
    assert changed == set(), f"not as frozen: {sorted(changed)}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_there_are_enough_offers(folder: str) -> None:
    """Figures of a handful prove nothing, neither for all nor for one label or code."""
    read = offers(folder)
    assert len({offer.id for offer in read}) == len(read) >= FEWEST_OFFERS
    labels = Counter(offer.label for offer in read)
    assert labels.keys() == {Label.SCAM, Label.MIXED, Label.LEGIT}
    assert min(labels.values()) >= FEWEST_OF_A_LABEL
    codes = Counter(code for offer in read for code in offer.flags | offer.signals)
    assert {code for code in catalogue() if codes[code] < FEWEST_OF_A_CODE} == set()


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_check_reaches_its_bars(folder: str, evaluations: dict[str, OfferEvaluation]) -> None:
    """Scams alarm, honest offers do not, and flags and signals are those that people see."""
    short = list(below(evaluations[folder]))
    assert short == [], "\n".join(short)


def test_no_figure_is_worse_than_accepted(evaluations: dict[str, OfferEvaluation]) -> None:
    """Within two standard errors of the accepted check, each figure of each folder."""
    accepted = from_text(BASELINE.read_text("utf-8"))
    losses = list(worse(accepted, guarded_offers(evaluations)))
    assert losses == [], "\n".join(losses)


def test_no_offer_is_a_text_of_the_pattern_tests() -> None:
    """What the texts of tests/language raise is written apart from the offers judged here."""
    texts = yaml.safe_load(Path(ROOT / "tests/language/offer_texts.yml").read_text("utf-8"))
    written = {
        normalise(text).text for kinds in texts.values() for kind in kinds.values() for text in kind
    }
    assert written
    read = [offer for folder in FOLDERS for offer in offers(folder)]
    assert [offer.id for offer in read if normalise(offer.text).text in written] == []
