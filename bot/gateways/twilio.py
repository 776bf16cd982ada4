"""WhatsApp through Twilio: what we send, and what Twilio can be asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.domain.conversation import list_choices
from bot.domain.messages import Outbound
from bot.gateways.twilio_client import CallError, TwilioCalls
from bot.gateways.twilio_media import TwilioMedia
from bot.gateways.twilio_verdicts import meaning_of
from bot.ports import Clock, SendError
from bot.settings import Settings

STATUS_PATH = "/webhooks/whatsapp/status"
ROW = "row"
# For Twilio alone and no part of the signature: try reports again too.
PATIENTLY = "#rc=3&rp=all&ct=2000"
SERVICE = "MG"
# Twilio's times are whole seconds.
SKEW = timedelta(seconds=3)
LOOK_BACK = 50
PAGE = 100


@dataclass(frozen=True)
class Listed:
    """A message as Twilio lists it; how many files it has, not which."""

    sid: str
    sender: str = field(repr=False)
    to: str = field(repr=False)
    body: str = field(repr=False)
    status: str = ""
    service: str = ""
    sent_at: datetime | None = None
    files: int = 0


def sender_values(sender: str) -> dict[str, str]:
    """How a message says who sends it: a number, or a Messaging Service that picks one."""
    if sender.startswith(SERVICE):
        return {"messaging_service_sid": sender}
    return {"from_": sender}


def text_of(message: Outbound) -> str:
    """The words as they are sent: choices are numbered lines, for WhatsApp shows no buttons."""
    if not message.buttons:
        return message.text
    return f"{message.text}\n\n{list_choices(message.buttons)}"


class TwilioWhatsApp:
    """See bot.ports.Sender and bot.ports.MediaSource.

    `senders` is `whatsapp:+62...` or the SID of a Messaging Service, or several with commas, of
    which the first sends; `callback_url` is where
    Twilio reports how a message fares, "" for nowhere; `template` is the ContentSid of the text
    that may be sent when a conversation has been quiet for a day.
    """

    def __init__(
        self,
        account: str,
        tokens: tuple[str, ...],
        senders: str,
        *,
        clock: Clock,
        base_url: str = "",
        callback_url: str = "",
        template: str = "",
    ) -> None:
        self._calls = TwilioCalls(account, tokens, base_url, clock)
        self._media = TwilioMedia(self._calls)
        self._senders = [sender.strip() for sender in senders.split(",")]
        self._callback = callback_url
        self._template = template

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock) -> TwilioWhatsApp:
        """As the settings say. Twilio refuses callbacks to this machine: then there are none."""
        public = settings.public_base_url
        return cls(
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            settings.whatsapp_from,
            clock=clock,
            base_url=settings.twilio_api_base_url,
            callback_url=f"{settings.base_url}{STATUS_PATH}" if public else "",
            template=settings.whatsapp_template_update,
        )

    async def send(self, message: Outbound) -> str | None:
        """See bot.ports.Sender."""
        values = self._values(message)
        try:
            return await self._calls.call(lambda client: sid_of(client.messages.create(**values)))
        except CallError as error:
            raise meaning_of(error) from None

    def _values(self, message: Outbound) -> dict[str, str]:
        if not message.address:
            raise SendError("no_address", permanent=True)
        values = {"to": message.address, **sender_values(self._senders[0])}
        if self._callback:
            # Our own id: a report may arrive before we have stored Twilio's.
            values["status_callback"] = f"{self._callback}?{ROW}={message.id}{PATIENTLY}"
        if not message.as_template:
            return values | {"body": text_of(message)}
        if not self._template:
            raise SendError("no_template", permanent=True)
        return values | {"content_sid": self._template}

    async def find_sent(self, message: Outbound) -> str | None:
        """Look among the latest messages to this person for one that is this row.

        CallError when Twilio cannot be asked just now.
        """
        if not message.address or message.created_at is None:
            return None
        created_at = message.created_at
        # Templates are listed with the words that Meta approved, which we do not know.
        text = None if message.as_template else text_of(message)

        def look(client: Any) -> str | None:
            for sent in client.messages.list(to=message.address, limit=LOOK_BACK, page_size=PAGE):
                if is_that(sent, text, created_at + self._calls.offset - SKEW):
                    return sid_of(sent)
            return None

        return await self._calls.call(look)

    async def list_inbound(self, since: datetime, most: int) -> tuple[Listed, ...]:
        """What people sent us since then, oldest first, at most so many; times by our clock."""
        only = self._senders[0]
        everything = len(self._senders) > 1 or only.startswith(SERVICE)
        to = {} if everything else {"to": only}
        account = self._calls.account

        def look(client: Any) -> tuple[Listed, ...]:
            if not self._calls.knows_offset:
                client.api.accounts(account).fetch()
            after = since + self._calls.offset
            found = client.messages.list(date_sent_after=after, limit=most, page_size=PAGE, **to)
            offset = self._calls.offset
            received = [_listed(one, offset) for one in found if one.direction == "inbound"]
            return tuple(reversed(received))

        return await self._calls.call(look)

    async def list_files(self, sid: str) -> tuple[tuple[str, str], ...]:
        """The files of a message, as (media type, address)."""

        def look(client: Any) -> tuple[tuple[str, str], ...]:
            found = client.messages(sid).media.list(limit=10)
            return tuple((str(one.content_type), str(one.uri)) for one in found)

        return await self._calls.call(look)

    async def state_of(self, sid: str) -> tuple[str, int | None]:
        """How a message of ours fares: its status and Twilio's code of what went wrong."""

        def look(client: Any) -> tuple[str, int | None]:
            found = client.messages(sid).fetch()
            return str(found.status), found.error_code

        return await self._calls.call(look)

    def fetch(self, reference: str, most_bytes: int) -> AsyncIterator[bytes]:
        """See bot.ports.MediaSource."""
        return self._media.fetch(reference, most_bytes)

    async def forget(self, reference: str) -> None:
        """See bot.ports.MediaSource."""
        await self._media.forget(reference)

    async def check(self) -> tuple[str, ...]:
        """What is wrong with account and template; empty when nothing is.

        `unreachable`, `auth`, `account_<status>`, `template_missing`, `template_<status>`.
        """
        return await check_account(self._calls, self._template)

    @property
    def clock_offset(self) -> timedelta | None:
        """How far Twilio's clock is ahead of ours; None before it has answered anything."""
        return self._calls.offset if self._calls.knows_offset else None

    async def close(self) -> None:
        """Let go of threads and connections."""
        await self._calls.close()


async def check_account(calls: TwilioCalls, template: str = "") -> tuple[str, ...]:
    """What is wrong with the account, and with a template when there is one; see `check`."""
    problems = []
    try:
        found = await calls.call(lambda client: client.api.accounts(calls.account).fetch())
        if found.status != "active":
            problems.append(f"account_{found.status}")
        if template:
            problems += await _check_template(calls, template)
    except CallError as error:
        problems.append("auth" if error.status in (401, 403, 404) else "unreachable")
    return tuple(problems)


async def _check_template(calls: TwilioCalls, template: str) -> list[str]:
    try:
        approval = await calls.call(
            lambda client: client.content.v1.contents(template).approval_fetch().fetch()
        )
    except CallError as error:
        if error.status == 404:
            return ["template_missing"]
        raise
    status = str((approval.whatsapp or {}).get("status", "unknown"))
    return [] if status == "approved" else [f"template_{status}"]


def sid_of(message: Any) -> str | None:
    """Twilio's id of what it made of a call."""
    return message.sid if isinstance(message.sid, str) else None


def is_that(sent: Any, text: str | None, since: datetime) -> bool:
    """Whether a listed message is one of ours since then, with this text when it is known."""
    at = sent.date_created
    return (
        str(sent.direction).startswith("outbound")
        and isinstance(at, datetime)
        and at >= since
        and (text is None or sent.body == text)
    )


def _listed(message: Any, offset: timedelta) -> Listed:
    at = message.date_sent or message.date_created
    return Listed(
        sid=str(message.sid),
        sender=str(message.from_ or ""),
        to=str(message.to or ""),
        body=str(message.body or ""),
        status=str(message.status),
        service=str(message.messaging_service_sid or ""),
        sent_at=at - offset if isinstance(at, datetime) else None,
        files=_count(message.num_media),
    )


def _count(text: object) -> int:
    return int(str(text)) if str(text).isdecimal() and len(str(text)) < 3 else 0
