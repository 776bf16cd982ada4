"""The plan changes and providers keep silent while phones ring for a case."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.rota import Override, Rotation
from bot.domain.staff import Staff
from bot.store.rota import MAIN
from tests.hotline import Hotline, story

WITA = ZoneInfo("Asia/Makassar")
SATURDAY = date(2026, 11, 21)
HELP = "tolong saya dikunci di kamar"
# Its policy pages those on call twice: at once, and a quarter of an hour later.
URGENT = "hp saya disita majikan"
SARI, BUDI = "sari-phone", "budi-phone"


async def nights(hotline: Hotline, *members: Staff, known: str = "", schedule: str = MAIN) -> str:
    """A night watch, 20:00 to 08:00, of these members in turn; `known` is one to be changed."""
    ids = tuple(member.id for member in members)
    plan = Rotation(known, "malam", ids, 1, SATURDAY, None, time(20), time(8))
    return await hotline.app.write(lambda uow: uow.rota.keep_rotation(schedule, plan))


@story
async def test_a_swap_between_two_steps(hotline: Hotline) -> None:
    """It rings for Sari ten minutes before 00:00 WITA; five minutes after it for Budi alone."""
    sari = await hotline.staff("sari", phone=SARI)
    budi = await hotline.staff("budi", phone=BUDI)
    now, midnight = hotline.clock.now(), datetime(2026, 11, 22, tzinfo=WITA).astimezone(UTC)
    east = await hotline.app.write(lambda uow: uow.rota.add_schedule("timur", WITA.key, now))
    await nights(hotline, sari, schedule=east)
    swap = Override("", sari.id, budi.id, midnight, midnight + timedelta(hours=8))
    await hotline.app.write(
        lambda uow: uow.rota.add_override(east, swap, by=sari.id, accepted=True, now=now)
    )
    hotline.clock.forward(seconds=(midnight - now).total_seconds() - 600)
    await hotline.says("ani", URGENT)
    assert (hotline.phones.rang(SARI), hotline.phones.rang(BUDI)) == (1, 0)
    await hotline.forward(minutes=15)
    assert (hotline.phones.rang(SARI), hotline.phones.rang(BUDI)) == (1, 1)


@story
async def test_an_edit_of_the_rota_counts_for_the_next_step(hotline: Hotline) -> None:
    """Sari is taken out while her phone rings: the next step looks at the plan anew."""
    sari = await hotline.staff("sari", phone=SARI)
    budi = await hotline.staff("budi", phone=BUDI)
    known = await nights(hotline, sari)
    await hotline.says("ani", URGENT)
    await hotline.forward(minutes=5)
    await nights(hotline, budi, known=known)
    await hotline.forward(minutes=9, seconds=59)
    assert (hotline.phones.rang(SARI), hotline.phones.rang(BUDI)) == (1, 0)
    await hotline.forward(seconds=1)
    assert (hotline.phones.rang(SARI), hotline.phones.rang(BUDI)) == (1, 1)


@story
async def test_the_plan_is_deleted_while_it_rings(hotline: Hotline) -> None:
    """Nobody is on call any more: the next step is for everybody, and says so."""
    sari = await hotline.staff("sari", phone=SARI)
    await hotline.staff("budi", phone=BUDI)
    known = await nights(hotline, sari)
    await hotline.says("ani", URGENT)
    (case,) = await hotline.cases()
    await hotline.app.write(lambda uow: uow.rota.remove_rotation(known))
    await hotline.forward(minutes=15)
    assert (hotline.phones.rang(SARI), hotline.phones.rang(BUDI)) == (2, 1)
    assert ("no_one_on_call", "") in await hotline.record(case)


@story
async def test_nobody_on_call_is_told_with_the_next_time_and_the_number(hotline: Hotline) -> None:
    """The first words to somebody in danger in Malaysia: nobody is here, from when, whom to call."""
    sari = await hotline.staff("sari", phone=SARI)
    begins = hotline.clock.now() + timedelta(hours=12)
    await hotline.app.write(
        lambda uow: uow.rota.add_shift(sari.id, begins, begins + timedelta(hours=8))
    )
    await hotline.says("ani", f"{HELP} di malaysia")
    (first, *_) = await hotline.answers("ani")
    assert "belum ada petugas" in first.lower()
    assert "Minggu 08.00 WIB" in first
    assert "KBRI Kuala Lumpur: +60" in first


@story
async def test_accepted_and_never_delivered(hotline: Hotline) -> None:
    """No callback ever comes: the next contact rings after its minutes, the next step at its own."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.adds_contact(sari, "sari-2", after_minutes=3)
    await hotline.staff("budi", phone=BUDI)
    await hotline.says("ani", HELP)
    (case,) = await hotline.cases()
    assert hotline.phones.rang(SARI) == 1
    await hotline.forward(minutes=2, seconds=59)
    assert hotline.phones.rang("sari-2") == 0
    await hotline.forward(seconds=1)
    assert hotline.phones.rang("sari-2") == 1
    await hotline.forward(minutes=1, seconds=59)
    assert hotline.phones.rang(BUDI) == 0
    await hotline.forward(seconds=1)
    assert hotline.phones.rang(BUDI) == 1
    events = [event for event, _ in await hotline.record(case)]
    assert set(events) == {"queued", "sent"}
