"""Acknowledged is not cared for: a reminder, then somebody else."""

from __future__ import annotations

from functools import partial

import pytest

from bot import ports
from bot.domain.cases import Case, LogKind
from bot.domain.messages import Author
from bot.domain.oncall import EVERYONE, ON_CALL, Care, Policy, PolicyName, Step
from bot.domain.pages import PageKind
from bot.domain.staff import Staff
from bot.language.types import Urgency
from bot.services import care_given, caring, delivery, policies, takeover
from bot.services.acknowledging import Answer
from bot.services.caring import CaredHow
from tests.hotline import Hotline, story

HELP = "tolong saya dikunci di kamar, paspor diambil"
SARI, BUDI = "sari-phone", "budi-phone"
ONE, TWO = "a" * 32, "b" * 32


async def sari_has_it(hotline: Hotline, channel: str = "web") -> tuple[Staff, Staff, Case]:
    """Sari says that she has Ani's case; Budi is not on duty."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    budi = await hotline.staff("budi", phone=BUDI)
    await hotline.says("ani", HELP, channel=channel)
    (case,) = await hotline.cases()
    await hotline.takes(sari, case)
    return sari, budi, case


async def care(hotline: Hotline, case: Case) -> Care:
    """How the care of a case stands."""
    latest = await hotline.app.read(lambda uow: uow.escalations.latest_for(case.id))
    assert latest is not None
    return latest.care


@story
async def test_nothing_done_is_reminded_of_and_lapses(hotline: Hotline) -> None:
    """After ten minutes the holder hears it, after fifteen the others ring, the holder not first."""
    sari, _, case = await sari_has_it(hotline)
    await hotline.forward(minutes=9, seconds=59)
    assert hotline.phones.rang(SARI) == 1
    await hotline.forward(seconds=1)
    assert "belum ada kabar" in hotline.phones.received[SARI][-1]
    assert hotline.phones.rang(BUDI) == 0
    await hotline.forward(minutes=5)
    assert hotline.phones.rang(BUDI) == 1
    assert hotline.phones.rang(SARI) == 2
    record = [event for event, _ in await hotline.record(case)]
    assert "lapsed" in record
    log = await hotline.app.read(lambda uow: uow.cases.log_entries(case.id))
    assert [entry.actor for entry in log if entry.kind is LogKind.LAPSED] == [sari.label]
    # The next step is for everybody again.
    await hotline.forward(minutes=5)
    assert hotline.phones.rang(SARI) == 3


@story
async def test_the_clock_goes_back_while_care_is_watched(hotline: Hotline) -> None:
    """Twenty hours back: the holder hears it at once, and it lapses five minutes later."""
    await sari_has_it(hotline)
    await hotline.forward(hours=-20)
    assert "belum ada kabar" in hotline.phones.received[SARI][-1]
    assert hotline.phones.rang(BUDI) == 0
    await hotline.forward(minutes=4, seconds=59)
    assert hotline.phones.rang(BUDI) == 0
    await hotline.forward(seconds=1)
    assert hotline.phones.rang(BUDI) == 1


@story
async def test_who_is_alone_is_rung_again(hotline: Hotline) -> None:
    """There is nobody else: the one who let it lapse is better than no one."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.says("ani", HELP)
    (case,) = await hotline.cases()
    await hotline.takes(sari, case)
    await hotline.forward(minutes=10)
    await hotline.forward(minutes=5)
    assert hotline.phones.rang(SARI) == 3


@story
async def test_the_next_one_has_their_own_time(hotline: Hotline) -> None:
    """Budi takes it after it lapsed: his clock begins, and it lapses for him as well."""
    _, budi, case = await sari_has_it(hotline)
    for minutes in (10, 5):
        await hotline.forward(minutes=minutes)
    await hotline.takes(budi, case)
    assert await care(hotline, case) is Care.WAITING
    for minutes in (10, 5):
        await hotline.forward(minutes=minutes)
    record = [event for event, _ in await hotline.record(case)]
    assert record.count("lapsed") == 2
    assert hotline.phones.rang(SARI) >= 3


@pytest.mark.parametrize("how", list(CaredHow))
@story
async def test_what_was_done_stops_the_clock(hotline: Hotline, how: CaredHow) -> None:
    """A word to the person, a referral, or why there is silence; how is kept."""
    sari, _, case = await sari_has_it(hotline)
    now = hotline.clock.now()
    assert await hotline.app.write(lambda uow: caring.cared(uow, case, sari, how, now))
    assert not await hotline.app.write(lambda uow: caring.cared(uow, case, sari, how, now))
    await hotline.forward(hours=3)
    assert hotline.phones.rang(SARI) == 1
    assert hotline.phones.rang(BUDI) == 0
    assert ("cared", how.value) in await hotline.record(case)


@story
async def test_a_note_gives_the_time_once_more(hotline: Hotline) -> None:
    """Once; a second note, or one of somebody else, gives nothing."""
    sari, budi, case = await sari_has_it(hotline)
    now = hotline.clock.now()
    await hotline.app.write(lambda uow: takeover.note(uow, case, budi, "lihat", now))
    assert await care(hotline, case) is Care.WAITING
    await hotline.forward(minutes=10)
    now = hotline.clock.now()
    await hotline.app.write(lambda uow: takeover.note(uow, case, sari, "sedang cari", now))
    assert await care(hotline, case) is Care.EXTENDED
    await hotline.forward(minutes=9)
    now = hotline.clock.now()
    await hotline.app.write(lambda uow: takeover.note(uow, case, sari, "masih", now))
    await hotline.forward(minutes=1)
    assert await care(hotline, case) is Care.EXTENDED_REMINDED
    await hotline.forward(minutes=5)
    assert hotline.phones.rang(BUDI) == 1


@pytest.mark.parametrize("channel", ["web", "telegram"])
@story
async def test_an_answer_that_left_is_care(hotline: Hotline, channel: str) -> None:
    """The greeting of whoever takes over is not; their own words are."""
    sari, _, case = await sari_has_it(hotline, channel)
    app, now = hotline.app, hotline.clock.now()
    await app.write(lambda uow: takeover.take_over(uow, case, sari, app.office, app.wording, now))
    await hotline.settle()
    assert await care(hotline, case) is Care.WAITING
    await app.write(lambda uow: takeover.reply(uow, case, sari, "Saya di sini.", now))
    await hotline.settle()
    assert await care(hotline, case) is Care.CARED
    lines = await hotline.lines("ani", channel)
    assert [line.author for line in lines][-1] is Author.HUMAN


async def sari_answers(hotline: Hotline, sari: Staff, case: Case, *row_ids: str) -> None:
    """Sari took Ani's case over and writes to her, one text after the other."""
    app, now = hotline.app, hotline.clock.now()
    await app.write(lambda uow: takeover.take_over(uow, case, sari, app.office, app.wording, now))
    for row_id in row_ids:
        reply = partial(takeover.reply, case=case, member=sari, text="kami bantu", form_id=row_id)
        await app.write(partial(reply, now=hotline.clock.now()))
        await hotline.forward(seconds=1)


async def is_undelivered(hotline: Hotline, row_id: str, error: str) -> None:
    """The provider tells that a text did not arrive."""
    app, now = hotline.app, hotline.clock.now()
    note = partial(delivery.note_status, row_id=row_id, status="undelivered", error=error)
    await app.write(partial(note, office=app.office, now=now))
    await hotline.settle()


@pytest.mark.parametrize("error", ["63024", "63016"])
@story
async def test_an_answer_that_did_not_arrive_was_no_care(hotline: Hotline, error: str) -> None:
    """The provider took it and tells later that it is lost: the clock runs again, from now on."""
    sari, _, case = await sari_has_it(hotline, "whatsapp")
    await sari_answers(hotline, sari, case, ONE)
    assert await care(hotline, case) is Care.CARED
    await hotline.forward(hours=1)
    await is_undelivered(hotline, ONE, error)
    assert await care(hotline, case) is Care.WAITING
    assert ("not_cared", "") in await hotline.record(case)
    await hotline.forward(minutes=9, seconds=59)
    assert await care(hotline, case) is Care.WAITING
    await hotline.forward(seconds=1)
    assert await care(hotline, case) is Care.REMINDED
    await hotline.forward(minutes=5)
    assert ("lapsed", "") in await hotline.record(case)


@story
async def test_care_rests_on_the_answers_that_are_left(hotline: Hotline) -> None:
    """Of two texts the first is lost: there is the other; when that is lost too, there is none."""
    sari, _, case = await sari_has_it(hotline, "whatsapp")
    await sari_answers(hotline, sari, case, ONE, TWO)
    await is_undelivered(hotline, ONE, "63024")
    assert await care(hotline, case) is Care.CARED
    await is_undelivered(hotline, TWO, "63024")
    assert await care(hotline, case) is Care.WAITING


@story
async def test_a_lost_text_does_not_undo_a_talk(hotline: Hotline) -> None:
    """Sari spoke to Ani by telephone, and wrote to her: only the text is lost."""
    sari, _, case = await sari_has_it(hotline, "whatsapp")
    now = hotline.clock.now()
    await hotline.app.write(lambda uow: care_given.reached(uow, case, sari, "", now))
    await hotline.forward(minutes=1)
    await sari_answers(hotline, sari, case, ONE)
    await is_undelivered(hotline, ONE, "63024")
    assert await care(hotline, case) is Care.CARED


@story
async def test_a_held_answer_is_no_care(hotline: Hotline) -> None:
    """It would ring out of the blue and has not left: the clock goes on."""
    sari, _, case = await sari_has_it(hotline, "telegram")
    await hotline.forward(minutes=9)
    app = hotline.app
    hotline.clock.forward(minutes=2)
    now = hotline.clock.now()
    await app.write(lambda uow: takeover.take_over(uow, case, sari, app.office, app.wording, now))
    await app.write(lambda uow: takeover.reply(uow, case, sari, "Saya di sini.", now))
    await hotline.settle()
    assert await care(hotline, case) is Care.REMINDED


@story
async def test_a_further_cry_reaches_who_has_it(hotline: Hotline) -> None:
    """Nobody else is woken while somebody has it and is watched; the holder hears it."""
    await sari_has_it(hotline)
    await hotline.forward(minutes=9)
    await hotline.says("ani", "saya dipukul terus, tolong")
    assert hotline.phones.rang(BUDI) == 0
    assert len(await hotline.cases()) == 1
    assert hotline.phones.rang(SARI) == 1
    await hotline.forward(minutes=1)
    assert hotline.phones.rang(SARI) == 2


@story
async def test_a_policy_may_watch_nothing(hotline: Hotline) -> None:
    """No minutes for care: acknowledged is the end of it."""
    policy = Policy((Step(0, (ON_CALL,)),), 15, fallback=(EVERYONE,), care_minutes=0)
    now = hotline.clock.now()
    await hotline.app.write(lambda uow: policies.put(uow, {PolicyName.EMERGENCY: policy}, now))
    _, _, case = await sari_has_it(hotline)
    await hotline.forward(hours=5)
    assert await care(hotline, case) is Care.NONE
    assert hotline.phones.rang(SARI) == 1


@story
async def test_care_outlives_a_pause(hotline: Hotline) -> None:
    """The machine was off for a day: the holder is reminded first, then it lapses."""
    _, _, case = await sari_has_it(hotline)
    await hotline.forward(days=1)
    assert await care(hotline, case) is Care.REMINDED
    pages = await hotline.app.read(lambda uow: uow.pages.of_case(case.id))
    assert [page.kind for page in pages].count(PageKind.REMINDER) == 1
    await hotline.forward(minutes=5)
    assert hotline.phones.rang(BUDI) == 1


@story
async def test_danger_in_a_talk_that_is_held_has_its_clock(hotline: Hotline) -> None:
    """Nobody is woken while Sari is there; her machine dies, and the others are called."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.staff("budi", phone=BUDI)
    hotline.assistant.answers = [ports.Answer((), (ports.Command("request_human", 0, {}),))]
    await hotline.says("ani", "mau bicara sama orang")
    (asked,) = await hotline.cases()
    app, now = hotline.app, hotline.clock.now()
    await hotline.opens_console(sari)
    await app.write(lambda uow: takeover.take_over(uow, asked, sari, app.office, app.wording, now))
    await hotline.settle()
    rung = hotline.phones.rang(SARI)
    await hotline.says("ani", HELP)
    case = next(each for each in await hotline.cases() if each.urgency is Urgency.EMERGENCY)
    assert (hotline.phones.rang(SARI), hotline.phones.rang(BUDI)) == (rung, 0)
    assert case.owner_id == sari.id
    assert await care(hotline, case) is Care.WAITING
    await hotline.forward(minutes=10)
    assert "belum ada kabar" in hotline.phones.received[SARI][-1]
    await hotline.forward(minutes=5)
    assert hotline.phones.rang(BUDI) == 1


@story
async def test_a_case_that_cries_again_after_the_clock_went_back_can_be_taken(
    hotline: Hotline,
) -> None:
    """What pages now counts, not what was done with before; the auditor sees the same."""
    sari, budi, case = await sari_has_it(hotline)
    now = hotline.clock.now()
    how = CaredHow.REFERRAL
    await hotline.app.write(lambda uow: caring.cared(uow, case, sari, how, now))
    await hotline.forward(hours=-2)
    await hotline.says("ani", HELP)
    (seen,) = (await hotline.app.read(lambda uow: uow.audit.facts(hotline.clock.now()))).cases
    assert seen.paging_due is not None
    assert (await hotline.takes(budi, case)).answer is Answer.TAKEN
