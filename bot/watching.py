"""The watchman's rounds: look at everything, raise alarms, wake people, tell the outside."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.bootstrap import App
from bot.domain.audit_facts import Facts, Surroundings, TelegramDoor
from bot.domain.auditor import (
    AUDITOR,
    CLOCK_SLACK,
    HEARTBEAT,
    Code,
    Finding,
    Severity,
    audit,
    find,
    is_grave,
    outside,
)
from bot.domain.channels import TELEGRAM
from bot.domain.staff import Contact
from bot.gateways import heartbeat
from bot.gateways.telegram import TelegramDownError, TelegramGateway
from bot.last_resort import LastResort
from bot.services import watchman
from bot.store.unit_of_work import SqlUnitOfWork
from bot.surroundings import free_bytes

log = structlog.get_logger()
ANSWER_SECONDS = 20.0
"""A database that takes longer than this answers nobody in time."""
ASK_TELEGRAM_EVERY = 300.0
JUMP_KNOWN_SECONDS = 60.0
"""A jump is over in a moment; for so long it stays a finding, so that people see it."""
NO_STORE = frozenset({Code.UNWRITABLE, Code.DATABASE_DOWN})
"""With one of these nothing can be noted, and no page be written."""


class Watchman:
    """One look is one audit: nothing is tried again before the next one.

    `ticks` is a clock that nobody can set, in seconds: the other is judged by it.
    """

    def __init__(self, app: App, ticks: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._ticks = ticks
        self._since = app.clock.now()
        self._last = (app.clock.now(), ticks())
        self._jump = (timedelta(0), -math.inf)
        self._telegram = TelegramDoor()
        self._asked_telegram = -math.inf
        self._ways: tuple[Contact, ...] = ()
        self._last_resort = LastResort(app)
        self._told = False

    async def run(self) -> None:
        """Look again and again until cancelled, whatever goes wrong in a look."""
        while True:
            began = time.monotonic()
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001  # the watchman outlives everything
                log.error("look_failed", error=type(error).__name__)
            took = time.monotonic() - began
            await asyncio.sleep(max(0.0, self._app.settings.tanyadulu_watch_seconds - took))

    async def look(self) -> tuple[Finding, ...]:
        """Audit once, and do what follows from it; what was found."""
        app = self._app
        now = app.clock.now()
        around = await self._surroundings(now)
        found: tuple[Finding, ...]
        try:
            facts, self._ways = await _soon(app.read(lambda uow: self._read(uow, now)))
        except Exception as error:  # noqa: BLE001  # each driver has errors of its own
            down = find(Code.DATABASE_DOWN, Severity.GRAVE, why=type(error).__name__)
            found = (down, *outside(replace(around, unwritable=None), now))
        else:
            found = audit(facts, around, now)
        for finding in found:
            log.warning("found", code=finding.code, severity=finding.severity, about=finding.about)
        fresh = await self._note(found, now)
        await self._tell(found, fresh)
        if not is_grave(found):
            await self._ping(now)
        log.info("looked", found=len(found), new=len(fresh))
        return found

    async def _tell(self, found: Sequence[Finding], fresh: Sequence[Finding]) -> None:
        """With our own hands where no worker or no store would do it; once an outage."""
        codes = {each.code for each in found}
        if not codes & NO_STORE:
            self._told = False
            if fresh:
                has_worker = Code.WORKER_STOPPED not in codes
                ways = () if has_worker else self._ways  # for whom has none: the screen
                await self._last_resort.tell(fresh, ways)
        elif not self._told:
            # Nothing can be noted: a second watchman tells it too.
            self._told = True
            await self._last_resort.tell(found, self._ways)

    def _read(self, uow: SqlUnitOfWork, now: datetime) -> tuple[Facts, tuple[Contact, ...]]:
        return uow.audit.facts(now), watchman.ways(uow, self._app.office, now)

    async def _surroundings(self, now: datetime) -> Surroundings:
        app = self._app
        jumped_by = self._jumped(now)
        await self._ask_telegram(now)
        return Surroundings(
            watching_since=self._since,
            jumped_by=jumped_by,
            free=free_bytes(app.settings.data_dir),
            unwritable=await self._probe(now),
            telegram=self._telegram,
            has_heartbeat=bool(app.settings.heartbeat_url),
            canary_every=app.settings.canary_every,
        )

    def _jumped(self, now: datetime) -> timedelta:
        """How far the clock went off since the last look, against one that only runs on."""
        before, mark = self._last
        ticks = self._ticks()
        self._last = (now, ticks)
        off = (now - before) - timedelta(seconds=ticks - mark)
        if abs(off) >= CLOCK_SLACK:
            self._jump = (off, ticks)
            # The beats of before were told by another clock: they get their time of grace again.
            self._since = now
        jump, at = self._jump
        return jump if ticks - at < JUMP_KNOWN_SECONDS else timedelta(0)

    async def _probe(self, now: datetime) -> str | None:
        """Why nothing can be committed; None when it can."""
        try:
            await _soon(self._app.write(lambda uow: uow.beats.set({AUDITOR: now})))
        except Exception as error:  # noqa: BLE001  # each driver has errors of its own
            return type(error).__name__
        return None

    async def _note(self, found: Sequence[Finding], now: datetime) -> Sequence[Finding]:
        """Alarms, and pages through the outbox for what is grave and new; what those do not tell."""
        office = self._app.office
        has_worker = all(each.code is not Code.WORKER_STOPPED for each in found)

        def note(uow: SqlUnitOfWork) -> Sequence[Finding]:
            fresh = watchman.note(uow, found, now)
            if not is_grave(found):
                watchman.end_outage(uow, now)
            is_told = bool(fresh) and has_worker and watchman.tell(uow, fresh, office, now)
            return () if is_told else fresh

        try:
            return await _soon(self._app.write(note))
        except Exception as error:  # noqa: BLE001  # the finding says it already
            log.error("not_noted", error=type(error).__name__)
            return ()

    async def _ask_telegram(self, now: datetime) -> None:
        """What Telegram says about our webhook, now and then."""
        gateway = self._app.senders.get(TELEGRAM)
        ticks = self._ticks()
        if not isinstance(gateway, TelegramGateway):
            return
        if ticks - self._asked_telegram < ASK_TELEGRAM_EVERY:
            return
        self._asked_telegram = ticks
        try:
            state = await _soon(gateway.state())
        except (TelegramDownError, TimeoutError):
            self._telegram = TelegramDoor(down_since=self._telegram.down_since or now)
        else:
            self._telegram = TelegramDoor(state.waiting, state.last_error_at)

    async def _ping(self, now: datetime) -> None:
        """Tell the outside that all is well; the address is a secret and stands in no log."""
        url = self._app.settings.heartbeat_url
        if not url:
            return
        problem = await heartbeat.ping(url)
        if problem is not None:
            log.warning("heartbeat_failed", reason=problem)
            return
        await _soon(self._app.write(lambda uow: uow.beats.set({HEARTBEAT: now})))


async def _soon[T](work: Awaitable[T]) -> T:
    return await asyncio.wait_for(work, ANSWER_SECONDS)
