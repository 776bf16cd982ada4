"""Slows down whoever guesses passwords, without locking out whoever is on duty."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
# A member may mistype this often before having to wait.
FREE_TRIES = 5
# Never longer for one account: a stranger who guesses must not keep its owner out at night.
LONGEST_WAIT = timedelta(seconds=30)
# Tries from one address, whichever names it uses; offices share one.
TRIES_FROM_ADDRESS = 20
MOST_KEPT = 10_000


@dataclass
class Throttle:
    """Failed tries of the last quarter of an hour, per login and per address, in memory."""

    _failed: OrderedDict[tuple[str, str], deque[datetime]] = field(default_factory=OrderedDict)

    def wait(self, login: str, address: str, now: datetime) -> timedelta:
        """How long to wait before the next try is looked at; zero when not at all."""
        return max(
            self._wait_for_login(self._recent("login", login, now), now),
            self._wait_for_address(self._recent("address", address, now), now),
        )

    def failed(self, login: str, address: str, now: datetime) -> None:
        """Count a wrong try."""
        for key in (("login", login), ("address", address)):
            self._failed.setdefault(key, deque(maxlen=TRIES_FROM_ADDRESS)).append(now)
            self._failed.move_to_end(key)
        while len(self._failed) > MOST_KEPT:
            self._failed.popitem(last=False)

    def succeeded(self, login: str) -> None:
        """Forget the wrong tries of an account; those of the address stay."""
        self._failed.pop(("login", login), None)

    def _recent(self, kind: str, value: str, now: datetime) -> deque[datetime]:
        tries = self._failed.get((kind, value), deque())
        while tries and tries[0] <= now - WINDOW:
            tries.popleft()
        return tries

    @staticmethod
    def _wait_for_login(tries: deque[datetime], now: datetime) -> timedelta:
        if len(tries) < FREE_TRIES:
            return timedelta(0)
        wait = min(timedelta(seconds=2 ** (len(tries) - FREE_TRIES + 1)), LONGEST_WAIT)
        return max(tries[-1] + wait - now, timedelta(0))

    @staticmethod
    def _wait_for_address(tries: deque[datetime], now: datetime) -> timedelta:
        if len(tries) < TRIES_FROM_ADDRESS:
            return timedelta(0)
        return max(tries[0] + WINDOW - now, timedelta(0))
