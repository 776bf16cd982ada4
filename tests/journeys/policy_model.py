"""What a policy says, written down a second time and simply: the oracle of the ninety days.

No rule of the product is used here: only snapshots of policies, moments, and who said what.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
WEIGHTS = ("canary", "drill", "urgent", "child", "emergency")
REMINDED = {"waiting": "reminded", "extended": "extended_reminded"}


@dataclass(frozen=True)
class Swap:
    """`into` stands in for `out` for a time."""

    out: str
    into: str
    begins: datetime
    ends: datetime


@dataclass
class Watch:
    """The night watch, from 18:00 to 10:00 in Makassar: each night another of the members."""

    members: tuple[str, ...]
    first: date
    zone: ZoneInfo
    swaps: list[Swap] = field(default_factory=list)
    holidays: set[date] = field(default_factory=set)

    def on_call(self, at: datetime) -> str | None:
        """Who has the watch at a moment."""
        local = at.astimezone(self.zone)
        if 10 <= local.hour < 18:
            return None
        day = local.date() - timedelta(days=local.hour < 10)
        if day < self.first or day in self.holidays:
            return None
        member = self.members[(day - self.first).days % len(self.members)]
        for swap in self.swaps:
            if swap.out == member and swap.begins <= at < swap.ends:
                member = swap.into
        return member

    def next_begin(self, at: datetime) -> datetime:
        """When the next watch begins after a moment; watches only begin at full hours."""
        at = at.replace(minute=0, second=0, microsecond=0) + HOUR
        while self.on_call(at) is None or self.on_call(at - HOUR) is not None:
            at += HOUR
        return at

    def had_duty(self, member: str, at: datetime) -> bool:
        """Whether somebody had a watch within the week before a moment."""
        return any(self.on_call(at - HOUR * back) == member for back in range(7 * 24))


@dataclass(frozen=True)
class Rang:
    """A member is paged for a step of the nth run of a case."""

    case: str
    nth: int
    step: int
    member: str
    at: datetime


@dataclass
class Run:
    """One run of a policy for a case, as it should go; `open` are the pages not yet over."""

    case: str
    nth: int
    policy: dict[str, Any]
    due: datetime
    state: str = "running"
    step: int = 0
    care: str = "none"
    holders: list[str] = field(default_factory=list)
    lapsed: set[str] = field(default_factory=set)
    rang: list[Rang] = field(default_factory=list)
    open: list[Rang] = field(default_factory=list)
    over: dict[Rang, datetime] = field(default_factory=dict)

    def end(self, now: datetime, *which: Rang) -> None:
        """Pages are over: those named, or all."""
        for page in which or tuple(self.open):
            self.over[page] = now
        self.open = [page for page in self.open if page not in self.over]


class Model:
    """All cases. `on_tick` is to be called whenever the worker may have worked."""

    def __init__(self, watch: Watch, everyone: Iterable[str], supervisors: Iterable[str]) -> None:
        self.watch = watch
        self.everyone = list(everyone)
        self.supervisors = list(supervisors)
        self.runs: dict[str, list[Run]] = {}
        self.owner: dict[str, str] = {}
        self.planned: dict[str, datetime] = {}
        self.closed: set[str] = set()
        self.lapses = 0

    def on_call(self, now: datetime) -> list[str]:
        """Who has the watch, and who stays on call with a grave case in nobody's hands."""
        on_watch = self.watch.on_call(now)
        found = [] if on_watch is None else [on_watch]
        late = {self.owner[case] for case in self.owner if self._keeps(case, on_watch, now)}
        return found + sorted(
            member for member in late - set(found) if self.watch.had_duty(member, now)
        )

    def _keeps(self, case: str, on_watch: str | None, now: datetime) -> bool:
        """Whether a case keeps its owner on call: nobody of the next watch has taken it on.

        Who planned something for themselves has, when the next watch is their own.
        """
        if case in self.closed:
            return False
        after = on_watch or self.watch.on_call(self.watch.next_begin(now))
        return after != self.owner[case] or self.planned.get(case, now) <= now

    def latest(self, case: str) -> Run | None:
        """The newest run of a case."""
        return self.runs[case][-1] if case in self.runs else None

    def active(self) -> list[Run]:
        """Runs for which a moment is set."""
        newest = [runs[-1] for runs in self.runs.values()]
        return [
            run
            for run in newest
            if run.state == "running"
            or (run.state == "acknowledged" and run.care not in ("none", "cared"))
        ]

    def begin(self, case: str, policy: dict[str, Any], due: datetime, now: datetime) -> Run | None:
        """A case wants to be paged for; None when what runs already is enough."""
        before = self.latest(case)
        if before is not None and before in self.active() and case not in self.closed:
            weight = WEIGHTS.index
            if weight(policy["name"]) <= weight(before.policy["name"]):
                return None
            before.end(now)
        if before is not None:
            before.state = "resolved"
        self.closed.discard(case)
        runs = self.runs.setdefault(case, [])
        run = Run(case, len(runs), policy, due)
        runs.append(run)
        return run

    def on_tick(self, now: datetime) -> None:
        """The worker did what was due."""
        for run in self.active():
            if run.due <= now and run.state == "acknowledged":
                self._care(run, now)
            if run.due <= now and run.state == "running":
                self.step(run, now)

    def step(self, run: Run, now: datetime) -> None:
        """The next step of a policy: whom it pages now, and when the one after it is due."""
        policy, steps = run.policy, run.policy["steps"]
        on_call = self.on_call(now)
        if policy["only_staffed"] and not on_call:
            run.due = min(self.watch.next_begin(now), now + HOUR)
            return
        number = run.step + 1
        listed = number <= len(steps) + policy["repeats"]
        targets = steps[min(number, len(steps)) - 1]["targets"] if listed else policy["fallback"]
        wanted = self._left(run, self._meant(targets, on_call))
        if not wanted or ("on_call" in targets and not on_call):
            wanted |= self._left(run, self._meant(policy["fallback"], on_call))
        pages = [Rang(run.case, run.nth, number, member, now) for member in sorted(wanted)]
        run.rang += pages
        run.open += pages
        minutes = (
            steps[number]["after_minutes"] if number < len(steps) else policy["repeat_minutes"]
        )
        run.step, run.due, run.care = number, now + timedelta(minutes=minutes), "none"

    def _meant(self, targets: Iterable[str], on_call: list[str]) -> set[str]:
        groups = {
            "on_call": on_call,
            "supervisors": self.supervisors,
            "everyone": self.everyone,
        }
        return {member for target in targets for member in groups[target]}

    def _left(self, run: Run, wanted: set[str]) -> set[str]:
        wanted = wanted - set(run.holders)
        fresh = wanted - run.lapsed
        return fresh if run.care == "lapsed" and fresh else wanted

    def _care(self, run: Run, now: datetime) -> None:
        if run.care in REMINDED:
            run.care = REMINDED[run.care]
            run.due = now + timedelta(minutes=run.policy["reminder_minutes"])
            return
        self.lapses += 1
        run.lapsed |= set(run.holders)
        run.holders, run.state, run.care, run.due = [], "running", "lapsed", now
        run.end(now)

    def takes(self, run: Run, member: str, now: datetime) -> str:
        """A member says "I have it": what they are told."""
        if member in run.holders:
            return "waiting_second" if run.state == "running" else "yours"
        if run.state == "acknowledged":
            return "others"
        if run.case not in self.owner or not run.holders:
            self.owner[run.case] = member
        run.holders.append(member)
        run.lapsed.discard(member)
        mine = [page for page in run.open if page.member == member]
        if len(run.holders) < run.policy["acknowledgers"]:
            if mine:
                run.end(now, *mine)
            return "waiting_second"
        run.end(now)
        run.state, run.care = "acknowledged", "waiting"
        run.due = now + timedelta(minutes=run.policy["care_minutes"])
        return "taken"

    def passes_on(self, run: Run, page: Rang, now: datetime) -> None:
        """A member cannot: the next step is due at once, unless a later one was taken already."""
        run.end(now, page)
        if run.state == "running" and run.step == page.step:
            self.step(run, now)

    def notes(self, run: Run, member: str, now: datetime) -> bool:
        """A note gives the time once more, once."""
        if member not in run.holders or run.care not in ("waiting", "reminded"):
            return False
        run.care, run.due = "extended", now + timedelta(minutes=run.policy["care_minutes"])
        return True

    def cares(self, run: Run, planned: datetime, now: datetime) -> None:
        """Something was done, and whoever did it has planned something more for themselves."""
        self.planned[run.case] = planned
        run.care = "cared"
        run.end(now)

    def closes(self, case: str, now: datetime) -> None:
        """Two have closed it."""
        run = self.runs[case][-1]
        run.state = "resolved"
        run.end(now)
        self.closed.add(case)
        self.planned.pop(case, None)
