"""Voice notes, pictures, places: stored, answered honestly, and in front of a person."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.domain.cases import Case, CaseKind, LogKind
from bot.domain.conversation import Talk
from bot.domain.messages import Author, Button, InboundMessage, Kind, Reply
from bot.language.types import Urgency
from bot.ports import Answer, Command
from bot.services.takeover import take_over
from channels.inbound import take_in
from tests.hotline import Hotline

HELP = "tolong saya dikunci di kamar"
MENU = ["Cek kerja", "Keluarga hilang kontak", "Ada bahaya", "Bicara petugas"]
QUESTION = Reply("Visanya apa?", (Button("Kerja", "/affirm"), Button("Turis", "/deny")))
IN_FORM = (
    {"event": "active_loop", "name": "offer_form"},
    {"event": "bot", "text": "Namanya siapa?", "data": {}},
)
POIPET = "13.656300, 102.562100"


async def last(hotline: Hotline, who: str = "ani") -> str:
    """What somebody was told last."""
    return (await hotline.answers(who))[-1]


async def choices(hotline: Hotline) -> list[str]:
    """The choices under the last answer."""
    return [button.title for button in (await hotline.lines("ani"))[-1].buttons]


async def log_of(hotline: Hotline, case: Case, kind: LogKind) -> list[str]:
    """The texts of one kind of entry of a case."""
    entries = await hotline.app.read(lambda uow: uow.cases.log_entries(case.id))
    return [entry.text for entry in entries if entry.kind is kind]


def pages(hotline: Hotline) -> int:
    """How many phones of staff rang."""
    return sum(len(texts) for texts in hotline.phones.received.values())


def test_a_voice_note_is_the_first_thing_that_somebody_sends(hotline: Hotline) -> None:
    """Saved, no false hope, the greeting with its menu, a case, and those on call hear of it."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.staff("budi", phone="budi-phone")
        await hotline.sends("ani", Kind.VOICE)
        (answer,) = await hotline.answers("ani")
        assert "tersimpan" in answer
        assert "diteruskan ke petugas yang berjaga" in answer
        assert "TanyaDulu" in answer
        assert await choices(hotline) == MENU
        (case,) = await hotline.cases()
        assert (case.kind, case.urgency) == (CaseKind.MESSAGE, Urgency.CONCERN)
        assert await log_of(hotline, case, LogKind.PERSON_SAID) == ["voice"]
        assert list(hotline.phones.received) == ["sari-phone"]
        (line, *_) = await hotline.app.read(
            lambda uow: uow.lines.for_staff(uow.conversations.get(case.conversation_id))
        )
        assert (line.kind, line.files[0].stored) == (Kind.VOICE, True)

    asyncio.run(journey())


def test_at_night_nobody_is_woken_and_nobody_is_promised(hotline: Hotline) -> None:
    """Without anybody on duty the answer says so; no phone rings."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone")
        await hotline.sends("ani", Kind.VOICE)
        assert "belum ada petugas yang berjaga" in await last(hotline)
        assert pages(hotline) == 0
        assert len(await hotline.cases()) == 1

    asyncio.run(journey())


def test_ten_voice_notes_are_one_case_and_one_page(hotline: Hotline) -> None:
    """Whoever only speaks is not a storm of cases."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        for _ in range(10):
            await hotline.sends("ani", Kind.VOICE)
            await hotline.forward(minutes=7)
        (case,) = await hotline.cases()
        assert len(await log_of(hotline, case, LogKind.PERSON_SAID)) == 10
        assert pages(hotline) == 1

    asyncio.run(journey())


def test_a_picture_alone_is_seen_and_wakes_nobody(hotline: Hotline) -> None:
    """Its words can be typed, to be checked at once; staff find it in their list."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.says("ani", "halo")
        await hotline.sends("ani", Kind.PHOTO)
        answer = await last(hotline)
        assert "ketik isi tulisannya" in answer
        assert "KTP" not in answer
        assert await choices(hotline) == MENU
        (case,) = await hotline.cases()
        assert (case.kind, case.urgency) == (CaseKind.MESSAGE, Urgency.CONCERN)
        assert pages(hotline) == 0
        await hotline.sends("ani", Kind.VOICE)
        assert pages(hotline) == 0, "the case is known to staff by now"

    asyncio.run(journey())


def test_an_album_with_a_caption_is_one_turn(tmp_path: Path) -> None:
    """The words are answered, the pictures are mentioned once, in the same answer."""
    hotline = Hotline(tmp_path / "var", tanyadulu_turn_seconds=2)

    async def journey() -> None:
        texts = ("", "ini aman ga kak?", "")
        for text in texts:
            await take_in(hotline.app, hotline.message("ani", Kind.PHOTO, text, final=False))
        await hotline.forward(seconds=3)
        assert hotline.assistant.asked == ["ini aman ga kak?"]
        (answer,) = await hotline.answers("ani")
        assert answer.count("tersimpan") == 1
        assert answer.endswith("jawaban: ini aman ga kak?")
        (case,) = await hotline.cases()
        assert (case.kind, case.urgency) == (CaseKind.MESSAGE, Urgency.NONE)
        assert await log_of(hotline, case, LogKind.PERSON_SAID) == ["photo"]
        known = await hotline.talk("ani")
        found = await hotline.app.read(lambda uow: uow.files.of_conversation(known))
        assert len(found) == 3

    asyncio.run(journey())
    hotline.close()


def test_files_join_the_case_that_their_words_open(hotline: Hotline) -> None:
    """A caption that makes a report: one case, and the picture stands in it."""

    async def journey() -> None:
        report = Command("open_case", 0, {"kind": "missing_relative", "urgency": "concern"})
        hotline.assistant.answers = [Answer(commands=(report,))]
        await hotline.sends("ani", Kind.PHOTO, "kakak saya hilang, ini fotonya")
        (case,) = await hotline.cases()
        assert case.kind is CaseKind.MISSING_RELATIVE
        assert await log_of(hotline, case, LogKind.PERSON_SAID) == ["photo"]
        await hotline.sends("ani", Kind.VOICE)
        assert len(await hotline.cases()) == 1
        assert await log_of(hotline, case, LogKind.PERSON_SAID) == ["photo", "voice"]

    asyncio.run(journey())


def test_a_report_gets_a_case_of_its_own_beside_what_was_not_understood(hotline: Hotline) -> None:
    """A voice note first must not swallow what the dialogue reports later."""

    async def journey() -> None:
        await hotline.sends("ani", Kind.VOICE)
        report = Command("open_case", 0, {"kind": "missing_relative", "urgency": "concern"})
        hotline.assistant.answers = [Answer(commands=(report,))]
        await hotline.says("ani", "kakak saya hilang")
        known = await hotline.talk("ani")
        by_kind = {case.kind: case.id for case in await hotline.cases()}
        assert set(by_kind) == {CaseKind.MESSAGE, CaseKind.MISSING_RELATIVE}
        assert known.case_id == by_kind[CaseKind.MISSING_RELATIVE]

    asyncio.run(journey())


def test_the_thread_of_a_form_is_not_lost(hotline: Hotline) -> None:
    """A picture in the middle: acknowledged, and the open question asked again."""

    async def journey() -> None:
        hotline.assistant.answers = [Answer(replies=(Reply("Namanya siapa?"),), events=IN_FORM)]
        await hotline.says("ani", "kakak saya hilang")
        asked = list(hotline.assistant.asked)
        await hotline.sends("ani", Kind.PHOTO)
        answer = await last(hotline)
        assert "tersimpan" in answer
        assert answer.endswith("Namanya siapa?")
        assert hotline.assistant.asked == asked

    asyncio.run(journey())


def test_choices_can_still_be_answered_after_a_sticker(hotline: Hotline) -> None:
    """A number afterwards refers to the question before."""

    async def journey() -> None:
        hotline.assistant.answers = [Answer(replies=(QUESTION,))]
        await hotline.says("ani", "cek dong")
        for kind in (Kind.STICKER, Kind.REACTION, Kind.DELETED, Kind.EDITED, Kind.EMPTY):
            await hotline.sends("ani", kind)
            await hotline.says("ani", "2")
            assert hotline.assistant.asked[-1] == "/deny"
            hotline.assistant.answers = [Answer(replies=(QUESTION,))]
            await hotline.says("ani", "cek dong")

    asyncio.run(journey())


def test_in_danger_a_voice_note_goes_to_staff_without_a_lesson(hotline: Hotline) -> None:
    """Few words, the question stays, the case shows the voice note, nobody asks to type."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.says("ani", HELP)
        await hotline.sends("ani", Kind.VOICE)
        answer = await last(hotline)
        assert answer.startswith("Sudah diterima.")
        assert "ketik" not in answer
        assert await choices(hotline) == ["Bisa", "Tidak", "Nanti", "Saya hanya tanya"]
        (case,) = await hotline.cases()
        assert (case.kind, case.urgency) == (CaseKind.DANGER, Urgency.EMERGENCY)
        assert await log_of(hotline, case, LogKind.PERSON_SAID) == ["voice"]

    asyncio.run(journey())


def test_silence_that_was_asked_for_is_kept(hotline: Hotline) -> None:
    """Voice notes, pictures and places reach the case; the phone stays dark."""

    async def journey() -> None:
        await hotline.says("ani", HELP)
        await hotline.says("ani", "0")
        said = await hotline.answers("ani")
        for kind in (Kind.VOICE, Kind.PHOTO, Kind.STICKER, Kind.DELETED, Kind.CALL, Kind.EMPTY):
            await hotline.sends("ani", kind)
        await hotline.sends("ani", Kind.LOCATION, detail=POIPET)
        assert await hotline.answers("ani") == said
        assert (await hotline.talk("ani")).talk is Talk.DANGER_SILENT
        (case,) = await hotline.cases()
        assert case.fields["location"] == POIPET
        assert await log_of(hotline, case, LogKind.PERSON_SAID) == ["voice", "photo", "location"]
        await hotline.says("ani", "masih di sini")
        assert len(await hotline.answers("ani")) == len(said) + 1

    asyncio.run(journey())


def test_a_place_in_danger_is_part_of_the_case(hotline: Hotline) -> None:
    """Shared once, then live: noted when it moves, not every few seconds, and no answer to it."""

    async def journey() -> None:
        await hotline.says("ani", HELP)
        await hotline.sends("ani", Kind.LOCATION, detail=f"{POIPET}\nHotel Bintang, jalan 5")
        (case,) = await hotline.cases()
        assert case.fields["location"] == f"{POIPET}; Hotel Bintang, jalan 5"
        said = await hotline.answers("ani")
        for step in range(20):
            await hotline.sends("ani", Kind.EDITED, detail=f"13.6563{step:02}, 102.562100")
        await hotline.sends("ani", Kind.EDITED, detail="13.700000, 102.562100")
        (case,) = await hotline.cases()
        assert case.fields["location"] == "13.700000, 102.562100"
        facts = [text for text in await log_of(hotline, case, LogKind.FACTS) if "location" in text]
        assert len(facts) == 2
        assert await hotline.answers("ani") == said

    asyncio.run(journey())


def test_a_moving_place_does_not_make_held_texts_leave(hotline: Hotline) -> None:
    """A live location comes from the phone, not from a hand: it lets no text ring."""

    async def journey() -> None:
        await hotline.says("ani", "halo", channel="telegram")
        before = (await hotline.talk("ani", "telegram")).wrote_at
        await hotline.forward(hours=1)
        await hotline.sends("ani", Kind.EDITED, detail=POIPET, channel="telegram")
        assert (await hotline.talk("ani", "telegram")).wrote_at == before
        await hotline.sends("ani", Kind.EDITED, "halo kak", channel="telegram")
        assert (await hotline.talk("ani", "telegram")).wrote_at == hotline.clock.now()

    asyncio.run(journey())


def test_the_caption_of_a_picture_can_be_a_cry_for_help(hotline: Hotline) -> None:
    """Danger first, whatever it came with; the picture is in the case at once."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.sends("ani", Kind.PHOTO, HELP)
        (case,) = await hotline.cases()
        assert (case.kind, case.urgency) == (CaseKind.DANGER, Urgency.EMERGENCY)
        assert await log_of(hotline, case, LogKind.PERSON_SAID) == ["photo"]
        assert pages(hotline) == 1
        (answer,) = await hotline.answers("ani")
        assert "Bisa chat sekarang?" in answer

    asyncio.run(journey())


def test_an_edit_can_be_a_cry_for_help(hotline: Hotline) -> None:
    """Words changed into danger open the case; other changes get one short line."""

    async def journey() -> None:
        await hotline.says("ani", "halo")
        asked = list(hotline.assistant.asked)
        await hotline.sends("ani", Kind.EDITED, "halo kak")
        assert "Perubahannya" in await last(hotline)
        assert await hotline.cases() == ()
        await hotline.sends("ani", Kind.EDITED, HELP)
        (case,) = await hotline.cases()
        assert case.urgency is Urgency.EMERGENCY
        assert "Bisa chat sekarang?" in await last(hotline)
        assert hotline.assistant.asked == asked

    asyncio.run(journey())


@pytest.mark.parametrize("kind", [Kind.VOICE, Kind.PHOTO, Kind.EDITED, Kind.CALL, Kind.REACTION])
def test_the_bot_says_nothing_while_a_human_answers(hotline: Hotline, kind: Kind) -> None:
    """Stored and shown; the human says what is to be said."""

    async def journey() -> None:
        member = await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.says("ani", HELP)
        (case,) = await hotline.cases()
        await hotline.opens_console(member)
        now = hotline.clock.now()
        await hotline.app.write(
            lambda uow: take_over(uow, case, member, hotline.app.office, hotline.app.wording, now)
        )
        await hotline.settle()
        said = await hotline.answers("ani")
        await hotline.sends("ani", kind, detail="x")
        assert await hotline.answers("ani") == said
        lines = await hotline.app.read(
            lambda uow: uow.lines.for_staff(uow.conversations.get(case.conversation_id))
        )
        heard = [line for line in lines if line.author is Author.PERSON][-1]
        assert (heard.kind, heard.detail) == (kind, "x")

    asyncio.run(journey())


def test_while_the_assistant_is_down_a_voice_note_reaches_staff(hotline: Hotline) -> None:
    """Words wait for the assistant; what came with them need not."""

    async def journey() -> None:
        hotline.assistant.up = False
        await hotline.sends("ani", Kind.VOICE, "kak tolong dengar ini")
        (case,) = await hotline.cases()
        assert (case.kind, case.urgency) == (CaseKind.MESSAGE, Urgency.CONCERN)
        await hotline.sends("budi", Kind.VOICE)
        assert "tersimpan" in await last(hotline, "budi")
        assert len(await hotline.cases()) == 2

    asyncio.run(journey())


def test_a_picture_is_acknowledged_in_one_message_on_whatsapp(hotline: Hotline) -> None:
    """The acknowledgement and the answer to the words are one message, with its choices."""

    async def journey() -> None:
        hotline.assistant.answers = [Answer(replies=(Reply("Saya lihat dulu."), QUESTION))]
        await hotline.sends("ani", Kind.PHOTO, "ini aman?", channel="whatsapp")
        ((_, text),) = hotline.chats["whatsapp"].received
        assert "Gambarnya juga tersimpan" in text
        assert text.index("Gambarnya") < text.index("Saya lihat dulu.") < text.index("Visanya apa?")

    asyncio.run(journey())


def test_every_kind_is_stored_with_what_it_shows(hotline: Hotline) -> None:
    """Kind and detail reach staff as they came, and each message has its answer."""

    async def journey() -> None:
        await hotline.says("ani", "halo")
        kinds = [kind for kind in Kind if kind not in (Kind.TEXT, Kind.BUTTON)]
        for kind in kinds:
            await hotline.sends("ani", kind, "ganti" if kind is Kind.EDITED else "", detail="isi")
        known = await hotline.talk("ani")
        lines = await hotline.app.read(lambda uow: uow.lines.for_staff(known))
        said = [line for line in lines if line.author is Author.PERSON][1:]
        assert [(line.kind, line.detail) for line in said] == [(kind, "isi") for kind in kinds]
        answered = {line.turn_id for line in lines if line.author is Author.BOT}
        assert {line.turn_id for line in said} <= answered
        assert await hotline.app.read(lambda uow: uow.turns.waiting()) == (0, None)

    asyncio.run(journey())


def test_a_repeat_of_a_voice_note_is_fetched_once(hotline: Hotline) -> None:
    """The webhook comes again: one line, one file, one fetch."""

    async def journey() -> None:
        message = hotline.message("ani", Kind.VOICE)
        assert isinstance(message, InboundMessage)
        for _ in range(3):
            await take_in(hotline.app, message)
            await hotline.settle()
        assert len(hotline.media.fetched) == 1
        known = await hotline.talk("ani")
        assert len(await hotline.app.read(lambda uow: uow.files.of_conversation(known))) == 1

    asyncio.run(journey())
