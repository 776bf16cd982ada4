"""Finds phrases in plain words, in time linear to the text.

A phrase is written as people would say it, with a few marks:

    kunci*        every word that begins so; *ne: every word that ends so
    satpam|tuan   one of several words
    $captor       one of the words of a named list
    <8-17>        a number in this range, also with letters behind it ("15th")
    tidak?        may be missing
    ...           up to three words between; ...6 up to six
    a & b         both phrases near each other, in any order

No phrase reaches over the end of a sentence. Matching walks over the places of words that
really occur, never back: no text can make it slow, which regular expressions with gaps
would not promise.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from bot.language.words import Words

NEAR = 8
"""How many words apart the two sides of `&` may stand."""

_GAP = 3
_LONGEST_AFFIX = 24
_PASSIVE = frozenset({"di", "dipun", "ji", "geu"})
_VOWELS = frozenset("aiueo")
_NUMBER = re.compile(r"\d{1,4}")
_RANGE = re.compile(r"<(\d+)-(\d+)>")


@dataclass(frozen=True)
class Match:
    """Places of the words that made a phrase true; `said` is the last part's first place."""

    places: tuple[int, ...]
    said: int

    @property
    def start(self) -> int:
        """Place of its first word."""
        return self.places[0]

    @property
    def end(self) -> int:
        """Place of its last word."""
        return self.places[-1]


_Steps = tuple[tuple[int, int], ...]
"""Number of a word set, and how many words may stand before it; one pair for each step."""


@dataclass(frozen=True)
class Phrase:
    """A compiled phrase: sides that must all stand near each other, each with its variants."""

    sides: tuple[tuple[_Steps, ...], ...]


class PhraseIndex:
    """Phrases by the word sets they start with: a message holds few of them, books hundreds."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._phrases = tuple(phrases)
        self._by_start: dict[int, list[int]] = {}
        for number, phrase in enumerate(self._phrases):
            for start in {steps[0][0] for steps in phrase.sides[0]}:
                self._by_start.setdefault(start, []).append(number)

    @property
    def starts(self) -> frozenset[int]:
        """Word sets of which one must occur, or none of the phrases can be there."""
        return frozenset(self._by_start)

    def possible(self, places: Mapping[int, list[int]]) -> list[Phrase]:
        """Those that may be there, in their own order."""
        starts = self._by_start.keys() & places.keys()
        numbers = {number for start in starts for number in self._by_start[start]}
        return [self._phrases[number] for number in sorted(numbers)]

    def found(self, words: Words, places: Mapping[int, list[int]]) -> list[Match]:
        """All places where one of them is said."""
        return [match for phrase in self.possible(places) for match in find(phrase, words, places)]


class PhraseBook:
    """All phrases of a catalogue and the word sets they are made of.

    `lists` are the named lists. `compile` raises `ValueError` for a phrase nobody can read.
    """

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self._lists = {name: tuple(words) for name, words in lists.items()}
        self._numbers: dict[str, int] = {}
        self._exact: dict[str, list[int]] = {}
        self._prefixes: dict[str, list[int]] = {}
        self._suffixes: dict[str, list[int]] = {}
        self._ranges: list[tuple[int, int, int]] = []

    def compile(self, text: str) -> Phrase:
        """Read one phrase as described at the top of this module."""
        return Phrase(tuple(self._variants(side.split()) for side in text.split("&")))

    def index(self, texts: Iterable[str]) -> PhraseIndex:
        """Phrases by their starts."""
        return PhraseIndex(self.compile(text) for text in texts)

    def any_of(self, words: str) -> PhraseIndex:
        """One phrase: any of the words, which spaces separate."""
        return self.index(["|".join(words.split())])

    def places(self, words: Words) -> Mapping[int, list[int]]:
        """For every word set that occurs: the places of its words, ascending."""
        known: dict[tuple[str, ...], tuple[int, ...]] = {}
        found: dict[int, list[int]] = {}
        before = ""
        for place, word in enumerate(words.words):
            forms = tuple(_forms(before, word))
            if forms not in known:
                known[forms] = tuple(
                    sorted({number for form in forms for number in self._sets_of(form)})
                )
            for number in known[forms]:
                found.setdefault(number, []).append(place)
            before = word
        return found

    def _variants(self, items: list[str]) -> tuple[_Steps, ...]:
        choices: list[tuple[tuple[int, int] | None, ...]] = []
        gap = 0
        for item in items:
            if item.startswith("..."):
                gap = int(item[3:] or _GAP)
                continue
            step = (self._number(item.rstrip("?")), gap)
            choices.append((step, None) if item.endswith("?") else (step,))
            gap = 0
        if not choices or gap:
            raise ValueError(f"a phrase needs words at both ends: {' '.join(items)!r}")
        variants = (tuple(s for s in chosen if s is not None) for chosen in product(*choices))
        return tuple(dict.fromkeys(steps for steps in variants if steps))

    def _number(self, item: str) -> int:
        if item in self._numbers:
            return self._numbers[item]
        number = self._numbers[item] = len(self._numbers)
        for word in self._words_of(item):
            span = _RANGE.fullmatch(word)
            if span:
                self._ranges.append((int(span[1]), int(span[2]), number))
            elif word.endswith("*"):
                self._prefixes.setdefault(word[:-1], []).append(number)
            elif word.startswith("*"):
                self._suffixes.setdefault(word[1:], []).append(number)
            else:
                self._exact.setdefault(word, []).append(number)
        return number

    def _words_of(self, item: str) -> Iterable[str]:
        for word in item.split("|"):
            if word.startswith("$"):
                if word[1:] not in self._lists:
                    raise ValueError(f"no list is called {word!r}")
                for listed in self._lists[word[1:]]:
                    yield from self._words_of(listed)
            elif not word.strip("*"):
                raise ValueError(f"a word is empty in {item!r}")
            else:
                yield word

    def _sets_of(self, word: str) -> set[int]:
        sets = set(self._exact.get(word, ()))
        prefixes, suffixes = self._prefixes, self._suffixes
        for size in range(1, min(len(word), _LONGEST_AFFIX) + 1):
            if (prefix := word[:size]) in prefixes:
                sets.update(prefixes[prefix])
            if (suffix := word[-size:]) in suffixes:
                sets.update(suffixes[suffix])
        figure = _NUMBER.match(word)
        if figure:
            value = int(figure[0])
            sets.update(number for low, high, number in self._ranges if low <= value <= high)
        return sets


def _forms(before: str, word: str) -> Iterable[str]:
    """The word, and the passive that it is meant to be: "di pukul" and "dpukul" are "dipukul"."""
    yield word
    if before in _PASSIVE:
        yield f"di{word}"
    if len(word) > 3 and word[0] == "d" and word[1] not in _VOWELS:
        yield f"di{word[1:]}"


def find(phrase: Phrase, words: Words, places: Mapping[int, list[int]]) -> list[Match]:
    """All places where the phrase is said, one for each place of its first side's end."""
    sides: list[list[tuple[int, ...]]] = []
    for variants in phrase.sides:
        spans = [span for steps in variants for span in _spans(steps, words, places)]
        if not spans:
            return []
        sides.append(sorted(spans))
    if len(sides) == 1:
        return [Match(span, span[0]) for span in sides[0]]
    matches = []
    for first in sides[0]:
        chosen = [first]
        for side in sides[1:]:
            near = _nearest(first, side, words)
            if near is None:
                break
            chosen.append(near)
        else:
            every = sorted(place for span in chosen for place in span)
            matches.append(Match(tuple(every), chosen[-1][0]))
    return matches


def _spans(
    steps: _Steps, words: Words, places: Mapping[int, list[int]]
) -> Iterable[tuple[int, ...]]:
    """Places of each way to walk the steps; of several with one end, the shortest."""
    first = places.get(steps[0][0])
    if first is None:
        return []
    ways: dict[int, tuple[int, ...]] = {place: (place,) for place in first}
    for number, gap in steps[1:]:
        here = places.get(number)
        if here is None:
            return []
        longer: dict[int, tuple[int, ...]] = {}
        for place, way in ways.items():
            at = bisect_left(here, place + 1)
            while at < len(here) and here[at] <= place + 1 + gap:
                if words.sentences[here[at]] == words.sentences[place]:
                    longer[here[at]] = (*way, here[at])
                at += 1
        ways = longer
    return ways.values()


def _nearest(
    span: tuple[int, ...], others: list[tuple[int, ...]], words: Words
) -> tuple[int, ...] | None:
    """The first of the spans around `span` that is near it, shares no word and no sentence end."""
    at = bisect_left(others, span)
    for other in others[max(0, at - 2) : at + 2]:
        apart = max(other[0] - span[-1], span[0] - other[-1])
        same = words.sentences[other[0]] == words.sentences[span[0]]
        if same and apart <= NEAR and not set(span) & set(other):
            return other
    return None
