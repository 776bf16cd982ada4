"""Job offers with the labels that people gave them, read from files of one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.cli.common import WrongUseError
from bot.cli.jsonl import LineError, lines_of, read_file, read_line
from bot.language.flags import catalogue, flag_patterns

_FIELDS: dict[str, type | tuple[type, ...]] = {
    "id": (str, int),
    "text": str,
    "label": str,
    "flags": list,
}


class Label(StrEnum):
    """What an offer is as a whole."""

    SCAM = "scam"
    MIXED = "mixed"
    LEGIT = "legit"
    OTHER = "other"
    """A quotation that is no offer, or that nobody can judge."""


@dataclass(frozen=True)
class LabelledOffer:
    """An offer and what people see in it."""

    id: str | int
    text: str = field(repr=False)
    label: Label
    flags: frozenset[str]
    signals: frozenset[str]


def holds_offers(file: Path) -> bool:
    """Whether the first line of a file is an offer and not a message."""
    for line in lines_of(file):
        if line.strip():
            try:
                return "flags" in json.loads(line)
            except (ValueError, RecursionError, TypeError):
                return False
    return False


def read_offers(files: Sequence[Path]) -> list[LabelledOffer]:
    """All offers of the files, in order; blank lines count for nothing.

    Raises `WrongUseError` for the first line that is malformed or names a flag that is none,
    with file and line, and `CommandError` for an unreadable file.
    """
    offers = [offer for file in files for offer in read_file(file, _offer)]
    if not offers:
        raise WrongUseError(f"no offer in {', '.join(map(str, files))}")
    return offers


def _offer(line: bytes) -> LabelledOffer:
    read = read_line(line, _FIELDS)
    label = Label(read["label"]) if read["label"] in set(Label) else Label.OTHER
    red = flag_patterns().red
    codes = _codes(read, "flags") | _codes(read, "signals")
    flags, signals = codes & red, codes - red  # who labels may mix them up
    if label is Label.LEGIT and flags:
        raise LineError("a legitimate offer has no flags")
    if label is Label.SCAM and not flags:
        raise LineError("a scam has a flag")
    return LabelledOffer(read["id"], read["text"], label, flags, signals)


def _codes(read: dict[str, Any], name: str) -> frozenset[str]:
    codes = read.get(name) or []
    for code in codes:
        if code not in catalogue():
            raise LineError(f'"{name}" holds {code!r}, which the catalogue does not know')
    return frozenset(codes)
