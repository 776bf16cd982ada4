"""Hear of what other processes commit, without waiting for the next poll.

PostgreSQL tells by NOTIFY, in the commit itself. SQLite only shows that something changed.
"""

from __future__ import annotations

import secrets
import select
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
import structlog
from sqlalchemy import Connection, make_url, text

from bot.store.postgres import NOTIFY_CHANNEL, PatientConnection, connect_arguments

log = structlog.get_logger()
LOOK_SECONDS = 0.1
RECONNECT_SECONDS = 1.0
PROBE_SECONDS = 15.0
_ALL = "*"
_LONGEST_PAYLOAD = 7900  # PostgreSQL refuses 8,000 bytes


class DataVersion:
    """Whether another connection has changed an SQLite file since the last look.

    Must be asked on the connection that this process writes with: its own commits do not count.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._seen = self._read()
        self._looked_at = time.monotonic()

    def _read(self) -> int:
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version

    def changed(self) -> bool:
        """Look again; costs a few microseconds, and nothing when the last look was just now."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS / 2:
            return False
        self._looked_at = now
        before, self._seen = self._seen, self._read()
        return self._seen != before


class Notifier:
    """Tells the other processes on a PostgreSQL database which topics a commit is about."""

    def __init__(self) -> None:
        self.origin = secrets.token_hex(4)

    def tell(self, connection: Connection, topics: Iterable[str]) -> None:
        """Part of the transaction: nobody hears of what was not committed."""
        payload = " ".join((self.origin, *sorted(topics)))
        if len(payload) > _LONGEST_PAYLOAD:
            payload = f"{self.origin} {_ALL}"
        connection.execute(
            text("SELECT pg_notify(:channel, :payload)"),
            {"channel": NOTIFY_CHANNEL, "payload": payload},
        )


class Listener:
    """A thread with a connection of its own that hears the notifiers of other processes.

    It reconnects for as long as it lives; after a gap everybody is woken.
    """

    def __init__(
        self,
        url: str,
        origin: str,
        on_topics: Callable[[frozenset[str]], None],
        on_anything: Callable[[], None],
    ) -> None:
        self._url = url
        self._origin = origin
        self._on_topics = on_topics
        self._on_anything = on_anything
        self._mine, self._wakeup = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and its connection."""
        self._wakeup.close()
        self._thread.join()
        self._mine.close()

    def _run(self) -> None:
        while not self._closing(0):
            try:
                self._listen()
            except (psycopg.Error, OSError) as error:
                log.warning("listener_lost", error=type(error).__name__)
                if self._closing(RECONNECT_SECONDS):
                    return

    def _closing(self, seconds: float) -> bool:
        return bool(select.select([self._mine], [], [], seconds)[0])

    def _listen(self) -> None:
        with self._connect() as connection:
            connection.execute(f"LISTEN {NOTIFY_CHANNEL}".encode())
            self._on_anything()
            probed = time.monotonic()
            sources: list[int] = [self._mine.fileno(), connection.fileno()]
            while True:
                ready, _, _ = select.select(sources, [], [], PROBE_SECONDS)
                if sources[0] in ready:
                    return
                for notification in connection.notifies(timeout=0):
                    self._heard(notification.payload)
                if time.monotonic() - probed > PROBE_SECONDS:
                    connection.execute(b"SELECT 1")
                    probed = time.monotonic()

    def _connect(self) -> PatientConnection:
        url = make_url(self._url)
        named = url.translate_connect_args(username="user", database="dbname")
        named |= {**url.query, **connect_arguments(self._url)}
        return PatientConnection.connect(autocommit=True, **named)

    def _heard(self, payload: str) -> None:
        origin, *topics = payload.split(" ")
        if origin == self._origin:
            return
        if topics == [_ALL]:
            self._on_anything()
        else:
            self._on_topics(frozenset(topics))
