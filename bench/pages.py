"""From a cry for help to the page at the provider: under load, and with Rasa gone."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from bench.figures import Spread, load_average
from bench.load import crowd
from bench.mail import Postbox
from bench.ours import WebTalk
from bench.side import BenchError, Side
from bench.texts import DANGER

_LAST_PAGE_SECONDS = 30.0


async def under_load(side: Side, box: Postbox, cries: int, people: int) -> dict[str, Any]:
    """Cries for help, one every fifth of a second, while `people` ask without a pause."""
    seconds = cries / 5 + 2
    crowding = asyncio.create_task(crowd(side, people, seconds))
    await asyncio.sleep(2)
    waits = await _cry(side, box, cries)
    turns = await crowding
    return {
        **Spread.of(waits).data(),
        "people": people,
        "turns_meanwhile": len(turns),
        "load": load_average(),
    }


async def without_rasa(side: Side, box: Postbox, cries: int) -> dict[str, Any]:
    """Cries for help while the assistant's process is gone."""
    rasa = side.children["rasa"]
    rasa.ask_to_stop()
    await asyncio.to_thread(rasa.make_stop, time.monotonic() + 5)
    waits = await _cry(side, box, cries)
    return {**Spread.of(waits).data(), "load": load_average()}


async def _cry(side: Side, box: Postbox, cries: int) -> list[float]:
    """Seconds from handing each message in until its page was at the mail server."""
    begun: list[tuple[WebTalk, float]] = []

    async def cry() -> None:
        talk = await side.new_talk()
        assert isinstance(talk, WebTalk)  # noqa: S101  # only our side pages
        began = time.perf_counter()
        await talk.send(DANGER)
        begun.append((talk, began))

    tasks = []
    for _ in range(cries):
        tasks.append(asyncio.create_task(cry()))
        await asyncio.sleep(0.2)
    await asyncio.gather(*tasks)
    waits = []
    for talk, began in begun:
        reference = (await talk.news("", "0"))["case"]
        waits.append(await _page_of(box, reference) - began)
        await talk.close()
    return waits


async def _page_of(box: Postbox, reference: str) -> float:
    end = time.perf_counter() + _LAST_PAGE_SECONDS
    while reference not in box.first:
        if time.perf_counter() > end:
            raise BenchError(f"nobody was paged for {reference}")
        await asyncio.sleep(0.05)
    return box.first[reference]
