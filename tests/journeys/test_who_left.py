"""Whoever holds a case loses their account, or has no phone: somebody else is called."""

from __future__ import annotations

from bot.domain.cases import Case
from bot.domain.oncall import EscalationState
from bot.domain.staff import Staff
from bot.services import accounts
from bot.services.caring import CaredHow, cared
from tests.hotline import Hotline, story

HELP = "tolong saya dikunci di kamar, paspor diambil"
SARI, BUDI = "sari-phone", "budi-phone"


async def two(hotline: Hotline, *, hours: float = 8) -> tuple[Staff, Case]:
    """Sari is on duty, Budi is not, and somebody is in danger."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=hours)
    await hotline.staff("budi", phone=BUDI)
    await hotline.says("ani", HELP)
    (case,) = await hotline.cases()
    return sari, case


async def sari_leaves(hotline: Hotline) -> None:
    """Her account is disabled."""
    now = hotline.clock.now()
    await hotline.app.write(lambda uow: accounts.disable(uow, "sari", now))
    await hotline.settle()


async def alarms(hotline: Hotline) -> set[tuple[str, str]]:
    """What stands: kinds and details."""
    standing = await hotline.app.read(lambda uow: uow.alarms.standing())
    return {(each.kind, each.detail) for each in standing}


@story
async def test_what_somebody_who_left_had_still_to_do_is_paged_again(hotline: Hotline) -> None:
    """Sari had it and did nothing yet: Budi is called at once."""
    sari, case = await two(hotline)
    await hotline.takes(sari, case)
    await sari_leaves(hotline)
    assert hotline.phones.rang(BUDI) == 1
    assert ("holder_left", case.reference) in await alarms(hotline)


@story
async def test_the_phone_of_somebody_who_left_rings_no_more(hotline: Hotline) -> None:
    """Her second contact was still to come; the next step is due instead."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.adds_contact(sari, "sari-2", after_minutes=2)
    await hotline.staff("budi", phone=BUDI)
    await hotline.says("ani", HELP)
    await sari_leaves(hotline)
    assert hotline.phones.rang(BUDI) == 1
    await hotline.forward(hours=1)
    assert hotline.phones.rang("sari-2") == 0
    assert hotline.phones.rang(SARI) == 1


@story
async def test_a_further_cry_reaches_those_who_are_still_there(hotline: Hotline) -> None:
    """Sari cared for the case, her duty ended and she left: the person writes again."""
    sari, case = await two(hotline, hours=1)
    await hotline.takes(sari, case)
    now = hotline.clock.now()
    await hotline.app.write(lambda uow: cared(uow, case, sari, CaredHow.REFERRAL, now))
    await hotline.forward(hours=2)
    await sari_leaves(hotline)
    rung = hotline.phones.rang(BUDI)
    before = hotline.phones.rang(SARI)
    await hotline.says("ani", "halo")
    assert hotline.phones.rang(BUDI) == rung + 1
    assert hotline.phones.rang(SARI) == before
    latest = await hotline.app.read(lambda uow: uow.escalations.latest_for(case.id))
    assert latest is not None
    assert latest.state is EscalationState.ACKNOWLEDGED
    assert ("holder_left", case.reference) in await alarms(hotline)


@story
async def test_an_open_console_without_a_phone_does_not_delay_the_others(hotline: Hotline) -> None:
    """On call is only somebody at the console: who has a phone is called at once."""
    sari = await hotline.staff("sari", on_duty_hours=8)
    await hotline.staff("budi", phone=BUDI)
    await hotline.opens_console(sari)
    await hotline.says("ani", HELP)
    assert hotline.phones.rang(BUDI) == 1
    assert hotline.phones.rang("screen") == 0
