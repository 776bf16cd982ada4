"""The store of one process: a writer, and readers beside it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from bot.store.keys import Vault
from bot.store.postgres import READS as READS_POSTGRES
from bot.store.postgres import is_postgres, open_postgres
from bot.store.unit_of_work import SqlUnitOfWork
from bot.store.watch import Listener, Notifier
from bot.store.writer import Job, Writer

__all__ = ["Database", "Job", "open_engine"]

BUSY_SECONDS = 30
CLOSE_SECONDS = 5.0
_READS_SQLITE = {"query_only": "ON"}


def open_engine(url: str) -> Engine:
    """An engine on whose database one process writes at a time.

    A transaction that writes has the execution option begin="IMMEDIATE" and waits at its start
    for the others: nothing is ever written upon what has changed since it was read.
    """
    return open_postgres(url) if is_postgres(url) else _open_sqlite(url)


def _open_sqlite(url: str) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        hide_parameters=True,  # in errors, which end up in logs
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(f"PRAGMA query_only={options.get('query_only', 'OFF')}")
        connection.exec_driver_sql(f"BEGIN {options.get('begin', 'DEFERRED')}")

    return engine


class Database:
    """The store: `write` hands a job to the writer, `read` runs one on a snapshot.

    A job is a function of a unit of work. `on_commit` is told the topics of a commit, of this
    process and of others; `on_other` that another process committed something. Both are called
    from threads of the store.
    """

    def __init__(
        self,
        url: str,
        vault: Vault,
        on_commit: Callable[[frozenset[str]], None],
        on_other: Callable[[], None] = lambda: None,
    ) -> None:
        self.engine = open_engine(url)
        self.vault = vault
        self._url = url
        self._on_commit = on_commit
        self._on_other = on_other
        self._closed = False
        self._reads = 0
        self._reads_changed = threading.Condition()
        self._listener: Listener | None = None
        self._notifier = Notifier() if is_postgres(url) else None
        self._reading = self.engine.execution_options(
            **(_READS_SQLITE if self._notifier is None else READS_POSTGRES)
        )
        self._writer = Writer(self.engine, vault, self._notifier, on_commit, on_other)

    def listen(self) -> None:
        """Hear from now on what other processes commit; on SQLite the writer always looks."""
        if self._notifier is not None and self._listener is None:
            self._listener = Listener(
                self._url, self._notifier.origin, self._on_commit, self._on_other
            )

    def write[T](self, job: Job[T]) -> Future[T]:
        """Queue a job; its result, or what it raised, is in the future once committed."""
        return self._writer.put(job)

    def read[T](self, job: Job[T]) -> T:
        """Run a job on a consistent snapshot; the database refuses whatever it would change."""
        with self._reader() as unit:
            return job(unit)

    @contextlib.contextmanager
    def _reader(self) -> Iterator[SqlUnitOfWork]:
        with self._reads_changed:
            if self._closed:
                raise RuntimeError("the database is closed")
            self._reads += 1
        try:
            with self._reading.connect() as connection:
                yield SqlUnitOfWork(connection, self.vault)
                connection.rollback()
        finally:
            with self._reads_changed:
                self._reads -= 1
                self._reads_changed.notify_all()

    @property
    def takes_writes(self) -> bool:
        """Whether the writer still lives."""
        return self._writer.lives

    def close(self) -> None:
        """Finish what is queued and being read, then let go."""
        self._writer.close()
        if self._listener is not None:
            self._listener.close()
        with self._reads_changed:
            # A read in a thread goes on although whoever asked was cancelled.
            self._closed = True
            self._reads_changed.wait_for(lambda: not self._reads, CLOSE_SECONDS)
        self.engine.dispose()
