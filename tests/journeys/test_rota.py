"""The rota at work: who is paged when, over midnight, swaps and edits."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import update

from bot.domain.rota import Holiday, Override, Rotation
from bot.domain.staff import Staff
from bot.services.duty import active_staff, duty
from bot.store import tables
from bot.store.rota import MAIN
from tests.hotline import Hotline, story

WITA = ZoneInfo("Asia/Makassar")
SATURDAY = date(2026, 11, 21)


async def nights(hotline: Hotline, *members: Staff, schedule: str = MAIN) -> str:
    """A night watch from today on, 20:00 to 08:00, another one each night."""
    ids = tuple(member.id for member in members)
    plan = Rotation("", "malam", ids, 1, SATURDAY, None, time(20), time(8))
    return await hotline.app.write(lambda uow: uow.rota.keep_rotation(schedule, plan))


async def called(hotline: Hotline) -> list[str]:
    """Phones that ring at once for a new emergency."""
    before = {phone: len(rang) for phone, rang in hotline.phones.received.items()}
    await hotline.says(f"orang {hotline.clock.now()}", "tolong saya dikunci di kamar")
    return sorted(
        phone for phone, rang in hotline.phones.received.items() if len(rang) > before.get(phone, 0)
    )


@story
async def test_each_night_wakes_the_one_whose_turn_it_is(hotline: Hotline) -> None:
    """The second night, and the small hours of the third day, ring the second phone."""
    sari = await hotline.staff("sari", phone="+1")
    budi = await hotline.staff("budi", phone="+2")
    await nights(hotline, sari, budi)
    assert await called(hotline) == ["+1"]
    (case,) = await hotline.cases()
    await hotline.app.write(lambda uow: uow.escalations.resolve(case.id))
    hotline.clock.forward(days=1)
    assert await called(hotline) == ["+2"]


@story
async def test_a_swap_at_midnight_in_makassar_changes_the_phone_that_rings(
    hotline: Hotline,
) -> None:
    """Until 23:59:59 WITA the first phone, from 00:00:00 WITA the other one."""
    sari = await hotline.staff("sari", phone="+1")
    budi = await hotline.staff("budi", phone="+2")
    now = hotline.clock.now()
    east = await hotline.app.write(lambda uow: uow.rota.add_schedule("timur", "Asia/Makassar", now))
    await nights(hotline, sari, schedule=east)
    midnight = datetime(2026, 11, 22, tzinfo=WITA)
    swap = Override("", sari.id, budi.id, midnight, midnight + timedelta(hours=8))
    await hotline.app.write(
        lambda uow: uow.rota.add_override(east, swap, by=sari.id, accepted=True, now=now)
    )
    hotline.clock.forward(seconds=(midnight - now).total_seconds() - 1)
    assert await called(hotline) == ["+1"]
    hotline.clock.forward(seconds=1)
    assert await called(hotline) == ["+2"]


@story
async def test_an_edit_of_the_rota_counts_for_the_next_page(hotline: Hotline) -> None:
    """Another member is put into the rotation: the next emergency rings there."""
    sari = await hotline.staff("sari", phone="+1")
    budi = await hotline.staff("budi", phone="+2")
    known = await nights(hotline, sari)
    assert await called(hotline) == ["+1"]
    edited = Rotation(known, "malam", (budi.id,), 1, SATURDAY, None, time(20), time(8))
    await hotline.app.write(lambda uow: uow.rota.keep_rotation(MAIN, edited))
    hotline.clock.forward(seconds=1)
    assert await called(hotline) == ["+2"]


@story
async def test_a_plan_comes_back_from_the_database_as_it_was(hotline: Hotline) -> None:
    """Every field of a rotation, the holidays and an unanswered swap."""
    sari = await hotline.staff("sari")
    now = hotline.clock.now()
    plan = Rotation(
        "",
        "siang",
        (sari.id,),
        7,
        SATURDAY,
        date(2027, 1, 31),
        time(8, 30),
        time(16, 45),
        frozenset({0, 2, 4}),
        on_holidays=False,
    )
    known = await hotline.app.write(lambda uow: uow.rota.keep_rotation(MAIN, plan))
    swap = Override("", sari.id, None, now, now + timedelta(hours=1))
    await hotline.app.write(
        lambda uow: uow.rota.add_override(MAIN, swap, by=sari.id, accepted=False, now=now)
    )
    free = Holiday(date(2026, 12, 25), "Natal")
    await hotline.app.write(lambda uow: uow.rota.keep_holidays([free, free]))
    (read,) = await hotline.app.read(lambda uow: uow.rota.schedules(now))
    (rotation,) = read.rotations
    assert rotation == Rotation(known, *list(vars(plan).values())[1:])
    assert read.overrides == ()
    (asked,) = await hotline.app.read(lambda uow: uow.rota.asked(now))
    assert (asked.asked_by, asked.swap.in_id) == (sari.id, None)
    assert await hotline.app.read(lambda uow: uow.rota.holidays(SATURDAY)) == (free,)


@story
async def test_robots_are_never_on_duty(hotline: Hotline) -> None:
    """A robot in a rotation and with a shift is on no call and no list of people."""
    sari = await hotline.staff("sari", phone="+1")
    robot = await hotline.staff("robot", phone="+9", on_duty_hours=8)
    app = hotline.app
    made_one = update(tables.staff).where(tables.staff.c.id == robot.id).values(robot=True)
    await app.write(lambda uow: uow.staff._connection.execute(made_one))
    await nights(hotline, robot, sari)
    state = await app.read(lambda uow: duty(uow, app.office, app.clock.now()))
    assert (state.on_call, state.reachable) == ((sari.id,), (sari.id,))
    people = await app.read(active_staff)
    assert [member.login for member in people] == ["sari"]


@story
async def test_who_speaks_the_language_comes_first(hotline: Hotline) -> None:
    """Two are on call; for a Javanese talk the one who speaks it is the first."""
    sari = await hotline.staff("sari", phone="+1", on_duty_hours=8)
    budi = await hotline.staff("budi", phone="+2", on_duty_hours=8)
    app = hotline.app
    await app.write(lambda uow: uow.staff.set_languages(budi.id, ["jv", "mad"]))

    async def order(speaks: str | None) -> tuple[str, ...]:
        now = app.clock.now()
        return (await app.read(lambda uow: duty(uow, app.office, now, speaks))).reachable

    plain = await order(None)
    assert set(plain) == {sari.id, budi.id}
    assert (await order("jv"))[0] == budi.id
    assert await order("zh") == plain
    assert (await app.read(lambda uow: uow.staff.get(budi.id))).languages == ("jv", "mad")


@story
async def test_next_staffed_is_told_from_a_rotation(hotline: Hotline) -> None:
    """Nobody is there at 20:00; people hear when the office opens, also on the next page."""
    sari = await hotline.staff("sari", phone="+1")
    office = Rotation(
        "", "siang", (sari.id,), 1, SATURDAY, None, time(8), time(17), frozenset(range(5))
    )
    await hotline.app.write(lambda uow: uow.rota.keep_rotation(MAIN, office))
    app = hotline.app
    state = await app.read(lambda uow: duty(uow, app.office, app.clock.now()))
    assert state.on_call == ()
    assert state.next_staffed == datetime(2026, 11, 23, 1, tzinfo=UTC)
    await hotline.says("ani", "tolong saya dikunci di kamar")
    assert any("mulai lagi Senin 08.00 WIB" in text for text in await hotline.answers("ani"))


@story
async def test_the_time_is_told_in_the_zone_of_the_person(hotline: Hotline) -> None:
    """Who writes from Kupang reads WITA, who says nothing of a place the zone of the office."""
    sari = await hotline.staff("sari")
    begin = hotline.clock.now() + timedelta(hours=12)
    end = begin + timedelta(hours=8)
    await hotline.app.write(lambda uow: uow.rota.add_shift(sari.id, begin, end))
    await hotline.says("ani", "tolong saya dikurung di kupang")
    await hotline.says("budi", "tolong saya dikunci di kamar")
    assert any("Minggu 09.00 WITA" in text for text in await hotline.answers("ani"))
    assert any("Minggu 08.00 WIB" in text for text in await hotline.answers("budi"))
