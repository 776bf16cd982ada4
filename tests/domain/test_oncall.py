"""When steps are due, for whom, and what snapshots of policies become."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.oncall import (
    EVERYONE,
    ON_CALL,
    POLICIES,
    Care,
    DueStep,
    Escalation,
    EscalationState,
    Policy,
    PolicyName,
    Step,
    Target,
    TargetKind,
    next_step,
)

NOW = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
POLICY = Policy(
    (Step(0, (ON_CALL,)), Step(5, (Target(TargetKind.GROUP, "inti"),), ("voice",))),
    repeat_minutes=15,
    repeats=1,
)
BEGUN = Escalation("e", "c", EscalationState.RUNNING, POLICY, 0, NOW, NOW, "trace")


def taken(escalation: Escalation, now: datetime) -> DueStep:
    """The step that is due, which there is."""
    due = next_step(escalation, now)
    assert due is not None
    return due


def test_steps_repeats_and_the_fallback_come_in_order() -> None:
    """Each with its targets, its channels and its moment; the fallback goes on for ever."""
    escalation, now = BEGUN, NOW
    seen = []
    for _ in range(6):
        due = taken(escalation, now)
        seen.append(
            (
                [str(target) for target in due.step.targets],
                due.step.channels,
                due.has_just_run_out,
                (now - NOW).seconds // 60,
            )
        )
        escalation, now = due.then, due.then.next_at
    assert seen == [
        (["on_call"], None, False, 0),
        (["group:inti"], ("voice",), False, 5),
        (["group:inti"], ("voice",), False, 20),
        (["everyone"], None, True, 35),
        (["everyone"], None, False, 50),
        (["everyone"], None, False, 65),
    ]


@pytest.mark.parametrize(
    ("escalation", "now"),
    [
        (BEGUN, NOW - timedelta(seconds=1)),
        (replace(BEGUN, state=EscalationState.ACKNOWLEDGED), NOW),
        (replace(BEGUN, state=EscalationState.RESOLVED), NOW),
    ],
    ids=["too early", "acknowledged", "resolved"],
)
def test_nothing_is_due(escalation: Escalation, now: datetime) -> None:
    """Before its moment, and once somebody has it or it is over."""
    assert next_step(escalation, now) is None


def test_after_a_pause_one_step_is_due_not_all() -> None:
    """A day later the second step comes, and the third keeps its distance from that."""
    first = taken(BEGUN, NOW).then
    late = NOW + timedelta(days=1)
    second = taken(first, late)
    assert second.then.step == 2
    assert second.then.next_at == late + timedelta(minutes=15)


def test_a_step_ends_the_time_of_who_let_it_lapse() -> None:
    """Only the first step after that begins with somebody else."""
    assert taken(replace(BEGUN, care=Care.LAPSED), NOW).then.care is Care.NONE


@pytest.mark.parametrize("name", list(PolicyName))
def test_a_snapshot_is_the_policy(name: PolicyName) -> None:
    """Stored and restored it is the same; its name is its own."""
    policy = POLICIES[name]
    assert Policy.restore(policy.snapshot()) == policy
    assert policy.name == name


def test_a_snapshot_of_an_older_version_is_understood() -> None:
    """As the version before pages stored it: one target a step, no care."""
    old = {
        "steps": [
            {"after_minutes": 0, "target": "on_call"},
            {"after_minutes": 5, "target": "everyone"},
        ],
        "repeat_minutes": 15,
    }
    policy = Policy.restore(old)
    assert policy.steps == (Step(0, (ON_CALL,)), Step(5, (EVERYONE,)))
    assert policy.fallback == (EVERYONE,)
    assert (policy.repeats, policy.acknowledgers) == (0, 1)


@pytest.mark.parametrize(
    "text", ["on_call", "on_call:malam", "person:sari", "group:inti", "supervisors", "everyone"]
)
def test_targets_are_read_as_they_are_written(text: str) -> None:
    """All kinds, with and without a name."""
    assert str(Target.parse(text)) == text


@pytest.mark.parametrize("text", ["", "nobody", "person", "group:", "everyone:sari", "on_call:"])
def test_what_is_no_target_is_refused(text: str) -> None:
    """A name too much, a name too few, an unknown word."""
    with pytest.raises(ValueError, match="no target"):
        Target.parse(text)


def test_only_a_graver_policy_takes_the_place_of_one_that_runs() -> None:
    """A trial never does."""
    assert PolicyName.EMERGENCY.outranks("urgent")
    assert PolicyName.CHILD.outranks("urgent")
    assert not PolicyName.URGENT.outranks("emergency")
    assert not PolicyName.CANARY.outranks("urgent")
    assert not PolicyName.URGENT.outranks("urgent")
