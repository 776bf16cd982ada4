"""Child processes that never outlive their parent and come back when they die."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.settings import ROOT

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
STEADY_SECONDS = 30.0
"""A child that ran this long is started again without a longer pause."""
OLD_LOGS = 3

_PR_SET_PDEATHSIG = 1
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")


def bare_environment(**more: str) -> dict[str, str]:
    """Only what a Python process needs to run: no settings, no secrets."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **more}


def die_with_parent() -> Callable[[], None]:
    """For `preexec_fn`: Linux kills the child when its parent is gone, however it went."""
    parent = os.getpid()
    library = ctypes.CDLL(None) if sys.platform == "linux" else None

    def arrange() -> None:
        if library is not None:
            library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # it died before the request was made
                os._exit(1)

    return arrange


@dataclass(frozen=True)
class Program:
    """How a child is started."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)


class Child:
    """One program that is kept running; its output goes to a log file."""

    def __init__(self, program: Program, logs: Path) -> None:
        self.program = program
        self.log = logs / f"{program.name}.log"
        self.deaths = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._due = 0.0
        self._pause = FIRST_PAUSE_SECONDS

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the parent only."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own programs
                list(self.program.command),
                cwd=ROOT,
                env=dict(self.program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(),  # noqa: PLW1509 - this process has one thread
            )
        self._started = time.monotonic()

    def tend(self) -> str | None:
        """Start it again when it has died and the pause is over; a line when something happened."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._due:
                self.start()
                return f"{self.program.name} starts again"
            return None
        status = self._process.poll()
        if status is None:
            return None
        if now - self._started > STEADY_SECONDS:
            self._pause = FIRST_PAUSE_SECONDS
        self._process = None
        self.deaths += 1
        self._due = now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        how = f"by signal {-status}" if status < 0 else f"with status {status}"
        return f"{self.program.name} ended {how}; see {self.log}"

    def ask_to_stop(self) -> None:
        """Let it finish what it is doing."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def make_stop(self, deadline: float) -> None:
        """Wait until the monotonic `deadline`, then end it and whatever it started."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def last_words(self, count: int = 5) -> str:
        """The end of its log."""
        return last_lines(self.log, count)


def last_lines(path: Path, count: int) -> str:
    """The last lines of a text file; empty when there is none."""
    try:
        return "\n".join(path.read_text("utf-8", errors="replace").splitlines()[-count:])
    except OSError:
        return ""


def rotate(log: Path) -> None:
    """Begin a new log for its owner only, keeping the last ones as .1, .2, .3."""
    for number in range(OLD_LOGS, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        newer = log if number == 1 else log.with_name(f"{log.name}.{number - 1}")
        if newer.exists():
            newer.replace(older)
    log.touch(mode=0o600)
