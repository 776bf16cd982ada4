"""PostgreSQL going away, coming back, stalling: no acknowledged job is lost, nobody waits forever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.keyfile import new_key
from bot.store import postgres as product
from bot.store.database import Database
from bot.store.keys import Vault
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import START
from tests.postgres import PostgresServer, running_postgres
from tests.store.ear import SOON_SECONDS, Ear, OpenOne, change, listening

DATABASES = ["postgres"]


@pytest.fixture(scope="module")
def mortal() -> Iterator[PostgresServer]:
    """A server of its own, for tests that do it harm."""
    with running_postgres(durable=True) as server:
        yield server


@pytest.fixture
def endangered(mortal: PostgresServer) -> Iterator[Database]:
    """A database on it."""
    with mortal.database() as url:
        vault = Vault.at(url, Path(), [new_key()])
        database = Database(url, vault, lambda _topics: None)
        yield database
        database.close()
        vault.close()


def stored(database: Database) -> list[str]:
    """The alarms that are in the database, oldest first."""
    return [alarm.detail for alarm in reversed(database.read(lambda uow: uow.alarms.standing()))]


def raising(detail: str) -> Callable[[SqlUnitOfWork], bool]:
    """A job that stores one thing."""
    return lambda uow: uow.alarms.raise_once("test", detail, START)


def test_a_server_killed_again_and_again_loses_no_acknowledged_job(
    endangered: Database, mortal: PostgresServer
) -> None:
    """Jobs go on while it dies and comes back; those told "done" are there, each once."""
    over = threading.Event()
    done: list[str] = []
    failures: list[BaseException] = []

    def work(name: str) -> None:
        number = 0
        while not over.is_set():
            detail = f"{name} {number}"
            try:
                endangered.write(raising(detail)).result(30)
            except DBAPIError as error:
                failures.append(error)
                time.sleep(0.05)
            else:
                done.append(detail)
                number += 1

    workers = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for worker in workers:
        worker.start()
    for _ in range(3):
        time.sleep(0.5)
        before = len(done)
        mortal.kill()
        time.sleep(0.2)
        mortal.start()
        _until(lambda: len(done) > before + 20)  # noqa: B023 - called at once
    over.set()
    for worker in workers:
        worker.join()
    assert failures
    assert endangered.takes_writes
    kept = stored(endangered)
    assert len(kept) == len(set(kept))
    assert set(done) <= set(kept)


def test_an_idle_restart_costs_nothing(endangered: Database, mortal: PostgresServer) -> None:
    """Connections that died while nobody used them are replaced before the next job notices."""
    assert endangered.write(raising("before")).result(10)
    mortal.kill()
    mortal.start()
    assert endangered.write(raising("after")).result(10)
    assert stored(endangered) == ["before", "after"]


def test_a_connection_that_breaks_fails_its_whole_batch(database: Database) -> None:
    """Nobody of the batch is told that it is stored; the next batch has a new connection."""
    hold = threading.Event()

    def cut(uow: SqlUnitOfWork) -> None:
        uow.alarms._connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    database.write(lambda _uow: hold.wait(5))
    together: list[Future[Any]] = [
        database.write(job) for job in (raising("one"), cut, raising("two"))
    ]
    hold.set()
    for future in together:
        with pytest.raises(DBAPIError):
            future.result(10)
    assert database.write(raising("three")).result(10)
    assert stored(database) == ["three"]


def test_a_failed_statement_undoes_only_its_job(database: Database) -> None:
    """PostgreSQL refuses everything after an error, until the savepoint is rolled back."""
    hold = threading.Event()
    database.write(lambda _uow: hold.wait(5))
    good = database.write(raising("good"))
    bad = database.write(lambda uow: uow.alarms._connection.execute(text("SELECT 1/0")))
    also_good = database.write(raising("also good"))
    hold.set()
    with pytest.raises(DBAPIError):
        bad.result(10)
    assert good.result(10)
    assert also_good.result(10)
    assert stored(database) == ["good", "also good"]


def test_who_stalls_with_the_lock_loses_it(
    opened: OpenOne, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that hangs in the middle of a transaction does not stop the others."""
    monkeypatch.setattr(product, "_IDLE_SECONDS", 1)
    stalled, healthy = opened(), opened()
    hold = threading.Event()

    def stall(uow: SqlUnitOfWork) -> None:
        uow.alarms.raise_once("test", "stalled", START)
        hold.wait(20)

    began = time.monotonic()
    lost = stalled.write(stall)
    time.sleep(0.3)
    assert healthy.write(raising("healthy")).result(15)
    assert time.monotonic() - began < 10
    hold.set()
    with pytest.raises(DBAPIError):
        lost.result(10)
    assert stored(healthy) == ["healthy"]
    assert stalled.write(raising("again")).result(10)


def test_who_waits_too_long_for_the_lock_hears_it(
    opened: OpenOne, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job fails after a while; nothing hangs."""
    monkeypatch.setattr(product, "_LOCK_SECONDS", 1)
    database = opened()
    address = database_url.replace("+psycopg", "")
    with psycopg.connect(address) as holder:
        holder.execute(f"SELECT pg_advisory_xact_lock({product.WRITER_LOCK})".encode())
        began = time.monotonic()
        with pytest.raises(OperationalError, match="lock timeout"):
            database.write(raising("late")).result(15)
        assert time.monotonic() - began < 10
    assert database.write(raising("in time")).result(10)


def test_a_frozen_server_is_given_up(
    endangered: Database, mortal: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its machine still acknowledges packets, so that only our own deadline helps."""
    monkeypatch.setattr(product.PatientConnection, "patience", 1.0)
    assert endangered.write(raising("before")).result(10)
    first = psutil.Process(mortal.pid)
    everything = [first, *first.children()]
    for process in everything:
        process.suspend()
    began = time.monotonic()
    with pytest.raises(DBAPIError):
        endangered.write(raising("frozen")).result(30)
    assert time.monotonic() - began < 20
    for process in everything:
        process.resume()
    assert endangered.write(raising("after")).result(30)
    assert [kept for kept in stored(endangered) if kept != "frozen"] == ["before", "after"]


def test_two_processes_read_and_write_without_losing_an_update(opened: OpenOne) -> None:
    """What a job read before it writes is still true when it writes, whoever else writes."""
    one, other = opened(), opened()
    known = one.write(lambda uow: uow.conversations.for_sender("web", "ani", START)).result(10)

    def count(uow: SqlUnitOfWork) -> None:
        events = uow.conversations.tracker(known)
        uow.conversations.set_tracker(known, [*events, {"n": len(events)}])

    jobs = [database.write(count) for _ in range(100) for database in (one, other)]
    for job in jobs:
        job.result(60)
    events = other.read(lambda uow: uow.conversations.tracker(known))
    assert [event["n"] for event in events] == list(range(200))


def test_a_nul_finds_nothing(database: Database) -> None:
    """PostgreSQL knows no NUL in texts: a look-up with one must not fail."""
    assert database.read(lambda uow: uow.cases.find("TD\0-1")) is None
    assert database.write(raising("a\0b")).result(10)


def test_a_text_that_is_too_long_is_cut(database: Database) -> None:
    """Where the length of a text is not ours to choose, its end is left out."""
    assert database.write(raising("x" * 500)).result(10)
    assert not database.write(raising("x" * 500)).result(10)
    assert stored(database) == ["x" * 200]


def test_a_job_that_fails_wakes_nobody(opened: OpenOne) -> None:
    """Only what is committed is told."""
    ear = Ear()
    listening(opened, ear)

    def fail(uow: SqlUnitOfWork) -> None:
        change("turns")(uow)
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        opened().write(fail).result(10)
    assert not ear.anything.wait(0.3)


def test_a_listener_comes_back(opened: OpenOne, postgres: PostgresServer) -> None:
    """After its connection was cut everybody looks again, and what comes later is heard."""
    ear = Ear()
    listening(opened, ear)
    postgres.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    )
    assert ear.anything.wait(10)
    ear.anything.clear()
    ear.topics.clear()
    opened().write(change("turns")).result(10)
    assert ear.anything.wait(SOON_SECONDS)
    assert ear.topics == {"turns"}


def _until(reached: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)
