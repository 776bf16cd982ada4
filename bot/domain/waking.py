"""What may wake somebody by night: a pure rule of the facts of a case and of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.oncall import PolicyName
from bot.language.types import Urgency

CHILD = "underage_recruit"
PASSPORT = "passport_withheld"
NEAR_DAYS = 7
"""A child that leaves within a week cannot wait for the morning."""
ASKED_FOR = timedelta(minutes=10)
"""How long a question for the date of a child's departure may stay without an answer."""
LONGEST_WAIT = timedelta(hours=6)
"""What is urgent waits no longer than this for staffed hours."""


class Wake(StrEnum):
    """Whether somebody is paged now, at a moment, or not by this alone."""

    NOW = "now"
    LATER = "later"
    NOT_BY_ITSELF = "not_by_itself"


@dataclass(frozen=True)
class Facts:
    """What the decision rests on.

    `staffed` whether somebody on call can be reached now, `next_staffed` when that begins again
    (None: nothing is planned). Of a child that is being recruited: `days_left` until it leaves
    (None: not known), `asked_at` when the person was asked for the date, `is_moved` when it is
    no longer at home.
    """

    urgency: Urgency
    signals: frozenset[str]
    staffed: bool
    next_staffed: datetime | None
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
    """Now, at a moment, or not by itself.

    An emergency always wakes. A held passport alone does not: whoever is on call hears of it,
    or the next shift when it begins. Another urgent case waits for staffed hours that begin
    within six hours; else it wakes. A child that is being recruited wakes when it leaves within
    a week, is already moved, or its date is unknown ten minutes after the question.
    """
    if CHILD in facts.signals:
        return _child(facts, now)
    if facts.urgency is Urgency.EMERGENCY:
        return Waking(Wake.NOW, PolicyName.EMERGENCY)
    return _urgent(facts, now)


def _child(facts: Facts, now: datetime) -> Waking:
    if facts.is_moved or (facts.days_left is not None and facts.days_left <= NEAR_DAYS):
        return Waking(Wake.NOW, PolicyName.CHILD)
    if facts.days_left is not None:
        return _in_staffed_hours(facts, PolicyName.CHILD)
    at = (facts.asked_at or now) + ASKED_FOR
    if at <= now:
        return Waking(Wake.NOW, PolicyName.CHILD)
    if facts.staffed:
        return Waking(Wake.NOW, PolicyName.CHILD)
    return Waking(Wake.LATER, PolicyName.CHILD, at)


def _urgent(facts: Facts, now: datetime) -> Waking:
    is_passport_alone = facts.signals == {PASSPORT}
    wait = None if facts.next_staffed is None else facts.next_staffed - now
    if is_passport_alone or facts.staffed or (wait is not None and wait <= LONGEST_WAIT):
        return _in_staffed_hours(facts, PolicyName.URGENT)
    return Waking(Wake.NOW, PolicyName.URGENT)


def _in_staffed_hours(facts: Facts, policy: PolicyName) -> Waking:
    if facts.staffed:
        return Waking(Wake.NOW, policy)
    if facts.next_staffed is None:
        return Waking(Wake.NOT_BY_ITSELF, policy)
    return Waking(Wake.LATER, policy, facts.next_staffed)
