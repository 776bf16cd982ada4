"""The watchman in a process of its own, beside whatever it looks at."""

from __future__ import annotations

import asyncio
import contextlib
import signal

import structlog

from bot import logs
from bot.bootstrap import App, build
from bot.canary import Canary
from bot.cli.common import load_settings, prepare_data_dir
from bot.gateways.screen import MARK
from bot.settings import Settings
from bot.watching import Watchman

log = structlog.get_logger()


def run() -> None:
    """Watch until a signal comes."""
    settings = load_settings()
    prepare_data_dir(settings)
    logs.configure()
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_watch(settings))


async def _watch(settings: Settings) -> None:
    watching = asyncio.current_task()
    assert watching is not None  # noqa: S101  # inside asyncio.run there is one
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, watching.cancel)
    app = await _opened(settings)
    try:
        await asyncio.gather(Watchman(app).run(), Canary(app).run())
    finally:
        await app.close()


async def _opened(settings: Settings) -> App:
    """The product, once its database can be opened and its keys be read; meanwhile no heartbeat."""
    is_said = False
    while True:
        try:
            return await asyncio.to_thread(build, settings)
        except Exception as error:  # noqa: BLE001  # each driver has errors of its own
            log.error("cannot_watch", error=type(error).__name__)
            if not is_said:
                print(f"{MARK} GANGGUAN TanyaDulu: basis data tidak bisa dibuka.", flush=True)
            is_said = True
            await asyncio.sleep(settings.tanyadulu_watch_seconds)
