"""Where somebody is to leave from, and which clock holds there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.language.matching import load
from bot.language.spelling import normalise

_NAMED_ZONES = {"wita": "Asia/Makassar", "wit": "Asia/Jayapura", "wib": "Asia/Jakarta"}
_NAMED_ZONE = re.compile(rf"\b({'|'.join(_NAMED_ZONES)})\b")
_LEADS_THERE = (
    r"(?:(?:di)?berangkat\w*|keberangkatan\w*|terbang|flight|penerbangan|kumpul\w*|jemput\w*|dijemput|"
    r"nyebrang|menyeberang|penyeberangan|transit\w*|penampungan\w*|ditampung|karantina|kapal|feri|"
    r"ferry|speed ?boat|pelabuhan|bandara|airport|naik|lewat|jalur|via|rute)"
)


@dataclass(frozen=True)
class DeparturePlace:
    """A place by its plain name, with the name of its time zone."""

    name: str
    zone: str


def departure_place(text: str) -> DeparturePlace | None:
    """The place in Indonesia that a text says somebody leaves from; the first where several."""
    found = _led_to().search(_plain(text))
    return None if found is None else _places()[found["place"]]


def zone_of(text: str) -> str | None:
    """The time zone that a text speaks of: named, that of the departure, or of all its places."""
    plain = _plain(text)
    named = _NAMED_ZONE.search(plain)
    if named is not None:
        return _NAMED_ZONES[named[1]]
    leaves = _led_to().search(plain)
    if leaves is not None:
        return _places()[leaves["place"]].zone
    zones = {_places()[found[0]].zone for found in _any_place().finditer(plain)}
    return zones.pop() if len(zones) == 1 else None


def _plain(text: str) -> str:
    return re.sub(r"[^\w\n]+", " ", normalise(text).text.casefold())


@cache
def _places() -> dict[str, DeparturePlace]:
    """Every way of writing a place."""
    return {
        written.strip(): DeparturePlace(str(name), str(zone))
        for zone, places in load("departure_places").items()
        for name, ways in places.items()
        for written in str(ways).split(",")
    }


def _names() -> str:
    # The longest first: Tanjung Balai Karimun is another island than Tanjung Balai.
    return "|".join(map(re.escape, sorted(_places(), key=len, reverse=True)))


@cache
def _led_to() -> re.Pattern[str]:
    return re.compile(rf"\b{_LEADS_THERE}(?: \w+){{0,4}}? (?P<place>{_names()})\b")


@cache
def _any_place() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_names()})\b")
