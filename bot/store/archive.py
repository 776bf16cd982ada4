"""The file of a backup: tables as lines of JSON in a zip, with a manifest that seals them.

It knows no database: a backup made on SQLite can be read into PostgreSQL and the reverse.
Everything streams; nothing but one row is in memory.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast

FORMAT = 1
MANIFEST = "manifest.json"
MARK = "manifest.mark"

type Kind = Literal["data", "keys"]
type Value = str | int | float | bool | bytes | datetime | None
type Row = Sequence[Value]
type Marker = Callable[[str], str]
"""A keyed hash of a text: only who has the master key can make a backup that is believed."""


class ArchiveError(Exception):
    """The file is no backup that can be used; one line says why."""


@dataclass(frozen=True)
class Content:
    """What the manifest says of one table."""

    columns: tuple[str, ...]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself; `revision` is the shape of the database (Alembic)."""

    kind: Kind
    created_at: datetime
    revision: str
    dialect: str
    tables: Mapping[str, Content]


@dataclass(frozen=True)
class TableRows:
    """A table on its way into a backup."""

    name: str
    columns: tuple[str, ...]
    rows: Iterable[Row]


class Draft:
    """A file that nobody sees before `publish`: complete on the disk, for its owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(descriptor)
        self._temporary = Path(name)

    def write(
        self,
        kind: Kind,
        created_at: datetime,
        revision: str,
        dialect: str,
        tables: Iterable[TableRows],
        mark: Marker,
    ) -> Manifest:
        """Write everything and make it durable. OSError when the disk is full."""
        with self._temporary.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                contents = {table.name: _write_table(archive, table) for table in tables}
                manifest = Manifest(kind, created_at, revision, dialect, contents)
                text = json.dumps(
                    {"format": FORMAT, **asdict(manifest), "created_at": created_at.isoformat()},
                    indent=1,
                )
                archive.writestr(MANIFEST, text)
                archive.writestr(MARK, mark(text))
            file.flush()
            os.fsync(file.fileno())
        return manifest

    def publish(self) -> None:
        """Give it its name, in place of an older file of that name."""
        self._temporary.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def discard(self) -> None:
        """Leave nothing behind; nothing happens after `publish`."""
        self._temporary.unlink(missing_ok=True)


def _write_table(archive: zipfile.ZipFile, table: TableRows) -> Content:
    digest, count = hashlib.sha256(), 0
    with archive.open(_entry(table.name), "w", force_zip64=True) as file:
        for row in table.rows:
            values = [_to_json(value) for value in row]
            line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            file.write(line)
            count += 1
    return Content(table.columns, count, digest.hexdigest())


def _entry(table: str) -> str:
    return f"{table}.jsonl"


def _to_json(value: Value) -> object:
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        utc = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return {"utc": utc.isoformat()}
    return value


def _from_json(value: Any) -> Value:
    """The value as it was; times are aware."""
    if not isinstance(value, dict):
        return cast("Value", value)
    if "bytes" in value:
        return base64.b64decode(value["bytes"])
    return datetime.fromisoformat(value["utc"])


class Archive:
    """A backup that is open for reading."""

    def __init__(self, path: Path, files: zipfile.ZipFile, kind: Kind) -> None:
        self.path = path
        self._files = files
        with _damage_named(path):
            self._text = files.read(MANIFEST).decode()
            self._mark = files.read(MARK).decode()
            data = json.loads(self._text)
            if data.pop("format") != FORMAT:
                raise ArchiveError(f"{path} was written by a newer version: update first")
            self.manifest = Manifest(
                **{
                    **data,
                    "created_at": datetime.fromisoformat(data["created_at"]),
                    "tables": {
                        name: Content(tuple(each["columns"]), each["rows"], each["sha256"])
                        for name, each in data["tables"].items()
                    },
                }
            )
        if self.manifest.kind != kind:
            raise ArchiveError(f"{path} holds {self.manifest.kind}, not {kind}")

    def check_mark(self, mark: Marker) -> None:
        """Refuse what was not written with these keys: it may have been made up."""
        if not hmac.compare_digest(mark(self._text).encode(), self._mark.encode()):
            raise ArchiveError(
                f"{self.path} was altered, or belongs to another hotline than the keys"
            )

    def check_content(self) -> None:
        """Read all of it once: every table is what the manifest says."""
        for name, content in self.manifest.tables.items():
            digest, rows = hashlib.sha256(), 0
            for line in self._lines(name):
                digest.update(line)
                rows += 1
            if (rows, digest.hexdigest()) != (content.rows, content.sha256):
                raise ArchiveError(f"{self.path} was altered: {name} is not what it was")

    def rows(self, table: str) -> Iterator[list[Value]]:
        """The rows of one table."""
        with _damage_named(self.path):
            for line in self._lines(table):
                yield [_from_json(value) for value in json.loads(line)]

    def _lines(self, table: str) -> Iterator[bytes]:
        with _damage_named(self.path), self._files.open(_entry(table)) as file:
            yield from file


@contextmanager
def opened(path: Path, kind: Kind) -> Iterator[Archive]:
    """Open a backup. Raises `ArchiveError` for what is none, or is cut off."""
    try:
        files = zipfile.ZipFile(path)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise ArchiveError(f"{path} is no backup, or was cut off") from error
    with files:
        yield Archive(path, files, kind)


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    """What goes wrong while reading means that the file is damaged."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        ValueError,
        TypeError,
        NotImplementedError,
        OSError,
    ) as error:
        raise ArchiveError(f"{path} is damaged: it cannot be read to its end") from error
