"""Logs for machines: one JSON object a line, never a word of a person."""

from __future__ import annotations

import contextlib
import logging
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import TextIO

import structlog


def configure(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Set up logging of the process once; libraries speak only when they warn.

    Lines go to standard error unless another stream is given.
    """
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_WithoutWords("%(levelname)s %(name)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    # These put whole addresses, with tokens in them, into their lines.
    for name in ("httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # This one writes down answers that it cannot read, words of people included.
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_Lines(stream),
    )


class _WithoutWords(logging.Formatter):
    """Says of an error what it was and where: its text may quote what a person wrote."""

    def formatException(  # noqa: N802  # the library's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """See logging.Formatter."""
        steps = [
            f"{Path(step.filename).name}:{step.lineno}" for step in traceback.extract_tb(ei[2])
        ]
        return f"{'' if ei[0] is None else ei[0].__name__} at {' '.join(steps)}"


class _Lines:
    """Makes the loggers of structlog."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, *_: object) -> _Line:
        """See structlog's logger factories."""
        return _Line(self._stream)


class _Line(structlog.PrintLogger):
    """Writes lines, and drops those that cannot be written.

    The log may lie on a full disk beside the data: whatever wanted to speak of that must go on.
    """

    def msg(self, message: str) -> None:
        """See structlog."""
        with contextlib.suppress(OSError, ValueError):  # a full disk, a stream that is closed
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg
