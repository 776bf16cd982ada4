"""Word patterns an organisation can read and change, compiled to spaCy matchers.

Notation, one pattern a line, words separated by spaces:

    bayar|setor|transfer    one of these words (short forms and endings such as -nya count too)
    uang?                   may be missing
    ~  ~5                   up to two, or up to five, other words of the same sentence, no "tidak"
    $  #                    an amount of money; any other figure
    %kapal                  one word of the list `kapal` in words.yml
    {tanpa}                 one of the phrases `tanpa` in words.yml

The first word of a pattern must be a plain one: patterns are kept in an index by it, and only
those whose first word stands in the text are tried. Words that occur in no pattern are replaced
by one placeholder before spaCy sees them, so its vocabulary cannot grow with what people write.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.language.reading import AMOUNT, NUMBER, Reading, stem
from bot.language.spelling import normalise

CATALOGUE = Path(__file__).parent / "catalogue"
LONGEST_MATCH = 16
"""Words a match may cover, gaps included."""

NEGATORS = ("tidak", "bukan", "tanpa", "jangan", "belum", "dilarang")
"""Words a gap never jumps over: "kontrak ~ nanti" is not in "kontrak tidak nanti"."""

_OTHER = "_"
_PHRASE = re.compile(r"\{(\w+)\}")
_GAP = re.compile(r"~(\d*)")
_WORDS_IN_ONE_DOC = 1500

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there

TokenPattern = dict[str, Any]


@dataclass(frozen=True)
class Match:
    """Words `start` up to `end` of a reading that fit a pattern of `code`."""

    code: str
    start: int
    end: int


class Patterns:
    """Patterns of many codes, ready to be looked for in a reading."""

    def __init__(self, patterns: Mapping[str, Iterable[str]]) -> None:
        # A bare vocabulary: the words are cut by bot.language.reading, so the rules of
        # spacy.blank("id"), which take a second to load, would never be asked.
        self._vocab = Vocab()
        self._known: set[str] = set()
        self._by_first: dict[str, list[tuple[str, list[TokenPattern]]]] = defaultdict(list)
        self._matchers: dict[str, Matcher] = {}
        for code, lines in patterns.items():
            for line in lines:
                for plain_line in _without_phrases(line):
                    self._add(code, plain_line)

    def find(self, reading: Reading) -> list[Match]:
        """All matches in the order of the text, the shortest for each start and code."""
        found: list[Match] = []
        for doc, first_word in self._docs(reading):
            for offset in range(len(doc)):
                key = doc[offset].text
                if key not in self._by_first:
                    continue
                word = first_word + offset
                end = min(reading.sentence_at(word).end, word + LONGEST_MATCH) - first_word
                found += self._at(doc[offset:end], key, word)
        return found

    def _at(self, span: Any, key: str, word: int) -> Iterator[Match]:
        shortest: dict[str, int] = {}
        for identity, start, end in self._matcher(key)(span):
            if start == 0:
                code = self._vocab.strings[identity]
                shortest[code] = min(end, shortest.get(code, end))
        for code, length in shortest.items():
            yield Match(code, word, word + length)

    def _docs(self, reading: Reading) -> Iterator[tuple[Doc, int]]:
        """The words as spaCy documents of bounded size, cut between sentences where possible."""
        first = 0
        while first < len(reading.words):
            last = min(first + _WORDS_IN_ONE_DOC, len(reading.words))
            if last < len(reading.words):
                sentence = reading.sentence_at(last)
                last = sentence.start if sentence.start > first else last
            keys = [
                word.stem if word.stem in self._known else _OTHER
                for word in reading.words[first:last]
            ]
            yield Doc(self._vocab, words=keys), first
            first = last

    def _matcher(self, key: str) -> Matcher:
        matcher = self._matchers.get(key)
        if matcher is None:
            matcher = Matcher(self._vocab, validate=False)
            by_code: dict[str, list[list[TokenPattern]]] = defaultdict(list)
            for code, pattern in self._by_first[key]:
                by_code[code].append(pattern)
            for code, several in by_code.items():
                matcher.add(code, several)
            self._matchers[key] = matcher
        return matcher

    def _add(self, code: str, line: str) -> None:
        first, *rest = _tokens(line)
        if "ORTH" not in first or "OP" in first:
            raise ValueError(f"{code}: the first word of {line!r} must be a plain one")
        for token in (first, *rest):
            self._known.update(token.get("ORTH", {}).get("IN", ()))
        for word in first["ORTH"]["IN"]:
            self._by_first[word].append((code, [{"ORTH": word}, *rest]))


def _without_phrases(line: str) -> Iterator[str]:
    """The line once for each of the phrases it names in braces."""
    named = _PHRASE.search(line)
    if named is None:
        yield from _with_words_apart(line.split())
        return
    for phrase in words_data().phrases[named[1]]:
        yield from _without_phrases(f"{line[: named.start()]}{phrase}{line[named.end() :]}")


def _with_words_apart(written: list[str]) -> Iterator[str]:
    """The line once more for each choice that is several plain words: `gausah` is "tidak usah"."""
    for index, choices in enumerate(written):
        if choices[0] in "~%$#":
            continue
        plain = {choice: normalise(choice).text for choice in choices.removesuffix("?").split("|")}
        several = [text for text in plain.values() if " " in text]
        if several:
            single = "|".join(choice for choice, text in plain.items() if " " not in text)
            for text in (*several, single):
                if text:
                    yield from _with_words_apart(
                        [*written[:index], *text.split(), *written[index + 1 :]]
                    )
            return
    yield " ".join(written)


def _tokens(line: str) -> list[TokenPattern]:
    tokens: list[TokenPattern] = []
    for written in line.split():
        gap = _GAP.fullmatch(written)
        if gap:
            longest = int(gap[1] or 2)
            tokens.append({"ORTH": {"NOT_IN": list(NEGATORS)}, "OP": f"{{0,{longest}}}"})
            continue
        words = written.removesuffix("?")
        choices = {key for word in words.split("|") for key in _keys(word)}
        token: TokenPattern = {"ORTH": {"IN": sorted(choices)}}
        if written.endswith("?"):
            token["OP"] = "?"
        tokens.append(token)
    return tokens


@cache
def _keys(word: str) -> frozenset[str]:
    """The stems a reading would have for a word of a pattern."""
    if word.startswith("%"):
        return frozenset().union(*map(_keys, words_data().lists[word[1:]]))
    if word in {AMOUNT, NUMBER}:
        return frozenset({word})
    plain = normalise(word).text
    if not plain.isalnum() or plain.isdigit():
        raise ValueError(f"{word!r} is read as {plain!r}: a pattern cannot hold that")
    return frozenset({stem(plain)})


@dataclass(frozen=True)
class WordsData:
    """The shared lists and phrases of words.yml."""

    lists: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, tuple[str, ...]]


@cache
def words_data() -> WordsData:
    """What %name and {name} stand for."""
    data = load("words")
    return WordsData(
        lists={name: tuple(words.split()) for name, words in data["lists"].items()},
        phrases={name: tuple(phrases) for name, phrases in data["phrases"].items()},
    )


def load(name: str) -> dict[str, Any]:
    """One file of the catalogue."""
    text = (CATALOGUE / f"{name}.yml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.load(text, Loader=_LOADER)  # noqa: S506 both loaders are safe
    return data


def lines(block: str) -> tuple[str, ...]:
    """The patterns of a block, one a line."""
    return tuple(line.strip() for line in block.splitlines() if line.strip())
