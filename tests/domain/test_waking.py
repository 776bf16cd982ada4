"""What wakes somebody by night, as a table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from bot.domain.oncall import PolicyName
from bot.domain.waking import CHILD, NOTHING_MORE, PASSPORT, Facts, Wake, Waking, waking
from bot.language.types import Urgency

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
CATALOGUE = Path(__file__).parents[2] / "bot" / "language" / "catalogue" / "danger.yml"
NIGHT = Facts(Urgency.URGENT, frozenset({"stranded"}), False, None)
CHILDS = replace(NIGHT, urgency=Urgency.EMERGENCY, signals=frozenset({CHILD}), asked_at=NOW)
URGENT_NOW = Waking(Wake.NOW, PolicyName.URGENT)
URGENT_BY_DAY = Waking(Wake.NOT_BY_ITSELF, PolicyName.URGENT)
CHILD_NOW = Waking(Wake.NOW, PolicyName.CHILD)
CHILD_BY_DAY = Waking(Wake.NOT_BY_ITSELF, PolicyName.CHILD)


def after(**by: float) -> datetime:
    """A moment later."""
    return NOW + timedelta(**by)


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        (replace(NIGHT, urgency=Urgency.EMERGENCY), Waking(Wake.NOW, PolicyName.EMERGENCY)),
        (NIGHT, URGENT_NOW),
        (replace(NIGHT, staffed=True), URGENT_NOW),
        (replace(NIGHT, next_staffed=after(hours=6, seconds=1)), URGENT_NOW),
        (
            replace(NIGHT, next_staffed=after(hours=6)),
            Waking(Wake.LATER, PolicyName.URGENT, after(hours=6)),
        ),
        (replace(NIGHT, signals=frozenset()), URGENT_NOW),
        (replace(NIGHT, signals=frozenset({PASSPORT})), URGENT_BY_DAY),
        (replace(NIGHT, signals=frozenset({PASSPORT, "wages_unpaid"})), URGENT_BY_DAY),
        (replace(NIGHT, signals=frozenset({PASSPORT, "phone_taken"})), URGENT_NOW),
        (replace(NIGHT, is_shown=True), URGENT_BY_DAY),
        (replace(NIGHT, is_shown=True, signals=frozenset({CHILD})), URGENT_BY_DAY),
        (
            replace(NIGHT, urgency=Urgency.EMERGENCY, signals=frozenset({PASSPORT, "held"})),
            Waking(Wake.NOW, PolicyName.EMERGENCY),
        ),
        (replace(CHILDS, days_left=7), CHILD_NOW),
        (replace(CHILDS, days_left=-1), CHILD_NOW),
        (replace(CHILDS, days_left=8), CHILD_BY_DAY),
        (replace(CHILDS, is_moved=True, days_left=30), CHILD_NOW),
        (CHILDS, Waking(Wake.LATER, PolicyName.CHILD, after(minutes=10))),
        (replace(CHILDS, staffed=True), CHILD_NOW),
        (replace(CHILDS, asked_at=after(minutes=-9)), Waking(Wake.LATER, PolicyName.CHILD, after(minutes=1))),
        (replace(CHILDS, asked_at=after(minutes=-10)), CHILD_NOW),
    ],
)  # fmt: skip
def test_whom_a_case_wakes(facts: Facts, wanted: Waking) -> None:
    """By urgency, by what was said, and by how long staffed hours are away."""
    assert waking(facts, NOW) == wanted


def test_the_signals_that_add_nothing_are_below_urgent() -> None:
    """Each is one of the catalogue; a new urgent signal beside a passport wakes."""
    signals = yaml.safe_load(CATALOGUE.read_text("utf-8"))["signals"]
    below = {name for name, found in signals.items() if found["urgency"] == "concern"}
    assert below >= NOTHING_MORE
    assert signals[PASSPORT]["urgency"] == "urgent"
