"""Links in an offer: found however they are written, taken apart, and never opened.

A domain says who can have put a page there: whoever holds a name under go.id is an office, and
whoever only looks like it wants to be taken for one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

import yaml
from publicsuffixlist import PublicSuffixList
from rapidfuzz.distance import Levenshtein

_DATA = Path(__file__).parent / "catalogue" / "links.yml"
_OFFICIAL = "go.id"
LONGEST_TEXT = 20_000
"""Characters of a text that are searched; an advertisement is far shorter."""

_DOT = (
    r"(?:\.|\s{0,2}[(\[{]\s?(?:dot|titik|\.)\s?[)\]}]\s{0,2}|\s{1,2}(?:dot|titik)\s{1,2}"
    r"|\s{1,2}\.\s{0,2}|\.\s(?=(?:com|ly|gle|me|id)/|(?:co|go|or|web|my)\.id\b|com\b))"
)
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_LINK = re.compile(
    rf"(?P<scheme>\bh(?:tt|xx)ps?\s?:\s?/\s?/\s?)?(?P<user>[\w.-]{{1,80}}@)?"
    rf"(?<![\w])(?P<host>{_LABEL}(?:{_DOT}{_LABEL}){{1,7}})(?![\w])"
    r"(?P<path>\s?/\s?[^\s]{0,200}|:\d{2,5}(?:/[^\s]{0,200})?)?",
    re.IGNORECASE,
)
_DOTS = re.compile(_DOT, re.IGNORECASE)
_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_LIKE_GO_ID = re.compile(r"(?:^|[.-])go[.-]?id(?:[.-]|$)")
_APP = re.compile(r"\.(?:apk|xapk|apks)\b", re.IGNORECASE)
_COMPANY = re.compile(r"\b(?:PT|CV|LPK|P3MI|BLK)\b\.?\s((?:[A-Z][\w&'.-]{0,30}[ \t]?){1,5})")
_END_OF_LINK = ".,;:!?)]}>\"'\u201d\u2019*_"
# Signs that are taken for one another: by those who read, and by those who count on it.
_ALIKE = str.maketrans(
    {"0": "o", "1": "i", "l": "i", "|": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"}
    | dict(zip("аеорсухіѕԁӏ", "aeopcyxisdi", strict=True))  # noqa: RUF001  # Cyrillic on purpose
)
_FEWEST_LETTERS = 8
_CLOSE = 2
_OFFICE_LETTERS = 6


class LinkKind(str, Enum):
    """What a link is, by its domain; declared from the gravest to the least.

    Each has its words in data/responses/offer_links.yml.
    """

    GO_ID_LOOKALIKE = "go_id_lookalike"
    COMPANY_LOOKALIKE = "company_lookalike"
    DISGUISED = "disguised"
    APP_FILE = "app_file"
    SHORTENER = "shortener"
    FORM = "form"
    FREE_HOST = "free_host"
    CHAT = "chat"


@dataclass(frozen=True)
class LinkFinding:
    """A link that tells something: what it is, its registrable domain, and where it stands.

    `evidence` are the words of the text from `start` to before `end`.
    """

    kind: LinkKind
    domain: str
    evidence: str
    start: int
    end: int

    @property
    def response(self) -> str:
        """The response that explains it."""
        return f"say_link_{self.kind.value}"


@dataclass(frozen=True)
class _Link:
    """A link taken apart; `host` in plain lower case, `domain` what somebody registered."""

    host: str
    domain: str
    path: str
    user: str
    start: int
    end: int
    is_mail: bool

    def is_on(self, names: frozenset[str]) -> bool:
        """Whether it leads to one of these domains, or to a page below one."""
        at = f"{self.host}{self.path}".lower()
        return any(
            self.host == name or self.host.endswith(f".{name}") or ("/" in name and name in at)
            for name in names
        )


@dataclass(frozen=True)
class _Tables:
    endings: frozenset[str]
    shorteners: frozenset[str]
    chats: frozenset[str]
    forms: frozenset[str]
    platforms: frozenset[str]
    free_hosts: frozenset[str]
    offices: frozenset[str]


def link_findings(text: str) -> tuple[LinkFinding, ...]:
    """What the links of a text tell, in their order; at most one finding for each. Never raises."""
    companies = tuple(_companies(text))
    found = []
    for link in _links(text[:LONGEST_TEXT]):
        kind = _kind(link, companies)
        if kind is not None:
            evidence = text[link.start : link.end]
            found.append(LinkFinding(kind, link.domain, evidence, link.start, link.end))
    return tuple(found)


def _links(text: str) -> Iterator[_Link]:
    for match in _LINK.finditer(text):
        host = _plain(_DOTS.sub(".", match["host"]))
        path = re.sub(r"^\s?/\s?", "/", match["path"] or "").rstrip(_END_OF_LINK)
        user = (match["user"] or "").rstrip("@").lower()
        end = match.end()
        while end > match.start() and text[end - 1] in _END_OF_LINK:
            end -= 1
        domain = _domain(host, is_told=bool(match["scheme"] or path or host.startswith("www.")))
        if domain is not None:
            is_mail = bool(user) and not match["scheme"]
            start = match.start()
            yield _Link(host, domain, path, user, start, end, is_mail)


def _plain(host: str) -> str:
    """Lower case, without marks and invisible signs, punycode in letters."""
    kept = unicodedata.normalize("NFKC", host).lower()
    kept = "".join(sign for sign in kept if unicodedata.category(sign) not in ("Cf", "Mn"))
    return ".".join(_letters(label) for label in kept.split("."))


def _letters(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label


def _domain(host: str, *, is_told: bool) -> str | None:
    """The domain that somebody registered; None when the words are no link.

    `is_told`: a scheme, a path or www. says that it is one, whatever its ending.
    """
    if _IP.fullmatch(host):
        return host if is_told and all(int(part) < 256 for part in host.split(".")) else None
    ending = host.rpartition(".")[2]
    if not is_told and ending not in _tables().endings and _folded(ending) not in ("id", "com"):
        return None
    try:
        domain = _suffixes().privatesuffix(host)
    except ValueError:
        return None
    if domain is None:
        # "g0.id" is nobody's, and that is the point of it; a bare suffix is no link.
        return host if host.count(".") and _suffixes().publicsuffix(host) != host else None
    return str(domain)


def _kind(link: _Link, companies: tuple[str, ...]) -> LinkKind | None:
    """What a link is; None where it tells nothing."""
    if _is_like_go_id(link):
        return LinkKind.GO_ID_LOOKALIKE
    if link.is_mail or _is_official(link.host):
        return None
    tables = _tables()
    is_known = link.is_on(tables.platforms)
    told = (
        (LinkKind.SHORTENER, link.is_on(tables.shorteners)),
        (LinkKind.CHAT, link.is_on(tables.chats)),
        (LinkKind.FORM, link.is_on(tables.forms)),
        (LinkKind.APP_FILE, bool(_APP.search(link.path))),
        (LinkKind.COMPANY_LOOKALIKE, not is_known and _is_like_a_company(link, companies)),
        (LinkKind.DISGUISED, _is_disguised(link)),
        (LinkKind.FREE_HOST, link.is_on(tables.free_hosts) or _is_given_away(link.host)),
    )
    return next((kind for kind, is_so in told if is_so), None)


def _is_disguised(link: _Link) -> bool:
    """Figures for a name, letters of another alphabet, or another address in front of an @."""
    return bool(_IP.fullmatch(link.host) or not link.host.isascii() or link.user)


def _is_official(host: str) -> bool:
    return host == _OFFICIAL or host.endswith(f".{_OFFICIAL}")


def _is_like_go_id(link: _Link) -> bool:
    """Whether a link wants to be taken for an office's: its ending, or the name of an office."""
    if _is_official(link.user) and not _is_official(link.host):
        return True
    if _is_official(link.host) or link.is_on(_tables().platforms):
        return False
    folded = _folded(link.host)
    if _LIKE_GO_ID.search(folded):
        return True
    words = re.split(r"[.-]", folded)
    return any(_is_office(word) for word in words)


def _is_office(word: str) -> bool:
    for name in _tables().offices:
        office = _folded(name)
        if word == office or (len(office) >= _OFFICE_LETTERS and office in word):
            return True
        is_long = len(office) > _OFFICE_LETTERS and len(word) > _OFFICE_LETTERS
        if is_long and Levenshtein.distance(word, office, score_cutoff=1) <= 1:
            return True
        if office.endswith(("p2mi", "p3mi")) and word.startswith(office):
            return True
    return False


def _companies(text: str) -> Iterator[str]:
    """Names of companies in a text, squeezed as they stand in domains."""
    for match in _COMPANY.finditer(text):
        name = re.sub(r"[^a-z0-9]", "", match[1].lower())
        if len(name) >= _FEWEST_LETTERS:
            yield name


def _is_like_a_company(link: _Link, companies: tuple[str, ...]) -> bool:
    """Whether the domain is nearly, and not quite, the name of a company in the text."""
    own = re.sub(r"[^\w]", "", link.domain.partition(".")[0])
    own = own.removeprefix("pt")
    for name in companies:
        if own == name or len(own) < _FEWEST_LETTERS:
            continue
        distance = Levenshtein.distance(own, name, score_cutoff=_CLOSE)
        if _folded(own) == _folded(name) or distance <= _CLOSE:
            return True
    return False


def _is_given_away(host: str) -> bool:
    """Whether the last part belongs to a service where everybody can have a page."""
    whole, icann = _suffixes().publicsuffix(host), _icann().publicsuffix(host)
    return whole != icann


def _folded(word: str) -> str:
    """With signs that look alike as one."""
    return word.translate(_ALIKE)


@cache
def _suffixes() -> PublicSuffixList:
    """The list that the wheel carries, with what services give away."""
    return PublicSuffixList()


@cache
def _icann() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


@cache
def _tables() -> _Tables:
    raw = yaml.safe_load(_DATA.read_text("utf-8"))
    return _Tables(**{name: frozenset(words.split()) for name, words in raw.items()})
