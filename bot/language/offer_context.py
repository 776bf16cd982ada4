"""Decides whether words that fit a pattern are meant as a fact about the offer.

Four things take a match back: a "not" beside it, a question that asks for it, a warning or a fear,
and a past that is told beside a new offer. Each rule looks at the sentence of the match, except
that a heading which announces warning signs covers the list below it, and that in a copied chat
the asker's lines tell nothing which the other side has not said yes to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from bot.language.chats import Chat
from bot.language.matching import Match, Patterns, lines, load
from bot.language.reading import Reading, Sentence, quotations, stems_of

_WORDS_BEFORE_A_QUESTION = 4
_WORDS_AFTER_A_QUESTION = 2
_WORDS_BEFORE_A_NOT = 7
_WORDS_AFTER_BEFORE_A_NOT = 4
_WORDS_BEFORE_A_QUOTE = 3
_LONGEST_ABOUT_OTHERS = 40
"""Words of a sentence that can be about others as a whole; who dictates makes no full stops."""

_LONGEST_STORY = 4
"""Sentences that a story of the past may have before it comes to the offer."""


@dataclass(frozen=True)
class _Rules:
    negators: frozenset[str]
    between: frozenset[str]
    after_flags: frozenset[str]
    after_between: frozenset[str]
    asking: frozenset[str]
    surely_asking: frozenset[str]
    asked_after: frozenset[str]
    before_not: frozenset[str]
    denied: frozenset[str]
    no_matter: frozenset[str]
    tells_a_question: frozenset[str]
    short_question: int
    reassured: frozenset[str]
    telling: frozenset[str]
    general_first: frozenset[str]
    general_last: frozenset[str]
    longest_general: int
    patterns: Patterns


@cache
def _rules() -> _Rules:
    data = load("offer_context")
    after, questions = data["after"], data["questions"]
    return _Rules(
        negators=stems_of(data["negators"]),
        between=stems_of(data["between"]),
        after_flags=frozenset(after["flags"].split()),
        after_between=stems_of(after["between"]),
        asking=frozenset(questions["before"].split()),
        surely_asking=frozenset(questions["sure"].split()),
        asked_after=stems_of(questions["after"]),
        before_not=stems_of(questions["before_tidak"]),
        denied=stems_of(questions["denied"]),
        no_matter=stems_of(questions["no_matter"]),
        tells_a_question=frozenset(questions["told"].split()),
        short_question=int(questions["short"]),
        reassured=stems_of(questions["reassured"]),
        telling=stems_of(questions["telling"]),
        general_first=stems_of(questions["general"]["first"]),
        general_last=stems_of(questions["general"]["last"]),
        longest_general=int(questions["general"]["longest"]),
        patterns=Patterns(
            {
                "undone": lines(after["phrases"]),
                "warning": lines(data["warnings"]),
                "false": lines(data["said_to_be_false"]),
                "past": lines(data["past"]),
                "hearsay": lines(data["hearsay"]),
                "now": lines(data["now"]),
                "same": lines(data["same"]),
            }
        ),
    )


class Context:
    """What the sentences of one reading do to the matches in them."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._rules = _rules()
        self._chat = Chat(reading)
        found: dict[str, list[Match]] = {}
        for match in self._rules.patterns.find(reading):
            found.setdefault(match.code, []).append(match)
        self._undone = {match.start for match in found.get("undone", ())}
        self._warned_from = self._warnings(found.get("warning", []))
        self._false = self._sentences(found.get("false", []))
        self._past = self._told_as_past(found)
        self._general = self._is_general_question()
        self._quotes = quotations(reading)

    def is_fact(self, match: Match) -> bool:
        """Whether the words are told as something that is so."""
        return not (self.is_negated(match) or self._is_asked(match) or self.is_about_others(match))

    def is_about_others(self, match: Match) -> bool:
        """Whether it is a warning, called a lie, or what happened before to somebody."""
        return self._is_warned(match) or self._reading.sentence_number(match.start) in self._past

    def is_negated(self, match: Match) -> bool:
        """Whether a "not" reaches the match: "tidak pernah diminta bayar di muka"."""
        words = self._reading.words
        sentence = self._reading.sentence_at(match.start)
        if match.code in self._rules.after_flags and self._is_undone_after(match, sentence):
            return True
        quoted_from = self._quotes.get(match.start)
        if quoted_from is not None and self._reaches_quote(quoted_from, sentence):
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

    def _reaches_quote(self, first: int, sentence: Sentence) -> bool:
        """Whether a "not" stands before the quotation: 'tidak ada istilah "visa nyusul"'."""
        words = self._reading.words
        for at in range(first - 1, max(sentence.start, first - _WORDS_BEFORE_A_QUOTE) - 1, -1):
            if words[at].stem in self._rules.negators:
                return True
            if words[at].stem not in self._rules.between:
                return False
        return False

    def _is_undone_after(self, match: Match, sentence: Sentence) -> bool:
        """Whether "tidak ada" or the like follows: "potongan gaji sudah tidak ada"."""
        words = self._reading.words
        for at in range(match.end, min(sentence.end, match.end + _WORDS_AFTER_BEFORE_A_NOT)):
            if words[at].after_pause:
                return False
            if at in self._undone:
                return True
            if words[at].stem not in self._rules.after_between:
                return False
        return False

    def _is_asked(self, match: Match) -> bool:
        """Whether the person asks for it: "apakah harus bayar dulu?", "bayar dulu tidak ya?"."""
        number = self._reading.sentence_number(match.start)
        if self._chat.is_askers(number):
            return not self._chat.is_confirmed(number)
        if self._general or self._is_denied(number):
            return True
        return not self._is_reassured(number) and self._sounds_asked(match)

    def _sounds_asked(self, match: Match) -> bool:
        """Whether the words around the match are those of a question."""
        words, rules = self._reading.words, self._rules
        sentence = self._reading.sentence_at(match.start)
        first = max(sentence.start, match.start - _WORDS_BEFORE_A_QUESTION)
        before = {word.text for word in words[first : match.start + 1]}
        if before & rules.surely_asking:
            return True
        end = min(sentence.end, match.end + _WORDS_AFTER_A_QUESTION + 2)
        rest = [word.stem for word in words[match.end : end]]
        if rest and words[match.end].after_pause:
            rest = []  # "pakai visa turis, boleh tidak?" tells first and asks then
        if rest and rest[0] in rules.before_not:
            rest = rest[1:]
        short = len(rest) <= _WORDS_AFTER_A_QUESTION
        if "?" not in sentence.mark:
            return rest[:1] == ["tidak"] and short
        asked_after = bool(rest) and rest[0] in rules.asked_after and short
        return (
            asked_after
            or bool(before & (rules.asking | rules.tells_a_question))
            or sentence.end - sentence.start <= rules.short_question
        )

    def _is_denied(self, number: int) -> bool:
        """Whether a question is answered with no at once: "Gaji dipotong? Tidak."."""
        answer = self._answer(number)
        return (
            bool(answer)
            and answer[0] in self._rules.denied
            and self._rules.no_matter.isdisjoint(answer[1:2])
        )

    def _answer(self, number: int) -> list[str]:
        """The first words behind a sentence that is a question."""
        sentences = self._reading.sentences
        if "?" not in sentences[number].mark or number + 1 >= len(sentences):
            return []
        after = sentences[number + 1]
        return [word.stem for word in self._reading.words[after.start : after.end][:2]]

    def _is_reassured(self, number: int) -> bool:
        """Whether an advertisement asks and takes the doubt away: "Belum punya paspor? Tenang"."""
        stems = set(self._answer(number))
        return stems.isdisjoint(self._rules.negators) and not stems.isdisjoint(
            self._rules.reassured
        )

    def _is_general_question(self) -> bool:
        """Whether the text is one short question in which nobody is told to have said anything."""
        reading, rules = self._reading, self._rules
        if len(reading.sentences) != 1 or len(reading.words) > rules.longest_general:
            return False
        stems = [word.stem for word in reading.words]
        asks = (
            "?" in reading.sentences[0].mark
            or stems[0] in rules.general_first
            or stems[-1] in rules.general_last
        )
        return asks and rules.telling.isdisjoint(stems)

    def _is_warned(self, match: Match) -> bool:
        number = self._reading.sentence_number(match.start)
        start = self._warned_from.get(number)
        return number in self._false or (start is not None and match.start >= start)

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

    def _told_as_past(self, found: dict[str, list[Match]]) -> frozenset[int]:
        """Sentences about what was before or about others, where the text goes on to a new offer.

        A story of the past goes on until the sentence that leads to the offer.
        """
        if not found.get("now") or found.get("same"):
            return frozenset()
        now = {self._reading.sentence_number(match.start) for match in found["now"]}
        past = self._sentences(found.get("past", []))
        told = set(past | self._sentences(found.get("hearsay", [])))
        for number in past:
            later = next((at for at in sorted(now) if at > number), number)
            if later - number <= _LONGEST_STORY:
                told.update(range(number, later))
        return frozenset(told)

    def _sentences(self, found: list[Match]) -> frozenset[int]:
        """The numbers of the sentences that hold a match and are short enough to be about it."""
        numbers = {self._reading.sentence_number(match.start) for match in found}
        return frozenset(
            number
            for number in numbers
            if (sentence := self._reading.sentences[number]).end - sentence.start
            <= _LONGEST_ABOUT_OTHERS
        )


def _continues(above: Sentence, sentence: Sentence) -> bool:
    """Whether a sentence is an item of the list that the one above opens or belongs to."""
    return sentence.bullet and (above.heading or above.bullet or "?" in above.mark)
