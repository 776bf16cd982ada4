"""What makes words of danger harmless: sayings, stories, questions of meaning, denial, jokes.

Only what stands here keeps a danger signal from counting; the words themselves are data in
catalogue/danger_context.yml. A context is judged at the place of the words it is to excuse: "I saw
a film" excuses a kidnapping, not the sister who is locked in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.language.phrases import Match, PhraseBook, PhraseIndex, find
from bot.language.words import Words

_BEFORE_OWN = 2
_AFTER_OWN = 2
_REACH_OF_IMAGINED = 10
_FILLERS_IN_DENIAL = 3


@dataclass(frozen=True)
class ContextRules:
    """The compiled contexts of the catalogue."""

    idioms: PhraseIndex
    stories: PhraseIndex
    meanings: PhraseIndex
    imagined: PhraseIndex
    solved: PhraseIndex
    unsolved: PhraseIndex
    recovered: PhraseIndex
    similes: frozenset[str]
    own: PhraseIndex
    watching: PhraseIndex
    laughter: PhraseIndex
    laughing_signs: frozenset[str]
    denials: frozenset[str]
    denial_fillers: frozenset[str]
    denial_purposes: frozenset[str]
    denial_joints: frozenset[str]
    denial_particles: frozenset[str]
    denial_ends: frozenset[str]

    @classmethod
    def of(cls, data: Mapping[str, Any], book: PhraseBook) -> ContextRules:
        """Compile the catalogue; raises `ValueError` or `KeyError` when it cannot be read."""

        def phrases(name: str) -> PhraseIndex:
            return PhraseIndex(book.compile(text) for text in data[name])

        def any_of(name: str) -> PhraseIndex:
            return PhraseIndex([book.compile("|".join(data[name].split()))])

        def words(name: str) -> frozenset[str]:
            return frozenset(data[name].split())

        return cls(
            idioms=phrases("idioms"),
            stories=phrases("stories"),
            meanings=phrases("meanings"),
            imagined=phrases("imagined"),
            solved=phrases("solved"),
            unsolved=phrases("unsolved"),
            recovered=phrases("recovered"),
            similes=words("similes"),
            own=any_of("own"),
            watching=any_of("watching"),
            laughter=any_of("laughter"),
            laughing_signs=frozenset(data["laughing_signs"]),
            denials=words("denials"),
            denial_fillers=words("denial_fillers"),
            denial_joints=words("denial_joints"),
            denial_purposes=words("denial_purposes"),
            denial_particles=words("denial_particles"),
            denial_ends=words("denial_ends"),
        )


@dataclass(frozen=True)
class Contexts:
    """The contexts of one message.

    `places` are the places of all word sets in `words`; `original` is the text as typed, for
    the signs that the plain words no longer hold.
    """

    rules: ContextRules
    words: Words
    places: Mapping[int, list[int]]
    original: str

    @cached_property
    def used_up(self) -> frozenset[int]:
        """Places of words that belong to a saying and so say nothing of danger."""
        return frozenset(
            place for match in self._found(self.rules.idioms) for place in match.places
        )

    @cached_property
    def laughing(self) -> bool:
        """Whether the writer laughs, in letters or signs."""
        return bool(self._found(self.rules.laughter)) or not self.rules.laughing_signs.isdisjoint(
            self.original
        )

    @cached_property
    def story(self) -> bool:
        """Whether it is about a film, a song, a game, a dream or news."""
        return bool(self._found(self.rules.stories))

    @cached_property
    def solved(self) -> bool:
        """Whether it tells of something long over, and of nothing that still goes on."""
        return bool(self._found(self.rules.solved)) and not self._found(self.rules.unsolved)

    @cached_property
    def recovered(self) -> bool:
        """Whether it tells of a bad time that the same person says is past."""
        return bool(self._found(self.rules.recovered)) and not self._found(self.rules.unsolved)

    @property
    def lowering(self) -> bool:
        """Whether the message as a whole reads as harmless; a classifier alone must not raise."""
        of_others = (self.story or self._asked or self._imagined) and not self._own_places
        return self.solved or self.recovered or self.laughing or bool(of_others)

    def excuses(self, match: Match, *, lasting: bool = False) -> bool:
        """Whether the words of this match count for nothing here.

        `lasting` marks a danger that "it is over" does not end.
        """
        if self.denied(match) or self.imagined(match) or self._likened(match):
            return True
        if self.recovered or (self.solved and not lasting):
            return True
        return (self.story or self._asked_about(match)) and not self._own(match)

    def denied(self, match: Match) -> bool:
        """Whether the words are denied: "tidak pernah dipukul", "diancam sih enggak"."""
        own = set(match.places)
        return any(self._denied_before(place, own) for place in match.places) or (
            self._denied_after(match.end)
        )

    def imagined(self, match: Match) -> bool:
        """Whether the words stand in a clause that imagines them: "gimana kalau disekap"."""
        return any(
            0 <= match.start - what.end <= _REACH_OF_IMAGINED
            and self.words.clauses[what.end] == self.words.clauses[match.start]
            for what in self._imagined
        )

    @cached_property
    def _asked(self) -> frozenset[int]:
        """Sentences that ask for a meaning."""
        return frozenset(
            self.words.sentences[match.start] for match in self._found(self.rules.meanings)
        )

    @cached_property
    def _imagined(self) -> list[Match]:
        return self._found(self.rules.imagined)

    @cached_property
    def _own_places(self) -> frozenset[int]:
        """Where people speak of themselves, those left out who only watch, read or ask."""
        watching = {match.start for match in self._found(self.rules.watching)}
        return frozenset(
            match.start for match in self._found(self.rules.own) if match.start + 1 not in watching
        )

    def _asked_about(self, match: Match) -> bool:
        return self.words.sentences[match.start] in self._asked

    def _likened(self, match: Match) -> bool:
        """Whether somebody laughing says that it only feels like this."""
        before = self.words.words[max(0, match.start - 2) : match.start]
        return self.laughing and not self.rules.similes.isdisjoint(before)

    def _own(self, match: Match) -> bool:
        near = range(match.start - _BEFORE_OWN, match.end + _AFTER_OWN + 1)
        return any(place in self._own_places for place in near)

    def _denied_before(self, place: int, own: set[int]) -> bool:
        at = place - 1
        if at > 1 and self.words.words[at] in self.rules.denial_joints:
            at -= 2
        for _ in range(_FILLERS_IN_DENIAL):
            if at < 0 or at in own or self.words.words[at] not in self.rules.denial_fillers:
                break
            at -= 1
        if at < 0 or at in own or self.words.words[at] not in self.rules.denials:
            return False
        if at and self.words.words[at - 1] in self.rules.denial_purposes:
            return False
        return self.words.clauses[at] == self.words.clauses[place]

    def _denied_after(self, place: int) -> bool:
        words, clauses = self.words.words, self.words.clauses
        at = place + 1
        said_so = at < len(words) and words[at] in self.rules.denial_particles
        at += said_so
        if at >= len(words) or words[at] not in self.rules.denials:
            return False
        if said_so and clauses[at] != clauses[place]:
            return False
        if self.words.sentences[at] in self.words.questions and not said_so:
            return False  # "dipukul gak?" asks, it does not deny
        after = at + 1
        return (
            said_so
            or after >= len(words)
            or clauses[after] != clauses[at]
            or words[after] in self.rules.denial_ends
        )

    def _found(self, phrases: PhraseIndex) -> list[Match]:
        possible = phrases.possible(self.places)
        return [match for phrase in possible for match in find(phrase, self.words, self.places)]
