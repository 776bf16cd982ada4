"""A hotline whose people are on Telegram: every journey can be run through the webhook."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2

from bot.bootstrap import default_media
from bot.domain.channels import TELEGRAM
from bot.domain.conversation import Conversation
from bot.domain.messages import Delivery, Received
from bot.gateways.telegram import TelegramGateway
from bot.ports import Sender
from bot.server import create_app
from bot.worker import Worker
from channels.telegram import PATH, webhook_secret
from channels.telegram_bot import SECRET_HEADER
from tests.hotline import Hotline
from tests.standins import telegram as standin
from tests.standins import telegram_people as people
from tests.standins.process import Running

HOLD_SECONDS = 0.2
MOST_PAUSES = 40


class TelegramHotline(Hotline):
    """As `Hotline`, but whoever writes does it on Telegram and reads the answers there."""

    def __init__(self, folder: Path, api: Running, **settings: Any) -> None:
        values = {
            "telegram_bot_token": standin.TOKEN,
            "telegram_api_base_url": api.url,
            **settings,
        }
        super().__init__(folder, **values)
        self.api = api
        self.gateway = TelegramGateway.from_settings(self.app.settings, self.clock)
        senders: dict[str, Sender] = {**self.app.senders, TELEGRAM: self.gateway}
        self.app = replace(self.app, senders=senders, media=default_media(senders))
        # Opened before, so that nobody has to be on duty for a journey to begin.
        self.app.opened.add(TELEGRAM)
        self.worker = Worker(self.app)
        self.server = create_app(self.app, with_worker=False)
        self._chats: dict[str, int] = {}

    def chat(self, who: str) -> int:
        """The chat id of somebody."""
        return self._chats.setdefault(who, 1000 + len(self._chats))

    async def says(
        self,
        who: str,
        text: str,
        *,
        external_id: str | None = None,
        channel: str = TELEGRAM,
        **more: Any,
    ) -> Received:
        """Somebody writes on Telegram; everything that is due is done before it returns."""
        assert channel == TELEGRAM
        update = people.message(self.chat(who), text=text)
        update["message"]["date"] = int(self.clock.now().timestamp())
        await self._tell("clock", at=self.clock.now().timestamp())
        made = await self._tell("update", update=update, queued=False)
        transport = httpx2.ASGITransport(self.server)
        async with httpx2.AsyncClient(transport=transport, base_url="http://hotline") as client:
            answer = await client.post(
                PATH, content=json.dumps(made), headers={SECRET_HEADER: webhook_secret(self.app)}
            )
        assert answer.status_code == 200, answer.text
        # What came a moment earlier by another connection would have its chance to go first.
        self.clock.forward(seconds=HOLD_SECONDS)
        await self.settle()
        for _ in range(MOST_PAUSES):
            if not await self._is_paced(who):
                break
            await self.forward(seconds=HOLD_SECONDS)
        stored = (await self.lines(who))[-1]
        return Received(stored.id, stored.turn_id or "")

    async def settle(self) -> None:
        """As ever; connections are let go of, for each journey has an event loop of its own."""
        await self._tell("clock", at=self.clock.now().timestamp())
        await super().settle()
        await self.gateway.close()

    async def _is_paced(self, who: str) -> bool:
        """Whether an answer waits because a chat takes only so many in a second."""
        talk = await self.talk(who)
        lines = await self.app.read(lambda uow: uow.lines.for_staff(talk))
        return any(line.state is Delivery.PENDING for line in lines)

    async def talk(self, who: str, channel: str = TELEGRAM) -> Conversation:
        """The talk with somebody on Telegram."""
        return await super().talk(str(self.chat(who)), TELEGRAM)

    async def answers(self, who: str, channel: str = TELEGRAM) -> list[str]:
        """What arrived on somebody's phone."""
        shown = await self._tell("messages", chat_id=self.chat(who))
        return [each["text"] for each in shown]

    async def _tell(self, call: str, /, **values: Any) -> Any:
        return await asyncio.to_thread(self.api.tell, call, **values)
