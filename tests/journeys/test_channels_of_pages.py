"""Each way of waking somebody rings, is answered in its own way, and is left at once when dead."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from bot.cli.up import free_port
from bot.domain.messages import Kind, Outbound
from bot.domain.oncall import EscalationState
from bot.domain.staff_contacts import EMAIL, SMS, TELEGRAM_STAFF, VOICE, WHATSAPP_PAGE
from bot.services.ringing import PAGES
from bot.store.unit_of_work import SqlUnitOfWork
from bot.worker import Worker
from channels.inbound import take_in
from tests.channels.page_line import (
    BUDI_CHAT,
    BUDI_PHONE,
    SARI_CHAT,
    SARI_PHONE,
    WakingLine,
    page_line,
)
from tests.gateways.mail import mail_server
from tests.hotline import Hotline, story
from tests.standins.process import Running

DATABASES = ["sqlite"]
SECRETS = ("dikunci", "kamar", "paspor", "ani")


async def is_taken(line: WakingLine, case_id: str) -> bool:
    """Whether the phones of a case have stopped because somebody has it."""
    found = await line.hotline.app.read(lambda uow: uow.escalations.latest_for(case_id))
    return found is not None and found.state is EscalationState.ACKNOWLEDGED


@story
async def test_telegram_rings_and_is_answered_by_a_button(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """The tap shows what came of it, the page says who has it, and the other one hears it."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari", (TELEGRAM_STAFF, str(SARI_CHAT), 0))
        await line.staff("budi", (TELEGRAM_STAFF, str(BUDI_CHAT), 0))
        case = await line.emergency()
        (page,) = await line.chat(SARI_CHAT)
        assert case.reference in page["text"]
        assert not any(word in page["text"].lower().split() for word in SECRETS)
        await line.taps(SARI_CHAT, "Saya pegang", page)
        (alert,) = await line.alerts()
        assert "sekarang Anda yang pegang" in alert
        assert await is_taken(line, case.id)
        assert await line.holder(case) == sari.id
        (edited,) = await line.chat(SARI_CHAT)
        assert "pegang" in edited["text"]
        assert [b["text"] for row in edited["reply_markup"]["inline_keyboard"] for b in row] == [
            "Buka konsol"
        ]
        *_, told = await line.chat(BUDI_CHAT)
        assert "dipegang Petugas 1" in told["text"]


@story
async def test_whatsapp_rings_and_is_answered_by_a_button_or_the_code(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """An answer is no message of a person: no conversation and no case come of it."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari", (WHATSAPP_PAGE, SARI_PHONE, 0))
        case = await line.emergency()
        address = f"whatsapp:{SARI_PHONE}"
        (shown,) = await line.texts(address)
        assert case.reference in shown
        (sent,) = await line.ask_twilio("messages", to=address)
        tapped = {"ButtonPayload": "saya_pegang", "OriginalRepliedMessageSid": sent["sid"]}
        ((status, body, _),) = await line.writes(address, "Saya pegang", params=tapped)
        assert status == 200
        assert "sekarang Anda yang pegang" in body
        assert await is_taken(line, case.id)
        code = await line.code(case, sari)
        ((_, body, _),) = await line.writes(address, f" kode {code}. ")
        assert "sudah Anda pegang" in body
        assert len(await line.hotline.cases()) == 1


@story
async def test_a_member_may_ask_something_too(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """What is no code and no button of a page goes the way of everybody's messages."""
    async with page_line(tmp_path, telegram, twilio) as line:
        await line.staff("sari", (WHATSAPP_PAGE, SARI_PHONE, 0))
        address = f"whatsapp:{SARI_PHONE}"
        await line.writes(address, "saya ditawari kerja di Taiwan")
        assert await line.hotline.answers(address, "whatsapp")


@story
async def test_sms_rings_and_is_answered_by_the_code(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """A wrong code is said to be wrong, the right one takes the case."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari", (SMS, SARI_PHONE, 0))
        case = await line.emergency()
        (text,) = await line.texts(SARI_PHONE)
        code = await line.code(case, sari)
        assert code in text
        wrong = f"{(int(code) + 1) % 10_000:04}"
        ((_, body, _),) = await line.writes(SARI_PHONE, wrong)
        assert "tidak dikenal" in body
        assert not await is_taken(line, case.id)
        ((_, body, _),) = await line.writes(SARI_PHONE, code)
        assert "sekarang Anda yang pegang" in body
        assert await line.holder(case) == sari.id


@story
async def test_a_call_is_answered_by_the_key(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """It says the reference sign by sign, in Indonesian, and no word of the person."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari", (VOICE, SARI_PHONE, 0))
        case = await line.emergency()
        heard = await line.picks_up(SARI_PHONE, "4")
        said = " ".join(heard)
        assert "Panggilan darurat" in said
        assert ", ".join(case.reference.replace("-", "")) in said
        assert "sekarang Anda yang pegang" in heard[-1]
        assert not any(word in said.lower().split() for word in SECRETS)
        assert await line.holder(case) == sari.id
        events = await line.events(case)
        assert ("voice", "seen", "answered_not_acknowledged") not in events


@story
async def test_the_link_of_a_mail_takes_with_one_tap(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """Opening it, as mail scanners do, takes nothing; the button does, and says so again."""
    port = free_port()
    with mail_server(port) as box:
        async with page_line(tmp_path, telegram, twilio, mail_port=port) as line:
            sari = await line.staff("sari", (EMAIL, "sari@example.org", 0))
            case = await line.emergency()
            (mail,) = box.received
            assert (
                mail["Subject"] == f"[LATIHAN] DARURAT {case.reference}: ada orang menunggu jawaban"
            )
            link = await line.link(case, sari)
            assert link in str(mail.get_payload(decode=True))
            for method in ("GET", "HEAD", "GET"):
                assert (await line.opens(link, method)).status_code == 200
            assert not await is_taken(line, case.id)
            assert "sekarang Anda yang pegang" in (await line.opens(link, "POST")).text
            assert "sudah Anda pegang" in (await line.opens(link, "POST")).text
            assert await line.holder(case) == sari.id


@story
async def test_an_answering_machine_has_not_been_reached(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """Nothing is said to it, and the next contact of the same person rings at once."""
    async with page_line(tmp_path, telegram, twilio) as line:
        await line.staff("sari", (VOICE, SARI_PHONE, 0), (SMS, SARI_PHONE, 30))
        case = await line.emergency()
        assert await line.texts(SARI_PHONE) == []
        assert await line.picks_up(SARI_PHONE, "4", answered_by="machine_start") == []
        assert ("voice", "failed", "answering_machine") in await line.events(case)
        assert not await is_taken(line, case.id)
        (text,) = await line.texts(SARI_PHONE)
        assert case.reference in text


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
@story
async def test_a_call_that_nobody_takes_goes_on_at_once(
    tmp_path: Path, telegram: Running, twilio: Running, status: str
) -> None:
    """The next contact need not wait for its minutes."""
    async with page_line(tmp_path, telegram, twilio) as line:
        await line.staff("sari", (VOICE, SARI_PHONE, 0), (TELEGRAM_STAFF, str(SARI_CHAT), 30))
        case = await line.emergency()
        await line.ask_twilio("phone", to=SARI_PHONE, status="ringing")
        assert ("voice", "delivered", "") in await line.events(case)
        await line.ask_twilio("phone", to=SARI_PHONE, status=status)
        assert ("voice", "failed", status) in await line.events(case)
        assert len(await line.chat(SARI_CHAT)) == 1


@story
async def test_an_answered_call_without_a_key_is_no_care(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """It is said three times in all, then hung up, and the policy goes on as if nobody had it."""
    async with page_line(tmp_path, telegram, twilio) as line:
        await line.staff("sari", (VOICE, SARI_PHONE, 0))
        await line.staff("budi", (SMS, BUDI_PHONE, 0))
        case = await line.emergency()
        heard = await line.picks_up(SARI_PHONE)
        assert sum("Panggilan darurat" in said for said in heard) == 3
        assert "Belum ada jawaban" in heard[-1]
        assert ("voice", "seen", "answered_not_acknowledged") in await line.events(case)
        assert not await is_taken(line, case.id)
        await line.hotline.forward(minutes=30)
        assert len(await line.calls_to(SARI_PHONE)) > 1
        assert await line.texts(BUDI_PHONE)


@story
async def test_keys_of_a_call(tmp_path: Path, telegram: Running, twilio: Running) -> None:
    """6 says it again, a wrong one is explained, 5 wakes the next person at once."""
    async with page_line(tmp_path, telegram, twilio) as line:
        await line.staff("sari", (VOICE, SARI_PHONE, 0))
        case = await line.emergency()
        heard = await line.picks_up(SARI_PHONE, "6", "9", "5")
        assert sum("Panggilan darurat" in said for said in heard) == 3
        assert sum("Tombol itu tidak dipakai" in said for said in heard) == 1
        assert "orang berikutnya dipanggil" in heard[-1]
        assert ("voice", "refused", "passed_on") in await line.events(case)
        assert not await is_taken(line, case.id)


@story
async def test_a_failure_that_is_told_later_goes_on_at_once(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """SMS is delivered or not, WhatsApp is read or not: the record says it, and paging follows."""
    async with page_line(tmp_path, telegram, twilio) as line:
        await line.staff("sari", (WHATSAPP_PAGE, SARI_PHONE, 0), (SMS, SARI_PHONE, 30))
        case = await line.emergency()
        (sent,) = await line.ask_twilio("messages", to=f"whatsapp:{SARI_PHONE}")
        for status in ("sent", "delivered", "read"):
            await line.ask_twilio("status", sid=sent["sid"], status=status)
        events = await line.events(case)
        assert ("whatsapp_page", "delivered", "") in events
        assert ("whatsapp_page", "seen", "") in events
        assert await line.texts(SARI_PHONE) == []
        await line.ask_twilio("status", sid=sent["sid"], status="failed", error=63024)
        assert ("whatsapp_page", "failed", "63024") in await line.events(case)
        assert len(await line.texts(SARI_PHONE)) == 1


@pytest.mark.parametrize("dead", [TELEGRAM_STAFF, WHATSAPP_PAGE, SMS, VOICE])
@story
async def test_a_dead_channel_is_left_at_once(
    tmp_path: Path, telegram: Running, twilio: Running, dead: str
) -> None:
    """Refused for good by the provider: the next contact rings in the same moment."""
    async with page_line(tmp_path, telegram, twilio) as line:
        address = str(SARI_CHAT) if dead == TELEGRAM_STAFF else SARI_PHONE
        other = SMS if dead == TELEGRAM_STAFF else TELEGRAM_STAFF
        await line.staff(
            "sari", (dead, address, 0), (other, SARI_PHONE if other == SMS else str(SARI_CHAT), 30)
        )
        if dead == TELEGRAM_STAFF:
            blocked = "Forbidden: bot was blocked by the user"
            await line.ask_telegram(
                "chat", chat={"id": SARI_CHAT, "type": "private"}, refuses=blocked
            )
        else:
            await line.ask_twilio(
                "fail", kind="status", status=400, body={"code": 21610, "message": "x"}
            )
        case = await line.emergency()
        events = await line.events(case)
        reason = "blocked" if dead == TELEGRAM_STAFF else "stopped"
        assert (dead, "failed", reason) in events
        assert (other, "sent", "") in events
        reached = await line.texts(SARI_PHONE) if other == SMS else await line.chat(SARI_CHAT)
        assert len(reached) == 1


@story
async def test_a_silent_provider_keeps_no_other_channel_waiting(tmp_path: Path) -> None:
    """Thirty calls hang at one provider; the page by another one leaves in the same moment."""
    silence = asyncio.Event()
    begun: list[str] = []

    class Silent:
        """Takes calls and does not answer them."""

        async def find_sent(self, _row: Outbound) -> None:
            """Nothing is told."""

        async def send(self, row: Outbound) -> None:
            """Hang until the test is over."""
            begun.append(row.id)
            await silence.wait()

    hotline = Hotline(tmp_path / "var")
    senders = {**hotline.app.senders, "silent": Silent()}
    channels = hotline.app.office.page_channels | {"silent"}
    office = replace(hotline.app.office, page_channels=channels)
    hotline.app = replace(hotline.app, senders=senders, office=office)
    hotline.worker = Worker(hotline.app)
    now = hotline.clock.now()
    for number in range(30):
        member = await hotline.staff(f"sari{number}", on_duty_hours=8)
        await hotline.app.write(partial(_add_silent, member.id, now))
    await hotline.staff("budi", phone="budi-phone", on_duty_hours=8)
    await take_in(hotline.app, hotline.message("ani", Kind.TEXT, "tolong saya dikunci di kamar"))
    pages = dict(hotline.worker.loops())[PAGES]
    for _ in range(6):
        await pages()
        await asyncio.sleep(0.05)
    assert hotline.phones.received["budi-phone"]
    assert 10 <= len(begun) < 20
    silence.set()
    await hotline.settle()
    assert len(begun) == 30
    hotline.close()


def _add_silent(staff_id: str, now: datetime, uow: SqlUnitOfWork) -> None:
    uow.staff.add_contact(staff_id, "silent", staff_id, now)
