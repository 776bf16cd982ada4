"""Hands the rows of the outbox to the gateways: pages to staff, texts to people."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain

import structlog

from bot.bootstrap import App
from bot.domain.channels import RULES
from bot.domain.messages import Outbound
from bot.ports import NotToldError, Sender, SendError
from bot.services import delivery, paging
from bot.services.page_answers import card_of
from bot.services.ringing import PAGES
from bot.store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
SENDS_AT_ONCE = 20
# Of one channel, and as many again when they are claimed together: the gateways have threads
# for twice as many.
PAGES_AT_ONCE = 10
# A call ends before its lease does: two processes never send the same row at once.
SEND_SECONDS = 20.0
SEND_LEASE = timedelta(seconds=30)

type Step = Callable[[], Awaitable[bool]]


class Sending:
    """One loop for pages and one for each channel; one slow call keeps nobody else waiting."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._calls: defaultdict[str, set[asyncio.Task[None]]] = defaultdict(set)

    def loops(self) -> list[tuple[str, Step]]:
        """The topic that wakes each loop, and its step; see bot.worker."""
        channels = [channel for channel in RULES if channel in self._app.senders]
        return [
            (PAGES, self._pages),
            *((channel, self._texts(channel)) for channel in channels),
        ]

    @property
    def running(self) -> list[asyncio.Task[None]]:
        """The calls that are under way."""
        return [*chain.from_iterable(self._calls.values())]

    async def _pages(self) -> bool:
        app = self._app
        now = app.clock.now()
        busy = [
            line.removeprefix(PAGES)
            for line, calls in self._calls.items()
            if line.startswith(PAGES) and len(calls) >= PAGES_AT_ONCE
        ]

        def claim(uow: SqlUnitOfWork) -> list[Outbound]:
            rows = paging.claim_pages(uow, now, SEND_LEASE, PAGES_AT_ONCE, busy)
            return [replace(row, card=card_of(uow, row.id, app.office)) for row in rows]

        rows = await app.write(claim)
        for row in rows:
            # Each channel has calls of its own: a silent provider stops no other.
            self._send_all(f"{PAGES}{row.channel}", [row])
        return bool(rows)

    def _texts(self, channel: str) -> Step:
        """The step that sends texts to people through one channel."""

        async def step() -> bool:
            app = self._app
            free = SENDS_AT_ONCE - len(self._calls[channel])
            now = app.clock.now()
            rows = await app.write(
                lambda uow: delivery.claim(
                    uow, channel, app.office, app.wording, now, SEND_LEASE, free
                )
            )
            return self._send_all(channel, rows)

        return step

    def _send_all(self, line: str, rows: Sequence[Outbound]) -> bool:
        """Begin to send."""
        for row in rows:
            task = asyncio.create_task(self._safely(row))
            self._calls[line].add(task)
            task.add_done_callback(self._calls[line].discard)
        return bool(rows)

    async def _safely(self, row: Outbound) -> None:
        try:
            await self._send(row)
        except Exception as error:  # noqa: BLE001  # the lease runs out, and the row is asked for
            _about(row).error("not_recorded", error=type(error).__name__)

    async def _send(self, row: Outbound) -> None:
        app = self._app
        try:
            provider_id, is_repeat = await self._call(row)
        except Exception as error:  # noqa: BLE001  # every failure is recorded with its row
            _about(row).warning("send_failed", error=type(error).__name__)
            failed = error
            await app.write(
                lambda uow: delivery.record_failure(uow, row, failed, app.office, app.clock.now())
            )
        else:
            app.pulse.mark(f"call {row.channel}", app.clock.now())
            await app.write(
                lambda uow: delivery.record_sent(
                    uow, row, provider_id, app.clock.now(), is_repeat=is_repeat
                )
            )

    async def _call(self, row: Outbound) -> tuple[str | None, bool]:
        """Hand a row to its gateway, unless an earlier try has done that already.

        Its id there, and whether the provider may have had it before.
        """
        sender = self._app.senders.get(row.channel)
        if sender is None:
            raise SendError("channel_not_configured", permanent=False)
        async with asyncio.timeout(SEND_SECONDS):
            if row.uncertain:
                _about(row).warning("asked_again")
                provider_id = await self._ask(sender, row)
                if provider_id is not None:
                    return provider_id, False
            return await sender.send(row), row.uncertain

    @staticmethod
    async def _ask(sender: Sender, row: Outbound) -> str | None:
        try:
            return await sender.find_sent(row)
        except Exception as error:
            raise NotToldError(type(error).__name__) from error


def _about(row: Outbound) -> structlog.stdlib.BoundLogger:
    """The log, with what a line about this row has to name."""
    bound: structlog.stdlib.BoundLogger = log.bind(channel=row.channel, row=row.id)
    return bound.bind(trace=row.trace_id) if row.trace_id else bound
