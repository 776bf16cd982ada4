"""What `doctor` asks Twilio about account and template, and our callback about signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from urllib.parse import urlencode

import httpx2

from bot.cli.doctor_common import SELF_TEST, clock_finding, door_finding, soon, status_of
from bot.cli.findings import Finding, broken, ok, warning
from bot.gateways.twilio import STATUS_PATH, TwilioWhatsApp
from bot.ports import Clock
from bot.settings import Settings

SENDER = re.compile(r"whatsapp:\+\d{8,15}|MG[0-9a-f]{32}")
TWILIO_PROBLEMS = {
    "unreachable": ("Twilio does not answer", "look at the network of this machine"),
    "auth": (
        "Twilio does not take account and token",
        "copy account and token from Twilio's console",
    ),
    "template_missing": (
        "Twilio does not know WHATSAPP_TEMPLATE_UPDATE",
        "copy the ContentSid (HX...) of the approved template",
    ),
}


def half_configured(settings: Settings) -> Iterable[Finding]:
    """WhatsApp needs three settings; one or two are a slip."""
    parts = {
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token,
        "WHATSAPP_FROM": settings.whatsapp_from,
    }
    missing = [name for name, value in parts.items() if not value]
    if 0 < len(missing) < len(parts):
        yield broken(f"WhatsApp is half configured: {', '.join(missing)} missing", "set it as well")


async def whatsapp_findings(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Sender, address, account under each token, template and clock."""
    for finding in _shape(settings):
        yield finding
    for number in range(len(settings.twilio_auth_token)):
        async for finding in _token(settings, clock, number):
            yield finding


def _shape(settings: Settings) -> Iterable[Finding]:
    for sender in settings.whatsapp_from.split(","):
        if not SENDER.fullmatch(sender.strip()):
            yield broken("WHATSAPP_FROM is no sender", "whatsapp:+62... or a service, MG...")
    if not settings.public_base_url.startswith("https://"):
        yield broken(
            "WhatsApp needs PUBLIC_BASE_URL with https", "Twilio signs every call with that address"
        )
    if not settings.whatsapp_template_update:
        yield warning(
            "without a template nobody can be written to after 24 hours of silence",
            "have one approved and set WHATSAPP_TEMPLATE_UPDATE to its ContentSid",
        )


async def _token(settings: Settings, clock: Clock, number: int) -> AsyncIterator[Finding]:
    """What Twilio says under one of our tokens; the first is the one in use."""
    token = settings.twilio_auth_token[number]
    only = settings.model_copy(update={"twilio_auth_token": (token,)})
    gateway = TwilioWhatsApp.from_settings(only, clock)
    try:
        problems = await soon(gateway.check(), calls=2)
    except TimeoutError:
        problems = ("unreachable",)
    finally:
        await gateway.close()
    if number:  # about the account everything was said under the first
        if "auth" in problems:
            what = "Twilio takes the older token no more"
            yield warning(what, "leave it out once no call uses it")
        return
    for problem in problems:
        yield twilio_problem(problem)
    if not problems:
        yield ok("Twilio takes account and token")
    if "unreachable" not in problems:
        yield clock_finding("Twilio", gateway.clock_offset)


def twilio_problem(problem: str) -> Finding:
    """One word of `TwilioWhatsApp.check`, for people."""
    kind, _, state = problem.partition("_")
    if problem in TWILIO_PROBLEMS:
        what, mend = TWILIO_PROBLEMS[problem]
        return broken(what, mend)
    if kind == "template":
        what = f"the template is not approved: {state}"
        return broken(what, "wait for Meta, or mend it in Twilio's console")
    return broken(f"the account at Twilio is {state}", "look into Twilio's console")


async def twilio_door(
    door: httpx2.AsyncClient, settings: Settings, path: str = STATUS_PATH, name: str = "WhatsApp"
) -> AsyncIterator[Finding]:
    """Our own status callback takes what each of our tokens signed, and nothing else.

    A report about no row changes nothing.
    """
    address = f"{settings.base_url}{path}"
    account = settings.twilio_account_sid
    report = {"AccountSid": account, "CallStatus": "ringing", "MessageStatus": "sent"}
    wrong = await _post_signed(door, address, SELF_TEST, "wrong")
    for token in settings.twilio_auth_token:
        right = await _post_signed(door, address, report, token)
        yield door_finding(name, right, wrong, "TWILIO_AUTH_TOKEN")


async def _post_signed(
    door: httpx2.AsyncClient, url: str, form: Mapping[str, str], token: str
) -> int:
    return await status_of(
        door.post(
            url,
            content=urlencode(form),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": twilio_signature(url, form, token),
            },
        )
    )


def twilio_signature(url: str, form: Mapping[str, str], token: str) -> str:
    """As Twilio's documentation says; made here so that the library is not asked about itself."""
    signed = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
