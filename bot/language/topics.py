"""What a question is about beside its topic: a country and a kind of work."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from bot.language.matching import Match, Patterns, lines, load
from bot.language.places import Country, countries_in, country_asked
from bot.language.reading import read, stem
from bot.language.spelling import normalise

_LONGEST_FOLLOW_UP = 8
"""Words; who writes more asks a question of its own."""


@dataclass(frozen=True)
class About:
    """The country and the kind of work (a key of catalogue/sectors.yml) of a question."""

    country: Country | None = None
    sector: str | None = None

    def __bool__(self) -> bool:
        return self.country is not None or self.sector is not None


def about(text: str) -> About:
    """Country and kind of work that a text names or means."""
    return About(country_asked(text), sector_asked(text))


def sector_asked(text: str) -> str | None:
    """The kind of work that a text names, else hints at; None when it does neither."""
    found = {match.code for match in _patterns().find(read(text))}
    named = (key for key in sector_titles() if key in found)
    hinted = (key for key in sector_titles() if f"{key}/hinted" in found)
    return next(named, None) or next(hinted, None)


def names_only(text: str) -> bool:
    """Whether a text does no more than name a country or a kind of work: "kalau Taiwan?"."""
    reading = read(text)
    if not 0 < len(reading.words) <= _LONGEST_FOLLOW_UP or not about(text):
        return False
    named = {word for match in _patterns().find(reading) for word in _words_of(match)}
    places = [(place.start, place.end) for place in countries_in(text)]
    for number, word in enumerate(reading.words):
        start, end = reading.span(number, number + 1)
        is_place = any(first <= start and end <= last for first, last in places)
        if not (is_place or number in named or word.stem in _around() or word.text in _around()):
            # Nothing was recognised as written, but something was: a misspelt or implied name.
            if not places and not named and country_asked(word.text):
                continue
            return False
    return True


def goes_on(text: str) -> bool:
    """Whether a question begins as one that goes on from the question before."""
    words = normalise(text).text.casefold().split()
    return bool(words) and words[0].strip(",.") in str(load("sectors")["goes_on"]).split()


@cache
def sector_titles() -> dict[str, str]:
    """Every kind of work with its name for people, the most particular first."""
    return {key: str(entry["title"]) for key, entry in load("sectors")["sectors"].items()}


def _words_of(match: Match) -> range:
    return range(match.start, match.end)


@cache
def _around() -> frozenset[str]:
    words = str(load("sectors")["around"]).split()
    return frozenset(words) | {stem(normalise(word).text) for word in words}


@cache
def _patterns() -> Patterns:
    patterns: dict[str, tuple[str, ...]] = {}
    for key, entry in load("sectors")["sectors"].items():
        patterns[key] = lines(str(entry["named"]))
        if "hinted" in entry:
            patterns[f"{key}/hinted"] = lines(str(entry["hinted"]))
    return Patterns(patterns)
