"""What `doctor` finds out about the chat apps. Nothing is sent to anybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx2

from bot.cli.doctor_common import CALL_SECONDS, reach
from bot.cli.doctor_telegram import telegram_door, telegram_findings
from bot.cli.doctor_whatsapp import half_configured, whatsapp_door, whatsapp_findings
from bot.cli.findings import Finding, ok
from bot.ports import Clock
from bot.settings import Settings


async def channel_findings(settings: Settings, clock: Clock, secret: str | None) -> list[Finding]:
    """Everything about the chat apps that settings open; `secret` of Telegram's webhook.

    All are asked at once: who does not answer keeps nobody waiting but for its own time.
    """
    found = list(half_configured(settings))
    asked: list[AsyncIterator[Finding]] = []
    if settings.has_telegram:
        asked.append(telegram_findings(settings, clock))
    if settings.has_whatsapp:
        asked.append(whatsapp_findings(settings, clock))
    if not asked:
        return [*found, ok("no chat app is configured: web chat only")]
    if settings.public_base_url:
        asked.append(_front_door(settings, secret))
    for each in await asyncio.gather(*map(_all, asked)):
        found += each
    return found


async def _all(findings: AsyncIterator[Finding]) -> list[Finding]:
    return [finding async for finding in findings]


async def _front_door(settings: Settings, secret: str | None) -> AsyncIterator[Finding]:
    """The server as providers see it."""
    async with httpx2.AsyncClient(timeout=CALL_SECONDS, trust_env=False) as door:
        finding = await reach(door, settings.base_url)
        yield finding
        if finding.mend:
            return
        if settings.has_telegram and settings.telegram_mode == "webhook":
            yield await telegram_door(door, settings.base_url, secret)
        if settings.has_whatsapp:
            async for each in whatsapp_door(door, settings):
                yield each
