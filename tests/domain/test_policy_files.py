"""Policies as files: taken whole or refused with every fault."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.oncall import POLICIES, PolicyName, Step, Target, TargetKind
from bot.domain.policy_files import PolicyFileError, names_in, plain, read_policies

GOOD: dict[str, Any] = {
    "steps": [
        {"after_minutes": 0, "targets": ["on_call:malam"]},
        {"after_minutes": 3, "targets": ["person:sari", "group:inti"], "channels": ["voice"]},
    ],
    "repeat_minutes": 20,
    "acknowledgers": 2,
}


def test_what_is_shown_can_be_set() -> None:
    """All policies of the product, there and back."""
    data = {name.value: plain(policy) for name, policy in POLICIES.items()}
    assert read_policies(data) == POLICIES


def test_a_file_is_read() -> None:
    """Steps, channels, names; what is left out has its usual value."""
    (policy,) = read_policies({"emergency": GOOD}).values()
    group = Target(TargetKind.GROUP, "inti")
    assert policy.steps[1] == Step(3, (Target(TargetKind.PERSON, "sari"), group), ("voice",))
    assert (policy.name, policy.acknowledgers, policy.care_minutes) == ("emergency", 2, 10)
    assert names_in([policy]) == {
        TargetKind.ON_CALL: {"malam"},
        TargetKind.PERSON: {"sari"},
        TargetKind.GROUP: {"inti"},
    }


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"steps": []}, "emergency.steps: List should have at least 1 item"),
        ({"repeat_minutes": 0}, "emergency.repeat_minutes: Input should be greater than"),
        ({"repeat_minutes": 61}, "emergency.repeat_minutes: Input should be less than"),
        ({"acknowledgers": 3}, "emergency.acknowledgers: "),
        ({"fallback": ["nobody"]}, "emergency.fallback: no target 'nobody'"),
        ({"fallback": []}, "emergency: a fallback is needed"),
        ({"colour": "red"}, "emergency.colour: Extra inputs are not permitted"),
        (
            {"steps": [{"after_minutes": 5, "targets": ["everyone"]}]},
            "emergency: the first step begins at once",
        ),
        (
            {"steps": [{"after_minutes": 0, "targets": ["everyone"], "channels": ["pigeon"]}]},
            "emergency.steps.0.channels: no channel 'pigeon'",
        ),
        (
            {"steps": [{"after_minutes": 0, "targets": ["on_call"]}] * 2},
            "emergency: only the first step can have 0 minutes",
        ),
    ],
)
def test_a_fault_is_named(change: dict[str, Any], fault: str) -> None:
    """Where it is and what is wrong."""
    with pytest.raises(PolicyFileError) as refused:
        read_policies({"emergency": {**GOOD, **change}})
    assert refused.value.faults[0].startswith(fault)


@pytest.mark.parametrize("data", [None, [], "emergency", {}, {"panik": GOOD}])
def test_what_names_no_policy_is_refused(data: Any) -> None:
    """Nothing, no mapping, an unknown name."""
    with pytest.raises(PolicyFileError, match="policy"):
        read_policies(data)


def test_a_trial_needs_no_fallback() -> None:
    """The canary wakes nobody who was not meant."""
    assert read_policies({"canary": {**GOOD, "fallback": []}})[PolicyName.CANARY].fallback == ()
