"""What was promised for a time is not forgotten: the owner is rung once, then the supervisors."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.cases import Case, CaseKind, CloseReason
from bot.domain.staff import Role, Staff
from bot.language.types import Urgency
from bot.services import closing, next_steps
from bot.services.takeover import RefusedError
from bot.store.rows import case_key
from bot.store.tables import next_step
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import Hotline, story
from tests.real_cases import real_emergency

WORDS = "telepon ibunya di Lombok"


async def planned(hotline: Hotline, owner: Staff, by: Staff, **due: float) -> Case:
    """A case that somebody has, with a step for a time from now."""
    office, now = hotline.app.office, hotline.clock.now()

    def opened(uow: SqlUnitOfWork) -> Case:
        # Nothing that rings by itself: what rings is the step.
        known = uow.conversations.for_sender("web", "ani", now)
        kind, urgency = CaseKind.MISSING_RELATIVE, Urgency.CONCERN
        return uow.cases.open(known, kind, urgency, {}, practice=True, now=now)

    case = await hotline.app.write(opened)
    await hotline.app.write(
        lambda uow: next_steps.plan(
            uow, case, by, owner, WORDS, now + timedelta(**due), office, now
        )
    )
    return case


async def supervisor(hotline: Hotline) -> Staff:
    """A member who is called when others do not answer."""
    return await hotline.staff("bu rt", phone="bu-rt-phone", role=Role.SUPERVISOR)


def rung(hotline: Hotline, phone: str) -> int:
    """How often a phone rang."""
    return len(hotline.phones.received.get(phone, []))


@story
async def test_the_owner_is_rung_once_and_then_the_supervisors(hotline: Hotline) -> None:
    """Nothing before the time, one call at it, the supervisors a quarter of an hour later, then peace."""
    sari = await hotline.staff("sari", phone="sari-phone")
    await supervisor(hotline)
    await planned(hotline, sari, sari, hours=3)
    before = rung(hotline, "sari-phone"), rung(hotline, "bu-rt-phone")
    await hotline.forward(hours=2, minutes=59)
    assert (rung(hotline, "sari-phone"), rung(hotline, "bu-rt-phone")) == before
    await hotline.forward(minutes=1)
    assert (rung(hotline, "sari-phone"), rung(hotline, "bu-rt-phone")) == (before[0] + 1, before[1])
    await hotline.forward(minutes=14, seconds=59)
    assert rung(hotline, "bu-rt-phone") == before[1]
    await hotline.forward(seconds=1)
    after = rung(hotline, "sari-phone"), rung(hotline, "bu-rt-phone")
    assert after[1] == before[1] + 1
    await hotline.forward(hours=1)
    assert (rung(hotline, "sari-phone"), rung(hotline, "bu-rt-phone")) == after


@story
async def test_the_words_of_a_step_are_sealed_and_in_no_page(hotline: Hotline) -> None:
    """The row holds no readable word, and what rings names the case only."""
    sari = await hotline.staff("sari", phone="sari-phone")
    case = await planned(hotline, sari, sari, hours=1)
    await hotline.forward(hours=1)
    last = hotline.phones.received["sari-phone"][-1]
    assert case.reference in last
    assert not any(word in last for word in WORDS.split())
    with hotline.app.database.engine.connect() as connection:
        (sealed,) = connection.execute(select(next_step.c.text_sealed)).one()
    assert not any(word.encode() in sealed for word in WORDS.split())


@story
async def test_what_is_done_or_closed_rings_nobody(hotline: Hotline) -> None:
    """A finished step, and one of a case that was closed meanwhile."""
    sari = await hotline.staff("sari", phone="sari-phone")
    case = await planned(hotline, sari, sari, hours=3)
    now, office = hotline.clock.now(), hotline.app.office
    (step,) = await hotline.app.read(lambda uow: uow.next_steps.open_of(case.id))
    await hotline.app.write(lambda uow: next_steps.finish(uow, case, sari, step.id, now))
    await hotline.app.write(
        lambda uow: next_steps.plan(
            uow, case, sari, sari, "lagi", now + timedelta(hours=3), office, now
        )
    )
    reason = CloseReason.HELPED
    await hotline.app.write(lambda uow: closing.ask_or_close(uow, case, sari, reason, "", now))
    before = rung(hotline, "sari-phone")
    await hotline.forward(hours=4)
    assert rung(hotline, "sari-phone") == before


@story
async def test_the_step_of_somebody_who_left_goes_to_the_supervisors(hotline: Hotline) -> None:
    """Nobody waits a quarter of an hour for a phone that is not ours any more."""
    sari = await hotline.staff("sari", phone="sari-phone")
    boss = await supervisor(hotline)
    await planned(hotline, sari, boss, hours=1)
    await hotline.app.write(lambda uow: uow.staff.disable(sari.id))
    before = rung(hotline, "sari-phone")
    await hotline.forward(hours=1)
    assert rung(hotline, "sari-phone") == before
    assert rung(hotline, "bu-rt-phone") >= 1


@story
async def test_only_the_owner_agrees(hotline: Hotline) -> None:
    """What somebody plans for a colleague is open until that colleague says yes."""
    sari, budi = await hotline.staff("sari"), await hotline.staff("budi")
    case = await planned(hotline, budi, sari, hours=1)
    now = hotline.clock.now()
    (step,) = await hotline.app.read(lambda uow: uow.next_steps.open_of(case.id))
    assert step.accepted_at is None
    with pytest.raises(RefusedError, match="bukan untukmu"):
        await hotline.app.write(lambda uow: next_steps.accept(uow, case, sari, step.id, now))
    await hotline.app.write(lambda uow: next_steps.accept(uow, case, budi, step.id, now))
    (step,) = await hotline.app.read(lambda uow: uow.next_steps.open_of(case.id))
    assert step.accepted_at == now


@story
async def test_the_steps_of_an_unreadable_case_do_not_stop_the_others(hotline: Hotline) -> None:
    """The key of one case is gone: an alarm says so, and the other owner is rung all the same."""
    sari, budi = await hotline.staff("sari"), await hotline.staff("budi", phone="budi-phone")
    await planned(hotline, sari, sari, hours=1)
    other = await real_emergency(hotline, "tini")
    now, office = hotline.clock.now(), hotline.app.office
    await hotline.app.write(
        lambda uow: next_steps.plan(
            uow, other, budi, budi, "cek", now + timedelta(hours=2), office, now
        )
    )
    lost = next(case for case in await hotline.cases() if case.id != other.id)
    hotline.app.database.vault.erase(case_key(lost.id))
    await hotline.forward(hours=1)
    before = rung(hotline, "budi-phone")
    await hotline.forward(hours=1)
    assert rung(hotline, "budi-phone") > before
    kinds = [alarm.kind for alarm in await hotline.app.read(lambda uow: uow.alarms.standing())]
    assert "case_unreadable" in kinds
