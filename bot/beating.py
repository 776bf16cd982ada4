"""Writes down what this process was seen to do, and marks what comes to its doors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

from bot.bootstrap import App
from bot.domain.auditor import DOOR
from bot.ports import Clock
from bot.pulse import Pulse

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = structlog.get_logger()
LOOK_SECONDS = 5.0
DOORS = "/webhooks/"


async def beat(app: App) -> bool:
    """Write what was seen, when it is time; a step of the worker's loops."""
    now = app.clock.now()
    if app.pulse.is_due(now):
        await app.write(lambda uow: app.pulse.write(uow, now))
    return False


async def run(app: App) -> None:
    """The same for a server that runs no worker, until cancelled."""
    while True:
        try:
            await beat(app)
        except Exception as error:  # noqa: BLE001  # the database comes back, and so must this
            log.error("loop_failed", loop="beats", error=type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)


class DoorMarks:
    """Around the server: a request of a provider that was taken leaves a mark for its address."""

    def __init__(
        self, app: Callable[[Scope, Receive, Send], Awaitable[None]], pulse: Pulse, clock: Clock
    ) -> None:
        self._app = app
        self._pulse = pulse
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI; what is refused proves nothing about the provider."""
        path = scope.get("path", "")
        if not path.startswith(DOORS):
            await self._app(scope, receive, send)
            return

        async def marked(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and message["status"] < 300:
                self._pulse.mark(f"{DOOR}{path.removeprefix(DOORS)}"[:40], self._clock.now())
            await send(message)

        await self._app(scope, receive, marked)
