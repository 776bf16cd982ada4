"""A worker in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import signal

from bot import logs
from bot.bootstrap import App, build
from bot.cli.common import load_settings, prepare_data_dir
from bot.worker import Worker
from channels import background


def run() -> None:
    """Work until a signal comes; what is under way then is taken up by the next worker."""
    settings = load_settings()
    prepare_data_dir(settings)
    logs.configure()
    asyncio.run(_work(build(settings)))


async def _work(app: App) -> None:
    app.attach()
    loop = asyncio.get_running_loop()
    working = asyncio.gather(Worker(app).run(), background.run(app))
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, working.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await working
    await app.close()
