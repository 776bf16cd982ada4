"""Cuts a text into sentences, words and amounts for the pattern rules.

A `Reading` holds words of the plain spelling, each with its place in the original. Endings such
as -nya are taken off, amounts of money become one word, and sentence ends are known, so that a
pattern never reaches from one sentence into the next.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

from bot.language.families import family, other_meanings
from bot.language.numbers import small_numbers
from bot.language.spelling import Normalised, normalise

AMOUNT = "$"
"""Stands in patterns for an amount of money."""
NOTHING = "nol"
"""Stem of an amount of nothing: who says "biaya 0 rupiah" asks for no money."""
NUMBER = "#"
"""Stands in patterns for any other figure, or for a small number in words."""

_CURRENCIES = (
    r"rp|idr|nt\$|ntd|nt|twd|hongkong\$|hkd|us\$|usd|s\$|sgd|bnd|ringgit|sar|riyal|real|aed|dirham|"
    r"yen|jpy|won|krw|euro|eur|gbp|baht|thb|dolar|dollars?|pounds?|dinar|"
    r"cad|aud|nzd|qar|kwd|omr|bhd|php|pesos?|pln|zloty|chf|rmb|yuan|usdt|[$¥£€₩]"
)
_ABBREVIATED = "|".join(
    f"(?<=\\b{short})"
    for short in [
        "pt",
        "cv",
        "jl",
        "jln",
        "no",
        "kab",
        "kec",
        "rp",
        "hj",
        "dr",
        "ms",
        "mr",
        "min",
        "max",
        "maks",
        "tgl",
    ]
)
_TO = r"(?:-|\u2013|sampai|s/d|hingga)"
_FIGURE = r"\d+(?:[.,]\d+)*"
_TOKEN = re.compile(
    rf"(?P<amount>"
    rf"(?<![a-z0-9])(?:{_CURRENCIES})\.? ?{_FIGURE}(?: ?{_TO} ?(?:(?:{_CURRENCIES})\.? ?)?{_FIGURE})?"
    rf"(?: ?(?:juta|ribu|miliar)\b)?(?: ?(?:rupiah|ringgit|dolar|yen|baht|won)\b)?"
    rf"|{_FIGURE}(?: ?(?:juta|ribu))?(?: ?{_TO} ?{_FIGURE})? ?"
    rf"(?:juta|ribu|miliar|rupiah|{_CURRENCIES})(?![a-z0-9])(?: ?(?:rupiah|ringgit|dolar|yen|baht|won|usd|sar)\b)?"
    rf"|\d{{1,3}}(?:[.,]000){{2,}}(?: ?{_TO} ?\d{{1,3}}(?:[.,]000){{2,}})?"
    rf")"
    rf"|(?P<number>{_FIGURE})"
    rf"|(?P<word>[a-z][a-z0-9]*)"
    rf"|(?P<short>(?:{_ABBREVIATED})\.)"
    rf"|(?P<end>[!?;\n•|…]+|\.+(?=[\s.!?]|$))"
    rf"|(?P<pause>[,:()\[\]\"“”])"
)
_SOME = frozenset({"beberapa", "setengah"})
_ENDINGS = (
    ("nya", 3),
    ("ne", 4),
    ("na", 4),
    ("lah", 4),
    ("kah", 4),
    ("ku", 4),
    ("mu", 4),
    ("pun", 4),
)
_EVERY_ENDING = tuple(ending for ending, _ in _ENDINGS)
LABEL = re.compile(
    r"^[ \t~>*\-\u2013\u2014\[]*(?P<time>\d{1,2}[.:]\d{2}(?:[.:]\d{2})?[\]\s,\-\u2013]*)?"
    r"(?P<who>[a-z][\w .,()/&'-]{0,48}?) ?:",
    re.MULTILINE,
)
"""A line of a copied chat up to its speaker: "[08:12] Pak Jun:"."""
_QUOTE = re.compile('["\u201c\u201d]')
_LONGEST_QUOTATION = 40
_WORDS_AT_HAND = 8192
"""Words whose stems are kept at hand: people write few and the same ones."""

_HAS_VALUE = re.compile(r"[1-9]")
_BULLET = re.compile(r"[ \t]*(?:[-*>•✓]|\d{1,2}[.)])[ \t]*")


class Word(NamedTuple):
    """One word, figure or amount; `start` and `end` count characters of the plain text."""

    text: str
    stem: str
    start: int
    end: int
    after_pause: bool


@dataclass(frozen=True)
class Sentence:
    """Words from `start` up to `end` (exclusive); `mark` is the punctuation that closes it."""

    start: int
    end: int
    mark: str
    bullet: bool
    heading: bool


@dataclass(frozen=True)
class Reading:
    """A text cut into words and sentences."""

    plain: Normalised
    words: tuple[Word, ...]
    sentences: tuple[Sentence, ...]
    _sentence_of: tuple[int, ...] = field(repr=False)

    def sentence_at(self, word: int) -> Sentence:
        """The sentence that holds the word with this index."""
        return self.sentences[self._sentence_of[word]]

    def sentence_number(self, word: int) -> int:
        """Which sentence, counted from 0, holds the word with this index."""
        return self._sentence_of[word]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the original text of the words from `start` up to `end`."""
        return self.plain.original_span(self.words[start].start, self.words[end - 1].end)

    def quote(self, start: int, end: int) -> str:
        """The exact words of the original text."""
        first, last = self.span(start, end)
        return self.plain.original[first:last]

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each word starts in the plain text."""
        return tuple(word.start for word in self.words)

    @cached_property
    def stems(self) -> frozenset[str]:
        """All stems of the text: a pattern whose first word is not here cannot match."""
        return frozenset(word.stem for word in self.words)


def stem(word: str) -> str:
    """The word without -nya (Javanese -ne, Sundanese -na), -lah, -kah, -ku, -mu, -pun; short words stay whole."""
    if not word.endswith(_EVERY_ENDING):
        return word
    for ending, shortest in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= shortest:
            return word[: -len(ending)]
    return word


def key_of(word: str) -> str:
    """The stem of a plain word as a reading has it: NUMBER for a small number, else its family."""
    if word in small_numbers() or word in _SOME:
        return NUMBER
    return family(stem(word))


def stems_of(words: str) -> frozenset[str]:
    """The stems of words separated by spaces, as a reading has them."""
    return frozenset(map(key_of, normalise(words).text.split()))


def read(text: str) -> Reading:
    """Cuts any text, in time linear to its length."""
    plain = normalise(text)
    words: list[Word] = []
    sentences: list[Sentence] = []
    sentence_of: list[int] = []
    first, line_start, pause = 0, 0, False

    def close(mark: str, place: int) -> None:
        nonlocal first
        if len(words) > first:
            bullet = _is_bullet(plain, line_start)
            before = plain.text[words[-1].end : place].strip()
            sentences.append(Sentence(first, len(words), mark, bullet, before.endswith(":")))
            sentence_of.extend([len(sentences) - 1] * (len(words) - first))
            first = len(words)

    labels = _label_ends(plain.text)
    for found in _TOKEN.finditer(plain.text):
        kind = "end" if found.start() in labels else found.lastgroup
        if kind == "end" and found.group() == "?" and len(words) - first == 1:
            pause = True  # "Kontrak? Tidak ada." is one statement
        elif kind == "end":
            close(found.group(), found.start())
            line_start, pause = found.end(), False
        elif kind == "pause":
            pause = True
        elif kind == "short":
            continue
        else:
            typed = found.group()
            word = Word(typed, _stem_of(typed, kind or "word"), found.start(), found.end(), pause)
            if len(words) > first:
                _settle(plain, words, word)
            words.append(word)
            pause = False
    close("", len(plain.text))
    return Reading(plain, tuple(words), tuple(sentences), tuple(sentence_of))


def _is_bullet(plain: Normalised, place: int) -> bool:
    """Whether a line begins with a dash, a number or a symbol such as a tick or a cross."""
    if _BULLET.match(plain.text, place):
        return True
    typed = plain.original[plain.offsets[place] : plain.offsets[place] + 4].lstrip()
    return (
        typed[:1] > "\u2000" and not typed[:1].isalnum() and typed[:1] not in "\u201c\u2018\u2026"
    )


def _label_ends(text: str) -> frozenset[int]:
    """The colons behind the speakers of a copied chat: the name is no part of what is said.

    A speaker has a time before the name, or speaks more than once.
    """
    found = list(LABEL.finditer(text))
    often = {who for who, times in Counter(each["who"] for each in found).items() if times > 1}
    return frozenset(each.end() - 1 for each in found if each["time"] or each["who"] in often)


@lru_cache(maxsize=_WORDS_AT_HAND)
def _stem_of(text: str, kind: str) -> str:
    if kind == "amount":
        return AMOUNT if _HAS_VALUE.search(text) else NOTHING
    if text == "0":
        return NOTHING
    return NUMBER if kind == "number" else key_of(text)


def _settle(plain: Normalised, words: list[Word], word: Word) -> None:
    """Reads the last word anew where the one behind it gives it another meaning."""
    last = words[-1]
    if last.text not in _settled_later():
        return
    other = other_meanings().get(_typed(plain, last))
    if other is None or _typed(plain, word) not in other.next:
        return
    words.pop()
    if other.means is not None:
        words.append(last._replace(text=other.means, stem=other.means))


@cache
def _settled_later() -> frozenset[str]:
    """The words of `other_meanings` in plain spelling."""
    return frozenset(normalise(word).text for word in other_meanings())


def _typed(plain: Normalised, word: Word) -> str:
    start, end = plain.original_span(word.start, word.end)
    return plain.original[start:end].lower()


def quotations(reading: Reading) -> dict[int, int]:
    """For each word inside quotation marks, the first word of the quotation."""
    marks = [found.start() for found in _QUOTE.finditer(reading.plain.text)]
    inside: dict[int, int] = {}
    for opens, closes in zip(marks[::2], marks[1::2], strict=False):
        first = bisect_left(reading.starts, opens)
        last = bisect_left(reading.starts, closes)
        if last - first <= _LONGEST_QUOTATION:
            inside.update(dict.fromkeys(range(first, last), first))
    return inside
