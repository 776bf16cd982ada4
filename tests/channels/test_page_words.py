"""What each way of waking somebody shows, says and is handed: nothing that anybody told us."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from bot.bootstrap import App
from bot.domain.cases import Case, LogKind
from bot.domain.channels import RULES
from bot.domain.messages import Outbound
from bot.domain.office import Office
from bot.domain.pages import PageKind
from bot.domain.staff_contacts import EMAIL, SMS, TELEGRAM_STAFF, VOICE, WHATSAPP_PAGE
from bot.gateways.smtp import _subject
from bot.gateways.telegram_staff import page_buttons
from bot.gateways.twilio_client import TwilioCalls
from bot.gateways.twilio_pages import CALL, TwilioSms, TwilioTemplatePages, TwilioVoice
from bot.language.types import Urgency
from bot.services import acknowledging, paging, trials
from bot.store.unit_of_work import SqlUnitOfWork
from bot.worker import Worker
from channels import page_calls
from tests.hotline import Hotline

# The words of a page do not depend on the database.
DATABASES = ["sqlite"]
WAYS = (TELEGRAM_STAFF, WHATSAPP_PAGE, SMS, VOICE, EMAIL)
PHONE = "+620000"
MARK = "zqxj"  # in every name, place and story that is generated, and in nothing of ours
TOLD = st.text("abdefgiklmnoprstu", min_size=2, max_size=12).map(lambda text: f"{MARK}{text}")
NUMBERS = st.from_regex(r"08[0-9]{9,11}", fullmatch=True)


@dataclass
class Shown:
    """Stands where all providers are, and keeps what each of them would get and show."""

    seen: dict[str, list[str]] = field(default_factory=dict)
    app: App | None = None

    async def find_sent(self, message: Outbound) -> None:
        """It never forgets a call."""

    async def send(self, message: Outbound) -> str:
        """Make what the gateway of this channel makes of a page."""
        assert self.app is not None
        calls = TwilioCalls("AC", "token", "", self.app.clock)
        if message.channel == TELEGRAM_STAFF:
            buttons = page_buttons(message.card)
            text = message.text + ("" if buttons is None else buttons.to_json())
        elif message.channel == WHATSAPP_PAGE:
            text = json.dumps(TwilioTemplatePages(calls, PHONE, "HX")._values(message, PHONE))
        elif message.channel == SMS:
            text = json.dumps(TwilioSms(calls, PHONE)._values(message, PHONE))
        elif message.channel == VOICE:
            text = json.dumps(TwilioVoice(calls, PHONE)._values(message, PHONE))
            query = f"{CALL}={message.id}".encode()
            request = Request({"type": "http", "query_string": query, "headers": []})
            spoken = await page_calls.answer(self.app, request, {})
            text += bytes(spoken.body).decode()
        else:
            text = _subject(message) + message.text
        self.seen.setdefault(message.channel, []).append(text)
        return message.id


@dataclass(frozen=True)
class Told:
    """What somebody writes, what a case says of them, and what staff write about it."""

    message: str
    fields: dict[str, str]
    note: str
    numbers: tuple[str, ...]


@st.composite
def stories(draw: st.DrawFn) -> Told:
    """A cry for help with names, a number, a place and a story."""
    name, place, story, number = draw(TOLD), draw(TOLD), draw(TOLD), draw(NUMBERS)
    cry = draw(
        st.sampled_from(("tolong saya dikunci", "saya dipukul majikan", "hp saya disita majikan"))
    )
    message = f"{cry} {story}, nama saya {name}, di {place}, hubungi {number}"
    fields = draw(st.dictionaries(TOLD, TOLD | NUMBERS, max_size=4))
    kept = tuple(value for value in fields.values() if value.isdigit())
    return Told(message, {"country": place, **fields}, draw(TOLD), (number, *kept))


async def hotline_of(hotline: Hotline, shown: Shown) -> None:
    """Every way of waking somebody, and two members who have them all."""
    senders = {**hotline.app.senders, **dict.fromkeys(WAYS, shown)}
    channels = frozenset(senders) - {"screen"} - frozenset(RULES)
    office = replace(hotline.app.office, page_channels=channels)
    hotline.app = shown.app = replace(hotline.app, senders=senders, office=office)
    hotline.worker = Worker(hotline.app)
    for login in ("ani", "budi"):
        member = await hotline.staff(f"{MARK}{login}", on_duty_hours=24 * 90)
        for way in WAYS:
            await hotline.adds_contact(member, PHONE, channel=way)


async def are_paged_for(hotline: Hotline, told: Sequence[Told], names: Sequence[str]) -> None:
    """Two cases, a bundle for whoever both ring: paged, taken, reminded of, lapsed, and over."""
    app = hotline.app
    for each, name in zip(told, names, strict=True):
        await hotline.says(name, each.message)
    cases = []
    for each, name in zip(told, names, strict=True):
        case_id = (await hotline.talk(name)).case_id or ""
        case = await app.read(partial(case_of, case_id=case_id))
        cases.append(case)
        await app.write(
            partial(more, case=case, told=each, office=app.office, now=hotline.clock.now())
        )
    for minutes in (2, 8, 5):
        await hotline.forward(minutes=minutes)
    await hotline.says(names[0], told[0].message)

    def over(uow: SqlUnitOfWork) -> None:
        for case in cases:
            uow.escalations.resolve(case.id)
            uow.pages.end(case.id)

    await app.write(over)
    await hotline.forward(minutes=3)


def case_of(uow: SqlUnitOfWork, case_id: str) -> Case:
    """A case by its id."""
    return uow.cases.get(case_id)


def more(uow: SqlUnitOfWork, *, case: Case, told: Told, office: Office, now: datetime) -> None:
    """Staff write down what they hear; an urgent one is taken, an emergency goes on ringing."""
    uow.cases.add_fields(case, told.fields, now)
    uow.cases.log(case.id, LogKind.NOTE, "system", told.note, now)
    rung = [page.staff_id for page in uow.pages.of_case(case.id) if page.staff_id is not None]
    paging.page_members(uow, case, rung, PageKind.SUPERVISOR, office, now)
    if case.urgency is Urgency.URGENT:
        acknowledging.acknowledge_case(uow, case, rung[0], office, now)


def test_no_channel_shows_what_was_told(tmp_path: Path) -> None:
    """Telegram and its buttons, WhatsApp's variables, SMS, a call and its TwiML, a mail's subject."""
    hotline, shown, count = Hotline(tmp_path / "var"), Shown(), iter(range(1000))
    asyncio.run(hotline_of(hotline, shown))

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(told=st.tuples(stories(), stories()))
    def holds(told: tuple[Told, Told]) -> None:
        shown.seen.clear()
        asyncio.run(are_paged_for(hotline, told, [f"{MARK}{next(count)}" for _ in told]))
        assert set(shown.seen) == set(WAYS)
        texts = [text.lower() for each in shown.seen.values() for text in each]
        numbers = {number for each in told for number in each.numbers}
        for text in texts:
            assert MARK not in text
            assert not any(number in text.replace(", ", "") for number in numbers)

    holds()
    hotline.close()


def test_a_call_of_a_drill_says_that_it_is_one(tmp_path: Path) -> None:
    """Where all else is for real: by the keys of a call as well as in a text."""
    hotline, shown = Hotline(tmp_path / "var"), Shown()

    async def journey() -> None:
        await hotline_of(hotline, shown)
        app = hotline.app
        # Somebody has checked the numbers: what is real is called so.
        office = replace(app.office, practice=False, contacts=())
        hotline.app = shown.app = replace(app, office=office)
        hotline.worker = Worker(hotline.app)
        now = hotline.clock.now()
        await hotline.app.write(lambda uow: trials.begin_drill(uow, office, None, now))
        await hotline.settle()
        drilled = {way: texts[0] for way, texts in shown.seen.items()}
        shown.seen.clear()
        await hotline.forward(minutes=3)
        await hotline.says("ani", "tolong saya dikunci")
        real = {way: texts[0] for way, texts in shown.seen.items()}
        for way in WAYS:
            assert "latihan" in drilled[way].lower(), way
            assert "latihan" not in real[way].lower(), way

    asyncio.run(journey())
    hotline.close()
