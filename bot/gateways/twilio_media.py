"""Files that people sent by WhatsApp: fetched from Twilio, then deleted there."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator
from urllib.parse import urljoin, urlsplit

import httpx2

from bot.gateways.twilio_client import CallError, TwilioCalls, elsewhere
from bot.ports import MediaError

API = "https://api.twilio.com"
PLACE = re.compile(
    r"(?:https://[a-z0-9.-]+\.twilio\.com)?"
    r"(/2010-04-01/Accounts/AC\w{1,64}/Messages/(\w{1,64})/Media/(\w{1,64}))(?:\.json)?"
)
CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
MOST_REDIRECTS = 3
NOT_THERE = (404, 410)
# Mended without the person: our token, too many calls, the storage behind Twilio.
PASSES = (401, 403, 408, 429)


class TwilioMedia:
    """See bot.ports.MediaSource; a reference is the address of a media resource."""

    def __init__(self, calls: TwilioCalls) -> None:
        self._calls = calls
        self._base = urlsplit(calls.base_url)

    async def fetch(self, reference: str, most_bytes: int) -> AsyncIterator[bytes]:
        """The bytes of a file in pieces; MediaError when that is not possible.

        How long all of it may take is for the caller to say: a time-out in here would strike
        while a piece is being stored.
        """
        path, _, _ = _place(reference)
        received = 0
        try:
            async with (
                httpx2.AsyncClient(
                    trust_env=not self._base.netloc,
                    timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                ) as client,
                self._opened(client, elsewhere(f"{API}{path}", self._base)) as answer,
            ):
                async for piece in answer.aiter_bytes():
                    received += len(piece)
                    if received > most_bytes:
                        raise MediaError("too_large", permanent=True)
                    yield piece
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            # Its text may hold the address, which opens the file without a password.
            raise MediaError(type(error).__name__, permanent=False) from None

    @contextlib.asynccontextmanager
    async def _opened(self, client: httpx2.AsyncClient, url: str) -> AsyncIterator[httpx2.Response]:
        """The file itself: Twilio proves who asks, then sends on to where the bytes lie."""
        tokens = list(self._calls.tokens)
        auth: httpx2.BasicAuth | None = httpx2.BasicAuth(self._calls.account, tokens.pop(0))
        for _ in range(MOST_REDIRECTS + len(self._calls.tokens)):
            async with client.stream("GET", url, auth=auth) as answer:
                if answer.is_redirect:
                    # The password is for Twilio only, and the storage refuses it.
                    url, auth = self._next(url, answer.headers.get("location", "")), None
                    continue
                if answer.status_code == 401 and auth is not None and tokens:
                    auth = httpx2.BasicAuth(self._calls.account, tokens.pop(0))
                    continue
                if answer.status_code != 200:
                    raise _refused(answer.status_code)
                yield answer
                return
        raise MediaError("too_many_redirects", permanent=False)

    def _next(self, url: str, location: str) -> str:
        target = urljoin(url, location)
        parts = urlsplit(target)
        is_stand_in = bool(self._base.netloc) and parts.netloc == self._base.netloc
        if not (is_stand_in or (parts.scheme == "https" and parts.hostname)):
            raise MediaError("odd_redirect", permanent=True)
        return target

    async def forget(self, reference: str) -> None:
        """Delete the file at Twilio, which keeps it until it is told; gone already is fine."""
        _, message_sid, sid = _place(reference)
        try:
            await self._calls.call(lambda client: client.messages(message_sid).media(sid).delete())
        except CallError as error:
            if error.status not in NOT_THERE:
                raise MediaError(error.reason, permanent=False) from None


def _place(reference: str) -> tuple[str, str, str]:
    found = PLACE.fullmatch(reference)
    if found is None:
        raise MediaError("bad_reference", permanent=True)
    return found[1], found[2], found[3]


def _refused(status: int) -> MediaError:
    if status in NOT_THERE:
        return MediaError("gone", permanent=True)
    return MediaError(f"HTTP {status}", permanent=status not in PASSES and status < 500)
