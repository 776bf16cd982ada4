"""How much each side answers and accepts when many people write at once."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from typing import Any

from bench.client import Connection
from bench.figures import Spread, load_average
from bench.ours import WebTalk, open_talk
from bench.side import Side
from bench.texts import question

ROUNDS = 2
_DRAIN_SECONDS = 150.0


async def answered(sides: Sequence[Side], people: int, seconds: float) -> dict[str, Any]:
    """Answered turns a second while `people` each ask, wait for the answer and ask again."""
    counts = {side.name: 0 for side in sides}
    spent = {side.name: 0.0 for side in sides}
    waits: dict[str, list[float]] = {side.name: [] for side in sides}
    cpu: dict[str, dict[str, float]] = {}
    for _ in range(ROUNDS):
        for side in sides:
            before, began = side.cpu_seconds(), time.perf_counter()
            found = await crowd(side, people, seconds)
            spent[side.name] += time.perf_counter() - began
            counts[side.name] += len(found)
            waits[side.name] += found
            cpu[side.name] = {
                name: round(1000 * (used - before[name]) / len(found), 1)
                for name, used in side.cpu_seconds().items()
            }
    return {
        "people": people,
        "seconds": seconds * ROUNDS,
        "sides": {
            name: {
                "per_second": round(counts[name] / spent[name], 1),
                "cpu_ms_per_turn": cpu[name],
                **Spread.of(waits[name]).data(),
            }
            for name in counts
        },
        "load": load_average(),
    }


async def crowd(side: Side, people: int, seconds: float) -> list[float]:
    """How long each answer took; everybody stops after the answer they wait for."""
    end = time.perf_counter() + seconds
    waits: list[float] = []

    async def person(number: int) -> None:
        talk = await side.new_talk()
        for turn in itertools.count(number):
            if time.perf_counter() >= end:
                break
            waits.append((await talk.say(question(turn * people + number))).seconds)
        await talk.close()

    await asyncio.gather(*(person(number) for number in range(people)))
    return waits


async def web_accepts(side: Side, messages: int, connections: int) -> dict[str, Any]:
    """A burst of messages from as many people; accepted means 202: committed and screened."""
    lines = [Connection(side.port) for _ in range(connections)]
    talks = [[await open_talk(line) for _ in range(messages // connections)] for line in lines]
    waits: list[float] = []

    numbers = itertools.count()

    async def pour(people: Sequence[WebTalk]) -> None:
        for talk in people:
            seconds, _ = await talk.send(question(next(numbers)))
            waits.append(seconds)

    began = time.perf_counter()
    await asyncio.gather(*(pour(people) for people in talks))
    spent = time.perf_counter() - began
    drained = await _drained([people[-1] for people in talks], began)
    for line in lines:
        await line.close()
    return {
        "connections": connections,
        "per_second": round(len(waits) / spent, 1),
        **Spread.of(waits).data(),
        "all_answered_after_seconds": None if drained is None else round(drained, 1),
        "load": load_average(),
    }


async def _drained(talks: Sequence[WebTalk], began: float) -> float | None:
    """When all of them had an answer, in seconds since `began`; None: not within the limit."""
    for talk in talks:
        while (await talk.news("", "0"))["open_turns"]:
            if time.perf_counter() - began > _DRAIN_SECONDS:
                return None
            await asyncio.sleep(0.2)
    return time.perf_counter() - began


async def rest_accepts(side: Side, connections: int, seconds: float) -> dict[str, Any]:
    """The same at stock's channel, which keeps nothing before the turn is over."""
    began = time.perf_counter()
    waits = await crowd(side, connections, seconds)
    spent = time.perf_counter() - began
    return {
        "connections": connections,
        "per_second": round(len(waits) / spent, 1),
        **Spread.of(waits).data(),
        "load": load_average(),
    }
