"""What makes words of danger harmless: sayings, stories, questions of meaning, denial, jokes.

Only what stands here and in the modules it puts together keeps a danger signal from counting; the
words themselves are data in catalogue/danger_context.yml. A context is judged at the place of the
words it is to excuse: "I saw a film" excuses a kidnapping, not the sister who is locked in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.language.danger_denial import Denial, DenialRules
from bot.language.danger_over import Over, OverRules
from bot.language.danger_people import People, PeopleRules
from bot.language.danger_told import Told, ToldRules
from bot.language.phrases import Match, PhraseBook, PhraseIndex
from bot.language.words import Words

_REACH_OF_IMAGINED = 10


@dataclass(frozen=True)
class Kind:
    """What can excuse a danger of this kind.

    Being over does not end one that is `lasting`, a safe place ends one that may be `sheltered`,
    and one `of_somebody` counts in a question only with somebody in it. Asking "is it true?"
    excuses none that is an `offer`: that is how people ask about it.
    """

    lasting: bool = False
    sheltered: bool = False
    of_somebody: bool = False
    offer: bool = False


@dataclass(frozen=True)
class ContextRules:
    """The compiled contexts of the catalogue."""

    idioms: PhraseIndex
    stories: PhraseIndex
    there: PhraseIndex
    animals: PhraseIndex
    animal_likes: frozenset[str]
    meanings: PhraseIndex
    wishes: frozenset[str]
    imagined: PhraseIndex
    mistaken: PhraseIndex
    banter: PhraseIndex
    solved: PhraseIndex
    recovered: PhraseIndex
    similes: frozenset[str]
    over: OverRules
    people: PeopleRules
    told: ToldRules
    denial: DenialRules

    @classmethod
    def of(cls, data: Mapping[str, Any], book: PhraseBook) -> ContextRules:
        """Compile the catalogue; raises `ValueError` or `KeyError` when it cannot be read."""
        return cls(
            idioms=book.index(data["idioms"]),
            stories=book.index(data["stories"]),
            there=book.index(data["there"]),
            animals=book.index(data["animals"]),
            animal_likes=frozenset(data["animal_likes"].split()),
            meanings=book.index(data["meanings"]),
            wishes=frozenset(data["wishes"].split()),
            imagined=book.index(data["imagined"]),
            mistaken=book.index(data["mistaken"]),
            banter=book.index(data["banter"]),
            solved=book.index(data["solved"]),
            recovered=book.index(data["recovered"]),
            similes=frozenset(data["similes"].split()),
            over=OverRules.of(data, book),
            people=PeopleRules.of(data, book),
            told=ToldRules.of(data, book),
            denial=DenialRules.of(data),
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

    @property
    def laughing(self) -> bool:
        """Whether the writer laughs or smiles, in letters or signs."""
        return self._told.laughing

    @cached_property
    def story(self) -> bool:
        """Whether it is about a film, a song, a game or news, and nobody is there himself."""
        return bool(self._found(self.rules.stories)) and not self._found(self.rules.there)

    @cached_property
    def mistaken(self) -> bool:
        """Whether it was sent by mistake or for a try, or was only dreamt."""
        return bool(self._found(self.rules.mistaken))

    @cached_property
    def solved(self) -> bool:
        """Whether it tells of something long over, and of nothing that still goes on."""
        return bool(self._found(self.rules.solved)) and not self._over.goes_on

    @cached_property
    def recovered(self) -> bool:
        """Whether it tells of a bad time that the same person says is past."""
        return bool(self._found(self.rules.recovered)) and not self._over.goes_on

    @property
    def lowering(self) -> bool:
        """Whether the message as a whole reads as harmless; a classifier alone must not raise."""
        of_others = (self.story or self._asked or self._imagined) and not self._people.own
        over = self.solved or self.recovered or self._over.told_of
        return over or self.laughing or bool(of_others)

    def excuses(self, match: Match, kind: Kind) -> bool:
        """Whether the words of this match count for nothing here."""
        if self.denied(match) or self.imagined(match) or self._likened(match) or self.recovered:
            return True
        if self._over.survived(match):
            return True
        if not kind.lasting and (self._is_over(match) or self._is_told(match, kind)):
            return True
        if kind.sheltered and self._over.sheltered:
            return True
        asked = not kind.offer and self._within(match, self._asked) and not self._meant(match)
        teased = self._within(match, self._banter) and not self._told.earnest
        others = asked or teased or self.story or self._within(match, self._animals)
        return others and not self._people.own_at(match)

    def denied(self, match: Match) -> bool:
        """Whether the words are denied: "tidak pernah dipukul", "diancam sih enggak"."""
        return Denial(self.rules.denial, self.words).denies(match)

    def imagined(self, match: Match) -> bool:
        """Whether the words stand in a clause that imagines them: "gimana kalau disekap"."""
        return any(
            place in self._imagined and self.words.clauses[place] == self.words.clauses[match.start]
            for place in range(match.start - _REACH_OF_IMAGINED, match.end + 1)
        )

    def _is_over(self, match: Match) -> bool:
        return self.solved or self._over.past(match) or self._over.averted(match)

    def _is_told(self, match: Match, kind: Kind) -> bool:
        """Whether it is talked about, and nobody says that it happens."""
        return (
            self.mistaken
            or self._told.only_told(match)
            or self._told.of_nobody(match, asked=kind.of_somebody)
        )

    def _meant(self, match: Match) -> bool:
        """Whether somebody says it of a wish: "mau bunuh diri", not "orang yang mau bunuh diri"."""
        wish = match.start - 1
        return (
            wish >= 0
            and self.words.words[wish] in self.rules.wishes
            and not self._people.is_people(wish)
        )

    def _likened(self, match: Match) -> bool:
        """Whether somebody laughing says that it only feels like this."""
        before = self.words.words[max(0, match.start - 2) : match.start]
        return self.laughing and not self.rules.similes.isdisjoint(before)

    def _within(self, match: Match, sentences: frozenset[int]) -> bool:
        return self.words.sentences[match.start] in sentences

    @cached_property
    def _asked(self) -> frozenset[int]:
        """Sentences that ask for a meaning."""
        return self._sentences(self._found(self.rules.meanings))

    @cached_property
    def _banter(self) -> frozenset[int]:
        """Sentences that tease the bot."""
        return self._sentences(self._found(self.rules.banter))

    @cached_property
    def _animals(self) -> frozenset[int]:
        """Sentences with an animal in them, unless somebody is kept like it."""
        return self._sentences(
            match
            for match in self._found(self.rules.animals)
            if not match.start or self.words.words[match.start - 1] not in self.rules.animal_likes
        )

    @cached_property
    def _imagined(self) -> frozenset[int]:
        return frozenset(match.end for match in self._found(self.rules.imagined))

    @cached_property
    def _over(self) -> Over:
        return Over(self.rules.over, self.words, self.places)

    @cached_property
    def _people(self) -> People:
        return People(self.rules.people, self.words, self.places)

    @cached_property
    def _told(self) -> Told:
        return Told(
            self.rules.told, self.words, self.places, self.original, self._people, self._over
        )

    def _sentences(self, matches: Iterable[Match]) -> frozenset[int]:
        return frozenset(self.words.sentences[match.start] for match in matches)

    def _found(self, phrases: PhraseIndex) -> list[Match]:
        return phrases.found(self.words, self.places)
