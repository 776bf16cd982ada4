"""Pictures are read by a process beside ours, which is ended when it takes too long.

Loading the models takes seconds, so the process stays for a while; with nothing to read for
IDLE_SECONDS it goes and gives its memory back.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Any

from bot.domain.readings import ReadLine
from bot.ports import UnreadableError

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "bot.gateways.picture_program"
READ_SECONDS, START_SECONDS, IDLE_SECONDS = 20.0, 30.0, 120.0
LONGEST_ANSWER = 1024 * 1024


class PictureProcess:
    """Implements bot.ports.PictureReader; one file at a time."""

    def __init__(
        self,
        *,
        read_seconds: float = READ_SECONDS,
        start_seconds: float = START_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._read_seconds = read_seconds
        self._start_seconds = start_seconds
        self._idle_seconds = idle_seconds
        # Its one thread owns the process: everything about it happens there, one after another.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._process: subprocess.Popen[bytes] | None = None
        self._idle: Timer | None = None

    def get_ready(self) -> None:
        """See bot.ports.PictureReader."""
        self._thread.submit(self._prepare)

    async def read(self, body: bytes, media_type: str) -> tuple[ReadLine, ...]:
        """See bot.ports.PictureReader."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._read, body, media_type)

    async def close(self) -> None:
        """See bot.ports.PictureReader."""
        process = self._process
        if process is not None:
            process.kill()  # whatever it is at: its thread waits for it
        await asyncio.get_running_loop().run_in_executor(self._thread, self._end)
        self._thread.shutdown(wait=False)

    @property
    def process_id(self) -> int | None:
        """The process that reads, while there is one."""
        return None if self._process is None else self._process.pid

    def _prepare(self) -> None:
        with suppress(UnreadableError):
            self._running()
            self._wait_for_more()

    def _read(self, body: bytes, media_type: str) -> tuple[ReadLine, ...]:
        process = self._running()
        head = json.dumps({"media_type": media_type, "size": len(body)}).encode() + b"\n"
        answer = self._ask(process, head + body, self._read_seconds)
        self._wait_for_more()
        if "problem" in answer:
            raise UnreadableError(str(answer["problem"]))
        return tuple(ReadLine(text, confidence) for text, confidence in answer["lines"])

    def _running(self) -> subprocess.Popen[bytes]:
        """The process, ready to read; started when there is none."""
        if self._idle is not None:
            self._idle.cancel()
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        # No keys, no settings, no secrets of ours.
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-m", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=environment,
            start_new_session=True,  # Ctrl-C in a terminal is for us
        )
        self._ask(self._process, b"", self._start_seconds)
        return self._process

    def _ask(
        self, process: subprocess.Popen[bytes], request: bytes, seconds: float
    ) -> dict[str, Any]:
        """Its next line; UnreadableError, and the process is gone, when none comes in time."""
        assert process.stdin is not None  # noqa: S101  # both are pipes
        assert process.stdout is not None  # noqa: S101
        overrun = Timer(seconds, process.kill)
        overrun.daemon = True
        overrun.start()
        try:
            process.stdin.write(request)
            process.stdin.flush()
            line = process.stdout.readline(LONGEST_ANSWER)
        except OSError:
            line = b""
        was_killed = not overrun.is_alive()
        overrun.cancel()
        if line.endswith(b"\n"):
            answer: dict[str, Any] = json.loads(line)
            return answer
        self._end()
        raise UnreadableError("too_long" if was_killed else "died")

    def _wait_for_more(self) -> None:
        self._idle = Timer(self._idle_seconds, self._thread.submit, (self._end,))
        self._idle.daemon = True
        self._idle.start()

    def _end(self) -> None:
        """No process is left behind, and none half-dead."""
        if self._idle is not None:
            self._idle.cancel()
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        process.wait()
