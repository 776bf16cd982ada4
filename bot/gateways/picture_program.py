"""Reads pictures and PDFs in a process of its own: `python -m bot.gateways.picture_program`.

Whatever a stranger's file does to a decoder happens here: without keys and settings, with bounded
memory, behind everybody else in the queue for the processor, unable to write a file. It says
that it is ready, then answers each request of bot.gateways.ocr with one line of JSON until its
input ends.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
from typing import Any, BinaryIO

MEMORY_BYTES = 2 * 1024**3
"""Address space, most of it libraries and never touched; a picture takes up to 0.7 GB of memory."""
NICENESS = 10
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main() -> None:
    """Limit ourselves, load the models, then serve."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.environ.update(dict.fromkeys(THREADS, "1"))
    logging.disable(logging.CRITICAL)
    # Only now: libraries look at those settings when they are loaded.
    from bot.gateways.picture_work import PictureWork  # noqa: PLC0415

    # What a library prints must not get between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    work = PictureWork()
    _say(answers, {"ready": True})
    while request := sys.stdin.buffer.readline():
        asked = json.loads(request)
        body = sys.stdin.buffer.read(asked["size"])
        try:
            lines = work.read(body, asked["media_type"])
        except MemoryError:
            # Nobody knows what is left in pieces: the next picture gets a new process.
            _say(answers, {"problem": "too_large"})
            sys.exit(1)
        except ValueError as error:
            _say(answers, {"problem": str(error)})
        else:
            _say(answers, {"lines": [[line.text, line.confidence] for line in lines]})


def _say(answers: BinaryIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
