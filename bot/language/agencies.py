"""Which placement company a message names, and which licence number, as people write them.

Whether such a company is in a list is no matter of language: see bot.domain.agencies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from bot.language.licences import find_licences, licence_alone
from bot.language.matching import load
from bot.language.scrub_tokens import AFTER_A_CUE, Token, Tokens
from bot.language.scrub_words import is_given, is_plain, is_unknown, is_word, vocabulary

LONGEST_NAME = 7
"""Words of a name without its mark."""
LONGEST_ANSWER = 8
"""Words of an answer that may be nothing but a name."""

_SHORTEST_NAME = 4
"""Letters of an answer that may be a name without PT: "hmm" is none."""
_WORDS_WITHOUT_A_MARK = 2
_FILLERS = 3
_NO_SHORT_FORMS = frozenset({"LPK", "P3MI", "YAYASAN", "KOPERASI", "FIRMA", "PJTKI", "PPTKIS"})
"""Marks behind which a full stop ends a sentence."""
_LOUD_SHARE = 0.85
"""Where so many words begin with a capital, capitals tell nothing; "Mohon status PT Sinar Laut" is not so."""
_MARK = r"(?P<mark>{})(?:nya|ne|na|e)?"


@dataclass(frozen=True)
class AgencyNamed:
    """What a message tells of one company.

    `names` are readings of its name with the mark (PT, CV, LPK), the fullest first: in small
    letters nothing says where a name ends. `licence` is the number as written. Either may be
    empty, not both.
    """

    names: tuple[str, ...] = ()
    licence: str = ""


def find_agencies(text: str, *, bare: bool = False) -> tuple[AgencyNamed, ...]:
    """The companies that a text names, in its order; a licence number belongs to the nearest.

    With `bare` names count that stand without PT or its like: the text is a question about one.
    """
    tokens = _tokens(text)
    named = list(_marked(tokens)) or list(_called(tokens))
    if bare and not named:
        named = list(_without_mark(tokens))
    found = [AgencyNamed(names) for names, _ in named]
    for number, place in find_licences(text):
        if not named:
            found.append(AgencyNamed(licence=number))
            continue
        nearest = min(range(len(named)), key=lambda each: abs(named[each][1] - place))
        if not found[nearest].licence:
            found[nearest] = AgencyNamed(found[nearest].names, number)
    return tuple(found)


def agency_in_answer(text: str) -> AgencyNamed | None:
    """What the answer to "which company?" names; a few words are a name as they stand."""
    alone = licence_alone(text)
    if alone:
        return AgencyNamed(licence=alone)
    found = find_agencies(text)
    if found and found[0].names:
        return found[0]
    licence = found[0].licence if found else ""
    before = next((place for _, place in find_licences(text)), len(text))
    guessed = [name for each in find_agencies(text, bare=True) for name in each.names]
    whole = _without_edges(text[:before])
    if len(whole) >= _SHORTEST_NAME and len(whole.split()) <= LONGEST_ANSWER:
        guessed.insert(0, whole)
    named = AgencyNamed(tuple(dict.fromkeys(guessed)), licence)
    return named if named.names or named.licence else None


def _without_edges(text: str) -> str:
    """The words of an answer without those around a name: "namanya Maju Jaya kak"."""
    around = _words().fillers | _words().ends | vocabulary().stops | vocabulary().titles
    words = [token for token in Tokens.of(text).every if is_word(token)]
    while words and words[0].low in around:
        words = words[1:]
    while words and words[-1].low in around:
        words = words[:-1]
    return " ".join(token.text for token in words)


def _tokens(text: str) -> Tokens:
    tokens = Tokens.of(text)
    words = [token for token in tokens.every if is_word(token)]
    capitals = sum(token.has_capital for token in words)
    return replace(tokens, loud=capitals > _LOUD_SHARE * len(words))


@dataclass(frozen=True)
class _Words:
    marks: frozenset[str]
    weak_marks: frozenset[str]
    fillers: frozenset[str]
    name_cues: frozenset[str]
    ends: frozenset[str]


@cache
def _words() -> _Words:
    lists = {name: frozenset(str(words).split()) for name, words in load("agencies").items()}
    return _Words(**lists)


@cache
def _mark_pattern() -> re.Pattern[str]:
    return re.compile(_MARK.format("|".join(_words().marks)))


_Found = tuple[tuple[str, ...], int]
"""Readings of a name, and where in the text it stands."""


def _marked(tokens: Tokens) -> Iterator[_Found]:
    """Names right behind PT and its like."""
    place = 0
    while place < len(tokens):
        mark, first = _mark(tokens, place)
        ends = _ends(tokens, first, is_weak=mark == "") if mark is not None else ()
        if ends:
            yield _readings(tokens, mark or "", first, ends)
        place = max(ends, default=place + 1)


def _mark(tokens: Tokens, place: int) -> tuple[str | None, int]:
    """The mark at a place, empty for a weak one, and where a name would begin."""
    token, words = tokens.every[place], _words()
    first, mark = place + 1, None
    if token.low == "p" and tokens.is_any(first, frozenset("t")) and tokens.every[first].gap == ".":
        first, mark = place + 2, "PT"
    elif (found := _mark_pattern().fullmatch(token.low)) is not None:
        mark = found["mark"].upper()
    elif token.low in words.weak_marks:
        mark = ""
    for _ in range(_FILLERS):
        if mark is None or not tokens.is_any(first, words.fillers):
            break
        if not tokens.joined(first, AFTER_A_CUE):
            break
        first += 1
    if mark in _NO_SHORT_FORMS and tokens.at(first) and "." in tokens.every[first].gap:
        return None, first
    return mark, first


def _called(tokens: Tokens) -> Iterator[_Found]:
    """A name behind "namanya", where a company was spoken of before."""
    words = _words()
    is_spoken_of, mark = False, ""
    for place, token in enumerate(tokens.every):
        if token.low in words.marks | words.weak_marks:
            is_spoken_of, mark = True, token.text.upper() if token.low in words.marks else ""
        elif is_spoken_of and token.low in words.name_cues:
            ends = _ends(tokens, place + 1)
            if ends:
                yield _readings(tokens, mark, place + 1, ends)
                return


def _without_mark(tokens: Tokens) -> Iterator[_Found]:
    """A run of words with one among them that companies are called by."""
    known = vocabulary()
    place = 0
    while place < len(tokens):
        before = tokens.at(place - 1)
        of_a_person = before is not None and before.low in known.titles | known.kin
        ends = () if of_a_person or is_given(tokens.every[place]) else _ends(tokens, place)
        length = max(ends, default=place) - place
        if _is_a_company(tokens, place, place + length):
            yield _readings(tokens, "", place, ends)
            return
        place = max(ends, default=place + 1)


def _ends(tokens: Tokens, first: int, *, is_weak: bool = False) -> tuple[int, ...]:
    """Behind which tokens a name that begins at `first` may end; empty when none begins there.

    Known words and places may stand inside a name, and a place at its end.
    """
    ends: list[int] = []
    place = first
    while place < len(tokens) and place - first < LONGEST_NAME:
        between = AFTER_A_CUE if place == first else " -_'.&"
        token = tokens.every[place]
        if not tokens.joined(place, between) or not _may_stand(tokens, token):
            break
        if _is_of_a_name(tokens, token, begins=place == first):
            ends.append(place + 1)
        elif tokens.is_proper(token) or token.low in vocabulary().places:
            ends += [place + 1] if ends else []
        elif not ends and not (place == first and _leads_to_a_company(tokens, place + 1)):
            break
        place += 1
    shows_it = _is_a_company if is_weak else _is_said_as_a_name
    return tuple(ends) if ends and shows_it(tokens, first, max(ends)) else ()


def _is_a_company(tokens: Tokens, first: int, end: int) -> bool:
    """Whether these words name a company even without PT: one of them is typical."""
    words = vocabulary().company_words
    named = tokens.every[first:end]
    return len(named) >= _WORDS_WITHOUT_A_MARK and any(token.low in words for token in named)


def _is_said_as_a_name(tokens: Tokens, first: int, end: int) -> bool:
    """Whether a capital or a word of companies shows it; unknown words alone may be dialect.

    One word that everybody knows ("PT Indonesia", "PT. Gaji") says too little.
    """
    known = vocabulary()
    words = known.company_words | known.place_words
    if end - first == 1 and is_plain(tokens.every[first].low):
        return False
    return tokens.every[first].is_abbreviation or any(
        token.low in words or tokens.is_proper(token) for token in tokens.every[first:end]
    )


def _leads_to_a_company(tokens: Tokens, place: int) -> bool:
    """Whether one of the next words is typical of companies: "pt kenari jaya"."""
    end = tokens.run(place, lambda token: _may_stand(tokens, token), 2)
    return any(tokens.is_any(each, vocabulary().company_words) for each in range(place, end))


def _may_stand(tokens: Tokens, token: Token) -> bool:
    """Whether it can be part of a name; "Kita" in "LPK Harapan Kita" is, "kita" is not."""
    words = _words()
    if token.is_mark or not is_word(token) or token.low in words.ends | words.marks:
        return False
    return tokens.is_proper(token) or token.low not in vocabulary().stops


def _is_of_a_name(tokens: Tokens, token: Token, *, begins: bool) -> bool:
    """Whether this word says by itself that it belongs to the name of a company."""
    known = vocabulary()
    if token.low in known.company_words or token.low in known.place_words:
        return True
    if token.low in known.places:
        return False
    if begins and token.is_abbreviation and len(token.text) > 1:
        return True
    return tokens.is_proper(token) or is_unknown(token) or (is_given(token) and not begins)


def _readings(tokens: Tokens, mark: str, first: int, ends: tuple[int, ...]) -> _Found:
    """The longest reading, then those that leave off what may not belong to the name."""
    readings: list[str] = []
    for end in sorted(ends, reverse=True):
        is_short = end - first < _WORDS_WITHOUT_A_MARK
        if readings and (is_short or not _is_doubtful(tokens, end)):
            continue
        said = " ".join(token.text for token in tokens.every[first:end])
        readings.append(f"{mark} {said}".strip())
    return tuple(readings), tokens.every[first].start


def _is_doubtful(tokens: Tokens, end: int) -> bool:
    """Whether what follows may be no part of the name any more: a known word or a place."""
    following = tokens.every[end]
    known = vocabulary()
    if following.low in known.places:
        return True
    is_sure = following.low in known.company_words or tokens.is_proper(following)
    return not is_sure and is_plain(following.low)
