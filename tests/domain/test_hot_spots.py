"""Where dangerous offers come together."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.hot_spots import Sighting, Spot, SpotKind, hot_spots

NOW = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
DAY = date(2026, 12, 5)


def seen(
    asker: str,
    *,
    days_ago: float = 1,
    verdict: str = "critical",
    mark: str | None = None,
    place: str | None = None,
    leaves: date | None = None,
) -> Sighting:
    """Somebody asked about an offer."""
    marks = frozenset() if mark is None else frozenset({mark})
    return Sighting(asker, NOW - timedelta(days=days_ago), verdict, marks, place, leaves)


@pytest.mark.parametrize(
    ("sightings", "spots"),
    [
        ([seen("a", mark="m"), seen("b", mark="m")], []),
        ([seen("a", mark="m"), seen("b", mark="m"), seen("c", mark="m")], [("mark", "m", 3)]),
        ([seen("a", mark="m"), seen("a", mark="m"), seen("a", mark="m")], []),
        (
            [seen("a", mark="m"), seen("b", mark="m"), seen("c", mark="m", verdict="caution")],
            [],
        ),
        (
            [seen("a", mark="m"), seen("b", mark="m"), seen("c", mark="m", verdict="reported")],
            [("mark", "m", 3)],
        ),
        ([seen("a", mark="m"), seen("b", mark="m"), seen("c", mark="m", days_ago=15)], []),
        ([seen("a", mark="m"), seen("b", mark="m"), seen("c", mark="m", days_ago=-1)], []),
        ([seen(each, place="batam") for each in "abcd"], []),
        ([seen(each, place="batam") for each in "abcde"], [("place", "batam", 5)]),
        ([seen(each, mark="m", leaves=DAY) for each in "ab"], [("mark_and_day", "m", 2)]),
        ([seen("a", mark="m", leaves=DAY), seen("b", mark="m", leaves=date(2026, 12, 6))], []),
        (
            [seen(each, mark="m", leaves=date(2026, 11, 1), days_ago=10) for each in "ab"],
            [],
        ),
        (
            [seen(each, place="batam", leaves=DAY) for each in "abc"],
            [("place_and_day", "batam", 3)],
        ),
    ],
)
def test_spots(sightings: list[Sighting], spots: list[tuple[str, str, int]]) -> None:
    """Different people, grave verdicts and reports, two weeks, and days still to come count."""
    found = [(spot.kind.value, spot.key, spot.people) for spot in hot_spots(sightings, NOW)]
    assert found == spots


@pytest.mark.parametrize(("people", "step"), [(3, 0), (5, 0), (6, 1), (11, 1), (12, 2), (24, 3)])
def test_a_step_is_a_doubling(people: int, step: int) -> None:
    """Staff hear at three people, at six, at twelve: not with each."""
    assert Spot(SpotKind.MARK, "m", None, people).step == step
