"""When two names or numbers of placement companies are the same, nearly the same, or not.

What differs by a letter or a word is never taken for the same: a bait often uses such a name,
so the difference itself is what people have to see.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from rapidfuzz.distance import OSA

NEAR = 0.87
"""Share of letters that two names must have alike to be nearly the same (tests/domain/agency_names.yml)."""
ONE_SLIP_FROM = 6
"""Letters from which one slip makes a name nearly the same, whatever its share."""
WORD_WITH_SLIP = 5
"""Letters from which a word with one slip still counts as the same word of a longer name."""
TELLING_WORD = 6
"""Letters from which a listed name of one word is known again inside a longer one."""
LONGEST_SHORT_FORM = 5
"""Letters of a name that may be the initials of a longer one."""

_FORMS = frozenset({"pt", "cv", "ud", "lpk", "yayasan", "koperasi", "firma", "bkk"})
_NO_PART = frozenset(
    {"p3mi", "pjtki", "pptkis", "persero", "tbk", "so", "dan", "and", "kantor", "pusat"}
)
_BRANCH = frozenset({"cabang", "cab", "kcp", "kc", "perwakilan"})
_SHORT_FORMS = {
    "int'l": "internasional",
    "intl": "internasional",
    "international": "internasional",
    "ind": "indonesia",
    "indon": "indonesia",
    "utm": "utama",
    "mndri": "mandiri",
    "sjhtr": "sejahtera",
    "nusant": "nusantara",
}
_SPELT_FORMS = (
    (re.compile(r"\bp\s?\.\s?t\b\.?"), "pt "),
    (re.compile(r"\bc\s?\.\s?v\b\.?"), "cv "),
    (re.compile(r"\bperseroan terbatas\b"), "pt "),
    (re.compile(r"\(.*?\)"), " "),
)
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_LICENCE_WORDS = frozenset(
    {"sip3mi", "sippmi", "siuppak", "sk", "kep", "no", "nomor", "nomer", "izin", "ijin"}
    | {"tahun", "thn", "taun", "taon", "th", "p3mi", "kemnaker", "ri"}
)
_YEAR = re.compile(r"(?:19|20)\d\d")


class Likeness(Enum):
    """How alike two names are."""

    SAME = "same"
    NEAR = "near"
    PART = "part"
    OTHER = "other"


@dataclass(frozen=True)
class Name:
    """A name without what does not tell it: its words, and its legal form where one is said."""

    words: tuple[str, ...]
    form: str

    @property
    def letters(self) -> str:
        """The words as one: where somebody puts a space tells nothing."""
        return "".join(self.words)

    @property
    def sorted_letters(self) -> str:
        """The same whatever the order of the words."""
        return "".join(sorted(self.words))


@lru_cache(maxsize=20_000)
def read_name(written: str) -> Name:
    """A name in plain small letters: no PT or CV, no punctuation, no branch, no accents."""
    plain = unicodedata.normalize("NFKD", written.casefold()).encode("ascii", "ignore").decode()
    for pattern, form in _SPELT_FORMS:
        plain = pattern.sub(form, plain)
    words: list[str] = []
    form = ""
    for word in _WORD.findall(plain):
        if word in _BRANCH and words:
            break
        if word in _FORMS:
            form = form or word
        elif word not in _NO_PART:
            words.append(_SHORT_FORMS.get(word, word.replace("'", "")))
    return Name(tuple(words), form)


def likeness(asked: Name, listed: Name) -> Likeness:
    """How alike a name that somebody asks about is to one of a list."""
    if not asked.words or not listed.words:
        return Likeness.OTHER
    other_form = bool(asked.form and listed.form and asked.form != listed.form)
    if asked.letters == listed.letters:
        return Likeness.NEAR if other_form else Likeness.SAME
    if closeness(asked, listed) >= NEAR or _is_one_slip(asked.letters, listed.letters):
        return Likeness.NEAR
    return Likeness.PART if _is_part(asked, listed) else Likeness.OTHER


def closeness(one: Name, other: Name) -> float:
    """The share of letters that two names have alike, 0 to 1, in whatever order their words are."""
    return max(
        OSA.normalized_similarity(one.letters, other.letters),
        OSA.normalized_similarity(one.sorted_letters, other.sorted_letters),
    )


def _is_one_slip(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= ONE_SLIP_FROM and OSA.distance(one, other) == 1


def _is_part(asked: Name, listed: Name) -> bool:
    """Whether one name holds the other, or the asked one is short for it: "PT BKM"."""
    if len(asked.words) == 1:
        (word,) = asked.words
        initials = "".join(each[0] for each in listed.words)
        is_short_form = len(listed.words) > 1 and len(word) <= LONGEST_SHORT_FORM
        return word in listed.words or (is_short_form and word == initials)
    fewer, more = sorted((asked.words, listed.words), key=len)
    if len(fewer) == 1 and len(fewer[0]) < TELLING_WORD:
        return False
    return len(fewer) < len(more) and all(_is_among(word, more) for word in fewer)


def _is_among(word: str, words: tuple[str, ...]) -> bool:
    slips = 1 if len(word) >= WORD_WITH_SLIP else 0
    return any(OSA.distance(word, each, score_cutoff=slips) <= slips for each in words)


@lru_cache(maxsize=20_000)
def read_licence(written: str) -> tuple[str, ...]:
    """The parts of a licence number: "SIP3MI No. 0123 / MEN / 2021" is 123, men, 2021."""
    plain = written.casefold().replace("sip-3-mi", " ").replace("sip-3mi", " ")
    parts = (part for part in re.findall(r"[a-z0-9]+", plain) if part not in _LICENCE_WORDS)
    return tuple(part.lstrip("0") or "0" for part in parts)


def same_licence(one: str, other: str) -> bool:
    """Whether two writings are one number: the shorter one's parts stand in the longer one.

    Serial number and year must be in both where both have them: "123/2021" is
    "KEP.123/MEN/2021", and "2/2019" is not "2/1021/PK.02.01/III/2019".
    """
    fewer, more = sorted((read_licence(one), read_licence(other)), key=len)
    serial = _serial(more)
    if not fewer or not serial or serial not in fewer:
        return False
    return all(part in more for part in fewer) and _year(fewer) in {"", _year(more)}


def _serial(parts: tuple[str, ...]) -> str:
    """The longest number that is no year."""
    numbers = [part for part in parts if part.isdigit() and part != _year(parts)]
    return max(numbers, key=len, default="")


def _year(parts: tuple[str, ...]) -> str:
    is_year = len(parts) > 1 and _YEAR.fullmatch(parts[-1])
    return parts[-1] if is_year else ""
