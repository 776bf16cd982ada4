"""What may wake somebody by night: a pure rule of the facts of a case and of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.oncall import PolicyName
from bot.language.types import Urgency

CHILD = "underage_recruit"
PASSPORT = "passport_withheld"
NOTHING_MORE = frozenset(
    {
        "documents_sent",
        "hurt_at_work",
        "missing_long",
        "money_lost",
        "recruiter_active",
        "wages_unpaid",
        "wants_home",
    }
)
"""Signals below urgent: a passport that is held beside one of these is still held alone."""
NEAR_DAYS = 7
"""A child that leaves within a week cannot wait for the morning."""
ASKED_FOR = timedelta(minutes=10)
"""How long a question for the date of a child's departure may stay without an answer."""
LONGEST_WAIT = timedelta(hours=6)
"""What is urgent waits no longer than this for staffed hours."""


class Wake(StrEnum):
    """Whether somebody is paged now, at a moment, or by this alone only in staffed hours."""

    NOW = "now"
    LATER = "later"
    NOT_BY_ITSELF = "not_by_itself"


@dataclass(frozen=True)
class Facts:
    """What the decision rests on.

    `staffed` whether somebody on call can be reached now, `next_staffed` when that begins again
    (None: nothing is planned). `is_shown` when all of it stands in a picture that nobody said.
    Of a child that is being recruited: `days_left` until it leaves (None: not known), `asked_at`
    when the person was asked for the date, `is_moved` when it is no longer at home.
    """

    urgency: Urgency
    signals: frozenset[str]
    staffed: bool
    next_staffed: datetime | None
    is_shown: bool = False
    days_left: int | None = None
    asked_at: datetime | None = None
    is_moved: bool = False


@dataclass(frozen=True)
class Waking:
    """What is decided; `at` is the moment of a page that is planned."""

    wake: Wake
    policy: PolicyName
    at: datetime | None = None


def waking(facts: Facts, now: datetime) -> Waking:
    """Now, at a moment, or not by itself: then it is paged in staffed hours only.

    An emergency always wakes. A held passport alone does not, nor does what only a picture
    shows. Another urgent case waits for staffed hours that begin within six hours; else it
    wakes. A child that is being recruited wakes when it leaves within a week, is already moved,
    or when its date is unknown ten minutes after the question.
    """
    if CHILD in facts.signals and not facts.is_shown:
        return _child(facts, now)
    if facts.urgency is Urgency.EMERGENCY:
        return Waking(Wake.NOW, PolicyName.EMERGENCY)
    is_passport_alone = facts.signals - NOTHING_MORE == {PASSPORT}
    if facts.is_shown or is_passport_alone:
        return Waking(Wake.NOT_BY_ITSELF, PolicyName.URGENT)
    if facts.staffed or facts.next_staffed is None or facts.next_staffed - now > LONGEST_WAIT:
        return Waking(Wake.NOW, PolicyName.URGENT)
    return Waking(Wake.LATER, PolicyName.URGENT, facts.next_staffed)


def _child(facts: Facts, now: datetime) -> Waking:
    is_near = facts.days_left is not None and facts.days_left <= NEAR_DAYS
    if facts.is_moved or is_near:
        return Waking(Wake.NOW, PolicyName.CHILD)
    if facts.days_left is not None:
        return Waking(Wake.NOT_BY_ITSELF, PolicyName.CHILD)
    at = (facts.asked_at or now) + ASKED_FOR
    if facts.staffed or at <= now:
        return Waking(Wake.NOW, PolicyName.CHILD)
    return Waking(Wake.LATER, PolicyName.CHILD, at)
