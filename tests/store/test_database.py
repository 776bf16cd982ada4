"""One writer, many jobs in a commit; nothing in clear; a log that can only grow."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.domain.cases import LogKind
from bot.store.database import Database
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import START, Hotline

SECRET = "tolong saya dikunci di kamar, nama saya Rahayu 081200000000"


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


def test_reads_change_nothing(database: Database) -> None:
    """The database refuses what a read tries to write, and the next write is allowed again."""
    with pytest.raises(DBAPIError, match=r"read.?only"):
        database.read(lambda uow: uow.conversations.for_sender("web", "ani", START))
    assert database.read(lambda uow: uow.conversations.find_sender("web", "ani")) is None


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


def test_the_files_hold_nothing_in_clear(
    hotline: Hotline, tmp_path: Path, dialect: str, request: pytest.FixtureRequest
) -> None:
    """Neither the words nor the sender can be read from any file of the database."""

    async def journey() -> None:
        await hotline.says("sender-rahasia-ani", SECRET)
        await hotline.says("sender-rahasia-ani", "di sihanoukville")

    asyncio.run(journey())
    if dialect == "postgres":
        folder = request.getfixturevalue("postgres").files_of(hotline.app.settings.database)
    else:
        folder = tmp_path / "var"
        with sqlite3.connect(folder / "tanyadulu.db") as file:
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.close()
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) >= 2
    everything = b"".join(path.read_bytes() for path in files)
    for word in ("Rahayu", "0812000", "dikunci", "sihanoukville", "sender-rahasia"):
        assert word.encode() not in everything
