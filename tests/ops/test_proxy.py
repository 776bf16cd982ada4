"""Behind a reverse proxy the server knows who really calls, and believes nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from bot.console.throttle import TRIES_FROM_ADDRESS
from bot.keyfile import new_key
from tests.ops.machine import Machine


@pytest.fixture
def signing_in(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Machine, str]]:
    """A server with its setting of proxies."""
    proxies: str = request.param
    machine = Machine(tmp_path / "var", {"MASTER_KEYS": new_key(), "TANYADULU_PROXIES": proxies})
    machine.start()
    yield machine, proxies
    machine.stop()


def guess(machine: Machine, client: httpx2.Client, caller: str, number: int) -> int:
    """A wrong password for one more account; the status of the answer."""
    answer = client.post(
        f"{machine.url}/console/sign-in",
        data={"login": f"nama-{number}", "password": "bukan kata sandinya"},
        headers={"X-Forwarded-For": caller, "Sec-Fetch-Site": "same-origin"},
    )
    return answer.status_code


@pytest.mark.parametrize("signing_in", ["127.0.0.1", "10.213.0.0/24"], indirect=True)
def test_the_throttle_counts_callers(signing_in: tuple[Machine, str]) -> None:
    """Who guesses from one address waits; others do not, if the proxy may say who they are."""
    machine, proxies = signing_in
    with httpx2.Client(timeout=60, trust_env=False) as client:
        first = [guess(machine, client, "203.0.113.7", each) for each in range(TRIES_FROM_ADDRESS)]
        assert set(first) == {403}
        assert guess(machine, client, "203.0.113.7", 100) == 429
        other = guess(machine, client, "203.0.113.8", 101)
    # Somebody who is no proxy cannot escape by naming other addresses.
    assert other == (403 if proxies == "127.0.0.1" else 429)
