"""One row that cannot be read, or one that fails, silences nobody else."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import update

from bot.domain.cases import Case
from bot.services.duty import is_practice
from bot.store.rows import case_key, staff_key
from bot.store.tables import escalation, page
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import Hotline, story

HELP = "tolong saya dikunci di kamar, paspor diambil"
SARI, BUDI, CICI = "sari-phone", "budi-phone", "cici-phone"


async def three(hotline: Hotline, *, unreadable: str) -> None:
    """Sari is on duty, Budi and Cici are not; the contact of one of them cannot be decrypted."""
    await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.staff("budi", phone=BUDI)
    await hotline.staff("cici", phone=CICI)
    member = await hotline.app.read(lambda uow: uow.staff.find(unreadable))
    assert member is not None
    hotline.app.database.vault.erase(staff_key(member.id))


async def two_cases(hotline: Hotline) -> tuple[Case, Case]:
    """Two people in danger, Sari on duty and Budi not; the first case and the second."""
    await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.staff("budi", phone=BUDI)
    await hotline.says("ani", HELP)
    (first,) = await hotline.cases()
    await hotline.says("dewi", HELP)
    (second,) = [case for case in await hotline.cases() if case.id != first.id]
    return first, second


async def alarms(hotline: Hotline) -> set[tuple[str, str]]:
    """What stands: kinds and details."""
    standing = await hotline.app.read(lambda uow: uow.alarms.standing())
    return {(each.kind, each.detail) for each in standing}


@story
async def test_a_contact_that_cannot_be_opened_stops_nobody_else(hotline: Hotline) -> None:
    """Everybody is called in the end, those behind the bad contact too, and an alarm says so."""
    await three(hotline, unreadable="budi")
    await hotline.says("ani", HELP)
    for _ in range(6):
        await hotline.forward(minutes=10)
    assert hotline.phones.rang(SARI)
    assert hotline.phones.rang(CICI)
    assert ("contact_unreadable", "Petugas 2") in await alarms(hotline)


@story
async def test_whether_it_is_practice_needs_no_address(hotline: Hotline) -> None:
    """A danger message is taken in although a contact cannot be opened."""
    await three(hotline, unreadable="sari")
    office = replace(hotline.app.office, practice=False, contacts=())
    assert not await hotline.app.read(lambda uow: is_practice(uow, office))


@story
async def test_an_escalation_that_cannot_be_read_holds_up_no_other(hotline: Hotline) -> None:
    """A value that this version does not know: the other case rings on."""
    bad, good = await two_cases(hotline)

    def damage(uow: SqlUnitOfWork) -> None:
        row = update(escalation).where(escalation.c.case_id == bad.id).values(care="other")
        uow.escalations._connection.execute(row)

    await hotline.app.write(damage)
    await hotline.forward(minutes=6)
    assert good.reference in str(hotline.phones.received[BUDI])
    assert ("paging_stuck", bad.id) in await alarms(hotline)


@story
async def test_a_page_that_cannot_be_read_holds_up_no_other(hotline: Hotline) -> None:
    """A kind of page that this version does not know: the phones ring on."""
    bad, good = await two_cases(hotline)

    def damage(uow: SqlUnitOfWork) -> None:
        row = update(page).where(page.c.case_id == bad.id)
        uow.pages._connection.execute(row.values(kind="other", next_at=hotline.clock.now()))

    await hotline.app.write(damage)
    await hotline.forward(minutes=6)
    assert good.reference in str(hotline.phones.received[BUDI])
    assert ("paging_stuck", bad.id) in await alarms(hotline)


@story
async def test_a_step_that_fails_holds_up_no_other(hotline: Hotline) -> None:
    """Its policy has no such step: an alarm, and it is tried again later."""
    bad, good = await two_cases(hotline)

    def damage(uow: SqlUnitOfWork) -> None:
        broken = uow.escalations.running_for(bad.id)
        assert broken is not None
        uow.escalations.advance(replace(broken, step=-50))

    await hotline.app.write(damage)
    for _ in range(3):
        await hotline.forward(minutes=4)
    assert good.reference in str(hotline.phones.received[BUDI])
    assert ("paging_stuck", bad.id) in await alarms(hotline)


@story
async def test_a_bundle_leaves_out_a_case_that_cannot_be_read(hotline: Hotline) -> None:
    """In a flood cases ring together: the others of the bundle ring all the same."""
    await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.staff("budi", phone=BUDI)
    for who in "abcde":
        await hotline.says(who, HELP)
    rung = str(hotline.phones.received[SARI])
    bad, good = [case for case in await hotline.cases() if case.reference not in rung]
    hotline.app.database.vault.erase(case_key(bad.id))
    await hotline.forward(minutes=2)
    await hotline.forward(minutes=2)
    assert good.reference in str(hotline.phones.received[SARI])
