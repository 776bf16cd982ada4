"""Starts the real command line, as a person at a terminal does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil

from bot.cli.up import free_port
from bot.settings import ROOT

COMMAND = str(ROOT / "tanyadulu")
START_SECONDS = 180.0


def environment(**settings: str) -> dict[str, str]:
    """The environment of this machine with these settings and none of the person's own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "COLUMNS": "200", **settings}


def tanyadulu(
    *arguments: str, stdin: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [COMMAND, *arguments],
        cwd=ROOT.parent,  # it works from anywhere
        env=environment(**settings),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Running:
    """`tanyadulu up` in a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.settings = {
            "TANYADULU_DATA_DIR": str(folder),
            "TANYADULU_PORT": str(self.port),
        }
        self._output = folder.with_name(f"{folder.name}.out")
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                [COMMAND, "up"],
                env=environment(**self.settings),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.wait_for(f"Ready: http://127.0.0.1:{self.port}/\n")

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self._output.read_text("utf-8")

    @property
    def state(self) -> dict[str, Any]:
        """What it wrote about itself."""
        state: dict[str, Any] = json.loads((self.folder / "up.json").read_text("utf-8"))
        return state

    @property
    def children(self) -> dict[str, psutil.Process]:
        """Its processes by name."""
        return {name: psutil.Process(pid) for name, pid in self.state["children"].items()}

    def wait_for(self, words: str) -> None:
        """Until it prints these words; fails with all of its output."""
        deadline = time.monotonic() + START_SECONDS
        while words not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.1)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """End it by a signal; how many seconds that took."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        return time.monotonic() - began


def all_gone(processes: list[psutil.Process], seconds: float = 5.0) -> bool:
    """Whether none of the processes runs any more, within some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(_runs(process) for process in processes):
            return True
        time.sleep(0.05)
    return False


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
