"""Turns chat spelling into plain lower-case words without losing the way back to the original.

"Tlooong, sy ga bs plg" becomes "tolong, saya tidak bisa pulang". Everything that judges a text
works on the plain words; whatever is shown to a person is cut from the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from bot.language.numbers import with_figures

MESSAGES_AT_HAND = 8
"""Messages whose plain words are kept at hand: several judges read the same one in turn."""

_WORDS_AT_HAND = 8192
"""Words, typed the same by many, whose plain ones are kept at hand."""

LONGEST_RUN = 40
"""Characters without a space after which one is put in: tokenizers are quadratic on such runs."""

_DATA = Path(__file__).parent / "catalogue" / "spelling.yml"
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_ROUND_AND_SQUARE_LETTERS = (range(0x1F150, 0x1F16A), range(0x1F170, 0x1F18A))
_LEET = str.maketrans("013457", "oieast")
# "G to G", where g is no "tidak"; "a.n." before the name of an account; a word whose letters were pulled apart (k.a.m.b.o.j.a); a figure
# with its separators and unit; a word.
_WORD = re.compile(
    r"(?P<kept>(?<![a-z0-9])g[ -]?(?:to|2)[ -]?g(?![a-z0-9]))"
    r"|(?P<holder>(?<![a-z0-9])a[./]n\.?(?![a-z0-9]))"
    r"|(?P<apart>(?<![a-z0-9.])[a-z](?:[.\-_ ][a-z]){3,}(?![a-z0-9]))"
    r"|(?P<number>(?<![a-z0-9])\d+(?:[.,]\d+)*(?P<unit>[a-z]+)?(?![a-z0-9]))"
    r"|(?P<word>[a-z0-9]+)"
)
_FIXED = {"kept": "g2g", "holder": "atas nama"}
_MOST_FLAGS = 500
"""Flags of countries that are read; more of them is a flood, of which each would become a long word."""

_DROPPED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_RUN = re.compile(
    "(?P<plain>[\\t\\n\\x20-\\x7e]+)|(?P<flag>[\U0001f1e6-\U0001f1ff]{1,2})|.", re.DOTALL
)
_CURRENCY_FIRST = re.compile(r"(rp|rm|usd|nt|hkd|sgd|twd|idr)(\d+)")
_TWICE = re.compile(r"([a-z]{2,})2([a-z]*)")
_LEET_INSIDE = re.compile(r"^[a-z]+[013457][a-z](?:[a-z]|[04]$|[013457][a-z])*$")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_ENDINGS = (("nya", 2), ("ny", 3), ("lah", 3), ("kah", 3), ("ku", 3), ("mu", 3), ("pun", 3))


@dataclass(frozen=True)
class Normalised:
    """A text in plain words.

    `offsets[i]` is the index in `original` of the character behind `text[i]`, plus one last
    entry, the length of `original`. All characters of an expanded word point to its start.
    """

    original: str
    text: str
    offsets: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the original of `text[start:end]`, whole words where it was expanded."""
        first = self.offsets[start]
        if end <= start:
            return first, first
        last = self.offsets[end - 1]
        after = end
        while after < len(self.text) and self.offsets[after] == last:
            after += 1
        stop = self.offsets[after]
        while stop > first and not _folded(self.original[stop - 1]):
            stop -= 1
        return first, stop


@dataclass(frozen=True)
class _Spelling:
    """The tables of spelling.yml, turned round: from what is typed to what is meant."""

    words: Mapping[str, str]
    units: Mapping[str, str]
    keep: frozenset[str]
    flags: Mapping[str, str]
    lookalikes: Mapping[str, str]
    prepositions: frozenset[str]
    places: Mapping[str, str]
    """Short forms that name a place right after a preposition, and else stand in `words`."""


@cache
def _spelling() -> _Spelling:
    data: dict[str, Any] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))

    def turned(table: Mapping[Any, Any]) -> dict[str, str]:
        return {form: str(plain) for plain, forms in table.items() for form in str(forms).split()}

    return _Spelling(
        words=MappingProxyType(
            {plain: plain for plain in data["words"]}
            | turned(data["words"])
            | turned(data["phrases"])
        ),
        units=MappingProxyType(turned(data["units"])),
        keep=frozenset(str(data["keep"]).split()),
        flags=MappingProxyType(data["flags"]),
        lookalikes=MappingProxyType(turned(data["lookalikes"])),
        prepositions=frozenset(str(data["after_prepositions"]["prepositions"]).split()),
        places=MappingProxyType(turned(data["after_prepositions"]["places"])),
    )


@lru_cache(maxsize=MESSAGES_AT_HAND)
def normalise(text: str) -> Normalised:
    """The plain words of any text, in time linear to its length; never raises."""
    folded, places = _fold(text)
    to_places = _spelling().places
    pieces: list[str] = []
    offsets: list[int] = []
    done = 0
    before = ""
    for found in _WORD.finditer(folded):
        start, end = found.span()
        word = found.group()
        plain = _plain_word(word) if found.lastgroup == "word" else _plain(found)
        if word in to_places and _leads_to_a_place(before, folded[done:start]):
            plain = to_places[word]
        before = plain
        pieces.append(folded[done:start])
        offsets.extend(places[done:start])
        pieces.append(plain)
        offsets.extend(places[start:end] if plain == word else [places[start]] * len(plain))
        done = end
    pieces.append(folded[done:])
    offsets.extend(places[done:])
    broken, offsets = _break_runs(*with_figures("".join(pieces), offsets))
    return Normalised(text, broken, (*offsets, len(text)))


def _leads_to_a_place(before: str, between: str) -> bool:
    """Whether nothing but spaces stands after a preposition: "ke kl", not "sudah ke, kl bisa"."""
    return between.isspace() and before in _spelling().prepositions


def _fold(text: str) -> tuple[str, list[int]]:
    """Plain small letters and the index in `text` of each; what cannot be seen is left out."""
    if text.isascii() and not _DROPPED.search(text):
        return text.lower(), list(range(len(text)))
    letters: list[str] = []
    places: list[int] = []
    flags = 0
    for run in _RUN.finditer(text):
        index, characters = run.start(), run.group()
        if run.lastgroup == "plain":
            letters.append(characters.lower())
            places.extend(range(index, run.end()))
            continue
        if run.lastgroup == "flag":
            flags += 1
            folded = _flag(characters) if flags <= _MOST_FLAGS else ""
        else:
            folded = _folded(characters)
        letters.append(folded)
        places.extend([index] * len(folded))
    return "".join(letters), places


def _flag(characters: str) -> str:
    """The country of a flag, which is written as two letters; half a flag says nothing."""
    code = "".join(chr(ord("a") + ord(half) - _FLAG_LETTERS.start) for half in characters)
    return f" {_spelling().flags.get(code, '')} " if len(code) > 1 else ""


@cache
def _folded_outside_ascii(character: str) -> str:
    known = _spelling().lookalikes.get(character.lower())
    if known is not None:
        return known
    for letters in _ROUND_AND_SQUARE_LETTERS:
        if ord(character) in letters:
            return chr(ord("a") + ord(character) - letters.start)
    kind = unicodedata.category(character)
    if kind in {"Cf", "Cc", "Mn", "Me"}:
        return "\n" if character == "\x85" else ""
    if kind in {"So", "Sk", "Cs", "Co", "Cn"} or kind.startswith("Z"):
        plain = unicodedata.normalize("NFKD", character)
        if not plain.isascii() or plain.isspace():
            return "\n" if kind in {"Zl", "Zp"} else " "
    return "".join(
        part
        for part in unicodedata.normalize("NFKD", character).lower()
        if unicodedata.category(part) not in {"Mn", "Me", "Cf"}
    )


def _folded(character: str) -> str:
    if character.isascii():
        if character >= " " and character != "\x7f":
            return character.lower()
        return character if character in "\t\n" else "\n" if character == "\r" else ""
    return _folded_outside_ascii(character)


def _plain(found: re.Match[str]) -> str:
    word = found.group()
    kind = found.lastgroup
    if kind in _FIXED:
        return _FIXED[kind]
    if kind == "apart":
        return _plain_word(re.sub(r"[^a-z]", "", word))
    unit = found.group("unit")
    if word not in _spelling().keep:
        if not unit:
            return word
        known = _spelling().units.get(unit)
        if unit == "k":
            known = "ribu"
        if known:
            return f"{word[: -len(unit)]} {known}"
    return _plain_word(word)


@lru_cache(maxsize=_WORDS_AT_HAND)
def _plain_word(word: str) -> str:
    spelling = _spelling()
    if word in spelling.keep or word.isdigit() or len(word) > LONGEST_RUN:
        return word
    if word in spelling.words:
        return spelling.words[word]
    if not word.isalpha():
        currency = _CURRENCY_FIRST.fullmatch(word)
        if currency:
            return f"{spelling.words.get(currency[1], currency[1])} {currency[2]}"
        twice = _TWICE.fullmatch(word)
        if twice:
            stem = _expanded(twice[1])
            return f"{stem} {stem}{twice[2]}"
        word = _without_leet(word)
    if word.startswith("www"):
        return word
    return _expanded(_REPEATED.sub(r"\1", word))


def _expanded(word: str) -> str:
    """The plain word of a short form, with or without an ending: `reknya` -> `rekeningnya`."""
    words = _spelling().words
    if word in words:
        return words[word]
    for stem, ending in _stems(word):
        if stem in words and " " not in words[stem] and words[stem] != "tidak":
            return words[stem] + ("nya" if ending == "ny" else ending)
    return word


def _without_leet(word: str) -> str:
    """`k0ntr4k` -> `kontrak`; a code such as `ab12` or `c1` stays as it is."""
    letters = sum(character.isalpha() for character in word)
    if letters * 2 < len(word) or not _LEET_INSIDE.search(word):
        return word
    return word.translate(_LEET)


def _stems(word: str) -> Iterator[tuple[str, str]]:
    for ending, shortest in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= shortest:
            yield word[: -len(ending)], ending


def _break_runs(text: str, offsets: list[int]) -> tuple[str, list[int]]:
    """Puts a space into every run of more than `LONGEST_RUN` characters without one."""
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    for found in re.finditer(rf"\S{{{LONGEST_RUN}}}(?=\S)", text):
        end = found.end()
        pieces += (text[done:end], " ")
        places.extend(offsets[done:end])
        places.append(offsets[end])
        done = end
    if not done:
        return text, offsets
    pieces.append(text[done:])
    places.extend(offsets[done:])
    return "".join(pieces), places
