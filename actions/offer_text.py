"""An offer as a text that grows with every answer, so that the check reads it all alike."""

from __future__ import annotations

import re

from actions.base import UNKNOWN
from bot.language.offers import check_offer
from bot.language.spelling import normalise
from bot.language.types import OfferCheck

LONGEST_TEXT = 8000
"""Characters of an offer and its answers that are kept; a longer advertisement is cut."""

SHORT = 4
"""Words up to which an answer is no sentence of its own."""

_TELLING = 2
_LONG = 8

_ANOTHER = re.compile(
    r"\b(?:tawaran|lowongan|loker|iklan|kerjaan|kerja) (?:yang )?(?:lain|satu lagi|baru)\b|"
    r"\b(?:cek|periksa) (?:yang )?(?:lain|satu lagi|baru)\b"
)

SAID_BY_BUTTON = {
    "offer__visa": {
        "kerja": "Pakai visa kerja.",
        "turis": "Berangkat pakai visa turis.",
        "pelajar": "Berangkat pakai visa pelajar untuk kerja.",
    },
    "offer__fee": {
        "diminta": "Diminta bayar uang di muka.",
        "tidak": "Tidak diminta uang.",
        "potong_gaji": "Biaya dibayar dengan potong gaji.",
    },
    "offer__agency": {
        "pt": "Berangkat lewat PT.",
        "perorangan": "Berangkat lewat perorangan, tanpa PT.",
    },
    "offer__departure": {
        "within_48h": "Berangkat besok atau lusa.",
        "this_week": "Berangkat minggu ini.",
        "later": "Berangkatnya masih lama.",
    },
}
"""What a button means in words, so that the check reads it like everything else."""

_SHORT_ANSWERS = {
    "offer__visa": "visa {}",
    "offer__fee": "biaya {}",
    "offer__agency": "lewat {}",
    "offer__departure": "berangkat {}",
}


def with_answer(text: str, name: str, value: str) -> str:
    """The offer's text with an answer added, said so that the check understands it."""
    if value == UNKNOWN:
        return text
    said = SAID_BY_BUTTON.get(name, {}).get(value)
    if said is None:
        short = len(value.split()) <= SHORT
        said = _SHORT_ANSWERS.get(name, "{}").format(value) if short else value
    return f"{text}\n{said}".strip()[:LONGEST_TEXT]


def holds_an_offer(check: OfferCheck, text: str) -> bool:
    """Whether the text can be judged: a sign or two facts; one, where a whole story was told."""
    enough = 1 if len(text.split()) >= _LONG else _TELLING
    return bool(check.flags or check.signals or len(check.facts) >= enough)


def whole_offer(text: str, told: str) -> str:
    """The words of an offer: those of this turn, or all that was told where these hold none."""
    return (text if holds_an_offer(check_offer(text), text) else told)[:LONGEST_TEXT]


def is_another_offer(text: str, known: str) -> bool:
    """Whether somebody asks for, or pastes, an offer beside the one that is being checked."""
    if _ANOTHER.search(normalise(text).text.casefold()) and len(text.split()) <= _LONG:
        return True
    if len(text.split()) < _LONG:
        return False
    told, before = check_offer(text).facts, check_offer(known).facts
    return len(told) > _TELLING and any(
        name in told and name in before and told[name] != before[name]
        for name in ("country", "job")
    )


def tells_nothing(text: str) -> bool:
    """Whether these few words say nothing about any offer."""
    check = check_offer(text)
    return len(text.split()) <= SHORT and not (check.flags or check.signals or check.facts)
