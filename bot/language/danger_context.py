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

from bot.language.danger_over import Over, OverRules
from bot.language.phrases import Match, PhraseBook, PhraseIndex
from bot.language.words import Words

_NEAR_OWN = 2
_NEAR_SOMEBODY = 4
_FEW_WORDS = 7
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
    recovered: PhraseIndex
    over: OverRules
    banter: PhraseIndex
    earnest: PhraseIndex
    similes: frozenset[str]
    own: PhraseIndex
    there: PhraseIndex
    third: PhraseIndex
    animals: PhraseIndex
    animal_likes: frozenset[str]
    mistaken: PhraseIndex
    captors: PhraseIndex
    news: PhraseIndex
    reflecting: PhraseIndex
    present: PhraseIndex
    concrete: PhraseIndex
    peoples: frozenset[str]
    wishes: frozenset[str]
    watching: PhraseIndex
    laughter: PhraseIndex
    smiles: PhraseIndex
    laughing_signs: frozenset[str]
    question_ends: frozenset[str]
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
            recovered=phrases("recovered"),
            over=OverRules.of(data, book),
            banter=phrases("banter"),
            earnest=phrases("earnest"),
            similes=words("similes"),
            own=any_of("own"),
            there=phrases("there"),
            third=any_of("third"),
            animals=phrases("animals"),
            animal_likes=words("animal_likes"),
            mistaken=phrases("mistaken"),
            captors=phrases("captors"),
            news=phrases("news"),
            reflecting=phrases("reflecting"),
            present=phrases("present"),
            concrete=phrases("concrete"),
            peoples=words("peoples"),
            wishes=words("wishes"),
            watching=any_of("watching"),
            laughter=any_of("laughter"),
            smiles=any_of("smiles"),
            laughing_signs=frozenset(data["laughing_signs"]),
            question_ends=words("question_ends"),
            denials=words("denials"),
            denial_fillers=words("denial_fillers"),
            denial_joints=words("denial_joints"),
            denial_purposes=words("denial_purposes"),
            denial_particles=words("denial_particles"),
            denial_ends=words("denial_ends"),
        )


@dataclass(frozen=True)
class Kind:
    """What can excuse a danger of this kind.

    Being over does not end one that is `lasting`, a safe place ends one that may be `sheltered`,
    and one `of_somebody` counts in a question or a joke only with somebody in it. Asking "is it
    true?" excuses none that is an `offer`: that is how people ask about it.
    """

    lasting: bool = False
    sheltered: bool = False
    of_somebody: bool = False
    offer: bool = False


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
    def over(self) -> Over:
        """What it says of the past."""
        return Over(self.rules.over, self.words, self.places)

    @cached_property
    def used_up(self) -> frozenset[int]:
        """Places of words that belong to a saying and so say nothing of danger."""
        return frozenset(
            place for match in self._found(self.rules.idioms) for place in match.places
        )

    @cached_property
    def laughing(self) -> bool:
        """Whether the writer laughs, in letters or signs."""
        return self._loud or bool(self._found(self.rules.smiles))

    @cached_property
    def _loud(self) -> bool:
        return bool(self._found(self.rules.laughter)) or not self.rules.laughing_signs.isdisjoint(
            self.original
        )

    @cached_property
    def story(self) -> bool:
        """Whether it is about a film, a song, a game, a dream or news."""
        return bool(self._found(self.rules.stories)) and not self._found(self.rules.there)

    @cached_property
    def mistaken(self) -> bool:
        """Whether it was sent by mistake or for a try."""
        return bool(self._found(self.rules.mistaken))

    @cached_property
    def solved(self) -> bool:
        """Whether it tells of something long over, and of nothing that still goes on."""
        return bool(self._found(self.rules.solved)) and not self.over.goes_on

    @cached_property
    def recovered(self) -> bool:
        """Whether it tells of a bad time that the same person says is past."""
        return bool(self._found(self.rules.recovered)) and not self.over.goes_on

    @property
    def lowering(self) -> bool:
        """Whether the message as a whole reads as harmless; a classifier alone must not raise."""
        of_others = (self.story or self._asked or self._imagined) and not self._own_places
        over = self.solved or self.recovered or self.over.told_of
        return over or self.laughing or bool(of_others)

    def excuses(self, match: Match, kind: Kind) -> bool:
        """Whether the words of this match count for nothing here."""
        if (self.mistaken and not kind.lasting) or self.denied(match) or self.imagined(match) or self._likened(match):
            return True
        if self.recovered or (kind.sheltered and self.over.sheltered):
            return True
        if not kind.lasting and self._only_told(match):
            return True
        if not kind.lasting and self._of_nobody(match, kind):
            return True
        if not kind.lasting and (self.solved or self.over.past(match) or self.over.averted(match)):
            return True
        asked = self._asked_about(match) and not kind.offer and not self._meant(match)
        others = asked or self.story or self._of_animals(match) or self._in_banter(match)
        return others and not self._own(match)

    def denied(self, match: Match) -> bool:
        """Whether the words are denied: "tidak pernah dipukul", "diancam sih enggak"."""
        own = set(match.places)
        return any(self._denied_before(place, own) for place in match.places) or (
            self._denied_after(match.end)
        )

    def imagined(self, match: Match) -> bool:
        """Whether the words stand in a clause that imagines them: "gimana kalau disekap"."""
        return any(
            place in self._imagined
            and self.words.clauses[place] == self.words.clauses[match.start]
            for place in range(match.start - _REACH_OF_IMAGINED, match.end + 1)
        )

    @cached_property
    def _asked(self) -> frozenset[int]:
        """Sentences that ask for a meaning."""
        return frozenset(
            self.words.sentences[match.start] for match in self._found(self.rules.meanings)
        )

    @cached_property
    def _imagined(self) -> frozenset[int]:
        return frozenset(match.end for match in self._found(self.rules.imagined))

    @cached_property
    def _own_places(self) -> frozenset[int]:
        """Where people speak of themselves, those left out who only watch, read or ask."""
        watching = {match.start for match in self._found(self.rules.watching)}
        return frozenset(
            match.start
            for match in self._found(self.rules.own)
            if match.start + 1 not in watching and not self._is_people(match.start)
        )

    @cached_property
    def _own_people(self) -> frozenset[int]:
        """Without "suaminya", "anaknya": those of a story have families too."""
        return frozenset(
            place for place in self._own_places if not self.words.words[place].endswith("nya")
        )

    @cached_property
    def _captors(self) -> frozenset[int]:
        return frozenset(match.start for match in self._found(self.rules.captors))

    def _is_people(self, place: int) -> bool:
        """Whether it is "orang kita" and the like: a people, nobody in particular."""
        words, clauses = self.words.words, self.words.clauses
        return (
            place > 0
            and clauses[place - 1] == clauses[place]
            and words[place - 1] in self.rules.peoples
        )

    @cached_property
    def _banter(self) -> frozenset[int]:
        """Sentences that tease the bot."""
        return frozenset(
            self.words.sentences[match.start] for match in self._found(self.rules.banter)
        )

    @cached_property
    def _earnest(self) -> bool:
        return bool(self._found(self.rules.earnest))

    def _in_banter(self, match: Match) -> bool:
        return self.words.sentences[match.start] in self._banter and not self._earnest

    @cached_property
    def _animals(self) -> frozenset[int]:
        """Sentences with an animal in them."""
        return frozenset(
            self.words.sentences[match.start]
            for match in self._found(self.rules.animals)
            if not match.start
            or self.words.words[match.start - 1] not in self.rules.animal_likes
        )

    def _of_animals(self, match: Match) -> bool:
        return self.words.sentences[match.start] in self._animals

    def _asked_about(self, match: Match) -> bool:
        return self.words.sentences[match.start] in self._asked

    def _joking(self, match: Match) -> bool:
        """Whether it is laughed about aloud and nobody who does such things stands near."""
        captors = self._near(match, self._captors, _NEAR_SOMEBODY)
        return self._loud and not self._earnest and not captors

    def _only_told(self, match: Match) -> bool:
        """Whether a word of news stands where nothing says that it happens, here and now.

        Who is held writes of doors, guards and tonight; "diculik" and "dijual" alone are words
        of news, questions, memories and jokes. With such a sign beside them they need the
        person they happen to, without one at least a here or a now.
        """
        if self._news.isdisjoint(match.places) or self.over.is_now(match):
            return False
        if self.over.past(match) or self.over.prevented or self._joking(match):
            return True
        if self._own(match) or self._of_third(match) or self._earnest or self._concrete:
            return False
        return self._reflecting or not self._here_and_now

    def _of_third(self, match: Match) -> bool:
        """Whether it happens to somebody of one's own whom the message named before."""
        return bool(self._own_people) and self._near(match, self._third, _NEAR_OWN)

    @cached_property
    def _third(self) -> frozenset[int]:
        return frozenset(match.start for match in self._found(self.rules.third))

    @cached_property
    def _here_and_now(self) -> bool:
        few = len(self.words.words) <= _FEW_WORDS
        return few or bool(self._own_places | self._captors) or self._present

    @cached_property
    def _news(self) -> frozenset[int]:
        return frozenset(match.start for match in self._found(self.rules.news))

    @cached_property
    def _reflecting(self) -> bool:
        return bool(self._questions) or bool(self._found(self.rules.reflecting))

    @cached_property
    def _questions(self) -> frozenset[int]:
        words, sentences = self.words.words, self.words.sentences
        ends = (
            sentence
            for place, sentence in enumerate(sentences)
            if words[place] in self.rules.question_ends
            and (place + 1 == len(sentences) or sentences[place + 1] != sentence)
        )
        return self.words.questions | frozenset(ends)

    @cached_property
    def _concrete(self) -> bool:
        return bool(self._found(self.rules.concrete))

    @cached_property
    def _present(self) -> bool:
        return bool(self._found(self.rules.present))

    def _of_nobody(self, match: Match, kind: Kind) -> bool:
        """Whether it is asked or laughed about and nobody who could be meant stands near."""
        asked = kind.of_somebody and self.words.sentences[match.end] in self._questions
        if not (asked or self._loud) or self._earnest:
            return False
        return not self._near(match, self._own_places | self._captors, _NEAR_SOMEBODY)

    def _meant(self, match: Match) -> bool:
        """Whether somebody says it of a wish: "mau bunuh diri", not "orang yang mau bunuh diri"."""
        words, at = self.words.words, match.start - 1
        if at < 0 or words[at] not in self.rules.wishes:
            return False
        return not at or words[at - 1] not in self.rules.peoples

    def _likened(self, match: Match) -> bool:
        """Whether somebody laughing says that it only feels like this."""
        before = self.words.words[max(0, match.start - 2) : match.start]
        return self.laughing and not self.rules.similes.isdisjoint(before)

    def _own(self, match: Match) -> bool:
        return self._near(match, self._own_people, _NEAR_OWN)

    def _near(self, match: Match, places: frozenset[int], reach: int) -> bool:
        clauses = self.words.clauses
        return any(
            place in places and clauses[place] == clauses[match.start]
            for place in range(match.start - reach, match.end + reach + 1)
        )

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
        return phrases.found(self.words, self.places)
