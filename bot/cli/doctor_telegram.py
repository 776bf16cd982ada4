"""What `doctor` asks Telegram about the bot, and our webhook about Telegram's secret."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx2

from bot.cli.doctor_common import SELF_TEST, clock_finding, door_finding, soon, status_of
from bot.cli.findings import Finding, broken, ok, warning
from bot.gateways.telegram import TelegramDownError, TelegramGateway, TelegramState
from bot.gateways.telegram_staff import TelegramStaff
from bot.ports import Clock
from bot.settings import Settings
from channels import telegram_staff
from channels.telegram import PATH
from channels.telegram_bot import SECRET_HEADER

RECENT = timedelta(hours=1)
MANY_WAITING = 100
TOKEN = re.compile(r"\d+:[\w-]{20,}")


@dataclass(frozen=True)
class Asked:
    """A bot that is asked about: whose it is, the setting with its token, and its webhook."""

    whose: str
    setting: str
    token: str
    path: str


async def telegram_findings(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Token, webhook or polling, what waits, and the clock."""
    bot = Asked("the bot", "TELEGRAM_BOT_TOKEN", settings.telegram_bot_token, PATH)
    gateway = TelegramGateway.from_settings(settings, clock)
    async for finding in _asked(settings, gateway, bot, clock.now()):
        yield finding


async def staff_bot_findings(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """The same of the bot that wakes staff, which has to be another one."""
    token = settings.telegram_staff_bot_token
    if token == settings.telegram_bot_token:
        yield broken(
            "TELEGRAM_STAFF_BOT_TOKEN is the hotline's own bot",
            "make a second bot with BotFather: people and staff must not meet in one chat",
        )
        return
    bot = Asked("the staff's bot", "TELEGRAM_STAFF_BOT_TOKEN", token, telegram_staff.PATH)
    gateway = TelegramStaff.from_settings(settings, clock)
    async for finding in _asked(settings, gateway, bot, clock.now()):
        yield finding


async def _asked(
    settings: Settings, gateway: TelegramGateway, bot: Asked, now: datetime
) -> AsyncIterator[Finding]:
    try:
        async for finding in _ask(settings, gateway, bot, now):
            yield finding
    finally:
        await gateway.close()


async def _ask(
    settings: Settings, gateway: TelegramGateway, bot: Asked, now: datetime
) -> AsyncIterator[Finding]:
    if not TOKEN.fullmatch(bot.token):
        yield broken(f"{bot.setting} is no token", "copy it from BotFather: digits:letters")
        return
    try:
        state = await soon(gateway.state(), calls=2)
    except TelegramDownError as error:
        if error.reason == "token_refused":
            what = f"Telegram does not know the token of {bot.whose}"
            yield broken(what, "ask BotFather for a new one")
        else:
            what = f"Telegram does not answer ({error.reason})"
            yield broken(what, "look at the network of this machine")
        return
    except TimeoutError:
        yield broken("Telegram does not answer in time", "look at the network of this machine")
        return
    yield ok(f"Telegram knows {bot.whose} @{state.username}")
    if state.joins_groups:
        yield warning(f"{bot.whose} can be put into groups", "BotFather: /setjoingroups, Disable")
    for finding in webhook_findings(settings, state, now, bot.path):
        yield finding
    yield clock_finding("Telegram", None if gateway.skew is None else -gateway.skew)


def webhook_findings(
    settings: Settings, state: TelegramState, now: datetime, path: str = PATH
) -> Iterable[Finding]:
    """Whether updates come the way that settings say."""
    there = urlsplit(state.webhook_url).hostname
    if settings.telegram_mode == "polling":
        if state.webhook_url:
            yield warning(
                f"TELEGRAM_MODE is polling, but updates are pushed to {there}",
                "stop what runs there; the worker then takes the webhook away",
            )
        else:
            yield ok("updates wait to be fetched")
    elif not settings.public_base_url.startswith("https://"):
        yield broken(
            "TELEGRAM_MODE is webhook, but PUBLIC_BASE_URL is no https address",
            "set it, or TELEGRAM_MODE=polling",
        )
    elif not state.webhook_url:
        yield broken("no webhook is set at Telegram", "start the worker: it sets it")
    elif state.webhook_url != f"{settings.base_url}{path}":
        yield broken(
            f"Telegram pushes updates to {there}, not here",
            "stop what runs there, then start the worker: it sets the webhook",
        )
    else:
        yield ok("Telegram pushes updates here")
    if state.waiting > MANY_WAITING:
        yield warning(f"{state.waiting} updates wait at Telegram", "look whether the server runs")
    if state.last_error and state.last_error_at and now - state.last_error_at < RECENT:
        said = " ".join(state.last_error.split())[:120]
        yield warning(
            f"Telegram's last push failed at {state.last_error_at:%H:%M} UTC: {said}",
            "mend it when it comes again; what was not taken is pushed again for a day",
        )


async def telegram_door(
    door: httpx2.AsyncClient, url: str, secret: str | None, path: str = PATH
) -> Finding:
    """Our own webhook takes the right secret and refuses a wrong one."""
    if secret is None:
        return warning("the webhook's secret is not made yet", "start the server once")
    address = f"{url}{path}"
    nothing = {"update_id": 0}
    right = await status_of(door.post(address, json=nothing, headers={SECRET_HEADER: secret}))
    wrong = await status_of(door.post(address, json=SELF_TEST, headers={SECRET_HEADER: "wrong"}))
    name = "Telegram" if path == PATH else "the staff's Telegram bot"
    return door_finding(name, right, wrong, "TELEGRAM_WEBHOOK_SECRET")
