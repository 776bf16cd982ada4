"""A hotline on Telegram: its real server and gateway, and the Bot API's stand-in beside it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn

from bot.bootstrap import default_media
from bot.cli.up import free_port
from bot.domain.channels import TELEGRAM
from bot.domain.messages import Line
from bot.gateways.telegram import TelegramGateway
from bot.ports import Sender
from bot.server import create_app
from bot.worker import Worker
from channels.telegram import PATH
from tests.hotline import Hotline
from tests.standins import telegram as standin
from tests.standins import telegram_people as people
from tests.standins.process import Running, await_that

SECRET = "rahasia-webhook_1"  # of a test
ANI = 42
PAUSES = 20


class TelegramLine:
    """What people do at the other end, and what they see."""

    def __init__(self, hotline: Hotline, api: Running, url: str) -> None:
        self.hotline = hotline
        self.api = api
        self.url = url
        self._seen: dict[int, int] = {}

    async def tell(self, call: str, /, **values: Any) -> Any:
        """Make a control call of the stand-in, by whose clock it is as late as by ours."""
        now = self.hotline.clock.now().timestamp()
        await asyncio.to_thread(self.api.tell, "clock", at=now)
        return await asyncio.to_thread(self.api.tell, call, **values)

    async def update(self, update: people.Json, update_id: int | None = None) -> people.Json:
        """What Telegram makes of something that people do, dated by our clock, not delivered."""
        for content in update.values():
            if isinstance(content, dict) and "date" in content:
                content["date"] = int(self.hotline.clock.now().timestamp())
        made: people.Json = await self.tell(
            "update", update=update, update_id=update_id, queued=False
        )
        return made

    async def post(
        self, body: Any, *, secret: str | None = SECRET, times: int = 1
    ) -> list[list[Any]]:
        """Send a body to the webhook as Telegram would; status and text of each answer."""
        text = body if isinstance(body, str) else json.dumps(body)
        answers: list[list[Any]] = await self.tell(
            "post", url=self.url, body=text, secret=secret, times=times
        )
        return answers

    async def does(self, update: people.Json, *, times: int = 1) -> people.Json:
        """Something happens on a phone, is delivered, and everything due is done."""
        made = await self.update(update)
        answers = await self.post(made, times=times)
        assert {status for status, _ in answers} == {200}, answers
        await self.rest()
        return made

    async def writes(self, text: str, *, who: int = ANI) -> people.Json:
        """Somebody writes."""
        return await self.does(people.message(who, text=text))

    async def rest(self) -> None:
        """Let everything happen that was begun; short pauses of a chat pass."""
        for _ in range(PAUSES):
            await self.hotline.forward(seconds=0.5)
            app = self.hotline.app
            waiting, _oldest = await app.read(lambda uow: uow.turns.waiting())
            if not waiting and not await app.read(lambda uow: uow.outbox.unsent_count()):
                return

    async def sees(self, who: int = ANI) -> list[people.Json]:
        """The messages of the bot that arrived since they looked last."""
        news: list[people.Json] = await self.tell(
            "messages", chat_id=who, after=self._seen.get(who, 0)
        )
        self._seen[who] = self._seen.get(who, 0) + len(news)
        return news

    async def calls(self, name: str, count: int = 0) -> list[dict[str, Any]]:
        """The calls of one name, at least so many of them."""
        return await asyncio.to_thread(self.api.await_calls, name, count)

    async def lines(self, who: int = ANI) -> Sequence[Line]:
        """The talk with somebody as staff see it."""
        known = await self.hotline.talk(str(who), TELEGRAM)
        return await self.hotline.app.read(lambda uow: uow.lines.for_staff(known))

    async def held(self) -> int:
        """How many requests are in quarantine."""
        return await self.hotline.app.read(lambda uow: uow.quarantine.held_count())

    def refused(self) -> dict[str, int]:
        """How often what was refused, by reason."""
        counted = self.hotline.app.refused.items()
        return {reason: count for (channel, reason), count in counted if channel == TELEGRAM}


@contextlib.asynccontextmanager
async def telegram_line(
    folder: Path, api: Running, *, assistant: Any = None, **settings: Any
) -> AsyncIterator[TelegramLine]:
    """A server of the hotline that the stand-in calls over the network."""
    values: dict[str, Any] = {
        "telegram_bot_token": standin.TOKEN,
        "telegram_webhook_secret": SECRET,
        "telegram_api_base_url": api.url,
        "tanyadulu_practice": True,
        **settings,
    }
    hotline = Hotline(folder / "var", assistant=assistant, **values)
    gateway = TelegramGateway.from_settings(hotline.app.settings, hotline.clock)
    senders: dict[str, Sender] = {**hotline.app.senders, TELEGRAM: gateway}
    hotline.app = replace(hotline.app, senders=senders, media=default_media(senders))
    hotline.worker = Worker(hotline.app)
    port = free_port()
    serving = uvicorn.Server(
        uvicorn.Config(
            create_app(hotline.app, with_worker=False),
            host="127.0.0.1",
            port=port,
            log_level="error",
        )
    )
    task = asyncio.create_task(serving.serve())
    try:
        await asyncio.to_thread(await_that, lambda: serving.started, bool)
        line = TelegramLine(hotline, api, f"http://127.0.0.1:{port}{PATH}")
        await line.tell("forget")
        yield line
    finally:
        serving.should_exit = True
        await task
