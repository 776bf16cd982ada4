"""Screens a message for danger, by rules alone, before anything else looks at it.

The rules are data: catalogue/danger.yml names the signals and the words behind them,
catalogue/danger_context.yml says when such words are harmless. Urgencies as the hotline's staff
defined them: an emergency is danger to life or liberty now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.language.danger_context import ContextRules, Contexts, Kind
from bot.language.phrases import Match, PhraseBook, PhraseIndex, find
from bot.language.spelling import MESSAGES_AT_HAND, normalise
from bot.language.types import Screening, Urgency
from bot.language.words import Words

_CATALOGUE = Path(__file__).parent / "catalogue"
_OF_ALL_WAYS = ("urgency", *(field.name for field in fields(Kind)))
"""What a signal says once for all the ways to show it."""


@dataclass(frozen=True)
class Signal:
    """One kind of danger: how urgent it is and which phrases say it."""

    name: str
    urgency: Urgency
    said: PhraseIndex
    serious: PhraseIndex
    """The same, with the phrases that do not count when the writer laughs."""
    along: PhraseIndex
    unless: PhraseIndex
    not_with: PhraseIndex
    """Where one of these is said, the signal does not count at all."""
    kind: Kind


@dataclass(frozen=True)
class _Rules:
    book: PhraseBook
    signals: tuple[Signal, ...]
    by_start: Mapping[int, tuple[int, ...]]
    """Which signals a word set may be the start of."""
    contexts: ContextRules

    def possible(self, places: Mapping[int, list[int]]) -> list[Signal]:
        """The signals that a message may show, in their own order."""
        starts = self.by_start.keys() & places.keys()
        numbers = {number for start in starts for number in self.by_start[start]}
        return [self.signals[number] for number in sorted(numbers)]


@dataclass(frozen=True)
class _Message:
    """One message ready to be judged; in `places` the words of sayings are left out."""

    words: Words
    places: Mapping[int, list[int]]
    contexts: Contexts


@lru_cache(maxsize=MESSAGES_AT_HAND)
def screen(text: str) -> Screening:
    """The highest urgency and all danger signals that the rules find in a message.

    Takes any text, never raises, and its time grows with the length of the text only.
    """
    message = _read(text)
    possible = _rules().possible(message.places)
    found = tuple(signal for signal in possible if _shown(signal, message))
    return Screening(
        urgency=Urgency.highest(*(signal.urgency for signal in found)),
        signals=tuple(dict.fromkeys(signal.name for signal in found)),
    )


def reads_harmless(text: str) -> bool:
    """Whether the message as a whole is a story, a joke, a general question or long over.

    The rules then still count what they see; a classifier alone should not raise an alarm.
    """
    return _read(text).contexts.lowering


@lru_cache(maxsize=MESSAGES_AT_HAND)
def _read(text: str) -> _Message:
    rules = _rules()
    words = Words.of(normalise(text).text)
    places = rules.book.places(words)
    contexts = Contexts(rules.contexts, words, places, text)
    if contexts.used_up:
        places = {
            number: left
            for number, every in places.items()
            if (left := [place for place in every if place not in contexts.used_up])
        }
    return _Message(words, places, contexts)


def _shown(signal: Signal, message: _Message) -> bool:
    phrases = signal.said if message.contexts.laughing else signal.serious
    cancelled: set[int] | None = None
    for phrase in phrases.possible(message.places):
        for match in find(phrase, message.words, message.places):
            if cancelled is None:
                cancelled = _cancelled(signal, message)
            if cancelled.isdisjoint(match.places) and not message.contexts.excuses(
                match, signal.kind
            ):
                return _goes_along(signal, message, cancelled) and not signal.not_with.found(
                    message.words, message.places
                )
    return False


def _cancelled(signal: Signal, message: _Message) -> set[int]:
    return {
        place
        for match in signal.unless.found(message.words, message.places)
        for place in match.places
    }


def _goes_along(signal: Signal, message: _Message, cancelled: set[int]) -> bool:
    """Whether what must stand in the message too is there, not denied and not cancelled."""

    def counts(match: Match) -> bool:
        return cancelled.isdisjoint(match.places) and not message.contexts.denied(match)

    return not signal.along.starts or any(
        counts(match) for match in signal.along.found(message.words, message.places)
    )


@cache
def emergency_signals() -> frozenset[str]:
    """Names of the signals that are an emergency by themselves."""
    return frozenset(
        signal.name for signal in _rules().signals if signal.urgency is Urgency.EMERGENCY
    )


@cache
def _rules() -> _Rules:
    danger: dict[str, Any] = _catalogue("danger.yml")
    contexts: dict[str, Any] = _catalogue("danger_context.yml")
    lists = {**danger["lists"], **contexts["lists"]}
    book = PhraseBook({name: str(words).split() for name, words in lists.items()})
    signals = tuple(
        _signal(name, {key: data[key] for key in _OF_ALL_WAYS if key in data} | way, book)
        for name, data in danger["signals"].items()
        for way in (data, *data.get("also", ()))
    )
    by_start: dict[int, list[int]] = {}
    for number, signal in enumerate(signals):
        for start in signal.serious.starts:
            by_start.setdefault(start, []).append(number)
    return _Rules(
        book,
        signals,
        {start: tuple(numbers) for start, numbers in by_start.items()},
        ContextRules.of(contexts, book),
    )


def _catalogue(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((_CATALOGUE / name).read_text(encoding="utf-8"))
    return data


def _signal(name: str, data: Mapping[str, Any], book: PhraseBook) -> Signal:
    def texts(*keys: str) -> Iterator[str]:
        return _flat(text for key in keys for text in data.get(key, ()))

    return Signal(
        name=name,
        urgency=Urgency(data["urgency"]),
        said=book.index(texts("said")),
        serious=book.index(texts("said", "serious")),
        along=book.index(texts("along")),
        unless=book.index(texts("unless")),
        not_with=book.index(texts("not_with")),
        kind=Kind(**{field.name: bool(data.get(field.name)) for field in fields(Kind)}),
    )


def _flat(texts: Iterable[str | list[str]]) -> Iterator[str]:
    """The catalogue lets one list of phrases stand inside another."""
    for text in texts:
        if isinstance(text, str):
            yield text
        else:
            yield from _flat(text)
