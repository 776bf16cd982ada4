"""The figures of the check that was accepted last, over the offers kept for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.cli.evaluation_figures import Figure, share
from bot.cli.offer_evaluation import OfferEvaluation
from bot.settings import ROOT

OFFERS = ROOT / "tests" / "offers"
"""Offers by folder; `frozen` are those that nobody sees who writes patterns or sentences."""

BASELINE = OFFERS / "baseline.json"

BARS = {
    "scams_alarmed": 0.98,
    # The aim is 0.95: a third of the honest offers is written to sound like scams.
    "legit_calm": 0.85,
    "evidence_quoted": 1.0,
    "flags_f1": 0.85,
    "signals_f1": 0.75,
}
"""What the check must reach on every folder."""


def offer_files() -> list[Path]:
    """All files of all folders."""
    return sorted(OFFERS.glob("*/*.jsonl"))


def guarded_offers(found: Mapping[str, OfferEvaluation]) -> dict[str, Figure]:
    """The figures of each folder that must not get worse. Raises `ValueError` when one is missing."""
    figures = {
        f"{folder}: {name}": figure
        for folder, of_folder in found.items()
        for name, figure in barred(of_folder).items()
    }
    for name, figure in figures.items():
        if not figure.n:
            raise ValueError(f"no offer to measure {name} with")
    return figures


def barred(found: OfferEvaluation) -> dict[str, Figure]:
    """The figures for which there is a bar, by name."""
    return {
        "scams_alarmed": found.scams_alarmed,
        "legit_calm": found.legit_calm,
        "evidence_quoted": found.evidence_quoted,
        "flags_f1": _f1(found.flags.f1, found.flags.n),
        "signals_f1": _f1(found.signals.f1, found.signals.n),
    }


def below(found: OfferEvaluation) -> Iterator[str]:
    """A sentence for each figure that does not reach its bar."""
    figures = barred(found)
    for name, bar in BARS.items():
        value = figures[name].value or 0
        if value < bar:
            yield f"{name}: {value:.3f} of at least {bar} (n {figures[name].n})"


def _f1(value: float, n: int) -> Figure:
    """An F1 with the standard error of a share over as many mentions."""
    return Figure(value, n, share(round(value * n), n).standard_error)
