"""What `doctor` asks about the channels that wake staff: sender, template, webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

import httpx2

from bot.cli.doctor_common import soon
from bot.cli.doctor_telegram import staff_bot_findings, telegram_door
from bot.cli.doctor_whatsapp import TWILIO_PROBLEMS, twilio_door, twilio_problem
from bot.cli.findings import Finding, broken, ok
from bot.gateways.twilio_pages import (
    SMS_STATUS_PATH,
    VOICE_STATUS_PATH,
    TwilioPages,
    TwilioSms,
    TwilioTemplatePages,
    TwilioVoice,
)
from bot.ports import Clock
from bot.settings import Settings
from channels import telegram_staff

SENDER_PROBLEMS = {
    "sender_missing": "the account has no such number: buy it, or copy it from Twilio's console",
    "sender_unable": "the number cannot do this: take one that can, in Twilio's console",
}


def half_configured_pages(settings: Settings) -> Iterable[Finding]:
    """Each channel of pages needs more than its own setting."""
    has_account = bool(settings.twilio_account_sid and settings.twilio_auth_token)
    wanted = {
        "SMS_FROM": (settings.sms_from, has_account, "the account at Twilio"),
        "VOICE_FROM": (settings.voice_from, settings.has_voice, "Twilio and PUBLIC_BASE_URL"),
        "WHATSAPP_TEMPLATE_PAGE": (
            settings.whatsapp_template_page,
            settings.has_whatsapp,
            "WhatsApp",
        ),
    }
    for name, (value, is_enough, needs) in wanted.items():
        if value and not is_enough:
            yield broken(f"{name} wakes nobody without {needs}", "set that as well")


def page_findings(settings: Settings, clock: Clock) -> list[AsyncIterator[Finding]]:
    """One line of questions for each channel of pages that settings open."""
    asked: list[AsyncIterator[Finding]] = []
    if settings.has_telegram_staff:
        asked.append(staff_bot_findings(settings, clock))
    if settings.has_whatsapp_page:
        gateway: TwilioPages = TwilioTemplatePages.from_settings(settings, clock)
        asked.append(_twilio(gateway, "WHATSAPP_TEMPLATE_PAGE"))
    if settings.has_sms:
        asked.append(_twilio(TwilioSms.from_settings(settings, clock), "SMS_FROM"))
    if settings.has_voice:
        asked.append(_twilio(TwilioVoice.from_settings(settings, clock), "VOICE_FROM"))
    return asked


async def _twilio(gateway: TwilioPages, setting: str) -> AsyncIterator[Finding]:
    try:
        problems = await soon(gateway.check(), calls=3)
    except TimeoutError:
        problems = ("unreachable",)
    finally:
        await gateway.close()
    for problem in problems:
        if problem in SENDER_PROBLEMS:
            yield broken(f"{setting} cannot wake anybody", SENDER_PROBLEMS[problem])
        elif problem == "template_missing":
            yield broken(f"Twilio does not know {setting}", TWILIO_PROBLEMS[problem][1])
        else:
            finding = twilio_problem(problem)
            yield broken(f"{setting}: {finding.what}", finding.mend)
    if not problems:
        yield ok(f"Twilio can wake staff by {setting}")


async def page_doors(
    door: httpx2.AsyncClient, settings: Settings, secret: str | None
) -> AsyncIterator[Finding]:
    """Our own webhooks of these channels take what is proved and refuse what is not."""
    if settings.has_telegram_staff and settings.telegram_mode == "webhook":
        yield await telegram_door(door, settings.base_url, secret, telegram_staff.PATH)
    paths = {
        SMS_STATUS_PATH: ("SMS", settings.has_sms),
        VOICE_STATUS_PATH: ("calls", settings.has_voice),
    }
    for path, (name, is_open) in paths.items():
        if is_open:
            async for finding in twilio_door(door, settings, path, name):
                yield finding
