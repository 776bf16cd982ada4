"""Starts stock Rasa with this project's data, the `rest` channel and SQLite, and talks to it."""

from __future__ import annotations

import secrets
import time
from pathlib import Path

from bench.client import Connection
from bench.side import BenchError, Said, Side, start
from bench.training import trained
from bot.cli.environments import ENVIRONMENTS
from bot.cli.processes import Program, bare_environment
from bot.cli.train import rasa_environment
from bot.cli.up import free_port

HERE = Path(__file__).parent


class RestTalk:
    """One person at the `rest` channel, whose answer is the answer of the turn."""

    def __init__(self, port: int) -> None:
        self._connection = Connection(port)
        self._sender = secrets.token_hex(16)

    async def say(self, text: str) -> Said:
        """Say something; the channel answers when the turn is over."""
        began = time.perf_counter()
        status, replies = await self._connection.call(
            "POST", "/webhooks/rest/webhook", {"sender": self._sender, "message": text}
        )
        seconds = time.perf_counter() - began
        if status != 200:
            raise BenchError(f"status {status}")
        texts = tuple(reply["text"] for reply in replies if "text" in reply)
        if not texts:
            raise BenchError("no answer")
        return Said(seconds, texts)

    async def close(self) -> None:
        """Hang up."""
        await self._connection.close()


async def start_stock(folder: Path) -> Side:
    """Start both processes; returns when a turn was answered."""
    model = trained("stock").archive
    port, actions_port = free_port(), free_port()
    service, rasa = (str(ENVIRONMENTS[name].python) for name in ("service", "rasa"))
    actions = [service, "-m", "rasa_sdk", "--actions", "bench.stock.actions"]
    command = [rasa, "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port)]
    command += ["--model", str(model), "--credentials", str(HERE / "credentials.yml")]
    command += ["--endpoints", str(HERE / "endpoints.yml")]
    environment = rasa_environment(
        STOCK_ACTIONS_URL=f"http://127.0.0.1:{actions_port}/webhook",
        STOCK_DATABASE=str(folder / "rasa.db"),
    )
    programs = [
        Program(
            "actions",
            [*actions, "--port", str(actions_port)],
            bare_environment(SANIC_HOST="127.0.0.1"),
        ),
        Program("rasa", command, environment),
    ]

    async def new_talk() -> RestTalk:
        return RestTalk(port)

    side = Side("stock", port, new_talk)
    await start(side, programs, folder / "logs", [(actions_port, "/health"), (port, "/")])
    return side
