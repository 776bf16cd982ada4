"""The figures of the model that was accepted last, and whether the present ones are worse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from bot.cli.evaluation import Evaluation
from bot.cli.evaluation_figures import Figure
from bot.cli.evaluation_tables import plain
from bot.settings import ROOT

MESSAGES = ROOT / "tests" / "understanding"
"""The messages that a model is accepted by: nothing is ever trained on them."""

BASELINE = MESSAGES / "baseline.json"
TOLERANCE = 2
"""Standard errors of the accepted figure by which a new one may be worse by chance."""

_FEWER_IS_BETTER = frozenset({"false_alarms"})


def guarded(found: Evaluation) -> dict[str, Figure]:
    """The figures that must not get worse, by name. Raises `ValueError` when one is missing."""
    figures = {
        "macro_f1": found.intents.macro_f1,
        "emergency_recall": found.urgency.emergency_recall,
        "false_alarms": found.urgency.false_alarms,
        "oblique_recall": found.urgency.oblique_recall,
        **{f"accuracy of {voice}": of.accuracy for voice, of in found.voices.items()},
    }
    for name, figure in figures.items():
        if not figure.n:
            raise ValueError(f"no message to measure {name} with")
    return figures


def worse(accepted: dict[str, Figure], now: dict[str, Figure]) -> Iterator[str]:
    """A sentence for each figure that is worse than chance explains, or cannot be compared."""
    for name in sorted({*accepted, *now}):
        if name not in accepted or name not in now:
            yield f"{name}: {'not measured any more' if name in accepted else 'never accepted'}"
            continue
        before, after = accepted[name], now[name]
        if before.n != after.n:
            yield f"{name}: accepted on {before.n} messages, measured on {after.n}"
            continue
        loss = (before.value or 0) - (after.value or 0)
        if name in _FEWER_IS_BETTER:
            loss = -loss
        if loss > TOLERANCE * (before.standard_error or 0):
            yield f"{name}: baseline {plain(before)}, now {plain(after)} (n {after.n})"


def as_text(figures: dict[str, Figure]) -> str:
    """The figures as a baseline holds them."""
    data = {name: asdict(figure) for name, figure in figures.items()}
    return json.dumps(data, indent=2, sort_keys=True) + "\n"


def from_text(text: str) -> dict[str, Figure]:
    """What `as_text` wrote."""
    return {name: Figure(**data) for name, data in json.loads(text).items()}
