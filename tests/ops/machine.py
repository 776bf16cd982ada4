"""A machine with the real server on it, and the commands that its administrator types."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from bot.cli.up import free_port
from bot.settings import ROOT
from tests.stack import answers

START_SECONDS = 60.0
DANGER = "tolong, saya dikunci di kamar dan paspor saya diambil"


@dataclass
class Machine:
    """A data folder with its settings; `url` is where its server listens."""

    folder: Path
    settings: Mapping[str, str]
    port: int = field(default_factory=free_port)
    _server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where people reach the server."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What every process on this machine sees."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {
            **kept,
            "COLUMNS": "200",
            "PYTHONPATH": str(ROOT),
            "TANYADULU_DATA_DIR": str(self.folder),
            "TANYADULU_PORT": str(self.port),
            "TANYADULU_PRACTICE": "1",
            "TANYADULU_TURN_SECONDS": "0",
            # Nobody answers there: what must work without Rasa is enough here.
            "RASA_URLS": "http://127.0.0.1:9",
            "TANYADULU_RASA_KEY": "unused",
            **self.settings,
        }

    def run(
        self, *arguments: str, before: Callable[[], None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """One command to its end; `before` runs in its process first."""
        return subprocess.run(
            [sys.executable, "-m", "bot.cli", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            preexec_fn=before,
        )

    def start(self) -> None:
        """Start the server with its worker, and wait until it takes messages."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "server.out").open("ab") as output:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", "serve"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_SECONDS
        while not answers(f"{self.url}/healthz"):
            said = (self.folder / "server.out").read_text("utf-8")
            assert self._server.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.1)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the server by a signal; nothing when it does not run."""
        if self._server is not None:
            self._server.send_signal(number)
            self._server.wait(30)
            self._server = None

    def say(self, client: httpx2.Client, sender: str, text: str) -> None:
        """A message that the server has taken when this returns."""
        body = {"sender": sender, "text": text, "final": True}
        sent = client.post(f"{self.url}/api/web/messages", json=body)
        assert sent.status_code == 202, sent.text

    def news(self, client: httpx2.Client, sender: str) -> dict[str, Any]:
        """All that was said with somebody, as the page sees it."""
        got = client.get(f"{self.url}/api/web/messages", params={"sender": sender})
        assert got.status_code == 200, got.text
        news: dict[str, Any] = got.json()
        return news


class Crowd:
    """People who go on writing, each to one server, until told to stop."""

    def __init__(self, machine: Machine, people: int = 3) -> None:
        self.said: dict[str, list[str]] = {f"orang-{number}": [] for number in range(people)}
        self._machine = machine
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._talk, args=(name,)) for name in self.said]
        for thread in self._threads:
            thread.start()

    def _talk(self, name: str) -> None:
        with httpx2.Client(timeout=30, trust_env=False) as client:
            while not self._over.is_set():
                number = len(self.said[name])
                text = f"{DANGER} ({name})" if number == 0 else f"pesan {number} dari {name}"
                self._machine.say(client, name, text)
                self.said[name].append(text)

    def wait_for(self, messages: int) -> None:
        """Until each has had so many messages taken."""
        deadline = time.monotonic() + START_SECONDS
        while min(map(len, self.said.values())) < messages:
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    def stop(self) -> None:
        """They stop writing."""
        self._over.set()
        for thread in self._threads:
            thread.join()
