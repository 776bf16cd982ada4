"""From a cry for help to the page at the provider, alone with `python -m bench.pages`.

Others write at a steady pace whether or not they are answered, with Rasa and then without it. The
member on call takes each case by the link of its page before the next person cries: a phone
that has just rung for an emergency does not ring anew for the next one within two minutes.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bench.client import Connection
from bench.figures import Spread, load_average, table
from bench.mail import Postbox, postbox
from bench.ours import WebTalk, open_talk, start_ours
from bench.side import BenchError, Side
from bench.texts import DANGER, question
from bench.training import WORK
from bot.cli.up import free_port

OTHERS_PER_SECOND = 50
CRIES = 100
_OTHERS = 100
_WARM_UP_SECONDS = 2.0
_LAST_PAGE_SECONDS = 30.0
_PAUSE_SECONDS = 0.1


@dataclass
class Others:
    """How many messages of others were taken, and in what time."""

    taken: int = 0
    seconds: float = 0.0


async def under_load(side: Side, box: Postbox, cries: int) -> dict[str, Any]:
    """Cries for help, one after the other, while others write."""
    async with _others_write(side) as others:
        await asyncio.sleep(_WARM_UP_SECONDS)
        waits = [await _cry(side, box) for _ in range(cries)]
    return {
        **Spread.of(waits).data(),
        "others_per_second": round(others.taken / others.seconds, 1),
        "load": load_average(),
    }


async def without_rasa(side: Side, box: Postbox, cries: int) -> dict[str, Any]:
    """The same while the assistant's process is gone."""
    rasa = side.children["rasa"]
    rasa.ask_to_stop()
    await asyncio.to_thread(rasa.make_stop, time.monotonic() + 5)
    return await under_load(side, box, cries)


@asynccontextmanager
async def _others_write(side: Side) -> AsyncIterator[Others]:
    """Fifty messages a second from a hundred people, each over a connection of their own."""
    found = Others()
    talks = [await open_talk(Connection(side.port)) for _ in range(_OTHERS)]
    free, sending = list(talks), set[asyncio.Task[None]]()

    async def send(talk: WebTalk, number: int) -> None:
        await talk.send(question(number))
        found.taken += 1
        free.append(talk)

    async def write() -> None:
        began = time.perf_counter()
        for number in itertools.count():
            await asyncio.sleep(max(0, began + number / OTHERS_PER_SECOND - time.perf_counter()))
            if free:
                task = asyncio.create_task(send(free.pop(0), number))
                sending.add(task)
                task.add_done_callback(sending.discard)

    began = time.perf_counter()
    writing = asyncio.create_task(write())
    try:
        yield found
    finally:
        found.seconds = time.perf_counter() - began
        writing.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        for talk in talks:
            await talk.close()


async def _cry(side: Side, box: Postbox) -> float:
    """Seconds from handing the message in until its page was at the mail server."""
    talk = await side.new_talk()
    assert isinstance(talk, WebTalk)  # noqa: S101  # only our side pages
    began = time.perf_counter()
    await talk.send(DANGER)
    reference = (await talk.news("", "0"))["case"]
    await talk.close()
    while reference not in box.first:
        if time.perf_counter() - began > _LAST_PAGE_SECONDS:
            raise BenchError(f"nobody was paged for {reference}")
        await asyncio.sleep(0.002)
    connection = Connection(side.port)
    status, _ = await connection.raw(
        "POST", f"/p/{box.links[reference]}", b"", "application/x-www-form-urlencoded"
    )
    await connection.close()
    if status != 200:
        raise BenchError(f"the link of a page was refused: {status}")
    await asyncio.sleep(_PAUSE_SECONDS)
    return box.first[reference] - began


async def _run() -> None:
    folder = WORK / "pages"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with postbox(free_port()) as box:
        ours = await start_ours(folder, box.port)
        try:
            found = {
                "Rasa there": await under_load(ours, box, CRIES),
                "Rasa gone": await without_rasa(ours, box, CRIES),
            }
        finally:
            ours.stop()
    columns = ("n", "p50", "p95", "p99", "most", "others_per_second", "load")
    rows = [(name, *(part[column] for column in columns)) for name, part in found.items()]
    table("From a cry for help to its page, ms", ("", *columns), rows)


if __name__ == "__main__":
    asyncio.run(_run())
