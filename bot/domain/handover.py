"""When a shift may end: each grave case of its owner is in somebody's hands. Pure.

The rule (issue 6): a shift ends only when each emergency and urgent case that a member owns has a
next step, a time, an owner, and the acceptance of that owner, who is on the next shift.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

PATIENCE = timedelta(minutes=30)
"""How long after the planned end supervisors are left in peace."""


@dataclass(frozen=True)
class Commitment:
    """Who is to do the next thing in a case, until when, and whether they have said yes."""

    case_id: str
    owner_id: str
    due_at: datetime
    accepted_at: datetime | None


@dataclass(frozen=True)
class NextStep(Commitment):
    """A next step as staff wrote it; open until `done_at`."""

    id: str
    set_by: str
    set_at: datetime
    done_at: datetime | None = None
    told_at: datetime | None = None
    text: str = field(default="", repr=False)


class Missing(StrEnum):
    """What still keeps a case with the member whose shift is over."""

    NO_STEP = "no_step"
    OVERDUE = "overdue"
    NOT_ON_NEXT_SHIFT = "not_on_next_shift"
    NOT_ACCEPTED = "not_accepted"


def unfulfilled(
    case_ids: Iterable[str],
    commitments: Mapping[str, Sequence[Commitment]],
    coming: Collection[str],
    now: datetime,
) -> dict[str, Missing]:
    """The cases that keep a shift open, each with the least that is missing.

    `coming` are those on call when this member is not: now, or else at the next staffed moment.
    """
    order = list(Missing)
    found = {}
    for case_id in case_ids:
        missing = [_missing(each, coming, now) for each in commitments.get(case_id, ())]
        if None not in missing:
            known = [each for each in missing if each is not None]
            found[case_id] = max(known, key=order.index, default=Missing.NO_STEP)
    return found


def taken_on(
    case_ids: Iterable[str],
    commitments: Mapping[str, Sequence[Commitment]],
    coming: Collection[str],
    now: datetime,
) -> dict[str, str]:
    """Whose the cases become when the shift of their owner has ended: who has said yes first."""
    return {
        case_id: step.owner_id
        for case_id in case_ids
        for step in reversed(commitments.get(case_id, ()))
        if _missing(step, coming, now) is None
    }


def _missing(step: Commitment, coming: Collection[str], now: datetime) -> Missing | None:
    if step.due_at <= now:
        return Missing.OVERDUE
    if step.owner_id not in coming:
        return Missing.NOT_ON_NEXT_SHIFT
    return Missing.NOT_ACCEPTED if step.accepted_at is None else None
