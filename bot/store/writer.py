"""The one thread of a process that writes: it commits many waiting jobs at once."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Engine

from bot.store.keys import Vault
from bot.store.unit_of_work import SqlUnitOfWork, transaction_is_gone
from bot.store.watch import LOOK_SECONDS, DataVersion, Notifier

log = structlog.get_logger()
MOST_JOBS_IN_A_COMMIT = 100

type Job[T] = Callable[[SqlUnitOfWork], T]


@dataclass
class _Queued:
    job: Job[Any]
    future: Future[Any] = field(default_factory=Future)


class _LoneJobError(Exception):
    """The only job of a transaction failed: the transaction goes, and it alone is told."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Writer:
    """Takes jobs from a queue; each runs in a savepoint of a transaction shared by a batch.

    With a notifier (PostgreSQL) every commit tells the other processes. Without one (SQLite)
    the thread keeps its connection and looks ten times a second whether others have committed.
    """

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        notifier: Notifier | None,
        on_commit: Callable[[frozenset[str]], None],
        on_other: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._notifier = notifier
        self._on_commit = on_commit
        self._on_other = on_other
        self._kept: Connection | None = None
        self._version: DataVersion | None = None
        self._queue: queue.SimpleQueue[_Queued | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def put[T](self, job: Job[T]) -> Future[T]:
        """Queue a job; its future resolves after the commit, never before."""
        queued = _Queued(job)
        self._queue.put(queued)
        return queued.future

    @property
    def lives(self) -> bool:
        """Whether jobs are still done."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Finish what is queued."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_for_more = True
        while open_for_more:
            try:
                first = self._queue.get(timeout=None if self._notifier else LOOK_SECONDS)
            except queue.Empty:
                self._look()
                continue
            if first is None:
                break
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
            self._look()
        if self._kept is not None:
            self._kept.close()

    def _look(self) -> None:
        """Whether another process has written to the SQLite file meanwhile."""
        if self._version is not None and self._version.changed():
            self._on_other()

    @contextlib.contextmanager
    def _connection(self) -> Iterator[Connection]:
        if self._notifier is not None:
            with self._engine.connect().execution_options(begin="IMMEDIATE") as connection:
                yield connection
            return
        if self._kept is None:
            self._kept = self._engine.connect().execution_options(begin="IMMEDIATE")
            self._version = DataVersion(self._kept.connection.dbapi_connection)
        try:
            yield self._kept
        except BaseException:
            broken, self._kept, self._version = self._kept, None, None
            broken.invalidate()
            broken.close()
            raise

    def _commit(self, batch: list[_Queued]) -> None:
        """One transaction; the whole batch fails together only if the commit itself does.

        A job whose caller has given up before it began is not begun.
        """
        batch = [queued for queued in batch if queued.future.set_running_or_notify_cancel()]
        try:
            with (
                self._vault.new_keys() as new_keys,
                self._connection() as connection,
                connection.begin(),
            ):
                outcomes, topics = self._do(batch, connection)
                new_keys.store(connection)
                if topics and self._notifier is not None:
                    self._notifier.tell(connection, topics)
        except _LoneJobError as lone:
            batch[0].future.set_exception(lone.error)
            return
        except Exception as error:  # noqa: BLE001  # disk full, server gone: nothing was stored
            for queued in batch:
                queued.future.set_exception(error)
            # The log may lie on the same full disk: whoever waits comes first.
            with contextlib.suppress(OSError):
                log.error("commit_failed", error=type(error).__name__, jobs=len(batch))
            return
        for settle in outcomes:
            settle()
        if topics:
            self._on_commit(topics)

    def _do(
        self, batch: list[_Queued], connection: Connection
    ) -> tuple[list[Callable[[], None]], frozenset[str]]:
        """Run the jobs; how to tell each of them once it is committed, and whom to wake."""
        outcomes: list[Callable[[], None]] = []
        topics: set[str] = set()
        for queued in batch:
            unit = SqlUnitOfWork(connection, self._vault)
            # A job that shares its transaction with nobody needs no savepoint.
            own_part = contextlib.nullcontext() if len(batch) == 1 else connection.begin_nested()
            try:
                with own_part:
                    result = queued.job(unit)
            except Exception as error:
                if transaction_is_gone(connection):
                    raise
                if len(batch) == 1:
                    raise _LoneJobError(error) from error
                outcomes.append(partial(queued.future.set_exception, error))
            else:
                outcomes.append(partial(queued.future.set_result, result))
                topics |= unit.topics
        return outcomes, frozenset(topics)
