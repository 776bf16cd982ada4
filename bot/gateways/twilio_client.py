"""Twilio's REST client, in threads of its own, with errors that say no more than they must."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from bot.gateways.provider_time import told_time
from bot.ports import Clock

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
# The client blocks. Threads of its own, so that a silent provider stops nothing but itself.
THREADS = 24
UNAUTHORISED = 401
TOO_MANY = 429
# A gateway in between gave up waiting: the call may have been carried out all the same.
GAVE_UP_WAITING = (502, 504)


class CallError(Exception):
    """A call did not end well.

    `status` is HTTP's and `code` Twilio's own (twilio.com/docs/api/errors), 0 when there is
    none. `outcome_open` when the provider may have carried the call out. The text of Twilio's
    errors names phone numbers, so nothing of it is kept.
    """

    def __init__(
        self,
        reason: str,
        *,
        status: int = 0,
        code: int = 0,
        retry_after: float | None = None,
        outcome_open: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.outcome_open = outcome_open


class _Http(TwilioHttpClient):  # type: ignore[misc]  # the library ships no types
    """Goes to another host when told (tests), keeps its log to itself, minds `Retry-After`."""

    def __init__(self, base_url: str, clock: Clock) -> None:
        super().__init__()
        self._base = urlsplit(base_url)
        self._clock = clock
        self.offset: timedelta | None = None
        self.timeout = (CONNECT_SECONDS, READ_SECONDS)
        # A stand-in is on this machine: no proxy leads there.
        self.session.trust_env = not base_url

    def request(self, method: str, url: str, *args: Any, **values: Any) -> Response:
        """See TwilioHttpClient; CallError when Twilio asks for a pause."""
        response = super().request(method, elsewhere(url, self._base), *args, **values)
        self._learn_offset((response.headers or {}).get("Date"))
        if response.status_code == TOO_MANY:
            wait = _seconds((response.headers or {}).get("Retry-After"))
            raise _error(TOO_MANY, _code(response.text), wait)
        return response

    def _learn_offset(self, date: str | None) -> None:
        """How far Twilio's clock is ahead of ours, from the time that it answers with."""
        told = told_time(date)
        if told is not None:
            self.offset = told - self._clock.now()

    def log_request(self, kwargs: Any) -> None:
        """Addresses of calls hold phone numbers."""

    def log_response(self, status_code: int, response: Any) -> None:
        """Nothing that is not in the errors."""


def elsewhere(url: str, base: SplitResult) -> str:
    """The address on the host of `base`, or as it is when there is none."""
    if not base.netloc:
        return url
    parts = urlsplit(url)
    return urlunsplit((base.scheme, base.netloc, parts.path, parts.query, ""))


class TwilioCalls:
    """Makes calls under the newest token, and under the one before while tokens change."""

    def __init__(self, account: str, tokens: Sequence[str], base_url: str, clock: Clock) -> None:
        self.account = account
        self.tokens = tuple(tokens)
        self.base_url = base_url
        self._http = _Http(base_url, clock)
        self._clients = [Client(account, token, http_client=self._http) for token in tokens]
        self._threads = ThreadPoolExecutor(THREADS, "twilio")

    async def call[T](self, ask: Callable[[Any], T]) -> T:
        """Let a function use the client; CallError, and nothing else, when it fails."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._call, ask)

    def _call[T](self, ask: Callable[[Any], T]) -> T:
        refused = CallError("no token", status=UNAUTHORISED)
        for client in self._clients:
            try:
                return _quietly(ask, client)
            except CallError as error:
                if error.status != UNAUTHORISED:
                    raise
                refused = error
        raise refused

    @property
    def knows_offset(self) -> bool:
        """Whether Twilio has told its time yet."""
        return self._http.offset is not None

    @property
    def offset(self) -> timedelta:
        """How far Twilio's clock is ahead of ours, to a second; none before the first answer."""
        return self._http.offset or timedelta(0)

    async def close(self) -> None:
        """Let go of threads and connections; calls that are under way end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._http.session.close()


def _quietly[T](ask: Callable[[Any], T], client: Any) -> T:
    try:
        return ask(client)
    except CallError:
        raise
    except (TwilioRestException, TwilioServiceException) as error:
        raise _error(error.status, _number(error.code)) from None
    except TwilioException as error:
        # A page that could not be listed carries its whole response.
        response = error.args[1] if len(error.args) > 1 else None
        status = _number(getattr(response, "status_code", 0))
        raise _error(status, _code(getattr(response, "text", ""))) from None
    except requests.RequestException as error:
        name = type(error).__name__
        raise CallError(name, outcome_open=_may_have_arrived(error)) from None
    except Exception as error:  # noqa: BLE001  # an answer that makes no sense can break anything
        raise CallError(f"unreadable: {type(error).__name__}", outcome_open=True) from None


def _may_have_arrived(error: requests.RequestException) -> bool:
    """Whether the call may have reached the provider before the line failed."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.InvalidURL):
        return False
    cause = error.args[0] if error.args else None
    return not isinstance(getattr(cause, "reason", cause), NewConnectionError)


def _error(status: int, code: int, retry_after: float | None = None) -> CallError:
    return CallError(
        f"HTTP {status}, {code}" if code else f"HTTP {status}",
        status=status,
        code=code,
        retry_after=retry_after,
        outcome_open=status in GAVE_UP_WAITING or status < 300,
    )


def _code(text: str) -> int:
    try:
        return _number(json.loads(text)["code"])
    except (ValueError, TypeError, KeyError):
        return 0


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _seconds(value: object) -> float | None:
    try:
        wait = float(str(value))
    except ValueError:
        return None
    return wait if 0 < wait < 24 * 3600 else None
