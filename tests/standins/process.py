"""Starts a stand-in as a process of its own, and talks to its control calls."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from bot.cli.up import free_port
from bot.settings import ROOT

START_SECONDS = 20.0
PATIENCE_SECONDS = 20.0


class Running:
    """A stand-in that runs at `url`; it can be ended and come back on the same port."""

    def __init__(self, name: str, *options: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", f"tests.standins.{name}", "--port", str(self.port)]
        self._command = [*command, *options]
        self._process: subprocess.Popen[bytes] | None = None
        self._client = httpx2.Client(trust_env=False, timeout=10)

    def start(self) -> None:
        """Start the process and wait until it answers."""
        self._process = subprocess.Popen(self._command, cwd=ROOT)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.tell("calls")
            except httpx2.HTTPError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.end()
                    raise
                time.sleep(0.05)
            else:
                return

    def end(self) -> None:
        """End the process; whoever calls it from now on finds nobody."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """End the process and let go of connections."""
        self.end()
        self._client.close()

    def tell(self, call: str, /, **values: Any) -> Any:
        """Make a control call; what it returns."""
        # Written by hand: the client's own JSON cannot hold half a character, people's texts can.
        answer = self._client.post(f"{self.url}/control/{call}", content=json.dumps(values))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def calls(self, name: str = "") -> list[dict[str, Any]]:
        """The parameters of the calls so far, of one name when given, in order."""
        return [call["params"] for call in self.tell("calls", name=name)]

    def fail(self, kind: str, name: str = "", **fault: Any) -> None:
        """Let the next calls go wrong; see `serving.Fault`."""
        self.tell("fail", kind=kind, name=name, **fault)

    def await_calls(
        self, name: str, count: int = 1, seconds: float = PATIENCE_SECONDS
    ) -> list[dict[str, Any]]:
        """Wait until a call was made so often; their parameters."""
        return await_that(lambda: self.calls(name), lambda calls: len(calls) >= count, seconds)


def await_that[T](
    look: Callable[[], T], is_right: Callable[[T], bool], seconds: float = PATIENCE_SECONDS
) -> T:
    """Look again until it is right; what was seen. AssertionError when it never was."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if is_right(seen):
            return seen
        assert time.monotonic() < deadline, f"after {seconds} s: {seen!r}"
        time.sleep(0.05)


@contextmanager
def stand_in(name: str, *options: str) -> Iterator[Running]:
    """A running stand-in of `tests.standins.<name>`, ended afterwards."""
    running = Running(name, *options)
    try:
        running.start()
        yield running
    finally:
        running.close()
