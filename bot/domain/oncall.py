"""When the next page of an escalation is due, and for whom: pure rules of data and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class TargetKind(StrEnum):
    """Whom a step can page.

    `on_call` those on duty (of one schedule, when it has a name), `person` by login, `group` by
    its name, `supervisors`, or `everyone` who is no robot.
    """

    ON_CALL = "on_call"
    PERSON = "person"
    GROUP = "group"
    SUPERVISORS = "supervisors"
    EVERYONE = "everyone"


@dataclass(frozen=True)
class Target:
    """Whom a step pages; `name` is a schedule, a login or a group."""

    kind: TargetKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind.value

    @staticmethod
    def parse(text: str) -> Target:
        """`on_call`, `on_call:malam`, `person:sari`, `group:inti`...; ValueError otherwise."""
        kind, colon, name = text.partition(":")
        if kind not in set(TargetKind):
            raise ValueError(f"no target: {text}")
        target = Target(TargetKind(kind), name.strip())
        needs_name = target.kind in (TargetKind.PERSON, TargetKind.GROUP)
        takes_name = needs_name or target.kind is TargetKind.ON_CALL
        if (needs_name and not target.name) or (colon and not (takes_name and target.name)):
            raise ValueError(f"no target: {text}")
        return target


ON_CALL = Target(TargetKind.ON_CALL)
SUPERVISORS = Target(TargetKind.SUPERVISORS)
EVERYONE = Target(TargetKind.EVERYONE)


@dataclass(frozen=True)
class Step:
    """Page the targets when `after_minutes` have passed since the step before.

    `channels` limits and orders the ways to wake them; None: each member's own order.
    """

    after_minutes: int
    targets: tuple[Target, ...]
    channels: tuple[str, ...] | None = None


_PLAIN = (
    "repeats",
    "care_minutes",
    "reminder_minutes",
    "acknowledgers",
    "name",
    "only_staffed",
)


@dataclass(frozen=True)
class Policy:
    """Ordered steps, and what comes after the last one.

    The last step is taken again `repeats` times, each after `repeat_minutes`. Then the policy is
    exhausted: the `fallback` is paged each `repeat_minutes`, for ever. It is also paged at once
    when a step finds nobody. Without a fallback the phones fall silent (trials wake nobody).
    `acknowledgers` people have to say "I have it"; who says so has `care_minutes` to do something,
    is reminded, and loses it `reminder_minutes` later. 0 `care_minutes`: nothing is watched. `name`
    is that of a PolicyName. `only_staffed` when its steps wait while nobody on call can be
    reached: the case by itself wakes nobody.
    """

    steps: tuple[Step, ...]
    repeat_minutes: int
    repeats: int = 0
    fallback: tuple[Target, ...] = (EVERYONE,)
    care_minutes: int = 10
    reminder_minutes: int = 5
    acknowledgers: int = 1
    name: str = "emergency"
    only_staffed: bool = False

    def snapshot(self) -> dict[str, Any]:
        """As plain data, to be stored with an escalation so that edits never change it."""
        return {
            "steps": [
                {
                    "after_minutes": step.after_minutes,
                    "targets": [str(target) for target in step.targets],
                    "channels": None if step.channels is None else list(step.channels),
                }
                for step in self.steps
            ],
            "repeat_minutes": self.repeat_minutes,
            "repeats": self.repeats,
            "fallback": [str(target) for target in self.fallback],
            "care_minutes": self.care_minutes,
            "reminder_minutes": self.reminder_minutes,
            "acknowledgers": self.acknowledgers,
            "name": self.name,
            "only_staffed": self.only_staffed,
        }

    @staticmethod
    def restore(data: Mapping[str, Any]) -> Policy:
        """The policy of a stored snapshot, also of one that an older version has stored."""
        defaults = {name: data[name] for name in _PLAIN if name in data}
        if "fallback" in data:
            defaults["fallback"] = tuple(map(Target.parse, data["fallback"]))
        steps = tuple(map(_restore_step, data["steps"]))
        return Policy(steps, data["repeat_minutes"], **defaults)

    def channels_of(self, step: int) -> tuple[str, ...] | None:
        """The channels of the step with a number, counted from 1; None: each member's own."""
        if not 0 < step <= self.last_listed:
            return None
        return self.steps[min(step, len(self.steps)) - 1].channels

    @property
    def last_listed(self) -> int:
        """The number of the last step before the policy is exhausted."""
        return len(self.steps) + self.repeats


def _restore_step(data: Mapping[str, Any]) -> Step:
    # One target by its name: as versions before pages were walked stored it.
    targets = data["targets"] if "targets" in data else [data["target"]]
    channels = data.get("channels")
    return Step(
        data["after_minutes"],
        tuple(map(Target.parse, targets)),
        None if channels is None else tuple(channels),
    )


class PolicyName(StrEnum):
    """Which policy a case is paged by."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    CHILD = "child"
    CANARY = "canary"
    DRILL = "drill"

    def outranks(self, other: str) -> bool:
        """Whether what is paged by another policy is paged by this one instead, from its start."""
        return _RANKS.index(self) > _RANKS.index(PolicyName(other))


_RANKS = (
    PolicyName.CANARY,
    PolicyName.DRILL,
    PolicyName.URGENT,
    PolicyName.CHILD,
    PolicyName.EMERGENCY,
)


POLICIES: Mapping[PolicyName, Policy] = {
    PolicyName.EMERGENCY: Policy(
        steps=(Step(0, (ON_CALL,)), Step(5, (EVERYONE,)), Step(5, (EVERYONE,))),
        repeat_minutes=15,
    ),
    PolicyName.URGENT: Policy(
        steps=(Step(0, (ON_CALL,)), Step(15, (ON_CALL, SUPERVISORS)), Step(15, (EVERYONE,))),
        repeat_minutes=60,
        care_minutes=120,
        reminder_minutes=30,
        name="urgent",
    ),
    PolicyName.CHILD: Policy(
        steps=(Step(0, (ON_CALL,)), Step(10, (ON_CALL, SUPERVISORS)), Step(10, (EVERYONE,))),
        repeat_minutes=30,
        care_minutes=30,
        reminder_minutes=15,
        name="child",
    ),
    PolicyName.CANARY: Policy(
        steps=(Step(0, (Target(TargetKind.GROUP, "canary"),)),),
        repeat_minutes=5,
        fallback=(),
        care_minutes=0,
        name="canary",
    ),
    PolicyName.DRILL: Policy(
        steps=(Step(0, (ON_CALL,)), Step(5, (ON_CALL,))),
        repeat_minutes=15,
        fallback=(),
        care_minutes=0,
        name="drill",
    ),
}
"""What the product comes with; the organisation may change each of them."""


class EscalationState(StrEnum):
    """running -> acknowledged (somebody has it) or resolved (the case was closed).

    `running` goes on for ever: an exhausted policy keeps paging and raises an alarm. What was
    acknowledged runs again when nothing was done for the person (see Care).
    """

    RUNNING = "running"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Care(StrEnum):
    """What has been done since somebody said "I have it".

    none -> waiting -> reminded -> lapsed (it runs again) or cared. A note makes `waiting` and
    `reminded` to `extended`, once, and that goes on as extended_reminded -> lapsed. `lapsed`
    lasts until the next step, which does not begin with whoever let it lapse. `cared` by a text
    that turns out not to have arrived is `waiting` again.
    """

    NONE = "none"
    WAITING = "waiting"
    REMINDED = "reminded"
    EXTENDED = "extended"
    EXTENDED_REMINDED = "extended_reminded"
    LAPSED = "lapsed"
    CARED = "cared"


@dataclass(frozen=True)
class Escalation:
    """One run of a snapshot of a policy; `step` counts the steps already taken.

    `next_at` is when the next step is due, or, once acknowledged, the next look at its care.
    """

    id: str
    case_id: str
    state: EscalationState
    policy: Policy
    step: int
    next_at: datetime
    started_at: datetime
    trace_id: str
    acknowledged_by: str | None = None
    care: Care = Care.NONE

    @property
    def is_exhausted(self) -> bool:
        """Whether it still pages although its policy has run out."""
        return self.state is EscalationState.RUNNING and self.step > self.policy.last_listed


@dataclass(frozen=True)
class DueStep:
    """What is due now: the step, and the escalation as it stands after it.

    `exhausted` from the moment on at which the policy has run out; `has_just_run_out` only then.
    """

    step: Step
    exhausted: bool
    has_just_run_out: bool
    then: Escalation


def next_step(escalation: Escalation, now: datetime) -> DueStep | None:
    """The step that is due, with the escalation as it stands after it; None when none is.

    After a pause (machine off, clock jump) exactly one step is due, not all missed ones.
    """
    if escalation.state is not EscalationState.RUNNING or now < escalation.next_at:
        return None
    policy, taken = escalation.policy, escalation.step + 1
    exhausted = taken > policy.last_listed
    step = policy.steps[min(escalation.step, len(policy.steps) - 1)]
    if exhausted:
        step = Step(policy.repeat_minutes, policy.fallback)
    is_next_listed = taken < len(policy.steps)
    wait = policy.steps[taken].after_minutes if is_next_listed else policy.repeat_minutes
    then = replace(escalation, step=taken, next_at=now + timedelta(minutes=wait), care=Care.NONE)
    return DueStep(step, exhausted, taken == policy.last_listed + 1, then)
