"""Who may answer a page, and what comes of forged, repeated, foreign and senseless answers."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.office import Office
from bot.domain.staff import Staff
from bot.domain.staff_contacts import SMS, TELEGRAM_STAFF, VOICE, WHATSAPP_PAGE
from bot.services import accounts, contacts
from bot.services.contacts import Unproved
from bot.store.unit_of_work import SqlUnitOfWork
from channels import telegram_polling, telegram_staff
from channels.telegram_bot import SECRET_HEADER
from channels.telegram_polling import Poller
from channels.telegram_staff import channel_of
from channels.whatsapp_reconcile import reconcile
from tests.channels.page_line import (
    BUDI_CHAT,
    BUDI_PHONE,
    SARI_CHAT,
    SARI_PHONE,
    WakingLine,
    page_line,
)
from tests.hotline import story
from tests.standins import telegram_people as people
from tests.standins import twilio as standin
from tests.standins.process import Running

DATABASES = ["sqlite"]
ROW = "0" * 32
TWILIO_PATHS = (
    "/webhooks/sms",
    "/webhooks/sms/status",
    f"/webhooks/sms/status?row={ROW}",
    f"/webhooks/voice?page={ROW}",
    "/webhooks/voice?page=x&round=-1",
    f"/webhooks/voice?page={ROW}&round=%C2%B2",
    "/webhooks/voice/status",
    f"/webhooks/voice/status?row={ROW}",
)


def form(**values: str) -> dict[str, str]:
    """What Twilio sends of a text to our SMS number."""
    told = {
        "MessageSid": "SM" + "7" * 32,
        "AccountSid": standin.ACCOUNT,
        "From": SARI_PHONE,
        "To": standin.SMS_SENDER,
        "Body": "1234",
    }
    return told | values


async def post(line: WakingLine, path: str, values: Any, **how: Any) -> list[int]:
    """Send a form as Twilio would; the status of each answer."""
    answers = await line.ask_twilio("post", path=path, form=values, **how)
    return [status for status, _, _ in answers]


async def contact_count(line: WakingLine, login: str) -> int:
    """How many proved contacts a member has."""

    def count(uow: Any) -> int:
        member = uow.staff.find(login)
        return sum(each.verified_at is not None for each in uow.staff.contacts(member.id))

    return await line.hotline.app.read(count)


# Proof of who is asking


@story
async def test_nobody_answers_for_twilio(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """Unsigned, wrongly signed, of another account: refused, kept apart, nothing is taken."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari", (SMS, SARI_PHONE, 0))
        case = await line.emergency()
        values = form(Body=await line.code(case, sari))
        for path in TWILIO_PATHS[:4]:
            assert await post(line, path, values, signature="") == [403], path
            assert await post(line, path, values, token="guessed") == [403], path
            assert await post(line, path, {**values, "AccountSid": "AC1"}) == [403], path
        assert await post(line, "/webhooks/sms", {**values, "To": "+628110000099"}) == [403]
        assert await line.holder(case) is None
        old = await post(line, "/webhooks/sms", values, token=standin.OLD_TOKEN)
        assert old == [200], "the token before counts while they are being changed"
        assert await line.holder(case) == sari.id


@story
async def test_a_signature_is_of_one_call_and_one_round(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """What was signed for the page of one is worth nothing for that of another."""
    async with page_line(tmp_path, telegram, twilio) as line:
        values = form(CallSid="CA1", Digits="4")
        path = f"/webhooks/voice?page={ROW}"
        signature = standin.sign(standin.TOKEN, standin.PUBLIC + path, list(values.items()))
        assert await post(line, path, values, signature=signature) == [200]
        for other in (f"/webhooks/voice?page={'1' * 32}", f"{path}&round=1", "/webhooks/voice"):
            assert await post(line, other, values, signature=signature) == [403], other


@story
async def test_nobody_answers_for_telegram(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """Without our secret, or with the one of the hotline's own bot, nothing is taken."""
    async with page_line(tmp_path, telegram, twilio) as line:
        await line.staff("sari", (TELEGRAM_STAFF, str(SARI_CHAT), 0))
        case = await line.emergency()
        (page,) = await line.chat(SARI_CHAT)
        data = page["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        tap = people.tap(SARI_CHAT, data, message=page)
        vault = line.hotline.app.database.vault
        for secret in ("", "guessed", vault.lookup("telegram_webhook", "")):
            ((status, _),) = await line.update(tap, secret=secret)
            assert status == 403
        assert await line.holder(case) is None
        ((status, _),) = await line.push("{")
        assert status == 400
        assert await line.hotline.app.read(lambda uow: uow.quarantine.held_count()) > 0


# Foreign hands, repeats, old pages


@story
async def test_a_button_that_was_sent_on_takes_nothing(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """Neither by another member nor by a stranger; the one whom it woke still can."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari", (TELEGRAM_STAFF, str(SARI_CHAT), 0))
        await line.staff("budi", (TELEGRAM_STAFF, str(BUDI_CHAT), 0))
        case = await line.emergency()
        (page,) = await line.chat(SARI_CHAT)
        for other in (BUDI_CHAT, 9999):
            await line.taps(other, "Saya pegang", page)
        assert await line.alerts() == ["Panggilan ini bukan untuk Anda."] * 2
        assert await line.holder(case) is None
        await line.taps(SARI_CHAT, "Saya pegang", page)
        assert await line.holder(case) == sari.id


@story
async def test_a_code_counts_from_its_own_phone_alone(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """Whoever reads it over a shoulder has to have the phone as well."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari", (SMS, SARI_PHONE, 0))
        await line.staff("budi", (SMS, BUDI_PHONE, 0))
        case = await line.emergency()
        code = await line.code(case, sari)
        if code != await line.code(case, await _member(line, "budi")):
            ((_, body, _),) = await line.writes(BUDI_PHONE, code)
            assert "tidak dikenal" in body
        await line.writes("+628120000099", code)
        assert await line.holder(case) is None


async def _member(line: WakingLine, login: str) -> Any:
    return await line.hotline.app.read(lambda uow: uow.staff.find(login))


@story
async def test_a_repeat_changes_nothing(tmp_path: Path, telegram: Running, twilio: Running) -> None:
    """The same request ten times at once: one line in the record, the same words each time."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari", (SMS, SARI_PHONE, 0))
        case = await line.emergency()
        values = form(Body=await line.code(case, sari))
        assert await post(line, "/webhooks/sms", values, times=10, at_once=True) == [200] * 10
        events = [event for _, event, _ in await line.events(case)]
        assert events.count("acknowledged") == 1


@story
async def test_an_old_page_takes_nothing(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """After twelve hours code, button and link are over, and say where to look."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari", (TELEGRAM_STAFF, str(SARI_CHAT), 0), (SMS, SARI_PHONE, 0))
        case = await line.emergency()
        (page,) = await line.chat(SARI_CHAT)
        code, link = await line.code(case, sari), await line.link(case, sari)
        line.hotline.clock.forward(hours=13)
        ((_, body, _),) = await line.writes(SARI_PHONE, code)
        assert "sudah lewat" in body
        await line.taps(SARI_CHAT, "Saya pegang", page)
        assert "sudah lewat" in (await line.alerts())[-1]
        for method, status in (("GET", 200), ("POST", 410)):
            answer = await line.opens(link, method)
            assert answer.status_code == status
            assert "/console/" in answer.text
        assert await line.holder(case) is None


@story
async def test_whoever_left_answers_nothing(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """A disabled member's phone, chat and link are those of a stranger."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari", (TELEGRAM_STAFF, str(SARI_CHAT), 0))
        case = await line.emergency()
        (page,) = await line.chat(SARI_CHAT)
        link = await line.link(case, sari)
        now = line.hotline.clock.now()
        await line.hotline.app.write(lambda uow: accounts.disable(uow, "sari", now))
        await line.taps(SARI_CHAT, "Saya pegang", page)
        assert await line.alerts() == ["Panggilan ini bukan untuk Anda."]
        assert (await line.opens(link, "POST")).status_code == 404
        assert await line.holder(case) is None


# The staff's bot


@story
async def test_a_chat_is_linked_by_its_word_once(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """The word of the console links; a second use, a wrong one and one too old do not."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari")
        app, now = line.hotline.app, line.hotline.clock.now()
        waiting = await app.write(
            lambda uow: contacts.add(uow, sari, TELEGRAM_STAFF, "", app.office, now)
        )
        start = f"/start {waiting.code}"
        await line.update(people.message(SARI_CHAT, text="/start " + "x" * 22))
        assert await contact_count(line, "sari") == 0
        await line.update(people.message(SARI_CHAT, text=start))
        assert await contact_count(line, "sari") == 1
        await line.update(people.message(BUDI_CHAT, text=start))
        said = [each["text"] for each in await _said(line, SARI_CHAT, 2)]
        assert "tidak dikenal" in said[0]
        assert "tersambung" in said[1]
        assert "tidak dikenal" in (await _said(line, BUDI_CHAT, 1))[0]["text"]
        case = await line.emergency()
        assert case.reference in (await line.chat(SARI_CHAT))[-1]["text"]


async def _said(line: WakingLine, person: int, count: int) -> list[people.Json]:
    """What the bot wrote to somebody, once there is so much of it."""
    for _ in range(100):
        shown = await line.chat(person)
        if len(shown) >= count:
            return shown
        await asyncio.sleep(0.05)
    raise AssertionError(shown)


@pytest.mark.parametrize(
    "content",
    [
        {"text": "tolong saya dikunci"},
        {"text": "/start"},
        {"text": "/help"},
        {"photo": [people.file("a", width=9, height=9)], "caption": "lihat"},
        {"location": {"latitude": 1.0, "longitude": 2.0}},
    ],
)
@story
async def test_the_bot_reads_nothing_else(
    tmp_path: Path, telegram: Running, twilio: Running, content: dict[str, Any]
) -> None:
    """One fixed sentence, whatever comes; no conversation and no case."""
    async with page_line(tmp_path, telegram, twilio) as line:
        await line.update(people.message(SARI_CHAT, **content))
        (said,) = await _said(line, SARI_CHAT, 1)
        assert "hanya memanggil petugas" in said["text"]
        assert await line.hotline.cases() == ()
        known = await line.hotline.app.read(
            lambda uow: uow.conversations.find_sender("telegram", str(SARI_CHAT))
        )
        assert known is None


@story
async def test_the_bot_works_in_private_chats_alone(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """It leaves a group, and a button that is tapped there takes nothing."""
    async with page_line(tmp_path, telegram, twilio) as line:
        await line.staff("sari", (TELEGRAM_STAFF, str(SARI_CHAT), 0))
        case = await line.emergency()
        (page,) = await line.chat(SARI_CHAT)
        data = page["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        there = people.group()
        await line.ask_telegram("chat", chat=there)
        await line.update(people.tap(SARI_CHAT, data, message={**page, "chat": there}))
        await line.update(people.message(SARI_CHAT, text="halo") | {})
        await line.update(people.membership("member", person=SARI_CHAT, where=there))
        assert await asyncio.to_thread(telegram.await_calls, "leaveChat")
        assert await line.holder(case) is None


@story
async def test_whoever_blocks_the_bot_is_seen_before_the_night(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """The contact says that it does not ring; letting the bot in again mends it."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari", (TELEGRAM_STAFF, str(SARI_CHAT), 0))

        async def why() -> str | None:
            (found,) = await line.hotline.app.read(lambda uow: uow.staff.contacts(sari.id))
            return found.failed_because

        await line.update(people.membership("kicked", person=SARI_CHAT))
        assert await why() == "blocked"
        await line.update(people.membership("member", person=SARI_CHAT))
        assert await why() is None


@story
async def test_answers_can_be_fetched_too(
    tmp_path: Path, telegram: Running, twilio: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a public address the staff's bot is polled as the hotline's is."""
    monkeypatch.setattr(telegram_polling, "POLL_SECONDS", 1)
    async with page_line(tmp_path, telegram, twilio, telegram_mode="polling") as line:
        sari = await line.staff("sari", (TELEGRAM_STAFF, str(SARI_CHAT), 0))
        case = await line.emergency()
        (page,) = await line.chat(SARI_CHAT)
        data = page["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        await line.ask_telegram("update", update=people.tap(SARI_CHAT, data, message=page))
        channel = channel_of(line.hotline.app)
        assert channel is not None
        assert await Poller(channel).fetch()
        await channel.settle()
        assert await line.holder(case) == sari.id


# SMS and WhatsApp


@story
async def test_a_code_that_comes_back_proves_the_phone(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """Answered by the phone itself instead of typed into the console."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari")
        app, now = line.hotline.app, line.hotline.clock.now()
        for channel, address in ((SMS, SARI_PHONE), (WHATSAPP_PAGE, f"whatsapp:{SARI_PHONE}")):
            waiting = await app.write(partial(_add, sari, channel, app.office, now))
            ((_, body, _),) = await line.writes(address, waiting.code)
            assert "terbukti milik Anda" in body
        assert await contact_count(line, "sari") == 2


def _add(
    member: Staff, channel: str, office: Office, now: datetime, uow: SqlUnitOfWork
) -> Unproved:
    return contacts.add(uow, member, channel, SARI_PHONE, office, now)


@story
async def test_a_stranger_on_the_sms_number_is_not_lost(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """Nobody reads it by night, but supervisors see it: it may be somebody in need."""
    async with page_line(tmp_path, telegram, twilio) as line:
        await line.staff("sari", (SMS, SARI_PHONE, 0))
        ((status, body, _),) = await line.writes("+628120000099", "tolong saya")
        assert (status, "<Message>" in body) == (200, False)
        assert line.hotline.app.refused["sms", "stranger"] == 1
        ((_, body, _),) = await line.writes(SARI_PHONE, "oke nanti saya lihat")
        assert "Balas dengan kode" in body
        assert line.hotline.app.refused["sms", "stranger"] == 1


@story
async def test_a_member_who_stops_our_texts_is_seen(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """STOP is answered by Twilio; the contact says why it does not ring any more."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari", (SMS, SARI_PHONE, 0))
        for word, reason in (("STOP", "stopped"), ("START", None)):
            ((_, body, _),) = await line.writes(SARI_PHONE, word, params={"OptOutType": word})
            assert "<Message>" not in body
            (found,) = await line.hotline.app.read(lambda uow: uow.staff.contacts(sari.id))
            assert found.failed_because == reason


@story
async def test_an_answer_on_whatsapp_never_becomes_a_case(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """Not even found later in Twilio's list, where it must not take a page that came after it."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari", (WHATSAPP_PAGE, SARI_PHONE, 0))
        case = await line.emergency()
        now = line.hotline.clock.now()
        await line.hotline.app.write(lambda uow: uow.channels.mark_opened("whatsapp", now))
        await asyncio.to_thread(twilio.tell, "set", now_is=now.isoformat())
        address = f"whatsapp:{SARI_PHONE}"
        for body in (await line.code(case, sari), "Saya pegang"):
            await line.writes(address, body, silent=True)
        gateway: Any = line.hotline.app.senders["whatsapp"]
        assert await reconcile(line.hotline.app, gateway) == 0
        assert await line.holder(case) is None
        known = await line.hotline.app.read(
            lambda uow: uow.conversations.find_sender("whatsapp", address)
        )
        assert known is None


@story
async def test_a_button_of_somebody_elses_page_is_no_case(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """A stranger with a page's button is refused in words, and nothing is opened."""
    async with page_line(tmp_path, telegram, twilio) as line:
        stranger = "whatsapp:+628120000099"
        tapped = {"ButtonPayload": "saya_pegang"}
        ((_, body, _),) = await line.writes(stranger, "Saya pegang", params=tapped)
        assert "bukan untuk Anda" in body
        assert await line.hotline.cases() == ()


# Links


@story
async def test_a_link_tells_nothing_and_is_kept_by_nobody(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """Reference, urgency and age; no word of the person, no cache, no index, no referrer."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari", (SMS, SARI_PHONE, 0))
        await line.staff("budi", (TELEGRAM_STAFF, str(BUDI_CHAT), 0))
        case = await line.emergency()
        line.hotline.clock.forward(minutes=3)
        link = await line.link(case, sari)
        answer = await line.opens(link)
        assert case.reference in answer.text
        assert "DARURAT" in answer.text
        assert "3 mnt lalu" in answer.text
        assert "<script" not in answer.text
        for word in ("dikunci", "paspor", "Taiwan", "ani"):
            assert word not in answer.text.split()
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert "form-action 'self'" in answer.headers["content-security-policy"]
        (page,) = await line.chat(BUDI_CHAT)
        await line.taps(BUDI_CHAT, "Saya pegang", page)
        assert "sudah dipegang Petugas 2" in (await line.opens(link, "POST")).text
        assert "sudah selesai" in (await line.opens(link)).text


@story
async def test_links_cannot_be_guessed_one_after_the_other(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """Wrong ones are slowed down; a while later a right one opens again."""
    async with page_line(tmp_path, telegram, twilio) as line:
        sari = await line.staff("sari", (SMS, SARI_PHONE, 0))
        case = await line.emergency()
        statuses = [
            (await line.opens(f"/p/{number:032x}", "POST" if number % 2 else "GET")).status_code
            for number in range(8)
        ]
        assert statuses[0] == 404
        assert statuses[-1] == 429
        line.hotline.clock.forward(minutes=1)
        assert (await line.opens(await line.link(case, sari))).status_code == 200


# Garbage


@story
async def test_senseless_requests_are_never_a_fault_of_ours(
    tmp_path: Path, telegram: Running, twilio: Running
) -> None:
    """Whatever is well signed and makes no sense is answered with 2xx or 4xx."""
    async with page_line(tmp_path, telegram, twilio) as line:
        await line.staff("sari", (SMS, SARI_PHONE, 0), (VOICE, SARI_PHONE, 0))
        await line.emergency()
        names = st.sampled_from(
            ["From", "Body", "Digits", "AnsweredBy", "CallStatus", "MessageStatus", "OptOutType",
             "ButtonPayload", "OriginalRepliedMessageSid", "ErrorCode", "To", "CallSid"]
        )  # fmt: skip
        values = st.one_of(st.text(max_size=40), st.sampled_from([SARI_PHONE, "4", "5", "machine"]))

        secret = telegram_staff.webhook_secret(line.hotline.app)

        def send(path: str, content: str, **headers: str) -> int:
            sent = httpx2.post(line.url + path, content=content, headers=headers, trust_env=False)
            return sent.status_code

        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
        @given(
            path=st.sampled_from(TWILIO_PATHS),
            told=st.dictionaries(names, values, max_size=6),
            link=st.text(st.characters(codec="ascii", exclude_characters="/?#%\\"), max_size=40),
            update=st.recursive(
                st.none() | st.booleans() | st.integers() | st.text(max_size=12),
                lambda inner: st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["update_id", "message", "callback_query", "chat", "from", "id", "data",
                         "text", "type", "my_chat_member", "new_chat_member", "status", "date"]
                    ),
                    inner,
                    max_size=5,
                ),
                max_leaves=12,
            ),
        )  # fmt: skip
        def senseless(path: str, told: dict[str, str], link: str, update: Any) -> None:
            body = urlencode({"AccountSid": standin.ACCOUNT, **told})
            pairs = parse_qsl(body, keep_blank_values=True)
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": standin.sign(standin.TOKEN, standin.PUBLIC + path, pairs),
            }
            assert send(path, body, **headers) in (200, 204, 400, 403)
            pushed = send(telegram_staff.PATH, json.dumps(update), **{SECRET_HEADER: secret})
            assert pushed in (200, 400)
            opened = httpx2.get(f"{line.url}/p/{quote(link, safe='')}", trust_env=False)
            assert opened.status_code in (200, 404, 429)

        await asyncio.to_thread(senseless)
