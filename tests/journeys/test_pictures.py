"""A picture of an advertisement: read, told, checked, and never in the way of anything else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.cases import CaseKind
from bot.domain.conversation import Talk
from bot.domain.messages import Attachment, InboundMessage, Kind, Received, Reply
from bot.domain.pictures import ASKS
from bot.domain.readings import ReadState
from bot.language.types import Urgency
from bot.ports import Answer, Command, MediaError
from channels.inbound import take_in
from tests.hotline import Hotline
from tests.media import PAPER, PICTURE, SPOKEN, FakePictures

OFFER = "Lowongan admin online di Kamboja\nBiaya pendaftaran 2 juta ke rekening pribadi"
THREAT = "kalau tidak bayar besok adikmu kami bunuh, dia dikurung di sini"
HELP = "tolong saya dikunci di kamar"
PDF = "application/pdf"
WAIT = 20


@pytest.fixture
def reader() -> FakePictures:
    """What reads the pictures."""
    return FakePictures()


@pytest.fixture
def hotline(tmp_path: Path, reader: FakePictures) -> Iterator[Hotline]:
    """A hotline that reads pictures and takes messages within two seconds as one."""
    line = Hotline(tmp_path / "var", pictures=reader, tanyadulu_turn_seconds=2)
    yield line
    line.close()


def picture(
    hotline: Hotline, shows: str, caption: str = "", *, kind: Kind = Kind.PHOTO, **more: Any
) -> InboundMessage:
    """A message with a picture that shows some words."""
    media_type = "image/jpeg" if kind is Kind.PHOTO else PDF
    mark = PICTURE if kind is Kind.PHOTO else PAPER
    count = len(hotline.media.files)
    hotline.media.files[f"picture{count}"] = mark + shows.encode()
    file = Attachment(kind, media_type, f"picture{count}")
    return hotline.message("ani", kind, caption, attachments=(file,), final=False, **more)


async def shows(hotline: Hotline, words: str, caption: str = "", **more: Any) -> Received:
    """Ani sends a picture; what can be done at once is done."""
    received = await take_in(hotline.app, picture(hotline, words, caption, **more))
    await hotline.settle()
    return received


def test_the_offer_in_a_picture_is_checked_like_a_pasted_one(hotline: Hotline) -> None:
    """As soon as it is read, with the words told back, and no case for staff to look at first."""

    async def journey() -> None:
        await shows(hotline, OFFER)
        assert await hotline.answers("ani") == []
        await hotline.forward(seconds=2)
        assert hotline.assistant.asked == [f"{ASKS}\n{OFFER}"]
        (answer,) = await hotline.answers("ani")
        assert "Saya baca dari gambarnya: “Lowongan admin online di Kamboja" in answer
        assert f"jawaban: {ASKS}" in answer
        (case,) = await hotline.cases()
        assert (case.kind, case.urgency) == (CaseKind.MESSAGE, Urgency.NONE)

    asyncio.run(journey())


def test_staff_read_the_words_beside_the_picture(hotline: Hotline) -> None:
    """With the file, and sealed where it is kept."""

    async def journey() -> None:
        await shows(hotline, OFFER)
        await hotline.forward(seconds=2)
        known = await hotline.talk("ani")
        lines = await hotline.app.read(lambda uow: uow.lines.for_staff(known))
        (file,) = lines[0].files
        assert [line.text for line in file.reading.lines] == OFFER.splitlines()
        assert file.reading.state is ReadState.TOLD

    asyncio.run(journey())


def test_the_words_beside_a_picture_go_with_it(hotline: Hotline) -> None:
    """A caption waits for its picture; both reach the assistant as one."""

    async def journey() -> None:
        hotline.media.hold = asyncio.Event()
        await take_in(hotline.app, picture(hotline, OFFER, "ini aman ga kak?"))
        steps = asyncio.create_task(hotline.forward(seconds=3))
        await asyncio.sleep(0.05)
        assert hotline.assistant.asked == []
        hotline.media.hold.set()
        await steps
        assert hotline.assistant.asked == [f"ini aman ga kak?\n{ASKS}\n{OFFER}"]

    asyncio.run(journey())


async def slowly_read(hotline: Hotline, reader: FakePictures, shown: str, text: str = "") -> None:
    """Ani sends a picture whose reading takes its time, then perhaps a message."""
    reader.hold = asyncio.Event()
    await take_in(hotline.app, picture(hotline, shown))
    for _ in range(3):
        for _topic, step in hotline.worker.loops():
            await step()  # nothing waits for what was begun
        await asyncio.sleep(0.02)
    if text:
        hotline.clock.forward(seconds=1)
        message = InboundMessage("web", "words", "ani", text)
        await take_in(hotline.app, message)


async def turns_go_on(hotline: Hotline, **by: float) -> None:
    """Time passes while a picture is being read: all that is due is done but that."""
    hotline.clock.forward(**by)
    for _ in range(6):
        for topic, step in hotline.worker.loops():
            if topic != "pictures":
                await step()
        await asyncio.sleep(0.02)


def test_words_of_their_own_wait_no_longer_than_ever(
    hotline: Hotline, reader: FakePictures
) -> None:
    """They are answered within their two seconds; the picture follows when it is read."""

    async def journey() -> None:
        await slowly_read(hotline, reader, OFFER, "kak ini aman ga?")
        await turns_go_on(hotline, seconds=2)
        assert hotline.assistant.asked == ["kak ini aman ga?"]
        (answer,) = await hotline.answers("ani")
        assert "Gambarnya sedang saya baca" in answer
        assert reader.hold is not None
        reader.hold.set()
        await hotline.settle()
        assert hotline.assistant.asked == ["kak ini aman ga?", f"{ASKS}\n{OFFER}"]
        _, news = await hotline.answers("ani")
        assert news.startswith("Saya baca dari gambarnya")

    asyncio.run(journey())


def test_danger_does_not_wait_for_a_picture(hotline: Hotline, reader: FakePictures) -> None:
    """Beside it or below it: paged and answered in the same moment; the picture says nothing more."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await slowly_read(hotline, reader, OFFER, HELP)
        await turns_go_on(hotline)
        assert len(hotline.phones.received["sari-phone"]) == 1
        (answer,) = await hotline.answers("ani")
        assert "Bisa chat sekarang?" in answer
        assert reader.hold is not None
        reader.hold.set()
        await hotline.forward(seconds=WAIT)
        assert len(await hotline.answers("ani")) == 1
        assert hotline.assistant.asked == []

    asyncio.run(journey())


def test_a_button_does_not_wait_for_a_picture(hotline: Hotline, reader: FakePictures) -> None:
    """What was tapped is answered at once, after the picture's own acknowledgement."""

    async def journey() -> None:
        await shows(hotline, "toko bunga")
        await hotline.forward(seconds=2)
        await slowly_read(hotline, reader, OFFER)
        await take_in(hotline.app, InboundMessage("web", "tap", "ani", "1", final=True))
        await turns_go_on(hotline)
        assert hotline.assistant.asked == ["/check_job_offer"]
        assert "boleh ketik isi tulisannya" in (await hotline.answers("ani"))[1]
        assert reader.hold is not None
        reader.hold.set()
        await hotline.settle()
        assert hotline.assistant.asked == ["/check_job_offer", f"{ASKS}\n{OFFER}"]

    asyncio.run(journey())


def test_a_picture_that_is_not_read_in_time_asks_to_type(
    hotline: Hotline, reader: FakePictures
) -> None:
    """After twenty seconds; what is read later is for staff, and nothing is pushed."""

    async def journey() -> None:
        await slowly_read(hotline, reader, OFFER)
        await turns_go_on(hotline, seconds=WAIT - 1)
        assert await hotline.answers("ani") == []
        await turns_go_on(hotline, seconds=1)
        (answer,) = await hotline.answers("ani")
        assert "boleh ketik isi tulisannya" in answer
        hotline.clock.forward(seconds=1)
        assert reader.hold is not None
        reader.hold.set()
        await hotline.settle()
        assert len(await hotline.answers("ani")) == 1
        assert hotline.assistant.asked == []
        (found,) = await readings(hotline)
        assert found is ReadState.READ

    asyncio.run(journey())


async def readings(hotline: Hotline) -> list[ReadState | None]:
    """How the reading of each file of Ani's stands."""
    known = await hotline.talk("ani")
    lines = await hotline.app.read(lambda uow: uow.lines.for_staff(known))
    return [file.reading.state for line in lines for file in line.files]


def test_an_album_is_read_whole(hotline: Hotline) -> None:
    """Three pages of one advertisement are one text and one answer."""

    async def journey() -> None:
        pages = ("Lowongan admin di Kamboja", "gaji 15 juta", "biaya 2 juta ke rekening pribadi")
        for words in pages:
            await take_in(hotline.app, picture(hotline, words))
        await hotline.settle()
        await hotline.forward(seconds=2)
        assert hotline.assistant.asked == ["\n".join((ASKS, *pages))]

    asyncio.run(journey())


def test_a_photograph_without_an_offer_is_nothing_to_check(hotline: Hotline) -> None:
    """Its words are told to nobody, and the assistant never sees them."""

    async def journey() -> None:
        await shows(hotline, "NIK 3201 Siti Aminah")
        await hotline.forward(seconds=2)
        (answer,) = await hotline.answers("ani")
        assert "belum menemukan tawaran kerja" in answer
        assert "Siti" not in answer
        assert hotline.assistant.asked == []

    asyncio.run(journey())


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("locked", "terkunci sandi"),
        ("broken", "boleh ketik isi"),
        ("too_large", "boleh ketik isi"),
        ("died", "boleh ketik isi"),
    ],
)
def test_a_paper_that_nobody_can_read_gets_a_kind_answer(
    hotline: Hotline, says: str, told: str
) -> None:
    """And is kept for staff."""

    async def journey() -> None:
        await shows(hotline, says, kind=Kind.DOCUMENT)
        await hotline.forward(seconds=2)
        (answer,) = await hotline.answers("ani")
        assert told in answer
        known = await hotline.talk("ani")
        lines = await hotline.app.read(lambda uow: uow.lines.for_staff(known))
        (file,) = lines[0].files
        assert (file.stored, file.reading.problem) == (True, says)

    asyncio.run(journey())


def test_an_unclear_part_is_asked_for(hotline: Hotline, reader: FakePictures) -> None:
    """What was clear is checked; the guess is shown, so that only this need be typed."""

    async def journey() -> None:
        guess = "berangkat tgl 3 lewat Batm"
        reader.unsure = (guess,)
        await shows(hotline, f"{OFFER}\n{guess}")
        await hotline.forward(seconds=2)
        (answer,) = await hotline.answers("ani")
        assert "kurang jelas" in answer
        assert "berangkat tgl 3" in answer
        assert hotline.assistant.asked == [f"{ASKS}\n{OFFER}"]

    asyncio.run(journey())


def test_a_picture_of_blots_asks_to_type(hotline: Hotline, reader: FakePictures) -> None:
    """Most of it unsure: nothing of it counts."""

    async def journey() -> None:
        reader.unsure = tuple(OFFER.splitlines())
        await shows(hotline, OFFER)
        await hotline.forward(seconds=2)
        (answer,) = await hotline.answers("ani")
        assert "kurang jelas" in answer
        assert hotline.assistant.asked == []

    asyncio.run(journey())


def test_a_threat_in_a_picture_is_asked_about_and_pages_nobody(hotline: Hotline) -> None:
    """It may be the sender's own danger, or something that goes round."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await shows(hotline, THREAT)
        await hotline.forward(seconds=2)
        (answer,) = await hotline.answers("ani")
        assert "bahaya" in answer
        assert (await hotline.talk("ani")).talk is Talk.DANGER_QUESTION
        assert hotline.phones.received == {}
        await hotline.says("ani", "1")
        (case,) = [case for case in await hotline.cases() if case.urgency is Urgency.EMERGENCY]
        assert case.kind is CaseKind.DANGER
        assert len(hotline.phones.received["sari-phone"]) == 1

    asyncio.run(journey())


def test_who_says_that_there_is_no_danger_gets_the_check(hotline: Hotline) -> None:
    """The picture is not asked about again."""

    async def journey() -> None:
        words = f"{OFFER}\n{THREAT}"
        await shows(hotline, words)
        await hotline.forward(seconds=2)
        await hotline.says("ani", "2")
        assert hotline.assistant.asked == [f"{ASKS}\n{words}"]
        assert (await hotline.answers("ani"))[-1].startswith("Saya baca dari gambarnya")

    asyncio.run(journey())


def test_a_departure_on_an_advertisement_wakes_nobody(hotline: Hotline) -> None:
    """It is urgent for those on duty; the same words typed are an emergency."""

    async def journey() -> None:
        record = {"verdict": "critical", "flags": ["upfront_fee"], "departure": "within_48h"}
        hotline.assistant.answers = [Answer(commands=(Command("record_offer", 0, record),))] * 2
        await shows(hotline, OFFER)
        await hotline.forward(seconds=2)
        by_kind = {case.kind: case.urgency for case in await hotline.cases()}
        assert by_kind[CaseKind.JOB_OFFER] is Urgency.URGENT
        await hotline.says("ani", OFFER)
        by_kind = {case.kind: case.urgency for case in await hotline.cases()}
        assert by_kind[CaseKind.JOB_OFFER] is Urgency.EMERGENCY

    asyncio.run(journey())


def test_in_a_form_about_something_else_a_picture_is_no_answer(hotline: Hotline) -> None:
    """The question is asked again; the words of the picture are for staff."""

    async def journey() -> None:
        in_form = (
            {"event": "active_loop", "name": "missing_form"},
            {"event": "bot", "text": "Namanya siapa?", "data": {}},
        )
        hotline.assistant.answers = [Answer(replies=(Reply("Namanya siapa?"),), events=in_form)]
        await hotline.says("ani", "kakak saya hilang")
        await shows(hotline, OFFER)
        await hotline.forward(seconds=2)
        assert hotline.assistant.asked == ["kakak saya hilang"]
        assert (await hotline.answers("ani"))[-1].endswith("Namanya siapa?")

    asyncio.run(journey())


def test_a_lost_picture_keeps_nobody_waiting(hotline: Hotline) -> None:
    """It will never be there to be read."""

    async def journey() -> None:
        hotline.media.failures = [MediaError("too_large", permanent=True)]
        await shows(hotline, OFFER)
        await hotline.forward(seconds=2)
        assert any("boleh ketik" in answer for answer in await hotline.answers("ani"))

    asyncio.run(journey())


def test_what_calls_itself_a_picture_and_is_none_keeps_nobody_waiting(hotline: Hotline) -> None:
    """It is kept for staff, to be saved, and answered like any picture."""

    async def journey() -> None:
        message = picture(hotline, OFFER)
        hotline.media.files[message.attachments[0].reference] = b"<html>"
        await take_in(hotline.app, message)
        await hotline.settle()
        await hotline.forward(seconds=2)
        (answer,) = await hotline.answers("ani")
        assert "boleh ketik" in answer

    asyncio.run(journey())


def test_a_reader_that_dies_with_its_worker_is_tried_once_more(
    hotline: Hotline, reader: FakePictures
) -> None:
    """Twice is enough: such a file may be what kills it."""

    async def journey() -> None:
        await slowly_read(hotline, reader, OFFER)
        hotline.clock.forward(seconds=61)
        again = await hotline.app.write(
            lambda uow: uow.readings.claim_to_read(hotline.clock.now(), hotline.clock.now())
        )
        assert again is not None
        hotline.clock.forward(seconds=61)
        third = await hotline.app.write(
            lambda uow: uow.readings.claim_to_read(hotline.clock.now(), hotline.clock.now())
        )
        assert third is None
        assert await readings(hotline) == [ReadState.UNREADABLE]
        assert not await hotline.app.write(lambda uow: uow.readings.keep_words(again, ())), (
            "what it still brings is refused"
        )
        assert reader.hold is not None
        reader.hold.set()

    asyncio.run(journey())


def test_a_voice_note_is_listened_to_where_something_can(tmp_path: Path) -> None:
    """No program does it here; one that is handed in goes the same way as a picture."""
    ears = FakePictures()
    hotline = Hotline(tmp_path / "var", pictures=ears, transcriber=ears, tanyadulu_turn_seconds=2)

    async def journey() -> None:
        file = Attachment(Kind.VOICE, "audio/ogg", "voice")
        hotline.media.files["voice"] = SPOKEN + OFFER.encode()
        await take_in(
            hotline.app, hotline.message("ani", Kind.VOICE, attachments=(file,), final=False)
        )
        await hotline.settle()
        await hotline.forward(seconds=2)
        assert hotline.assistant.asked == [f"{ASKS}\n{OFFER}"]
        assert "Saya tangkap dari pesan suaranya" in (await hotline.answers("ani"))[0]

    asyncio.run(journey())
    hotline.close()


def test_without_one_a_voice_note_waits_for_nothing(hotline: Hotline) -> None:
    """People listen; the person is asked for two words, if they like."""

    async def journey() -> None:
        await hotline.says("ani", "halo")
        await hotline.sends("ani", Kind.VOICE)
        answer = (await hotline.answers("ani"))[-1]
        assert "petugas yang akan mendengarkannya" in answer
        assert "tulis satu dua kata saja" in answer

    asyncio.run(journey())
