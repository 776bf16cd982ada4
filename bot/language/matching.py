"""Word patterns an organisation can read and change, looked for in the words of a text.

Notation, one pattern a line, words separated by spaces:

    bayar|setor|transfer    one of these words (short forms, endings such as -nya and the other
                            forms of a verb count too, see families.py)
    uang?                   may be missing
    ~  ~5                   up to two, or up to five, other words of the same sentence, no "tidak"
    <4>                     what stands before and behind may be told in either order, with up to
                            four other words between
    $  #                    an amount of money; any other figure
    %kapal                  one word of the list `kapal` in words.yml
    {tanpa}                 one of the phrases `tanpa` in words.yml

Every word that occurs in a pattern becomes one letter, every other word the same letter, so that
a text is a short string and a pattern a small regular expression. The first word of a pattern must
be a plain one: patterns are kept in an index by it, and only those whose first word stands in the
text are tried, each against the few words that follow. Nothing of what people write is kept.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.language.reading import AMOUNT, NUMBER, Reading, key_of
from bot.language.spelling import normalise

CATALOGUE = Path(__file__).parent / "catalogue"
LONGEST_MATCH = 16
"""Words a match may cover, gaps included."""

NEGATORS = ("tidak", "bukan", "tanpa", "jangan", "belum", "dilarang")
"""Words a gap never jumps over: "kontrak ~ nanti" is not in "kontrak tidak nanti"."""

_OTHER = "."
_FIRST_LETTER = 0x4E00
_PHRASE = re.compile(r"\{(\w+)\}")
_GAP = re.compile(r"~(\d*)")
_EITHER_ORDER = re.compile(r"<(\d+)>")
_MOST_REMEMBERED = 4096

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there


@dataclass(frozen=True)
class Match:
    """Words `start` up to `end` of a reading that fit a pattern of `code`."""

    code: str
    start: int
    end: int


class Patterns:
    """Patterns of many codes, ready to be looked for in a reading."""

    def __init__(self, patterns: Mapping[str, Iterable[str]]) -> None:
        self._letters: dict[str, str] = {}
        self._after_first: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._tried: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {}
        self._no_gap = "".join(map(self._letter, NEGATORS))
        for code, written in patterns.items():
            for line in written:
                for plain_line in _plain_lines(line):
                    self._add(code, plain_line)
        self._first = re.compile(f"[{''.join(sorted(self._after_first))}]")

    @property
    def first_words(self) -> frozenset[str]:
        """The words with which a pattern may begin."""
        return frozenset(
            word for word, letter in self._letters.items() if letter in self._after_first
        )

    def find(self, reading: Reading) -> list[Match]:
        """All matches in the order of the text; one for each place and code, a short one."""
        letters = self._letters
        said = "".join([letters.get(word.stem, _OTHER) for word in reading.words])
        found: list[Match] = []
        remembered: dict[str, list[tuple[str, int]]] = {}
        sentence_at = reading.sentence_at
        for first in self._first.finditer(said):
            at = first.start()
            window = said[at : min(sentence_at(at).end, at + LONGEST_MATCH)]
            lengths = remembered.get(window)
            if lengths is None:
                lengths = list(self._lengths(window))
                if len(remembered) < _MOST_REMEMBERED:
                    remembered[window] = lengths
            if lengths:
                found += [Match(code, at, at + length) for code, length in lengths]
        return found

    def _lengths(self, window: str) -> Iterator[tuple[str, int]]:
        """Each code that fits from the first word on, and how many words it covers."""
        first = window[0]
        tried = self._tried.get(first)
        if tried is None:
            tried = tuple(
                (code, _compiled(tuple(sorted(set(rests), key=lambda rest: (len(rest), rest)))))
                for code, rests in self._after_first[first].items()
            )
            self._tried[first] = tried
        for code, rest in tried:
            match = rest.match(window, 1)
            if match:
                yield code, match.end()

    def _add(self, code: str, line: str) -> None:
        first, *rest = line.split()
        if not _is_plain(first):
            raise ValueError(f"{code}: the first word of {line!r} must be a plain one")
        expression = "".join(map(self._expression, rest))
        for key in _choices(first):
            self._after_first[self._letter(key)][code].append(expression)

    def _expression(self, written: str) -> str:
        gap = _GAP.fullmatch(written)
        if gap:
            return f"[^{self._no_gap}]{{0,{int(gap[1] or 2)}}}?"
        letters = "".join(sorted(map(self._letter, _choices(written.removesuffix("?")))))
        return f"[{letters}]{'??' if written.endswith('?') else ''}"

    def _letter(self, key: str) -> str:
        return self._letters.setdefault(key, chr(_FIRST_LETTER + len(self._letters)))


@cache
def _compiled(rests: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for several, the shorter ones first; many first words share it."""
    return re.compile("|".join(rests))


def _is_plain(written: str) -> bool:
    return not (
        written.endswith("?") or _GAP.fullmatch(written) or _EITHER_ORDER.fullmatch(written)
    )


def _plain_lines(line: str) -> Iterator[str]:
    """The line once for each phrase it names in braces and for each order it allows."""
    named = _PHRASE.search(line)
    if named is not None:
        for phrase in words_data().phrases[named[1]]:
            yield from _plain_lines(f"{line[: named.start()]}{phrase}{line[named.end() :]}")
        return
    either = _EITHER_ORDER.search(line)
    if either is not None:
        one, other = line[: either.start()].strip(), line[either.end() :].strip()
        yield from _plain_lines(f"{one} ~{either[1]} {other}")
        yield from _plain_lines(f"{other} ~{either[1]} {one}")
        return
    yield from _with_words_apart(line.split())


def _with_words_apart(written: Sequence[str]) -> Iterator[str]:
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


def _choices(written: str) -> frozenset[str]:
    return frozenset().union(*map(_keys, written.split("|")))


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
    return frozenset({key_of(plain)})


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
