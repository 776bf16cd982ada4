"""A machine with the product on it: processes that come back, and people who keep trying."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2

from bot.cli.environments import ENVIRONMENTS
from bot.cli.processes import FIRST_PAUSE_SECONDS, Child, Program, rotate
from tests.stack import answers

PATIENCE_SECONDS = 120.0


class Box:
    """Runs programs and starts them again when they die, as `up` and systemd do."""

    def __init__(self, folder: Path, programs: list[Program], port: int) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        logs = folder / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        for program in programs:
            rotate(logs / f"{program.name}.log")
        self.children = {program.name: Child(program, logs) for program in programs}
        self._held: set[str] = set()
        self._over = threading.Event()
        self._tending = threading.Thread(target=self._tend)
        self._tending.start()

    def _tend(self) -> None:
        # Started from this thread: the kernel ends a child when the thread that made it ends.
        for child in self.children.values():
            child.start()
        while not self._over.wait(0.1):
            for name, child in self.children.items():
                if name not in self._held:
                    child.tend()

    def kill(self, name: str) -> None:
        """Send SIGKILL, without a chance to say good-bye; it comes back without a long pause."""
        child = self.children[name]
        child._pause = FIRST_PAUSE_SECONDS
        if child.pid is not None:
            os.kill(child.pid, signal.SIGKILL)

    def deaths(self) -> int:
        """How often any of its processes has died."""
        return sum(child.deaths for child in self.children.values())

    def hold_down(self, name: str) -> None:
        """Kill it and do not let it come back yet."""
        self._held.add(name)
        self.kill(name)

    def let_up(self, name: str) -> None:
        """It may come back."""
        self._held.discard(name)

    def await_alive(self) -> None:
        """Until the server takes messages again."""
        self._await("/healthz")

    def await_ready(self) -> None:
        """Until a message can be answered."""
        self._await("/readyz")

    def _await(self, path: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers(f"{self.url}{path}"):
            if time.monotonic() > deadline:
                raise TimeoutError({n: c.last_words() for n, c in self.children.items()})
            time.sleep(0.2)

    def close(self) -> None:
        """End all that was started."""
        self._over.set()
        self._tending.join()
        for child in self.children.values():
            child.ask_to_stop()
        for child in self.children.values():
            child.make_stop(time.monotonic() + 5)

    def say(self, sender: str, text: str, client_id: str) -> None:
        """Send a message as the page does: the same one again until it is taken."""
        body = {"sender": sender, "text": text, "client_id": client_id, "final": True}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                sent = httpx2.post(
                    f"{self.url}/api/web/messages", json=body, timeout=10, trust_env=False
                )
            except httpx2.HTTPError:
                time.sleep(0.2)
                continue
            if sent.status_code == 202:
                return
            assert sent.status_code >= 500, sent.text
            time.sleep(0.2)
        raise TimeoutError(f"{text!r} was never taken")

    def news(self, sender: str) -> dict[str, Any]:
        """All that was said with somebody, as the page would see it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                got = httpx2.get(
                    f"{self.url}/api/web/messages",
                    params={"sender": sender},
                    timeout=10,
                    trust_env=False,
                )
                if got.status_code == 200:
                    news: dict[str, Any] = got.json()
                    return news
            except httpx2.HTTPError:
                pass
            if time.monotonic() > deadline:
                raise TimeoutError(sender)
            time.sleep(0.2)

    def await_answers(self, sender: str, seconds: float = PATIENCE_SECONDS) -> list[dict[str, Any]]:
        """Until no turn of this person is open; everything said, in order."""
        deadline = time.monotonic() + seconds
        while (news := self.news(sender))["open_turns"]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{sender}: {news['open_turns']} turns still open")
            time.sleep(0.2)
        messages: list[dict[str, Any]] = news["messages"]
        return messages


def server_program(folder: Path, port: int, assistant: Mapping[str, str], *module: str) -> Program:
    """The server, or another module in its place, with its worker."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": ".",
        "TANYADULU_DATA_DIR": str(folder),
        "TANYADULU_PORT": str(port),
        "TANYADULU_TURN_SECONDS": "0",
        **assistant,
    }
    command = [str(ENVIRONMENTS["service"].python), "-m", *(module or ("bot.cli", "serve"))]
    return Program("server", command, environment)
