"""A hotline on WhatsApp: its real server and gateway, and Twilio's stand-in beside it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn

from bot.bootstrap import default_media
from bot.cli.up import free_port
from bot.domain.channels import WHATSAPP
from bot.domain.messages import Delivery
from bot.gateways.twilio import TwilioWhatsApp
from bot.server import create_app
from bot.worker import Worker
from channels.whatsapp_reconcile import reconcile
from tests.hotline import Hotline
from tests.standins import twilio as standin
from tests.standins.process import Running, await_that

PATH = "/webhooks/whatsapp"
ANI = "whatsapp:+628120000001"
TOKENS = (standin.TOKEN, standin.OLD_TOKEN)


def form(**values: str) -> dict[str, str]:
    """A webhook's parameters, of a message that Twilio does not have."""
    told = {
        "MessageSid": "SM" + "7" * 32,
        "AccountSid": standin.ACCOUNT,
        "From": ANI,
        "To": standin.SENDER,
        "Body": "halo",
        "NumMedia": "0",
        "MessageType": "text",
    }
    return told | values


def statuses(answers: list[list[Any]]) -> list[int]:
    """The status of each answer."""
    return [status for status, _, _ in answers]


class WhatsAppLine:
    """What people do at the other end, and what they see."""

    def __init__(self, hotline: Hotline, twilio: Running, gateway: TwilioWhatsApp) -> None:
        self.hotline = hotline
        self.twilio = twilio
        self.gateway = gateway

    async def tell(self, call: str, /, **values: Any) -> Any:
        """Make a control call of the stand-in."""
        return await asyncio.to_thread(self.twilio.tell, call, **values)

    async def writes(self, body: str = "", *, who: str = ANI, **how: Any) -> list[list[Any]]:
        """Somebody writes, and everything due is done; what the webhook was answered."""
        told = await self.tell("inbound", sender=who, body=body, **how)
        await self.hotline.settle()
        answers: list[list[Any]] = told["answers"]
        return answers

    async def post(self, path: str, form: Any, **how: Any) -> list[list[Any]]:
        """Send a form as Twilio would."""
        answers: list[list[Any]] = await self.tell("post", path=path, form=form, **how)
        return answers

    async def sees(self, who: str = ANI) -> list[str]:
        """The texts that reached somebody, oldest first."""
        messages = await self.tell("messages", to=who)
        return [one["body"] for one in messages if one["status"] not in ("failed", "undelivered")]

    async def sids(self, who: str = ANI) -> list[str]:
        """The ids of all texts to somebody, oldest first."""
        return [one["sid"] for one in await self.tell("messages", to=who)]

    async def states(self, who: str = ANI) -> list[tuple[Delivery, str | None, str | None]]:
        """How our lines to somebody stand: state, the provider's word, the error."""
        known = await self.hotline.talk(who, WHATSAPP)
        lines = await self.hotline.app.read(lambda uow: uow.lines.for_staff(known))
        return [
            (line.state, line.provider_status, line.error)
            for line in lines
            if line.author != "person"
        ]

    async def refused(self) -> dict[tuple[str, str], int]:
        """What was put into quarantine, by channel and reason."""
        return dict(self.hotline.app.refused)

    async def held(self) -> int:
        """How many requests are in quarantine."""
        return await self.hotline.app.read(lambda uow: uow.quarantine.held_count())

    async def open(self) -> None:
        """People rely on this channel already."""
        now = self.hotline.clock.now()
        await self.hotline.app.write(lambda uow: uow.channels.mark_opened(WHATSAPP, now))

    async def reconcile(self) -> int:
        """Look for what is missing; how many messages were."""
        found = await reconcile(self.hotline.app, self.gateway)
        await self.hotline.settle()
        return found


@contextlib.asynccontextmanager
async def whatsapp_line(
    folder: Path, twilio: Running, **settings: Any
) -> AsyncIterator[WhatsAppLine]:
    """A server of the hotline, reached as behind a proxy: under another address than its own."""
    values: dict[str, Any] = {
        "public_base_url": standin.PUBLIC,
        "twilio_account_sid": standin.ACCOUNT,
        "twilio_auth_token": TOKENS,
        "twilio_api_base_url": twilio.url,
        "whatsapp_from": standin.SENDER,
        "whatsapp_template_update": standin.TEMPLATE,
        "tanyadulu_practice": True,
        **settings,
    }
    assistant = values.pop("assistant", None)
    hotline = Hotline(folder / "var", assistant=assistant, **values)
    gateway = TwilioWhatsApp.from_settings(hotline.app.settings, hotline.clock)
    senders = {**hotline.app.senders, WHATSAPP: gateway}
    hotline.app = replace(hotline.app, senders=senders, media=default_media(senders))
    hotline.worker = Worker(hotline.app)
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(hotline.app, with_worker=False),
            host="127.0.0.1",
            port=port,
            log_level="error",
        )
    )
    serving = asyncio.create_task(server.serve())
    try:
        await asyncio.to_thread(await_that, lambda: server.started, bool)
        line = WhatsAppLine(hotline, twilio, gateway)
        await line.tell("mend")
        await line.tell("forget")
        await line.tell("set", server=f"http://127.0.0.1:{port}")
        yield line
    finally:
        server.should_exit = True
        await serving
