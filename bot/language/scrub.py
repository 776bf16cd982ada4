"""Takes out of a text whatever may tell who wrote it or of whom it speaks.

For people who teach the assistant: they see what somebody meant, and not who it was. The words
around stay as they were typed. In doubt a word goes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from bot.language.scrub_names import names
from bot.language.scrub_places import companies, employers, foreign_companies, places
from bot.language.scrub_tokens import MARKS, Cut
from bot.language.scrub_words import is_plain, vocabulary

DIGITS_OF_A_NUMBER = 5
"""Figures with so many digits are phones, accounts and papers; smaller ones are pay and ages."""

_ROUNDS = 50
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Me", "Mn"})
_PROVIDERS = r"(?:gmail|yahoo|ymail|hotmail|outlook|icloud)\b"
_DOT = r"(?:\s?(?:\.|\bdot\b|\btitik\b)\s?|\s)"
# Each begins where a word begins, and no part of one is tried twice: a flood costs no more time.
_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]+(?:"
    r"@[\w-]+(?:\.[\w-]+)*"
    rf"|\s?(?:@|\(at\)|\[at\]|\bat\b)?\s?{_PROVIDERS}(?:{_DOT}(?:com|co|id)\b)*"
    r"|\s?(?:\(at\)|\[at\]|\bat\b)\s?\w+\s?(?:\bdot\b|\btitik\b|\.)\s?\w+)",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?:(?<!\w)\w{1,20}://|www\.)\S*[^\s.,;:!?)\]]"
    r"|(?<![\w@])(?:[\w-]{1,63}\.){1,8}(?:com|co|id|net|org|me|ly|gle|info|xyz|site|online|io|app|link|gg|cc"
    r"|top|shop|biz|tv|my|sg|hk|tw|us|live|store|club|vip|win|page)\b(?:[/?#](?:\S*[^\s.,;:!?)\]])?)?",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    r"@\w[\w.]*"
    r"|\b(?:ig|insta|instagram|fb|facebook|tele|telegram|tiktok|wechat|line|snapchat|twitter)"
    r"(?:nya|ku)?(?: id)? ?[:=] ?(?P<account>[^\s,;]+)"
    r"|\b(?:ig|insta|instagram|fb|facebook|tele|telegram|tiktok|wechat|line|id|akun|user|username)"
    r"(?:nya|ku)? (?P<named>[^\W_]+[._]\w+|[a-z]+\d{2,}\w*)",
    re.IGNORECASE,
)
_PLATE = re.compile(r"\b[A-Z]{1,2} \d{1,4} [A-Z]{2,3}\b|\b[A-Z]{1,2}\d{3,4}[A-Z]{2,3}\b")
_BORN = re.compile(
    r"\b\d{1,2}[ -](?:jan|feb|mar|apr|mei|jun|jul|agu|sep|okt|nov|des)[a-z]*[ -]\d{4}\b",
    re.IGNORECASE,
)
# The sign of a currency belongs to no number.
_TOKEN = re.compile(r"(?i)(?<![^\W_])(?:rp|rm|idr|usd|nt|hkd|sgd|twd)(?=\d)|[^\W_]+")
_BETWEEN_DIGITS = re.compile(r"[\s.,\-\u2010-\u2015/()_+:'*~|#=&\\]{0,4}")
_MASK = frozenset("xXoO")
_LIKE_DIGITS = frozenset("oOlIiSsxX")
_ONE_MARK = re.compile(rf"({'|'.join(map(re.escape, MARKS))})(?: \1)+")
_HAS_WORDS = re.compile(r"[^\W\d_]{2,}")


def scrub(text: str) -> str:
    """The text on one line without numbers, addresses, names, companies and villages.

    Marks such as [nama] stand in their place. Takes any text, never raises; what was scrubbed
    once stays as it is.
    """
    plain = _clean(text)
    for _ in range(_ROUNDS):
        before = plain
        for rule in _RULES:
            plain = _cut(plain, rule)
        plain = _ONE_MARK.sub(r"\1", " ".join(plain.split()))
        if plain == before:
            break
    return plain


def says_something(scrubbed: str) -> bool:
    """Whether any known word is left: a bare name or number teaches nothing."""
    for mark in MARKS:
        scrubbed = scrubbed.replace(mark, " ")
    return any(is_plain(found[0].casefold()) for found in _HAS_WORDS.finditer(scrubbed))


def _clean(text: str) -> str:
    """One line of plain characters: fancy letters are letters, and nothing is there unseen."""
    spaced = unicodedata.normalize("NFKC", "".join(" " if c.isspace() else c for c in text))
    seen = (c for c in spaced if unicodedata.category(c) not in _UNSEEN)
    return " ".join(unicodedata.normalize("NFKC", "".join(seen)).split())


def _cut(text: str, rule: Callable[[str], Iterable[Cut]]) -> str:
    """The text with marks where a rule found something."""
    pieces: list[str] = []
    done = 0
    for start, end, mark in sorted(rule(text)):
        if start >= done and text[start:end] != mark:
            pieces += (text[done:start], mark)
            done = end
    return "".join((*pieces, text[done:]))


def _contacts(text: str) -> Iterator[Cut]:
    for found in _MAIL.finditer(text):
        yield (*found.span(), "[email]")
    for found in _LINK.finditer(text):
        yield (*found.span(), "[tautan]")
    for found in _HANDLE.finditer(text):
        group = "account" if found["account"] else "named" if found["named"] else 0
        if found[group] not in MARKS:
            yield (*found.span(group), "[akun]")


def _figures(text: str) -> Iterator[Cut]:
    """Numbers of many digits, in groups, masked, dictated or stuck to letters."""
    for pattern in (_PLATE, _BORN):
        for found in pattern.finditer(text):
            yield (*found.span(), "[nomor]")
    first, last, count = 0, 0, 0
    for found in _TOKEN.finditer(text):
        digits, joins = _weight(found[0])
        follows = joins and count and _BETWEEN_DIGITS.fullmatch(text, last, found.start())
        if not follows:
            if count >= DIGITS_OF_A_NUMBER:
                yield first, last, "[nomor]"
            first, count = found.start(), 0
            while first > last and text[first - 1] in "+(":
                first -= 1
        if joins:
            count, last = count + digits, found.end()
        elif digits >= DIGITS_OF_A_NUMBER:
            yield (*found.span(), "[nomor]")
    if count >= DIGITS_OF_A_NUMBER:
        yield first, last, "[nomor]"


def _weight(token: str) -> tuple[int, bool]:
    """How many digits a token holds, and whether it may be one group of a longer number."""
    if token.casefold() in vocabulary().digits:
        return 1, True
    if _MASK.issuperset(token):
        return 0, True
    digits = sum(_is_digit(character) for character in token)
    others = {character for character in token if not _is_digit(character)}
    return digits, digits > 0 and (not others or (digits >= 2 and others <= _LIKE_DIGITS))


def _is_digit(character: str) -> bool:
    return unicodedata.digit(character, None) is not None


_RULES = (_contacts, _figures, places, companies, foreign_companies, employers, names)
"""In this order: a name is not looked for in what is a number or a place."""
