"""Two workers share one database, and a hundred escalations are due at the same moment."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from bot.domain.cases import CaseKind
from bot.domain.oncall import Policy, Step, Target, TargetKind
from bot.domain.staff import Role
from bot.language.types import Urgency
from bot.settings import ROOT
from bot.store.unit_of_work import SqlUnitOfWork
from tests.cluster.paging_worker import CALLS, open_app
from tests.postgres import PostgresServer
from tests.standins.process import await_that

WORKERS = 2
ESCALATIONS = 100
SECONDS_TO_START = 120
SECONDS_TO_PAGE = 90
# So long nothing more may ring after the last page.
QUIET_SECONDS = 3


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"], indirect=True)
def test_each_of_a_hundred_steps_pages_once(
    tmp_path: Path, dialect: str, request: pytest.FixtureRequest
) -> None:
    """Each case pages two members, most of them already rung for another case; no page rings twice."""
    with _database(dialect, request) as url:
        asyncio.run(_prepare(tmp_path, url))
        with _workers(tmp_path, url) as workers:
            due_at = datetime.now(UTC) + timedelta(seconds=2)
            asyncio.run(_make_due(tmp_path, url, due_at))
            await_that(
                lambda: len(_calls(tmp_path)), lambda n: n >= 2 * ESCALATIONS, SECONDS_TO_PAGE
            )
            time.sleep(QUIET_SECONDS)
        calls = _calls(tmp_path)
        assert {call["by"] for call in calls} == {worker.pid for worker in workers}
        assert set(Counter(call["row"] for call in calls).values()) == {1}
        assert Counter(call["address"] for call in calls) == {
            f"phone-{number}": 2 for number in range(ESCALATIONS)
        }
        _check_record(tmp_path, url)


def _check_record(folder: Path, url: str) -> None:
    """One page a case and member, which rang and was recorded once."""
    engine = create_engine(url or f"sqlite:///{folder / 'tanyadulu.db'}")
    with engine.connect() as connection:
        steps = connection.execute(text("SELECT step, state FROM escalation")).all()
        pages = connection.execute(
            text("SELECT escalation_id, staff_id, contact FROM page ORDER BY id")
        ).all()
        lines = connection.execute(
            text(
                "SELECT event, reason, count(*), count(DISTINCT page_id) FROM page_log GROUP BY 1, 2"
            )
        ).all()
    engine.dispose()
    assert [tuple(step) for step in steps] == [(1, "running")] * ESCALATIONS
    assert len({(page.escalation_id, page.staff_id) for page in pages}) == len(pages)
    assert Counter(page.contact for page in pages) == {1: 2 * ESCALATIONS}
    found = {(event, reason): (count, different) for event, reason, count, different in lines}
    each_once = (2 * ESCALATIONS, 2 * ESCALATIONS)
    assert found == {("queued", ""): each_once, ("sent", ""): each_once}


@contextmanager
def _database(dialect: str, request: pytest.FixtureRequest) -> Iterator[str]:
    if dialect == "sqlite":
        yield ""
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as url:
        yield url


@contextmanager
def _workers(folder: Path, url: str) -> Iterator[Sequence[subprocess.Popen[str]]]:
    """They are at work when this returns, and have ended well when it ends."""
    command = [sys.executable, "-m", "tests.cluster.paging_worker", str(folder), url]
    with ExitStack() as running, (folder / "workers.log").open("w") as log:
        workers = [
            running.enter_context(
                subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    cwd=ROOT,
                )
            )
            for _ in range(WORKERS)
        ]
        for worker in workers:
            assert worker.stdout is not None
            while "works" not in (line := worker.stdout.readline()):
                assert line, (folder / "workers.log").read_text()
        yield workers
        for worker in workers:
            worker.communicate(timeout=30)
            assert worker.returncode == 0


async def _prepare(folder: Path, url: str) -> None:
    """A hundred members with a phone each, one of them on duty."""
    app = open_app(folder, url)
    now = datetime.now(UTC)

    def add(uow: SqlUnitOfWork) -> None:
        for number in range(ESCALATIONS):
            member = uow.staff.add(f"member-{number}", Role.CASEWORKER, "unused", now)
            uow.staff.add_contact(member.id, "phone", f"phone-{number}", now)
            if not number:
                uow.rota.add_shift(member.id, now, now + timedelta(hours=1))

    await app.write(add)
    await app.close()


async def _make_due(folder: Path, url: str, due_at: datetime) -> None:
    """A hundred cases whose first step pages a member and the next one, all at the same moment."""
    app = open_app(folder, url)
    await app.write(lambda uow: _open_cases(uow, due_at))
    await app.close()


def _open_cases(uow: SqlUnitOfWork, due_at: datetime) -> None:
    now = datetime.now(UTC)
    for number in range(ESCALATIONS):
        known = uow.conversations.for_sender("web", f"person-{number}", now)
        case = uow.cases.open(
            known, CaseKind.DANGER, Urgency.EMERGENCY, {}, practice=False, now=now
        )
        targets = tuple(
            Target(TargetKind.PERSON, f"member-{which % ESCALATIONS}")
            for which in (number, number + 1)
        )
        policy = Policy((Step(0, targets),), repeat_minutes=30)
        uow.escalations.start(case, policy, now, due_at)


def _calls(folder: Path) -> list[dict[str, Any]]:
    file = folder / CALLS
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text().splitlines()]
