"""Who used a command that others must be able to ask about: a line in the data folder's logs."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager

from bot import logs
from bot.cli.common import CommandError, load_settings, prepare_data_dir


@contextmanager
def audited(name: str) -> Iterator[str]:
    """Send the log lines of a command to logs/NAME.log; yields who runs it.

    Raises `CommandError` when nothing can be written there: then nothing is done either.
    """
    settings = load_settings()
    prepare_data_dir(settings)
    path = settings.data_dir / "logs" / f"{name}.log"
    try:
        opened = path.open("a", encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise CommandError(f"{path} cannot be written: {reason}") from error
    with opened as file:
        logs.configure(stream=file)
        yield _user()


def _user() -> str:
    """Who runs this, as the system knows, not as the environment says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
