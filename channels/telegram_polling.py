"""How updates reach us: pushed to the webhook that is set here, or fetched by long polling.

Fetched updates are committed before they are confirmed, so that a crash in between only
brings them again, where their ids make the repeat harmless.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog

from bot.bootstrap import App
from bot.gateways.telegram import TelegramConflictError, TelegramDownError
from bot.store.rows import new_id
from channels import telegram, telegram_staff
from channels.inbound import refuse
from channels.telegram_bot import BotChannel
from channels.telegram_updates import BIGGEST_ID, MalformedError

log = structlog.get_logger()
POLL_SECONDS = 8
# Longer than a poll with its time-outs, so that nobody else begins one meanwhile; short, so
# that whoever takes over after a crash does not leave people waiting.
LEASE = timedelta(seconds=20)
STANDBY_SECONDS = 3.0
# Something in between may answer at once that there is nothing: it is not asked without end.
EMPTY_PAUSE_SECONDS = 0.2
CHECK_WEBHOOK_SECONDS = 300.0
LONGEST_PAUSE_SECONDS = 60.0
TRIES_BEFORE_ALARM = 3
# An update that cannot be stored so often is the fault of the update.
MOST_TRIES = 5


async def run(app: App) -> None:
    """Keep the updates of all bots coming until cancelled; returns at once without any."""
    async with asyncio.TaskGroup() as group:
        for channel in (telegram.channel_of(app), telegram_staff.channel_of(app)):
            if channel is not None:
                group.create_task(_keep_coming(channel))


async def _keep_coming(channel: BotChannel) -> None:
    if channel.app.settings.telegram_mode == "polling":
        await Poller(channel).run()
    else:
        await keep_webhook(channel)


@dataclass
class Trouble:
    """Failures in a row: each waits longer, and from the third on whoever runs the box sees it."""

    app: App
    alarm: str
    count: int = 0
    is_raised: bool = True  # perhaps by the process before this one

    async def again(self, error: Exception) -> float:
        """It went wrong once more; the seconds to wait now."""
        self.count += 1
        reason = error.reason if isinstance(error, TelegramDownError) else type(error).__name__
        log.warning(self.alarm, reason=reason, times=self.count)
        if self.count >= TRIES_BEFORE_ALARM:
            await self.tell(reason)
        wait = error.retry_after if isinstance(error, TelegramDownError) else None
        return max(wait or 0.0, min(2.0 ** (self.count - 1), LONGEST_PAUSE_SECONDS))

    async def tell(self, reason: str) -> None:
        """Raise the alarm; it stands until the trouble is over."""
        self.is_raised = True
        now = self.app.clock.now()
        try:
            await self.app.write(lambda uow: uow.alarms.raise_once(self.alarm, reason, now))
        except Exception as error:  # noqa: BLE001  # the loop goes on, also when nothing can be written
            log.error("alarm_not_raised", alarm=self.alarm, error=type(error).__name__)

    async def over(self) -> None:
        """It works."""
        self.count = 0
        if self.is_raised:
            now = self.app.clock.now()
            await self.app.write(lambda uow: uow.alarms.settle(self.alarm, now))
            self.is_raised = False


async def keep_webhook(channel: BotChannel) -> None:
    """Set the webhook, and again when somebody else has changed it."""
    gateway, url = channel.gateway, channel.url
    trouble = Trouble(channel.app, f"{channel.name}_webhook")
    if gateway.is_official and not url.startswith("https://"):
        await trouble.tell("PUBLIC_BASE_URL")
        return
    is_set = False
    while True:
        try:
            if not is_set or (await gateway.state()).webhook_url != url:
                await gateway.set_webhook(url, channel.secret)
                is_set = True
            await trouble.over()
            pause = CHECK_WEBHOOK_SECONDS
        except Exception as error:  # noqa: BLE001  # whatever it is, people write and must be heard
            pause = await trouble.again(error)
        await asyncio.sleep(pause)


@dataclass
class Poller:
    """Fetches updates; of all processes on one database, the one that holds the lease."""

    channel: BotChannel
    token: str = field(default_factory=new_id)

    def __post_init__(self) -> None:
        """Nothing was fetched yet, and a webhook may stand in the way."""
        self.app, self.gateway = self.channel.app, self.channel.gateway
        self._name = self.channel.name
        self._trouble = Trouble(self.app, f"{self._name}_polling")
        self._has_webhook = True
        self._tries: dict[int, int] = {}

    async def run(self) -> None:
        """Fetch until cancelled."""
        try:
            while True:
                pause = await self._round()
                await asyncio.sleep(pause)
        finally:
            await self.app.write(lambda uow: uow.channels.release(self._name, self.token))

    async def _round(self) -> float:
        """One poll; the seconds to wait before the next."""
        try:
            if not await self._may_fetch():
                return STANDBY_SECONDS
            if self._has_webhook:
                await self.gateway.delete_webhook()
                self._has_webhook = False
            pause = 0.0 if await self.fetch() else EMPTY_PAUSE_SECONDS
            await self._trouble.over()
        except TelegramConflictError as error:
            self._has_webhook = True
            return await self._trouble.again(error)
        except Exception as error:  # noqa: BLE001  # whatever it is, people write and must be heard
            return await self._trouble.again(error)
        return pause

    async def _may_fetch(self) -> bool:
        """Whether this process fetches just now: the channel is open, and nobody else does.

        As long as it is closed, what people write waits at Telegram, for a day.
        """
        if not await self.channel.is_open():
            return False
        now = self.app.clock.now()
        return await self.app.write(
            lambda uow: uow.channels.hold(self._name, self.token, now, LEASE)
        )

    async def fetch(self) -> bool:
        """Fetch a batch, confirming the one before, and commit it; False when there was none.

        An offset is handed over once: ids of updates may begin anew after a quiet week, and
        an offset of before would confirm them unseen.
        """
        state = await self.app.read(lambda uow: uow.channels.get(self._name))
        updates = await self.gateway.get_updates(state.poll_offset or None, POLL_SECONDS)
        if not updates:
            if state.poll_offset:
                await self.app.write(lambda uow: uow.channels.set_offset(self._name, 0))
            return False
        # Together, so that they share a commit; those of one person keep their order.
        taken = await asyncio.gather(*(self._take(raw) for raw in updates))
        ids = [_id_of(raw) for raw in updates]
        open_ids = [number for number, is_taken in zip(ids, taken, strict=True) if not is_taken]
        known = [number for number in ids if number is not None]
        if known:
            offset = min([number for number in open_ids if number is not None] or [max(known) + 1])
            await self.app.write(lambda uow: uow.channels.set_offset(self._name, offset))
        if open_ids or not known:
            raise TelegramDownError("not_taken")
        return True

    async def _take(self, raw: Any) -> bool:
        """Store an update; False when it has to come again."""
        number = _id_of(raw)
        try:
            await self.channel.take_raw(raw, pushed=False)
        except MalformedError:
            await self._put_aside(raw, "malformed")
        except Exception as error:  # noqa: BLE001  # it comes again; the others must not wait for it
            log.error("update_not_taken", error=type(error).__name__)
            if number is None:
                return False
            self._tries[number] = self._tries.get(number, 0) + 1
            if self._tries[number] < MOST_TRIES:
                return False
            await self._put_aside(raw, "not_taken")
        if number is not None:
            self._tries.pop(number, None)
        return True

    async def _put_aside(self, raw: Any, reason: str) -> None:
        await refuse(self.app, self._name, reason, json.dumps(raw).encode())


def _id_of(raw: Any) -> int | None:
    """The id of an update, None when it has none that could be confirmed."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    is_id = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < BIGGEST_ID
    return number if is_id else None
