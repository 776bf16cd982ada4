"""A hotline whose staff are woken for real: its server and gateways, and both providers' stand-ins."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from bot.bootstrap import default_media
from bot.cli.up import free_port
from bot.domain.cases import Case
from bot.domain.channels import RULES, WHATSAPP
from bot.domain.pages import PageEvent, PageLine
from bot.domain.staff import Staff
from bot.domain.staff_contacts import EMAIL, SMS, TELEGRAM_STAFF, VOICE, WHATSAPP_PAGE
from bot.gateways.smtp import Mailer
from bot.gateways.telegram_staff import TelegramStaff
from bot.gateways.twilio import TwilioWhatsApp
from bot.gateways.twilio_pages import TwilioSms, TwilioTemplatePages, TwilioVoice
from bot.ports import Sender
from bot.server import create_app
from bot.store.unit_of_work import SqlUnitOfWork
from bot.worker import Worker
from channels import telegram_staff
from tests.hotline import Hotline
from tests.standins import telegram as telegram_standin
from tests.standins import telegram_people as people
from tests.standins import twilio as standin
from tests.standins.process import Running, await_that
from tests.standins.twilio_calls import VOICE_SENDER

HELP = "tolong saya dikunci di kamar, paspor diambil"
SARI_PHONE, BUDI_PHONE = "+628120000001", "+628120000002"
SARI_CHAT, BUDI_CHAT = 7001, 7002
MAIL_FROM = "pager@example.org"


class WakingLine:
    """What staff do on their phones, and what they see there."""

    def __init__(self, hotline: Hotline, url: str, telegram: Running, twilio: Running) -> None:
        self.hotline = hotline
        self.url = url
        self.telegram = telegram
        self.twilio = twilio

    async def staff(self, login: str, *contacts: tuple[str, str, int]) -> Staff:
        """A member on duty, with proved contacts: channel, address, after so many minutes."""
        member = await self.hotline.staff(login, on_duty_hours=8)
        now = self.hotline.clock.now()
        for place, (channel, address, after) in enumerate(contacts, 1):
            await self.hotline.app.write(
                partial(_add_contact, member.id, channel, address, now, place, after)
            )
        return member

    async def emergency(self, who: str = "ani") -> Case:
        """Somebody cries for help; the case that comes of it."""
        await self.hotline.says(who, HELP)
        known = await self.hotline.talk(who)
        return await self.hotline.app.read(lambda uow: uow.cases.get(known.case_id or ""))

    async def ask_twilio(self, call: str, /, **values: Any) -> Any:
        """Make a control call of Twilio's stand-in, and do what became due by it."""
        done = await asyncio.to_thread(self.twilio.tell, call, **values)
        await self.hotline.settle()
        return done

    async def ask_telegram(self, call: str, /, **values: Any) -> Any:
        """Make a control call of Telegram's stand-in."""
        return await asyncio.to_thread(self.telegram.tell, call, **values)

    async def update(self, update: people.Json, *, secret: str | None = None) -> list[list[Any]]:
        """Something happens in Telegram and is pushed here; how that was answered."""
        made = await self.ask_telegram("update", update=update, queued=False)
        return await self.push(made, secret=secret)

    async def push(self, body: Any, *, secret: str | None = None) -> list[list[Any]]:
        """Post to the webhook of the staff's bot, and do what became due by it."""
        wanted = telegram_staff.webhook_secret(self.hotline.app) if secret is None else secret
        text = body if isinstance(body, str) else json.dumps(body)
        answers: list[list[Any]] = await self.ask_telegram(
            "post", url=f"{self.url}{telegram_staff.PATH}", body=text, secret=wanted or None
        )
        await self.hotline.settle()
        return answers

    async def chat(self, person: int) -> list[people.Json]:
        """What the staff's bot wrote to somebody."""
        shown: list[people.Json] = await self.ask_telegram("messages", chat_id=person)
        return shown

    async def taps(self, person: int, title: str, page: people.Json) -> list[list[Any]]:
        """Somebody taps a button below a page, be it theirs or sent on to them."""
        rows = page["reply_markup"]["inline_keyboard"]
        data = next(each["callback_data"] for row in rows for each in row if each["text"] == title)
        shown = {**page, "chat": people.chat(person)}
        answers = await self.update(people.tap(person, data, message=shown))
        await asyncio.sleep(0.1)  # the answer to the tap is a call that nobody waits for
        return answers

    async def alerts(self) -> list[str]:
        """What was shown over the chat after taps."""
        calls = await asyncio.to_thread(self.telegram.calls, "answerCallbackQuery")
        return [call.get("text", "") for call in calls]

    async def texts(self, phone: str) -> list[str]:
        """The texts that reached a phone, oldest first; `whatsapp:+62...` for WhatsApp."""
        return [
            one["body"] for one in await asyncio.to_thread(self.twilio.tell, "messages", to=phone)
        ]

    async def writes(self, phone: str, body: str, **how: Any) -> list[list[Any]]:
        """A text comes from a phone; how our webhook answered."""
        told = await self.ask_twilio("inbound", sender=phone, body=body, **how)
        answers: list[list[Any]] = told["answers"]
        return answers

    async def calls_to(self, phone: str) -> list[dict[str, Any]]:
        """The calls to a phone."""
        made: list[dict[str, Any]] = await asyncio.to_thread(self.twilio.tell, "calls_to", to=phone)
        return made

    async def picks_up(self, phone: str, *keys: str, **how: Any) -> list[str]:
        """Somebody answers the call and presses keys; what was said."""
        heard: list[str] = await self.ask_twilio("pick_up", to=phone, keys=list(keys), **how)
        return heard

    async def opens(self, path: str, method: str = "GET", **more: Any) -> httpx2.Response:
        """A browser on a phone."""
        async with httpx2.AsyncClient(base_url=self.url, trust_env=False) as client:
            answer = await client.request(method, path, **more)
        await self.hotline.settle()
        return answer

    async def record(self, case: Case) -> tuple[PageLine, ...]:
        """The record of a case's pages."""
        return await self.hotline.app.read(lambda uow: uow.pages.lines(case.id))

    async def events(self, case: Case) -> list[tuple[str, str, str]]:
        """The same: channel, event and reason of each line."""
        return [(each.channel, each.event.value, each.reason) for each in await self.record(case)]

    async def holder(self, case: Case) -> str | None:
        """Who has acknowledged a case."""
        lines = await self.record(case)
        taken = [each.staff_id for each in lines if each.event is PageEvent.ACKNOWLEDGED]
        return taken[0] if taken else None

    async def code(self, case: Case, member: Staff) -> str:
        """The code of a member's page."""
        pages = await self.hotline.app.read(lambda uow: uow.pages.of_case(case.id))
        return next(page.code for page in pages if page.staff_id == member.id and page.code)

    async def link(self, case: Case, member: Staff) -> str:
        """The path of the link of a member's page."""

        def find(uow: Any) -> str:
            page = next(each for each in uow.pages.of_case(case.id) if each.staff_id == member.id)
            return f"/p/{uow.pages.token_of(page.id)}"

        return await self.hotline.app.read(find)


def _add_contact(
    staff_id: str,
    channel: str,
    address: str,
    now: datetime,
    place: int,
    after: int,
    uow: SqlUnitOfWork,
) -> None:
    uow.staff.add_contact(staff_id, channel, address, now, position=place, after_minutes=after)


@contextlib.asynccontextmanager
async def page_line(
    folder: Path, telegram: Running, twilio: Running, *, mail_port: int = 0, **settings: Any
) -> AsyncIterator[WakingLine]:
    """A server with every channel that wakes staff, reached as behind a proxy."""
    values: dict[str, Any] = {
        "public_base_url": standin.PUBLIC,
        "twilio_account_sid": standin.ACCOUNT,
        "twilio_auth_token": (standin.TOKEN, standin.OLD_TOKEN),
        "twilio_api_base_url": twilio.url,
        "whatsapp_from": standin.SENDER,
        "whatsapp_template_page": standin.TEMPLATE_PAGE,
        "sms_from": standin.SMS_SENDER,
        "voice_from": VOICE_SENDER,
        "telegram_staff_bot_token": telegram_standin.TOKEN,
        "telegram_api_base_url": telegram.url,
        "smtp_url": f"smtp://127.0.0.1:{mail_port}?from={MAIL_FROM}" if mail_port else "",
        "tanyadulu_practice": True,
        **settings,
    }
    hotline = Hotline(folder / "var", **values)
    told, clock = hotline.app.settings, hotline.clock
    gateways: dict[str, Any] = {
        TELEGRAM_STAFF: TelegramStaff.from_settings(told, clock),
        WHATSAPP_PAGE: TwilioTemplatePages.from_settings(told, clock),
        SMS: TwilioSms.from_settings(told, clock),
        VOICE: TwilioVoice.from_settings(told, clock),
        WHATSAPP: TwilioWhatsApp.from_settings(told, clock),
    }
    if mail_port:
        gateways[EMAIL] = Mailer(told.smtp_url)
    senders: dict[str, Sender] = {**hotline.app.senders, **gateways}
    channels = frozenset(senders) - frozenset(RULES) - {"screen"}
    hotline.app = replace(
        hotline.app,
        senders=senders,
        media=default_media(senders),
        office=replace(hotline.app.office, page_channels=channels),
    )
    hotline.worker = Worker(hotline.app)
    port = free_port()
    config = uvicorn.Config(
        create_app(hotline.app, with_worker=False),
        host="127.0.0.1",
        port=port,
        log_level="error",
    )
    serving = uvicorn.Server(config)
    task = asyncio.create_task(serving.serve())
    try:
        await asyncio.to_thread(await_that, lambda: serving.started, bool)
        line = WakingLine(hotline, f"http://127.0.0.1:{port}", telegram, twilio)
        await line.ask_telegram("forget")
        for call in ("mend", "forget"):
            await asyncio.to_thread(twilio.tell, call)
        await asyncio.to_thread(twilio.tell, "set", server=line.url)
        for person in (SARI_CHAT, BUDI_CHAT):
            await line.ask_telegram("chat", chat=people.chat(person))
        yield line
    finally:
        serving.should_exit = True
        await task
