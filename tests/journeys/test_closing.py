"""An emergency ends only when two members say so, and goes on when the person writes."""

from __future__ import annotations

import pytest

from bot.domain.cases import Case, CaseState, CloseReason, LogKind
from bot.domain.staff import Role, Staff
from bot.services import closing
from bot.services.takeover import RefusedError
from tests.hotline import Hotline, story
from tests.real_cases import real_emergency


async def asks(
    hotline: Hotline, case: Case, member: Staff, reason: CloseReason = CloseReason.HELPED
) -> bool:
    """A member presses the button to close; whether that closed it."""
    now = hotline.clock.now()
    return await hotline.app.write(
        lambda uow: closing.ask_or_close(uow, uow.cases.get(case.id), member, reason, "", now)
    )


async def agrees(hotline: Hotline, case: Case, member: Staff) -> None:
    """A member presses the button of the second."""
    now = hotline.clock.now()
    await hotline.app.write(lambda uow: closing.confirm(uow, uow.cases.get(case.id), member, now))


async def now_of(hotline: Hotline, case: Case) -> Case:
    """The case as it is now."""
    return await hotline.app.read(lambda uow: uow.cases.get(case.id))


@story
async def test_an_emergency_closes_with_two_people(hotline: Hotline) -> None:
    """The first asks, a different one agrees; until then the phones and the case go on."""
    sari = await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    budi = await hotline.staff("budi", phone="budi-phone")
    case = await real_emergency(hotline)
    assert not await asks(hotline, case, sari)
    assert (await now_of(hotline, case)).state is CaseState.OPEN
    rung = len(hotline.phones.received["sari-phone"])
    await hotline.forward(minutes=30)
    assert len(hotline.phones.received["sari-phone"]) > rung
    with pytest.raises(RefusedError, match="petugas kedua"):
        await agrees(hotline, case, sari)
    await agrees(hotline, case, budi)
    closed = await now_of(hotline, case)
    assert (closed.state, closed.close_reason) == (CaseState.CLOSED, CloseReason.HELPED)
    assert closed.close_asked_by is None
    log = await hotline.app.read(lambda uow: uow.cases.log_entries(case.id))
    assert [(entry.kind, entry.actor) for entry in log if entry.kind.startswith("close")] == [
        (LogKind.CLOSE_ASKED, sari.label),
        (LogKind.CLOSED, budi.label),
    ]


@story
async def test_no_role_closes_an_emergency_alone(hotline: Hotline) -> None:
    """A supervisor who is the only member asks twice, and the case is still open."""
    boss = await hotline.staff("bu rt", role=Role.SUPERVISOR)
    case = await real_emergency(hotline)
    assert not await asks(hotline, case, boss)
    with pytest.raises(RefusedError, match="petugas lain"):
        await asks(hotline, case, boss)
    with pytest.raises(RefusedError, match="petugas kedua"):
        await agrees(hotline, case, boss)
    assert (await now_of(hotline, case)).state is CaseState.OPEN


@story
async def test_practice_closes_with_one(hotline: Hotline) -> None:
    """Whoever tries things out alone must be able to clear up."""
    sari = await hotline.staff("sari")
    await hotline.says("ani", "tolong saya dikunci di kamar")
    (case,) = await hotline.cases()
    assert case.practice
    assert await asks(hotline, case, sari, CloseReason.PRACTICE)
    assert (await now_of(hotline, case)).state is CaseState.CLOSED


@story
async def test_a_message_in_between_takes_the_wish_back(hotline: Hotline) -> None:
    """She writes after the first had asked: nobody can agree to what is no longer asked."""
    sari = await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    budi = await hotline.staff("budi")
    case = await real_emergency(hotline)
    await asks(hotline, case, sari)
    await hotline.says("ani", "pak masih di sini")
    assert (await now_of(hotline, case)).close_asked_by is None
    with pytest.raises(RefusedError, match="Tidak ada lagi"):
        await agrees(hotline, case, budi)
    log = await hotline.app.read(lambda uow: uow.cases.log_entries(case.id))
    assert (LogKind.CLOSE_DROPPED, "person") in [(entry.kind, entry.actor) for entry in log]
    assert not await asks(hotline, case, budi)
    await agrees(hotline, case, sari)
    assert (await now_of(hotline, case)).state is CaseState.CLOSED


@story
async def test_any_member_says_no(hotline: Hotline) -> None:
    """The second one looks, disagrees, and the case is as if nobody had asked."""
    sari, budi = await hotline.staff("sari"), await hotline.staff("budi")
    case = await real_emergency(hotline)
    await asks(hotline, case, sari)
    now = hotline.clock.now()
    await hotline.app.write(lambda uow: closing.drop(uow, uow.cases.get(case.id), budi, now))
    kept = await now_of(hotline, case)
    assert (kept.state, kept.close_reason, kept.close_asked_by) == (CaseState.OPEN, None, None)


@story
@pytest.mark.parametrize(
    "text", ["pak saya masih takut", "makasih ya kak", "?", "0", "apa itu visa kerja"]
)
async def test_any_message_opens_what_two_have_closed(hotline: Hotline, text: str) -> None:
    """Thanks, a question, a full stop: the case is open again and has to be closed anew."""
    sari, budi = await hotline.staff("sari"), await hotline.staff("budi")
    case = await real_emergency(hotline)
    await asks(hotline, case, sari)
    await agrees(hotline, case, budi)
    await hotline.forward(days=3)
    await hotline.says("ani", text)
    again = await now_of(hotline, case)
    assert (again.state, again.close_asked_by) == (CaseState.OPEN, None)
    assert not await asks(hotline, case, budi)


@story
async def test_nothing_urgent_closes_by_itself(hotline: Hotline) -> None:
    """Three weeks of silence, an asked-for closing and an acknowledgement: both are still open."""
    sari = await hotline.staff("sari", phone="sari-phone", on_duty_hours=24 * 30)
    await hotline.says("budi", "paspor saya ditahan majikan di riyadh, tidak boleh pegang")
    case = await real_emergency(hotline)
    await asks(hotline, case, sari)
    for _day in range(21):
        await hotline.forward(days=1)
    assert len(await hotline.cases()) == 2
