"""Where dangerous offers come together: one number, one place, one day. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(days=14)
"""Recruiters gather a group in one or two weeks; what is older was another group."""
REPORTED = "reported"
"""In place of a verdict: somebody reported a recruiter."""
DANGEROUS = frozenset({"serious", "critical", REPORTED})
"""What counts. Many ask about the number of an honest company, too."""


class SpotKind(StrEnum):
    """What the people have in common; a mark is a number, an account or a name in the net."""

    MARK = "mark"
    PLACE = "place"
    MARK_AND_DAY = "mark_and_day"
    PLACE_AND_DAY = "place_and_day"


FEWEST = {
    SpotKind.MARK: 3,
    SpotKind.PLACE: 5,
    SpotKind.MARK_AND_DAY: 2,
    SpotKind.PLACE_AND_DAY: 3,
}
"""People from which it is a spot. Two may be a couple who ask about one offer; a town is shared
by chance more easily than a number; two whom one recruiter takes away on one day are a group
that leaves."""


@dataclass(frozen=True)
class Sighting:
    """An offer that somebody asked about, or a report; `asker` and `marks` are keyed hashes.

    `leaves` only where the day itself is known.
    """

    asker: str
    at: datetime
    verdict: str
    marks: frozenset[str] = frozenset()
    place: str | None = None
    leaves: date | None = None


@dataclass(frozen=True)
class Spot:
    """So many people with the same in common; `key` is a mark's hash or the name of a place.

    `step` grows by one whenever the number of people has doubled: staff hear of each step once.
    """

    kind: SpotKind
    key: str
    day: date | None
    people: int

    @property
    def step(self) -> int:
        """0 from the fewest people on, 1 from twice as many, 2 from four times as many."""
        return (self.people // FEWEST[self.kind]).bit_length() - 1


def hot_spots(sightings: Iterable[Sighting], now: datetime) -> tuple[Spot, ...]:
    """The spots among what was seen within WINDOW before `now`, the most people first.

    Different people are counted: whoever asks twice, or about two offers, is one. A day counts
    until it is over for everybody in the country.
    """
    recent = [
        seen for seen in sightings if seen.verdict in DANGEROUS and now - WINDOW <= seen.at <= now
    ]
    yesterday = now.date() - timedelta(days=1)
    ways: dict[SpotKind, Callable[[Sighting], Iterable[tuple[str, date | None]]]] = {
        SpotKind.MARK: lambda seen: ((mark, None) for mark in seen.marks),
        SpotKind.PLACE: lambda seen: ((seen.place, None),) if seen.place else (),
        SpotKind.MARK_AND_DAY: lambda seen: (
            ((mark, seen.leaves) for mark in seen.marks) if _is_ahead(seen, yesterday) else ()
        ),
        SpotKind.PLACE_AND_DAY: lambda seen: (
            ((seen.place, seen.leaves),) if seen.place and _is_ahead(seen, yesterday) else ()
        ),
    }
    found = []
    for kind, keys in ways.items():
        people: defaultdict[tuple[str, date | None], set[Hashable]] = defaultdict(set)
        for seen in recent:
            for key in keys(seen):
                people[key].add(seen.asker)
        found += [
            Spot(kind, key, day, len(askers))
            for (key, day), askers in people.items()
            if len(askers) >= FEWEST[kind]
        ]
    return tuple(sorted(found, key=lambda spot: (-spot.people, spot.kind, spot.key)))


def _is_ahead(seen: Sighting, yesterday: date) -> bool:
    return seen.leaves is not None and seen.leaves >= yesterday
