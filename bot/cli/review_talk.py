"""The questions to whoever teaches the assistant, one message at a time."""

from __future__ import annotations

import readline
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.cli.nlu_files import Lesson, LessonError
from bot.cli.nlu_shelf import Shelf
from bot.domain.review import Candidate, Why
from bot.language.scrub import scrub
from bot.language.types import Urgency

Ask = Callable[[str, str], str]
"""Asks a question, with a text that is there to be changed; EOFError when there is nobody."""

_QUESTION = "What does it mean? (one of these, a name, ? for all, e edit, s skip, q quit) "
_WHY = {
    Why.UNSURE: "the assistant is not sure",
    Why.CORRECTED: "the person picked another meaning",
    Why.DANGER: "asked whether there is danger; it was an emergency",
    Why.NO_DANGER: "asked whether there is danger; the person said no",
}


def ask_at_terminal(question: str, text: str) -> str:
    """Ask whoever sits there."""
    readline.set_startup_hook(lambda: readline.insert_text(text))
    try:
        return input(question).strip()
    finally:
        readline.set_startup_hook(None)


def talk(found: Sequence[Candidate], shelf: Shelf, ask: Ask, console: Console) -> int:
    """Ask about each message and put what is accepted on the shelf; how many were shown."""
    for number, candidate in enumerate(found, start=1):
        try:
            goes_on = _one(candidate, f"{number} of {len(found)}", shelf, ask, console)
        except EOFError:
            console.print()
            goes_on = False
        if not goes_on:
            return number
    return len(found)


def _one(candidate: Candidate, title: str, shelf: Shelf, ask: Ask, console: Console) -> bool:
    """Ask about one message; False when whoever answers has had enough."""
    text = candidate.text
    _show(candidate, title, console)
    while True:
        answer = ask(_QUESTION, "")
        if answer == "q":
            return False
        if answer in {"", "s"}:
            return True
        if answer == "e":
            text = scrub(ask("Text: ", text))
            console.print(Panel(Text(text), title="changed", title_align="left"))
            continue
        intent = _intent(answer, candidate, shelf.intents)
        if intent is None:
            _list(answer, shelf.intents, console)
            continue
        urgency = _urgency(candidate.urgency_of(intent), ask, console)
        try:
            shelf.add(Lesson(text, intent, urgency))
        except LessonError as error:
            console.print(f"Not taken: {error}.", markup=False)
            continue
        console.print(f"Taken as {intent}, {urgency.value}.", markup=False)
        return True


def _show(candidate: Candidate, title: str, console: Console) -> None:
    guess = candidate.guess
    console.print(Panel(Text(candidate.text), title=title, title_align="left"))
    console.print(f"Here because {_WHY[candidate.why]}.", markup=False)
    console.print(f"Guess: {_sure(guess.intent, guess.confidence)}, urgency {guess.urgency.value}.")
    likely = [
        f"{number} {_sure(intent, confidence)}"
        for number, (intent, confidence) in enumerate(guess.likely, start=1)
    ]
    if candidate.meant is not None:
        likely.append(f"m {candidate.meant}")
    console.print("   ".join(likely), markup=False)


def _sure(intent: str, confidence: float) -> str:
    return f"{intent} {confidence:.2f}"


def _intent(answer: str, candidate: Candidate, intents: Sequence[str]) -> str | None:
    """What an answer names: one of the likely by its number, what was meant, or any by its name."""
    names = [intent for intent, _ in candidate.guess.likely]
    if answer == "m":
        answer = candidate.meant or ""
    if answer.isdecimal():
        number = int(answer)
        answer = names[number - 1] if 1 <= number <= len(names) else ""
    return answer if answer in intents else None


def _list(answer: str, intents: Sequence[str], console: Console) -> None:
    """The names that hold what was typed; all of them for a question mark alone."""
    part = answer.replace("?", "").strip()
    found = [intent for intent in intents if part in intent]
    if not found:
        console.print("There is no such intent.")
    console.print("  ".join(found or intents), markup=False, highlight=False)


def _urgency(usual: Urgency, ask: Ask, console: Console) -> Urgency:
    known = {urgency.value: urgency for urgency in Urgency}
    while True:
        answer = ask(f"How urgent? ({', '.join(known)}) [{usual.value}] ", "")
        if not answer:
            return usual
        if answer in known:
            return known[answer]
        console.print("Please type one of the four words.")
