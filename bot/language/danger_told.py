"""What tells a danger from the talk about one: questions, laughter, the words of the news.

Who is held writes of doors, guards and tonight; "diculik" and "dijual" alone are words of news,
questions, memories and jokes. Beside a sign of such talk they need the person whom they befall;
without one at least a here or a now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.language.danger_over import Over
from bot.language.danger_people import People
from bot.language.phrases import Match, PhraseBook, PhraseIndex
from bot.language.words import Words

_FEW_WORDS = 7


@dataclass(frozen=True)
class ToldRules:
    """The compiled words of talk about danger."""

    news: PhraseIndex
    reflecting: PhraseIndex
    present: PhraseIndex
    concrete: PhraseIndex
    earnest: PhraseIndex
    laughter: PhraseIndex
    smiles: PhraseIndex
    laughing_signs: frozenset[str]
    question_ends: frozenset[str]

    @classmethod
    def of(cls, data: Mapping[str, Any], book: PhraseBook) -> ToldRules:
        """Compile the catalogue; raises `ValueError` or `KeyError` when it cannot be read."""
        return cls(
            news=book.index(data["news"]),
            reflecting=book.index(data["reflecting"]),
            present=book.index(data["present"]),
            concrete=book.index(data["concrete"]),
            earnest=book.index(data["earnest"]),
            laughter=book.any_of(data["laughter"]),
            smiles=book.any_of(data["smiles"]),
            laughing_signs=frozenset(data["laughing_signs"]),
            question_ends=frozenset(data["question_ends"].split()),
        )


@dataclass(frozen=True)
class Told:
    """How one message talks; `original` is the text as typed, for signs that words do not hold."""

    rules: ToldRules
    words: Words
    places: Mapping[int, list[int]]
    original: str
    people: People
    over: Over

    @cached_property
    def laughing(self) -> bool:
        """Whether the writer laughs or smiles, in letters or signs."""
        return self._aloud or self._says(self.rules.smiles)

    @cached_property
    def earnest(self) -> bool:
        """Whether somebody asks for help or says that it is no joke."""
        return self._says(self.rules.earnest)

    def only_told(self, match: Match) -> bool:
        """Whether a word of news stands where nothing says that it happens, here and now."""
        if self._news.isdisjoint(match.places) or self.over.is_now(match):
            return False
        if self.over.past(match) or self._joking(match):
            return True
        if self.people.of_own(match) or self.earnest or self._says(self.rules.concrete):
            return False
        return self._reflecting or self.over.prevented or not self._here_and_now

    def of_nobody(self, match: Match, *, asked: bool) -> bool:
        """Whether it is laughed about, or also `asked`, and nobody who could be meant is near."""
        asked = asked and self.words.sentences[match.end] in self._questions
        return (asked or self._aloud) and not self.earnest and not self.people.somebody_near(match)

    def _joking(self, match: Match) -> bool:
        return self._aloud and not self.earnest and not self.people.captor_near(match)

    @cached_property
    def _aloud(self) -> bool:
        return self._says(self.rules.laughter) or not self.rules.laughing_signs.isdisjoint(
            self.original
        )

    @cached_property
    def _news(self) -> frozenset[int]:
        found = self.rules.news.found(self.words, self.places)
        return frozenset(match.start for match in found)

    @cached_property
    def _here_and_now(self) -> bool:
        few = len(self.words.words) <= _FEW_WORDS
        return few or self.people.anybody or self._says(self.rules.present)

    @cached_property
    def _reflecting(self) -> bool:
        return bool(self._questions) or self._says(self.rules.reflecting)

    @cached_property
    def _questions(self) -> frozenset[int]:
        """Sentences that ask, with a question mark or by their last word."""
        words, sentences = self.words.words, self.words.sentences
        ends = (
            sentence
            for place, sentence in enumerate(sentences)
            if words[place] in self.rules.question_ends
            and (place + 1 == len(sentences) or sentences[place + 1] != sentence)
        )
        return self.words.questions | frozenset(ends)

    def _says(self, phrases: PhraseIndex) -> bool:
        return bool(phrases.found(self.words, self.places))
