"""What one process commits wakes the others at once, on both databases."""

from __future__ import annotations

import asyncio
import time

from bot.store.unit_of_work import SqlUnitOfWork
from bot.store.watch import LOOK_SECONDS
from bot.wakes import Wakes
from tests.hotline import Hotline
from tests.store.ear import SOON_SECONDS, Ear, OpenOne, change, listening


def test_a_commit_is_heard_in_another_process(opened: OpenOne, dialect: str) -> None:
    """Within a tenth of a second or so; PostgreSQL also says what it is about."""
    ear = Ear()
    listening(opened, ear)
    speaker = opened()
    delays = []
    for _ in range(5):
        ear.anything.clear()
        began = time.monotonic()
        speaker.write(change("turns", "web")).result(10)
        assert ear.anything.wait(SOON_SECONDS)
        delays.append(time.monotonic() - began)
    assert min(delays) < 0.25
    assert dialect == "sqlite" or ear.topics == {"turns", "web"}


def test_its_own_commits_are_not_heard_twice(opened: OpenOne) -> None:
    """Otherwise every commit would make all loops of its own process look again."""
    ear, calls = Ear(), []
    database = listening(opened, ear)
    ear.on_other = lambda: calls.append("other")  # type: ignore[method-assign]
    database.write(change()).result(10)
    database.write(change()).result(10)
    time.sleep(0.4)
    assert not ear.anything.is_set()
    assert calls == []


def test_many_topics_wake_everybody(opened: OpenOne) -> None:
    """PostgreSQL carries 8,000 bytes in a notification."""
    ear = Ear()
    listening(opened, ear)
    opened().write(change(*(f"{number:032}" for number in range(400)))).result(10)
    assert ear.anything.wait(SOON_SECONDS)


def test_an_idle_process_looks_ten_times_a_second(opened: OpenOne, dialect: str) -> None:
    """Each look is one small statement; PostgreSQL is not asked at all. Counted, not timed."""
    if dialect != "sqlite":
        assert opened()._writer._kept is None
        return
    database = listening(opened, Ear())
    looks: list[str] = []

    def count(_uow: SqlUnitOfWork) -> None:
        kept = database._writer._kept
        assert kept is not None
        kept.connection.dbapi_connection.set_trace_callback(looks.append)  # type: ignore[union-attr]

    database.write(count).result(10)
    began = time.monotonic()
    time.sleep(1)
    seconds = time.monotonic() - began
    looked = looks.count("PRAGMA data_version")
    assert 0 < looked <= seconds / LOOK_SECONDS + 2


def test_a_wake_reaches_who_waits_in_another_process(hotline: Hotline, opened: OpenOne) -> None:
    """As a long poll on one server waits for what another one does."""

    async def wait() -> float:
        wakes = Wakes()
        wakes.attach()
        database = opened(wakes.wake, wakes.wake_all)
        database.listen()
        other = opened()
        await asyncio.wrap_future(database.write(change()))
        await asyncio.sleep(0.5)
        since = wakes.count("ani")
        began = time.monotonic()
        waiting = asyncio.create_task(wakes.wait("ani", 10, since))
        await asyncio.wrap_future(other.write(change("ani")))
        assert await waiting
        return time.monotonic() - began

    assert asyncio.run(wait()) < SOON_SECONDS
