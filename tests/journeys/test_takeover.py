"""A human takes over, answers and hands back; the bot never talks over them."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.cases import Case, CaseState, CloseReason
from bot.domain.messages import Author, InboundMessage
from bot.domain.staff import Staff
from bot.services import closing, takeover
from bot.services.takeover import RefusedError
from channels.inbound import take_in
from tests.hotline import Hotline

HELP = "tolong saya dikunci di kamar, paspor diambil"


async def emergency(hotline: Hotline) -> tuple[Case, Staff]:
    """A case in which somebody waits, and a member of staff on duty."""
    member = await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    await hotline.says("ani", HELP)
    (case,) = await hotline.cases()
    return case, member


async def take_over(hotline: Hotline, case: Case, member: Staff) -> None:
    """Press the button."""
    app, now = hotline.app, hotline.clock.now()
    await app.write(lambda uow: takeover.take_over(uow, case, member, app.office, app.wording, now))
    await hotline.settle()


def test_the_person_is_told_that_a_human_is_here(hotline: Hotline) -> None:
    """The takeover says a number, never a private name, and that it is no bot."""

    async def journey() -> None:
        case, member = await emergency(hotline)
        await take_over(hotline, case, member)
        last = (await hotline.lines("ani"))[-1]
        assert last.author is Author.HUMAN
        assert member.label in last.text
        assert "sari" not in last.text.lower()

    asyncio.run(journey())


def test_the_bot_is_silent_while_a_human_talks(hotline: Hotline) -> None:
    """What the person writes now is for the human; the assistant is not even asked."""

    async def journey() -> None:
        case, member = await emergency(hotline)
        await take_over(hotline, case, member)
        before = await hotline.answers("ani")
        await hotline.says("ani", "halo pak")
        assert await hotline.answers("ani") == before
        assert hotline.assistant.asked == []

    asyncio.run(journey())


def test_an_answer_in_flight_never_leaves_after_a_takeover(hotline: Hotline) -> None:
    """The assistant was still thinking when the human came: its answer is cancelled."""

    async def journey() -> None:
        case, member = await emergency(hotline)
        await hotline.says("ani", "menu")
        hotline.assistant.hold = asyncio.Event()
        asking = asyncio.create_task(hotline.says("ani", "berapa biaya ke taiwan"))
        await asyncio.sleep(0.2)
        assert hotline.worker._running
        app, now = hotline.app, hotline.clock.now()
        await app.write(
            lambda uow: takeover.take_over(uow, case, member, app.office, app.wording, now)
        )
        hotline.assistant.hold.set()
        await asking
        assert not [text for text in await hotline.answers("ani") if "jawaban:" in text]

    asyncio.run(journey())


def test_reply_and_hand_back(hotline: Hotline) -> None:
    """The human answers, gives the talk back, and the bot answers the next message."""

    async def journey() -> None:
        case, member = await emergency(hotline)
        await take_over(hotline, case, member)
        app, now = hotline.app, hotline.clock.now()
        await app.write(lambda uow: takeover.reply(uow, case, member, "Saya di sini.", now))
        await app.write(lambda uow: takeover.hand_back(uow, case, member, app.wording, now))
        await hotline.settle()
        assert "Saya di sini." in await hotline.answers("ani")
        await hotline.says("ani", "menu")
        await hotline.says("ani", "apa itu visa kerja")
        assert (await hotline.answers("ani"))[-1] == "jawaban: apa itu visa kerja"

    asyncio.run(journey())


def test_a_reply_sent_twice_is_said_once(hotline: Hotline) -> None:
    """The same form again, also after a restart of the server: one row."""

    async def journey() -> None:
        case, member = await emergency(hotline)
        await take_over(hotline, case, member)
        app, now = hotline.app, hotline.clock.now()
        form_id = "ab" * 16
        for _ in range(2):
            await app.write(
                lambda uow: takeover.reply(uow, case, member, "Saya di sini.", now, form_id)
            )
        await hotline.settle()
        assert (await hotline.answers("ani")).count("Saya di sini.") == 1

    asyncio.run(journey())


def test_no_greeting_reaches_a_phone_out_of_the_blue(hotline: Hotline) -> None:
    """She wrote an hour ago and somebody else may hold the phone: the greeting waits for her."""

    async def journey() -> None:
        case, member = await emergency(hotline)
        before = await hotline.answers("ani")
        hotline.clock.forward(hours=1)
        await take_over(hotline, case, member)
        assert await hotline.answers("ani") == before
        await hotline.says("ani", "masih di sini")
        assert member.label in (await hotline.answers("ani"))[-1]
        await hotline.says("ani", "halo")
        assert len(await hotline.answers("ani")) == len(before) + 1

    asyncio.run(journey())


def test_a_second_member_cannot_take_the_same_talk(hotline: Hotline) -> None:
    """Two people press at once: one talks, the other is told who."""

    async def journey() -> None:
        case, member = await emergency(hotline)
        other = await hotline.staff("budi")
        await hotline.opens_console(member)
        await take_over(hotline, case, member)
        with pytest.raises(RefusedError, match=member.label):
            await take_over(hotline, case, other)
        app, now = hotline.app, hotline.clock.now()
        with pytest.raises(RefusedError):
            await app.write(lambda uow: takeover.reply(uow, case, other, "halo", now))

    asyncio.run(journey())


def test_a_colleague_takes_over_from_somebody_who_is_not_there(hotline: Hotline) -> None:
    """The holder's console has been closed for a while: the person must not wait for them."""

    async def journey() -> None:
        case, member = await emergency(hotline)
        other = await hotline.staff("budi")
        await take_over(hotline, case, member)
        hotline.clock.forward(minutes=5)
        await take_over(hotline, case, other)
        app, now = hotline.app, hotline.clock.now()
        await app.write(lambda uow: takeover.reply(uow, case, other, "Saya Budi.", now))

    asyncio.run(journey())


def test_danger_while_the_holder_is_away_is_answered_and_paged(hotline: Hotline) -> None:
    """The talk goes back to the bot at once, and phones ring again."""

    async def journey() -> None:
        case, member = await emergency(hotline)
        await take_over(hotline, case, member)
        rung = len(hotline.phones.received["sari-phone"])
        await hotline.forward(minutes=30)
        await hotline.says("ani", "tolong dia mau bunuh saya sekarang")
        assert len(hotline.phones.received["sari-phone"]) > rung
        assert (await hotline.lines("ani"))[-1].author is Author.BOT

    asyncio.run(journey())


def test_a_case_closes_with_a_reason_and_opens_again(hotline: Hotline) -> None:
    """Closing needs the talk to be handed back; a new message opens the case again."""

    async def journey() -> None:
        case, member = await emergency(hotline)
        await take_over(hotline, case, member)
        app, now = hotline.app, hotline.clock.now()

        async def close() -> None:
            await app.write(
                lambda uow: closing.ask_or_close(uow, case, member, CloseReason.HELPED, "", now)
            )

        with pytest.raises(RefusedError):
            await close()
        await app.write(lambda uow: takeover.hand_back(uow, case, member, app.wording, now))
        await close()
        assert await hotline.cases() == ()
        await hotline.says("ani", "pak saya masih takut")
        (again,) = await hotline.cases()
        assert again.state is CaseState.OPEN

    asyncio.run(journey())


def test_two_hundred_takeovers_race_with_the_bot(hotline: Hotline) -> None:
    """Whatever the order, no bot line ever follows a takeover."""

    async def journey() -> None:
        member = await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        app, now = hotline.app, hotline.clock.now()
        people = [f"orang{number}" for number in range(200)]
        for who in people:
            await hotline.says(who, HELP)
            await hotline.says(who, "menu")
        cases = {case.conversation_id: case for case in await hotline.cases()}
        worker = asyncio.create_task(hotline.worker.run())

        async def race(who: str) -> None:
            known = await app.read(lambda uow: uow.conversations.find_sender("web", who))
            assert known is not None
            case = cases[known.id]

            async def grab() -> None:
                await app.write(
                    lambda uow: takeover.take_over(uow, case, member, app.office, app.wording, now)
                )

            await asyncio.gather(hotline_says(hotline, who), grab())

        await asyncio.gather(*(race(who) for who in people))
        for _ in range(100):
            await asyncio.sleep(0.1)
            waiting, _ = await app.read(lambda uow: uow.turns.waiting())
            if not waiting:
                break
        await asyncio.sleep(0.6)
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        for who in people:
            authors = [line.author for line in await hotline.lines(who)]
            assert Author.HUMAN in authors
            after = authors[authors.index(Author.HUMAN) :]
            assert Author.BOT not in after

    asyncio.run(journey())


async def hotline_says(hotline: Hotline, who: str) -> None:
    """Somebody writes while a worker runs beside."""
    message = InboundMessage("web", f"race-{who}", who, "berapa lama prosesnya", final=True)
    await take_in(hotline.app, message)


def test_silence_that_was_asked_for_holds_for_the_greeting_too(hotline: Hotline) -> None:
    """She typed 0: the takeover writes nothing until she writes again."""

    async def journey() -> None:
        case, member = await emergency(hotline)
        await hotline.says("ani", "0")
        before = await hotline.answers("ani")
        await take_over(hotline, case, member)
        assert await hotline.answers("ani") == before
        await hotline.says("ani", "poipet")
        assert member.label in (await hotline.answers("ani"))[-1]

    asyncio.run(journey())


def test_a_handed_back_emergency_gets_no_menu(hotline: Hotline) -> None:
    """While danger is not over the bot goes on as in danger, not with a welcome."""

    async def journey() -> None:
        case, member = await emergency(hotline)
        await take_over(hotline, case, member)
        app, now = hotline.app, hotline.clock.now()
        await app.write(lambda uow: takeover.hand_back(uow, case, member, app.wording, now))
        await hotline.says("ani", "halo masih ada?")
        assert hotline.assistant.asked == []
        assert "petugas" in (await hotline.answers("ani"))[-1].lower()

    asyncio.run(journey())


def test_whoever_left_a_talk_open_is_called_when_the_person_writes(hotline: Hotline) -> None:
    """The holder's console is closed: their phone rings, at most each ten minutes."""

    async def journey() -> None:
        case, member = await emergency(hotline)
        await take_over(hotline, case, member)
        rung = len(hotline.phones.received["sari-phone"])
        await hotline.forward(minutes=30)
        for _ in range(3):
            await hotline.says("ani", "pak? masih di sini?")
        assert len(hotline.phones.received["sari-phone"]) == rung + 1

    asyncio.run(journey())
