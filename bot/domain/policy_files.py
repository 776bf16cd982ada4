"""Policies as the organisation writes them: a file, checked line by line, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.domain.oncall import Policy, PolicyName, Step, Target, TargetKind

CHANNELS = (
    "telegram_staff",
    "whatsapp_page",
    "sms",
    "voice",
    "email",
    "robot",
)
NEED_FALLBACK = (PolicyName.EMERGENCY, PolicyName.URGENT, PolicyName.CHILD)
"""Who is in danger must never wait for phones that have fallen silent."""

Minutes = Annotated[int, Field(ge=1, le=60)]
"""No step waits longer than an hour: what is due later is known to be from before a clock jump."""


class PolicyFileError(Exception):
    """A file of policies cannot be taken; `faults` say where and why, one line each."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _StepPart(_Part):
    after_minutes: Annotated[int, Field(ge=0, le=60)]
    targets: Annotated[list[str], Field(min_length=1)]
    channels: list[str] | None = None

    @field_validator("targets")
    @classmethod
    def _are_targets(cls, value: list[str]) -> list[str]:
        return _targets(value)

    @field_validator("channels")
    @classmethod
    def _are_channels(cls, value: list[str] | None) -> list[str] | None:
        for name in value or ():
            if name not in CHANNELS:
                raise ValueError(f"no channel {name!r}: choose {', '.join(CHANNELS)}")
        return value


class _PolicyPart(_Part):
    steps: Annotated[list[_StepPart], Field(min_length=1, max_length=20)]
    repeat_minutes: Minutes
    repeats: Annotated[int, Field(ge=0, le=20)] = 0
    fallback: list[str] = ["everyone"]
    care_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 10
    reminder_minutes: Minutes = 5
    acknowledgers: Annotated[int, Field(ge=1, le=2)] = 1

    @field_validator("fallback")
    @classmethod
    def _are_targets(cls, value: list[str]) -> list[str]:
        return _targets(value)


def _targets(value: list[str]) -> list[str]:
    for text in value:
        try:
            Target.parse(text)
        except ValueError:
            kinds = "on_call, on_call:SCHEDULE, person:LOGIN, group:NAME, supervisors, everyone"
            raise ValueError(f"no target {text!r}: write {kinds}") from None
    return value


def read_policies(data: Any) -> dict[PolicyName, Policy]:
    """The policies of a file, by name; PolicyFileError says all that is wrong with it."""
    if not isinstance(data, Mapping) or not data:
        raise PolicyFileError([f"the file names no policy: {', '.join(PolicyName)}"])
    found: dict[PolicyName, Policy] = {}
    faults: list[str] = []
    for name, part in data.items():
        if name not in set(PolicyName):
            faults.append(f"{name}: no such policy: choose {', '.join(PolicyName)}")
            continue
        try:
            known = _PolicyPart.model_validate(part)
        except ValidationError as error:
            faults += [_fault(name, each) for each in error.errors()]
            continue
        policy = Policy.restore({**known.model_dump(), "name": name})
        faults += [f"{name}: {fault}" for fault in _faults(PolicyName(name), policy)]
        found[PolicyName(name)] = policy
    if faults:
        raise PolicyFileError(faults)
    return found


def _fault(name: str, error: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in (name, *error["loc"]))
    return f"{where}: {error['msg'].removeprefix('Value error, ')}"


def _faults(name: PolicyName, policy: Policy) -> Iterable[str]:
    """What fields that are each in order say wrong together."""
    if policy.steps[0].after_minutes:
        yield "the first step begins at once: after_minutes must be 0"
    if any(not step.after_minutes for step in policy.steps[1:]):
        yield "only the first step can have 0 minutes: put targets of one moment into one step"
    if name in NEED_FALLBACK and not policy.fallback:
        yield "a fallback is needed: somebody must be paged when nobody has reacted"


def names_in(policies: Iterable[Policy]) -> dict[TargetKind, frozenset[str]]:
    """The schedules, people and groups that policies name, by the kind of target."""
    targets = [
        target
        for policy in policies
        for target in (*policy.fallback, *_of_steps(policy.steps))
        if target.name
    ]
    return {
        kind: frozenset(target.name for target in targets if target.kind is kind)
        for kind in (TargetKind.ON_CALL, TargetKind.PERSON, TargetKind.GROUP)
    }


def _of_steps(steps: Iterable[Step]) -> Iterable[Target]:
    for step in steps:
        yield from step.targets


def plain(policy: Policy) -> dict[str, Any]:
    """A policy as a file has it."""
    data = policy.snapshot()
    del data["name"], data["only_staffed"]
    for step in data["steps"]:
        if step["channels"] is None:
            del step["channels"]
    return data
