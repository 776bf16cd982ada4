"""Who a message is about: oneself and one's own, those who do such things, or nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.language.phrases import Match, PhraseBook, PhraseIndex
from bot.language.words import Words

_AT_THE_WORDS = 2
_NEAR = 4


@dataclass(frozen=True)
class PeopleRules:
    """The words for people in catalogue/danger_context.yml."""

    own: PhraseIndex
    peoples: frozenset[str]
    watching: PhraseIndex
    third: PhraseIndex
    captors: PhraseIndex

    @classmethod
    def of(cls, data: Mapping[str, Any], book: PhraseBook) -> PeopleRules:
        """Compile the catalogue; raises `ValueError` or `KeyError` when it cannot be read."""
        return cls(
            own=book.any_of(data["own"]),
            peoples=frozenset(data["peoples"].split()),
            watching=book.any_of(data["watching"]),
            third=book.any_of(data["third"]),
            captors=book.index(data["captors"]),
        )


@dataclass(frozen=True)
class People:
    """The people of one message; `places` are those of all word sets in `words`."""

    rules: PeopleRules
    words: Words
    places: Mapping[int, list[int]]

    @property
    def own(self) -> bool:
        """Whether people speak of themselves or their own, not only as who watches or asks."""
        return bool(self._own)

    @property
    def anybody(self) -> bool:
        """Whether there is anybody to whom it could happen, or who could do it."""
        return bool(self._own or self._captors)

    def own_at(self, match: Match) -> bool:
        """Whether somebody of one's own stands at these words."""
        return self._near(match, self._own_by_name, _AT_THE_WORDS)

    def of_own(self, match: Match) -> bool:
        """Whether one's own stand at these words, by name, as "dia" or beside a captor."""
        told_of = self._third | self._captors
        named = bool(self._own_by_name) and self._near(match, told_of, _AT_THE_WORDS)
        return named or self.own_at(match)

    def somebody_near(self, match: Match) -> bool:
        """Whether anybody who could be meant stands near these words."""
        return self._near(match, self._own | self._captors, _NEAR)

    def captor_near(self, match: Match) -> bool:
        """Whether somebody who does such things stands near these words."""
        return self._near(match, self._captors, _NEAR)

    def is_people(self, place: int) -> bool:
        """Whether the word behind "orang", "warga" and the like means a people, nobody known."""
        words, clauses = self.words.words, self.words.clauses
        return (
            place > 0
            and clauses[place - 1] == clauses[place]
            and words[place - 1] in self.rules.peoples
        )

    @cached_property
    def _own(self) -> frozenset[int]:
        watching = self._starts(self.rules.watching)
        return frozenset(
            place
            for place in self._starts(self.rules.own)
            if place + 1 not in watching and not self.is_people(place)
        )

    @cached_property
    def _own_by_name(self) -> frozenset[int]:
        """Without "suaminya", "anaknya": those of a story have families too."""
        return frozenset(
            place for place in self._own if not self.words.words[place].endswith("nya")
        )

    @cached_property
    def _third(self) -> frozenset[int]:
        return self._starts(self.rules.third)

    @cached_property
    def _captors(self) -> frozenset[int]:
        return self._starts(self.rules.captors)

    def _starts(self, phrases: PhraseIndex) -> frozenset[int]:
        return frozenset(match.start for match in phrases.found(self.words, self.places))

    def _near(self, match: Match, places: frozenset[int], reach: int) -> bool:
        clauses = self.words.clauses
        return any(
            place in places and clauses[place] == clauses[match.start]
            for place in range(match.start - reach, match.end + reach + 1)
        )
