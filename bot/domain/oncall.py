"""When the next page of an escalation is due: pure rules of data and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Target(StrEnum):
    """Whom a step pages: those on call, or all staff who can be reached."""

    ON_CALL = "on_call"
    EVERYONE = "everyone"


@dataclass(frozen=True)
class Step:
    """Page `target` when `after_minutes` have passed since the step before."""

    after_minutes: int
    target: Target


@dataclass(frozen=True)
class Policy:
    """Ordered steps; after the last one everybody is paged each `repeat_minutes`, for ever."""

    steps: tuple[Step, ...]
    repeat_minutes: int

    def snapshot(self) -> dict[str, Any]:
        """As plain data, to be stored with an escalation so that edits never change it."""
        return asdict(self)

    @staticmethod
    def restore(data: Mapping[str, Any]) -> Policy:
        """The policy of a stored snapshot."""
        steps = tuple(Step(step["after_minutes"], Target(step["target"])) for step in data["steps"])
        return Policy(steps, data["repeat_minutes"])


EMERGENCY_POLICY = Policy(
    steps=(
        Step(0, Target.ON_CALL),
        Step(5, Target.EVERYONE),
        Step(5, Target.EVERYONE),
    ),
    repeat_minutes=15,
)


class EscalationState(StrEnum):
    """running -> acknowledged (somebody has it) or resolved (the case was closed).

    `running` goes on for ever: an exhausted policy keeps paging and raises an alarm.
    """

    RUNNING = "running"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Escalation:
    """One run of a snapshot of a policy; `step` counts the steps already taken."""

    id: str
    case_id: str
    state: EscalationState
    policy: Policy
    step: int
    next_at: datetime
    acknowledged_by: str | None = None


@dataclass(frozen=True)
class Page:
    """What is due now: whom to page and whether the policy has just run out."""

    target: Target
    exhausted: bool
    then: Escalation


def next_step(escalation: Escalation, now: datetime) -> Page | None:
    """The page that is due, with the escalation as it stands after it; None when none is.

    After a pause (machine off, clock jump) exactly one step is due, not all missed ones.
    """
    if escalation.state is not EscalationState.RUNNING or now < escalation.next_at:
        return None
    steps = escalation.policy.steps
    taken = escalation.step + 1
    target = steps[escalation.step].target if escalation.step < len(steps) else Target.EVERYONE
    wait = steps[taken].after_minutes if taken < len(steps) else escalation.policy.repeat_minutes
    then = replace(escalation, step=taken, next_at=now + timedelta(minutes=wait))
    return Page(target, exhausted=taken == len(steps) + 1, then=then)
