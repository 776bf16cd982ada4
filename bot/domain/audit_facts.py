"""What the auditor is told: read from the store in one snapshot, and seen around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.language.types import Urgency


@dataclass(frozen=True)
class UrgentCase:
    """An open emergency or urgent case, and what will happen next in it.

    `touched_at` is when anything was last done or said in it (None: nothing since it came in).
    `paging_due` is when staff are paged next, or the care of who has it is looked at; None when
    neither will be. `rings_since` is when phones began to ring; `is_answered`: somebody said "I have it", and that has not lapsed;
    `is_held`: a human talks to the person and has the console open; `step_due` is when the next planned step is due.
    """

    reference: str
    urgency: Urgency
    since: datetime
    paging_due: datetime | None = None
    rings_since: datetime | None = None
    is_answered: bool = False
    is_held: bool = False
    step_due: datetime | None = None
    touched_at: datetime | None = None


@dataclass(frozen=True)
class Waiting:
    """Rows of a kind that should have been taken by now: how many, and the oldest due moment."""

    what: str
    count: int
    since: datetime


@dataclass(frozen=True)
class Calls:
    """How sending through one channel went lately.

    `failed` leaves out what lies with the person (blocked, no such number). `unreported` texts
    were sent long enough ago, and the provider has told nothing about any.
    """

    channel: str
    sent: int
    failed: int
    last_sent: datetime | None = None
    last_failed: datetime | None = None
    unreported: int = 0
    reported: int = 0


@dataclass(frozen=True)
class CanaryRun:
    """One report of the robot person: when it was sent, paged, acknowledged, or what went wrong."""

    id: str
    started_at: datetime
    case_id: str | None = None
    paged_at: datetime | None = None
    acknowledged_at: datetime | None = None
    problem: str | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether it is neither through nor given up."""
        return self.acknowledged_at is None and self.problem is None

    @property
    def missing(self) -> str:
        """The station that it has not come to."""
        return "not_paged" if self.paged_at is None else "not_acknowledged"

    @property
    def seconds(self) -> float | None:
        """From the message to the acknowledgement; None when there was none."""
        if self.acknowledged_at is None:
            return None
        return (self.acknowledged_at - self.started_at).total_seconds()


@dataclass(frozen=True)
class Facts:
    """One moment of the store.

    `beats` are all names ever seen; `newest` is the latest moment in any row that is never
    planned ahead; `clock_off` is how far the clock of the database is ahead of this machine's, None
    where it has none of its own (SQLite).
    `canary` is the last test report, `canary_before` the one before, `canary_good_at` when one went
    through. `unreadable` counts what was tried and could not be decrypted.
    """

    cases: tuple[UrgentCase, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    leases: tuple[Waiting, ...] = ()
    calls: tuple[Calls, ...] = ()
    beats: Mapping[str, datetime] = field(default_factory=dict)
    newest: datetime | None = None
    clock_off: timedelta | None = None
    unreadable: int = 0
    refused_lately: int = 0
    canary: CanaryRun | None = None
    canary_before: CanaryRun | None = None
    canary_good_at: datetime | None = None


@dataclass(frozen=True)
class TelegramDoor:
    """What Telegram says about our webhook; `down_since` while it says nothing at all."""

    waiting: int = 0
    last_error_at: datetime | None = None
    down_since: datetime | None = None


@dataclass(frozen=True)
class Surroundings:
    """What is seen outside the store.

    `watching_since`: when the watchman began, whose first minute is a time of grace; None for a
    look in passing (doctor, console), which also looks at the watchman. `jumped_by`: how far the
    clock went off lately against one that only runs on. `free` is in bytes; `unwritable` says why
    a probe could not be committed. `canary_every`: None where no canary is sent.
    """

    watching_since: datetime | None = None
    jumped_by: timedelta = timedelta(0)
    free: int | None = None
    unwritable: str | None = None
    telegram: TelegramDoor | None = None
    has_heartbeat: bool = False
    canary_every: timedelta | None = None
