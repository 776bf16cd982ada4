"""What is measured alike on both sides."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psutil

from bench.client import CallError, Connection
from bot.cli.processes import Child, Program, rotate

PATIENCE_SECONDS = 240.0
_END_SECONDS = 5.0


class BenchError(Exception):
    """A side did not do what it should; a figure of it would mean nothing."""


@dataclass(frozen=True)
class Said:
    """One turn: how long until the whole answer was there, and its words."""

    seconds: float
    texts: tuple[str, ...]


class Talk(Protocol):
    """One person in one conversation."""

    async def say(self, text: str) -> Said:
        """Say something and wait for the whole answer. Raises `BenchError` without one."""

    async def close(self) -> None:
        """Hang up."""


@dataclass
class Side:
    """The running processes of one side."""

    name: str
    port: int
    new_talk: Callable[[], Awaitable[Talk]]
    children: dict[str, Child] = field(default_factory=dict)
    ready_seconds: float = 0.0
    first_answer_seconds: float = 0.0

    def memory(self) -> dict[str, dict[str, float]]:
        """Megabytes of each process with what it started: proportional (PSS) and resident."""
        found = {}
        for name, child in self.children.items():
            if child.pid is None:
                continue
            family = [psutil.Process(child.pid)]
            family += family[0].children(recursive=True)
            infos = [process.memory_full_info() for process in family]
            found[name] = {
                "pss": round(sum(info.pss for info in infos) / 1e6, 1),
                "rss": round(sum(info.rss for info in infos) / 1e6, 1),
                "processes": len(infos),
            }
        return found

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time that each process has used so far."""
        used = {}
        for name, child in self.children.items():
            if child.pid is not None:
                times = psutil.Process(child.pid).cpu_times()
                used[name] = times.user + times.system
        return used

    def stop(self) -> None:
        """End everything that was started."""
        for child in self.children.values():
            child.ask_to_stop()
        for child in self.children.values():
            child.make_stop(time.monotonic() + _END_SECONDS)


async def start(
    side: Side, programs: Sequence[Program], logs: Path, ready: Sequence[tuple[int, str]]
) -> None:
    """Start the programs; returns when all `ready` paths answer 200 and a first turn was answered.

    Raises `BenchError` when that takes too long.
    """
    await asyncio.to_thread(logs.mkdir, parents=True, exist_ok=True)
    began = time.monotonic()
    for program in programs:
        rotate(logs / f"{program.name}.log")
        side.children[program.name] = child = Child(program, logs)
        child.start()
    for port, path in ready:
        while not await _answers(port, path):
            died = any(child.tend() for child in side.children.values())
            if died or time.monotonic() - began > PATIENCE_SECONDS:
                words = {name: child.last_words() for name, child in side.children.items()}
                raise BenchError(f"{side.name} does not start: {words}")
            await asyncio.sleep(0.1)
    side.ready_seconds = round(time.monotonic() - began, 1)
    talk = await side.new_talk()
    await talk.say("halo")
    await talk.close()
    side.first_answer_seconds = round(time.monotonic() - began, 1)


async def _answers(port: int, path: str) -> bool:
    connection = Connection(port)
    try:
        return (await asyncio.wait_for(connection.call("GET", path), 5))[0] == 200
    except (CallError, OSError, TimeoutError):
        return False
    finally:
        await connection.close()
