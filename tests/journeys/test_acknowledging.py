"""One tap takes a case, from everywhere: the first has it, and everybody hears who that is."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

import pytest

from bot.domain.cases import Case, CaseKind, CloseReason
from bot.domain.oncall import EVERYONE, EscalationState, Policy, PolicyName, Step
from bot.domain.pages import OPEN_FOR, PageKind, PageState
from bot.domain.staff import Staff
from bot.language.types import Urgency
from bot.services import accounts, closing, paging, policies, takeover
from bot.services.acknowledging import (
    Acknowledged,
    Answer,
    acknowledge_code,
    acknowledge_page,
    acknowledge_token,
    pass_on,
)
from tests.hotline import Hotline, story

HELP = "tolong saya dikunci di kamar, paspor diambil"
SARI, BUDI = "sari-phone", "budi-phone"


async def both_ring(hotline: Hotline) -> tuple[Staff, Staff, Case]:
    """Sari and Budi are paged for Ani."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    budi = await hotline.staff("budi", phone=BUDI, on_duty_hours=8)
    await hotline.says("ani", HELP)
    (case,) = await hotline.cases()
    return sari, budi, case


def code_on(hotline: Hotline, phone: str) -> str:
    """The reply code of the newest page on a phone."""
    (code,) = re.findall(r"balas: (\d{4})", hotline.phones.received[phone][-1])
    return str(code)


def token_on(hotline: Hotline, phone: str) -> str:
    """What stands in the link of the newest page on a phone."""
    (token,) = re.findall(r"/p/([0-9a-f]{32})", hotline.phones.received[phone][-1])
    return str(token)


async def by_code(hotline: Hotline, member: Staff, code: str) -> Acknowledged:
    """A member writes a code."""
    app, now = hotline.app, hotline.clock.now()
    said = await app.write(
        lambda uow: acknowledge_code(uow, member.id, code, "sms", app.office, now)
    )
    await hotline.settle()
    return said


async def by_link(hotline: Hotline, token: str) -> Acknowledged:
    """Somebody presses the button behind a link."""
    app, now = hotline.app, hotline.clock.now()
    said = await app.write(lambda uow: acknowledge_token(uow, token, app.office, now))
    await hotline.settle()
    return said


async def by_button(hotline: Hotline, member: Staff, page_id: str) -> Acknowledged:
    """A member taps below a page."""
    app, now = hotline.app, hotline.clock.now()
    said = await app.write(
        lambda uow: acknowledge_page(uow, page_id, member.id, "telegram_staff", app.office, now)
    )
    await hotline.settle()
    return said


async def page_of(hotline: Hotline, case: Case, member: Staff) -> str:
    """The id of the newest page that asks a member to take a case."""
    pages = await hotline.app.read(lambda uow: uow.pages.of_case(case.id))
    found = [page for page in pages if page.staff_id == member.id and page.kind is PageKind.STEP]
    return found[-1].id


@story
async def test_a_code_takes_it_and_the_others_hear_who_has_it(hotline: Hotline) -> None:
    """The steps stop, the case has an owner, and a quiet word goes to the other phone."""
    sari, budi, case = await both_ring(hotline)
    assert await by_code(hotline, sari, code_on(hotline, SARI)) == Acknowledged(
        Answer.TAKEN, case.reference, sari.label
    )
    assert f"sudah dipegang {sari.label}" in hotline.phones.received[BUDI][-1]
    assert hotline.phones.rang(SARI) == 1
    await hotline.forward(minutes=9)
    assert hotline.phones.rang(BUDI) == 2
    (now_case,) = await hotline.cases()
    assert now_case.owner_id == sari.id
    record = await hotline.record(case)
    assert [event for event, _ in record].count("acknowledged") == 1
    assert budi.id != sari.id


@story
async def test_the_second_hears_who_was_first(hotline: Hotline) -> None:
    """By link, by code and by button: one has it, whatever comes later."""
    sari, budi, case = await both_ring(hotline)
    code, token = code_on(hotline, BUDI), token_on(hotline, SARI)
    assert (await by_link(hotline, token)).answer is Answer.TAKEN
    others = Acknowledged(Answer.OTHERS, case.reference, sari.label)
    assert await by_code(hotline, budi, code) == others
    assert await by_button(hotline, budi, await page_of(hotline, case, budi)) == others
    assert (await hotline.takes(budi, case)) == others
    for again in (
        await by_link(hotline, token),
        await by_button(hotline, sari, await page_of(hotline, case, sari)),
        await hotline.takes(sari, case),
    ):
        assert again == Acknowledged(Answer.YOURS, case.reference, sari.label)
    record = await hotline.record(case)
    assert [event for event, _ in record].count("acknowledged") == 1


@story
async def test_a_foreign_hand_is_refused(hotline: Hotline) -> None:
    """The page of somebody else, a code of somebody else, somebody who has left: nothing is taken."""
    sari, budi, case = await both_ring(hotline)
    code = code_on(hotline, SARI)
    if code != code_on(hotline, BUDI):
        assert (await by_code(hotline, budi, code)).answer is Answer.UNKNOWN
    page_id = await page_of(hotline, case, sari)
    assert await by_button(hotline, budi, page_id) == Acknowledged(Answer.FOREIGN)
    now = hotline.clock.now()
    await hotline.app.write(lambda uow: accounts.disable(uow, "sari", now))
    assert (await by_link(hotline, token_on(hotline, SARI))).answer is Answer.FOREIGN
    assert (await by_link(hotline, "0" * 32)).answer is Answer.UNKNOWN
    assert (await by_button(hotline, budi, "0" * 32)).answer is Answer.UNKNOWN
    record = await hotline.record(case)
    assert record.count(("refused", "foreign")) == 2
    running = await hotline.app.read(lambda uow: uow.escalations.running_for(case.id))
    assert running is not None


@story
async def test_an_expired_page_is_refused(hotline: Hotline) -> None:
    """After twelve hours neither the link nor the code takes anything; the newest page does."""
    sari, _, case = await both_ring(hotline)
    token, code = token_on(hotline, SARI), code_on(hotline, SARI)
    # The worker has not yet looked at the clock.
    hotline.clock.forward(seconds=OPEN_FOR.total_seconds())
    assert await by_link(hotline, token) == Acknowledged(Answer.EXPIRED, case.reference)
    assert ("refused", "expired") in await hotline.record(case)
    assert code_on(hotline, SARI) != "" != code
    assert (await by_code(hotline, sari, code_on(hotline, SARI))).answer is Answer.TAKEN


@story
async def test_a_used_link_takes_nothing_again(hotline: Hotline) -> None:
    """Who let it lapse cannot take it once more with the old link: it is logged as refused."""
    _, _, case = await both_ring(hotline)
    token = token_on(hotline, SARI)
    assert (await by_link(hotline, token)).answer is Answer.TAKEN
    await hotline.forward(minutes=10)
    await hotline.forward(minutes=5)
    assert (await by_link(hotline, token)).answer is Answer.EXPIRED
    assert ("refused", "expired") in await hotline.record(case)


@story
async def test_a_closed_case_is_over(hotline: Hotline) -> None:
    """The page still lies on the phone."""
    sari, budi, case = await both_ring(hotline)
    code = code_on(hotline, BUDI)
    await hotline.takes(sari, case)
    now = hotline.clock.now()
    await hotline.app.write(
        lambda uow: closing.ask_or_close(uow, case, sari, CloseReason.HELPED, "", now)
    )
    assert (await by_code(hotline, budi, code)).answer is Answer.OVER


@story
async def test_two_have_to_say_it_where_the_policy_wants_two(hotline: Hotline) -> None:
    """The first one's phone falls silent, the others go on ringing until the second says it."""
    now = hotline.clock.now()
    both = Policy((Step(0, (EVERYONE,)), Step(5, (EVERYONE,))), 15, acknowledgers=2)
    await hotline.app.write(lambda uow: policies.put(uow, {PolicyName.EMERGENCY: both}, now))
    sari, budi, case = await both_ring(hotline)
    token = token_on(hotline, SARI)
    assert (await by_link(hotline, token)).answer is Answer.WAITING_SECOND
    assert (await by_link(hotline, token)).answer is Answer.WAITING_SECOND
    await hotline.forward(minutes=5)
    assert hotline.phones.rang(SARI) == 1
    assert hotline.phones.rang(BUDI) == 2
    assert (await by_code(hotline, budi, code_on(hotline, BUDI))).answer is Answer.TAKEN
    latest = await hotline.app.read(lambda uow: uow.escalations.latest_for(case.id))
    assert latest is not None
    assert (latest.state, latest.acknowledged_by) == (EscalationState.ACKNOWLEDGED, sari.id)
    (now_case,) = await hotline.cases()
    assert now_case.owner_id == sari.id


@story
async def test_who_cannot_passes_it_on(hotline: Hotline) -> None:
    """One key: this phone falls silent, and the next step does not wait."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.adds_contact(sari, "sari-2", after_minutes=1)
    budi = await hotline.staff("budi", phone=BUDI)
    await hotline.says("ani", HELP)
    (case,) = await hotline.cases()
    page_id, app, now = await page_of(hotline, case, sari), hotline.app, hotline.clock.now()
    foreign = await app.write(lambda uow: pass_on(uow, page_id, budi.id, "voice", app.office, now))
    assert foreign.answer is Answer.FOREIGN
    await app.write(lambda uow: pass_on(uow, page_id, sari.id, "voice", app.office, now))
    await hotline.settle()
    assert hotline.phones.rang(BUDI) == 1
    pages = await app.read(lambda uow: uow.pages.of_case(case.id))
    assert [page.state for page in pages if page.id == page_id] == [PageState.ENDED]
    assert ("refused", "passed_on") in await hotline.record(case)


@story
async def test_whoever_takes_the_talk_over_holds_the_case(hotline: Hotline) -> None:
    """Sari said so first, Budi talks to the person: from now on it is his."""
    sari, budi, case = await both_ring(hotline)
    await hotline.takes(sari, case)
    app, now = hotline.app, hotline.clock.now()
    await app.write(lambda uow: takeover.take_over(uow, case, budi, app.office, app.wording, now))
    latest = await app.read(lambda uow: uow.escalations.latest_for(case.id))
    assert latest is not None
    assert latest.acknowledged_by == budi.id
    assert await app.read(lambda uow: uow.escalations.holders(latest.id)) == (budi.id,)
    assert (await hotline.takes(sari, case)).answer is Answer.OTHERS


@story
async def test_a_page_once_about_what_can_wait_is_taken_too(hotline: Hotline) -> None:
    """A notice has no steps behind it: the case has an owner, the other on duty hears it."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.staff("budi", phone=BUDI, on_duty_hours=8)
    await hotline.says("ani", "halo")
    talk = await hotline.talk("ani")
    app, now = hotline.app, hotline.clock.now()
    case = await app.write(
        lambda uow: uow.cases.open(
            talk, CaseKind.HUMAN_REQUEST, Urgency.CONCERN, {}, practice=True, now=now
        )
    )
    await app.write(lambda uow: paging.tell_on_call(uow, case, app.office, now))
    await hotline.settle()
    assert (await by_code(hotline, sari, code_on(hotline, SARI))).answer is Answer.TAKEN
    assert "sudah dipegang" in hotline.phones.received[BUDI][-1]


@story
async def test_news_calls_nobody(hotline: Hotline) -> None:
    """Who can only be called hears in the console who has it."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    budi = await hotline.staff("budi", on_duty_hours=8)
    await hotline.adds_contact(budi, "budi-call", channel="voice")
    await hotline.says("ani", HELP)
    (case,) = await hotline.cases()
    await hotline.takes(sari, case)
    assert hotline.phones.rang("budi-call") == 1


@pytest.mark.parametrize("rounds", [40])
@story
async def test_a_race_has_one_winner(hotline: Hotline, rounds: int) -> None:
    """Many at once, from every channel: one is told that they have it, all others who does."""
    sari, budi, case = await both_ring(hotline)
    app, now = hotline.app, hotline.clock.now()
    codes = {sari.id: code_on(hotline, SARI), budi.id: code_on(hotline, BUDI)}
    pages = {each.id: await page_of(hotline, case, each) for each in (sari, budi)}
    tokens = {sari.id: token_on(hotline, SARI), budi.id: token_on(hotline, BUDI)}
    waiting = []
    for number in range(rounds):
        member = (sari, budi)[number % 2].id
        tries = (
            partial(
                acknowledge_page,
                page_id=pages[member],
                staff_id=member,
                channel="sms",
                office=app.office,
                now=now,
            ),
            partial(
                acknowledge_code,
                staff_id=member,
                code=codes[member],
                channel="sms",
                office=app.office,
                now=now,
            ),
            partial(acknowledge_token, token=tokens[member], office=app.office, now=now),
        )
        waiting.append(app.database.write(tries[number % 3]))
    answers = [each.result().answer for each in waiting]
    assert answers.count(Answer.TAKEN) == 1
    assert set(answers) == {Answer.TAKEN, Answer.YOURS, Answer.OTHERS}
    record = await hotline.record(case)
    assert [event for event, _ in record].count("acknowledged") == 1
    assert timedelta(0) == hotline.clock.now() - now
