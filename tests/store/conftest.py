"""An empty database of each kind, opened as the product opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.keyfile import new_key
from bot.store.database import Database, open_engine
from bot.store.keys import Vault
from bot.store.migrate import upgrade
from tests.postgres import PostgresServer

type OpenVault = Callable[..., Vault]


@pytest.fixture
def database_url(url_of: Callable[[Path], str], tmp_path: Path) -> str:
    """The URL of the database of this test."""
    return url_of(tmp_path) or f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def vault_with(database_url: str, tmp_path: Path) -> Iterator[OpenVault]:
    """Opens the key store with some master keys."""
    with ExitStack() as open_ones:

        def open_one(*masters: str) -> Vault:
            vault = Vault.at(database_url, tmp_path / "keys.db", masters)
            open_ones.callback(vault.close)
            return vault

        yield open_one


@pytest.fixture
def opened(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Database]]:
    """Opens the database as another process would, with the arguments of Database."""
    master = new_key()
    with ExitStack() as open_ones:

        def open_one(
            on_commit: Callable[[frozenset[str]], None] = lambda _topics: None,
            on_other: Callable[[], None] = lambda: None,
        ) -> Database:
            vault = Vault.at(database_url, tmp_path / "keys.db", [master])
            open_ones.callback(vault.close)
            database = Database(database_url, vault, on_commit, on_other)
            open_ones.callback(database.close)
            upgrade(database.engine)
            return database

        yield open_one


@pytest.fixture
def database(opened: Callable[..., Database]) -> Database:
    """One opened database."""
    return opened()


@pytest.fixture
def engine(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """An engine on a database without any table."""
    if dialect == "sqlite":
        engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
        yield engine
        engine.dispose()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database(migrated=False) as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()
