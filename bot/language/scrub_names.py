"""Takes names of people out of a text: what leads to one, what many are called, what else is unknown.

A rule takes a word too many rather than a name too few: whoever reads the result must not
learn of whom it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.language.scrub_tokens import AFTER_A_CUE, Cut, Token, Tokens
from bot.language.scrub_words import is_given, is_plain, is_unknown, is_word, vocabulary

_NAME, _NUMBER = "[nama]", "[nomor]"
_WORDS_OF_A_NAME = 4
_SMALL_PARTS = frozenset(["bin", "binti", "bt", "al", "el", "de", "da", "van"])
_BIN = frozenset(["bin", "binti", "bt"])
_MYSELF = frozenset(["saya", "sy", "aku", "ini", "dengan"])
_AFTER_MYSELF = frozenset(["dari", "asal", "umur", "usia", "warga", "alamat", "tinggal"])
_BARE_CUES = frozenset(["nama", "nm", "namo", "name", "panggil", "panggilan", "aran"])


def names(text: str) -> Iterator[Cut]:
    """People: after words that lead to a name, names that many have, and capitals of no known word."""
    tokens = Tokens.of(text)
    place = 0
    while place < len(tokens):
        for rule in _RULES:
            found = rule(tokens, place)
            if found is not None:
                first, end = found
                yield tokens.every[first].start, tokens.every[end - 1].end, _NAME
                place = end
                break
        else:
            place += 1


Found = tuple[int, int] | None
"""Tokens `start` up to `end` that are a name."""


def _after_cue(tokens: Tokens, place: int) -> Found:
    """After words that lead to a name: "namanya siti", "a.n. Siti", "nama lengkap saya siti"."""
    words, token = vocabulary(), tokens.every[place]
    first = place + 1
    if _is_holder(tokens, place):
        first = place + 2
    elif token.is_mark or token.low not in words.name_cues:
        return None
    cue = first
    while first - cue < 4 and _leads_on(tokens, first):
        first += 1
    following = tokens.at(first)
    if following is None or not tokens.joined(first, AFTER_A_CUE):
        return None
    if not is_word(following) or following.low in words.stops:
        return None
    is_bare = first == cue and token.low in _BARE_CUES and following.gap == " "
    if is_bare and is_plain(following.low) and not _is_called(tokens, following):
        return None
    return first, _more(tokens, first + 1)


def _leads_on(tokens: Tokens, place: int) -> bool:
    """Whether the word may stand between "nama" and the name: "saya", "ibu kandungnya", "pak"."""
    words, token = vocabulary(), tokens.at(place)
    if token is None or token.is_mark or not tokens.joined(place, AFTER_A_CUE):
        return False
    known = words.name_fillers | words.titles | words.kin | words.possessives
    return token.low in known or _without_owner(token.low) in known


def _is_holder(tokens: Tokens, place: int) -> bool:
    """Whether "a.n." or "a/n" stands here."""
    after = tokens.at(place + 1)
    return (
        tokens.every[place].low == "a"
        and after is not None
        and after.low == "n"
        and after.gap in {".", "/"}
    )


def _after_title(tokens: Tokens, place: int) -> Found:
    """After a title or a relative: "Pak Joko", "mbak yuli", "adik saya zulhaini"."""
    words, token = vocabulary(), tokens.every[place]
    is_kin = token.low in words.kin or _without_owner(token.low) in words.kin
    if token.is_mark or not (token.low in words.titles or is_kin):
        return None
    first = place + 1
    while is_kin and first - place <= 3 and tokens.is_any(first, words.possessives):
        first += 1
    following = tokens.at(first)
    if following is None or not tokens.joined(first, " ._-"):
        return None
    if following.low in words.stops | words.roles | words.titles | words.kin | words.places:
        return None
    if is_unknown(following) or (token.low in words.titles and _is_called(tokens, following)):
        return first, _more(tokens, first + 1)
    return None


def _is_called(tokens: Tokens, token: Token) -> bool:
    """Whether a known word is written as a name: "Bu Indah"."""
    is_paper = token.is_abbreviation and is_plain(token.low)
    return tokens.is_proper(token) and is_word(token) and not is_paper


def _without_owner(low: str) -> str:
    """The word without its ending: "adikku" and "anake" are relatives too."""
    for ending in ("nya", "ku", "mu", "ne", "e"):
        if low.endswith(ending):
            return low[: -len(ending)]
    return low


def _of_myself(tokens: Tokens, place: int) -> Found:
    """Who says of themselves: "saya zulhaini dari lombok"."""
    following = tokens.at(place + 1)
    if (
        tokens.every[place].low not in _MYSELF
        or following is None
        or not tokens.joined(place + 1, " ,")
    ):
        return None
    if is_unknown(following) and tokens.is_any(place + 2, _AFTER_MYSELF):
        return place + 1, place + 2
    return None


def _at_the_start(tokens: Tokens, place: int) -> Found:
    """Who answers with a name: "zulhaini umur 22", "zulhaini, 22 th"."""
    after = tokens.at(place + 1)
    if place or after is None or not is_unknown(tokens.every[place]):
        return None
    is_told = tokens.is_any(place + 1, _AFTER_MYSELF) or after.low[0].isdigit()
    return (place, place + 1) if is_told else None


def _around_bin(tokens: Tokens, place: int) -> Found:
    """On both sides of "bin" and "binti"."""
    after = tokens.at(place + 1)
    if not tokens.is_any(place + 1, _BIN) or after is None:
        return None
    if not is_word(tokens.every[place]) or tokens.at(place + 2) is None:
        return None
    return (place, place + 3) if is_word(tokens.every[place + 2]) else None


def _given(tokens: Tokens, place: int) -> Found:
    if not is_given(tokens.every[place]):
        return None
    return place, _more(tokens, place + 1)


def _by_number(tokens: Tokens, place: int) -> Found:
    """Whose number it is: "[nomor] (yulisia)"."""
    token, before = tokens.every[place], tokens.at(place - 1)
    is_behind = before is not None and before.text == _NUMBER and not token.gap.strip(" (:-/,")
    is_before = tokens.joined(place + 1, " :-)/,") and tokens.every[place + 1].text == _NUMBER
    return (place, place + 1) if is_unknown(token) and (is_behind or is_before) else None


def _capitals(tokens: Tokens, place: int) -> Found:
    """Two unknown words with capitals, or one among words without."""
    end, count = place, 0
    while (token := tokens.at(end)) is not None and (end == place or tokens.joined(end)):
        if token.has_capital and is_unknown(token):
            count += 1
        elif not (is_word(token) and (token.is_initial or token.low in _SMALL_PARTS)):
            break
        end += 1
    while end > place and not is_unknown(tokens.every[end - 1]):
        end -= 1
    if count >= 2:
        return place, end
    first = tokens.every[place]
    if count == 1 and tokens.is_proper(first) and not first.is_abbreviation:
        return place, end
    return None


def _more(tokens: Tokens, place: int) -> int:
    """Behind the last word of a name that has begun before this place."""
    began = place - 1

    def goes_on(token: Token) -> bool:
        if not is_word(token) or token.low in vocabulary().stops:
            return False
        return is_unknown(token) or token.is_initial or token.low in _SMALL_PARTS

    end = tokens.run(place, goes_on, _WORDS_OF_A_NAME - 1)
    while end > began + 1 and tokens.every[end - 1].low in _SMALL_PARTS:
        end -= 1
    return end


_RULES = (
    _after_cue,
    _after_title,
    _of_myself,
    _at_the_start,
    _around_bin,
    _given,
    _by_number,
    _capitals,
)
