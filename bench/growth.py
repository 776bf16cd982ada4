"""What a turn costs as one conversation grows."""

from __future__ import annotations

import statistics
import time
from typing import Any

from bench.figures import load_average
from bench.side import Side
from bench.texts import question

TURNS = 1000
STEP = 50
SLOWEST_SECONDS = 5.0


async def growth(side: Side, budget_seconds: float) -> dict[str, Any]:
    """Median milliseconds of each `STEP` turns.

    Ends early when a turn takes longer than `SLOWEST_SECONDS` or the budget is used up, and
    says which.
    """
    talk = await side.new_talk()
    began = time.perf_counter()
    waits: list[float] = []
    ended = "all turns"
    for number in range(TURNS):
        waits.append((await talk.say(question(number))).seconds)
        if waits[-1] > SLOWEST_SECONDS:
            ended = f"a turn took {waits[-1]:.1f} s"
            break
        if time.perf_counter() - began > budget_seconds:
            ended = f"{budget_seconds:.0f} s were over"
            break
    await talk.close()
    medians = {
        at: round(1000 * statistics.median(waits[at : at + STEP]), 1)
        for at in range(0, len(waits), STEP)
    }
    return {"turns": len(waits), "ended": ended, "medians": medians, "load": load_average()}
