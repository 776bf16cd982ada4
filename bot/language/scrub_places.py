"""Takes villages, streets and companies out of a text, by what leads to them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.language.facts import find_facts
from bot.language.scrub_tokens import AFTER_A_CUE, Cut, Token, Tokens
from bot.language.scrub_words import is_plain, is_unknown, is_word, vocabulary

_NAME, _COMPANY, _PLACE = "[nama]", "[perusahaan]", "[tempat]"
_WORDS_OF_A_COMPANY = 6
_WORDS_OF_A_PLACE = 4
_NUMBERED = frozenset(["rt", "rw", "blok", "no", "nomor", "nmr"])
_GLUED = re.compile(r"r[tw]\d+")
_PEOPLE = ("majikan", "bos", "pemberi")


def places(text: str) -> Iterator[Cut]:
    """Villages, streets and quarters, with their numbers."""
    tokens, words = Tokens.of(text), vocabulary()

    def fits(token: Token) -> bool:
        if not is_word(token) or token.low in words.stops | words.place_stops | words.place_cues:
            return False
        return tokens.is_proper(token) or is_unknown(token) or token.low in words.place_words

    place = 0
    while place < len(tokens):
        cue = tokens.every[place]
        after = place + 1
        if cue.low in words.place_cues and not cue.is_mark:
            after = tokens.run(after, fits, _WORDS_OF_A_PLACE, AFTER_A_CUE)
        after = _numbers(tokens, place, after)
        if _GLUED.fullmatch(cue.low):
            yield cue.start, cue.end, _PLACE
        if after > place + 1:
            yield tokens.every[place + 1].start, tokens.every[after - 1].end, _PLACE
        place = after


def _numbers(tokens: Tokens, cue: int, after: int) -> int:
    """Behind "RT 03/RW 05", "blok C no 11" and the like, when the words belong to a place."""
    is_place = after > cue + 1 or tokens.every[cue].low in _NUMBERED - {"no", "nomor", "nmr"}
    while is_place and tokens.joined(after, " ./:,-"):
        token = tokens.every[after]
        before = tokens.every[after - 1].low
        if token.low in _NUMBERED:
            following = tokens.at(after + 1)
            if following is None or not (following.low[0].isdigit() or following.is_initial):
                break
        elif before not in _NUMBERED or not (token.low[0].isdigit() or token.is_initial):
            break
        after += 1
    return after


def companies(text: str) -> Iterator[Cut]:
    """Names after PT and its like, in small letters too."""
    tokens, words = Tokens.of(text), vocabulary()

    def begins(token: Token) -> bool:
        return is_word(token) and token.low not in words.stops and goes_on(token)

    def goes_on(token: Token) -> bool:
        if token.low in words.company_words:
            return True
        is_proper = tokens.is_proper(token) or is_unknown(token)
        return is_word(token) and is_proper and token.low not in words.places

    place = 0
    while place < len(tokens):
        token = tokens.every[place]
        end = place + 1
        if token.low in words.company_cues and not token.is_mark:
            end = tokens.run(place + 1, begins, 1, AFTER_A_CUE)
        if end > place + 1:
            end = tokens.run(end, goes_on, _WORDS_OF_A_COMPANY - 1)
            yield token.start, tokens.every[end - 1].end, _COMPANY
        place = end


def foreign_companies(text: str) -> Iterator[Cut]:
    """Names before Sdn Bhd and its like."""
    tokens, words = Tokens.of(text), vocabulary()
    place = 1
    while place < len(tokens):
        first, end = place, place
        while tokens.joined(end) and tokens.is_any(end, words.company_ends):
            end += 1
        while end > place and place - first < _WORDS_OF_A_COMPANY and tokens.joined(first):
            if not _may_be_named(tokens.at(first - 1)):
                break
            first -= 1
        if first < place:
            yield tokens.every[first].start, tokens.every[end - 1].end, _COMPANY
        place = max(end, place + 1)


def _may_be_named(token: Token | None) -> bool:
    """Whether it may belong to the name before "Sdn Bhd"."""
    if token is None or not is_word(token) or token.low in vocabulary().stops:
        return False
    return token.has_capital or is_unknown(token)


def employers(text: str) -> Iterator[Cut]:
    """Who pays or places, as far as the facts of an offer tell it by name."""
    for fact in find_facts(text):
        if fact.entity not in {"agency", "employer"}:
            continue
        said = Tokens.of(text[fact.start : fact.end])
        named = [
            token
            for token in said.every[1:]
            if token.has_capital and is_word(token) and not is_plain(token.low)
        ]
        if named:
            mark = _NAME if said.every[0].low.startswith(_PEOPLE) else _COMPANY
            yield fact.start + named[0].start, fact.start + named[-1].end, mark
