"""What the doctor notices about Telegram, WhatsApp and our own front door."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bot.cli.doctor import backup_findings
from bot.cli.doctor_channels import channel_findings
from bot.cli.doctor_common import clock_finding, door_finding
from bot.cli.doctor_pages import half_configured_pages, page_findings
from bot.cli.doctor_telegram import telegram_door, telegram_findings, webhook_findings
from bot.cli.doctor_whatsapp import twilio_door, whatsapp_findings
from bot.cli.findings import Finding, Level
from bot.clock import SystemClock
from bot.gateways.telegram import TelegramState
from bot.keyfile import new_key
from bot.ports import Clock
from bot.settings import Settings
from tests.hotline import FakeClock
from tests.ops.machine import Machine
from tests.standins import telegram as telegram_api
from tests.standins import twilio as twilio_api
from tests.standins.process import Running, stand_in
from tests.standins.twilio_calls import VOICE_SENDER

SECRET = "rahasia-1"
NOW = SystemClock().now()


def settings(**values: Any) -> Settings:
    """Settings with these values."""
    return Settings.model_validate(values)


def found(
    findings: AsyncIterator[Finding] | Coroutine[Any, Any, list[Finding]],
    level: Level = Level.BROKEN,
) -> list[str]:
    """What was found of a level; everything that is not well says how to mend it."""

    async def collect() -> list[Finding]:
        if isinstance(findings, Coroutine):
            return await findings
        return [finding async for finding in findings]

    everything = asyncio.run(collect())
    assert all(finding.mend for finding in everything if finding.level is not Level.OK)
    return [finding.what for finding in everything if finding.level is level]


@pytest.fixture(scope="module")
def bot_api() -> Iterator[Running]:
    """Telegram's stand-in."""
    with stand_in("telegram") as running:
        yield running


def on_telegram(api: Running, **more: Any) -> Settings:
    """Settings of a bot that the stand-in knows."""
    values = {
        "telegram_bot_token": telegram_api.TOKEN,
        "telegram_api_base_url": api.url,
        "telegram_mode": "polling",
    }
    return settings(**values | more)


def on_whatsapp(api: Running, **more: Any) -> Settings:
    """Settings of an account that the stand-in knows, in the middle of a change of tokens."""
    values = {
        "twilio_account_sid": twilio_api.ACCOUNT,
        "twilio_auth_token": (twilio_api.TOKEN, twilio_api.OLD_TOKEN),
        "twilio_api_base_url": api.url,
        "whatsapp_from": twilio_api.SENDER,
        "whatsapp_template_update": twilio_api.TEMPLATE,
        "public_base_url": "https://tanya.example",
    }
    return settings(**values | more)


def test_without_chat_apps_nothing_is_asked() -> None:
    """The web chat needs none of it; half of WhatsApp is a slip."""
    assert found(channel_findings(settings(), SystemClock(), None)) == []
    half = settings(twilio_account_sid="AC1", whatsapp_from=twilio_api.SENDER)
    (what,) = found(channel_findings(half, SystemClock(), None))
    assert "TWILIO_AUTH_TOKEN" in what


def test_a_good_bot_raises_nothing(bot_api: Running) -> None:
    """Token, clock and the way of updates are as they should be."""
    fine = on_telegram(bot_api)
    assert found(telegram_findings(fine, SystemClock())) == []
    assert len(found(telegram_findings(fine, SystemClock()), Level.OK)) == 3


@pytest.mark.parametrize(
    "token", ["7000000001:AAsomebodyElsesTokenOfNobody", "a:token with spaces"]
)
def test_a_wrong_token_is_named_and_not_shown(bot_api: Running, token: str) -> None:
    """The way to a new one is told."""
    wrong = on_telegram(bot_api, telegram_bot_token=token)
    (what,) = found(telegram_findings(wrong, SystemClock()))
    assert "token" in what
    assert token not in what


def test_a_wrong_clock_is_noticed(bot_api: Running, twilio: Running) -> None:
    """Both providers tell their time with every answer."""
    clock = FakeClock(SystemClock().now() + timedelta(seconds=100))
    (what,) = found(telegram_findings(on_telegram(bot_api), clock))
    assert "ahead of Telegram's" in what
    (what,) = found(whatsapp_findings(on_whatsapp(twilio), clock))
    assert "ahead of Twilio's" in what


@pytest.mark.parametrize(
    ("ahead", "level"),
    [(0, Level.OK), (29, Level.OK), (31, Level.BROKEN), (-31, Level.BROKEN), (None, Level.WARNING)],
)
def test_half_a_minute_is_too_much(ahead: int | None, level: Level) -> None:
    """In either direction; a provider that tells no time is a warning."""
    offset = None if ahead is None else timedelta(seconds=ahead)
    assert clock_finding("Twilio", offset).level is level


def test_an_absent_provider_is_told_quickly() -> None:
    """Offline there are plain lines, within seconds, whatever hangs."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # takes connections and never says a word
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        mute = settings(
            telegram_bot_token=telegram_api.TOKEN,
            telegram_api_base_url=url,
            twilio_account_sid=twilio_api.ACCOUNT,
            twilio_auth_token="a-token",
            twilio_api_base_url=url,
            whatsapp_from=twilio_api.SENDER,
            public_base_url=url.replace("http:", "https:"),
        )
        began = time.monotonic()
        what = " ".join(found(channel_findings(mute, SystemClock(), SECRET)))
        assert time.monotonic() - began < 20
    assert "Telegram does not answer" in what
    assert "Twilio does not answer" in what
    assert "PUBLIC_BASE_URL" in what


STATES: dict[str, tuple[dict[str, Any], dict[str, Any], Level, str]] = {
    "here": ({}, {}, Level.OK, "pushes updates here"),
    "nowhere": ({}, {"webhook_url": ""}, Level.BROKEN, "no webhook"),
    "elsewhere": ({}, {"webhook_url": "https://old.example/x"}, Level.BROKEN, "old.example"),
    "no https": ({"public_base_url": "http://a.example"}, {}, Level.BROKEN, "no https"),
    "polling": ({"telegram_mode": "polling"}, {"webhook_url": ""}, Level.OK, "to be fetched"),
    "both": ({"telegram_mode": "polling"}, {}, Level.WARNING, "are pushed to tanya.example"),
    "many": ({}, {"waiting": 500}, Level.WARNING, "500 updates wait"),
    "failed": (
        {},
        {"last_error": "Connection\nrefused", "last_error_at": NOW - timedelta(minutes=5)},
        Level.WARNING,
        "Connection refused",
    ),
}


@pytest.mark.parametrize("name", STATES)
def test_the_way_of_updates(name: str) -> None:
    """Webhook and polling exclude each other, and updates must come here."""
    given, state, level, words = STATES[name]
    hotline = settings(**{"public_base_url": "https://tanya.example"} | given)
    values: dict[str, Any] = {
        "username": "tanya_bot",
        "joins_groups": False,
        "webhook_url": "https://tanya.example/webhooks/telegram",
        "waiting": 0,
        "last_error": None,
        "last_error_at": None,
    }
    findings = list(webhook_findings(hotline, TelegramState(**values | state), NOW))
    assert any(each.level is level and words in each.what for each in findings), findings


def test_a_good_account_raises_nothing(twilio: Running) -> None:
    """Both tokens count while they are being changed."""
    assert found(whatsapp_findings(on_whatsapp(twilio), SystemClock())) == []
    assert found(whatsapp_findings(on_whatsapp(twilio), SystemClock()), Level.WARNING) == []


@pytest.mark.parametrize(
    ("more", "level", "words"),
    [
        ({"twilio_auth_token": ("wrong",)}, Level.BROKEN, "does not take account and token"),
        ({"twilio_auth_token": (twilio_api.TOKEN, "gone")}, Level.WARNING, "older token"),
        ({"whatsapp_template_update": "HX" + "9" * 32}, Level.BROKEN, "does not know"),
        ({"whatsapp_template_update": ""}, Level.WARNING, "without a template"),
        ({"whatsapp_from": "+62811000001"}, Level.BROKEN, "WHATSAPP_FROM"),
        ({"public_base_url": ""}, Level.BROKEN, "PUBLIC_BASE_URL"),
    ],
)
def test_what_is_wrong_at_twilio_is_named(
    twilio: Running, more: dict[str, Any], level: Level, words: str
) -> None:
    """Account, tokens, template, sender and address; no token is shown."""
    what = " ".join(found(whatsapp_findings(on_whatsapp(twilio, **more), SystemClock()), level))
    assert words in what
    assert twilio_api.TOKEN not in what


def test_a_template_that_waits_for_approval_is_broken(twilio: Running) -> None:
    """Nothing can be sent with it yet."""
    twilio.tell("set", templates={twilio_api.TEMPLATE: {"status": "pending"}})
    try:
        (what,) = found(whatsapp_findings(on_whatsapp(twilio), SystemClock()))
        assert what == "the template is not approved: pending"
    finally:
        twilio.tell("set", templates={twilio_api.TEMPLATE: {"status": "approved"}})


@pytest.mark.parametrize(
    ("right", "wrong", "level"),
    [
        (200, 403, Level.OK),
        (204, 403, Level.OK),
        (503, 403, Level.BROKEN),
        (403, 403, Level.BROKEN),
        (404, 404, Level.BROKEN),
        (200, 200, Level.BROKEN),
        (0, 0, Level.BROKEN),
    ],
)
def test_what_a_door_may_answer(right: int, wrong: int, level: Level) -> None:
    """Only one pair of answers is well."""
    assert door_finding("Telegram", right, wrong, "X").level is level


@pytest.fixture
def machine(tmp_path: Path, bot_api: Running, twilio: Running) -> Iterator[Callable[..., Machine]]:
    """Starts a real server that is configured for both apps."""
    started: list[Machine] = []

    def start(**more: str) -> Machine:
        made = Machine(tmp_path / "var", {})
        made.settings = {
            "MASTER_KEYS": new_key(),
            "PUBLIC_BASE_URL": made.url,
            "TELEGRAM_BOT_TOKEN": telegram_api.TOKEN,
            "TELEGRAM_API_BASE_URL": bot_api.url,
            "TELEGRAM_MODE": "webhook",
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TWILIO_ACCOUNT_SID": twilio_api.ACCOUNT,
            "TWILIO_AUTH_TOKEN": f"{twilio_api.TOKEN},{twilio_api.OLD_TOKEN}",
            "TWILIO_API_BASE_URL": twilio.url,
            "WHATSAPP_FROM": twilio_api.SENDER,
            **more,
        }
        made.start()
        started.append(made)
        return made

    yield start
    for each in started:
        each.stop()


def test_the_front_door_is_tried_for_real(machine: Callable[..., Machine]) -> None:
    """Right signatures go in, wrong ones do not, and no conversation comes of it."""
    server = machine()
    done = server.run("doctor")
    for words in (
        f"PUBLIC_BASE_URL {server.url} leads here",
        "Telegram's webhook takes what is signed and refuses what is not",
        "WhatsApp's webhook takes what is signed and refuses what is not",
    ):
        assert words in done.stdout, done.stdout
    assert twilio_api.TOKEN not in done.stdout
    assert telegram_api.TOKEN not in done.stdout
    other = settings(
        public_base_url=server.url,
        twilio_account_sid=twilio_api.ACCOUNT,
        twilio_auth_token="another-token",
    )

    async def wrongly_set() -> list[Finding]:
        async with httpx2.AsyncClient(trust_env=False) as door:
            telegram = await telegram_door(door, server.url, "another-secret")
            return [telegram, *[each async for each in twilio_door(door, other)]]

    wrong = asyncio.run(wrongly_set())
    assert [finding.level for finding in wrong] == [Level.BROKEN, Level.BROKEN]
    server.stop()
    made = server.run("backup", str(server.folder / "looked"))
    assert "0 conversations, 0 messages" in made.stdout, made.stderr


def test_closed_channels_say_what_opens_them(machine: Callable[..., Machine]) -> None:
    """Without people on call and checked contacts nobody could answer: 503, and why."""
    server = machine(TANYADULU_PRACTICE="0")
    done = server.run("doctor")
    assert done.returncode == 1
    for channel in ("telegram", "whatsapp"):
        assert f"{channel} takes no messages: " in done.stdout, done.stdout
    assert "contacts are unchecked; fewer than 2 people have a verified contact" in done.stdout
    assert "Telegram's webhook is closed" in done.stdout


def test_the_age_of_the_last_backup(tmp_path: Path) -> None:
    """None at all, or an old one, is a warning."""

    def levels(now: datetime) -> list[Level]:
        return [finding.level for finding in backup_findings(tmp_path, now)]

    assert levels(NOW) == [Level.WARNING]
    (tmp_path / "last_backup").touch()
    assert levels(NOW) == [Level.OK]
    assert levels(NOW + timedelta(days=3)) == [Level.WARNING]


def on_pages(telegram: Running, api: Running, **more: Any) -> Settings:
    """Settings with every channel that wakes staff."""
    values = {
        "telegram_staff_bot_token": telegram_api.TOKEN,
        "telegram_api_base_url": telegram.url,
        "telegram_mode": "polling",
        "twilio_account_sid": twilio_api.ACCOUNT,
        "twilio_auth_token": (twilio_api.TOKEN,),
        "twilio_api_base_url": api.url,
        "whatsapp_from": twilio_api.SENDER,
        "whatsapp_template_page": twilio_api.TEMPLATE_PAGE,
        "sms_from": twilio_api.SMS_SENDER,
        "voice_from": VOICE_SENDER,
        "public_base_url": "https://tanya.example",
    }
    return settings(**values | more)


def asked_about_pages(
    told: Settings, level: Level = Level.BROKEN, clock: Clock | None = None
) -> list[str]:
    """What the doctor says of the channels that wake staff."""

    async def ask() -> list[Finding]:
        findings = page_findings(told, clock or SystemClock())
        each = [[found async for found in one] for one in findings]
        return [*half_configured_pages(told), *(found for some in each for found in some)]

    return found(ask(), level)


def test_channels_that_wake_staff_are_asked_about(bot_api: Running, twilio: Running) -> None:
    """A good set-up raises nothing, and each channel is named as well."""
    twilio.tell("forget")
    good = on_pages(bot_api, twilio)
    assert asked_about_pages(good) == []
    well = " ".join(asked_about_pages(good, Level.OK))
    for words in ("the staff's bot", "WHATSAPP_TEMPLATE_PAGE", "SMS_FROM", "VOICE_FROM"):
        assert words in well


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"telegram_staff_bot_token": "7000000001:AAsomebodyElsesTokenOfNobody"}, "staff's bot"),
        ({"telegram_bot_token": telegram_api.TOKEN}, "the hotline's own bot"),
        ({"whatsapp_template_page": "HX" + "9" * 32}, "does not know WHATSAPP_TEMPLATE_PAGE"),
        ({"sms_from": "+628110000099"}, "SMS_FROM cannot wake"),
        ({"voice_from": twilio_api.SMS_SENDER}, "VOICE_FROM cannot wake"),
        ({"public_base_url": ""}, "VOICE_FROM wakes nobody without"),
        ({"twilio_auth_token": ()}, "SMS_FROM wakes nobody without"),
        ({"whatsapp_from": ""}, "WHATSAPP_TEMPLATE_PAGE wakes nobody without"),
    ],
)
def test_what_keeps_a_channel_from_waking_is_named(
    bot_api: Running, twilio: Running, more: dict[str, Any], words: str
) -> None:
    """Before the first night; no token is shown."""
    twilio.tell("forget")
    what = " ".join(asked_about_pages(on_pages(bot_api, twilio, **more)))
    assert words in what
    assert telegram_api.TOKEN not in what


def test_the_doors_of_pages_are_tried_for_real(machine: Callable[..., Machine]) -> None:
    """Right signatures go in, wrong ones do not."""
    server = machine(
        TELEGRAM_BOT_TOKEN="",
        TELEGRAM_STAFF_BOT_TOKEN=telegram_api.TOKEN,
        SMS_FROM=twilio_api.SMS_SENDER,
        VOICE_FROM=VOICE_SENDER,
    )
    done = server.run("doctor")
    for name in ("the staff's Telegram bot", "SMS", "calls"):
        words = f"{name}'s webhook takes what is signed and refuses what is not"
        assert words in done.stdout, done.stdout
