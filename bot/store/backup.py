"""All tables of a database into a backup, and back, whichever database it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from alembic import command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import (
    Connection,
    DateTime,
    Engine,
    MetaData,
    Table,
    func,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError

from bot.store.archive import Archive, ArchiveError, Draft, Manifest, Marker, TableRows, Value
from bot.store.migrate import config
from bot.store.postgres import allow_long_work

AT_ONCE = 500
"""Rows in memory at a time."""
VERSION_TABLE = "alembic_version"
KEY_TABLE = "data_key"
FORGOTTEN = frozenset({"staff_session"})
"""Tables whose rows stay out: nobody is signed in again by a restore."""
MAKES_ITSELF = frozenset({"channel_state", "alarm", "schedule", "beat"})
"""Tables that a hotline fills by running, before anybody has written."""


class BackupError(Exception):
    """The database cannot be written to a backup or read from one; one line says why."""


class NotEmptyError(BackupError):
    """Somebody's data would be replaced."""


def dump(engine: Engine, draft: Draft, now: datetime, mark: Marker) -> Manifest:
    """Write one consistent moment of the database while others go on writing.

    Raises `BackupError` when there is nothing to back up or the database fails, and OSError
    when the file cannot be written.
    """
    snapshot: dict[str, Any] = {}
    if engine.dialect.name == "postgresql":
        snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with _told(), _connected(engine, **snapshot) as connection, connection.begin():
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None:
            raise BackupError("there is nothing to back up: the database was never started")
        tables = _tables(connection)
        parts = (_outgoing(connection, table) for table in tables)
        return draft.write("data", now, revision, engine.dialect.name, parts, mark)


@contextmanager
def _told() -> Iterator[None]:
    """What the driver says, in one line, without the statement and its values."""
    try:
        yield
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or type(error).__name__)
        raise BackupError(f"the database refused: {' '.join(said.split())[:200]}") from error


@contextmanager
def _connected(engine: Engine, **options: Any) -> Iterator[Connection]:
    """A connection that may take minutes."""
    with engine.connect().execution_options(**options) as connection:
        if engine.dialect.name == "postgresql":
            allow_long_work(connection)
        yield connection


def _tables(connection: Connection) -> list[Table]:
    """The tables that are there, each after those that it refers to.

    They are looked up, not taken from bot.store.tables: a backup must also be possible just
    before an upgrade.
    """
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in {VERSION_TABLE, KEY_TABLE}]


def _outgoing(connection: Connection, table: Table) -> TableRows:
    columns = tuple(column.name for column in table.columns)
    if table.name in FORGOTTEN:
        return TableRows(table.name, columns, ())
    return TableRows(table.name, columns, _stream(connection, table))


def _stream(connection: Connection, table: Table) -> Iterator[tuple[Value, ...]]:
    rows = connection.execution_options(yield_per=AT_ONCE).execute(select(table))
    for row in rows:
        yield tuple(row)


def load(
    engine: Engine,
    archive: Archive,
    *,
    replace: bool,
    before_commit: Callable[[Connection], None],
) -> None:
    """Fill the database from a backup and bring it up to date, in one transaction.

    Whatever goes wrong, the database stays as it was. Raises `NotEmptyError` when it holds
    something and `replace` is false, `BackupError` when somebody uses it or it refuses, and
    `ArchiveError` when the backup does not fit.
    """
    with _told(), _connected(engine, begin="IMMEDIATE") as connection, connection.begin():
        if not replace and _holds_something(connection):
            raise NotEmptyError("the database is not empty")
        _drop_all(connection)
        _migrate(connection, archive)
        _fill(connection, archive)
        command.upgrade(config(connection), "head")
        before_commit(connection)


def refuse_when_used(engine: Engine) -> None:
    """A server that goes on would mix what it remembers with what is restored.

    To be called before this process opens other connections. Raises `BackupError`.
    """
    with _told():
        used = _is_used(engine)
    if used:
        raise BackupError("the database is in use: stop servers and workers first")


def _is_used(engine: Engine) -> bool:
    if engine.dialect.name != "postgresql":
        return _sqlite_is_used(engine)
    with engine.connect() as connection:
        others = connection.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        )
        connection.rollback()
    return bool(others)


def _sqlite_is_used(engine: Engine) -> bool:
    """Leaving WAL needs the file for oneself alone; the next connection goes back to it."""
    connection: Any = engine.raw_connection()
    try:
        driver = connection.dbapi_connection
        driver.execute("PRAGMA busy_timeout = 1000")
        try:
            driver.execute("PRAGMA journal_mode = DELETE")
        except engine.dialect.loaded_dbapi.OperationalError as error:
            if "locked" in str(error):
                return True
            raise BackupError(f"the database cannot be opened ({error})") from error
    finally:
        connection.invalidate()
        connection.close()
    return False


def _holds_something(connection: Connection) -> bool:
    return any(
        _has_rows(connection, table)
        for table in _tables(connection)
        if table.name not in MAKES_ITSELF
    )


def _has_rows(connection: Connection, table: Table) -> bool:
    return connection.scalar(select(1).select_from(table).limit(1)) is not None


def _drop_all(connection: Connection) -> None:
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name != KEY_TABLE)
    found.drop_all(connection)
    if connection.dialect.name == "postgresql":
        # Functions of triggers outlive their tables.
        functions = connection.scalars(
            text(
                "SELECT p.oid::regprocedure::text FROM pg_proc p "
                "WHERE p.pronamespace = current_schema()::regnamespace AND NOT EXISTS "
                "(SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
            )
        ).all()
        for function in functions:
            connection.exec_driver_sql(f"DROP FUNCTION {function} CASCADE")


def _migrate(connection: Connection, archive: Archive) -> None:
    """The shape that the backup was made from."""
    settings = config(connection)
    revision = archive.manifest.revision
    try:
        ScriptDirectory.from_config(settings).get_revision(revision)
    except CommandError as error:
        raise ArchiveError(
            f"{archive.path} was made by a newer version: update this one first"
        ) from error
    command.upgrade(settings, revision)


def _fill(connection: Connection, archive: Archive) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    contents = archive.manifest.tables
    tables = {table.name: table for table in _tables(connection)}
    if set(tables) != set(contents):
        raise ArchiveError(f"{archive.path} does not hold the tables of its version")
    for name, table in tables.items():
        if _has_rows(connection, table):  # a migration put them there: they are in the backup too
            connection.execute(table.delete())
        columns = contents[name].columns
        if set(columns) != {column.name for column in table.columns}:
            raise ArchiveError(f"{archive.path} does not hold the columns of {name}")
        batch: list[Mapping[str, Value]] = []
        for row in archive.rows(name):
            batch.append(_fitted(table, dict(zip(columns, row, strict=True))))
            if len(batch) == AT_ONCE:
                connection.execute(table.insert(), batch)
                batch = []
        if batch:
            connection.execute(table.insert(), batch)
        _count_on(connection, table)


def _fitted(table: Table, row: dict[str, Value]) -> dict[str, Value]:
    """Times with a zone where the column has one, else naive UTC."""
    for name, value in row.items():
        if isinstance(value, datetime):
            kind = table.columns[name].type
            zoned = isinstance(kind, DateTime) and kind.timezone
            row[name] = value if zoned else value.astimezone(UTC).replace(tzinfo=None)
    return row


def _count_on(connection: Connection, table: Table) -> None:
    """The next number that PostgreSQL gives comes after those that were restored."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key.columns:
        if column.autoincrement is True or column.identity or column.server_default is not None:
            newest = connection.scalar(select(func.max(column)))
            sequence = connection.scalar(
                select(func.pg_get_serial_sequence(table.name, column.name))
            )
            if sequence and newest is not None:
                connection.execute(select(func.setval(sequence, newest)))


def table_counts(manifest: Manifest, *names: str) -> dict[str, int]:
    """How many rows of some tables a backup holds; 0 for one that its version did not have."""
    return {name: manifest.tables[name].rows if name in manifest.tables else 0 for name in names}
