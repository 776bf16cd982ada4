"""Somebody threatens the staff: supervisors hear at once, the talk can change hands."""

from __future__ import annotations

import pytest

from bot.domain.cases import Case, LogKind
from bot.domain.conversation import HandledBy
from bot.domain.oncall import Escalation
from bot.domain.staff import Role, Staff
from bot.services import takeover, threats
from bot.services.takeover import RefusedError
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import Hotline, story
from tests.journeys.test_takeover import emergency, take_over


async def supervisor(hotline: Hotline) -> Staff:
    """A supervisor with a phone."""
    return await hotline.staff("bu rt", phone="bu-rt-phone", role=Role.SUPERVISOR)


def heard(hotline: Hotline) -> int:
    """How often the supervisor was called."""
    return len(hotline.phones.received.get("bu-rt-phone", []))


@story
async def test_a_threat_in_a_held_talk_calls_the_supervisor_once(hotline: Hotline) -> None:
    """Said to the one who answers: an alarm, one call however often it is repeated, a log entry."""
    case, member = await emergency(hotline)
    await supervisor(hotline)
    await take_over(hotline, case, member)
    before = heard(hotline)
    for _ in range(3):
        await hotline.says("ani", "saya tahu rumah kamu, saya bunuh kamu")
    assert heard(hotline) == before + 1
    assert "bunuh" not in hotline.phones.received["bu-rt-phone"][-1]
    alarms = await hotline.app.read(lambda uow: uow.alarms.standing())
    assert [each.detail for each in alarms if each.kind == threats.ALARM] == [case.reference]
    log = await hotline.app.read(lambda uow: uow.cases.log_entries(case.id))
    assert [entry.kind for entry in log].count(LogKind.THREATENED) == 1


@story
async def test_the_danger_of_a_person_is_no_threat_of_theirs(hotline: Hotline) -> None:
    """What was said to her, and words to the bot, call no supervisor."""
    case, member = await emergency(hotline)
    await supervisor(hotline)
    await hotline.says("ani", "awas kamu ya")
    await take_over(hotline, case, member)
    await hotline.says("ani", "dia bilang saya bunuh kamu kalau lapor")
    alarms = await hotline.app.read(lambda uow: uow.alarms.standing())
    assert threats.ALARM not in [each.kind for each in alarms]


@story
async def test_a_member_says_that_they_are_threatened(hotline: Hotline) -> None:
    """The button calls the supervisors, not the one who pressed it; again only after it is settled."""
    case, member = await emergency(hotline)
    await supervisor(hotline)
    app, now = hotline.app, hotline.clock.now()
    before, own = heard(hotline), len(hotline.phones.received["sari-phone"])

    async def report() -> None:
        await app.write(
            lambda uow: threats.report(uow, case, member, "di telepon", app.office, now)
        )
        await hotline.settle()

    await report()
    assert heard(hotline) == before + 1
    assert len(hotline.phones.received["sari-phone"]) == own
    with pytest.raises(RefusedError):
        await report()
    await app.write(lambda uow: uow.alarms.settle(threats.ALARM, now))
    await hotline.forward(minutes=5)
    before = heard(hotline)
    await report()
    assert heard(hotline) == before + 1


@story
async def test_without_a_supervisor_a_colleague_is_called(hotline: Hotline) -> None:
    """An organisation that has named none: somebody hears all the same."""
    case, member = await emergency(hotline)
    await hotline.staff("budi", phone="budi-phone")
    app, now = hotline.app, hotline.clock.now()
    await app.write(lambda uow: threats.report(uow, case, member, "", app.office, now))
    await hotline.settle()
    assert len(hotline.phones.received["budi-phone"]) == 1


@story
async def test_the_talk_is_given_to_a_colleague(hotline: Hotline) -> None:
    """They are paged, the person hears who is here at the next message, and only then."""
    case, member = await emergency(hotline)
    budi = await hotline.staff("budi", phone="budi-phone")
    await take_over(hotline, case, member)
    app, now = hotline.app, hotline.clock.now()
    said = await hotline.answers("ani")
    await app.write(lambda uow: takeover.give_to(uow, case, member, budi, app.office, now))
    await hotline.settle()
    assert await hotline.answers("ani") == said
    assert len(hotline.phones.received["budi-phone"]) == 1
    known = await hotline.talk("ani")
    assert (known.handled_by, known.staff_id) == (HandledBy.HUMAN, budi.id)
    holders = await app.read(lambda uow: uow.escalations.holders(_latest(uow, case).id))
    assert holders == (budi.id,)
    await hotline.opens_console(budi)
    await hotline.says("ani", "halo?")
    assert budi.label in (await hotline.answers("ani"))[-1]
    with pytest.raises(RefusedError):
        await app.write(lambda uow: takeover.reply(uow, case, member, "halo", now))


def _latest(uow: SqlUnitOfWork, case: Case) -> Escalation:
    found = uow.escalations.latest_for(case.id)
    assert found is not None
    return found


@story
async def test_nobody_is_given_a_talk_who_cannot_be_reached(hotline: Hotline) -> None:
    """No console open and no phone: the person would talk to nobody."""
    case, member = await emergency(hotline)
    budi = await hotline.staff("budi")
    await take_over(hotline, case, member)
    app, now = hotline.app, hotline.clock.now()
    with pytest.raises(RefusedError, match="tidak terjangkau"):
        await app.write(lambda uow: takeover.give_to(uow, case, member, budi, app.office, now))
    await hotline.opens_console(budi)
    await app.write(lambda uow: takeover.give_to(uow, case, member, budi, app.office, now))
    assert (await hotline.talk("ani")).staff_id == budi.id
