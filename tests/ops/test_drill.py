"""The drill: a backup while people write, the machine lost, a new one that knows everything."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import httpx2
import pytest

from bot.bootstrap import App, build
from bot.domain.cases import Case, CaseState, LogEntry, LogKind
from bot.keyfile import new_key
from bot.language.understanding import Understander
from bot.settings import Settings
from bot.store.keys import KeyMissingError
from bot.store.unit_of_work import SqlUnitOfWork
from tests.ops.machine import DANGER, Crowd, Machine
from tests.postgres import PostgresServer

ENOUGH = 8
"""Messages of each person before the backup begins."""


@contextmanager
def opened(machine: Machine) -> Iterator[App]:
    """The product on the data of a machine, without a server."""
    values = {name.lower(): value for name, value in machine.environment.items()}
    app = build(Settings.model_validate(values), reader=Understander(None))
    try:
        yield app
    finally:
        asyncio.run(app.close())


def drill(old: Machine, new: Machine, backups: Path) -> dict[str, list[str]]:
    """Back up while people write, kill everything, restore; what must be there at least."""
    backups.mkdir()
    old.start()
    crowd = Crowd(old)
    try:
        crowd.wait_for(ENOUGH)
        before = {name: list(said) for name, said in crowd.said.items()}
        done = old.run("backup", str(backups / "today"))
        assert done.returncode == 0, done.stderr
        crowd.wait_for(ENOUGH + 5)  # it went on meanwhile
    finally:
        crowd.stop()
        old.stop(signal.SIGKILL)
    done = new.run("restore", str(backups / "today"))
    assert done.returncode == 0, done.stderr
    assert "3 cases" in done.stdout
    return before


def check(new: Machine, said: dict[str, list[str]]) -> None:
    """People and staff find what was there, and people can go on."""
    new.start()
    try:
        with httpx2.Client(timeout=30, trust_env=False) as client:
            for name, texts in said.items():
                there = [
                    each["text"]
                    for each in new.news(client, name)["messages"]
                    if each["from"] == "person"
                ]
                assert there[: len(texts)] == texts
                new.say(client, name, "saya masih di sini")
                lines = new.news(client, name)["messages"]
                assert lines[-1]["text"] == "saya masih di sini" or lines[-1]["from"] == "bot"
    finally:
        new.stop()
    with opened(new) as app:
        cases = app.database.read(lambda uow: uow.cases.listed(CaseState.OPEN))
        assert len(cases) == len(said)
        entries = [
            entry for case in cases for entry in app.database.read(partial(_log_of, case=case))
        ]
        assert [entry.kind for entry in entries].count(LogKind.PAGED) >= len(cases)
        assert any(entry.text for entry in entries)


def _log_of(uow: SqlUnitOfWork, case: Case) -> Sequence[LogEntry]:
    return uow.cases.log_entries(case.id)


@pytest.fixture
def machine(
    tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[str, str], Machine]]:
    """Makes machines of one organisation (one master key) by name and kind of database."""
    master = new_key()
    with ExitStack() as databases:

        def make(name: str, kind: str = "sqlite") -> Machine:
            settings = {"MASTER_KEYS": master}
            if kind == "postgresql":
                server: PostgresServer = request.getfixturevalue("postgres")
                settings["DATABASE_URL"] = databases.enter_context(server.database())
            return Machine(tmp_path / name, settings)

        yield make


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("sqlite", "sqlite"),
        ("sqlite", "postgresql"),
        ("postgresql", "sqlite"),
        ("postgresql", "postgresql"),
    ],
)
def test_nothing_is_lost_with_the_machine(
    before: str, after: str, machine: Callable[[str, str], Machine], tmp_path: Path
) -> None:
    """Conversations, cases and pages of before the backup are there, also on the other database."""
    old, new = machine("old", before), machine("new", after)
    check(new, drill(old, new, tmp_path / "backups"))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_erased_people_stay_erased_in_old_backups(
    kind: str, machine: Callable[[str, str], Machine], tmp_path: Path
) -> None:
    """An old backup of the data with the newest keys does not bring anybody's words back."""
    old, new = machine("old", kind), machine("new", kind)
    backups = tmp_path / "backups"
    drill(old, machine("unused", kind), backups)
    with opened(old) as app:
        person = "orang-0"
        known = app.database.read(lambda uow: uow.conversations.find_sender("web", person))
        assert known is not None
        app.database.vault.erase(f"person:{known.person_id}")
    assert old.run("backup", str(backups / "tomorrow")).returncode == 0
    done = new.run("restore", str(backups / "today"))
    assert done.returncode == 0, done.stderr
    assert "1 erased keys stay erased" in done.stdout
    with opened(new) as app:
        with pytest.raises(KeyMissingError, match="erased"):
            app.database.read(lambda uow: uow.lines.of(known))
        other = app.database.read(lambda uow: uow.conversations.find_sender("web", "orang-1"))
        assert other is not None
        lines = app.database.read(lambda uow: uow.lines.of(other))
        assert lines[0].text.startswith(DANGER)
