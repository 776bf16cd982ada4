"""What is wrong with the hotline: a pure function of a snapshot and a time. It tries nothing twice.

Every threshold is a constant with its reason; docs/runbook.md says what to do about each finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.audit_facts import Calls, Facts, Surroundings, UrgentCase
from bot.domain.audit_words import WORDS
from bot.language.types import Urgency

BEAT_EVERY = timedelta(seconds=15)
LOOP = "loop "
"""Beats of the worker's loops begin so; those of the doors begin with DOOR."""
DOOR = "door "
AUDITOR = "auditor"
HEARTBEAT = "heartbeat"

STOPPED = timedelta(seconds=60)
"""Three beats missed and a slow commit: a loop that still runs is never so late."""
OVERDUE = timedelta(minutes=5)
"""Steps are taken within a second; a restart or an update takes a minute or two."""
NEW_CASE = timedelta(minutes=2)
"""A case and its page are one commit; this leaves room for a case that somebody just took."""
FORGOTTEN = {Urgency.EMERGENCY: timedelta(hours=12), Urgency.URGENT: timedelta(hours=24)}
"""Somebody has it and nobody looks after that any more: a night, or a day, then it is forgotten."""
NOBODY_ANSWERS = timedelta(minutes=30)
"""By then every policy has called everybody twice."""
LATE = {"page": timedelta(minutes=2), "turn": timedelta(minutes=5)}
LATE_OTHERS = timedelta(minutes=5)
"""A page is taken in a second; texts may wait a moment for the pace of their channel."""
LEASE_LOST = timedelta(minutes=2)
CLOCK_SLACK = timedelta(seconds=30)
"""What network time corrects in one step on a machine that keeps time at all."""
FUTURE = timedelta(minutes=2)
LOW_DISK = 1024**3
NO_DISK = 200 * 1024**2
"""Bytes; about a day, or a moment, of pictures."""
FEW_CALLS = 3
"""A single refused call is one person's matter; three in a row is the provider's."""
MANY_UNREPORTED = 5
MANY_REFUSED = 20
"""Within an hour; a scanner knocks once or twice."""
DOOR_BROKEN = timedelta(minutes=10)
DOWN = timedelta(minutes=4)
"""Telegram is asked each five minutes: two questions in a row without an answer."""
CANARY_TAKES = timedelta(minutes=2)
"""From the message to the acknowledgement; it takes about a second."""
CANARY_SLACK = timedelta(minutes=10)
WATCH_STOPPED = timedelta(minutes=3)
HEARTBEAT_LATE = timedelta(minutes=10)


class Severity(StrEnum):
    """`grave` wakes somebody and stops the heartbeat; `warning` waits for the morning."""

    WARNING = "warning"
    GRAVE = "grave"


class Code(StrEnum):
    """What can be found; the words are in bot.domain.audit_words."""

    NO_NEXT_STEP = "no_next_step"
    STEP_OVERDUE = "step_overdue"
    NOBODY_ANSWERS = "nobody_answers"
    STUCK = "stuck"
    LEASE_LOST = "lease_lost"
    WORKER_STOPPED = "worker_stopped"
    LOOP_STOPPED = "loop_stopped"
    CLOCK_JUMPED = "clock_jumped"
    CLOCK_DIFFERS = "clock_differs"
    FUTURE_ROWS = "future_rows"
    DISK_LOW = "disk_low"
    DISK_FULL = "disk_full"
    UNWRITABLE = "unwritable"
    DATABASE_DOWN = "database_down"
    PROVIDER_FAILS = "provider_fails"
    CALLBACKS_STOPPED = "callbacks_stopped"
    WEBHOOK_BROKEN = "webhook_broken"
    TELEGRAM_DOWN = "telegram_down"
    UNREADABLE = "unreadable"
    QUARANTINE_GROWS = "quarantine_grows"
    CANARY_FAILED = "canary_failed"
    CANARY_LATE = "canary_late"
    WATCHMAN_STOPPED = "watchman_stopped"
    HEARTBEAT_LATE = "heartbeat_late"


@dataclass(frozen=True)
class Finding:
    """Something is wrong. `sentence` is English, for a terminal; `for_staff` Indonesian.

    `about` tells findings of one code apart: a case reference, a loop, a channel.
    """

    code: Code
    severity: Severity
    sentence: str
    for_staff: str
    about: str = ""


def find(code: Code, severity: Severity, about: str = "", **values: object) -> Finding:
    """A finding in its words."""
    english, indonesian = WORDS[code]
    known = {"about": about, **values}
    return Finding(code, severity, english.format(**known), indonesian.format(**known), about)


def audit(facts: Facts, around: Surroundings, now: datetime) -> tuple[Finding, ...]:
    """All that is wrong now, the grave first."""
    found = [
        *(each for case in facts.cases for each in _case(case, now)),
        *_waiting(facts, now),
        *_loops(facts, around, now),
        *_clock(facts, now),
        *(each for calls in facts.calls for each in _calls(calls)),
        *outside(around, now),
        *_canary(facts, around, now),
        *_watchman(facts, around, now),
    ]
    if facts.unreadable:
        found.append(find(Code.UNREADABLE, Severity.GRAVE, count=facts.unreadable))
    if facts.refused_lately >= MANY_REFUSED:
        count = facts.refused_lately
        found.append(find(Code.QUARANTINE_GROWS, Severity.WARNING, count=count))
    return tuple(sorted(found, key=lambda each: each.severity is not Severity.GRAVE))


def outside(around: Surroundings, now: datetime) -> tuple[Finding, ...]:
    """What can be judged when the store tells nothing."""
    return (*_jump(around), *_disk(around), *_telegram(around, now))


def is_grave(found: Iterable[Finding]) -> bool:
    """Whether the heartbeat must stop."""
    return any(each.severity is Severity.GRAVE for each in found)


def _case(case: UrgentCase, now: datetime) -> Iterator[Finding]:
    grave = case.urgency is Urgency.EMERGENCY
    severity = Severity.GRAVE if grave else Severity.WARNING
    due = case.step_due if case.paging_due is None else case.paging_due
    if due is not None and not case.is_held:
        if now - due >= OVERDUE:
            minutes = _minutes(now - due)
            yield find(Code.STEP_OVERDUE, severity, case.reference, minutes=minutes)
    elif not case.is_held and _is_left_alone(case, now):
        yield find(Code.NO_NEXT_STEP, severity, case.reference)
    if grave and case.rings_since is not None and now - case.rings_since >= NOBODY_ANSWERS:
        minutes = _minutes(now - case.rings_since)
        yield find(Code.NOBODY_ANSWERS, Severity.GRAVE, case.reference, minutes=minutes)


def _is_left_alone(case: UrgentCase, now: datetime) -> bool:
    if not case.is_answered:
        return now - case.since >= NEW_CASE
    return now - (case.touched_at or case.since) >= FORGOTTEN[case.urgency]


def _waiting(facts: Facts, now: datetime) -> Iterator[Finding]:
    for rows in facts.waiting:
        if now - rows.since >= LATE.get(rows.what, LATE_OTHERS):
            minutes = _minutes(now - rows.since)
            yield find(Code.STUCK, Severity.GRAVE, rows.what, count=rows.count, minutes=minutes)
    for rows in facts.leases:
        if now - rows.since >= LEASE_LOST:
            yield find(Code.LEASE_LOST, Severity.WARNING, rows.what, count=rows.count)


def _loops(facts: Facts, around: Surroundings, now: datetime) -> Iterator[Finding]:
    begun = around.watching_since
    if begun is not None and timedelta(0) <= now - begun < STOPPED:
        return
    loops = {name: at for name, at in facts.beats.items() if name.startswith(LOOP)}
    late = sorted(name for name, at in loops.items() if _is_late(at, now, STOPPED))
    if len(late) == len(loops):
        since = max(loops.values(), default=None)
        age = "?" if since is None else _minutes(now - since)
        yield find(Code.WORKER_STOPPED, Severity.GRAVE, minutes=age)
        return
    for name in late:
        minutes = _minutes(now - loops[name])
        yield find(Code.LOOP_STOPPED, Severity.GRAVE, name.removeprefix(LOOP), minutes=minutes)


def _jump(around: Surroundings) -> Iterator[Finding]:
    if abs(around.jumped_by) >= CLOCK_SLACK:
        seconds = round(around.jumped_by.total_seconds())
        yield find(Code.CLOCK_JUMPED, Severity.GRAVE, seconds=seconds)


def _clock(facts: Facts, now: datetime) -> Iterator[Finding]:
    if facts.clock_off is not None and abs(facts.clock_off) >= CLOCK_SLACK:
        seconds = round(facts.clock_off.total_seconds())
        yield find(Code.CLOCK_DIFFERS, Severity.GRAVE, seconds=seconds)
    if facts.newest is not None and facts.newest - now >= FUTURE:
        yield find(Code.FUTURE_ROWS, Severity.WARNING, minutes=_minutes(facts.newest - now))


def _disk(around: Surroundings) -> Iterator[Finding]:
    if around.unwritable is not None:
        yield find(Code.UNWRITABLE, Severity.GRAVE, why=around.unwritable)
    if around.free is None or around.free >= LOW_DISK:
        return
    free = f"{around.free / 1024**2:.0f}"
    if around.free < NO_DISK:
        yield find(Code.DISK_FULL, Severity.GRAVE, free=free)
    else:
        yield find(Code.DISK_LOW, Severity.WARNING, free=free)


def _calls(calls: Calls) -> Iterator[Finding]:
    tried = calls.sent + calls.failed
    works_again = (
        calls.last_sent is not None
        and calls.last_failed is not None
        and calls.last_sent > calls.last_failed
    )
    if calls.failed >= FEW_CALLS and calls.failed * 2 >= tried and not works_again:
        yield find(
            Code.PROVIDER_FAILS, Severity.GRAVE, calls.channel, failed=calls.failed, tried=tried
        )
    if calls.unreported >= MANY_UNREPORTED and not calls.reported:
        yield find(Code.CALLBACKS_STOPPED, Severity.WARNING, calls.channel, count=calls.unreported)


def _telegram(around: Surroundings, now: datetime) -> Iterator[Finding]:
    door = around.telegram
    if door is None:
        return
    if door.down_since is not None and now - door.down_since >= DOWN:
        minutes = _minutes(now - door.down_since)
        yield find(Code.TELEGRAM_DOWN, Severity.GRAVE, minutes=minutes)
    failed = door.last_error_at
    if door.waiting and failed is not None and now - failed < DOOR_BROKEN:
        yield find(Code.WEBHOOK_BROKEN, Severity.GRAVE, count=door.waiting)


def _canary(facts: Facts, around: Surroundings, now: datetime) -> Iterator[Finding]:
    if around.canary_every is None:
        return
    run = facts.canary
    if run is not None and run.is_under_way and now - run.started_at < CANARY_TAKES:
        run = facts.canary_before  # what failed before has failed until this one is through
    if run is not None and run.acknowledged_at is None:
        yield find(Code.CANARY_FAILED, Severity.GRAVE, why=run.problem or run.missing)
        return
    known = [each for each in (facts.canary_good_at, around.watching_since) if each is not None]
    if known and now - max(known) >= around.canary_every + CANARY_SLACK:
        minutes = _minutes(now - max(known))
        yield find(Code.CANARY_LATE, Severity.GRAVE, minutes=minutes)


def _watchman(facts: Facts, around: Surroundings, now: datetime) -> Iterator[Finding]:
    if around.watching_since is None:
        seen = facts.beats.get(AUDITOR)
        if seen is None or _is_late(seen, now, WATCH_STOPPED):
            yield find(Code.WATCHMAN_STOPPED, Severity.GRAVE)
    sent = facts.beats.get(HEARTBEAT)
    if around.has_heartbeat and sent is not None and _is_late(sent, now, HEARTBEAT_LATE):
        minutes = _minutes(now - sent)
        yield find(Code.HEARTBEAT_LATE, Severity.WARNING, minutes=minutes)


def _is_late(at: datetime, now: datetime, most: timedelta) -> bool:
    """Whether a beat is too old, or from so far ahead that it tells nothing."""
    return now - at >= most or at - now >= FUTURE


def _minutes(span: timedelta) -> int:
    return round(span / timedelta(minutes=1))
