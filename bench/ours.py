"""The product as `tanyadulu up` starts it: SQLite, default settings, an SMTP stand-in for pages."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.client import Connection
from bench.side import BenchError, Said, Side, start
from bot.bootstrap import build
from bot.cli.train import ensure_model
from bot.cli.up import free_port, plan
from bot.domain.staff import Role
from bot.settings import Settings

_PATIENCE_SECONDS = 60
ON_CALL = "sari@bench.invalid"


class WebTalk:
    """One person at the web chat, as its page speaks: send, then wait for news."""

    def __init__(self, connection: Connection, sender: str) -> None:
        self._connection = connection
        self._sender = sender

    async def send(self, text: str) -> tuple[float, str]:
        """Hand a message in; how long until it was taken (202: stored and screened), its id."""
        began = time.perf_counter()
        status, answer = await self._connection.call(
            "POST",
            "/api/web/messages",
            {"sender": self._sender, "text": text, "final": True},
        )
        if status != 202:
            raise BenchError(f"status {status}")
        return time.perf_counter() - began, answer["message_id"]

    async def say(self, text: str) -> Said:
        """Say something and wait until nothing of it is open any more."""
        began = time.perf_counter()
        _, after = await self.send(text)
        wait = "20"
        while time.perf_counter() - began < _PATIENCE_SECONDS:
            news = await self.news(after, wait)
            texts = tuple(line["text"] for line in news["messages"] if line["from"] == "bot")
            if texts and not news["open_turns"]:
                return Said(time.perf_counter() - began, texts)
            wait = "0"
            await asyncio.sleep(0.002)
        raise BenchError("no answer")

    async def news(self, after: str, wait: str) -> dict[str, Any]:
        """What was said after a message."""
        query = urlencode({"sender": self._sender, "after": after, "wait": wait})
        status, news = await self._connection.call("GET", f"/api/web/messages?{query}")
        if status != 200:
            raise BenchError(f"status {status}")
        return dict(news)

    async def close(self) -> None:
        """Hang up."""
        await self._connection.close()


async def start_ours(folder: Path, smtp_port: int) -> Side:
    """Train if stale, set up somebody on call, start; returns when a turn was answered."""
    await asyncio.to_thread(ensure_model)
    port = free_port()
    smtp = f"smtp://127.0.0.1:{smtp_port}?from=bot@bench.invalid"
    own = {
        "TANYADULU_DATA_DIR": str(folder),
        "TANYADULU_PORT": str(port),
        "DATABASE_URL": "",
        "SMTP_URL": smtp,
    }
    settings = _settings(own)
    await _set_up_staff(settings)
    programs, ready = plan(settings)
    programs[-1] = replace(programs[-1], environment={**programs[-1].environment, **own})
    side = Side("ours", port, lambda: _new_talk(port))
    await start(side, programs, folder / "logs", [_split(url) for url in ready.values()])
    return side


def _settings(own: Mapping[str, str]) -> Settings:
    """Settings of these and of nothing else that lies around."""
    for name in ("RASA_URLS", "TANYADULU_ACTIONS_URL", "TANYADULU_RASA_KEY"):
        os.environ.pop(name, None)
    values: dict[str, Any] = {name.lower(): value for name, value in own.items()}
    return Settings.model_validate(values)


async def _set_up_staff(settings: Settings) -> None:
    """One member on duty whose address is verified."""
    app = build(settings, senders={})
    now = datetime.now(UTC)
    try:
        member = await app.write(lambda uow: uow.staff.add("sari", Role.SUPERVISOR, "-", now))
        await app.write(lambda uow: uow.staff.add_contact(member.id, "email", ON_CALL, now))
        until = now + timedelta(hours=8)
        await app.write(lambda uow: uow.rota.add_shift(member.id, now, until))
    finally:
        await app.close()


async def _new_talk(port: int) -> WebTalk:
    return await open_talk(Connection(port))


async def open_talk(connection: Connection) -> WebTalk:
    """A new person over a connection that others may use as well."""
    status, made = await connection.call("POST", "/api/web/sessions")
    if status != 201:
        raise BenchError(f"status {status}")
    return WebTalk(connection, made["sender"])


def _split(url: str) -> tuple[int, str]:
    """Port and path of a loopback address."""
    port, _, path = url.removeprefix("http://127.0.0.1:").partition("/")
    return int(port), f"/{path}"
