"""Numbers of licences of placement companies, as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NUMBER = r"""
    (?P<number> \d{1,5} (?: \s? [/\-] \s? [a-z0-9]{1,12} | \.[a-z0-9]{1,12} ){0,6}
      (?: \s{1,2} (?: tahun | thn | taun | taon | th ) \.? \s? (?:19|20)\d\d )? )
    (?! [\w/] )
"""
_NO = r"(?: (?: no | nmr | nomor | nomer | num ) (?:nya)? \W{0,3} )"
_KIND = r"""
    (?: sip-?3-?mi | sippmi | siuppak | siuppkal | sippt?ki\w* | si?up | (?:ber)?i[zj]in\w* | lisensi\w*
      | sk | kep | p3mi )
    (?: \s? (?: nya | na | ne | e ) \b )? \W{0,3}
"""
_LICENCE = re.compile(
    rf"""(?ix) \b {_KIND}
    (?: (?: p3mi | kemnaker | menaker | kemenaker | ri | dgn | dengan ) \W{{1,3}} ){{0,2}}
    (?P<no> {_NO} )? (?: kep \W{{0,3}} )? {_NUMBER}"""
)
_ALONE = re.compile(rf"(?ix) \s* (?: {_KIND} )? {_NO}? (?: kep \W{{0,3}} )? {_NUMBER} \W*")
_NONE = re.compile(
    r"(?i)^(?:19|20)\d\d$|\bx+\b|^\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:19|20)\d\d$"
)
"""A bare year, a date, and a number that somebody has blotted out: 2/xxx/2019."""


def find_licences(text: str) -> Iterator[tuple[str, int]]:
    """Licence numbers, each with the place where the word begins that says what it is."""
    for found in _LICENCE.finditer(text):
        number = " ".join(found["number"].split())
        is_bare = number.isdigit() and not found["no"]
        if not (is_bare or _NONE.search(number)):
            yield number, found.start()


def licence_alone(text: str) -> str:
    """The licence number that is all of a text; empty when there is none or more."""
    found = _ALONE.fullmatch(text)
    number = "" if found is None else " ".join(found["number"].split())
    return "" if _NONE.search(number) else number
