"""WhatsApp from Twilio's webhook to the answer in Twilio's hands, over real HTTP."""

from __future__ import annotations

import asyncio
import base64
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.domain.cases import Case
from bot.domain.channels import WHATSAPP
from bot.domain.messages import Button, Delivery, Reply
from bot.domain.staff import Staff
from bot.ports import Answer
from bot.services import takeover
from bot.services.holding import release
from channels.whatsapp_reconcile import _look
from tests.channels.whatsapp_line import (
    ANI,
    PATH,
    TOKENS,
    WhatsAppLine,
    form,
    statuses,
    whatsapp_line,
)
from tests.hotline import story
from tests.standins import twilio as standin
from tests.standins.process import Running

SCOPED = "whatsapp:ID.4566546130240823"


@story
async def test_a_message_is_answered_through_the_api(tmp_path: Path, twilio: Running) -> None:
    """The webhook itself answers nothing: words go where they can be tried again."""
    async with whatsapp_line(tmp_path, twilio) as line:
        ((status, body, _),) = await line.writes("apa itu kontrak kerja")
        assert status == 200
        assert "Message" not in body
        (answer,) = await line.sees()
        assert answer.endswith("jawaban: apa itu kontrak kerja")
        assert "LATIHAN" in answer


@story
async def test_twenty_at_once_are_one_turn(tmp_path: Path, twilio: Running) -> None:
    """Twilio repeats what it is not sure of, also while the first is under way."""
    async with whatsapp_line(tmp_path, twilio) as line:
        answers = await line.writes("halo", sid="SM" + "5" * 32, times=20, at_once=True)
        assert statuses(answers) == [200] * 20
        assert len(await line.sees()) == 1
        assert statuses(await line.writes("halo", sid="SM" + "5" * 32)) == [200]
        assert len(await line.sees()) == 1
        people = [one for one in await line.hotline.lines(ANI, WHATSAPP) if one.author == "person"]
        assert len(people) == 1


# Who, and what


@story
async def test_a_person_stays_the_same_when_meta_gives_them_an_id(
    tmp_path: Path, twilio: Running
) -> None:
    """First the number alone, then Meta's id beside it, then the id alone: one conversation."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.writes("satu")
        await line.writes("dua", params={"ExternalUserId": SCOPED})
        await line.writes("tiga", who=SCOPED, params={"ExternalUserId": SCOPED, "WaId": ""})
        lines = await line.hotline.lines(SCOPED, WHATSAPP)
        assert [one.text for one in lines if one.author == "person"] == ["satu", "dua", "tiga"]
        assert len(await line.sees()) == 2
        assert len(await line.sees(SCOPED)) == 1


@story
async def test_a_number_that_passed_on_is_another_person(tmp_path: Path, twilio: Running) -> None:
    """The next owner of the number must not land in the talk of the one before."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.writes("rahasia saya", params={"ExternalUserId": SCOPED})
        other = "whatsapp:ID.9999999999"
        await line.writes("halo", params={"ExternalUserId": other})
        lines = await line.hotline.lines(other, WHATSAPP)
        assert [one.text for one in lines if one.author == "person"] == ["halo"]


@pytest.mark.parametrize("answer", ["2", "2.", "lapor", "LAPOR"])
@story
async def test_a_choice_is_a_number_or_its_words(
    tmp_path: Path, twilio: Running, answer: str
) -> None:
    """Choices are numbered lines; what was chosen reaches the assistant as its meaning."""
    async with whatsapp_line(tmp_path, twilio) as line:
        buttons = (Button("Cek tawaran", "/check"), Button("Lapor", "/report"))
        line.hotline.assistant.answers.append(Answer(replies=(Reply("Mau apa?", buttons),)))
        await line.writes("halo")
        assert (await line.sees())[-1].endswith("Mau apa?\n\n1 Cek tawaran\n2 Lapor")
        await line.writes(answer)
        assert line.hotline.assistant.asked[-1] == "/report"


MEDIA_FILE = {"base64": base64.b64encode(b"x").decode()}


SORTS: tuple[dict[str, Any], ...] = (
    {"body": ""},
    {"files": [{**MEDIA_FILE, "content_type": "image/jpeg"}]},
    {"files": [{**MEDIA_FILE, "content_type": "audio/ogg"}]},
    {"files": [{**MEDIA_FILE, "content_type": "video/mp4"}]},
    {"files": [{**MEDIA_FILE, "content_type": "application/pdf"}], "body": "kontrak.pdf"},
    {"files": [{**MEDIA_FILE, "content_type": "image/webp"}]},
    {"files": [{**MEDIA_FILE, "content_type": "text/vcard"}]},
    {"params": {"MessageType": "location", "Latitude": "1.5", "Longitude": "2.5"}},
    {"params": {"MessageType": "contacts", "Contacts": "[]"}},
    {"params": {"MessageType": "reaction", "Body": "👍"}},
    {"params": {"MessageType": "poll_creation"}},
    {"params": {"MessageType": "edit", "Body": "maksud saya besok"}},
    {"params": {"MessageType": "deleted"}},
    {"params": {"MessageType": "unsupported"}},
    {"params": {"MessageType": "whatever_comes_next"}},
)


@story
async def test_every_sort_of_message_is_stored_and_answered(
    tmp_path: Path, twilio: Running
) -> None:
    """Nobody is met with silence, whatever they sent."""
    async with whatsapp_line(tmp_path, twilio) as line:
        for number, how in enumerate(SORTS):
            who = f"{ANI[:-2]}{number:02}"
            assert statuses(await line.writes(who=who, **how)) == [200]
            assert await line.sees(who), how
            lines = await line.hotline.lines(who, WHATSAPP)
            assert len([one for one in lines if one.author == "person"]) == 1


# What became of ours


async def callback(line: WhatsAppLine, *words: str, error: int | None = None) -> None:
    """Twilio reports, in this order, on the latest text to Ani."""
    sid = (await line.sids())[-1]
    for word in words:
        assert statuses(await line.tell("status", sid=sid, status=word, error=error)) == [204]


@story
async def test_reports_only_lead_forward(tmp_path: Path, twilio: Running) -> None:
    """They come in any order and more than once."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.writes("halo")
        await callback(line, "delivered", "queued", "sent", "delivered", "strange_word")
        assert (await line.states())[-1] == (Delivery.SENT, "delivered", None)
        await callback(line, "read", "sent", "delivered")
        assert (await line.states())[-1] == (Delivery.SENT, "read", None)


@pytest.mark.parametrize(("code", "unreachable"), [(30008, False), (63024, True), (21610, True)])
@story
async def test_a_failure_that_is_told_later_is_shown(
    tmp_path: Path, twilio: Running, code: int, unreachable: bool
) -> None:
    """Taken by Twilio is not arrived."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.writes("halo")
        await callback(line, "failed", error=code)
        state, _, error = (await line.states())[-1]
        assert state is Delivery.FAILED_PERMANENTLY
        assert str(code) in str(error)
        known = await line.hotline.talk(ANI, WHATSAPP)
        assert (known.unreachable is not None) is unreachable


@story
async def test_what_came_too_late_leaves_when_the_person_writes(
    tmp_path: Path, twilio: Running
) -> None:
    """Error 63016, told later: the text is not lost, it waits for the window to open."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.writes("halo")
        (late,) = await line.sees()
        await callback(line, "failed", error=63016)
        assert (await line.states())[-1] == (Delivery.HELD, "failed", "window_closed")
        assert await line.sees() == []
        await line.writes("masih ada?")
        assert (await line.sees())[0] == late
        await callback(line, "delivered")
        assert {state for state, _, _ in await line.states()} == {Delivery.SENT}


@story
async def test_a_report_that_overtakes_our_own_commit_counts(
    tmp_path: Path, twilio: Running
) -> None:
    """The report names our row, so that it does not need Twilio's id."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.tell("set", reports=["queued", "sent", "delivered", "read"])
        await line.writes("halo")
        for _ in range(100):
            state = (await line.states())[-1]
            if state[1] == "read":
                break
            await asyncio.sleep(0.05)
        assert state == (Delivery.SENT, "read", None)


@story
async def test_reports_on_nothing_of_ours_change_nothing(tmp_path: Path, twilio: Running) -> None:
    """Erased rows, other databases, services that report by themselves; forged ones are kept."""
    async with whatsapp_line(tmp_path, twilio) as line:
        told = form(MessageStatus="read")
        for query in ("", "?row=" + "0" * 32, "?row=x", "?row=", "?other=1"):
            assert statuses(await line.post(f"{PATH}/status{query}", told)) == [204]
        for code in ("x", "9" * 5000, "\u0665", "-1", "0", ""):
            odd = form(MessageStatus="failed", ErrorCode=code)
            assert statuses(await line.post(f"{PATH}/status?row={'0' * 32}", odd)) == [204]
        assert statuses(await line.post(f"{PATH}/status", form(MessageStatus="READ!"))) == [400]
        assert statuses(await line.post(f"{PATH}/status", told, token="x")) == [403]
        assert statuses(await line.post(f"{PATH}/status", told | {"AccountSid": "AC1"})) == [403]


# What Twilio answers


@story
async def test_a_pause_that_twilio_asks_for_is_kept(tmp_path: Path, twilio: Running) -> None:
    """429 with Retry-After: nothing leaves before, and then it does."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.tell(
            "fail", kind="status", name="send", status=429, headers={"Retry-After": "30"}
        )
        await line.writes("halo")
        assert await line.sees() == []
        await line.hotline.forward(seconds=20)
        assert await line.sees() == []
        await line.hotline.forward(seconds=15)
        assert len(await line.sees()) == 1


@story
async def test_an_error_of_twilios_is_tried_again(tmp_path: Path, twilio: Running) -> None:
    """500 twice, then it works; once."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.tell("fail", kind="status", name="send", status=500, times=2)
        await line.writes("halo")
        for _ in range(4):
            await line.hotline.forward(seconds=60)
        assert len(await line.sees()) == 1


@story
async def test_taken_but_not_acknowledged_is_not_sent_twice(
    tmp_path: Path, twilio: Running
) -> None:
    """The line dies after Twilio took it: it is asked, not told again."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.tell("fail", kind="drop", name="send")
        await line.writes("halo")
        await line.hotline.forward(seconds=60)
        assert len(await line.sees()) == 1
        assert (await line.states())[-1][0] is Delivery.SENT


@story
async def test_twilio_is_asked_until_it_can_tell(tmp_path: Path, twilio: Running) -> None:
    """The same trouble that ate the answer keeps it from telling: that is no reason to resend."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.tell("fail", kind="drop", name="send")
        await line.tell("fail", kind="status", name="list", status=500, times=3)
        await line.writes("halo")
        for _ in range(5):
            await line.hotline.forward(seconds=60)
        assert len(await line.sees()) == 1
        assert (await line.states())[-1][0] is Delivery.SENT


@pytest.mark.parametrize(
    "fault",
    [{"kind": "refuse"}, {"kind": "drop"}, {"kind": "status", "status": 200, "body": "<html>"}],
)
@story
async def test_trouble_of_minutes_delays_an_answer_and_loses_it_not(
    tmp_path: Path, twilio: Running, fault: dict[str, Any]
) -> None:
    """Twilio is asked before each try, so there is no reason to give up after the second."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.tell("fail", name="send", **fault, times=4)
        await line.writes("tolong saya dikunci di kamar")
        for _ in range(20):
            await line.hotline.forward(seconds=6)
        assert len(await line.sees()) == 1
        assert (await line.states())[-1][0] is Delivery.SENT


@story
async def test_a_report_settles_what_nobody_knew(tmp_path: Path, twilio: Running) -> None:
    """Whoever reports on a text has it: no question, and nothing is sent again."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.tell("fail", kind="drop", name="send")
        await line.writes("halo")
        assert (await line.states())[-1][0] is Delivery.UNCERTAIN
        await callback(line, "sent", "delivered")
        assert (await line.states())[-1] == (Delivery.SENT, "delivered", None)
        await line.hotline.forward(seconds=60)
        await line.writes("masih di sini")
        assert len(await line.sees()) == 2


@story
async def test_lost_before_twilio_took_it_is_sent_again(tmp_path: Path, twilio: Running) -> None:
    """The same from our side, the opposite at theirs."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.tell("fail", kind="refuse", name="send")
        await line.writes("halo")
        assert await line.sees() == []
        await line.hotline.forward(seconds=60)
        assert len(await line.sees()) == 1


@story
async def test_who_unsubscribed_is_unreachable_until_they_write(
    tmp_path: Path, twilio: Running
) -> None:
    """21610 ends it; a new message of theirs opens it again."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.tell("set", stopped=[ANI])
        await line.writes("halo")
        assert (await line.states())[-1][::2] == (Delivery.FAILED_PERMANENTLY, "stopped")
        await line.tell("set", stopped=[])
        await line.writes("halo lagi")
        assert len(await line.sees()) == 1


# What got lost


@story
async def test_messages_of_an_outage_are_found(tmp_path: Path, twilio: Running) -> None:
    """All pages of them, each once, files too; old ones get no text out of the blue."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.writes("sebelum")
        await line.reconcile()
        for number in range(205):
            await line.tell("inbound", sender=f"whatsapp:+62813{number:07}", body="p", silent=True)
        photo = {**MEDIA_FILE, "content_type": "image/jpeg"}
        await line.tell("inbound", sender=ANI, body="kontrak", files=[photo], silent=True)
        old = "whatsapp:+628120000777"
        await line.tell("inbound", sender=old, body="halo", minutes_ago=40, silent=True)
        assert await line.reconcile() == 207
        assert await line.reconcile() == 0
        photos = [one for one in await line.hotline.lines(ANI, WHATSAPP) if one.kind == "photo"]
        assert [one.text for one in photos] == ["kontrak"]
        # 80 messages a second are what a sender may send.
        for _ in range(3):
            await line.hotline.forward(seconds=2)
        assert len(await line.sees("whatsapp:+628130000204")) == 1
        assert await line.sees(old) == []
        assert (await line.states(old))[-1][0] is Delivery.HELD


@story
async def test_a_webhook_after_the_reconcile_is_a_repeat(tmp_path: Path, twilio: Running) -> None:
    """And the other way round."""
    async with whatsapp_line(tmp_path, twilio) as line:
        told = await line.tell("inbound", sender=ANI, body="halo", silent=True)
        assert await line.reconcile() == 1
        await line.writes("halo", sid=told["sid"], params={"ExternalUserId": SCOPED})
        assert len(await line.sees()) == 1


@story
async def test_a_report_that_never_came_is_asked_for(tmp_path: Path, twilio: Running) -> None:
    """Without a public address, or lost on the way."""
    async with whatsapp_line(tmp_path, twilio, public_base_url="") as line:
        await line.tell("set", public="http://127.0.0.1:8080")
        await line.writes("halo")
        assert (await line.states())[-1][1] is None
        await line.tell("status", sid=(await line.sids())[-1], status="undelivered", error=63024)
        await line.hotline.forward(minutes=6)
        await line.reconcile()
        assert (await line.states())[-1] == (Delivery.FAILED_PERMANENTLY, "undelivered", "63024")


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 200, "body": "<html>"},
        {"kind": "status", "status": 200, "body": {"messages": [{"sid": None}, 7]}},
        {"kind": "status", "status": 200, "body": {"messages": "x"}},
        {"kind": "drop"},
    ],
)
@story
async def test_garbage_from_twilio_leaves_everything_as_it_was(
    tmp_path: Path, twilio: Running, fault: dict[str, Any]
) -> None:
    """The next look finds what this one could not."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.tell("inbound", sender=ANI, body="halo", silent=True)
        await line.tell("fail", name="list", **fault)
        assert await _look(line.hotline.app, line.gateway, "t") == 60.0
        assert await _look(line.hotline.app, line.gateway, "t") == 300.0
        await line.hotline.settle()
        assert len(await line.sees()) == 1


@pytest.mark.parametrize(
    ("status", "minutes_ago", "taken"), [(404, 0, True), (500, 0, False), (500, 20, True)]
)
@story
async def test_one_message_whose_files_cannot_be_listed_keeps_nobody_waiting(
    tmp_path: Path, twilio: Running, status: int, minutes_ago: int, *, taken: bool
) -> None:
    """Others are taken in; so are its words once its files are gone or do not come for long."""
    help_me = "tolong saya dikunci di kamar"
    async with whatsapp_line(tmp_path, twilio) as line:
        photo = {**MEDIA_FILE, "content_type": "image/jpeg"}
        await line.tell(
            "inbound",
            sender="whatsapp:+628120000009",
            body=help_me,
            files=[photo],
            silent=True,
            minutes_ago=minutes_ago,
        )
        await line.tell("inbound", sender=ANI, body=help_me, silent=True)
        await line.tell("fail", name="list_media", kind="status", status=status, times=-1)
        assert await _look(line.hotline.app, line.gateway, "t") == (300.0 if taken else 60.0)
        await line.hotline.settle()
        assert len(await line.sees()) == 1
        await line.tell("mend")
        assert await _look(line.hotline.app, line.gateway, "t") == 300.0
        words = await line.hotline.lines("whatsapp:+628120000009", WHATSAPP)
        assert [each.text for each in words if each.author == "person"] == [help_me]


@story
async def test_one_process_looks_at_a_time(tmp_path: Path, twilio: Running) -> None:
    """Whoever has the lease; the other waits."""
    async with whatsapp_line(tmp_path, twilio) as line:
        assert await _look(line.hotline.app, line.gateway, "first") == 300.0
        await line.tell("inbound", sender=ANI, body="halo", silent=True)
        before = len(await asyncio.to_thread(twilio.calls, "list"))
        assert await _look(line.hotline.app, line.gateway, "second") == 60.0
        assert len(await asyncio.to_thread(twilio.calls, "list")) == before


# Silence about people


@story
async def test_the_log_of_a_conversation_names_nobody(
    tmp_path: Path, twilio: Running, capfd: pytest.CaptureFixture[str]
) -> None:
    """No number, no word, no token, also when things go wrong."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.writes("rahasia keluarga", params={"ExternalUserId": SCOPED})
        await line.post(PATH, form(Body="rahasia palsu"), token="x")
        await line.tell("fail", kind="drop", name="send")
        await line.writes("rahasia kedua")
        await line.tell("set", stopped=[ANI])
        await line.writes("rahasia ketiga")
        await line.tell("call", sender=ANI)
    said = "".join(capfd.readouterr())
    for secret in ("rahasia", "8120000001", "4566546130240823", *TOKENS):
        assert secret not in said


# People of the organisation


async def emergency(line: WhatsAppLine) -> tuple[Case, Staff, Staff]:
    """A case in which Ani waits, and two members of staff."""
    sari = await line.hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    tuti = await line.hotline.staff("tuti")
    await line.writes("tolong saya dikunci di kamar, paspor diambil")
    (case,) = await line.hotline.cases()
    return case, sari, tuti


@story
async def test_a_human_takes_over_on_whatsapp(tmp_path: Path, twilio: Running) -> None:
    """From then on the bot is silent, and what the human says arrives as written."""
    async with whatsapp_line(tmp_path, twilio) as line:
        case, sari, _ = await emergency(line)
        app, now = line.hotline.app, line.hotline.clock.now()
        assert len(line.hotline.phones.received["sari-phone"]) == 1
        await app.write(
            lambda uow: takeover.take_over(uow, case, sari, app.office, app.wording, now)
        )
        await line.hotline.settle()
        assert sari.label in (await line.sees())[-1]
        await line.writes("halo bu")
        await app.write(lambda uow: takeover.reply(uow, case, sari, "Saya di sini.", now))
        await line.hotline.settle()
        assert (await line.sees())[-1] == "Saya di sini."
        assert line.hotline.assistant.asked == []
        await app.write(lambda uow: takeover.hand_back(uow, case, sari, app.wording, now))
        await line.writes("menu")
        await line.writes("apa itu visa kerja")
        assert (await line.sees())[-1] == "jawaban: apa itu visa kerja"


@story
async def test_after_a_day_the_template_asks_and_her_tap_brings_the_text(
    tmp_path: Path, twilio: Running
) -> None:
    """Released by two people, outside the window: only the approved text, then what was held."""
    async with whatsapp_line(tmp_path, twilio) as line:
        case, sari, tuti = await emergency(line)
        app = line.hotline.app
        await app.write(
            lambda uow: takeover.take_over(
                uow, case, sari, app.office, app.wording, app.clock.now()
            )
        )
        await line.hotline.settle()
        before = await line.sees()
        await line.tell("forward", hours=30)
        await line.hotline.forward(hours=30)
        row_id = "ab" * 16
        await app.write(
            lambda uow: takeover.reply(
                uow, case, sari, "Bagaimana keadaan Anda?", app.clock.now(), row_id
            )
        )
        await line.hotline.settle()
        assert await line.sees() == before
        for member in (sari, tuti):
            wish = partial(release, case=case, member=member, row_id=row_id, now=app.clock.now())
            await app.write(wish)
            await line.hotline.settle()
        await line.hotline.settle()
        call = (await asyncio.to_thread(twilio.calls, "send"))[-1]
        assert call["ContentSid"] == standin.TEMPLATE
        assert "keadaan" not in str(call)
        await line.writes(
            "Lanjut",
            params={
                "MessageType": "button",
                "ButtonText": "Lanjut",
                "ButtonPayload": "lanjut",
                "OriginalRepliedMessageSid": (await line.sids())[-1],
            },
        )
        assert "Bagaimana keadaan Anda?" in await line.sees()


@story
async def test_a_file_is_kept_here_and_deleted_there(tmp_path: Path, twilio: Running) -> None:
    """Twilio keeps it until it is told not to."""
    async with whatsapp_line(tmp_path, twilio) as line:
        body = b"\xff\xd8\xff" + bytes(range(256)) * 500
        photo = {"content_type": "image/jpeg", "base64": base64.b64encode(body).decode()}
        await line.writes("ini fotonya", files=[photo])
        for _ in range(3):
            await line.hotline.forward(seconds=30)
        files = await line.tell("files")
        assert files["kept"] == []
        assert len(files["deleted"]) == 1
        known = await line.hotline.talk(ANI, WHATSAPP)
        shown = await line.hotline.app.read(lambda uow: uow.lines.for_staff(known))
        (file,) = [file for one in shown for file in one.files]
        assert (file.stored, file.size, file.media_type) == (True, len(body), "image/jpeg")
