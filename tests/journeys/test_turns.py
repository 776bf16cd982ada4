"""From a message to its answer, with everything that can come in between."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.domain.cases import CaseKind
from bot.domain.messages import Button, InboundMessage, Reply
from bot.ports import Answer, Command
from channels.inbound import take_in
from tests.hotline import Hotline

QUESTION = Reply(
    "Visanya apa?",
    (Button("Kerja", '/check_job_offer{"visa":"kerja"}'), Button("Belum tahu", "/unsure")),
)


def test_a_message_is_answered_once(hotline: Hotline) -> None:
    """The first answer of a practice installation says LATIHAN, later ones do not."""

    async def journey() -> None:
        await hotline.says("ani", "halo")
        await hotline.says("ani", "mau tanya")
        first, second = await hotline.answers("ani")
        assert "LATIHAN" in first
        assert first.endswith("jawaban: halo")
        assert second == "jawaban: mau tanya"

    asyncio.run(journey())


def test_a_repeat_of_a_message_changes_nothing(hotline: Hotline) -> None:
    """The provider sends the same message again, at once or later: one turn, one answer."""

    async def journey() -> None:
        first = await hotline.says("ani", "halo", external_id="x1")
        again = await hotline.says("ani", "halo", external_id="x1")
        assert (again.message_id, again.turn_id) == (first.message_id, first.turn_id)
        assert again.duplicate
        message = InboundMessage("web", "x2", "ani", "lagi", final=True)
        results = await asyncio.gather(*(take_in(hotline.app, message) for _ in range(20)))
        assert len({result.turn_id for result in results}) == 1
        await hotline.settle()
        assert len(await hotline.answers("ani")) == 2

    asyncio.run(journey())


def test_thoughts_in_four_messages_are_understood_together(tmp_path: Path) -> None:
    """People send one thought in pieces; they get one answer to the whole."""
    hotline = Hotline(tmp_path / "var", tanyadulu_turn_seconds=2)

    async def journey() -> None:
        for number, text in enumerate(("kak", "mau tanya", "soal kerja", "di taiwan")):
            await take_in(hotline.app, InboundMessage("web", f"p{number}", "ani", text))
            await hotline.forward(seconds=1)
        assert hotline.assistant.asked == []
        await hotline.forward(seconds=2)
        assert hotline.assistant.asked == ["kak\nmau tanya\nsoal kerja\ndi taiwan"]

    asyncio.run(journey())
    hotline.close()


def test_numbers_words_and_taps_choose(hotline: Hotline) -> None:
    """1, the words of the choice, and a tap on it mean the same."""

    async def journey() -> None:
        payload = QUESTION.buttons[0].payload
        for choose in ("1", " 1. ", "kerja", "KERJA"):
            hotline.assistant.answers = [Answer(replies=(QUESTION,))]
            await hotline.says("ani", "cek dong")
            await hotline.says("ani", choose)
            assert hotline.assistant.asked[-1] == payload
        hotline.assistant.answers = [Answer(replies=(QUESTION,))]
        await hotline.says("ani", "cek dong")
        line = (await hotline.lines("ani"))[-1]
        await hotline.says("ani", f"b:{line.id}:1")
        assert hotline.assistant.asked[-1] == payload
        said = [line.text for line in await hotline.lines("ani") if line.author == "person"]
        assert said[-1] == "Kerja"

    asyncio.run(journey())


def test_a_number_that_is_no_choice_shows_the_choices_again(hotline: Hotline) -> None:
    """9 of 2: told kindly, the choices stay open, the assistant is not bothered."""

    async def journey() -> None:
        hotline.assistant.answers = [Answer(replies=(QUESTION,))]
        await hotline.says("ani", "cek dong")
        asked = len(hotline.assistant.asked)
        await hotline.says("ani", "9")
        assert len(hotline.assistant.asked) == asked
        last = (await hotline.lines("ani"))[-1]
        assert [button.title for button in last.buttons] == ["Kerja", "Belum tahu"]
        await hotline.says("ani", "2")
        assert hotline.assistant.asked[-1] == "/unsure"

    asyncio.run(journey())


def test_an_old_yes_does_not_answer_a_new_question(hotline: Hotline) -> None:
    """A tap on "Ya" under an earlier question is not taken as the answer to the latest."""

    async def journey() -> None:
        yes = Reply("Sudah bayar?", (Button("Ya", "/affirm"), Button("Tidak", "/deny")))
        hotline.assistant.answers = [Answer(replies=(yes,)), Answer(replies=(QUESTION,))]
        await hotline.says("ani", "cek dong")
        old = (await hotline.lines("ani"))[-1]
        await hotline.says("ani", "2")
        asked = len(hotline.assistant.asked)
        await hotline.says("ani", f"b:{old.id}:1")
        assert len(hotline.assistant.asked) == asked

    asyncio.run(journey())


def test_a_command_is_confirmed_only_after_its_commit(hotline: Hotline) -> None:
    """The reference in the confirmation is that of a case which is really there."""

    async def journey() -> None:
        values = {"kind": "missing_relative", "urgency": "concern", "fields": {"name": "Siti"}}
        command = Command("open_case", after=1, values=values)
        replies = (Reply("Terima kasih sudah cerita."), Reply("Ada lagi?"))
        hotline.assistant.answers = [Answer(replies, (command,))]
        await hotline.says("ani", "kakak saya hilang kontak")
        (case,) = await hotline.cases()
        assert case.kind is CaseKind.MISSING_RELATIVE
        assert case.fields == {"name": "Siti"}
        answers = await hotline.answers("ani")
        assert case.reference in answers[1]
        assert answers[2] == "Ada lagi?"

    asyncio.run(journey())


def test_a_failed_action_becomes_an_apology_and_an_alarm(hotline: Hotline) -> None:
    """Nothing the failed action said is shown, nothing it wanted is done."""

    async def journey() -> None:
        case = Command("open_case", 0, {"kind": "danger", "urgency": "emergency"})
        failed = Command("action_failed", 1, {"action": "action_missing_submit"})
        hotline.assistant.answers = [Answer((Reply("Tersimpan!"),), (case, failed))]
        await hotline.says("ani", "lapor")
        assert "Tersimpan!" not in (await hotline.answers("ani"))[-1]
        assert await hotline.cases() == ()
        (alarm,) = await hotline.app.read(lambda uow: uow.alarms.standing())
        assert (alarm.kind, alarm.detail) == ("turn_failed", "action_missing_submit")

    asyncio.run(journey())


def test_an_unknown_command_becomes_an_apology(hotline: Hotline) -> None:
    """A fault of ours between actions and services is never silence."""

    async def journey() -> None:
        hotline.assistant.answers = [Answer((), (Command("fly", 0, {}),))]
        await hotline.says("ani", "lapor")
        assert len(await hotline.answers("ani")) == 1
        (alarm,) = await hotline.app.read(lambda uow: uow.alarms.standing())
        assert alarm.kind == "turn_failed"

    asyncio.run(journey())


def test_an_outage_is_told_once_and_the_turn_is_answered_later(hotline: Hotline) -> None:
    """One notice for each outage; every open turn is answered afterwards, in order."""

    async def journey() -> None:
        hotline.assistant.up = False
        await hotline.says("ani", "satu")
        await hotline.says("ani", "dua")
        await hotline.forward(seconds=30)
        assert len(await hotline.answers("ani")) == 1
        hotline.assistant.up = True
        await hotline.forward(seconds=30)
        assert (await hotline.answers("ani"))[1:] == ["jawaban: satu", "jawaban: dua"]
        alarms = await hotline.app.read(lambda uow: uow.alarms.standing())
        assert alarms == ()

    asyncio.run(journey())


def test_danger_is_answered_and_paged_while_the_assistant_is_down(hotline: Hotline) -> None:
    """An emergency never depends on the assistant's process."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        hotline.assistant.up = False
        await hotline.says("ani", "tolong saya dikunci di kamar, paspor diambil")
        assert len(hotline.phones.received["sari-phone"]) == 1
        await hotline.says("ani", "1")
        await hotline.says("ani", "di sihanoukville")
        answers = await hotline.answers("ani")
        assert len(answers) == 3

    asyncio.run(journey())


def test_zero_means_silence(hotline: Hotline) -> None:
    """Who types 0 in danger is not written to; the next word is received as always."""

    async def journey() -> None:
        await hotline.says("ani", "tolong saya dikunci di kamar")
        before = await hotline.answers("ani")
        await hotline.says("ani", "0")
        assert await hotline.answers("ani") == before
        await hotline.says("ani", "poipet")
        assert len(await hotline.answers("ani")) == len(before) + 1

    asyncio.run(journey())


def test_only_asking_goes_back_to_the_menu_and_lowers_nothing(hotline: Hotline) -> None:
    """Who says that it was only a question gets the menu; staff still see the case."""

    async def journey() -> None:
        await hotline.says("ani", "tolong saya dikunci di kamar")
        await hotline.says("ani", "4")
        await hotline.says("ani", "visa kerja itu apa")
        assert (await hotline.answers("ani"))[-1] == "jawaban: visa kerja itu apa"
        (case,) = await hotline.cases()
        assert case.urgency == "emergency"

    asyncio.run(journey())


def test_only_spaces_get_an_answer(hotline: Hotline) -> None:
    """An empty message is stored and answered by a friendly line."""

    async def journey() -> None:
        await hotline.says("ani", "   \n ")
        assert len(await hotline.answers("ani")) == 1
        assert hotline.assistant.asked == []

    asyncio.run(journey())


def test_a_child_in_an_offer_calls_a_person(hotline: Hotline) -> None:
    """Recruiting somebody under 18 is an emergency, with or without a date."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        values = {"verdict": "critical", "flags": ["underage_recruit"], "facts": {}}
        answer = Answer((Reply("Ada tanda bahaya."),), (Command("record_offer", 1, values),))
        hotline.assistant.answers = [answer]
        await hotline.says("ani", "cek tawaran ini dong")
        (case,) = await hotline.cases()
        assert case.urgency == "emergency"
        assert "18 tahun" in (await hotline.answers("ani"))[-1]
        assert len(hotline.phones.received["sari-phone"]) == 1

    asyncio.run(journey())


def test_somebody_who_never_pauses_is_answered_too(tmp_path: Path) -> None:
    """Message after message within the window: ten seconds after the first, an answer."""
    hotline = Hotline(tmp_path / "var", tanyadulu_turn_seconds=2)

    async def journey() -> None:
        for number in range(8):
            await take_in(hotline.app, InboundMessage("web", f"p{number}", "ani", f"kata {number}"))
            await hotline.forward(seconds=1.5)
        assert len(hotline.assistant.asked) == 1

    asyncio.run(journey())
    hotline.close()


def test_a_tap_does_not_swallow_what_was_written_before_it(tmp_path: Path) -> None:
    """Free text and then a choice are two turns, answered in order."""
    hotline = Hotline(tmp_path / "var", tanyadulu_turn_seconds=2)

    async def journey() -> None:
        hotline.assistant.answers = [Answer(replies=(QUESTION,))]
        await hotline.says("ani", "cek dong")
        line = (await hotline.lines("ani"))[-1]
        hotline.assistant.answers = [Answer(replies=(Reply("baik"),))]
        await hotline.says("ani", "2")
        await take_in(hotline.app, InboundMessage("web", "t1", "ani", "PT Maju kirim ke kamboja"))
        await take_in(hotline.app, InboundMessage("web", "t2", "ani", f"b:{line.id}:1"))
        await hotline.settle()
        assert hotline.assistant.asked[-2:] == [
            "PT Maju kirim ke kamboja",
            QUESTION.buttons[0].payload,
        ]

    asyncio.run(journey())
    hotline.close()
