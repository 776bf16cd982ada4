"""SQLite on a full disk: whoever waits hears of it, and the writer lives on."""

from __future__ import annotations

import errno
import io
import threading
from concurrent.futures import Future
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.store.database import Database
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import START

DATABASES = ["sqlite"]


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
