"""The clock of a departure: what is due as the day comes near. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.language.types import Urgency

MILD, GRAVE = "caution", ("serious", "critical")
"""Verdicts by what the clock does with them: a task before the day, or urgency."""
A_WEEK = timedelta(days=7)
TWO_DAYS = timedelta(hours=48)
"""Departure within a week with red flags is urgent, within 48 hours with critical ones an
emergency (labels of urgency)."""
PATIENCE = timedelta(minutes=10)
"""How long an unanswered question for the date stays a matter between bot and person."""
SURE_DAYS = 2
"""A span of so many days is as good as a day; of a longer one only its end rings phones."""
LATER_HOLDS = timedelta(days=7)
"""What "later" means: more than a week. After that nobody knows any more."""
SET_BACK = timedelta(minutes=1)
"""Clocks are corrected by seconds all the time; from here on it was set back."""

WITHIN_48H, THIS_WEEK, LATER = "within_48h", "this_week", "later"


@dataclass(frozen=True)
class Span:
    """The days within which somebody leaves, both included."""

    first: date
    last: date

    @property
    def is_sure(self) -> bool:
        """Whether it is so short that its first day counts."""
        return (self.last - self.first).days <= SURE_DAYS


class Task(StrEnum):
    """What staff have to find out."""

    ASK_DATE = "ask_departure_date"
    ASK_GONE = "ask_departed"
    LOOK = "look_at_offer"


class Outcome(StrEnum):
    """What staff found out; the clock stops."""

    GONE = "departed"
    OFF = "not_departing"


@dataclass(frozen=True)
class Departure:
    """What is known of the departure of one case, and how far the clock has got.

    `told` is `within_48h`, `this_week`, `later` or None as the person said; `span` the days.
    `raised` is how urgent the clock has made it, `task` what it has asked of staff. `told_at` is
    when the offer was judged, or the date last told; `checked_at` when the clock was last looked at.
    """

    case_id: str
    verdict: str
    told: str | None
    span: Span | None
    zone: ZoneInfo
    told_at: datetime
    checked_at: datetime
    offer_id: str | None = None
    raised: Urgency = Urgency.NONE
    task: Task | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Due:
    """What the clock wants now: a higher urgency, a task for staff, or neither.

    `too_late`: the date was over before anybody was told that it came near.
    """

    urgency: Urgency | None
    task: Task | None
    too_late: bool = False


def span_of(told: str | None, today: date) -> Span | None:
    """The days that an answer without a date means."""
    days = {WITHIN_48H: 2, THIS_WEEK: 7}.get(told or "")
    return None if days is None else Span(today, today + timedelta(days=days))


def urgency_at(verdict: str, span: Span, zone: ZoneInfo, now: datetime) -> Urgency:
    """How urgent an offer is at a moment, by the days alone; nobody is woken for a mild verdict."""
    if verdict not in GRAVE:
        return Urgency.NONE
    if now >= _emergency_at(span, zone):
        return Urgency.EMERGENCY if verdict == "critical" else Urgency.URGENT
    return Urgency.URGENT if now >= _urgent_at(span, zone) else Urgency.NONE


def is_soon(span: Span, zone: ZoneInfo, now: datetime) -> bool:
    """Whether somebody leaves within a week and has not left yet."""
    return _urgent_at(span, zone) <= now < _over_at(span, zone)


def due(departure: Departure, now: datetime) -> Due:
    """What has become due and was not done yet.

    It looks at where the clock stands, not at the steps between: after a jump forwards, or a day
    of being off, only the last thing is done; after a jump back nothing is done twice.
    """
    if departure.outcome is not None:
        return Due(None, None)
    span = departure.span
    if span is None:
        is_open = departure.task is None and now >= _ask_at(departure)
        return Due(None, Task.ASK_DATE if is_open else None)
    wanted = urgency_at(departure.verdict, span, departure.zone, now)
    if now >= _over_at(span, departure.zone):
        if departure.task is Task.ASK_GONE:
            return Due(None, None)
        too_late = wanted.rank > departure.raised.rank
        return Due(Urgency.URGENT if too_late else None, Task.ASK_GONE, too_late)
    if departure.verdict not in GRAVE:
        is_new = departure.task is None and is_soon(span, departure.zone, now)
        return Due(None, Task.LOOK if is_new else None)
    rises = wanted.rank > departure.raised.rank
    return Due(wanted if rises else None, None)


def after(departure: Departure, done: Due, now: datetime) -> Departure:
    """The departure when that was done."""
    return replace(
        departure,
        raised=Urgency.highest(departure.raised, done.urgency or Urgency.NONE),
        task=done.task or departure.task,
        # Told at a moment that has not come yet: the clock was set back since.
        told_at=min(departure.told_at, now),
        checked_at=now,
    )


def next_at(departure: Departure, now: datetime) -> datetime | None:
    """When the clock has to be looked at again; None when time alone brings nothing more."""
    if departure.outcome is not None:
        return None
    if due(departure, now) != Due(None, None):
        return now
    if departure.span is None:
        return None if departure.task is not None else _ask_at(departure)
    span, zone = departure.span, departure.zone
    moments = (_urgent_at(span, zone), _emergency_at(span, zone), _over_at(span, zone))
    return min((moment for moment in moments if moment > now), default=None)


def told_anew(known: Departure, new: Departure, now: datetime) -> Departure:
    """What is known after a person told it again, about the same offer or the next one.

    A date replaces an older one of the same offer; of two offers the nearer date counts. No answer,
    and "later" beside a date, change nothing. The clock has got no further than the new date has:
    one that is further away is heard again when it comes near.
    """
    verdict = max(known.verdict, new.verdict, key=(MILD, *GRAVE).index)
    same = replace(known, verdict=verdict)
    says_less = new.told is None and new.span is None
    if says_less or (new.span is None and known.span is not None):
        return same
    if new.span == known.span and new.told == known.told and known.outcome is None:
        return same
    if known.offer_id != new.offer_id and _is_nearer(known, new, now):
        return same
    raised = Urgency.NONE
    if new.span is not None:
        reached = urgency_at(verdict, new.span, new.zone, now)
        raised = min((new.raised, reached), key=lambda urgency: urgency.rank)
    return replace(new, verdict=verdict, raised=raised)


def _is_nearer(known: Departure, new: Departure, now: datetime) -> bool:
    """Whether what was known before lies ahead and comes first."""
    if known.span is None or new.span is None or known.outcome is not None:
        return False
    return now < _over_at(known.span, known.zone) and known.span.first < new.span.first


def _ask_at(departure: Departure) -> datetime:
    return departure.told_at + (LATER_HOLDS if departure.told == LATER else PATIENCE)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day begins where the person is."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _urgent_at(span: Span, zone: ZoneInfo) -> datetime:
    return _midnight(span.first, zone) - A_WEEK


def _emergency_at(span: Span, zone: ZoneInfo) -> datetime:
    return _midnight(span.first if span.is_sure else span.last, zone) - TWO_DAYS


def _over_at(span: Span, zone: ZoneInfo) -> datetime:
    return _midnight(span.last, zone) + timedelta(days=1)
