"""Recognises an offer that was seen before, the same or nearly so, without keeping its words.

Everything is hashed with a key that the caller has: without it nobody can try texts out. The
near match is MinHash over shingles of three words (Broder 1997): the share of equal places in
two signatures is the share of shingles that two texts have in common, and texts that have most
in common share at least one band of their signatures, by which they are looked up.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

SHINGLE = 3
FEWEST_WORDS = 12
"""Shorter texts ("kerja di malaysia gaji 5 juta") are alike by chance."""
PLACES = 64
ROWS = 4
"""Places of a band: 16 bands find 99 of 100 texts that have 70 % of their shingles in common."""
ALIKE = 0.6
"""Share in common from which two texts are one offer.

A forward with a question before it or an answer below it stays above; an advertisement made from
the same template with another country, wage and number stays below.
"""

_WORD = re.compile(r"[^\W_]+")
_FORWARDED = re.compile(r"(?im)^\W*(?:forwarded|diteruskan(?: berkali-kali)?)\W*$")
_SENT_BY = re.compile(r"(?m)^\[?\d{1,2}[/.]\d{1,2}[/.]\d{2,4},? \d{1,2}[.:]\d{2}[^\n:]{0,40}: ")
"""What a chat app puts before a line that is copied out of it."""


@dataclass(frozen=True)
class Fingerprint:
    """What stays of a text: `exact` for the same words, `signature` and `bands` for similar ones.

    `grown_from` are the exact hashes of its beginnings, line by line: an offer grows with every
    answer about it, and is still the same offer.
    """

    exact: str
    grown_from: frozenset[str] = field(repr=False)
    signature: bytes = field(repr=False)
    bands: tuple[str, ...] = field(repr=False)


def fingerprint(text: str, key: bytes) -> Fingerprint | None:
    """The fingerprint of an offer; None where it has too few words for one."""
    by_line = [words_of(line) for line in _plain(text).splitlines()]
    words = [word for line in by_line for word in line]
    if len(words) < FEWEST_WORDS:
        return None
    signature = _signature(words, key)
    ends = accumulate(len(line) for line in by_line)
    return Fingerprint(
        exact=_exact(words, key),
        grown_from=frozenset(_exact(words[:end], key) for end in ends if end >= FEWEST_WORDS),
        signature=signature.tobytes(),
        bands=tuple(
            keyed(key, "band", f"{place}:{signature[place : place + ROWS].tobytes().hex()}")[:32]
            for place in range(0, PLACES, ROWS)
        ),
    )


def in_common(one: bytes, other: bytes) -> float:
    """The share of shingles that two texts have in common, by their signatures; 0 to 1."""
    first, second = (np.frombuffer(signature, np.uint32) for signature in (one, other))
    return float(np.mean(first == second)) if first.shape == second.shape else 0.0


def keyed(key: bytes, kind: str, value: str) -> str:
    """A keyed hash: equal values can be found again, none can be read back."""
    return hmac.new(key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: no signs, no capitals, no fancy letters."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _plain(text: str) -> str:
    return _SENT_BY.sub("", _FORWARDED.sub("", text))


def _exact(words: list[str], key: bytes) -> str:
    return keyed(key, "text", " ".join(words))


def _signature(words: list[str], key: bytes) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """The least of each of 64 keyed hashes over all shingles."""
    shingles = {" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}
    # The sponge gives as many bytes as are wanted, and a key before the text is safe with it.
    hashed = (hashlib.shake_256(key + each.encode()).digest(PLACES * 4) for each in shingles)
    table = np.frombuffer(b"".join(hashed), np.uint32).reshape(-1, PLACES)
    return np.asarray(table.min(axis=0), np.uint32)
