"""One JSON object a line: for programs that talk to a command."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from bot.cli.common import CommandError, WrongUseError, say


class LineError(ValueError):
    """This line cannot be answered; the others can."""


def answer_each(
    fields: Mapping[str, type | tuple[type, ...]],
    answer: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    """Answer the lines of stdin on stdout, in order, each as soon as it is known.

    `fields` are those that a line must have. A line that is malformed, or for which `answer`
    raises `LineError`, is named on stderr; the command then ends with status 1 after the last.
    """
    failed = False
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            result = answer(read_line(line, fields))
        except LineError as error:
            say(f"tanyadulu: line {number}: {error}")
            failed = True
        else:
            # Plain ASCII: half a surrogate pair in a message must not end the program.
            print(json.dumps(result), flush=True)
    if failed:
        raise typer.Exit(1)


def read_file[Row](file: Path, read: Callable[[bytes], Row]) -> Iterator[Row]:
    """What `read` makes of each line of a file; blank lines count for nothing.

    Raises `WrongUseError` with file and line for the first of which `read` raises `LineError`,
    and `CommandError` for an unreadable file.
    """
    for number, line in enumerate(lines_of(file), start=1):
        if line.strip():
            try:
                yield read(line)
            except LineError as error:
                raise WrongUseError(f"{file}, line {number}: {error}") from error


def lines_of(file: Path) -> list[bytes]:
    """The lines of a file. Raises `CommandError` when it cannot be read."""
    try:
        return file.read_bytes().split(b"\n")
    except OSError as error:
        reason = (error.strerror or "why?").lower()
        raise CommandError(f"{file} cannot be read: {reason}") from error


def read_line(line: bytes, fields: Mapping[str, type | tuple[type, ...]]) -> dict[str, Any]:
    """The object of one line, with these fields at least. Raises `LineError`."""
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineError("not valid JSON") from error
    if not isinstance(asked, dict):
        raise LineError("not a JSON object")
    for name, kind in fields.items():
        if not isinstance(asked.get(name), kind) or isinstance(asked[name], bool):
            raise LineError(f'"{name}" is missing or of another type')
    return asked
