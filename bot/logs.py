"""Logs for machines: one JSON object a line, never a word of a person."""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TextIO

import structlog


def configure(level: int = logging.INFO) -> None:
    """Set up logging of the process once; libraries speak only when they warn."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s")
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
        logger_factory=_Lines(sys.stderr),
    )


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
        with contextlib.suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg
