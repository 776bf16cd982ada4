"""2,000 webhooks at once while a worker dies: all taken, all answered, in order per person."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import create_engine, text

from bot.cli.environments import ENVIRONMENTS
from bot.cli.processes import Program
from bot.cli.up import free_port
from bot.keyfile import new_key
from bot.store.database import open_engine
from tests.cluster.boxes import Cluster
from tests.postgres import PostgresServer
from tests.stack import Stack
from tests.standins import telegram, telegram_people
from tests.standins.process import Running, await_that

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
PEOPLE = range(1001, 1201)
MESSAGES_EACH = 10
CONNECTIONS = 40  # as many as Telegram opens by default
TWICE = 0.05  # so many arrive a second time
ANSWER_SECONDS = 300


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"], indirect=True)
def test_a_burst_loses_doubles_and_reorders_nothing(
    tmp_path: Path, stack: Stack, dialect: str, request: pytest.FixtureRequest
) -> None:
    """Every update is accepted at the first try, although one of two workers dies meanwhile."""
    with _database(dialect, tmp_path, request) as url, _standin() as standin:
        cluster = Cluster(tmp_path, *_programs(tmp_path, url, stack, standin))
        try:
            cluster.await_ready()
            for person in PEOPLE:
                standin.tell("chat", chat=telegram_people.chat(person))
            posts = _posts()
            refused = asyncio.run(_burst(cluster, posts))
            assert not refused
            await_that(lambda: _waiting(cluster), lambda left: left == 0, ANSWER_SECONDS)
            _check_store(url)
            _check_phones(url, standin)
        finally:
            cluster.close()


@contextmanager
def _database(dialect: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if dialect == "sqlite":
        yield f"sqlite:///{folder / 'shared' / 'tanyadulu.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database(migrated=False) as url:
        yield url


@contextmanager
def _standin() -> Iterator[Running]:
    standin = Running("telegram")
    standin.start()
    try:
        yield standin
    finally:
        standin.close()


def _programs(
    folder: Path, url: str, stack: Stack, standin: Running
) -> tuple[list[Program], list[int]]:
    """Two servers and two workers on one database."""
    ports = [free_port(), free_port()]
    (folder / "shared").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": ".",
        "DATABASE_URL": url,
        "MASTER_KEYS": new_key(),
        "RASA_URLS": stack.rasa_url,
        "TANYADULU_RASA_KEY": stack.rasa_key,
        "TANYADULU_DATA_DIR": str(folder / "shared"),
        "TANYADULU_PRACTICE": "1",
        "TELEGRAM_BOT_TOKEN": telegram.TOKEN,
        "TELEGRAM_API_BASE_URL": standin.url,
        "TELEGRAM_WEBHOOK_SECRET": "rahasia",
    }
    python = str(ENVIRONMENTS["service"].python)
    programs = []
    for number, port in enumerate(ports, 1):
        server = environment | {"TANYADULU_PORT": str(port)}
        serve = [python, "-m", "bot.cli", "serve", "--no-worker"]
        programs.append(Program(f"server-{number}", serve, server))
        work = [python, "-m", "bot.cli", "work"]
        programs.append(Program(f"worker-{number}", work, environment))
    return programs, ports


def _posts() -> list[dict[str, object]]:
    """All updates in the order in which people sent them, some of them twice.

    Ten people at a time write ten messages each without a pause, as in a village where an
    agent has just left: several messages become one turn.
    """
    chance = random.Random(7)  # noqa: S311  # the same burst every time
    ids = itertools.count(5000)
    posts: list[dict[str, object]] = []
    for group in itertools.batched(PEOPLE, 10, strict=True):
        for number in range(MESSAGES_EACH):
            for person in chance.sample(group, len(group)):
                content = telegram_people.message(person, text=f"terima kasih ya kak, {number}")
                posts.append({"update_id": next(ids), **content})
                if chance.random() < TWICE:
                    posts.append(posts[-1])
    return posts


async def _burst(cluster: Cluster, posts: list[dict[str, object]]) -> Counter[int]:
    """Post them over as many connections as Telegram opens; answers other than 200."""
    refused: Counter[int] = Counter()
    queue = iter(enumerate(posts))
    headers = {telegram.SECRET_HEADER: "rahasia"}

    async def connection(client: httpx2.AsyncClient) -> None:
        for number, post in queue:
            if number == len(posts) // 2:
                cluster.hold_down("worker-1")
            url = f"{cluster.urls[number % 2]}/webhooks/telegram"
            answer = await client.post(url, json=post, headers=headers)
            if answer.status_code != 200:
                refused[answer.status_code] += 1

    limits = httpx2.Limits(max_connections=CONNECTIONS)
    async with httpx2.AsyncClient(timeout=30, trust_env=False, limits=limits) as client:
        await asyncio.gather(*(connection(client) for _ in range(CONNECTIONS)))
    return refused


def _waiting(cluster: Cluster) -> float:
    """Turns without an answer and texts that have not left."""
    metrics = httpx2.get(f"{cluster.urls[0]}/metrics", timeout=10, trust_env=False).text
    wanted = ("tanyadulu_turns_open ", "tanyadulu_outbound_unsent ")
    return sum(float(line.split()[1]) for line in metrics.splitlines() if line.startswith(wanted))


def _check_store(url: str) -> None:
    """Each message once; each person's turns were answered in the order of their messages."""
    engine = open_engine(url)
    with engine.connect() as connection:
        stored = connection.execute(
            text("SELECT count(*), count(DISTINCT external_hash) FROM inbound")
        )
        assert stored.one() == (len(PEOPLE) * MESSAGES_EACH,) * 2
        turns = connection.execute(
            text("SELECT conversation_id, place, state FROM turn ORDER BY done_at, place")
        ).all()
    engine.dispose()
    assert {turn.state for turn in turns} == {"done"}
    places = defaultdict(list)
    for turn in turns:
        places[turn.conversation_id].append(turn.place)
    assert len(places) == len(PEOPLE)
    assert all(found == sorted(found) for found in places.values())


def _check_phones(url: str, standin: Running) -> None:
    """Everybody was answered, each text once and in its order."""
    seen = Counter(message["chat"]["id"] for message in standin.tell("messages"))
    assert set(seen) == set(PEOPLE)
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT conversation_id, provider_id, uncertain_count FROM outbound"
                " WHERE channel = 'telegram' ORDER BY conversation_id, seq"
            )
        ).all()
    engine.dispose()
    sent = sum(seen.values())
    doubled = sum(row.uncertain_count for row in rows)
    assert len(rows) <= sent <= len(rows) + doubled
    for _, texts in itertools.groupby(rows, key=lambda row: row.conversation_id):
        numbers = [int(row.provider_id) for row in texts]
        assert numbers == sorted(numbers)
