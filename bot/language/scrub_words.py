"""Which words are names, which are certainly none, and which lead to one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.language.matching import CATALOGUE, load
from bot.language.reading import stem
from bot.language.scrub_tokens import Token
from bot.language.spelling import normalise

_SHORTEST_NAME = 3
_SHORTEST_ROOT = 4
_LETTERS = re.compile(r"[a-z]+(?:'[a-z]+)?")
_COMMENT = re.compile(r"(?m)#.*$")
_BEFORE = (
    "meng",
    "meny",
    "nge",
    "mem",
    "men",
    "ber",
    "ter",
    "per",
    "di",
    "me",
    "ke",
    "se",
    "ng",
    "ny",
    "pe",
    "",
)
_AFTER = (
    "kannya",
    "annya",
    "inya",
    "kan",
    "nya",
    "ipun",
    "lah",
    "kah",
    "pun",
    "an",
    "in",
    "ku",
    "mu",
    "e",
    "i",
    "",
)


def is_word(token: Token) -> bool:
    """Whether it is made of letters."""
    return not token.is_mark and not any(character.isdigit() for character in token.text)


def is_given(token: Token) -> bool:
    """Whether it is a given name that many people have."""
    return not token.is_mark and token.low in vocabulary().names


def is_unknown(token: Token) -> bool:
    """Whether it is a word that is not known to be no name."""
    long_enough = len(token.text) >= _SHORTEST_NAME
    return is_word(token) and long_enough and (is_given(token) or not is_plain(token.low))


@lru_cache(maxsize=4096)
def is_plain(low: str) -> bool:
    """Whether a word in small letters is known, as it stands, in plain spelling or without endings."""
    known = vocabulary().plain
    if low in known or not low.isascii():
        return low in known
    spelt = normalise(low).text.split()
    if spelt and all(word in known or stem(word) in known for word in spelt):
        return True
    return any(root in known for root in _roots(low))


def _roots(word: str) -> Iterator[str]:
    for before in _BEFORE:
        for after in _AFTER:
            if word.startswith(before) and word.endswith(after):
                root = word[len(before) : len(word) - len(after)]
                if len(root) >= _SHORTEST_ROOT:
                    yield root


@dataclass(frozen=True)
class Vocabulary:
    """The lists of scrub.yml; `plain` also holds every word of the other catalogues."""

    names: frozenset[str]
    plain: frozenset[str]
    places: frozenset[str]
    stops: frozenset[str]
    name_cues: frozenset[str]
    name_fillers: frozenset[str]
    titles: frozenset[str]
    roles: frozenset[str]
    kin: frozenset[str]
    possessives: frozenset[str]
    company_cues: frozenset[str]
    company_ends: frozenset[str]
    company_words: frozenset[str]
    place_cues: frozenset[str]
    place_words: frozenset[str]
    place_stops: frozenset[str]
    digits: frozenset[str]
    """Words of single digits, as a number is dictated."""


@cache
def vocabulary() -> Vocabulary:
    """All that is known of words."""
    lists = {name: frozenset(str(words).split()) for name, words in load("scrub").items()}
    names, places = lists.pop("names"), lists.pop("places") | _words_of("places")
    plain = frozenset().union(*lists.values(), places, _words_of("*")) - names
    return Vocabulary(**{**lists, "plain": plain}, names=names, places=places, digits=_digits())


def _words_of(catalogue: str) -> frozenset[str]:
    """What the rules of other catalogues speak of: no names of people."""
    found: set[str] = set()
    for path in CATALOGUE.glob(f"{catalogue}.yml"):
        if path.stem != "scrub":
            text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
            found.update(_LETTERS.findall(text.casefold()))
    return frozenset(found)


def _digits() -> frozenset[str]:
    data = load("numbers")
    single: Sequence[str] = [words for value, words in data["values"].items() if int(value) < 10]
    return frozenset(" ".join((*single, data["zero"])).split())
