"""What several commands need: their error, the settings, and progress on the terminal."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from typer import TyperException

from bot.cli import environments
from bot.settings import Settings


class CommandError(TyperException):
    """The command cannot do its work; the message is one line and says how to mend it."""


class WrongUseError(CommandError):
    """What was given to the command cannot be used; the message says what and why."""

    exit_code = 2


def load_settings() -> Settings:
    """The settings of the environment and `.env`. Raises `CommandError` for a wrong value."""
    try:
        return Settings.model_validate({})  # reads the environment, and is typed
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        raise CommandError(f"the setting {name} is wrong: {first['msg'].lower()}") from error


def prepare_data_dir(settings: Settings) -> None:
    """Make the data folder; it and all that is written from now on is for its owner only."""
    os.umask(0o077)
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        (settings.data_dir / "logs").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{settings.data_dir} cannot be made: {error.strerror}") from error


def read_running(settings: Settings) -> dict[str, Any]:
    """Addresses and process ids that `up` wrote; empty when it does not run."""
    try:
        running: dict[str, Any] = json.loads((settings.data_dir / "up.json").read_text("utf-8"))
        os.kill(running["pid"], 0)
    except (OSError, ValueError, KeyError):
        return {}
    return running


def install(name: str, title: str) -> None:
    """Set up an environment with progress. Raises `CommandError`."""
    if environments.ENVIRONMENTS[name].is_current():
        return
    with progress(title) as say:
        try:
            environments.install(name, say)
        except environments.SetupError as error:
            raise CommandError(str(error)) from error


@contextmanager
def progress(title: str) -> Iterator[Callable[[str], None]]:
    """Show that something is being done: a spinner on a terminal, plain lines elsewhere.

    Yields a function that shows the present step.
    """
    console = Console(stderr=True)
    began = time.monotonic()
    if console.is_terminal:
        with console.status(title) as status:
            yield lambda step: status.update(f"{title}: [dim]{escape(step.strip())}[/dim]")
    else:
        say(title)
        yield say
    console.print(f"[green]✓[/green] {title} [dim]({time.monotonic() - began:.0f} s)[/dim]")


def say(line: str) -> None:
    """A plain line for people; standard output is for results."""
    print(line, file=sys.stderr, flush=True)
