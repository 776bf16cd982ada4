"""One writer thread that commits many jobs at once; readers beside it."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, create_engine, event

from bot.store.keys import Vault
from bot.store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
MOST_JOBS_IN_A_COMMIT = 100
BUSY_SECONDS = 30
CLOSE_SECONDS = 5.0

type Job[T] = Callable[[SqlUnitOfWork], T]


@dataclass
class _Queued:
    job: Job[Any]
    future: Future[Any] = field(default_factory=Future)


def open_engine(url: str) -> Engine:
    """An engine whose SQLite connections are durable (WAL, synchronous=FULL) and explicit.

    Every transaction of the writer begins IMMEDIATE: two processes never deadlock on an
    upgrade of a read lock.
    """
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


class Database:
    """The store: `write` hands a job to the writer, `read` runs one on a snapshot.

    A job is a function of a unit of work. Jobs that wait together share one commit
    (group commit), each in a savepoint of its own: a job that raises undoes only itself.
    The future of a job resolves after the commit, never before.
    """

    def __init__(self, url: str, vault: Vault, on_commit: Callable[[frozenset[str]], None]) -> None:
        self.engine = open_engine(url)
        self.vault = vault
        self._on_commit = on_commit
        self._closed = False
        self._reads = 0
        self._reads_changed = threading.Condition()
        self._queue: queue.SimpleQueue[_Queued | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def write[T](self, job: Job[T]) -> Future[T]:
        """Queue a job; its result, or what it raised, is in the future once committed."""
        queued = _Queued(job)
        self._queue.put(queued)
        return queued.future

    def read[T](self, job: Job[T]) -> T:
        """Run a job on a consistent snapshot; whatever it changes is thrown away."""
        with self._reader() as unit:
            return job(unit)

    @contextlib.contextmanager
    def _reader(self) -> Iterator[SqlUnitOfWork]:
        with self._reads_changed:
            if self._closed:
                raise RuntimeError("the database is closed")
            self._reads += 1
        try:
            with self.engine.connect() as connection:
                yield SqlUnitOfWork(connection, self.vault)
                connection.rollback()
        finally:
            with self._reads_changed:
                self._reads -= 1
                self._reads_changed.notify_all()

    @property
    def takes_writes(self) -> bool:
        """Whether the writer still lives."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Finish what is queued and being read, then let go."""
        self._queue.put(None)
        self._thread.join()
        with self._reads_changed:
            # A read in a thread goes on although whoever asked was cancelled.
            self._closed = True
            self._reads_changed.wait_for(lambda: not self._reads, CLOSE_SECONDS)
        self.engine.dispose()

    def _run(self) -> None:
        open_for_more = True
        while open_for_more:
            first = self._queue.get()
            if first is None:
                return
            batch = [first]
            while len(batch) < MOST_JOBS_IN_A_COMMIT:
                try:
                    more = self._queue.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    open_for_more = False
                    break
                batch.append(more)
            self._commit(batch)

    def _commit(self, batch: list[_Queued]) -> None:
        """One transaction; the whole batch fails together only if the commit itself does.

        A job whose caller has given up before it began is not begun.
        """
        batch = [queued for queued in batch if queued.future.set_running_or_notify_cancel()]
        done: list[tuple[_Queued, Any]] = []
        failed: list[tuple[_Queued, BaseException]] = []
        topics: set[str] = set()
        try:
            with (
                self.engine.connect().execution_options(begin="IMMEDIATE") as connection,
                connection.begin(),
            ):
                for queued in batch:
                    unit = SqlUnitOfWork(connection, self.vault)
                    try:
                        with connection.begin_nested():
                            result = queued.job(unit)
                    except Exception as error:
                        if _transaction_is_gone(connection):
                            raise
                        failed.append((queued, error))
                    else:
                        done.append((queued, result))
                        topics |= unit.topics
        except Exception as error:  # noqa: BLE001  # disk full, lock time-out: nothing was stored
            for queued in batch:
                queued.future.set_exception(error)
            # The log may lie on the same full disk: whoever waits comes first.
            with contextlib.suppress(OSError):
                log.error("commit_failed", error=type(error).__name__, jobs=len(batch))
            return
        for queued, result in done:
            queued.future.set_result(result)
        for queued, raised in failed:
            queued.future.set_exception(raised)
        if topics:
            self._on_commit(frozenset(topics))


def _transaction_is_gone(connection: Connection) -> bool:
    """Whether SQLite gave up the whole transaction, as it does on a full disk.

    What earlier jobs of the batch did is lost then, and a COMMIT would still succeed.
    """
    driver = connection.connection.dbapi_connection
    return not getattr(driver, "in_transaction", True)
