"""What follows from the auditor's findings: alarms that come and go, and who is told of the grave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.auditor import Finding, Severity
from bot.domain.cases import CaseKind, CloseReason, LogKind
from bot.domain.channels import CANARY
from bot.domain.office import Office
from bot.domain.pages import PageKind
from bot.domain.staff import Contact, Role
from bot.language.types import Urgency
from bot.services import ringing
from bot.services.duty import active_staff, duty, is_practice
from bot.store.unit_of_work import SqlUnitOfWork

WATCH = "watch_"
"""Alarms of the watchman begin so; they settle themselves when a finding is over."""
QUIET = timedelta(minutes=30)
"""A finding that comes and goes wakes nobody twice within this time."""
OVERSEERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
MOST_NAMED = 3
WATCHMAN = "watchman"
"""Who reports outages, among the robots."""


def note(uow: SqlUnitOfWork, found: Sequence[Finding], now: datetime) -> tuple[Finding, ...]:
    """Raise an alarm for each finding, settle those that are over; the grave ones that are new."""
    standing = {
        (alarm.kind, alarm.detail): alarm
        for alarm in uow.alarms.standing()
        if alarm.kind.startswith(WATCH)
    }
    present = {(f"{WATCH}{each.code}", each.about): each for each in found}
    for key, alarm in standing.items():
        if key not in present:
            uow.alarms.settle_one(alarm.id, now)
    fresh = []
    for (kind, about), finding in present.items():
        was_quiet = not uow.alarms.was_raised(kind, about, now - QUIET)
        is_new = uow.alarms.raise_once(kind, about, now)
        if is_new and was_quiet and finding.severity is Severity.GRAVE:
            fresh.append(finding)
    if fresh or len(standing) != len(present):
        uow.wake("console")
    return tuple(fresh)


def overseers(uow: SqlUnitOfWork, office: Office, now: datetime) -> tuple[str, ...]:
    """Ids of those who hear of grave findings: supervisors, and whoever is on call."""
    supervise = [member.id for member in active_staff(uow) if member.role in OVERSEERS]
    return tuple(dict.fromkeys((*duty(uow, office, now).on_call, *supervise)))


def ways(uow: SqlUnitOfWork, office: Office, now: datetime) -> tuple[Contact, ...]:
    """Verified ways to wake them, to be kept for when the store cannot be asked any more."""
    return tuple(
        contact
        for staff_id in overseers(uow, office, now)
        for contact in uow.staff.contacts(staff_id)
        if contact.verified_at is not None and contact.channel in office.page_channels
    )


def tell(uow: SqlUnitOfWork, fresh: Sequence[Finding], office: Office, now: datetime) -> bool:
    """Page them through the outbox, contact after contact; False when nobody has a phone for it.

    An outage is a case of the watchman's own: its log tells later what was broken, and when.
    """
    known = uow.conversations.for_sender(CANARY, WATCHMAN, now)
    case = uow.cases.open_of_kind(known.id, CaseKind.OUTAGE)
    if case is None:
        practice = is_practice(uow, office)
        case = uow.cases.open(known, CaseKind.OUTAGE, Urgency.NONE, {}, practice=practice, now=now)
    for finding in fresh:
        uow.cases.log(case.id, LogKind.NOTE, "system", finding.for_staff, now)
    to = overseers(uow, office, now)
    news = f"{words(fresh)} Lihat {office.console_url}/status."
    return bool(ringing.begin(uow, case, to, PageKind.SUPERVISOR, office, now, news=news))


def end_outage(uow: SqlUnitOfWork, now: datetime) -> None:
    """Nothing grave is left: no phone rings for it any more."""
    for case in uow.cases.open_of(CaseKind.OUTAGE):
        uow.pages.end(case.id)
        uow.cases.close(case.id, CloseReason.HELPED, now)
        uow.cases.log(case.id, LogKind.CLOSED, "system", CloseReason.HELPED, now)


def words(found: Sequence[Finding]) -> str:
    """What the page says: what is broken; no name, no story."""
    told = " ".join(each.for_staff for each in found[:MOST_NAMED])
    more = f" Dan {len(found) - MOST_NAMED} lagi." if len(found) > MOST_NAMED else ""
    return f"GANGGUAN: {told}{more}"
