"""What each amount of money in an offer is: pay, a fee, a debt, a penalty, a gift to the family.

"Ganti 25 juta kalau mundur" asks for nothing in advance, and "5 juta buat ibu di rumah" is the
opposite of a fee: the words near an amount decide (amounts.yml), the first role that fits wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import islice

from bot.language.matching import load
from bot.language.reading import AMOUNT, Reading, stems_of

_MOST = 300
"""Amounts of one text that are looked at: an offer has some five."""
_PER = "/"
_HOME = re.compile(r"rp|rupiah|idr|^[\d.,\s\u2013-]+(?:ribu|juta|miliar)?$")
"""An amount in rupiah, or in no currency that is named."""


class Role(str, Enum):
    """What an amount is for; declared in the order in which the roles are tried."""

    PENALTY = "penalty"
    GIFT = "gift"
    DEBT = "debt"
    PAY = "pay"
    FEE = "fee"


@dataclass(frozen=True)
class Amount:
    """The amount at word `index`, and the first word of what says what it is."""

    role: Role
    index: int
    start: int
    end: int


@dataclass(frozen=True)
class _Sign:
    """Words near an amount that give it a role, with other words `along` where those are named."""

    words: frozenset[str]
    behind: bool
    within: int
    along: frozenset[str]
    along_within: int
    unless: frozenset[str]


def amounts_of(reading: Reading) -> Iterator[Amount]:
    """The amounts of a reading whose role is told, in the order of the text."""
    written = (index for index, word in enumerate(reading.words) if word.stem == AMOUNT)
    for index in islice(written, _MOST):
        found = _role(reading, index)
        if found is not None:
            yield found


def _role(reading: Reading, index: int) -> Amount | None:
    near = _Near(reading, index)
    if near.is_per_time:
        return Amount(Role.PAY, index, index, index + 1)
    for role, signs in _signs().items():
        places = [place for sign in signs if (place := near.place(sign)) is not None]
        if not places:
            continue
        nearest = min(places, key=lambda place: abs(place - index))
        return Amount(role, index, min(index, nearest), max(index, nearest) + 1)
    if near.promises or near.is_foreign:
        return Amount(Role.PAY, index, index, index + 1)
    return None


class _Near:
    """The words of the sentence around an amount, nearest first."""

    def __init__(self, reading: Reading, index: int) -> None:
        sentence = reading.sentence_at(index)
        self._index = index
        self._before = [word.stem for word in reading.words[max(sentence.start, index - 8) : index]]
        self._before.reverse()
        self._behind = [
            word.stem for word in reading.words[index + 1 : min(sentence.end, index + 9)]
        ]
        end = reading.words[index].end
        self.is_foreign = not _HOME.search(reading.words[index].text)
        self.is_per_time = reading.plain.text[end : end + 2].strip().startswith(_PER)

    @property
    def promises(self) -> bool:
        """Whether a bonus or board stands right behind: "15jt + mess"."""
        return not _promised().isdisjoint(self._behind[:2])

    def place(self, sign: _Sign) -> int | None:
        """Where a word of the sign stands, or None."""
        side = self._behind if sign.behind else self._before
        for distance, stem in enumerate(side[: sign.within], start=1):
            if not sign.behind and stem == AMOUNT and distance > 1:
                return None  # the words before another amount speak of that one
            if stem in sign.unless:
                return None
            if stem in sign.words:
                around = {*self._before[: sign.along_within], *self._behind[: sign.along_within]}
                if sign.along and sign.along.isdisjoint(around - {stem}):
                    return None
                return self._index + (distance if sign.behind else -distance)
        return None


@cache
def _signs() -> dict[Role, tuple[_Sign, ...]]:
    roles = load("amounts")["roles"]
    return {
        role: tuple(
            _Sign(
                words=stems_of(sign.get("before", sign.get("after"))),
                behind="after" in sign,
                within=int(sign["within"]),
                along=stems_of(sign.get("along", "")),
                along_within=int(sign.get("along_within", 0)),
                unless=stems_of(sign.get("unless", "")),
            )
            for sign in roles[role.value]
        )
        for role in Role
    }


@cache
def _promised() -> frozenset[str]:
    return stems_of(load("amounts")["promised_behind"])
