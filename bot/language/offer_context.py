"""Decides whether words that fit a pattern are meant as a fact about the offer.

Three things take a match back: a "not" before it, a question that asks for it, and a warning
against it. Each rule looks only at the sentence of the match, except that a heading which
announces warning signs covers the list below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from bot.language.matching import Match, Patterns, lines, load
from bot.language.reading import Reading, Sentence

_WORDS_BEFORE_A_QUESTION = 4
_WORDS_AFTER_A_QUESTION = 2
_WORDS_BEFORE_A_NOT = 7


@dataclass(frozen=True)
class _Rules:
    negators: frozenset[str]
    between: frozenset[str]
    after_flags: frozenset[str]
    asking: frozenset[str]
    surely_asking: frozenset[str]
    asked_after: frozenset[str]
    before_not: frozenset[str]
    patterns: Patterns


@cache
def _rules() -> _Rules:
    data = load("offer_context")

    def words(text: str) -> frozenset[str]:
        return frozenset(text.split())

    return _Rules(
        negators=words(data["negators"]),
        between=words(data["between"]),
        after_flags=words(data["after"]["flags"]),
        asking=words(data["questions"]["before"]),
        surely_asking=words(data["questions"]["sure"]),
        asked_after=words(data["questions"]["after"]),
        before_not=words(data["questions"]["before_tidak"]),
        patterns=Patterns(
            {"warning": lines(data["warnings"]), "undone": lines(data["after"]["phrases"])}
        ),
    )


class Context:
    """What the sentences of one reading do to the matches in them."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._rules = _rules()
        found = self._rules.patterns.find(reading)
        self._undone = {match.start for match in found if match.code == "undone"}
        self._warned_from = self._warnings([match for match in found if match.code == "warning"])

    def is_fact(self, match: Match) -> bool:
        """Whether the words are told as something that is so."""
        return not (self.is_negated(match) or self._is_asked(match) or self._is_warned(match))

    def is_negated(self, match: Match) -> bool:
        """Whether a "not" reaches the match: "tidak pernah diminta bayar di muka"."""
        words = self._reading.words
        sentence = self._reading.sentence_at(match.start)
        if match.code in self._rules.after_flags and (
            match.end in self._undone
            or (match.end + 1 in self._undone and match.end + 1 < sentence.end)
        ):
            return True
        at = match.start
        farthest = max(sentence.start, match.start - _WORDS_BEFORE_A_NOT)
        while at > farthest and not words[at].after_pause:
            at -= 1
            if words[at].stem in self._rules.negators:
                return True
            if words[at].stem not in self._rules.between:
                return False
        return False

    def _is_asked(self, match: Match) -> bool:
        """Whether the person asks for it: "apakah harus bayar dulu?", "bayar dulu tidak ya?"."""
        words = self._reading.words
        sentence = self._reading.sentence_at(match.start)
        first = max(sentence.start, match.start - _WORDS_BEFORE_A_QUESTION)
        before = {word.text for word in words[first : match.start + 1]}
        if before & self._rules.surely_asking:
            return True
        rest = [word.stem for word in words[match.end : sentence.end]]
        if rest and words[match.end].after_pause:
            rest = []  # "pakai visa turis, boleh tidak?" tells first and asks then
        if rest and rest[0] in self._rules.before_not:
            rest = rest[1:]
        short = len(rest) <= _WORDS_AFTER_A_QUESTION
        if "?" not in sentence.mark:
            return rest[:1] == ["tidak"] and short
        asked_after = bool(rest) and rest[0] in self._rules.asked_after and short
        return asked_after or bool(before & self._rules.asking)

    def _is_warned(self, match: Match) -> bool:
        number = self._reading.sentence_number(match.start)
        start = self._warned_from.get(number)
        return start is not None and match.start >= start

    def _warnings(self, found: list[Match]) -> dict[int, int]:
        """For each sentence that warns, the word from which it does."""
        reading = self._reading
        warned: dict[int, int] = {}
        for match in found:
            number = reading.sentence_number(match.start)
            warned[number] = min(match.start, warned.get(number, match.start))
        for number, sentence in enumerate(reading.sentences):
            above = reading.sentences[number - 1] if number else None
            if above and (number - 1) in warned and _continues(above, sentence):
                warned.setdefault(number, sentence.start)
        return warned


def _continues(above: Sentence, sentence: Sentence) -> bool:
    """Whether a sentence is an item of the list that the one above opens or belongs to."""
    return sentence.bullet and (above.heading or above.bullet)
