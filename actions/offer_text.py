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

_SAME = re.compile(
    r"\b(?:yang|tawaran|lowongan|loker|kerjaan) (?:\w+ )?(?:tadi|kemarin|itu|sama)\b"
)

SAID_BY_BUTTON = {
    "offer__country": {
        "malaysia": "Kerja di Malaysia.",
        "taiwan": "Kerja di Taiwan.",
        "hongkong": "Kerja di Hong Kong.",
        "arab saudi": "Kerja di Arab Saudi.",
        "kamboja": "Kerja di Kamboja.",
    },
    "offer__job": {
        "rumah": "Kerja jadi asisten rumah tangga.",
        "lansia": "Kerja jadi perawat lansia.",
        "pabrik": "Kerja di pabrik.",
        "kebun": "Kerja di perkebunan.",
        "admin": "Kerja jadi admin daring.",
    },
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
    "offer__contract": {
        "ada": "Sudah ada kontrak.",
        "belum": "Belum ada kontrak.",
        "nanti": "Kontraknya nanti setelah sampai.",
    },
    "offer__departure": {
        "within_48h": "Berangkat besok atau lusa.",
        "this_week": "Berangkat minggu ini.",
        "later": "Masih beberapa bulan lagi berangkat.",
    },
}
"""What a button means in words, so that the check reads it like everything else."""

_SHORT_ANSWERS = {
    "offer__job": "kerja {}",
    "offer__salary": "gaji {}",
    "offer__visa": "visa {}",
    "offer__fee": "biaya {}",
    "offer__agency": "lewat {}",
    "offer__contract": "kontrak {}",
    "offer__departure": "berangkat {}",
}

_FREE = re.compile(
    r"\b(?:gratis|cuma cuma)\b|"
    r"\btidak (?:jadi |pernah |ada |perlu |usah |akan )*(?:bayar|biaya|uang|diminta|dipungut|keluar)\b"
)
_FIRST_NAME_BASIS = re.compile(
    r"\b(?:pak|bu|bapak|ibu|mas|mbak|kakak|bang|kang|teh|tante|om|haji|hajah|ustad\w*|teman\w*|"
    r"tetangga\w*|saudara\w*|kenalan\w*|sepupu\w*|orang)\b"
)


def with_answer(text: str, name: str, value: str) -> str:
    """The offer's text with an answer added, said so that the check understands it."""
    piece = as_statement(name, value)
    return f"{text}\n{piece}".strip()[:LONGEST_TEXT] if piece else text


def as_statement(name: str, value: str) -> str:
    """An answer as a sentence of its own; empty when nobody knows."""
    if value == UNKNOWN:
        return ""
    said = SAID_BY_BUTTON.get(name, {}).get(value)
    if said is not None:
        return said
    if len(value.split()) > SHORT:
        return value
    told = set(check_offer(value).facts)
    if told and name.removeprefix("offer__") not in told:
        return value  # an answer to another question than ours
    return _SHORT_ANSWERS.get(name, "{}").format(value)


def meant_by(name: str, value: str) -> str:
    """The button that a few words stand for, else the words themselves.

    Only where the check would not understand them: "gratis kok", "pak haji".
    """
    plain = normalise(value).text.casefold()
    check = check_offer(as_statement(name, value))
    if len(plain.split()) > _LONG or check.flags or name.removeprefix("offer__") in check.facts:
        return value
    if name == "offer__fee" and _FREE.search(plain):
        return "tidak"
    if name == "offer__agency" and _FIRST_NAME_BASIS.search(plain):
        return "perorangan"
    return value


def holds_an_offer(check: OfferCheck, text: str) -> bool:
    """Whether the text can be judged: a sign or two facts; one, where a whole story was told."""
    enough = 1 if len(text.split()) >= _LONG else _TELLING
    return bool(check.flags or check.signals or len(check.facts) >= enough)


def whole_offer(text: str, told: str) -> str:
    """The words of an offer: those of this turn, or all that was told where these hold none."""
    return (text if holds_an_offer(check_offer(text), text) else told)[:LONGEST_TEXT]


def is_another_offer(text: str, known: str) -> bool:
    """Whether somebody asks for, or pastes, an offer beside the one that is being checked."""
    plain = normalise(text).text.casefold()
    if _ANOTHER.search(plain) and len(text.split()) <= _LONG:
        return True
    if _SAME.search(plain):
        return False
    told, before = check_offer(text).facts, check_offer(known).facts
    differs = any(
        name in told and name in before and told[name] != before[name]
        for name in ("country", "job")
    )
    if len(text.split()) < _LONG:
        return differs and {"country", "job"} <= set(told)
    return differs and len(told) > _TELLING


def tells_nothing(text: str) -> bool:
    """Whether these few words say nothing about any offer."""
    check = check_offer(text)
    return len(text.split()) <= SHORT and not (check.flags or check.signals or check.facts)
