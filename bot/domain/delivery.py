"""Whether a text to a person may leave now: pure rules over the row and its conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.channels import ChannelRules, room_at
from bot.domain.messages import Author, Delivery

JUST_AFTER = timedelta(minutes=10)
"""Every phone is treated as watched until safe contact is known: a text that makes it ring leaves
only this long after the person's own message (product rule)."""

FAR_AWAY = timedelta(hours=2)
"""Longer than anything waits here: what is due later was written before the clock was set back."""

WINDOW_CLOSED = "window_closed"
"""Why a row is held that the provider takes no more: it leaves when the person writes again."""

WINDOW_MARGIN = timedelta(minutes=1)
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(seconds=60)


class Decision(StrEnum):
    """What becomes of a row that is due."""

    SEND = "send"
    WAIT = "wait"
    HOLD = "hold"
    ASK_FIRST = "ask_first"
    GIVE_UP = "give_up"


@dataclass(frozen=True)
class Circumstances:
    """What the decision about one row depends on.

    `released`: staff took the responsibility that it may ring now. `is_template`: the row is
    itself the approved text that opens the talk again, written because staff released another.
    """

    wrote_at: datetime | None
    paced_until: datetime | None = None
    unreachable: str | None = None
    released: bool = False
    is_template: bool = False


def decide(rules: ChannelRules, found: Circumstances, now: datetime) -> Decision:
    """Send, or why not.

    `hold`: it would ring out of the blue and waits until the person writes. `ask_first`: staff
    released it, but the provider takes free text no more; an approved template must ask first.
    """
    if found.unreachable is not None:
        return Decision.GIVE_UP
    if not (found.released or found.is_template) and not may_ring(rules, found.wrote_at, now):
        return Decision.HOLD
    if rules.per_chat is not None and not room_at(found.paced_until, now, rules.per_chat):
        return Decision.WAIT
    if not found.is_template and not in_window(rules, found.wrote_at, now):
        return Decision.ASK_FIRST
    return Decision.SEND


def may_ring(rules: ChannelRules, wrote_at: datetime | None, now: datetime) -> bool:
    """Whether a text that nobody released may reach this phone now."""
    if not rules.rings:
        return True
    return wrote_at is not None and now - wrote_at <= JUST_AFTER


def in_window(rules: ChannelRules, wrote_at: datetime | None, now: datetime) -> bool:
    """Whether the provider takes free text now."""
    if rules.window is None:
        return True
    return wrote_at is not None and now - wrote_at < rules.window - WINDOW_MARGIN


def may_release(author: Author, state: Delivery, error: str | None) -> bool:
    """Whether staff can let a text go before the person writes again.

    Only people take on that a phone rings; what the provider takes no more would only be held
    again, and ask the person again.
    """
    return author is Author.HUMAN and state is Delivery.HELD and error != WINDOW_CLOSED


def retry_wait(attempts: int, asked_for: float | None) -> timedelta:
    """How long to wait after the given number of failed tries; never less than asked for."""
    doublings = min(max(attempts - 1, 0), 8)
    own = min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)
    return max(own, timedelta(seconds=asked_for or 0))


TOO_LATE = "63016"
"""Twilio's code for free text outside WhatsApp's 24 hours."""

NOT_REACHABLE = ("21610", "21211", "21614", "63003", "63024")
"""Twilio's codes for who cannot be reached: unsubscribed, no valid address, not in WhatsApp."""

STATUS_RANKS = {
    "accepted": 0,
    "scheduled": 0,
    "queued": 0,
    "initiated": 0,
    "sending": 1,
    "sent": 2,
    "ringing": 2,
    "in-progress": 3,
    "delivered": 3,
    "read": 4,
    "heard": 4,
    "completed": 5,
    "keyed": 6,
    "failed": 9,
    "undelivered": 9,
    "canceled": 9,
    "busy": 9,
    "no-answer": 9,
    "machine": 9,
}
"""Order of the provider's words about a message or a call; reports arrive in any order (Twilio).

Our own among them: `heard` a person answered a call, `keyed` and pressed a key that answers,
`machine` took it in place of a person.
"""


def is_forward(known: str | None, new: str) -> bool:
    """Whether a status callback tells something newer than what is known."""
    return STATUS_RANKS.get(new, -1) > STATUS_RANKS.get(known or "", -1)


def is_failure(status: str) -> bool:
    """Whether the provider says that the message will not arrive."""
    return STATUS_RANKS.get(status, -1) == STATUS_RANKS["failed"]
