"""What follows from the auditor's findings: alarms that come and go, and who is told of the grave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.auditor import Finding, Severity
from bot.domain.office import Office
from bot.domain.staff import Contact, Role
from bot.services.duty import active_staff, duty
from bot.store.unit_of_work import SqlUnitOfWork

WATCH = "watch_"
"""Alarms of the watchman begin so; they settle themselves when a finding is over."""
QUIET = timedelta(minutes=30)
"""A finding that comes and goes wakes nobody twice within this time."""
OVERSEERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
MOST_NAMED = 3


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
        was_quiet = not uow.alarms.raised_since(kind, about, now - QUIET)
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


def words(found: Sequence[Finding], office: Office) -> str:
    """What the page says: what is broken and where to look; no name, no story."""
    told = " ".join(each.for_staff for each in found[:MOST_NAMED])
    more = f" Dan {len(found) - MOST_NAMED} lagi." if len(found) > MOST_NAMED else ""
    return f"GANGGUAN TanyaDulu: {told}{more} Lihat {office.console_url}/status"
