"""A departure comes near: staff hear of it in time, and the person hears nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.cases import Case, CloseReason, LogKind
from bot.domain.departures import Task
from bot.keyfile import new_key
from bot.language.types import Urgency
from bot.services import caring, closing, departures, takeover
from bot.services.takeover import RefusedError
from tests.hotline import FakeClock, Hotline, story
from tests.journeys.offers import AD, judged

# START is Saturday 2026-11-21, 20:00 WIB.
FIFTH = "2026-12-05"


async def entries(hotline: Hotline, kind: LogKind) -> list[str]:
    """What the log of the only case says of a kind."""
    (case,) = await hotline.cases()
    log = await hotline.app.read(lambda uow: uow.cases.log_entries(case.id))
    return [entry.text for entry in log if entry.kind is kind]


async def takes(hotline: Hotline, case: Case) -> None:
    """The only member of staff says that they have it, and does something."""
    member = await hotline.app.read(lambda uow: uow.staff.everyone()[0])
    await hotline.takes(member, case)
    now, how = hotline.clock.now(), caring.CaredHow.REFERRAL
    await hotline.app.write(lambda uow: caring.cared(uow, case, member, how, now))


@story
async def test_a_known_day_rings_in_time_and_the_person_hears_nothing(hotline: Hotline) -> None:
    """A week before: those on call, once. Two days before: an emergency. Afterwards: a task."""
    await hotline.staff("sari", phone="sari-phone", on_duty_hours=24 * 30)
    await judged(hotline, "ani", departure="later", leaves=FIFTH)
    said = await hotline.answers("ani")
    await hotline.forward(days=6, hours=3, minutes=59)
    assert "sari-phone" not in hotline.phones.received
    await hotline.forward(minutes=2)
    (case,) = await hotline.cases()
    assert case.urgency is Urgency.URGENT
    assert case.fields["departure_date"] == FIFTH
    assert len(hotline.phones.received["sari-phone"]) == 1
    await takes(hotline, case)
    await hotline.forward(days=4, hours=23)
    assert "DARURAT" not in str(hotline.phones.received["sari-phone"])
    await hotline.forward(hours=1, minutes=1)
    (case,) = await hotline.cases()
    assert case.urgency is Urgency.EMERGENCY
    assert len(hotline.phones.received["sari-phone"]) == 2
    assert "DARURAT" in hotline.phones.received["sari-phone"][-1]
    await takes(hotline, case)
    rang = len(hotline.phones.received["sari-phone"])
    await hotline.forward(days=4)
    assert await entries(hotline, LogKind.DEPARTURE) == [Task.ASK_GONE]
    assert len(hotline.phones.received["sari-phone"]) == rang
    assert await hotline.answers("ani") == said


@story
async def test_a_day_that_comes_near_in_a_talk_that_is_held_has_its_clock(hotline: Hotline) -> None:
    """Nobody is rung while Sari talks to Ani with her console open; then she is reminded."""
    sari = await hotline.staff("sari", phone="sari-phone", on_duty_hours=24 * 30)
    await judged(hotline, "ani", departure="later", leaves=FIFTH)
    (case,) = await hotline.cases()
    app, now = hotline.app, hotline.clock.now()
    await app.write(lambda uow: takeover.take_over(uow, case, sari, app.office, app.wording, now))
    hotline.clock.forward(days=6, hours=4, minutes=1)
    await hotline.opens_console(sari)
    await hotline.settle()
    (case,) = await hotline.cases()
    assert case.urgency is Urgency.URGENT
    assert "sari-phone" not in hotline.phones.received
    await hotline.forward(hours=2)
    assert hotline.phones.rang("sari-phone") == 1


@story
async def test_a_serious_offer_stays_urgent(hotline: Hotline) -> None:
    """Only critical flags make the last two days an emergency."""
    await judged(hotline, "ani", verdict="serious", departure="later", leaves=FIFTH)
    await hotline.forward(days=13)
    (case,) = await hotline.cases()
    assert case.urgency is Urgency.URGENT


@story
async def test_an_unanswered_date_becomes_a_task(hotline: Hotline) -> None:
    """After ten minutes of silence somebody has to ask, though no phone rings."""
    await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    await judged(hotline, "ani")
    await hotline.forward(minutes=9, seconds=59)
    assert await entries(hotline, LogKind.DEPARTURE) == []
    await hotline.forward(seconds=1)
    assert await entries(hotline, LogKind.DEPARTURE) == [Task.ASK_DATE]
    (case,) = await hotline.cases()
    assert case.urgency is Urgency.CONCERN
    await hotline.forward(hours=3)
    assert len(await entries(hotline, LogKind.DEPARTURE)) == 1
    assert hotline.phones.received == {}


@story
async def test_an_answer_in_time_is_no_task(hotline: Hotline) -> None:
    """The question was open for nine minutes only."""
    await judged(hotline, "ani")
    await hotline.forward(minutes=9)
    await judged(hotline, "ani", departure="later", leaves=FIFTH)
    await hotline.forward(hours=3)
    assert await entries(hotline, LogKind.DEPARTURE) == []


@story
async def test_a_near_day_is_an_emergency_at_once(hotline: Hotline) -> None:
    """The day after tomorrow, told as a date: the phone rings and the person gets the words."""
    await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    await judged(hotline, "ani", departure="within_48h", leaves="2026-11-23")
    (case,) = await hotline.cases()
    assert case.urgency is Urgency.EMERGENCY
    assert len(hotline.phones.received["sari-phone"]) == 1
    assert len(await entries(hotline, LogKind.OPENED)) == 1
    assert await entries(hotline, LogKind.SIGNALS) == []


@story
async def test_an_answer_that_makes_it_urgent_reaches_those_on_call(hotline: Hotline) -> None:
    """The case was there already; now it is this week."""
    await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    await judged(hotline, "ani")
    await judged(hotline, "ani", departure="this_week")
    assert len(hotline.phones.received["sari-phone"]) == 1
    await hotline.forward(minutes=14)
    assert len(hotline.phones.received["sari-phone"]) == 1


@story
async def test_the_clock_of_the_person_counts(hotline: Hotline) -> None:
    """Whoever leaves from Jayapura leaves two hours before the office's midnight."""
    text = AD.replace("dari Batam", "dari Jayapura")
    await judged(hotline, "ani", text, departure="later", leaves=FIFTH)
    await hotline.forward(days=6, hours=2, minutes=1)
    (case,) = await hotline.cases()
    assert case.urgency is Urgency.URGENT


@story
async def test_a_closed_case_has_no_clock(hotline: Hotline) -> None:
    """Nothing rings for what was settled; once it is open again, the clock goes on."""
    member = await hotline.staff("sari", phone="sari-phone", on_duty_hours=24 * 30)
    await judged(hotline, "ani", departure="later", leaves=FIFTH)
    (case,) = await hotline.cases()
    now = hotline.clock.now()
    await hotline.app.write(
        lambda uow: closing.ask_or_close(uow, case, member, CloseReason.HELPED, "", now)
    )
    await hotline.forward(days=12)
    assert hotline.phones.received == {}
    await hotline.app.write(lambda uow: uow.cases.reopen(case.id, hotline.clock.now()))
    await hotline.settle()
    (case,) = await hotline.cases()
    assert case.urgency is Urgency.EMERGENCY


@story
async def test_a_clock_that_jumps_makes_no_storm(hotline: Hotline) -> None:
    """Forwards over the day: one page and one task. Back again: the two days still ring."""
    await hotline.staff("sari", phone="sari-phone", on_duty_hours=24 * 60)
    for who in ("ani", "budi"):
        await judged(hotline, who, f"{AD} {who}", departure="later", leaves=FIFTH)
    await hotline.forward(days=20)
    # The second joins the page of the first, which has just rung.
    assert len(hotline.phones.received["sari-phone"]) == 1
    assert {case.urgency for case in await hotline.cases()} == {Urgency.URGENT}
    for case in await hotline.cases():
        await takes(hotline, case)
    await hotline.forward(days=-20)
    assert len(hotline.phones.received["sari-phone"]) == 1
    await hotline.forward(days=12)
    assert {case.urgency for case in await hotline.cases()} == {Urgency.EMERGENCY}
    assert len(hotline.phones.received["sari-phone"]) == 3


@story
async def test_it_outlives_the_process(tmp_path: Path) -> None:
    """The server is gone before the day and back after it was due; two of them do it once."""
    key, folder = new_key(), tmp_path / "var"
    first = Hotline(folder, master_keys=(key,))
    await judged(first, "ani", departure="later", leaves=FIFTH)
    first.close()
    # Both know the time, the database and nothing else of what was before.
    boxes = [Hotline(folder, master_keys=(key,)) for _ in range(2)]
    try:
        for box in boxes:
            box.clock = FakeClock(first.clock.now() + timedelta(days=12))
            object.__setattr__(box.app, "clock", box.clock)
        await boxes[0].staff("sari", phone="sari-phone", on_duty_hours=8)
        for box in (*boxes, *boxes):
            await box.settle()
        rang = [text for box in boxes for text in box.phones.received.get("sari-phone", [])]
        assert len(rang) == 1
        assert await entries(boxes[0], LogKind.SIGNALS) == ["departure_48h"]
    finally:
        for box in boxes:
            box.close()


@story
async def test_staff_set_the_clock(hotline: Hotline) -> None:
    """A day that they found out counts like one that was told; a day over is refused."""
    member = await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    await judged(hotline, "ani")
    await hotline.forward(minutes=10)
    (case,) = await hotline.cases()
    now = hotline.clock.now()
    tomorrow, yesterday = (now + timedelta(days=each) for each in (1, -1))
    with pytest.raises(RefusedError):
        await hotline.app.write(
            lambda uow: departures.staff_found(
                uow, case, member, yesterday.date(), hotline.app.office, now
            )
        )
    await hotline.app.write(
        lambda uow: departures.staff_found(
            uow, case, member, tomorrow.date(), hotline.app.office, now
        )
    )
    await hotline.settle()
    (case,) = await hotline.cases()
    assert case.urgency is Urgency.EMERGENCY
    known = await hotline.app.read(lambda uow: uow.departures.of_case(case.id))
    assert known is not None
    assert known.task is None
