"""What `doctor` asks of every provider: the time, and whether our front door knows its callers.

Every call ends within seconds, whatever the network does. What is posted to our own webhooks
stores nothing but one refused request that says what it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import httpx2

from bot.cli.findings import Finding, broken, ok, warning

CALL_SECONDS = 5.0
CLOCK_SLACK = timedelta(seconds=30)
SELF_TEST = {"tanyadulu": "doctor tries a wrong signature"}
"""A body that staff recognise when they find it among the refused requests."""


async def reach(door: httpx2.AsyncClient, url: str) -> Finding:
    """Whether the address that people and providers use leads to this server."""
    try:
        answer = await door.get(f"{url}/healthz")
    except httpx2.HTTPError as error:
        return broken(
            f"PUBLIC_BASE_URL {url} does not answer ({type(error).__name__})",
            "start the server, then look at name, certificate and proxy (deploy/)",
        )
    if answer.status_code != 200 or answer.text.strip() != "ok":
        return broken(
            f"at PUBLIC_BASE_URL {url} somebody else answers ({answer.status_code})",
            "let the proxy pass /healthz and /webhooks/ on to the server",
        )
    return ok(f"PUBLIC_BASE_URL {url} leads here")


def clock_finding(provider: str, ahead: timedelta | None) -> Finding:
    """Whether the provider has the same time as we; `ahead` is how far it is ahead of us."""
    if ahead is None:
        return warning(f"{provider} did not tell its time", "compare the clock by hand: date -u")
    if abs(ahead) > CLOCK_SLACK:
        way = "behind" if ahead > timedelta(0) else "ahead of"
        seconds = abs(ahead).total_seconds()
        return broken(
            f"the clock is {seconds:.0f} s {way} {provider}'s",
            "timedatectl set-ntp true: windows, pauses and pages go by it",
        )
    return ok(f"the clock agrees with {provider}'s")


def door_finding(name: str, right: int, wrong: int, setting: str) -> Finding:
    """What the answers to a well and a wrongly signed request mean; 0 for none."""
    if wrong in (200, 204):
        return broken(f"{name}'s webhook takes forged requests", "stop the server and report it")
    if right == 503 and wrong == 403:
        return broken(f"{name}'s webhook is closed", "mend what keeps it closed, see above")
    if right not in (200, 204) or wrong != 403:
        return broken(
            f"{name}'s webhook answers {right} to a right signature and {wrong} to a wrong one",
            f"give all servers the same {setting} and PUBLIC_BASE_URL, let /webhooks/ through",
        )
    return ok(f"{name}'s webhook takes what is signed and refuses what is not")


async def status_of(call: Awaitable[httpx2.Response]) -> int:
    """The status of an answer; 0 when there is none."""
    try:
        return (await call).status_code
    except httpx2.HTTPError:
        return 0


async def soon[T](call: Awaitable[T], *, calls: int) -> T:
    """Not longer than so many calls may take. TimeoutError after that."""
    return await asyncio.wait_for(call, CALL_SECONDS * calls)
