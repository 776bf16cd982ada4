"""Measure how well messages are understood, or how well offers are checked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import yaml

from bot.cli.common import CommandError, WrongUseError, install, progress, say
from bot.cli.evaluation import Evaluation, Judged, evaluate
from bot.cli.evaluation_baseline import BASELINE, MESSAGES, as_text, guarded
from bot.cli.evaluation_lines import Labelled, read_labelled
from bot.cli.evaluation_picture import draw
from bot.cli.evaluation_tables import show
from bot.cli.offer_baseline import BASELINE as OFFERS_BASELINE
from bot.cli.offer_baseline import OFFERS, guarded_offers, offer_files
from bot.cli.offer_evaluation import JudgedOffer, evaluate_offers
from bot.cli.offer_lines import LabelledOffer, holds_offers, read_offers
from bot.cli.offer_tables import show_offers
from bot.cli.understand import trained_understander
from bot.language.offers import check_offer
from bot.language.understanding import NOT_UNDERSTOOD, Understander
from bot.settings import ROOT


def run(
    files: Sequence[Path], *, as_json: bool, save: Path | None, picture: Path | None, accept: bool
) -> None:
    """Evaluate the files, write what was asked for, and print the figures. Raises `CommandError`."""
    of_offers = [holds_offers(file) for file in files]
    if all(of_offers):
        if picture:
            raise WrongUseError("--picture draws messages, not offers")
        _run_offers(files, as_json=as_json, save=save, accept=accept)
        return
    if any(of_offers):
        raise WrongUseError("give files of messages or files of offers, not both")
    if accept and {file.resolve() for file in files} != set(MESSAGES.glob("*.jsonl")):
        raise WrongUseError(f"--accept takes {MESSAGES.relative_to(ROOT)}/*.jsonl, all of them")
    messages = read_labelled(files, known_intents())
    install("dev", "Installing the tools for tests")  # the service carries no scikit-learn
    understander = trained_understander()
    with progress(f"Reading {len(messages)} messages"):
        found = evaluate(judge(messages, understander))
    baseline = _baseline(found) if accept else ""
    text = json.dumps(asdict(found)) + "\n"
    # Files first: who prints into a pager may close it early.
    if save:
        _write(save, text.encode())
    if picture:
        _write(picture, draw(found))
    if accept:
        _write(BASELINE, baseline.encode())
    if as_json:
        print(text, end="")
    else:
        show(found)


def _run_offers(files: Sequence[Path], *, as_json: bool, save: Path | None, accept: bool) -> None:
    """The same for offers; no model is needed, for the check is made of rules."""
    kept = offer_files()
    if accept and {file.resolve() for file in files} != set(kept):
        raise WrongUseError(f"--accept takes {OFFERS.relative_to(ROOT)}/*/*.jsonl, all of them")
    found = evaluate_offers(judge_offers(read_offers(files)))
    baseline = _offer_baseline(files) if accept else ""
    text = json.dumps(asdict(found)) + "\n"
    if save:
        _write(save, text.encode())
    if accept:
        _write(OFFERS_BASELINE, baseline.encode())
    if as_json:
        print(text, end="")
    else:
        show_offers(found)


def judge_offers(offers: Sequence[LabelledOffer]) -> list[JudgedOffer]:
    """The offers, each with what the check finds in it."""
    return [JudgedOffer(offer, check_offer(offer.text)) for offer in offers]


def known_intents() -> set[str]:
    """All that the model knows: a test of the project keeps them and its examples alike."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
    return set(domain["intents"]) - {NOT_UNDERSTOOD}


def judge(messages: Sequence[Labelled], understander: Understander) -> list[Judged]:
    """The messages, each with what is found in it."""
    return [Judged(message, understander.understand(message.text)) for message in messages]


def _baseline(found: Evaluation) -> str:
    try:
        return as_text(guarded(found))
    except ValueError as error:
        raise WrongUseError(f"{error}: nothing can be accepted") from error


def _offer_baseline(files: Sequence[Path]) -> str:
    folders = sorted({file.parent for file in files})
    found = {
        folder.name: evaluate_offers(
            judge_offers(read_offers([file for file in files if file.parent == folder]))
        )
        for folder in folders
    }
    try:
        return as_text(guarded_offers(found))
    except ValueError as error:
        raise WrongUseError(f"{error}: nothing can be accepted") from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        reason = (error.strerror or "why?").lower()
        raise CommandError(f"{path} cannot be written: {reason}") from error
    say(f"Written: {path}")
