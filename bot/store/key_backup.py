"""The key store into its own backup file, and back: what is erased anywhere stays erased."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, delete, func, insert, select, update
from sqlalchemy.schema import CreateSchema

from bot.store.archive import Archive, Draft, Manifest, Marker, Row, TableRows
from bot.store.keys import (
    ERASED,
    LOOKUP_KEY,
    KeyMissingError,
    Vault,
    data_keys,
    open_key_file,
    open_keys,
)
from bot.store.postgres import is_postgres

AT_ONCE = 500
COLUMNS = ("name", "master", "wrapped")
SCHEMA = "keys"


def marker(vault: Vault) -> Marker:
    """Marks manifests; another hotline has other marks, for its look-up key differs."""
    return lambda text: vault.lookup("backup", text)


def dump_keys(url: str, file: Path, draft: Draft, now: datetime, mark: Marker) -> Manifest:
    """Write all wrapped keys and the names of erased ones; the master key is not among them."""
    with _disposed(open_keys(url, file)) as engine, engine.connect() as connection:
        tables = [TableRows(data_keys.name, COLUMNS, _rows(connection))]
        return draft.write("keys", now, "", engine.dialect.name, tables, mark)


def key_rows(archive: Archive) -> Iterator[Row]:
    """The rows of a key backup."""
    return iter(archive.rows(data_keys.name))


def fill_key_file(path: Path, rows: Iterable[Row]) -> None:
    """Make a key store in a file of its own, to look whether the master key opens it."""
    with _disposed(open_key_file(path)) as engine, engine.begin() as connection:
        _merge(connection, rows)


def erased_count(url: str, file: Path) -> int:
    """How many keys are gone for good."""
    with _disposed(open_keys(url, file)) as engine, engine.connect() as connection:
        gone = select(func.count()).where(data_keys.c.wrapped == ERASED)
        return connection.scalar(gone) or 0


class Exchange:
    """Puts restored keys in place just before the data is committed.

    Keys of the same hotline are merged: what was erased since the backup stays erased. Those
    of another one make room: on PostgreSQL in the transaction of the data, else the file is
    set aside until the commit is certain.
    """

    def __init__(
        self, url: str, file: Path, restored: Path, vault: Vault, masters: Sequence[str]
    ) -> None:
        self._file = None if is_postgres(url) else file
        self._restored = restored
        self._aside = file.with_name(f"{file.name}.replaced")
        self._same = False
        if self._file is None or self._file.exists():
            with _disposed(open_keys(url, file)) as engine:
                self._same = _is_same_hotline(engine, vault, masters)

    def bring(self, connection: Connection) -> None:
        """Make the restored keys usable; `connection` is about to commit the data."""
        with _disposed(open_key_file(self._restored)) as source, source.connect() as reading:
            if self._file is None:
                self._bring_beside(connection, _rows(reading))
            else:
                self._bring_file(self._file, _rows(reading))

    def _bring_beside(self, connection: Connection, rows: Iterable[Row]) -> None:
        connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
        table = data_keys.to_metadata(MetaData(), schema=SCHEMA)
        table.create(connection, checkfirst=True)
        if not self._same:
            connection.execute(delete(table))
        _merge(connection, rows, schema=SCHEMA)

    def _bring_file(self, file: Path, rows: Iterable[Row]) -> None:
        if not self._same and file.exists():
            file.replace(self._aside)
            _forget_journal(file)
        with _disposed(open_key_file(file)) as engine, engine.begin() as connection:
            _merge(connection, rows)

    def undo(self) -> None:
        """Put back what was set aside."""
        if self._file is not None and self._aside.exists():
            _forget_journal(self._file)
            self._aside.replace(self._file)

    def finish(self) -> None:
        """The commit is certain."""
        if self._file is not None:
            self._aside.unlink(missing_ok=True)


def _rows(connection: Connection) -> Iterator[Row]:
    wanted = select(*(data_keys.c[name] for name in COLUMNS))
    for row in connection.execution_options(yield_per=AT_ONCE).execute(wanted):
        yield tuple(row)


def _merge(connection: Connection, rows: Iterable[Row], schema: str | None = None) -> None:
    """Add the keys that are missing; one that is erased in either place is erased."""
    table = data_keys if schema is None else data_keys.to_metadata(MetaData(), schema=schema)
    for batch in itertools.batched(rows, AT_ONCE, strict=False):
        given = {str(row[0]): dict(zip(COLUMNS, row, strict=True)) for row in batch}
        known = set(connection.scalars(select(table.c.name).where(table.c.name.in_(given))))
        new = [row for name, row in given.items() if name not in known]
        if new:
            connection.execute(insert(table), new)
        for name in known:
            if given[name]["wrapped"] == ERASED:
                gone = update(table).where(table.c.name == name)
                connection.execute(gone.values(master="", wrapped=ERASED))


def _is_same_hotline(engine: Engine, vault: Vault, masters: Sequence[str]) -> bool:
    with engine.connect() as connection:
        there = connection.scalar(select(func.count()).where(data_keys.c.name == LOOKUP_KEY))
    if not there:
        return False
    try:
        return marker(Vault(engine, masters))("") == marker(vault)("")
    except KeyMissingError:
        return False


@contextmanager
def _disposed(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.dispose()


def _forget_journal(store: Path) -> None:
    for end in ("-wal", "-shm"):
        store.with_name(store.name + end).unlink(missing_ok=True)
