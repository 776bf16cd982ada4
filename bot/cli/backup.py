"""Write everything to a backup, and start anew from one.

Two files: the data, of which old ones are kept, and the keys, of which only the newest is.
Both are useless without the master key, which is in neither.
"""

from __future__ import annotations

import fcntl
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC
from pathlib import Path
from typing import NoReturn

from bot.cli.common import CommandError, load_settings, prepare_data_dir, say
from bot.clock import SystemClock
from bot.settings import Settings
from bot.store import backup as data
from bot.store import key_backup as keys
from bot.store.archive import ArchiveError, Draft, opened
from bot.store.backup import BackupError, NotEmptyError
from bot.store.database import open_engine
from bot.store.keys import KeyMissingError, Vault

STAMP = "last_backup"
"""Its age in the data folder is the age of the newest backup; `doctor` looks at it."""
COUNTED = {"case_file": "cases", "conversation": "conversations", "inbound": "messages"}


def backup(file: Path, key_file: Path | None) -> None:
    """Write FILE and the newest keys. Raises `CommandError`; then nothing has changed."""
    settings = load_settings()
    prepare_data_dir(settings)
    key_file = key_file or default_key_file(file)
    masters = _masters(settings)
    store = settings.data_dir / "keys.db"
    if not settings.database_url and not store.exists():
        raise CommandError(f"there is nothing to back up in {settings.data_dir}")
    if not file.absolute().parent.is_dir():
        raise CommandError(f"there is no folder {file.parent}")
    clock = SystemClock()
    with ExitStack() as stack:
        stack.enter_context(_failures_in_one_line())
        vault = Vault.at(settings.database, store, masters)
        stack.callback(vault.close)
        mark = keys.marker(vault)
        _refuse_other_keys(key_file, vault)
        key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        drafts = [Draft(key_file), Draft(file)]
        for draft in drafts:
            stack.callback(draft.discard)
        engine = open_engine(settings.database)
        stack.callback(engine.dispose)
        manifest = data.dump(engine, drafts[1], clock.now(), mark)
        # After the data: a key is stored before what it seals, so none can be missing.
        keys.dump_keys(settings.database, store, drafts[0], clock.now(), mark)
        for draft in drafts:
            draft.publish()
        (settings.data_dir / STAMP).touch(mode=0o600)
    print(f"Backed up {_told(data.table_counts(manifest, *COUNTED))} to {file}")
    print(f"Keys: {key_file} (keep only this newest one, apart from {file.name})")
    if not settings.master_keys:
        say(f"Neither holds the master key: keep a copy of {settings.data_dir / 'master.key'}.")


def restore(file: Path, key_file: Path | None, *, replace: bool) -> None:
    """Start anew from FILE. Raises `CommandError`; then the database is as it was."""
    settings = load_settings()
    prepare_data_dir(settings)
    key_file = key_file or default_key_file(file)
    with ExitStack() as stack:
        stack.enter_context(_failures_in_one_line())
        backed_up = stack.enter_context(opened(file, "data"))
        key_backup = stack.enter_context(opened(key_file, "keys"))
        if key_backup.manifest.created_at < backed_up.manifest.created_at:
            raise CommandError(f"{key_file} is older than {file}: give the newest keys by --keys")
        masters = _masters(settings)
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.data_dir)
            )
        )
        key_backup.check_content()
        store, fresh = settings.data_dir / "keys.db", folder / "keys.db"
        keys.fill_key_file(fresh, keys.key_rows(key_backup))
        try:
            vault = Vault(fresh, masters)
        except KeyMissingError as error:
            raise CommandError(
                f"the master key at hand does not open {key_file}: {_where_masters(settings)}"
            ) from error
        stack.callback(vault.close)
        for archive in (key_backup, backed_up):
            archive.check_mark(keys.marker(vault))
        backed_up.check_content()
        stack.enter_context(_not_running(settings))
        engine = open_engine(settings.database)
        stack.callback(engine.dispose)
        data.refuse_when_used(engine)
        exchange = keys.Exchange(settings.database, store, fresh, vault, masters)
        try:
            data.load(engine, backed_up, replace=replace, before_commit=exchange.bring)
        except BaseException:
            exchange.undo()
            raise
        exchange.finish()
        erased = keys.erased_count(settings.database, store)
    made = backed_up.manifest.created_at.astimezone(UTC)
    print(
        f"Restored {_told(data.table_counts(backed_up.manifest, *COUNTED))} as of {made:%Y-%m-%d %H:%M} UTC"
    )
    if erased:
        print(f"{erased} erased keys stay erased: what they sealed cannot be read.")
    print("Look through ./tanyadulu staff list: whoever was disabled since then is back.")


def default_key_file(file: Path) -> Path:
    """Where the keys go unless told otherwise: one file for all backups of a folder."""
    return file.absolute().parent / "keys" / "newest.keys"


def _masters(settings: Settings) -> tuple[str, ...]:
    """The master keys; none is made here, for it would open nothing."""
    if settings.master_keys:
        return settings.master_keys
    try:
        return ((settings.data_dir / "master.key").read_text("ascii").strip(),)
    except (OSError, ValueError) as error:
        raise CommandError(f"there is no master key: {_where_masters(settings)}") from error


def _where_masters(settings: Settings) -> str:
    kept = settings.data_dir / "master.key"
    return f"set MASTER_KEYS to the one it was made with, or copy it to {kept}"


def _refuse_other_keys(key_file: Path, vault: Vault) -> None:
    """The newest keys of another hotline must not be lost by a wrong path."""
    if not key_file.exists():
        return
    try:
        with opened(key_file, "keys") as there:
            there.check_mark(keys.marker(vault))
    except ArchiveError as error:
        raise CommandError(f"{error}; choose another file by --keys, or remove it") from error


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {COUNTED[name]}" for name, count in counts.items())


@contextmanager
def _not_running(settings: Settings) -> Iterator[None]:
    """`up` cannot start meanwhile; servers that run without it are found by the database."""
    with (settings.data_dir / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError(f"{settings.data_dir} is in use: stop TanyaDulu first") from error
        yield


@contextmanager
def _failures_in_one_line() -> Iterator[None]:
    """Also an end by SIGTERM leaves no half file."""
    signal.signal(signal.SIGTERM, _end)
    try:
        yield
    except NotEmptyError as error:
        raise CommandError(
            f"{error}: give --replace to lose what it holds (make a backup of that first)"
        ) from error
    except (ArchiveError, BackupError, KeyMissingError, ValueError) as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise CommandError(f"{where}{error.strerror or error}; nothing was changed") from error


def _end(*_: object) -> NoReturn:
    sys.exit(143)
