"""The assistant's real processes for a test session: Rasa and the action server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from bot.cli.processes import Child, rotate
from bot.cli.train import ensure_model
from bot.cli.up import plan
from bot.settings import Settings

START_SECONDS = 180.0


@dataclass(frozen=True)
class Stack:
    """Where the running assistant is, with its processes by name."""

    rasa_url: str
    rasa_key: str
    children: dict[str, Child]


@contextmanager
def running_assistant(folder: Path) -> Iterator[Stack]:
    """Train when stale, start Rasa and the action server, and end them afterwards."""
    ensure_model()
    settings = Settings.model_validate({"tanyadulu_data_dir": folder})
    logs = folder / "logs"
    logs.mkdir(parents=True)
    programs, ready = plan(settings)
    children = {}
    for program in programs:
        if program.name not in ("server", "watch"):
            rotate(logs / f"{program.name}.log")
            children[program.name] = Child(program, logs)
    del ready["server"]
    try:
        for child in children.values():
            child.start()
        _await(ready, children)
        key = programs[-1].environment["TANYADULU_RASA_KEY"]
        yield Stack(ready["rasa"].rstrip("/"), key, children)
    finally:
        for child in children.values():
            child.ask_to_stop()
        for child in children.values():
            child.make_stop(time.monotonic() + 5)


def _await(ready: dict[str, str], children: dict[str, Child]) -> None:
    deadline = time.monotonic() + START_SECONDS
    waiting = dict(ready)
    while waiting:
        if time.monotonic() > deadline:
            words = {name: child.last_words() for name, child in children.items()}
            raise TimeoutError(f"{sorted(waiting)} did not start: {words}")
        waiting = {name: url for name, url in waiting.items() if not answers(url)}
        time.sleep(0.2)


def answers(url: str) -> bool:
    """Whether an address answers with 200."""
    try:
        return httpx2.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx2.HTTPError:
        return False
