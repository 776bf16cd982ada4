"""Which contacts a page walks, and when it joins one that rings already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.pages import FLOOD, PageKind, Rung, bundled_until, usable
from bot.domain.staff import Contact
from bot.language.types import Urgency

NOW = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
CHANNELS = frozenset({"email", "sms", "voice"})


def contact(channel: str, *, verified: bool = True) -> Contact:
    """A contact of a channel, named by it."""
    return Contact(channel, "s", channel, NOW if verified else None, "address")


VOICE, SMS, EMAIL = contact("voice"), contact("sms"), contact("email")


@pytest.mark.parametrize(
    ("kind", "only", "wanted"),
    [
        (PageKind.STEP, None, ["voice", "sms", "email"]),
        (PageKind.STEP, ("email", "voice"), ["email", "voice"]),
        (PageKind.STEP, ("telegram_staff",), ["voice", "sms", "email"]),
        (PageKind.NOTICE, None, ["sms", "email", "voice"]),
        (PageKind.TOLD, None, ["sms", "email"]),
        (PageKind.REMINDER, None, ["voice", "sms", "email"]),
    ],
)
def test_contacts_in_order(kind: PageKind, only: tuple[str, ...] | None, wanted: list[str]) -> None:
    """A member's own order, or that of the step; news never rings until it is answered."""
    found = usable((VOICE, SMS, EMAIL), CHANNELS, kind, only)
    assert [each.channel for each in found] == wanted


def test_what_is_not_verified_or_not_set_up_is_left_out() -> None:
    """An address that nobody has confirmed wakes nobody."""
    found = usable((contact("sms", verified=False), contact("phone"), EMAIL), CHANNELS)
    assert found == (EMAIL,)


def rung(urgency: Urgency, seconds: float, kind: PageKind = PageKind.STEP, case: str = "a") -> Rung:
    """A phone that began to ring some seconds ago."""
    return Rung(case, kind, urgency, NOW - timedelta(seconds=seconds))


E, U = Urgency.EMERGENCY, Urgency.URGENT


@pytest.mark.parametrize(
    ("ringing", "urgency", "wanted"),
    [
        ([], E, None),
        ([rung(E, 30)] * 2, E, None),
        ([rung(E, 30)] * FLOOD, E, 90),
        ([rung(E, 30)], U, 90),
        ([rung(U, 30)] * FLOOD, E, None),
        ([rung(U, 30), rung(E, 100), rung(E, 50), rung(E, 90)], E, 70),
        ([rung(U, 120)], U, None),
        ([rung(U, -5)], U, None),
        ([rung(U, 30, PageKind.NOTICE)], U, None),
        ([rung(U, 30, case="b")], U, None),
    ],
    ids=[
        "nothing rings",
        "two in danger",
        "a flood of danger",
        "less urgent",
        "more urgent",
        "one of them",
        "too long ago",
        "clock set back",
        "another kind",
        "the same case",
    ],
)
def test_a_flood_is_bundled(ringing: list[Rung], urgency: Urgency, wanted: float | None) -> None:
    """Only behind a page that is as urgent, of the same kind, younger than the window."""
    until = bundled_until(ringing, "b", PageKind.STEP, urgency, NOW)
    assert until == (None if wanted is None else NOW + timedelta(seconds=wanted))
