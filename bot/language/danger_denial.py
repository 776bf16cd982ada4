"""What denies words of danger: "tidak pernah dipukul", "diancam sih enggak"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.language.phrases import Match
from bot.language.words import Words

_FILLERS = 3


@dataclass(frozen=True)
class DenialRules:
    """The words of denial in catalogue/danger_context.yml."""

    denials: frozenset[str]
    fillers: frozenset[str]
    purposes: frozenset[str]
    joints: frozenset[str]
    particles: frozenset[str]
    ends: frozenset[str]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> DenialRules:
        """Read the catalogue; raises `KeyError` when a list is missing."""

        def words(name: str) -> frozenset[str]:
            return frozenset(data[name].split())

        return cls(
            denials=words("denials"),
            fillers=words("denial_fillers"),
            purposes=words("denial_purposes"),
            joints=words("denial_joints"),
            particles=words("denial_particles"),
            ends=words("denial_ends"),
        )


@dataclass(frozen=True)
class Denial:
    """What one message denies."""

    rules: DenialRules
    words: Words

    def denies(self, match: Match) -> bool:
        """Whether the words of this match are denied, before or behind them."""
        own = set(match.places)
        return any(self._before(place, own) for place in match.places) or self._after(match.end)

    def _before(self, place: int, own: set[int]) -> bool:
        words = self.words.words
        at = place - 1
        if at > 1 and words[at] in self.rules.joints:
            at -= 2
        for _ in range(_FILLERS):
            if at < 0 or at in own or words[at] not in self.rules.fillers:
                break
            at -= 1
        if at < 0 or at in own or words[at] not in self.rules.denials:
            return False
        if at and words[at - 1] in self.rules.purposes:
            return False
        return self.words.clauses[at] == self.words.clauses[place]

    def _after(self, place: int) -> bool:
        words, clauses = self.words.words, self.words.clauses
        at = place + 1
        said_so = at < len(words) and words[at] in self.rules.particles
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
            or words[after] in self.rules.ends
        )
