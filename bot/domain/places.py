"""Where somebody is, from the coordinates of a location message. Pure."""

from __future__ import annotations

import math
import re

COORDINATES = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?), ?(-?\d{1,3}(?:\.\d+)?)\s*(?:[\n;]|$)")
EARTH_METRES = 6_371_000
MOVED_METRES = 300
"""A live location comes every few seconds; less than this is the same place."""

type Place = tuple[float, float]


def coordinates(detail: str) -> Place | None:
    """Latitude and longitude in the first line of what a location message says."""
    found = COORDINATES.match(detail)
    if found is None:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def one_line(detail: str) -> str:
    """What a location message says, in one line that still begins with the coordinates."""
    return "; ".join(line.strip() for line in detail.splitlines() if line.strip())


def has_moved(before: str, now: str) -> bool:
    """Whether two location texts are about different places."""
    one, other = coordinates(before), coordinates(now)
    if one is None or other is None:
        return before.strip() != now.strip()
    return metres_between(one, other) >= MOVED_METRES


def metres_between(one: Place, other: Place) -> float:
    """The distance over ground (haversine)."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(part) for part in place) for place in (one, other))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_METRES * math.asin(math.sqrt(half))
