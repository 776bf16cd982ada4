"""The end of a shift: whoever has a grave case stays on call until the next one has said yes."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.cases import Case, CaseKind
from bot.domain.staff import Role, Staff
from bot.language.types import Urgency
from bot.services import handover
from bot.services.duty import Duty, duty
from bot.services.takeover import take_over
from tests.hotline import Hotline, story

AN_HOUR = timedelta(hours=1)


async def state(hotline: Hotline) -> Duty:
    """Who is on call now."""
    app = hotline.app
    return await app.read(lambda uow: duty(uow, app.office, app.clock.now()))


async def supervisor(hotline: Hotline, login: str, phone: str) -> Staff:
    """A supervisor with a phone and without duty."""
    return await hotline.staff(login, phone=phone, role=Role.SUPERVISOR)


async def taken(hotline: Hotline, member: Staff) -> Case:
    """An emergency that a member took over."""
    await hotline.says("ani", "tolong saya dikunci di kamar")
    (case,) = await hotline.cases()
    app = hotline.app
    await app.write(
        lambda uow: take_over(uow, case, member, app.office, app.wording, app.clock.now())
    )
    return case


async def plan_step(hotline: Hotline, case: Case, owner: Staff, by: Staff) -> str:
    """What comes next, within two hours."""
    now = hotline.clock.now()
    return await hotline.app.write(
        lambda uow: uow.next_steps.set(
            case.id, owner.id, "telepon BP3MI", now + 2 * AN_HOUR, set_by=by.id, now=now
        )
    )


async def alarms(hotline: Hotline) -> list[str]:
    """What stands of missing handovers."""
    standing = await hotline.app.read(lambda uow: uow.alarms.standing())
    return [each.detail for each in standing if each.kind == handover.HANDOVER_MISSING]


def called(hotline: Hotline, phone: str) -> list[str]:
    """The pages to a supervisor; that nobody cared for the case rings phones of its own."""
    return [text for text in hotline.phones.received.get(phone, []) if "penyelia" in text]


@story
async def test_who_has_a_grave_case_stays_on_call(hotline: Hotline) -> None:
    """After the planned end the phone still rings; the next one's yes ends it, not a plan alone."""
    sari = await hotline.staff("sari", phone="+1", on_duty_hours=1)
    budi = await hotline.staff("budi", phone="+2", on_duty_hours=8)
    case = await taken(hotline, sari)
    await hotline.forward(hours=1)
    late = await state(hotline)
    assert (late.on_call, late.reachable) == ((budi.id, sari.id), (budi.id, sari.id))
    assert late.lingering == (sari.id,)
    step = await plan_step(hotline, case, budi, by=sari)
    assert (await state(hotline)).lingering == (sari.id,)
    app = hotline.app
    await app.write(lambda uow: uow.next_steps.accept(step, budi.id, app.clock.now()))
    assert (await state(hotline)).on_call == (budi.id,)
    assert (await hotline.cases())[0].owner_id == sari.id
    await hotline.settle()
    assert (await hotline.cases())[0].owner_id == budi.id


@story
async def test_half_an_hour_late_supervisors_hear_of_it_once(hotline: Hotline) -> None:
    """An alarm with the reference and one page; both end with the handover."""
    sari = await hotline.staff("sari", phone="+1", on_duty_hours=1)
    budi = await hotline.staff("budi", phone="+2", on_duty_hours=8)
    await supervisor(hotline, "citra", "+3")
    case = await taken(hotline, sari)
    await hotline.forward(minutes=89)
    assert await alarms(hotline) == []
    await hotline.forward(minutes=1)
    assert await alarms(hotline) == [case.reference]
    await hotline.forward(minutes=5)
    assert len(called(hotline, "+3")) == 1
    assert case.reference in called(hotline, "+3")[0]
    step = await plan_step(hotline, case, budi, by=sari)
    app = hotline.app
    await app.write(lambda uow: uow.next_steps.accept(step, budi.id, app.clock.now()))
    await hotline.settle()
    assert await alarms(hotline) == []


@story
async def test_an_alarm_that_was_settled_by_hand_rings_no_second_time(hotline: Hotline) -> None:
    """A supervisor who has seen it is not paged each second; the member stays on call."""
    sari = await hotline.staff("sari", phone="+1", on_duty_hours=1)
    await supervisor(hotline, "citra", "+3")
    await taken(hotline, sari)
    await hotline.forward(minutes=95)
    assert len(called(hotline, "+3")) == 1
    now = hotline.clock.now()
    await hotline.app.write(lambda uow: uow.alarms.settle(handover.HANDOVER_MISSING, now))
    await hotline.forward(minutes=5)
    assert len(called(hotline, "+3")) == 1
    assert await alarms(hotline) == []
    assert (await state(hotline)).lingering == (sari.id,)


@story
async def test_what_is_less_than_urgent_keeps_nobody(hotline: Hotline) -> None:
    """A concern waits for the next day; its owner goes home."""
    sari = await hotline.staff("sari", phone="+1", on_duty_hours=1)
    await hotline.says("ani", "mau bicara dengan petugas")
    known, now = await hotline.talk("ani"), hotline.clock.now()
    case = await hotline.app.write(
        lambda uow: uow.cases.open(
            known, CaseKind.HUMAN_REQUEST, Urgency.CONCERN, {}, practice=False, now=now
        )
    )
    await hotline.app.write(lambda uow: uow.cases.set_owner(case.id, sari.id, now))
    await hotline.forward(hours=2)
    assert (await state(hotline)).on_call == ()


@story
async def test_an_owner_without_any_shift_is_not_on_call(hotline: Hotline) -> None:
    """Who took a case over without being on duty has no shift that could go on."""
    sari = await hotline.staff("sari", phone="+1")
    await taken(hotline, sari)
    await hotline.forward(hours=2)
    assert (await state(hotline)).on_call == ()


@story
async def test_a_member_who_left_does_not_linger(hotline: Hotline) -> None:
    """A disabled account is nobody to count on, whatever it owned."""
    sari = await hotline.staff("sari", phone="+1", on_duty_hours=1)
    await taken(hotline, sari)
    await hotline.app.write(lambda uow: uow.staff.disable(sari.id))
    await hotline.forward(hours=1)
    assert (await state(hotline)).on_call == ()
