"""Texts on their way to a phone: order, failures, watched phones, uncertain calls."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from bot.domain.messages import Author, Delivery, InboundMessage, Line, Outbound, Reply
from bot.domain.staff import Staff
from bot.ports import Answer, SendError
from bot.services import delivery, holding, takeover
from bot.services.holding import Release
from bot.services.takeover import RefusedError
from channels.inbound import take_in
from tests.hotline import Hotline, story

ANI = "ani"
DANGER = "tolong saya dikunci di kamar, paspor diambil"
BUSY = SendError("429", permanent=False, retry_after=7)
GONE = SendError("blocked", permanent=True, unreachable=True)


async def _shown(hotline: Hotline, channel: str = "telegram") -> list[Line]:
    """Our lines as staff see them."""
    known = await hotline.talk(ANI, channel)
    lines = await hotline.app.read(lambda uow: uow.lines.for_staff(known))
    return [line for line in lines if line.author is not Author.PERSON]


@story
async def test_an_answer_reaches_the_address_that_wrote(hotline: Hotline) -> None:
    """An answer reaches the address that wrote."""
    await hotline.says(ANI, "halo", channel="telegram", address="4711")
    assert hotline.chats["telegram"].received[-1][0] == "4711"
    assert "jawaban: halo" in hotline.chats["telegram"].received[-1][1]
    assert not hotline.chats["whatsapp"].received


@story
async def test_a_busy_provider_is_left_alone_as_long_as_it_asks(hotline: Hotline) -> None:
    """A busy provider is left alone as long as it asks."""
    app = hotline.chats["telegram"]
    app.then = [BUSY]
    await hotline.says(ANI, "halo", channel="telegram")
    await hotline.forward(seconds=6)
    assert not app.received
    await hotline.forward(seconds=2)
    assert len(app.received) == 1


@story
async def test_a_busy_channel_holds_everybody(hotline: Hotline) -> None:
    """A busy channel holds everybody."""
    app = hotline.chats["whatsapp"]
    app.then = [SendError("20429", permanent=False, retry_after=30, hold_channel=True)]
    await hotline.says(ANI, "halo", channel="whatsapp")
    await hotline.says("budi", "halo", channel="whatsapp")
    assert not app.received
    await hotline.forward(seconds=31)
    assert sorted(address for address, _ in app.received) == [ANI, "budi"]


@story
async def test_later_answers_wait_for_the_one_before(hotline: Hotline) -> None:
    """Later answers wait for the one before."""
    app = hotline.chats["telegram"]
    app.then = [SendError("500", permanent=False)]
    await hotline.says(ANI, "satu", channel="telegram")
    await hotline.says(ANI, "dua", channel="telegram")
    await hotline.says(ANI, "tiga", channel="telegram")
    assert not app.received
    await hotline.forward(seconds=5)
    texts = [text.splitlines()[-1] for _, text in app.received]
    assert texts == ["jawaban: satu", "jawaban: dua", "jawaban: tiga"]


@story
async def test_danger_does_not_wait_behind_an_answer_that_fails(hotline: Hotline) -> None:
    """Danger does not wait behind an answer that fails."""
    app = hotline.chats["telegram"]
    app.then = [SendError("500", permanent=False)]
    await hotline.says(ANI, "halo", channel="telegram")
    await hotline.says(ANI, DANGER, channel="telegram")
    assert len(app.received) == 1
    assert "jawaban: halo" not in app.received[0][1]
    states = [line.state for line in await _shown(hotline)]
    assert states == [Delivery.CANCELLED, Delivery.SENT]


@story
async def test_a_blocked_bot_is_told_to_staff_and_forgiven(hotline: Hotline) -> None:
    """A blocked bot is told to staff and forgiven."""
    await hotline.staff("sari", phone="+62", on_duty_hours=2)
    app = hotline.chats["telegram"]
    await hotline.says(ANI, DANGER, channel="telegram")
    app.then = [GONE]
    await hotline.says(ANI, "1", channel="telegram")
    assert (await hotline.talk(ANI, "telegram")).unreachable == "blocked"
    alarms = await hotline.app.read(lambda uow: uow.alarms.standing())
    assert "reply_failed" in {alarm.kind for alarm in alarms}
    (case,) = await hotline.cases()
    log = await hotline.app.read(lambda uow: uow.cases.log_entries(case.id))
    assert any(entry.text == "telegram: blocked" for entry in log)
    assert (await _shown(hotline))[-1].error == "blocked"
    await hotline.says(ANI, "saya kembali", channel="telegram")
    assert (await hotline.talk(ANI, "telegram")).unreachable is None
    assert len(app.received) == 2


@story
async def test_an_unknown_outcome_is_asked_for_before_it_is_sent_again(hotline: Hotline) -> None:
    """An unknown outcome is asked for before it is sent again."""
    app = hotline.chats["whatsapp"]
    app.then, app.knows = [LookupError()], True
    await hotline.says(ANI, "halo", channel="whatsapp")
    await hotline.forward(seconds=5)
    assert app.asked == 1
    assert len(app.received) == 1
    assert [line.state for line in await _shown(hotline, "whatsapp")] == [Delivery.SENT]


@story
async def test_an_unknown_outcome_gives_at_most_one_duplicate(hotline: Hotline) -> None:
    """An unknown outcome gives at most one duplicate."""
    app = hotline.chats["telegram"]
    app.then = [LookupError(), LookupError(), LookupError()]
    await hotline.says(ANI, "halo", channel="telegram")
    for _ in range(20):
        await hotline.forward(seconds=20)
    assert len(app.received) == 2
    assert [(line.state, line.error) for line in await _shown(hotline)] == [
        (Delivery.HELD, "outcome_unknown")
    ]
    app.then = []
    await hotline.says(ANI, "masih di situ?", channel="telegram")
    assert "jawaban: halo" in app.received[2][1]
    assert app.received[3][1] == "jawaban: masih di situ?"


@story
async def test_a_dead_sender_leaves_its_row_to_another(hotline: Hotline) -> None:
    """A dead sender leaves its row to another."""
    app = hotline.app
    hotline.chats["telegram"].then = [SendError("500", permanent=False)]
    await hotline.says(ANI, "halo", channel="telegram")
    hotline.clock.forward(seconds=3)
    now = hotline.clock.now()
    rows = await app.write(
        lambda uow: delivery.claim(
            uow, "telegram", app.office, app.wording, now, timedelta(seconds=30), 9
        )
    )
    assert len(rows) == 1
    await hotline.forward(seconds=29)
    assert not hotline.chats["telegram"].received
    await hotline.forward(seconds=2)
    assert len(hotline.chats["telegram"].received) == 1
    assert hotline.chats["telegram"].asked == 1
    # Whoever was thought dead and was not can change nothing any more.
    await app.write(lambda uow: delivery.record_failure(uow, rows[0], GONE, app.office, now))
    assert [line.state for line in await _shown(hotline)] == [Delivery.SENT]


@story
async def test_a_page_of_a_dead_sender_is_taken_again_without_any_chat_app(
    hotline: Hotline,
) -> None:
    """No other line of the worker has to look for it."""
    await hotline.staff("sari", phone="+62", on_duty_hours=9)
    await take_in(hotline.app, InboundMessage("web", "m", ANI, DANGER, final=True))
    lease = timedelta(seconds=30)

    async def claim() -> tuple[Outbound, ...]:
        now = hotline.clock.now()
        return await hotline.app.write(lambda uow: uow.deliveries.claim_pages(now, lease, 9))

    (page,) = await claim()
    assert not await claim()
    hotline.clock.forward(seconds=31)
    (again,) = await claim()
    assert (again.id, again.uncertain) == (page.id, True)


@story
async def test_a_late_answer_does_not_ring_out_of_the_blue(hotline: Hotline) -> None:
    """A late answer does not ring out of the blue."""
    hotline.assistant.up = False
    await hotline.says(ANI, "ini bener ga ya", channel="telegram")
    told = len(hotline.chats["telegram"].received)
    await hotline.forward(minutes=30)
    hotline.assistant.up = True
    await hotline.forward(minutes=1)
    assert len(hotline.chats["telegram"].received) == told
    assert (await _shown(hotline))[-1].state is Delivery.HELD
    await hotline.says(ANI, "halo?", channel="telegram")
    answers = [text for _, text in hotline.chats["telegram"].received[told:]]
    assert answers == ["jawaban: ini bener ga ya", "jawaban: halo?"]


@story
async def test_what_was_sent_hours_ago_is_stored_and_not_answered_aloud(hotline: Hotline) -> None:
    """What was sent hours ago is stored and not answered aloud."""
    sent_at = hotline.clock.now() - timedelta(hours=3)
    await hotline.says(ANI, DANGER, channel="telegram", sent_at=sent_at)
    assert not hotline.chats["telegram"].received
    assert len(await hotline.cases()) == 1
    assert hotline.phones.received


async def _taken_over(hotline: Hotline, channel: str) -> None:
    """Ani reported danger; Sari took over, and an hour passed."""
    sari = await hotline.staff("sari", phone="+62", on_duty_hours=9)
    await hotline.says(ANI, DANGER, channel=channel)
    (case,) = await hotline.cases()
    app, now = hotline.app, hotline.clock.now()
    await app.write(lambda uow: takeover.take_over(uow, case, sari, app.office, app.wording, now))
    await hotline.forward(hours=1)
    later = hotline.clock.now()
    await app.write(lambda uow: takeover.reply(uow, case, sari, "Saya di sini.", later))
    await hotline.settle()


@story
async def test_staff_are_held_back_too_and_two_of_them_may_let_it_go(hotline: Hotline) -> None:
    """Staff are held back too and two of them may let it go."""
    await _taken_over(hotline, "telegram")
    app = hotline.app
    sari, dewi = await _sari(hotline), await hotline.staff("dewi")
    (case,) = await hotline.cases()
    row = (await _shown(hotline))[-1]
    assert row.state is Delivery.HELD
    now = hotline.clock.now()
    first = await app.write(lambda uow: holding.release(uow, case, sari, row.id, now))
    assert first is Release.NEEDS_ANOTHER
    with pytest.raises(RefusedError):
        await app.write(lambda uow: holding.release(uow, case, sari, row.id, now))
    await hotline.settle()
    assert "Saya di sini." not in str(hotline.chats["telegram"].received)
    second = await app.write(lambda uow: holding.release(uow, case, dewi, row.id, now))
    assert second is Release.SENT
    await hotline.settle()
    assert hotline.chats["telegram"].received[-1] == (ANI, "Saya di sini.")
    with pytest.raises(RefusedError):
        await app.write(lambda uow: holding.release(uow, case, dewi, row.id, now))


@story
async def test_one_is_enough_when_a_safe_way_is_known(hotline: Hotline) -> None:
    """One is enough when a safe way is known."""
    await _taken_over(hotline, "telegram")
    (case,) = await hotline.cases()
    app, now = hotline.app, hotline.clock.now()
    fields = {"safe_contact": "jam 8 malam, lewat chat"}
    await app.write(lambda uow: uow.cases.add_fields(case, fields, now))
    (case,) = await hotline.cases()
    sari = await _sari(hotline)
    row = (await _shown(hotline))[-1]
    done = await app.write(lambda uow: holding.release(uow, case, sari, row.id, now))
    assert done is Release.SENT
    await hotline.settle()
    assert hotline.chats["telegram"].received[-1] == (ANI, "Saya di sini.")


@story
async def test_nobody_lets_the_bot_ring(hotline: Hotline) -> None:
    """Nobody lets the bot ring."""
    hotline.assistant.up = False
    await hotline.says(ANI, "ini bener ga ya", channel="telegram")
    await hotline.forward(minutes=30)
    hotline.assistant.up = True
    await hotline.forward(minutes=1)
    await hotline.says(ANI, DANGER, channel="telegram", sent_at=hotline.clock.now())
    hotline.chats["telegram"].then = [LookupError(), LookupError()]
    await hotline.says(ANI, "1", channel="telegram")
    await hotline.forward(minutes=1)
    row = (await _shown(hotline))[-1]
    assert (row.state, row.author) == (Delivery.HELD, Author.BOT)
    sari = await hotline.staff("sari")
    (case,) = await hotline.cases()
    now = hotline.clock.now()
    with pytest.raises(RefusedError):
        await hotline.app.write(lambda uow: holding.release(uow, case, sari, row.id, now))


async def _sari(hotline: Hotline) -> Staff:
    staff = await hotline.app.read(lambda uow: uow.staff.everyone())
    return next(member for member in staff if member.login == "sari")


@story
async def test_after_a_day_whatsapp_is_asked_by_template_first(hotline: Hotline) -> None:
    """After a day whatsapp is asked by template first."""
    object.__setattr__(hotline.app.office, "can_ask_again", True)
    await _taken_over(hotline, "whatsapp")
    await hotline.forward(hours=25)
    app, now = hotline.app, hotline.clock.now()
    sari, dewi = await _sari(hotline), await hotline.staff("dewi")
    (case,) = await hotline.cases()
    row = next(line for line in await _shown(hotline, "whatsapp") if line.text == "Saya di sini.")
    for member in (sari, dewi):
        await app.write(partial(holding.release, case=case, member=member, row_id=row.id, now=now))
    await hotline.settle()
    await hotline.forward(seconds=1)
    chat = hotline.chats["whatsapp"]
    assert len(chat.templates) == 1
    assert "Saya di sini." not in str(chat.received)
    await hotline.says(ANI, "LANJUT", channel="whatsapp")
    assert "Saya di sini." in str(chat.received)


@story
async def test_one_silence_is_asked_once(hotline: Hotline) -> None:
    """Two texts, let go and let go again, are one question; what asked cannot be let go again."""
    object.__setattr__(hotline.app.office, "can_ask_again", True)
    await _taken_over(hotline, "whatsapp")
    app, sari, dewi = hotline.app, await _sari(hotline), await hotline.staff("dewi")
    (case,) = await hotline.cases()
    await hotline.forward(hours=25)
    now = hotline.clock.now()
    await app.write(lambda uow: takeover.reply(uow, case, sari, "Masih di sini.", now))
    await hotline.settle()
    rows = [line for line in await _shown(hotline, "whatsapp") if "di sini." in line.text]
    for row in rows:
        for member in (sari, dewi):
            await app.write(
                partial(holding.release, case=case, member=member, row_id=row.id, now=now)
            )
        await hotline.forward(seconds=7)
        await hotline.forward(seconds=7)
    assert len(hotline.chats["whatsapp"].templates) == 1
    for row in rows:
        with pytest.raises(RefusedError):
            await app.write(
                partial(holding.release, case=case, member=dewi, row_id=row.id, now=now)
            )
    await hotline.says(ANI, "LANJUT", channel="whatsapp")
    await hotline.forward(seconds=20)
    assert {"Saya di sini.", "Masih di sini."} <= {
        text for _, text in hotline.chats["whatsapp"].received
    }


@story
async def test_without_a_template_a_closed_window_is_an_alarm(hotline: Hotline) -> None:
    """Without a template a closed window is an alarm."""
    await _taken_over(hotline, "whatsapp")
    await hotline.forward(hours=25)
    app, now = hotline.app, hotline.clock.now()
    sari, dewi = await _sari(hotline), await hotline.staff("dewi")
    (case,) = await hotline.cases()
    row = next(line for line in await _shown(hotline, "whatsapp") if line.text == "Saya di sini.")
    for member in (sari, dewi):
        await app.write(partial(holding.release, case=case, member=member, row_id=row.id, now=now))
    await hotline.settle()
    alarms = await app.read(lambda uow: uow.alarms.standing())
    assert "window_closed" in {alarm.kind for alarm in alarms}
    assert not hotline.chats["whatsapp"].templates


@story
async def test_a_failure_told_later_is_shown(hotline: Hotline) -> None:
    """A failure told later is shown."""
    await hotline.says(ANI, "halo", channel="whatsapp")
    (row,) = await _shown(hotline, "whatsapp")
    app, now = hotline.app, hotline.clock.now()
    for status, error in (("delivered", None), ("sent", None)):
        await app.write(
            partial(
                delivery.note_status,
                row_id=row.id,
                status=status,
                error=error,
                office=app.office,
                now=now,
            )
        )
    assert (await _shown(hotline, "whatsapp"))[0].provider_status == "delivered"
    await app.write(
        lambda uow: delivery.note_status(uow, row.id, "undelivered", "21610", app.office, now)
    )
    (row,) = await _shown(hotline, "whatsapp")
    assert (row.state, row.error) == (Delivery.FAILED_PERMANENTLY, "21610")
    assert (await hotline.talk(ANI, "whatsapp")).unreachable == "21610"


@story
async def test_one_slow_call_keeps_nobody_else_waiting(hotline: Hotline) -> None:
    """One slow call keeps nobody else waiting."""
    chat = hotline.chats["telegram"]
    stuck = asyncio.Event()
    quick = chat.send

    async def send(message: Outbound) -> str:
        if message.address == "macet":
            await stuck.wait()
        return await quick(message)

    chat.send = send  # type: ignore[method-assign]
    running = asyncio.create_task(hotline.says("macet", "halo", channel="telegram"))
    await asyncio.sleep(0.5)
    step = next(step for topic, step in hotline.worker.loops() if topic == "telegram")
    await hotline.app.write(
        lambda uow: uow.outbox.add_reply(
            uow.conversations.for_sender("telegram", ANI, hotline.clock.now(), address=ANI),
            Reply("halo juga"),
            author=Author.BOT,
            now=hotline.clock.now(),
        )
    )
    await hotline.app.write(
        lambda uow: uow.conversations.heard(
            uow.conversations.for_sender("telegram", ANI, hotline.clock.now()).id,
            hotline.clock.now(),
        )
    )
    assert await step()
    await asyncio.sleep(0.5)
    assert [address for address, _ in chat.received] == [ANI]
    stuck.set()
    await running


@story
async def test_taps_and_texts_out_of_order_are_answered_in_order(hotline: Hotline) -> None:
    """Taps and texts out of order are answered in order."""
    for place in (12, 11, 10):
        message = InboundMessage(
            "telegram", f"u{place}", ANI, f"pesan {place}", final=True, address=ANI, place=place
        )
        await take_in(hotline.app, message)
    await hotline.forward(seconds=1)
    assert hotline.assistant.asked == ["pesan 10", "pesan 11", "pesan 12"]


@story
async def test_an_answer_of_many_parts_is_one_whatsapp_message(hotline: Hotline) -> None:
    """An answer of many parts is one whatsapp message."""
    hotline.assistant.answers = [Answer(replies=(Reply("Satu."), Reply("Dua.")))]
    await hotline.says(ANI, "halo", channel="whatsapp")
    assert hotline.chats["whatsapp"].received[-1][1].endswith("Satu.\n\nDua.")
    assert len(hotline.chats["whatsapp"].received) == 1
