"""One writer, many jobs in a commit; nothing in clear; a log that can only grow."""

from __future__ import annotations

import asyncio
import errno
import io
import sqlite3
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bot.domain.cases import LogKind
from bot.keyfile import new_key
from bot.store.database import Database
from bot.store.keys import Vault
from bot.store.migrate import is_current, upgrade
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import START, Hotline

SECRET = "tolong saya dikunci di kamar, nama saya Rahayu 081200000000"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """An empty database."""
    vault = Vault(tmp_path / "keys.db", [new_key()])
    database = Database(f"sqlite:///{tmp_path / 'test.db'}", vault, lambda _topics: None)
    upgrade(database.engine)
    return database


def test_a_failing_job_undoes_only_itself(database: Database) -> None:
    """Jobs share a commit, not a fate."""
    hold = threading.Event()

    def wait(uow: SqlUnitOfWork) -> None:
        hold.wait(5)

    def fail(uow: SqlUnitOfWork) -> None:
        uow.conversations.for_sender("web", "gagal", START)
        raise RuntimeError("on purpose")

    database.write(wait)
    good = database.write(lambda uow: uow.conversations.for_sender("web", "baik", START).id)
    bad = database.write(fail)
    hold.set()
    assert good.result(5)
    with pytest.raises(RuntimeError, match="on purpose"):
        bad.result(5)
    assert database.read(lambda uow: uow.conversations.find_sender("web", "baik"))
    assert database.read(lambda uow: uow.conversations.find_sender("web", "gagal")) is None
    database.close()


def test_reads_change_nothing(database: Database) -> None:
    """The database refuses what a read tries to write, and the next write is allowed again."""
    with pytest.raises(DBAPIError, match=r"read.?only"):
        database.read(lambda uow: uow.conversations.for_sender("web", "ani", START))
    assert database.read(lambda uow: uow.conversations.find_sender("web", "ani")) is None
    database.close()


def test_a_full_disk_is_an_error_not_a_loss(database: Database) -> None:
    """Whoever shared the commit hears that nothing was stored; with space again all works."""
    hold = threading.Event()

    def limit(uow: SqlUnitOfWork) -> None:
        connection = uow.alarms._connection
        size = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count={size + 3}"))
        hold.wait(5)

    def small(uow: SqlUnitOfWork) -> bool:
        return uow.alarms.raise_once("small", "", START)

    def lots(uow: SqlUnitOfWork) -> None:
        for number in range(300):
            uow.alarms.raise_once("lots", f"{number:0200}", START)

    def unlimited(uow: SqlUnitOfWork) -> bool:
        uow.alarms._connection.execute(text("PRAGMA max_page_count=1073741823"))
        return uow.alarms.raise_once("small", "", START)

    database.write(limit)
    together: list[Future[Any]] = [database.write(job) for job in (small, lots, small)]
    hold.set()
    for future in together:
        with pytest.raises(OperationalError):
            future.result(30)
    assert database.read(lambda uow: uow.alarms.standing()) == ()
    assert database.write(unlimited).result(30)
    database.close()


class FullDisk(io.StringIO):
    """A log on the same full disk."""

    def write(self, text: str) -> int:
        """Fail as the disk does."""
        raise OSError(errno.ENOSPC, "no space left on device")


def test_the_writer_outlives_a_log_that_cannot_be_written(database: Database) -> None:
    """Who waits for a failed commit hears of it, and the next job is done."""

    def lots(uow: SqlUnitOfWork) -> None:
        connection = uow.alarms._connection
        size = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count={size}"))
        for number in range(300):
            uow.alarms.raise_once("lots", f"{number:0200}", START)

    def unlimited(uow: SqlUnitOfWork) -> bool:
        uow.alarms._connection.execute(text("PRAGMA max_page_count=1073741823"))
        return uow.alarms.raise_once("small", "", START)

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(FullDisk()))
    try:
        with pytest.raises(OperationalError):
            database.write(lots).result(10)
        assert database.write(unlimited).result(10)
        assert database.takes_writes
    finally:
        structlog.reset_defaults()
    database.close()


def test_the_case_log_can_only_grow(hotline: Hotline) -> None:
    """The database itself refuses to change or delete an entry."""

    async def journey() -> None:
        await hotline.says("ani", SECRET)
        for change in ("UPDATE case_log SET actor = 'x'", "DELETE FROM case_log"):

            def tamper(uow: SqlUnitOfWork, change: str = change) -> None:
                uow.alarms._connection.execute(text(change))

            with pytest.raises(IntegrityError, match="only grow"):
                await hotline.app.write(tamper)
        (case,) = await hotline.cases()
        log = await hotline.app.read(lambda uow: uow.cases.log_entries(case.id))
        assert log[0].kind is LogKind.OPENED

    asyncio.run(journey())


def test_the_files_hold_nothing_in_clear(hotline: Hotline, tmp_path: Path) -> None:
    """Neither the words nor the sender can be read from any file of the data folder."""

    async def journey() -> None:
        await hotline.says("sender-rahasia-ani", SECRET)
        await hotline.says("sender-rahasia-ani", "di sihanoukville")

    asyncio.run(journey())
    with sqlite3.connect(tmp_path / "var" / "tanyadulu.db") as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file.close()
    files = [path for path in (tmp_path / "var").rglob("*") if path.is_file()]
    assert len(files) >= 2
    everything = b"".join(path.read_bytes() for path in files)
    for word in ("Rahayu", "0812000", "dikunci", "sihanoukville", "sender-rahasia"):
        assert word.encode() not in everything


def test_migrations_lead_to_the_current_shape(tmp_path: Path) -> None:
    """An empty database is brought to this version, and a second run changes nothing."""
    vault = Vault(tmp_path / "keys.db", [new_key()])
    database = Database(f"sqlite:///{tmp_path / 'new.db'}", vault, lambda _topics: None)
    assert not is_current(database.engine)
    upgrade(database.engine)
    upgrade(database.engine)
    assert is_current(database.engine)
    database.close()
