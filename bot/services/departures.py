"""The clock of departures: as a day comes near, staff hear of it. The person hears nothing.

Nothing is pushed to a phone that others may hold; whoever is on call decides what is said.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.cases import Case, LogKind
from bot.domain.departures import (
    LATER,
    Departure,
    Due,
    Outcome,
    Span,
    after,
    due,
    span_of,
    told_anew,
    urgency_at,
)
from bot.domain.office import Office
from bot.domain.oncall import PolicyName
from bot.domain.staff import Staff
from bot.domain.waking import CHILD, NEAR_DAYS, Facts, Wake, Waking, waking
from bot.language.departure_places import zone_of
from bot.language.types import Urgency
from bot.services.duty import duty
from bot.services.emergency import DEPARTURE, holder_of, open_emergency
from bot.services.paging import start_escalation, tell_on_call
from bot.services.takeover import RefusedError
from bot.store.keys import KeyMissingError
from bot.store.unit_of_work import SqlUnitOfWork

THIS_WEEK = "departure_this_week_with_flags"
TOO_LATE = "departure_unnoticed"
DATE_FIELD = "departure_date"
UNREADABLE_FOR = timedelta(hours=1)


def told(
    text: str,
    verdict: str,
    answer: str | None,
    leaves: Span | None,
    offer_id: str | None,
    office: Office,
    now: datetime,
) -> Departure:
    """What a judged offer says of its departure; `leaves` are the days, where some were told."""
    zone = ZoneInfo(zone_of(text) or office.timezone.key)
    span = leaves or span_of(answer, now.astimezone(zone).date())
    known = Departure("", verdict, answer, span, zone, now, now, offer_id)
    return known if span is None else replace(known, raised=urgency_at(verdict, span, zone, now))


def waking_of_child(
    uow: SqlUnitOfWork, leaving: Departure, office: Office, now: datetime
) -> Waking:
    """Whether a child that is being recruited wakes somebody now, by what is known of its date."""
    state = duty(uow, office, now)
    days_left = None
    if leaving.span is not None:
        days_left = (leaving.span.first - now.astimezone(leaving.zone).date()).days
    elif leaving.told == LATER:
        days_left = NEAR_DAYS + 1
    facts = Facts(
        Urgency.EMERGENCY,
        frozenset({CHILD}),
        bool(state.reachable),
        state.next_staffed,
        days_left=days_left,
        asked_at=leaving.told_at,
        is_moved=leaving.outcome is Outcome.GONE,
    )
    return waking(facts, now)


def keep(uow: SqlUnitOfWork, case: Case, new: Departure, *, has_days: bool, now: datetime) -> None:
    """Set the clock of a case by what was told; `has_days` unless only an answer was chosen.

    A choice ("this week") that is told again later means the days that it meant at first.
    """
    new = replace(new, case_id=case.id)
    known = uow.departures.of_case(case.id)
    if known is not None:
        is_repeat = not has_days and known.span is not None and known.told == new.told
        new = told_anew(known, replace(new, span=None, told=None) if is_repeat else new, now)
    uow.departures.keep(new, now)
    if new.span is not None and (known is None or new.span != known.span):
        _note_days(uow, case, new.span, "bot", now)
    uow.wake("departures")


def _note_days(uow: SqlUnitOfWork, case: Case, span: Span, actor: str, now: datetime) -> None:
    days = "/".join(dict.fromkeys((span.first.isoformat(), span.last.isoformat())))
    uow.cases.add_fields(uow.cases.get(case.id), {DATE_FIELD: days}, now)
    uow.cases.log(case.id, LogKind.FACTS, actor, f"{DATE_FIELD}: {days}", now)


def advance_all(uow: SqlUnitOfWork, office: Office, now: datetime, limit: int) -> bool:
    """Do what the clocks want by now; False when nothing was due."""
    found = uow.departures.due(now, limit)
    for known in found:
        try:
            _advance(uow, known, office, now)
        except KeyMissingError:
            uow.departures.postpone(known.case_id, now, now + UNREADABLE_FOR)
            uow.alarms.raise_once("case_unreadable", known.case_id, now)
    return bool(found)


def _advance(uow: SqlUnitOfWork, known: Departure, office: Office, now: datetime) -> None:
    done = due(known, now)
    case = uow.cases.get(known.case_id)
    if done.urgency is Urgency.EMERGENCY:
        talk = uow.conversations.get(case.conversation_id)
        open_emergency(uow, talk, case.kind, (DEPARTURE,), {}, office, now)
    elif done.urgency is not None:
        _make_urgent(uow, case, done, office, now)
    if done.task is not None:
        # Somebody has to ask, though not tonight.
        uow.cases.raise_urgency(uow.cases.get(case.id), Urgency.CONCERN, now)
        uow.cases.log(case.id, LogKind.DEPARTURE, "system", done.task, now)
    uow.departures.keep(after(known, done, now), now)
    uow.wake("console")


def _make_urgent(uow: SqlUnitOfWork, case: Case, done: Due, office: Office, now: datetime) -> None:
    """Those on call hear once that a departure came near, or that it did unnoticed."""
    was = case.urgency
    case = uow.cases.raise_urgency(case, Urgency.URGENT, now)
    signal = TOO_LATE if done.too_late else THIS_WEEK
    uow.cases.log(
        case.id, LogKind.URGENCY_RAISED, "system", f"{Urgency.URGENT.value}, {signal}", now
    )
    talk = uow.conversations.get(case.conversation_id)
    holder_id = holder_of(uow, talk, now)
    if _is_of_child(case):
        wanted = Waking(Wake.NOW, PolicyName.CHILD)
        start_escalation(uow, case, office, now, wanted=wanted, holder_id=holder_id)
    elif was.rank < Urgency.URGENT.rank or done.too_late:
        tell_on_call(uow, case, office, now, (signal,), holder_id=holder_id)


def _is_of_child(case: Case) -> bool:
    """Whether it is a child that is being recruited."""
    return CHILD in case.fields.get("flags", "").split(", ")


def staff_found(
    uow: SqlUnitOfWork,
    case: Case,
    member: Staff,
    found: date | Outcome,
    office: Office,
    now: datetime,
) -> None:
    """Staff know the day, or that somebody has left or does not. RefusedError for a day over.

    A child that has left wakes somebody, whatever its date was.
    """
    known = uow.departures.of_case(case.id)
    if known is None:
        raise RefusedError("Kasus ini bukan soal keberangkatan.")
    if isinstance(found, Outcome):
        left = replace(known, outcome=found, task=None, checked_at=now)
        uow.departures.keep(left, now)
        uow.cases.log(case.id, LogKind.DEPARTURE, member.label, found, now)
        if found is Outcome.GONE and _is_of_child(case):
            wanted = waking_of_child(uow, left, office, now)
            start_escalation(uow, case, office, now, wanted=wanted)
    else:
        if found < now.astimezone(known.zone).date():
            raise RefusedError("Tanggal itu sudah lewat. Pilih 'sudah berangkat' kalau begitu.")
        span = Span(found, found)
        new = replace(known, span=span, told=None, told_at=now, checked_at=now)
        new = told_anew(known, replace(new, task=None, outcome=None), now)
        uow.departures.keep(new, now)
        _note_days(uow, case, span, member.label, now)
    uow.cases.touch(case.id, now)
    uow.wake("departures")
    uow.wake("console")
