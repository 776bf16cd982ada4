"""Which country a text means, and how the rest of the project names it.

Countries are found with the facts of an offer (`bot.language.facts`, patterns in
catalogue/places.yml). Here is what only a question needs: which of several is asked about, a
country that is only implied by its kind of work, and one that is misspelt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from bot.language.facts import find_facts
from bot.language.matching import Patterns, lines, load
from bot.language.reading import Reading, read
from bot.language.types import Entity

OTHER = "other"
"""The key of a country that answers know nothing of."""

_DESTINATION = re.compile(r"\b(?:ke|tujuan|menuju|pindah|ning|nang|neng)\s+(?:negara\s+)?$")
_SHORTEST_MISSPELT = 6
"""Letters; in shorter names another letter makes another word."""


@dataclass(frozen=True)
class Country:
    """A country as the parts of the project name it.

    `value` is the value of the fact, `key` what answers are filed under (`OTHER` for one they
    know nothing of, a region has a key of its own), `code` the two letters of the directory of
    numbers where it can list any, `title` the name for people.
    """

    value: str
    key: str
    code: str | None
    title: str


def country_asked(text: str) -> Country | None:
    """The country that a question is about; None when it names none.

    Of several the one that somebody wants to go to, else the first.
    """
    found = countries_in(text)
    if found:
        wanted = [entity for entity in found if _DESTINATION.search(text[: entity.start].lower())]
        return country_of((wanted or found)[-1 if wanted else 0].value)
    reading = read(text)
    value = _by_short_name(text) or _implied(reading) or _misspelt(reading)
    return country_of(value) if value else None


def countries_in(text: str) -> tuple[Entity, ...]:
    """The countries that a text names, in its order, without those it says "not" of."""
    found = [fact for fact in find_facts(text) if fact.entity == "country"]
    return tuple(
        fact
        for before, fact in zip((None, *found), found, strict=False)
        # "Emirat Arab" is one name of two words that each name a country.
        if before is None or text[before.end : fact.start].strip() or before.value == fact.value
    )


def country_of(value: str) -> Country:
    """What is known of a country by the value of its fact, also of one that nobody listed."""
    plain = value.casefold()
    return _countries().get(plain) or Country(plain, OTHER, None, plain.title())


def country_keys() -> frozenset[str]:
    """All keys that answers may be filed under."""
    return frozenset(country.key for country in _countries().values()) | {OTHER}


@cache
def _countries() -> dict[str, Country]:
    places = load("places")
    regions: dict[str, str] = places["regions"]
    known = {
        value: Country(
            value,
            str(named.get("key", OTHER)),
            named.get("code"),
            str(named.get("title", value.title())),
        )
        for value, named in places["named"].items()
    }
    return known | {
        value: Country(value, key, None, value.title()) for value, key in regions.items()
    }


@cache
def _implied_patterns() -> Patterns:
    patterns: dict[str, list[str]] = {}
    for line in lines(str(load("places")["implied"])):
        value, _, pattern = line.partition(":")
        patterns.setdefault(value.strip(), []).append(pattern.strip())
    return Patterns(patterns)


def _by_short_name(text: str) -> str | None:
    """The country of a short name in capitals, where not everything is written so."""
    if text.isupper():
        return None
    words = set(re.findall(r"[A-Za-z]+", text))
    names: dict[str, str] = load("places")["capitals"]
    return next((value for value, short in names.items() if words & set(short.split())), None)


def _implied(reading: Reading) -> str | None:
    """The country of a programme, a paper or a currency."""
    found = next((match.code for match in _implied_patterns().find(reading)), None)
    words = set(re.findall(r"[a-z]+", reading.plain.text))
    money: dict[str, str] = load("places")["money"]
    return found or next(
        (each for each, names in money.items() if words & set(names.split())), None
    )


def _misspelt(reading: Reading) -> str | None:
    """The country whose name differs by one letter from a word, which begins as the name does."""
    for word in {form: None for each in reading.words for form in (each.stem, each.text)}:
        # A name spelt rightly is here only because the text says "not" of it.
        if len(word) < _SHORTEST_MISSPELT or word in _own_names() | _no_names():
            continue
        near = {name for part in _without_a_letter(word) for name in _names().get(part, ())}
        for name in near:
            if len(near) == 1 and name[0] == word[0]:
                return name
    return None


@cache
def _no_names() -> frozenset[str]:
    return frozenset(str(load("places")["no_names"]).split())


@cache
def _own_names() -> frozenset[str]:
    return frozenset(
        value for value in _countries() if value.isalpha() and len(value) >= _SHORTEST_MISSPELT
    )


@cache
def _names() -> dict[str, frozenset[str]]:
    """The countries by their own name, and by it without one of its letters."""
    found: dict[str, set[str]] = {}
    for value in _own_names():
        for part in _without_a_letter(value):
            found.setdefault(part, set()).add(value)
    return {part: frozenset(values) for part, values in found.items()}


def _without_a_letter(word: str) -> Iterable[str]:
    """The word, and the word without one of its letters: what near words have in common."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}
