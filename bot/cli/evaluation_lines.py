"""Messages with the labels that people gave them, read from files of one JSON object a line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any

from bot.cli.common import WrongUseError
from bot.cli.jsonl import LineError, read_file, read_line
from bot.language.types import Urgency


class Kind(StrEnum):
    """Why a message is in the file."""

    ORDINARY = "ordinary"
    NEGATIVE = "negative"
    """Alarming words and no emergency: news, films, idioms, what is over."""
    OBLIQUE = "oblique"
    """An emergency told without any of the words one would expect."""


@dataclass(frozen=True)
class Labelled:
    """A message and what it means to people; `voice` is the way of speaking, if it is known."""

    id: str | int
    text: str = field(repr=False)
    intent: str
    urgency: Urgency
    voice: str = ""
    kind: Kind = Kind.ORDINARY


def read_labelled(files: Sequence[Path], intents: Collection[str]) -> list[Labelled]:
    """All messages of the files, in order; blank lines count for nothing.

    Raises `WrongUseError` for the first line that is malformed or has a label that is none of
    `intents` or of the urgencies, with file and line, and `CommandError` for an unreadable file.
    """
    messages = [
        message
        for file in files
        for message in read_file(file, lambda line: _labelled(line, intents))
    ]
    if not messages:
        raise WrongUseError(f"no message in {', '.join(map(str, files))}")
    return messages


def _labelled(line: bytes, intents: Collection[str]) -> Labelled:
    read = read_line(line, {"id": (str, int), "text": str, "intent": str, "urgency": str})
    if read["intent"] not in intents:
        raise LineError(f'the model knows no intent "{read["intent"]}"')
    urgency = _one_of(Urgency, read, "urgency")
    kind = _one_of(Kind, {"kind": Kind.ORDINARY.value} | read, "kind")
    voice = read.get("voice", "")
    if not isinstance(voice, str):
        raise LineError('"voice" is of another type')
    if kind is Kind.OBLIQUE and urgency is not Urgency.EMERGENCY:
        raise LineError(f'an oblique emergency cannot have the urgency "{urgency.value}"')
    if kind is Kind.NEGATIVE and urgency is Urgency.EMERGENCY:
        raise LineError('a hard negative cannot have the urgency "emergency"')
    return Labelled(read["id"], read["text"], read["intent"], urgency, voice, kind)


def _one_of[E: Enum](kinds: type[E], read: dict[str, Any], name: str) -> E:
    try:
        return kinds(read[name])
    except ValueError as error:
        known = ", ".join(kind.value for kind in kinds)
        raise LineError(f'"{name}" must be one of: {known}') from error
