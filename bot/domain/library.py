"""Answers to general questions: facts with their source, and the sentences that rest on them.

Facts stand apart from wording (data/facts, data/answers; read by `library_files`). A sentence
that states something names the facts it rests on and is told only while all of them are fresh;
a sentence without facts is a next step and claims nothing. Here an answer is put together for
a topic, a country and a kind of work. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest

MOST_CHARACTERS = 400
"""Of the sentences of one answer: what is read on a small screen without scrolling."""
MOST_SENTENCES = 4
_CLOSING = 110
"""Characters kept free for the closing that the caller says instead."""


@dataclass(frozen=True)
class Fact:
    """Something that a source says, in our own words; not shown as it stands.

    `source` is shown to people, `url` tells staff where to read it again. `valid_days` counts
    from `checked_on`; None for what does not go stale, such as a law as it was passed.
    `countries` and `sectors` say whom it concerns, empty for everybody.
    """

    id: str
    statement: str
    source: str
    checked_on: date
    url: str | None = None
    valid_days: int | None = None
    countries: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()

    def is_fresh(self, today: date | None) -> bool:
        """Whether it may be told on this day; without a day only what never goes stale."""
        if self.valid_days is None:
            return True
        return today is not None and today <= self.checked_on + timedelta(days=self.valid_days)


@dataclass(frozen=True)
class Sentence:
    """One sentence for people, and the facts it rests on; none for a next step."""

    say: str
    facts: tuple[str, ...] = ()

    @property
    def is_step(self) -> bool:
        """Whether it says what to do or where to ask, and claims nothing."""
        return not self.facts


@dataclass(frozen=True)
class Variant:
    """What is said of some countries, of some kinds of work, or of some work in some countries."""

    answer: tuple[Sentence, ...]
    countries: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()

    def fits(self, country: str | None, sector: str | None) -> bool:
        """Whether it was written for these; None stands for one that is not known."""
        here = not self.countries or country in self.countries
        return here and (not self.sectors or sector in self.sectors)


@dataclass(frozen=True)
class Topic:
    """All that may be answered to one kind of question; `intent` is its name elsewhere.

    `title` begins an answer for a country or kind of work ("Taiwan, soal biaya:"); None where
    both change nothing. `varies` when rules differ by country, so that a country without words
    of its own is told as not known. `elsewhere` stands in for `general` when a country is named.
    `read_by` names the second reader of the file; empty until there was one.
    """

    intent: str
    general: tuple[Sentence, ...]
    variants: tuple[Variant, ...] = ()
    elsewhere: tuple[Sentence, ...] = ()
    title: str | None = None
    varies: bool = False
    read_by: str | None = None


@dataclass(frozen=True)
class Library:
    """Every fact by id and every topic by intent."""

    facts: Mapping[str, Fact]
    topics: Mapping[str, Topic]


@dataclass(frozen=True)
class Answer:
    """An answer as it may be told today.

    `closing` is the last sentence, a next step; None where the caller has to say that the rules
    of the country are not known (`is_unsure`) or that what was known is too old (`is_stale`).
    `sources` are those of the sentences told, `checked_on` the oldest day among them; None when
    nothing is claimed.
    """

    sentences: tuple[str, ...]
    closing: str | None
    sources: tuple[str, ...]
    checked_on: date | None
    is_unsure: bool = False
    is_stale: bool = False


def answer(
    library: Library, intent: str, country: str | None, sector: str | None, today: date | None
) -> Answer:
    """The answer to a question about `intent`, for a country key and a sector where known.

    What was written for both comes first, then in turn what was written for the country and
    for the sector, then what holds for everybody, as much as is read with ease.
    """
    topic = library.topics[intent]
    base = topic.elsewhere if country and topic.elsewhere else topic.general
    fitting = [variant for variant in topic.variants if variant.fits(country, sector)]
    both = [variant.answer for variant in fitting if variant.countries and variant.sectors]
    places = [variant.answer for variant in fitting if not variant.sectors]
    kinds = [variant.answer for variant in fitting if not variant.countries]
    is_unsure = topic.varies and country is not None and not (both or places)
    blocks = [*both, *places, *kinds, base]
    ordered = [*_told(both), *_in_turn(places, kinds), *_told([base])]
    stale = [each for each in ordered if not _is_fresh(library, each, today)]
    fresh = [each for each in ordered if each not in stale]
    is_stale = any(each in stale for each in _as_many_as_fit(ordered, MOST_CHARACTERS - _CLOSING))
    steps = () if is_unsure or is_stale else _closings([*blocks, topic.general])
    closing = next(iter(steps), None)
    told = _as_many_as_fit(fresh, MOST_CHARACTERS - (len(closing) if closing else _CLOSING))
    facts = [library.facts[name] for each in told for name in each.facts]
    return Answer(
        sentences=tuple(each.say for each in told),
        closing=closing,
        sources=tuple(dict.fromkeys(fact.source for fact in facts)),
        checked_on=min((fact.checked_on for fact in facts), default=None),
        is_unsure=is_unsure,
        is_stale=is_stale,
    )


def _told(blocks: Sequence[Sequence[Sentence]]) -> Iterator[Sentence]:
    """The sentences of some blocks without the next step that closes each."""
    for block in blocks:
        yield from block[:-1] if block and block[-1].is_step else block


def _in_turn(
    places: Sequence[Sequence[Sentence]], kinds: Sequence[Sequence[Sentence]]
) -> Iterator[Sentence]:
    for pair in zip_longest(_told(places), _told(kinds)):
        yield from (each for each in pair if each is not None)


def _closings(blocks: Sequence[Sequence[Sentence]]) -> Iterator[str]:
    return (block[-1].say for block in blocks if block and block[-1].is_step)


def _is_fresh(library: Library, sentence: Sentence, today: date | None) -> bool:
    return all(library.facts[name].is_fresh(today) for name in sentence.facts)


def _as_many_as_fit(sentences: Sequence[Sentence], room: int) -> list[Sentence]:
    """The first sentences, without those that tell nothing new or are too long for the rest."""
    told: list[Sentence] = []
    known: set[str] = set()
    for sentence in sentences:
        is_new = sentence.is_step or not known.issuperset(sentence.facts)
        if len(told) < MOST_SENTENCES - 1 and is_new and len(sentence.say) <= room:
            told.append(sentence)
            known.update(sentence.facts)
            room -= len(sentence.say) + 1
    return told
