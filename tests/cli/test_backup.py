"""Backups that are refused, damaged or cut short change nothing."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.bootstrap import App, build
from bot.cli import backup
from bot.cli.common import CommandError
from bot.clock import SystemClock
from bot.domain.messages import InboundMessage
from bot.keyfile import new_key
from bot.language.understanding import Understander
from bot.settings import Settings
from bot.store.archive import ArchiveError, Draft, opened
from bot.store.backup import dump, load
from bot.store.database import open_engine
from bot.store.key_backup import Exchange, fill_key_file, key_rows
from bot.store.keys import Vault
from bot.store.migrate import is_current, upgrade
from channels.inbound import take_in
from tests.ops.machine import Machine
from tests.postgres import PostgresServer

MASTER = new_key()


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """The commands narrow it for their process."""
    before = os.umask(0o077)
    yield
    os.umask(before)


class Office:
    """Data folders of one or more hotlines, and the commands used on them in this process."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.file = folder / "backups" / "today"
        self.keys = folder / "backups" / "keys" / "newest.keys"
        self.file.parent.mkdir()
        self._environment = monkeypatch
        monkeypatch.setenv("TANYADULU_PRACTICE", "1")
        self.use("old")

    def use(self, name: str, master: str = MASTER) -> Path:
        """From now on commands work on this data folder, with this master key."""
        self._environment.setenv("TANYADULU_DATA_DIR", str(self.folder / name))
        self._environment.setenv("MASTER_KEYS", master)
        return self.folder / name

    def app(self) -> App:
        """The product on that folder."""
        return build(Settings.model_validate({}), reader=Understander(None))

    def hear(self, *texts: str) -> None:
        """Somebody writes."""

        async def say() -> None:
            app = self.app()
            for said in texts:
                await take_in(app, InboundMessage("web", said, "budi", said, final=True))
            await app.close()

        asyncio.run(say())

    def said(self) -> list[str]:
        """What that person wrote, as it is there now."""
        app = self.app()
        try:
            known = app.database.read(lambda uow: uow.conversations.find_sender("web", "budi"))
            if known is None:
                return []
            lines = app.database.read(lambda uow: uow.lines.of(known))
            return [line.text for line in lines]
        finally:
            asyncio.run(app.close())

    def backup(self) -> None:
        """`tanyadulu backup FILE`."""
        backup.backup(self.file, None)

    def restore(self, *, replace: bool = False) -> None:
        """`tanyadulu restore FILE`."""
        backup.restore(self.file, None, replace=replace)

    def refused(self, act: Callable[[], None], words: str) -> None:
        """It fails with these words in one line."""
        with pytest.raises(CommandError) as caught:
            act()
        assert words in caught.value.message
        assert "\n" not in caught.value.message


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office whose hotline heard two messages."""
    made = Office(tmp_path, monkeypatch)
    made.hear("halo", "apa kabar")
    return made


def test_both_files_are_for_their_owner_only(office: Office) -> None:
    """Nobody else on the machine reads them, and the master key is in neither."""
    office.backup()
    for path in (office.file, office.keys):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with zipfile.ZipFile(path) as files:
            content = b"".join(files.read(name) for name in files.namelist())
        assert MASTER.encode() not in content
        assert b"apa kabar" not in content
        assert b"budi" not in content


def test_a_database_with_people_in_it_is_not_replaced_unasked(office: Office) -> None:
    """Only --replace loses what is there, and then all of it."""
    office.backup()
    office.hear("setelah itu")
    office.refused(office.restore, "--replace")
    assert office.said() == ["halo", "apa kabar", "setelah itu"]
    office.restore(replace=True)
    assert office.said() == ["halo", "apa kabar"]


def test_a_database_in_use_is_left_alone(office: Office) -> None:
    """A running server would mix what it remembers with what is restored."""
    office.backup()
    running = office.app()
    running.database.read(lambda uow: uow.alarms.standing())
    try:
        office.refused(lambda: office.restore(replace=True), "stop servers and workers first")
    finally:
        asyncio.run(running.close())
    assert office.said() == ["halo", "apa kabar"]


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.7, 0.99])
def test_a_file_that_was_cut_off_is_refused(office: Office, kept: float) -> None:
    """Wherever it ends, nothing of it is restored."""
    office.backup()
    whole = office.file.read_bytes()
    office.file.write_bytes(whole[: int(len(whole) * kept)])
    office.use("new")
    office.refused(office.restore, "was cut off")
    assert office.said() == []


def test_every_altered_byte_is_noticed(office: Office) -> None:
    """Bytes flipped here and there: either it is refused, or it was padding and all is there."""
    office.backup()
    whole = bytearray(office.file.read_bytes())
    office.use("new")
    refused = 0
    for position in range(0, len(whole), max(1, len(whole) // 40)):
        altered = bytearray(whole)
        altered[position] ^= 0x55
        office.file.write_bytes(altered)
        try:
            office.restore(replace=True)
        except CommandError:
            refused += 1
        else:
            assert office.said() == ["halo", "apa kabar"]
    assert refused > 20


def test_a_made_up_backup_is_refused(office: Office) -> None:
    """Whoever can write to the disk of backups cannot give themselves an account."""
    office.backup()
    rows: dict[str, bytes] = {}
    with zipfile.ZipFile(office.file) as files:
        for name in files.namelist():
            rows[name] = files.read(name)
    rows["manifest.json"] = rows["manifest.json"].replace(
        b'"dialect": "sqlite"', b'"dialect": "SQLITE"'
    )
    with zipfile.ZipFile(office.file, "w") as files:
        for name, content in rows.items():
            files.writestr(name, content)
    office.use("new")
    office.refused(office.restore, "was altered")


def test_another_master_key_is_named(office: Office) -> None:
    """The message says which key is missing, and no new one is made up."""
    office.backup()
    office.use("new", master=new_key())
    office.refused(office.restore, "the master key at hand does not open")
    folder = office.use("newer", master="")
    office.refused(office.restore, "there is no master key")
    assert not (folder / "master.key").exists()


def test_older_keys_than_the_data_are_refused(office: Office) -> None:
    """Keys of an earlier backup could not read all of it."""
    office.backup()
    earlier = office.keys.read_bytes()
    office.backup()
    office.keys.write_bytes(earlier)
    office.use("new")
    office.refused(office.restore, "give the newest keys")


def test_the_keys_of_another_hotline_are_not_overwritten(office: Office) -> None:
    """A wrong folder must not cost the only keys of others."""
    office.backup()
    before = office.keys.read_bytes()
    office.use("other")
    office.hear("halo dari tempat lain")
    office.refused(office.backup, "another hotline")
    assert office.keys.read_bytes() == before


def test_a_failure_at_the_end_leaves_everything_as_it_was(office: Office) -> None:
    """The disk is full just before the commit: data and keys of before are still there."""
    office.backup()
    folder = office.use("other")
    office.hear("halo dari tempat lain")
    restored = office.folder / "restored.db"
    with opened(office.keys, "keys") as archive:
        fill_key_file(restored, key_rows(archive))
    url, keys = Settings.model_validate({}).database, folder / "keys.db"
    exchange = Exchange(url, keys, restored, Vault(restored, [MASTER]), [MASTER])
    other = keys.read_bytes()

    def fail(connection: Connection) -> None:
        exchange.bring(connection)
        assert keys.read_bytes() != other
        raise OSError(28, "No space left on device")

    engine = open_engine(url)
    with opened(office.file, "data") as archive, pytest.raises(OSError, match="No space"):
        load(engine, archive, replace=True, before_commit=fail)
    engine.dispose()
    exchange.undo()
    assert office.said() == ["halo dari tempat lain"]


def test_a_full_disk_leaves_no_half_file(office: Office, tmp_path: Path) -> None:
    """The older backup stays, nothing else lies beside it."""
    office.backup()
    before = {path: path.read_bytes() for path in (office.file, office.keys)}
    office.hear(*(f"pesan {number} " + "x" * 3000 for number in range(100)))
    machine = Machine(tmp_path / "old", {"MASTER_KEYS": MASTER})

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = machine.run("backup", str(office.file), before=little_room)
    assert done.returncode == 1
    assert done.stderr == "tanyadulu: File too large; nothing was changed\n"
    assert {path: path.read_bytes() for path in before} == before
    assert {path.name for path in office.file.parent.iterdir()} == {"today", "keys"}
    assert {path.name for path in office.keys.parent.iterdir()} == {"newest.keys"}


def test_there_must_be_something_to_back_up(office: Office) -> None:
    """An empty folder is most likely the wrong one."""
    folder = office.use("nothing")
    office.refused(office.backup, "there is nothing to back up")
    assert not (folder / "tanyadulu.db").exists()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_of_an_older_version_is_brought_up_to_date(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Made before an upgrade, restored after it; one of a newer version is refused."""
    old = open_engine(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(old, "0001")
    with sqlite3.connect(tmp_path / "old.db") as file:
        file.execute("INSERT INTO person VALUES ('p1', '2026-11-01 10:00:00.000000')")
        file.execute("INSERT INTO identity VALUES ('i1', 'p1', 'web', 'hash')")
        file.execute("INSERT INTO alarm VALUES (7, '2026-11-01 10:00:00.000000', 'x', '', NULL)")
    file.close()
    draft = Draft(tmp_path / "backup")
    dump(old, draft, SystemClock().now(), len_mark)
    draft.publish()
    old.dispose()
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'new.db'}"
        if kind == "postgresql":
            server: PostgresServer = request.getfixturevalue("postgres")
            url = stack.enter_context(server.database())
        engine = open_engine(url)
        stack.callback(engine.dispose)
        with opened(tmp_path / "backup", "data") as archive:
            assert archive.manifest.revision == "0001"
            load(engine, archive, replace=False, before_commit=lambda _connection: None)
            assert is_current(engine)
            with engine.begin() as connection:
                raised = "INSERT INTO alarm (at, kind, detail) VALUES (CURRENT_TIMESTAMP, 'y', '')"
                number = connection.scalar(text(f"{raised} RETURNING id"))
                strong = connection.scalar(text("SELECT strong FROM identity"))
            assert (number, bool(strong)) == (8, True)
            newer = replace(archive.manifest, revision="9999")
            object.__setattr__(archive, "manifest", newer)
            with pytest.raises(ArchiveError, match="newer version"):
                load(engine, archive, replace=True, before_commit=lambda _connection: None)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM identity")) == 1


def len_mark(text: str) -> str:
    """A mark without any key."""
    return str(len(text))
