"""Pages to staff through Twilio: an approved WhatsApp text, an SMS, a call."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self

from twilio.twiml.voice_response import VoiceResponse

from bot.domain.channels import WHATSAPP
from bot.domain.messages import Outbound
from bot.gateways import twilio
from bot.gateways.twilio import LOOK_BACK, PAGE, PATIENTLY, ROW, SKEW
from bot.gateways.twilio_client import CallError, TwilioCalls
from bot.gateways.twilio_verdicts import for_page
from bot.ports import Clock, SendError
from bot.settings import Settings

SMS_STATUS_PATH = "/webhooks/sms/status"
VOICE_PATH = "/webhooks/voice"
VOICE_STATUS_PATH = "/webhooks/voice/status"
CALL = "page"
"""The parameter of a call's addresses that names its row."""

# Longer than people sleep through a ring tone, shorter than most voicemail takes to answer.
RING_SECONDS = 30
MACHINE_SECONDS = 10
CALL_EVENTS = ["initiated", "ringing", "answered", "completed"]
SPOKEN = "id-ID"
TIMES_SAID = 3
EACH_CODE = "kode kasusnya"
NUMBER = re.compile(r"\+[1-9]\d{6,14}")


class TwilioPages:
    """What the three have in common: see bot.ports.Sender; `callback` is "" for none."""

    status_path = ""

    def __init__(
        self, calls: TwilioCalls, sender: str, template: str = "", *, public_url: str = ""
    ) -> None:
        self._calls = calls
        self._sender = sender.partition(",")[0].strip()
        self._public = public_url
        self._template = template

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock) -> Self:
        """As the settings say, with a client of its own: a slow channel keeps no other waiting.

        Twilio refuses callbacks to this machine: then there are none.
        """
        account, tokens = settings.twilio_account_sid, settings.twilio_auth_token
        calls = TwilioCalls(account, tokens, settings.twilio_api_base_url, clock)
        public = settings.base_url if settings.public_base_url else ""
        return cls(calls, *cls.ways(settings), public_url=public)

    @staticmethod
    def ways(settings: Settings) -> tuple[str, ...]:
        """The sender, and the template when there is one."""
        raise NotImplementedError

    async def send(self, message: Outbound) -> str | None:
        """See bot.ports.Sender."""
        if not message.address:
            raise SendError("no_address", permanent=True)
        values = self._values(message, message.address)
        try:
            return await self._calls.call(lambda client: twilio.sid_of(self._make(client, values)))
        except CallError as error:
            raise for_page(error) from None

    async def find_sent(self, message: Outbound) -> str | None:
        """See bot.ports.Sender; CallError when Twilio cannot be asked just now."""
        raise NotImplementedError

    def _values(self, message: Outbound, address: str) -> dict[str, Any]:
        """What Twilio is told."""
        raise NotImplementedError

    def _make(self, client: Any, values: Mapping[str, Any]) -> Any:
        """The call of Twilio's API."""
        return client.messages.create(**values)

    def _callback(self, message: Outbound, more: str = "") -> dict[str, str]:
        if not self._public:
            return {}
        # Our own id: a report may arrive before we have stored Twilio's.
        url = f"{self._public}{self.status_path}?{ROW}={message.id}{more}{PATIENTLY}"
        return {"status_callback": url}

    async def check(self) -> tuple[str, ...]:
        """What is wrong with account, template and sender; see `TwilioWhatsApp.check`.

        About the sender: `sender_missing` (Twilio has no such number) and `sender_unable` (it
        can do something else, but not this).
        """
        found = await twilio.check_account(self._calls, self._template)
        if found or not NUMBER.fullmatch(self._sender):
            return found
        try:
            return await self._calls.call(self._check_sender)
        except CallError:
            return ("unreachable",)

    def _check_sender(self, client: Any) -> tuple[str, ...]:
        numbers = client.incoming_phone_numbers.list(phone_number=self._sender, limit=1)
        if not numbers:
            return ("sender_missing",)
        return () if (numbers[0].capabilities or {}).get(self.ability) else ("sender_unable",)

    ability = "sms"

    @property
    def clock_offset(self) -> timedelta | None:
        """How far Twilio's clock is ahead of ours; None before it has answered anything."""
        return self._calls.offset if self._calls.knows_offset else None

    async def close(self) -> None:
        """Let go of threads and connections."""
        await self._calls.close()


class TwilioSms(TwilioPages):
    """Texts to phones; the answer is the code that stands in them."""

    status_path = SMS_STATUS_PATH

    @staticmethod
    def ways(settings: Settings) -> tuple[str, ...]:
        """See TwilioPages."""
        return (settings.sms_from,)

    def _values(self, message: Outbound, address: str) -> dict[str, Any]:
        sender = twilio.sender_values(self._sender)
        return {"to": address, "body": message.text, **sender, **self._callback(message)}

    async def find_sent(self, message: Outbound) -> str | None:
        """Look among the latest texts to this phone; CallError when Twilio cannot be asked."""
        return await _find_text(self._calls, message.address, message.created_at, message.text)


class TwilioTemplatePages(TwilioPages):
    """WhatsApp's approved text: reference, link and code are its variables 1, 2 and 3."""

    status_path = twilio.STATUS_PATH

    @staticmethod
    def ways(settings: Settings) -> tuple[str, ...]:
        """See TwilioPages; it is sent by the sender of the hotline."""
        return (settings.whatsapp_from, settings.whatsapp_template_page)

    def _values(self, message: Outbound, address: str) -> dict[str, Any]:
        if message.card is None:
            raise SendError("no_card", permanent=True)
        card = message.card
        named, code = card.first.reference, card.first.code
        if len(card.lines) > 1:
            named = ", ".join(f"{line.reference} ({line.code})" for line in card.lines)
            code = EACH_CODE
        variables = {
            "1": f"{card.marks}{named}",
            # WhatsApp refuses empty ones.
            "2": card.link or card.console,
            "3": code or "-",
        }
        return {
            "to": f"{WHATSAPP}:{address}",
            "content_sid": self._template,
            "content_variables": json.dumps(variables),
            **twilio.sender_values(self._sender),
            **self._callback(message),
        }

    async def find_sent(self, message: Outbound) -> str | None:
        """Look for a text that holds this page's link or code; others to the same phone do not.

        Where Twilio lists templates without their words nothing is found: better one page too
        many than one too few. CallError when it cannot be asked just now.
        """
        card = message.card
        if card is None or not message.address:
            return None
        address = f"{WHATSAPP}:{message.address}"
        marks = [mark for mark in (card.link, *(line.code for line in card.lines)) if mark]
        return await _find_text(self._calls, address, message.created_at, None, marks)


class TwilioVoice(TwilioPages):
    """Calls: what is said and which keys do what is asked of our webhook once a person answers."""

    status_path = VOICE_STATUS_PATH
    ability = "voice"

    @staticmethod
    def ways(settings: Settings) -> tuple[str, ...]:
        """See TwilioPages."""
        return (settings.voice_from,)

    def _values(self, message: Outbound, address: str) -> dict[str, Any]:
        values: dict[str, Any] = {"to": address, "from_": self._sender, "timeout": RING_SECONDS}
        if message.card is None:
            # A code that somebody waits for: they are there, and it is read to whoever answers.
            return values | {"twiml": spoken(message.text)}
        return values | {
            "url": f"{self._public}{VOICE_PATH}?{CALL}={message.id}",
            "method": "POST",
            "machine_detection": "Enable",
            "machine_detection_timeout": MACHINE_SECONDS,
            "status_callback_event": CALL_EVENTS,
            "status_callback_method": "POST",
            **self._callback(message),
        }

    def _make(self, client: Any, values: Mapping[str, Any]) -> Any:
        return client.calls.create(**values)

    def _check_sender(self, client: Any) -> tuple[str, ...]:
        """A number that was proved to be ours may call as well."""
        if client.outgoing_caller_ids.list(phone_number=self._sender, limit=1):
            return ()
        return super()._check_sender(client)

    async def find_sent(self, message: Outbound) -> str | None:
        """Look for a call of ours to this phone since the page was written.

        A call does not say which page it was for: with more than one the phone rings once more.
        CallError when Twilio cannot be asked just now.
        """
        if not message.address or message.created_at is None:
            return None
        since = message.created_at

        def look(client: Any) -> str | None:
            calls = client.calls.list(
                to=message.address, from_=self._sender, limit=LOOK_BACK, page_size=PAGE
            )
            after = since + self._calls.offset - SKEW
            ours = [one for one in calls if _is_since(one, after)]
            return twilio.sid_of(ours[0]) if len(ours) == 1 else None

        return await self._calls.call(look)


def spoken(text: str) -> str:
    """TwiML that says a text a few times, digits one by one, and hangs up."""
    slowly = re.sub(r"\d", r"\g<0>, ", text)
    answer = VoiceResponse()
    answer.say(slowly, language=SPOKEN, loop=TIMES_SAID)
    answer.hangup()
    return str(answer)


async def _find_text(
    calls: TwilioCalls,
    address: str | None,
    created_at: datetime | None,
    text: str | None,
    marks: list[str] | None = None,
) -> str | None:
    if not address or created_at is None:
        return None

    def look(client: Any) -> str | None:
        after = created_at + calls.offset - SKEW
        for sent in client.messages.list(to=address, limit=LOOK_BACK, page_size=PAGE):
            is_marked = marks is None or any(mark in str(sent.body or "") for mark in marks)
            if is_marked and twilio.is_that(sent, text, after):
                return twilio.sid_of(sent)
        return None

    return await calls.call(look)


def _is_since(call: Any, after: datetime) -> bool:
    at = call.date_created
    is_ours = str(call.direction).startswith("outbound")
    return is_ours and isinstance(at, datetime) and at >= after
