"""What `doctor` finds out about chat apps and channels of pages. Nothing is sent to anybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx2

from bot.cli.doctor_common import CALL_SECONDS, reach
from bot.cli.doctor_pages import half_configured_pages, page_doors, page_findings
from bot.cli.doctor_telegram import telegram_door, telegram_findings
from bot.cli.doctor_whatsapp import half_configured, twilio_door, whatsapp_findings
from bot.cli.findings import Finding, ok
from bot.ports import Clock
from bot.settings import Settings


async def channel_findings(
    settings: Settings, clock: Clock, secret: str | None, staff_secret: str | None = None
) -> list[Finding]:
    """Everything about the chat apps and the channels of pages that settings open.

    The secrets are those of the webhooks of Telegram's two bots, None when they are not known.

    All are asked at once: who does not answer keeps nobody waiting but for its own time.
    """
    found = [*half_configured(settings), *half_configured_pages(settings)]
    asked: list[AsyncIterator[Finding]] = []
    if settings.has_telegram:
        asked.append(telegram_findings(settings, clock))
    if settings.has_whatsapp:
        asked.append(whatsapp_findings(settings, clock))
    if not asked:
        found.append(ok("no chat app is configured: web chat only"))
    asked += page_findings(settings, clock)
    if asked and settings.public_base_url:
        asked.append(_front_door(settings, secret, staff_secret))
    for each in await asyncio.gather(*map(_all, asked)):
        found += each
    return found


async def _all(findings: AsyncIterator[Finding]) -> list[Finding]:
    return [finding async for finding in findings]


async def _front_door(
    settings: Settings, secret: str | None, staff_secret: str | None
) -> AsyncIterator[Finding]:
    """The server as providers see it."""
    async with httpx2.AsyncClient(timeout=CALL_SECONDS, trust_env=False) as door:
        finding = await reach(door, settings.base_url)
        yield finding
        if finding.mend:
            return
        if settings.has_telegram and settings.telegram_mode == "webhook":
            yield await telegram_door(door, settings.base_url, secret)
        if settings.has_whatsapp:
            async for each in twilio_door(door, settings):
                yield each
        async for each in page_doors(door, settings, staff_secret):
            yield each
