"""kill -9 at every step of sending to a phone: nothing lost, at most one duplicate, counted."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from bot.cli.up import free_port
from tests.faults.box import Box, server_program
from tests.standins import telegram, telegram_people, twilio
from tests.standins.process import Running, await_that

HELP = "tolong saya dikunci di kamar, paspor diambil"
ANI = 4711
ANIS_PHONE = "whatsapp:+628120000001"
# Twilio calls no loopback address; the stand-in reaches the server past this name.
PUBLIC = "https://tanyadulu.example"
PRACTICE = {"TANYADULU_PRACTICE": "1", "RASA_URLS": "http://127.0.0.1:9"}
# claim: before and after a row is committed as `sending`; call: before the provider is called
# and after it took the text; record: before and after the outcome is committed.
STEPS = [(step, when) for step in ("claim", "call", "record") for when in ("before", "after")]
# Both providers die alike but where it matters whether they can be asked.
CASES = [
    *(("telegram", step, when) for step, when in STEPS),
    ("whatsapp", "claim", "after"),
    ("whatsapp", "call", "after"),
]
# The provider has the text and nobody wrote that down.
TAKEN_BUT_NOT_RECORDED = [("call", "after"), ("record", "before")]


@pytest.fixture
def port() -> int:
    """Where the server listens, before and after its death."""
    return free_port()


@contextmanager
def _telegram(port: int) -> Iterator[tuple[dict[str, str], Callable[[], None], Running]]:
    standin = Running("telegram")
    standin.start()
    environment = {
        "TELEGRAM_BOT_TOKEN": telegram.TOKEN,
        "TELEGRAM_API_BASE_URL": standin.url,
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
    }

    def writes() -> None:
        standin.tell("update", update=telegram_people.message(ANI, text=HELP))

    yield environment, writes, standin
    standin.close()


@contextmanager
def _whatsapp(port: int) -> Iterator[tuple[dict[str, str], Callable[[], None], Running]]:
    standin = Running("twilio")
    standin.start()
    standin.tell("set", server=f"http://127.0.0.1:{port}", public=PUBLIC)
    environment = {
        "TWILIO_ACCOUNT_SID": twilio.ACCOUNT,
        "TWILIO_AUTH_TOKEN": twilio.TOKEN,
        "TWILIO_API_BASE_URL": standin.url,
        "WHATSAPP_FROM": twilio.SENDER,
        "PUBLIC_BASE_URL": PUBLIC,
    }

    def writes() -> None:
        standin.tell("inbound", sender=ANIS_PHONE, body=HELP, sid="SM" + secrets.token_hex(16))

    yield environment, writes, standin
    standin.close()


def _texts(standin: Running, channel: str) -> list[str]:
    """What the provider took for Ani, in order; it never takes two calls for one."""
    if channel == "telegram":
        return [call["text"] for call in standin.calls("sendMessage")]
    return [message["body"] for message in standin.tell("messages", to=ANIS_PHONE)]


@pytest.mark.parametrize(("channel", "step", "when"), CASES)
def test_a_sender_that_dies_loses_nothing_and_doubles_at_most_once(
    tmp_path: Path, port: int, channel: str, step: str, when: str
) -> None:
    """The first answer to danger arrives, whatever moment of sending the server dies at.

    Twilio can be asked whether it has a text, so nothing is doubled there at all.
    """
    with (_telegram if channel == "telegram" else _whatsapp)(port) as (settings, writes, standin):
        base = {**PRACTICE, **settings}
        _die_and_look(tmp_path, port, channel, step, when, base, writes, standin)


def _die_and_look(
    tmp_path: Path,
    port: int,
    channel: str,
    step: str,
    when: str,
    base: dict[str, str],
    writes: Callable[[], None],
    standin: Running,
) -> None:
    dying = server_program(
        tmp_path,
        port,
        {**base, "DIE_AT": f"{step}:{when}", "DIE_IN": channel},
        "tests.faults.dying_server",
    )
    box = Box(tmp_path, [dying], port)
    try:
        child = box.children["server"]
        box.await_alive()
        child.program = server_program(
            tmp_path, port, {**base, "DIE_AT": ""}, "tests.faults.dying_server"
        )
        writes()
        await_that(lambda: child.deaths, lambda deaths: deaths == 1, 30)
        box.await_alive()
        await_that(lambda: _unsent(port), lambda unsent: unsent == 0, 60)
        texts = _texts(standin, channel)
        doubled = channel == "telegram" and (step, when) in TAKEN_BUT_NOT_RECORDED
        assert len(texts) == (2 if doubled else 1)
        assert len(set(texts)) == 1
        # The page that was under way with it may be counted as well.
        certain = (step, when) in [("claim", "before"), ("record", "after")]
        assert _metric(port, "tanyadulu_outbound_uncertain_total") >= (0 if certain else 1)
    finally:
        box.close()


def _unsent(port: int) -> float:
    return _metric(port, "tanyadulu_outbound_unsent")


def _metric(port: int, name: str) -> float:
    text = httpx2.get(f"http://127.0.0.1:{port}/metrics", timeout=10, trust_env=False).text
    (line,) = (line for line in text.splitlines() if line.startswith(f"{name} "))
    return float(line.split()[1])
