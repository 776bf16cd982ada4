"""Slowing down who guesses."""

from __future__ import annotations

from datetime import timedelta

from bot.console import throttle
from bot.console.throttle import Throttle
from tests.hotline import START

NO_WAIT = timedelta(0)


def test_a_few_mistakes_are_free() -> None:
    """Four mistyped passwords cost nothing."""
    guard = Throttle()
    for _ in range(4):
        guard.failed("sari", "a", START)
    assert guard.wait("sari", "a", START) == NO_WAIT


def test_the_wait_grows_up_to_half_a_minute() -> None:
    """Each further try waits twice as long, and never longer than thirty seconds."""
    guard = Throttle()
    waits = []
    for number in range(12):
        guard.failed("sari", str(number), START)
        waits.append(guard.wait("sari", "own", START).total_seconds())
    assert waits == [0, 0, 0, 0, 2, 4, 8, 16, 30, 30, 30, 30]


def test_an_address_that_tries_many_names_waits() -> None:
    """Twenty wrong tries from one address close it for the rest of the quarter of an hour."""
    guard = Throttle()
    for number in range(20):
        guard.failed(f"name{number}", "a", START)
    later = START + timedelta(minutes=5)
    assert guard.wait("sari", "a", later) == timedelta(minutes=10)
    assert guard.wait("sari", "b", later) == NO_WAIT
    assert guard.wait("sari", "a", START + timedelta(minutes=15)) == NO_WAIT


def test_the_right_password_clears_the_name() -> None:
    """Who got in does not pay for earlier mistakes."""
    guard = Throttle()
    for _ in range(6):
        guard.failed("sari", "a", START)
    guard.succeeded("sari")
    assert guard.wait("sari", "a", START) == NO_WAIT


def test_memory_is_bounded() -> None:
    """Made-up names cannot fill the memory."""
    guard = Throttle()
    for number in range(throttle.MOST_KEPT + 10):
        guard.failed(f"name{number}", "a", START)
    assert len(guard._failed) <= throttle.MOST_KEPT
