"""What an offer can be recognised by: telephone numbers, accounts and names in the net.

However it is written, the same number has the same value, so that it can be found again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from phonenumbers import (
    Leniency,
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberMatcher,
    format_number,
    is_valid_number,
    parse,
)

from bot.language.facts import find_facts

REGION = "ID"
LONGEST_TEXT = 8000
"""Characters that are looked at; a longer advertisement says whom to call before its end."""
MOST_MARKS = 20
"""Marks of one text; more is a list of numbers, not an offer."""

_BANKS = (
    "rek(?:ening)?|norek|bank|bca|bri|bni|mandiri|bsi|btn|cimb|niaga|permata|danamon|ocbc|"
    "panin|maybank|jago|seabank|jenius|btpn|bjb|bank jateng|bpd"
)
_ACCOUNT = re.compile(rf"(?i)\b(?:{_BANKS})\b[^\d\n]{{0,25}}?(\d(?:[ -]?\d){{9,15}})(?![\d,])")
_ACCOUNT_BEFORE = re.compile(
    rf"(?i)(?<![\d+])(\d(?:[ -]?\d){{9,15}})\W{{0,3}}(?:(?:a\W?n|atas nama|{_BANKS})\b)"
)
_OWN = re.compile(
    r"(?i)\b(?:no(?:mor|mer)?|hp|wa|telp?(?:on)?|kontak|hubungi|rek(?:ening)?)\W+"
    r"(?:hp\W+|wa\W+)?(?:saya|sy|aku|ku|gue|gw|kami)\W+(?:di\W+|ke\W+|ini\W+)?$"
)
_LINK = re.compile(
    r"(?i)\b(?:https?://)?(?:www\.)?(?P<site>wa\.me|api\.whatsapp\.com|chat\.whatsapp\.com|t\.me|"
    r"telegram\.me|instagram\.com|facebook\.com|fb\.com|fb\.me|m\.me|tiktok\.com|line\.me|"
    r"linktr\.ee|bit\.ly|s\.id|tinyurl\.com)/(?P<rest>[^\s<>\"')]+)"
)
_AT = re.compile(r"(?<![\w.@/])@\s?(?P<name>[A-Za-z][\w.]{2,30}\w)")
_MAIL = re.compile(r"(?i)\b[\w.+-]{2,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+\b")
_PHONE_IN_LINK = re.compile(r"(?:send/?\?(?:\S*&)?phone=|qr/)?\+?(\d{8,15})")
_HOLDS_NO_NAME = frozenset({"p", "share", "reel", "reels", "profile", "groups", "send", "ti"})
_CASE_TELLS = frozenset({"chat.whatsapp.com", "bit.ly", "s.id", "tinyurl.com"})
"""Sites whose addresses are codes: capitals tell one from another."""
_OFFICIAL = re.compile(r"(?:kemnaker|kemenaker|bp2mi|kp2mi|bp3mi|kemlu|imigrasi|polri)")
"""Handles that name an office: who only pretends to be one is known by the number."""


_DISGUISED = re.compile(
    r"(?<![\w])(?=(?:[ .-]?[oOlI]?){0,4}(?:\d[ .oOlI-]*){6})[\doO][\doOlI .-]{7,}[\doOlI]\b"
)
"""A number with letters that look like digits: O812 instead of 0812."""
_AS_DIGITS = str.maketrans("oOlI", "0011")
_SPOKEN = re.compile(r"(?i)\b(?:kosong|nol) (?:d[eu]lapan|lapan|8)\b")
"""A number said digit by digit, as a phone writes down what is spoken to it."""
_NO_NUMBER = re.compile(r"[^\d+() .-]")


class MarkKind(str, Enum):
    """What sort of mark it is; `handle` is a name or address in the net."""

    PHONE = "phone"
    ACCOUNT = "account"
    HANDLE = "handle"


@dataclass(frozen=True)
class Mark:
    """One mark; `value` is the same however it was written, and can be read by people."""

    kind: MarkKind
    value: str = field(repr=False)


def find_marks(text: str, *, told_by_owner: bool = False) -> tuple[Mark, ...]:
    """The marks of a text, each once, in no telling order.

    Phones become E.164, an e-wallet is the phone number that it belongs to, accounts their
    digits, handles `@name` in small letters or site and code. Numbers with hidden digits
    (`0822xxxx`) are none. `told_by_owner` is a text in a person's own words: what they call
    their own number is left out.
    """
    text = text[:LONGEST_TEXT]
    taken: list[tuple[int, int]] = []
    found: dict[Mark, None] = {}
    own = _own_places(text) if told_by_owner else frozenset[int]()
    for marks in (_links, _mails, _handles, _accounts, _phones):
        for mark, start, end in marks(text):
            if any(start < right and left < end for left, right in taken):
                continue
            taken.append((start, end))
            if start not in own:
                found.setdefault(mark)
    return tuple(found)[:MOST_MARKS]


def as_mark(written: str) -> Mark | None:
    """What somebody looks for, as a mark: a number, an account or a name alone."""
    written = written.strip()
    found = find_marks(written)
    if found:
        return found[0]
    digits = re.sub(r"[ .-]", "", written)
    if digits.isdigit() and 10 <= len(digits) <= 16:
        return Mark(MarkKind.ACCOUNT, digits)
    named = _AT.fullmatch(f"@{written.removeprefix('@')}")
    return None if named is None else Mark(MarkKind.HANDLE, f"@{named['name'].casefold()}")


_Found = tuple[Mark, int, int]


def _own_places(text: str) -> frozenset[int]:
    """Where a number begins that the writer calls their own."""
    starts = (found.start() for found in re.finditer(r"[+(]?\d", text))
    return frozenset(start for start in starts if _OWN.search(text[max(0, start - 40) : start]))


def _links(text: str) -> Iterator[_Found]:
    for found in _LINK.finditer(text):
        site, rest = found["site"].lower(), found["rest"].rstrip(".,;:!?")
        phone = _PHONE_IN_LINK.match(rest)
        if site in {"wa.me", "api.whatsapp.com", "t.me"} and phone:
            mark = _phone(f"+{phone[1]}") if phone[1][0] != "0" else _phone(phone[1])
            if mark is not None:
                yield mark, *found.span()
                continue
        name = rest.split("?")[0].strip("/")
        if site in {"t.me", "telegram.me", "instagram.com", "tiktok.com", "m.me", "fb.me"}:
            first = name.split("/")[0].removeprefix("@")
            if _AT.fullmatch(f"@{first}") and first.casefold() not in _HOLDS_NO_NAME:
                yield from _named(first, *found.span())
                continue
        if name:
            value = name if site in _CASE_TELLS else name.casefold()
            yield Mark(MarkKind.HANDLE, f"{site}/{value}"[:120]), *found.span()


def _mails(text: str) -> Iterator[_Found]:
    for found in _MAIL.finditer(text):
        if ".go.id" not in found[0].casefold():
            yield Mark(MarkKind.HANDLE, found[0].casefold()), *found.span()


def _handles(text: str) -> Iterator[_Found]:
    for found in _AT.finditer(text):
        yield from _named(found["name"], *found.span())


def _named(name: str, start: int, end: int) -> Iterator[_Found]:
    low = name.casefold()
    if not _OFFICIAL.search(low):
        yield Mark(MarkKind.HANDLE, f"@{low}"), start, end


def _accounts(text: str) -> Iterator[_Found]:
    for pattern in (_ACCOUNT, _ACCOUNT_BEFORE):
        for found in pattern.finditer(text):
            digits = re.sub(r"\D", "", found[1])
            wallet = pattern is _ACCOUNT_BEFORE and _phone(found[1])
            if not wallet:
                yield Mark(MarkKind.ACCOUNT, digits), *found.span(1)


def _phones(text: str) -> Iterator[_Found]:
    plain = _DISGUISED.sub(lambda found: found[0].translate(_AS_DIGITS), text)
    for found in PhoneNumberMatcher(plain, REGION, leniency=Leniency.VALID):
        number = format_number(found.number, PhoneNumberFormat.E164)
        yield Mark(MarkKind.PHONE, number), found.start, found.end
    if not _SPOKEN.search(text):
        return
    for entity in find_facts(text):
        if entity.entity == "phone":
            mark = _phone(entity.value)
            if mark is not None:
                yield mark, entity.start, entity.end


def _phone(written: str) -> Mark | None:
    if _NO_NUMBER.search(written):
        # Hidden digits (0822xxxx) would be read as the letters of a telephone's keys.
        return None
    try:
        number = parse(written, REGION)
    except NumberParseException:
        return None
    if not is_valid_number(number):
        return None
    return Mark(MarkKind.PHONE, format_number(number, PhoneNumberFormat.E164))
