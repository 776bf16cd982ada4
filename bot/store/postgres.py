"""PostgreSQL as the store of several boxes: one writer at a time, connections that never hang."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import errors
from psycopg.abc import Buffer, PQGen
from psycopg.types.string import StrDumper
from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url

WRITER_LOCK = 0x74616E7961
"""The advisory lock of whoever writes, in all processes that share a database."""
NOTIFY_CHANNEL = "tanyadulu"
READS: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Execution options of a transaction that sees one moment and changes nothing."""

# A process that stalls inside a transaction loses it before those behind it give up.
_IDLE_SECONDS = 10
_LOCK_SECONDS = 20
_STATEMENT_SECONDS = 30
_PATIENCE_SECONDS = 40.0
_MIGRATION_SECONDS = 900.0
_CONNECT_SECONDS = 5
_KEEPALIVE = {"idle": 10, "interval": 5, "count": 3}
_TCP_MILLISECONDS = 20_000


class PatientConnection(psycopg.Connection[Any]):
    """Gives up on a server that says nothing any more although its machine still does."""

    patience = _PATIENCE_SECONDS

    def wait[T](self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait for an answer; OperationalError, with the connection closed, when none comes."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.patience)
        except errors._WaitTimeout as error:  # noqa: SLF001  # psycopg has no public name for it
            self.pgconn.finish()
            raise psycopg.OperationalError("the database does not answer") from error


class _TextDumper(StrDumper):
    """PostgreSQL knows no NUL in texts; a look-up with one finds nothing instead of failing."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))


def is_postgres(url: str) -> bool:
    """Whether a database URL names a PostgreSQL server."""
    return make_url(url).get_backend_name() == "postgresql"


def connect_arguments(url: str) -> dict[str, Any]:
    """What every connection gets: durable commits, limits on waiting, dead peers noticed.

    Options that the URL carries come last and win.
    """
    settings = {
        "synchronous_commit": "on",
        "lock_timeout": f"{_LOCK_SECONDS}s",
        "statement_timeout": f"{_STATEMENT_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{_IDLE_SECONDS}s",
        "tcp_user_timeout": _TCP_MILLISECONDS,
        **{f"tcp_keepalives_{name}": value for name, value in _KEEPALIVE.items()},
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return {
        "application_name": "tanyadulu",
        "connect_timeout": _CONNECT_SECONDS,
        "keepalives": 1,
        **{f"keepalives_{name}": value for name, value in _KEEPALIVE.items()},
        "tcp_user_timeout": _TCP_MILLISECONDS,
        "options": f"{options} {make_url(url).query.get('options', '')}".strip(),
    }


def open_postgres(url: str) -> Engine:
    """An engine whose writing transactions begin by waiting for the one lock of all writers.

    Under that lock services may read and then write as on SQLite. Every statement after it
    sees what was committed before (READ COMMITTED).
    """
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        connect_args=connect_arguments(url),
        hide_parameters=True,  # in errors, which end up in logs
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_size=8,
        pool_timeout=_CONNECT_SECONDS * 2,
    )

    @event.listens_for(engine, "do_connect")
    def _connect(
        _dialect: Dialect, _record: object, positional: Any, named: Any
    ) -> PatientConnection:
        connection = PatientConnection.connect(*positional, **named)
        connection.adapters.register_dumper(str, _TextDumper)
        return connection

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("begin") == "IMMEDIATE":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")

    return engine


def allow_long_work(connection: Connection) -> None:
    """Migrations may wait and work for minutes; the connection does not go back to the pool."""
    connection.detach()
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, PatientConnection)  # noqa: S101  # made by open_postgres
    driver.patience = _MIGRATION_SECONDS
    for limit in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
        driver.execute(f"SET {limit} = '{_MIGRATION_SECONDS:.0f}s'")
    driver.commit()


def has_lost_its_transaction(driver: Any) -> bool:
    """Whether a connection broke: a failed statement alone is undone by its savepoint."""
    return bool(driver.closed or driver.broken)
