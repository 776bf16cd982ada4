"""Calls of people: nobody takes them, for the phone may be watched; they are answered by text.

Calls to staff, which we make, come here as well: they carry the page that they are for.
"""

from __future__ import annotations

import re

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.bootstrap import App
from bot.domain.channels import WHATSAPP
from bot.domain.messages import InboundMessage, Kind
from channels import page_calls
from channels.inbound import is_open, refuse, take_in
from channels.twilio_request import raw, read_form, refusal
from channels.whatsapp_messages import LONGEST_ID, is_address

log = structlog.get_logger()
CHANNEL = "voice"
PATH = "/webhooks/voice"
NUMBER = re.compile(r"\+[1-9]\d{6,14}")
# Busy, without a sound. An error of ours would be read aloud by Twilio to whoever holds the phone.
REJECT = '<?xml version="1.0" encoding="UTF-8"?><Response><Reject reason="busy"/></Response>'


def routes(app: App) -> list[BaseRoute]:
    """The route that Twilio calls when somebody calls us."""

    async def call(request: Request) -> Response:
        form = await read_form(app, request, CHANNEL, PATH)
        if form.get("AccountSid") != app.settings.twilio_account_sid:
            raise await refusal(app, CHANNEL, "not_ours", raw(form))
        if page_calls.is_page_call(request):
            return await page_calls.answer(app, request, form)
        sid, caller = form.get("CallSid", ""), form.get("From", "")
        if not 0 < len(sid) <= LONGEST_ID:
            raise await refusal(app, CHANNEL, "malformed", raw(form), 400)
        address = f"{WHATSAPP}:{caller}" if NUMBER.fullmatch(caller) else caller
        try:
            if not is_address(address):
                await refuse(app, CHANNEL, "anonymous", raw(form))
            elif await is_open(app, WHATSAPP):
                await take_in(app, _as_message(sid, address))
        except Exception as error:  # noqa: BLE001  # silence on the phone comes before our error
            log.error("call_not_stored", error=type(error).__name__)
        return Response(REJECT, media_type="text/xml")

    return [Route(PATH, call, methods=["POST"])]


def _as_message(sid: str, address: str) -> InboundMessage:
    aliases = (address,) if NUMBER.fullmatch(address.removeprefix(f"{WHATSAPP}:")) else ()
    return InboundMessage(
        WHATSAPP, sid, address, "", kind=Kind.CALL, aliases=aliases, address=address
    )
