"""What says that a danger is over: told as past, only nearly happened, or fled to a safe place.

The words are data in catalogue/danger_context.yml. "Is over" needs two witnesses: words of the
past at the danger itself, and something else in the message that speaks of now: who was held is
at home, a trial is asked about, thanks are said. Who says that it goes on is believed first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.language.phrases import Match, PhraseBook, PhraseIndex
from bot.language.words import Words

_PAST_BEFORE = 12
_PAST_AFTER = 5
_RIGHT_BEFORE = 3
_ONCE_BEFORE = 5
_NOW_BEFORE = 6
_NEARLY_BEFORE = 4
_OTHERWISE_BEFORE = 12


@dataclass(frozen=True)
class OverRules:
    """The compiled words of what is over."""

    past: PhraseIndex
    once: PhraseIndex
    reported: PhraseIndex
    status: PhraseIndex
    lasting_since: frozenset[str]
    first_things: frozenset[str]
    now: PhraseIndex
    well: PhraseIndex
    closed: PhraseIndex
    asks_help: PhraseIndex
    thanks: PhraseIndex
    nearly: PhraseIndex
    otherwise: PhraseIndex
    sheltered: PhraseIndex
    unsolved: PhraseIndex

    @classmethod
    def of(cls, data: Mapping[str, Any], book: PhraseBook) -> OverRules:
        """Compile the catalogue; raises `ValueError` or `KeyError` when it cannot be read."""
        return cls(
            past=book.index(data["past"]),
            once=book.index(data["once"]),
            reported=book.index(data["reported"]),
            status=book.index(data["status"]),
            lasting_since=frozenset(data["lasting_since"].split()),
            first_things=frozenset(data["first_things"].split()),
            now=book.index(data["now"]),
            well=book.index(data["well"]),
            closed=book.index(data["closed"]),
            asks_help=book.index(data["asks_help"]),
            thanks=book.index(data["thanks"]),
            nearly=book.index(data["nearly"]),
            otherwise=book.index(data["otherwise"]),
            sheltered=book.index(data["sheltered"]),
            unsolved=book.index(data["unsolved"]),
        )


@dataclass(frozen=True)
class Over:
    """What one message says of the past; `places` are those of all word sets in `words`."""

    rules: OverRules
    words: Words
    places: Mapping[int, list[int]]

    @cached_property
    def goes_on(self) -> bool:
        """Whether something in the message still goes on."""
        return bool(self._found(self.rules.unsolved))

    @cached_property
    def sheltered(self) -> bool:
        """Whether whom it is about has reached the embassy, a shelter or the police."""
        return not self.goes_on and bool(self._found(self.rules.sheltered))

    @cached_property
    def prevented(self) -> bool:
        """Whether thanks are said, and all that is told is past or did not come true."""
        past = bool(self._past or self._nearly or self._otherwise) or self._is_well
        return self.thankful and past

    @cached_property
    def told_of(self) -> bool:
        """Whether the message as a whole tells of something past that is also closed."""
        return bool(self._past) and not self.goes_on and self._is_closed

    def past(self, match: Match) -> bool:
        """Whether these words are told as past and the message speaks of a better now."""
        reported = self._last_before(match, self._reported, _PAST_BEFORE) is not None
        if reported and (self._is_well or self._asks_status) and not self.goes_on:
            return True
        closed = self._is_closed and self._of_one_clause(match)
        return self.told(match) and (closed or self._is_well)

    def survived(self, match: Match) -> bool:
        """Whether these words are told as past by somebody who is better now and says so."""
        return self.told(match) and self._is_closed and self._is_well

    def told(self, match: Match) -> bool:
        """Whether these words are told as past, and nothing in the message goes on."""
        return (self._told_before(match) or self._told_after(match)) and not self.goes_on

    def is_now(self, match: Match) -> bool:
        """Whether a word of now stands right before: "sekarang disekap"."""
        return self._last_before(match, self._now, _RIGHT_BEFORE) is not None

    def averted(self, match: Match) -> bool:
        """Whether these words nearly came true, and thanks are said: "untung tidak dijual"."""
        nearly = self._last_before(match, self._nearly, _NEARLY_BEFORE)
        otherwise = self._last_before(match, self._otherwise, _OTHERWISE_BEFORE)
        return (nearly is not None or otherwise is not None) and self.thankful

    def _of_one_clause(self, match: Match) -> bool:
        """Whether the past is told of these words: "tahun lalu berangkat, disekap" tells no end."""
        clauses = self.words.clauses
        near = range(match.start - _PAST_BEFORE, min(match.end + _PAST_AFTER, len(clauses) - 1) + 1)
        past = self._past | self._once
        return any(place in past and clauses[place] == clauses[match.start] for place in near)

    def _told_before(self, match: Match) -> bool:
        """Words of the past stand before, and none of now between: "dulu baik, sekarang dipukul"."""
        said = self._last_before(match, self._past, _PAST_BEFORE)
        if said is None:
            said = self._last_before(match, self._once, _ONCE_BEFORE)
        return said is not None and self._now.isdisjoint(range(said + 1, match.start))

    def _told_after(self, match: Match) -> bool:
        """Words of the past stand in the match or behind it, and none of now before it."""
        sentences, clauses = self.words.sentences, self.words.clauses
        end = min(match.end + _PAST_AFTER, len(sentences) - 1)
        told = any(
            place in self._past and sentences[place] == sentences[match.start]
            for place in range(match.start, end + 1)
        )
        return told and not any(
            place in self._now and clauses[place] == clauses[match.start]
            for place in range(max(0, match.start - _NOW_BEFORE), match.start)
        )

    def _last_before(self, match: Match, places: frozenset[int], reach: int) -> int | None:
        """The last of the places inside the match or at most `reach` before it, in its sentence."""
        sentences = self.words.sentences
        for place in range(match.end - 1, max(-1, match.start - 1 - reach), -1):
            if sentences[place] != sentences[match.start]:
                return None
            if place in places:
                return place
        return None

    @cached_property
    def _past(self) -> frozenset[int]:
        return frozenset(
            match.end for match in self._found(self.rules.past) if self._is_past(match)
        )

    def _is_past(self, said: Match) -> bool:
        """Not "sejak dulu", which lasts, nor "bayar dulu", which comes first."""
        before = self.words.words[said.start - 1] if said.start else ""
        first = self.words.words[said.start] == "dulu" and before in self.rules.first_things
        return not first and before not in self.rules.lasting_since

    @cached_property
    def _once(self) -> frozenset[int]:
        return frozenset(match.end for match in self._found(self.rules.once))

    @cached_property
    def _reported(self) -> frozenset[int]:
        return frozenset(match.end for match in self._found(self.rules.reported))

    @cached_property
    def _now(self) -> frozenset[int]:
        return frozenset(match.start for match in self._found(self.rules.now))

    @cached_property
    def _nearly(self) -> frozenset[int]:
        return frozenset(match.end for match in self._found(self.rules.nearly))

    @cached_property
    def _otherwise(self) -> frozenset[int]:
        return frozenset(match.end for match in self._found(self.rules.otherwise))

    @cached_property
    def thankful(self) -> bool:
        """Whether thanks are said for what was prevented, and nothing goes on."""
        return not self.goes_on and bool(self._found(self.rules.thanks))

    @cached_property
    def _asks_status(self) -> bool:
        return bool(self._found(self.rules.status))

    @cached_property
    def _is_closed(self) -> bool:
        asked = bool(self.words.questions) and not self._found(self.rules.asks_help)
        return asked or self.thankful or bool(self._found(self.rules.closed))

    @cached_property
    def _is_well(self) -> bool:
        return bool(self._found(self.rules.well))

    def _found(self, phrases: PhraseIndex) -> list[Match]:
        return phrases.found(self.words, self.places)
