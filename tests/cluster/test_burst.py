"""2,000 webhooks at once while a worker dies: all taken, all answered, in order per person."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import and_, case, create_engine, select, text

from bot.cli.environments import ENVIRONMENTS
from bot.cli.processes import Program
from bot.cli.up import free_port
from bot.keyfile import new_key
from bot.store.database import open_engine
from bot.store.tables import inbound, turn
from tests.cluster.boxes import Cluster
from tests.hotline import START
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
        states = connection.execute(text("SELECT DISTINCT state FROM turn")).scalars().all()
        assert states == ["done"]
        rows = connection.execute(
            select(
                inbound.c.conversation_id,
                inbound.c.place,
                inbound.c.received_at,
                turn.c.done_at,
                # Who had to wait again was due first when the turn closed.
                case((turn.c.attempts == 1, turn.c.next_try_at), else_=turn.c.closes_at),
            ).join(turn, and_(turn.c.id == inbound.c.turn_id, turn.c.place == inbound.c.place))
        ).all()
        assert len(rows) == connection.execute(text("SELECT count(*) FROM turn")).scalar()
    engine.dispose()
    people = defaultdict(list)
    for conversation_id, *told in rows:
        people[conversation_id].append(Answered(*told))
    assert len(people) == len(PEOPLE)
    assert [wrong for found in people.values() for wrong in out_of_order(found)] == []


@dataclass(frozen=True)
class Answered:
    """One turn by its first message: the place of that, and when it came in.

    `due_at` is from when on a worker could take the turn: what comes later may miss it.
    """

    place: int
    received_at: datetime
    done_at: datetime
    due_at: datetime


def out_of_order(turns: list[Answered]) -> list[tuple[Answered, Answered]]:
    """Earlier turns of a person that were answered after later ones, though they were there.

    A busy server may take in an earlier message after the turn of a later one was taken; it can
    but be answered afterwards.
    """
    return [
        (earlier, later)
        for earlier, later in itertools.permutations(turns, 2)
        if earlier.place < later.place
        and earlier.done_at > later.done_at
        and earlier.received_at < later.due_at
    ]


def _at(*seconds: float) -> list[datetime]:
    return [START + timedelta(seconds=each) for each in seconds]


def test_an_earlier_turn_is_answered_first_if_it_was_there() -> None:
    """The rule by which the burst is judged sees what is wrong and only that."""
    later = Answered(2, *_at(0, 3, 1))
    assert out_of_order([Answered(1, *_at(0, 2, 1)), later]) == []
    assert out_of_order([Answered(1, *_at(1.5, 4, 2)), later]) == []
    was_there = Answered(1, *_at(0.5, 4, 1.5))
    assert out_of_order([later, was_there]) == [(was_there, later)]


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
