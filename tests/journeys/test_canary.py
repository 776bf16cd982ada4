"""The test report: the whole way from chat to acknowledgement, and nobody wakes while it works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import generate_latest

from bot.canary import Canary
from bot.console import rows
from bot.domain.audit_facts import CanaryRun
from bot.domain.auditor import Code
from bot.domain.cases import CaseKind, CaseState, CloseReason
from bot.domain.channels import CANARY, ROBOT
from bot.domain.messages import Outbound
from bot.domain.pages import PageEvent
from bot.domain.staff import Role
from bot.metrics import registry
from bot.ports import SendError
from bot.services.accounts import hash_password, verify
from bot.services.duty import active_staff, duty, is_practice
from bot.watching import Watchman
from tests.hotline import Hotline, story

CHIEF = "0000-1"


class Broken:
    """A phone that cannot be called."""

    async def find_sent(self, message: Outbound) -> None:
        """It knows nothing."""

    async def send(self, message: Outbound) -> None:
        """Refuse."""
        raise SendError("gone", permanent=True)


async def latest(hotline: Hotline) -> CanaryRun:
    """The last run."""
    run = await hotline.app.read(lambda uow: uow.canary.latest())
    assert run is not None
    return run


async def look(hotline: Hotline, watchman: Watchman) -> list[Code]:
    """What the watchman finds, after all that is due is done."""
    await hotline.settle()
    return [each.code for each in await watchman.look()]


@pytest.fixture
def watchman(hotline: Hotline) -> Watchman:
    """One past its time of grace, on whose machine no clock jumps."""
    made = Watchman(hotline.app, lambda: hotline.clock.now().timestamp())
    hotline.clock.forward(minutes=2)
    return made


@pytest.fixture
def small(hotline: Hotline) -> Iterator[dict[str, Any]]:
    """The senders, which a test may spoil."""
    senders = hotline.app.senders
    assert isinstance(senders, dict)
    kept = dict(senders)
    yield senders
    senders.update(kept)


async def chief(hotline: Hotline) -> None:
    """Petugas 1, a supervisor who is on duty and can be called."""
    await hotline.staff("sari", phone=CHIEF, on_duty_hours=12)
    await hotline.staff("boss", phone="0000-2", role=Role.SUPERVISOR)


@story
async def test_a_healthy_report_goes_the_whole_way_and_rings_no_phone(
    hotline: Hotline, watchman: Watchman
) -> None:
    """Chat, case, escalation, page, acknowledgement, closed as practice: all real, nobody woken."""
    await chief(hotline)
    await Canary(hotline.app).step()
    assert await look(hotline, watchman) == []
    run = await latest(hotline)
    assert run.case_id is not None
    assert run.paged_at is not None
    assert run.acknowledged_at is not None
    assert hotline.phones.received == {}
    case_id = run.case_id
    case = await hotline.app.read(lambda uow: uow.cases.get(case_id))
    assert (case.kind, case.state, case.close_reason, case.practice) == (
        CaseKind.CANARY,
        CaseState.CLOSED,
        CloseReason.PRACTICE,
        True,
    )
    lines = await hotline.app.read(lambda uow: uow.pages.lines(case_id))
    events = [line.event for line in lines]
    assert sorted(events) == [PageEvent.ACKNOWLEDGED, PageEvent.QUEUED, PageEvent.SENT]
    assert {line.trace_id for line in lines} == {case.trace_id}
    # The robot person was answered, too, through the outbox.
    assert len(await hotline.answers(run.id, CANARY)) == 1


@story
async def test_it_works_without_any_staff(hotline: Hotline, watchman: Watchman) -> None:
    """In practice, on the first day, with nobody who could be paged."""
    await Canary(hotline.app).step()
    assert await look(hotline, watchman) == []
    assert (await latest(hotline)).acknowledged_at is not None
    assert hotline.phones.received == {}


@story
async def test_reports_come_each_hour(hotline: Hotline, watchman: Watchman) -> None:
    """Not sooner, whoever asks; a report that stays away is found."""
    lanes = Canary(hotline.app), Canary(hotline.app)
    for lane in lanes:
        await lane.step()
    first = await latest(hotline)
    assert await hotline.app.read(lambda uow: uow.canary.before()) is None
    assert await look(hotline, watchman) == []
    await hotline.forward(minutes=59)
    await lanes[0].step()
    assert (await latest(hotline)).id == first.id
    await hotline.forward(minutes=1)
    await lanes[1].step()
    assert await look(hotline, watchman) == []
    second = await latest(hotline)
    assert second.id != first.id
    assert second.acknowledged_at == hotline.clock.now()
    await hotline.forward(minutes=71)
    assert await look(hotline, watchman) == [Code.CANARY_LATE]


@story
async def test_no_list_and_no_figure_knows_of_it(hotline: Hotline, watchman: Watchman) -> None:
    """Neither while it is under way nor afterwards; the robot is nobody's colleague."""
    await hotline.staff("sari", phone=CHIEF, on_duty_hours=12)
    before = generate_latest(registry(hotline.app)).decode()
    await Canary(hotline.app).step()

    async def is_hidden() -> None:
        now, app = hotline.clock.now(), hotline.app
        assert await app.read(lambda uow: rows.rows(uow, CaseState.OPEN, now)) == ()
        assert await app.read(lambda uow: rows.rows(uow, CaseState.CLOSED, now)) == ()
        assert await app.read(lambda uow: uow.cases.open_counts()) == {}
        people = await app.read(lambda uow: [each.label for each in uow.staff.everyone()])
        assert people == ["Petugas 1"]
        assert await app.read(lambda uow: len(active_staff(uow))) == 1
        on_call = await app.read(lambda uow: duty(uow, app.office, now).on_call)
        assert len(on_call) == 1
        assert await app.read(lambda uow: is_practice(uow, app.office))
        assert await app.read(lambda uow: uow.loads.rang(now - timedelta(days=1))) == ()
        standing = await app.read(lambda uow: uow.alarms.standing())
        assert standing == ()

    await is_hidden()
    assert await look(hotline, watchman) == []
    await is_hidden()
    after = generate_latest(registry(hotline.app)).decode()
    assert "tanyadulu_cases_open{" not in before + after
    assert 'tanyadulu_canary_seconds{until="acknowledged"} 0.0' in after


@story
async def test_nobody_signs_in_as_the_robot(hotline: Hotline) -> None:
    """Its password is known to nobody, and it is refused whatever it is."""
    await Canary(hotline.app).step()
    robot = await hotline.app.read(lambda uow: uow.staff.find("canary"))
    assert robot is not None
    assert robot.robot
    known = hash_password("a word that everybody knows")
    await hotline.app.write(lambda uow: uow.staff.set_password(robot.id, known))
    word = "a word that everybody knows"
    assert await hotline.app.read(lambda uow: verify(uow, "canary", word)) is None


@story
async def test_a_broken_way_wakes_people_and_stops_the_heartbeat(
    hotline: Hotline, watchman: Watchman, small: dict[str, Any]
) -> None:
    """The robot's phone cannot be called: a finding, an alarm, pages to humans, and no fallback."""
    await chief(hotline)
    small[ROBOT] = Broken()
    await Canary(hotline.app).step()
    await hotline.settle()
    assert hotline.phones.received == {}
    await hotline.forward(minutes=2)
    await Canary(hotline.app).step()
    assert await look(hotline, watchman) == [Code.CANARY_FAILED]
    await hotline.settle()
    for phone in (CHIEF, "0000-2"):
        (text,) = hotline.phones.received[phone]
        assert "Laporan uji tiap jam gagal" in text
    assert await hotline.app.read(lambda uow: uow.cases.open_of(CaseKind.CANARY)) == ()
    # Mended: the next report comes soon, and until it is through nothing is all right.
    small[ROBOT] = hotline.app.senders[CANARY]
    await hotline.forward(minutes=5)
    await Canary(hotline.app).step()
    assert [each.code for each in await watchman.look()] == [Code.CANARY_FAILED]
    assert await look(hotline, watchman) == []
    assert len(hotline.phones.received[CHIEF]) == 1


@story
async def test_a_report_that_no_worker_takes_up_is_found(
    hotline: Hotline, watchman: Watchman
) -> None:
    """The server takes it in and nothing else happens."""
    await hotline.settle()
    await Canary(hotline.app).step()
    hotline.clock.forward(minutes=3)
    await Canary(hotline.app).step()
    found = [each.code for each in await watchman.look()]
    assert Code.CANARY_FAILED in found
    assert (await latest(hotline)).problem == "not_paged"


@story
async def test_the_robot_answers_for_nobody_else(hotline: Hotline) -> None:
    """Nobody can have its phone as a contact; a page that gets there all the same is not answered."""
    assert ROBOT not in hotline.app.office.contact_channels
    member = await hotline.staff("sari", on_duty_hours=12)
    now = hotline.clock.now()
    await hotline.app.write(
        lambda uow: uow.staff.add_contact(member.id, ROBOT, "robot", verified_at=now)
    )
    await hotline.says("ani", "tolong saya disekap di kamar")
    (case,) = await hotline.cases()
    running = await hotline.app.read(lambda uow: uow.escalations.running_for(case.id))
    assert running is not None
