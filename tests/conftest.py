"""Fixtures that all tests share, and which of them run on both databases."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
import structlog

from tests import hotline as hotlines
from tests.hotline import Hotline
from tests.postgres import PostgresServer, running_postgres
from tests.stack import Stack, running_assistant
from tests.standins.process import Running, stand_in

ON_BOTH_DATABASES = {"channels", "console", "journeys", "services", "store"}
DIALECTS = ["sqlite", "postgres"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What uses a database in these folders runs on SQLite and on PostgreSQL.

    A module about one of them names it in DATABASES.
    """
    folder = metafunc.definition.path.relative_to(Path(__file__).parent).parts[0]
    names = set(metafunc.fixturenames)
    has_one = hasattr(metafunc.module, "Hotline") and "tmp_path" in names
    if folder in ON_BOTH_DATABASES and (has_one or names & {"hotline", "url_of"}):
        dialects = getattr(metafunc.module, "DATABASES", DIALECTS)
        metafunc.parametrize("dialect", dialects, indirect=True)


@pytest.fixture
def dialect(request: pytest.FixtureRequest) -> str:
    """The database of this test."""
    return getattr(request, "param", "sqlite")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for all tests that need it; each gets databases of its own."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def telegram() -> Iterator[Running]:
    """Telegram's stand-in."""
    with stand_in("telegram") as running:
        yield running


@pytest.fixture(scope="module")
def twilio() -> Iterator[Running]:
    """Twilio's stand-in."""
    with stand_in("twilio") as running:
        yield running


@pytest.fixture
def url_of(dialect: str, request: pytest.FixtureRequest) -> Iterator[Callable[[Path], str]]:
    """The DATABASE_URL for a data folder: empty for SQLite, a fresh database on PostgreSQL."""
    if dialect == "sqlite":
        yield lambda _folder: ""
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with ExitStack() as databases:
        yield cache(lambda _folder: databases.enter_context(server.database()))


@pytest.fixture(autouse=True)
def _database(
    dialect: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every hotline of the test uses that database."""
    # Not asked for by name: pytest_generate_tests would take every test for one with a database.
    monkeypatch.setattr(hotlines, "url_of", request.getfixturevalue("url_of"))


@pytest.fixture
def hotline(tmp_path: Path) -> Iterator[Hotline]:
    """A hotline of its own for each test."""
    line = Hotline(tmp_path / "var")
    yield line
    line.close()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Rasa and the action server, started once for all tests that need them."""
    with running_assistant(tmp_path_factory.mktemp("assistant")) as running:
        yield running


@pytest.fixture(autouse=True)
def _plain_logs() -> Iterator[None]:
    """A test that sets up the logs of a process leaves them as they were for the next one."""
    handlers = logging.root.handlers[:]
    yield
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
