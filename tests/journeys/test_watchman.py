"""The watchman over a hotline at work: alarms that come and go, who is told, and when it is silent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.cli.doctor import watch_findings
from bot.cli.findings import Level
from bot.domain.auditor import Code, Severity
from bot.domain.cases import CaseKind, CloseReason
from bot.domain.staff import Role, Staff
from bot.services import care_given, next_steps
from bot.watching import Watchman
from tests.hotline import START, Hotline, story
from tests.standins.monitor import WORD, monitor

HELP = "tolong saya disekap di kamar"
CHIEF = "0000-1"


async def supervisor(hotline: Hotline) -> Staff:
    """Petugas 1, who can be called."""
    return await hotline.staff("sari", phone=CHIEF, role=Role.SUPERVISOR)


async def alarms(hotline: Hotline) -> list[tuple[str, str]]:
    """The watchman's standing alarms."""
    standing = await hotline.app.read(lambda uow: uow.alarms.standing())
    return sorted((each.kind, each.detail) for each in standing if each.kind.startswith("watch_"))


@pytest.fixture
def watchman(hotline: Hotline) -> Watchman:
    """One that has watched for longer than its time of grace."""
    return begun(hotline)


def begun(hotline: Hotline) -> Watchman:
    """A watchman past its time of grace, on whose machine no clock jumps."""
    made = Watchman(hotline.app, lambda: hotline.clock.now().timestamp())
    hotline.clock.forward(minutes=2)
    return made


@story
async def test_a_finding_is_one_alarm_until_it_is_over(
    hotline: Hotline, watchman: Watchman
) -> None:
    """Seen three times it is one alarm; when the worker is back it settles itself."""
    await supervisor(hotline)
    for _ in range(3):
        found = await watchman.look()
        assert [each.code for each in found] == [Code.WORKER_STOPPED]
    assert await alarms(hotline) == [("watch_worker_stopped", "")]
    await hotline.settle()
    assert await watchman.look() == ()
    assert await alarms(hotline) == []


@story
async def test_when_the_worker_stopped_the_watchman_calls_itself(
    hotline: Hotline, watchman: Watchman
) -> None:
    """Nobody would send a row: the phone of the supervisor rings all the same, once."""
    await supervisor(hotline)
    await watchman.look()
    await watchman.look()
    (text,) = hotline.phones.received[CHIEF]
    assert text.startswith("GANGGUAN: Program pekerja berhenti")
    assert text.endswith("/console/status")


@story
async def test_with_nobody_to_call_it_stands_on_the_screen(
    hotline: Hotline, watchman: Watchman
) -> None:
    """The last resort: whoever sits at the machine."""
    await watchman.look()
    (text,) = hotline.phones.received["screen"]
    assert "GANGGUAN" in text


@story
async def test_a_second_watchman_does_no_harm(hotline: Hotline, watchman: Watchman) -> None:
    """Two on one database: one alarm, one call."""
    await supervisor(hotline)
    second = begun(hotline)
    await watchman.look()
    await second.look()
    assert await alarms(hotline) == [("watch_worker_stopped", "")]
    assert len(hotline.phones.received[CHIEF]) == 1


@story
async def test_a_broken_store_is_told_with_the_addresses_of_before(
    hotline: Hotline, watchman: Watchman
) -> None:
    """The database goes away: whoever could be called at the last look is called now, once."""
    await supervisor(hotline)
    await hotline.settle()
    assert await watchman.look() == ()
    hotline.app.database.close()
    found = await watchman.look()
    assert [each.code for each in found] == [Code.DATABASE_DOWN]
    await watchman.look()
    (text,) = hotline.phones.received[CHIEF]
    assert "Basis data tidak menjawab" in text


@story
async def test_what_is_grave_is_told_through_the_outbox(
    hotline: Hotline, watchman: Watchman
) -> None:
    """With a worker at work supervisors are paged as for anything else: once, and in a case."""
    await supervisor(hotline)
    await hotline.says("ani", HELP)
    (case,) = await hotline.cases()
    await hotline.app.write(lambda uow: uow.escalations.resolve(case.id))
    await hotline.app.write(lambda uow: uow.pages.end(case.id))
    await hotline.forward(minutes=3)
    before = len(hotline.phones.received[CHIEF])
    await watchman.look()
    await watchman.look()
    await hotline.settle()
    (text,) = hotline.phones.received[CHIEF][before:]
    assert f"GANGGUAN: {case.reference} tidak punya langkah berikutnya" in text
    assert "/console/status" in text
    assert HELP not in text
    assert [each.id for each in await hotline.cases()] == [case.id]
    (outage,) = await hotline.app.read(lambda uow: uow.cases.open_of(CaseKind.OUTAGE))
    await hotline.app.write(lambda uow: uow.cases.close(case.id, CloseReason.HELPED, START))
    assert await watchman.look() == ()
    assert await hotline.app.read(lambda uow: uow.cases.open_of(CaseKind.OUTAGE)) == ()
    closed = await hotline.app.read(lambda uow: uow.cases.get(outage.id))
    assert closed.close_reason is CloseReason.HELPED


@story
async def test_a_case_that_is_cared_for_is_not_forgotten(hotline: Hotline) -> None:
    """Twelve hours after the last deed the supervisors are paged, once; a planned step is enough."""
    chief = await supervisor(hotline)
    await hotline.says("ani", HELP)
    (case,) = await hotline.cases()
    await hotline.takes(chief, case)
    app, now = hotline.app, hotline.clock.now()
    await app.write(lambda uow: care_given.reached(uow, case, chief, "", now))
    await hotline.forward(hours=11, minutes=57)
    watchman = begun(hotline)
    await hotline.settle()
    assert await watchman.look() == ()
    before = len(hotline.phones.received[CHIEF])
    await hotline.forward(minutes=1)
    for _ in range(3):
        found = await watchman.look()
        assert [(each.code, each.severity) for each in found] == [
            (Code.NO_NEXT_STEP, Severity.GRAVE)
        ]
        await hotline.forward(minutes=1)
    (text,) = hotline.phones.received[CHIEF][before:]
    assert f"{case.reference} tidak punya langkah berikutnya" in text
    now, due = hotline.clock.now(), hotline.clock.now() + timedelta(days=2)
    await app.write(
        lambda uow: next_steps.plan(uow, case, chief, chief, "telepon", due, app.office, now)
    )
    assert await watchman.look() == ()


@story
async def test_the_heartbeat_leaves_only_when_all_is_well(hotline: Hotline) -> None:
    """A grave finding is silence outside; the address stands in no log line."""
    with monitor() as ear, capture_logs() as lines:
        settings = hotline.app.settings.model_copy(update={"heartbeat_url": ear.url})
        object.__setattr__(hotline.app, "settings", settings)
        watchman = begun(hotline)
        await hotline.settle()
        await watchman.look()
        assert len(ear.heard) == 1
        await hotline.says("ani", HELP)
        (case,) = await hotline.cases()
        await hotline.app.write(lambda uow: uow.escalations.resolve(case.id))
        await hotline.forward(minutes=3)
        found = await watchman.look()
        assert [each.code for each in found] == [Code.NO_NEXT_STEP]
        assert len(ear.heard) == 1
        now = hotline.clock.now()
        sent = await hotline.app.read(lambda uow: uow.beats.get("heartbeat"))
        assert sent is not None
        assert sent.at < now
    assert WORD not in str(lines)


@story
async def test_a_monitor_that_refuses_is_not_taken_for_a_heartbeat(hotline: Hotline) -> None:
    """Neither an error nor a redirection counts, and no redirection is followed."""
    for status in (500, 302):
        with monitor(status) as ear, capture_logs() as lines:
            settings = hotline.app.settings.model_copy(update={"heartbeat_url": ear.url})
            object.__setattr__(hotline.app, "settings", settings)
            watchman = begun(hotline)
            await hotline.settle()
            assert await watchman.look() == ()
            assert len(ear.heard) == 1
            assert await hotline.app.read(lambda uow: uow.beats.get("heartbeat")) is None
        (told,) = (line for line in lines if line["event"] == "heartbeat_failed")
        assert told["reason"] == f"http_{status}"


@story
async def test_the_doctor_tells_the_same(hotline: Hotline, watchman: Watchman) -> None:
    """Findings with their place in the runbook, the watchman itself, and a heartbeat not set."""
    await hotline.settle()
    now = hotline.clock.now()
    told = [(each.level, each.what) for each in watch_findings(hotline.app, now)]
    assert (Level.BROKEN, "the watchman does not run: nobody would notice a failure") in told
    assert any(level is Level.WARNING and "HEARTBEAT_URL" in what for level, what in told)
    await watchman.look()
    told = [(each.level, each.what) for each in watch_findings(hotline.app, now)]
    assert [level for level, _ in told] == [Level.WARNING]


@story
async def test_a_clock_that_jumps_is_found(hotline: Hotline) -> None:
    """Against a clock that only runs on; other findings get their time of grace again."""
    watchman = Watchman(hotline.app, lambda: 0.0)
    await hotline.settle()
    assert await watchman.look() == ()
    hotline.clock.forward(hours=2)
    assert [each.code for each in await watchman.look()] == [Code.CLOCK_JUMPED]
