"""Staff teach the assistant what messages meant; it keeps only what they accept, scrubbed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from rich.console import Console
from rich.text import Text

from bot.bootstrap import App
from bot.cli.audit import audited
from bot.cli.common import CommandError, WrongUseError, say
from bot.cli.jsonl import LineError, read_line
from bot.cli.nlu_files import Lesson, LessonError
from bot.cli.nlu_shelf import Shelf
from bot.cli.opened import with_app
from bot.cli.review_talk import Ask, ask_at_terminal, talk
from bot.cli.train import UNDERSTANDING
from bot.domain.review import Candidate, Guess
from bot.language.meanings import MeaningModel, UnreadableModelError
from bot.language.scrub import scrub
from bot.language.types import Urgency
from bot.language.understanding import Understander
from bot.services.review import candidates
from bot.settings import ROOT

EXAMPLES = ROOT / "data" / "nlu"
LIKELY = 3
_STYLES = {"+": "green", "-": "red", "@": "cyan"}

log = structlog.get_logger()


@dataclass
class _Count:
    """What the audit line tells."""

    shown: int = 0
    accepted: int = 0


def teach(days: int, limit: int, folder: Path | None) -> None:
    """Ask at the terminal about one message after the other, then write what was accepted."""
    if not sys.stdin.isatty():
        raise CommandError("this asks questions: use a terminal, or --json and --accept FILE")
    shelf = _shelf(folder)
    with _audited() as count:
        found = _candidates(days, limit, shelf)
        if not found:
            print(f"Nothing of the last {days} days needs a look.")
            return
        ask_about(found, shelf, ask_at_terminal, Console(), count)


def ask_about(
    found: tuple[Candidate, ...], shelf: Shelf, ask: Ask, console: Console, count: _Count
) -> None:
    """Talk about candidates and, when told so, write what came of it."""
    count.shown = talk(found, shelf, ask, console)
    if not shelf.added:
        console.print("Nothing was accepted.")
        return
    for line in shelf.diff().splitlines():
        console.print(Text(line, style=_STYLES.get(line[:1], "")))
    try:
        answer = ask(f"Write {_examples(shelf.added)}? [y/N] ", "")
    except EOFError:
        answer = ""
    if answer.casefold() not in {"y", "yes", "ya"}:
        console.print("Nothing was written.")
        return
    _write(shelf, count)


def show(days: int, limit: int, folder: Path | None) -> None:
    """Print the messages as lines, for use without a terminal."""
    shelf = _shelf(folder)
    with _audited() as count:
        for candidate in _candidates(days, limit, shelf):
            print(json.dumps(_as_line(candidate)), flush=True)
            count.shown += 1


def accept(file: Path, folder: Path | None) -> None:
    """Write the examples of a file, all or none, without questions."""
    shelf = _shelf(folder)
    with _audited() as count:
        wrong = 0
        for number, line in enumerate(_lines(file), start=1):
            if not line.strip():
                continue
            try:
                shelf.add(_lesson(line))
            except (LineError, LessonError) as error:
                say(f"tanyadulu: {file}, line {number}: {error}")
                wrong += 1
        if wrong:
            raise WrongUseError(f"{wrong} of the lines cannot be taken: nothing was written")
        if not shelf.added:
            raise WrongUseError(f"{file} holds no lines: nothing was written")
        _write(shelf, count)


def _lesson(line: bytes) -> Lesson:
    asked = read_line(line, {"text": str, "intent": str, "urgency": str})
    if asked["urgency"] not in {urgency.value for urgency in Urgency}:
        raise LineError(f"there is no such urgency: choose {', '.join(_urgencies())}")
    return Lesson(scrub(asked["text"]), asked["intent"], Urgency(asked["urgency"]))


def _urgencies() -> list[str]:
    return [urgency.value for urgency in Urgency]


def _lines(file: Path) -> list[bytes]:
    if str(file) == "-":
        return sys.stdin.buffer.readlines()
    try:
        return file.read_bytes().split(b"\n")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {_reason(error)}") from error


def _candidates(days: int, limit: int, shelf: Shelf) -> tuple[Candidate, ...]:
    guess = _guesser()

    async def read(app: App) -> tuple[Candidate, ...]:
        since = app.clock.now() - timedelta(days=days)
        return await app.read(lambda uow: candidates(uow, guess, shelf.is_known, since, limit))

    return with_app(read)


def _guesser() -> Callable[[str], Guess]:
    """Reads texts with the model that is there: it is the one that people talk to."""
    try:
        model = MeaningModel.load(UNDERSTANDING)
    except UnreadableModelError as error:
        raise CommandError(f"{error}; run ./tanyadulu train") from error
    understander = Understander(model)

    def guess(text: str) -> Guess:
        found = understander.understand(text)
        likely = tuple(model.read(text).intents[:LIKELY])
        return Guess(found.intent, found.confidence, found.urgency, likely)

    return guess


def _as_line(candidate: Candidate) -> dict[str, object]:
    """A message for programs. It is no line for `accept` yet: somebody has to say the intent."""
    guess = candidate.guess
    return {
        "text": candidate.text,
        "why": candidate.why,
        "meant": candidate.meant,
        "guess": guess.intent,
        "confidence": guess.confidence,
        "urgency": guess.urgency.value,
        "likely": [{"intent": name, "confidence": sure} for name, sure in guess.likely],
    }


def _shelf(folder: Path | None) -> Shelf:
    folder = folder or EXAMPLES
    try:
        return Shelf.read(folder)
    except LessonError as error:
        raise CommandError(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{folder} cannot be read: {_reason(error)}") from error


def _write(shelf: Shelf, count: _Count) -> None:
    try:
        shelf.write()
    except LessonError as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"the examples cannot be written: {_reason(error)}") from error
    count.accepted = shelf.added
    print(f"Wrote {_examples(shelf.added)}; ./tanyadulu train makes a model of them.")


def _examples(number: int) -> str:
    return f"{number} example{'' if number == 1 else 's'}"


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or type(error).__name__).lower()


@contextmanager
def _audited() -> Iterator[_Count]:
    """One line in var/logs/review.log about who looked at how much, whatever comes of it."""
    count = _Count()
    with audited("review") as by:
        try:
            yield count
        finally:
            log.info("reviewed", by=by, shown=count.shown, accepted=count.accepted)
