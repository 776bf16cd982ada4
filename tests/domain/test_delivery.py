"""Whether a text may leave now, as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.channels import RULES, TELEGRAM, WEB, WHATSAPP
from bot.domain.delivery import (
    Circumstances,
    Decision,
    decide,
    is_failure,
    is_forward,
    retry_wait,
)

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def ago(**by: float) -> datetime:
    """A moment before now."""
    return NOW - timedelta(**by)


@pytest.mark.parametrize(
    ("channel", "found", "wanted"),
    [
        (TELEGRAM, Circumstances(ago(minutes=1)), Decision.SEND),
        (TELEGRAM, Circumstances(ago(minutes=10)), Decision.SEND),
        (TELEGRAM, Circumstances(ago(minutes=10, seconds=1)), Decision.HOLD),
        (TELEGRAM, Circumstances(None), Decision.HOLD),
        (TELEGRAM, Circumstances(ago(hours=5), released=True), Decision.SEND),
        (TELEGRAM, Circumstances(ago(days=5), released=True), Decision.SEND),
        (TELEGRAM, Circumstances(ago(minutes=1), unreachable="blocked"), Decision.GIVE_UP),
        (TELEGRAM, Circumstances(ago(minutes=1), NOW + timedelta(seconds=3)), Decision.SEND),
        (TELEGRAM, Circumstances(ago(minutes=1), NOW + timedelta(seconds=5)), Decision.WAIT),
        (WHATSAPP, Circumstances(ago(hours=23), released=True), Decision.SEND),
        (WHATSAPP, Circumstances(ago(hours=24), released=True), Decision.ASK_FIRST),
        (WHATSAPP, Circumstances(None, released=True), Decision.ASK_FIRST),
        (
            WHATSAPP,
            Circumstances(ago(hours=30), released=True, is_template=True),
            Decision.SEND,
        ),
        (WHATSAPP, Circumstances(ago(hours=30)), Decision.HOLD),
        (WEB, Circumstances(ago(days=30)), Decision.SEND),
        # A clock that jumped back must not silence anybody.
        (TELEGRAM, Circumstances(NOW + timedelta(hours=3)), Decision.SEND),
    ],
)
def test_what_becomes_of_a_due_row(channel: str, found: Circumstances, wanted: Decision) -> None:
    """What becomes of a due row."""
    assert decide(RULES[channel], found, NOW) is wanted


@pytest.mark.parametrize(
    ("known", "new", "forward"),
    [
        (None, "queued", True),
        ("sent", "delivered", True),
        ("delivered", "sent", False),
        ("read", "delivered", False),
        ("read", "failed", True),
        ("undelivered", "read", False),
        ("sent", "sent", False),
        ("sent", "something new", False),
    ],
)
def test_a_status_only_moves_forward(known: str | None, new: str, forward: bool) -> None:
    """A status only moves forward."""
    assert is_forward(known, new) is forward


def test_only_failures_are_failures() -> None:
    """Only failures are failures."""
    assert is_failure("undelivered")
    assert not is_failure("read")
    assert not is_failure("something new")


def test_waits_grow_and_heed_the_provider() -> None:
    """Waits grow and heed the provider."""
    waits = [retry_wait(attempts, None).total_seconds() for attempts in (1, 2, 3, 9, 999)]
    assert waits == [2, 4, 8, 60, 60]
    assert retry_wait(1, 37).total_seconds() == 37
