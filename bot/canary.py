"""Sends the test report through the real front door, each hour, in a lane of its own."""

from __future__ import annotations

import asyncio
import secrets

import structlog

from bot.bootstrap import App
from bot.services import canary
from bot.services.accounts import hash_password
from channels.inbound import take_in

log = structlog.get_logger()
LONGEST_PAUSE = 15.0


class Canary:
    """Beside the watchman's looks: a report that hangs must not keep it from looking."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._password_hash = ""

    async def run(self) -> None:
        """Send reports until cancelled, whatever goes wrong with one."""
        while True:
            # Not before what was started together with us has come up.
            await asyncio.sleep(min(self._app.settings.tanyadulu_watch_seconds, LONGEST_PAUSE))
            try:
                await self.step()
            except Exception as error:  # noqa: BLE001  # the auditor sees that it is late
                log.error("canary_not_sent", error=type(error).__name__)

    async def step(self) -> None:
        """Send a report when one is due, and give up one that is late."""
        app = self._app
        every = app.settings.canary_every
        if every is None:
            return
        await app.write(lambda uow: canary.give_up_late(uow, app.clock.now()))
        if not self._password_hash and not await app.read(canary.has_robot):
            self._password_hash = await asyncio.to_thread(hash_password, secrets.token_urlsafe())
        run = await app.write(
            lambda uow: canary.begin(uow, every, self._password_hash, app.clock.now())
        )
        if run is None:
            return
        await take_in(app, canary.report(run))
        await app.write(lambda uow: canary.note_case(uow, run))
