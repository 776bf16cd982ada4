"""A worker whose phones write down what rang: `python -m tests.cluster.paging_worker FOLDER URL`.

It is the real one, on the real clock; it works until its standard input ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path

from bot.bootstrap import App, build
from bot.domain.messages import Outbound
from bot.language.understanding import Understander
from bot.settings import Settings
from bot.worker import Worker

CALLS = "calls.jsonl"
CALL_SECONDS = 0.1
MASTER_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


class WritingPhones:
    """All phones; each call takes a moment, so that several workers have some under way."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def find_sent(self, message: Outbound) -> None:
        """A phone does not tell what rang."""

    async def send(self, message: Outbound) -> None:
        """Ring."""
        await asyncio.sleep(CALL_SECONDS)
        rang = {"row": message.id, "address": message.address, "by": os.getpid()}
        with self._file.open("ab") as file:
            file.write(json.dumps(rang).encode() + b"\n")


def open_app(folder: Path, url: str) -> App:
    """The product on a database, with those phones."""
    settings = {
        "tanyadulu_data_dir": folder,
        "database_url": url,
        "master_keys": (MASTER_KEY,),
        "tanyadulu_picture_seconds": 0,
    }
    phones = WritingPhones(folder / CALLS)
    return build(
        Settings.model_validate(settings),
        reader=Understander(None),
        senders={"phone": phones, "screen": phones},
    )


async def work(app: App) -> None:
    """Until nobody wants it any more."""
    app.attach()
    working = asyncio.create_task(Worker(app).run())
    sys.stdout.write("works\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working
    await app.close()


if __name__ == "__main__":
    asyncio.run(work(open_app(Path(sys.argv[1]), sys.argv[2])))
