"""Who can be reached now, and how a person is told about it honestly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.contacts import (
    NATIONAL,
    emergency_line,
    shown_to_public,
    unchecked,
)
from bot.domain.office import Office
from bot.domain.oncall import EscalationState, next_staffed, who_is_on_call
from bot.domain.staff import Staff
from bot.language.places import country_of
from bot.ports import Wording
from bot.store.unit_of_work import SqlUnitOfWork

# The console touches its session each half minute while it is open.
CONSOLE_OPEN = timedelta(minutes=2)
STAFF_FOR_REAL_SERVICE = 2


@dataclass(frozen=True)
class Duty:
    """Staff ids on call, those of them who can be reached, and when the next shift begins."""

    on_call: tuple[str, ...]
    reachable: tuple[str, ...]
    next_staffed: datetime | None


def duty(uow: SqlUnitOfWork, office: Office, now: datetime) -> Duty:
    """Reachable: a verified contact on a channel that works, or the console open just now."""
    shifts = uow.escalations.shifts(since=now)
    active = {member.id for member in active_staff(uow)}
    on_call = tuple(found for found in who_is_on_call(shifts, now) if found in active)
    watching = uow.staff.watching(now - CONSOLE_OPEN)
    reachable = tuple(
        staff_id
        for staff_id in on_call
        if staff_id in watching or has_verified_contact(uow, office, staff_id)
    )
    return Duty(on_call, reachable, next_staffed(shifts, now))


def has_verified_contact(uow: SqlUnitOfWork, office: Office, staff_id: str) -> bool:
    """Whether a page can reach this member outside the console."""
    return any(
        contact.verified_at is not None and contact.channel in office.page_channels
        for contact in uow.staff.contacts(staff_id)
    )


def active_staff(uow: SqlUnitOfWork) -> tuple[Staff, ...]:
    """Everybody who is not disabled."""
    return tuple(member for member in uow.staff.everyone() if not member.disabled)


def is_practice(uow: SqlUnitOfWork, office: Office) -> bool:
    """Practice until two people can be paged and a person has checked the contacts shown."""
    if office.practice or unchecked(office.contacts):
        return True
    reachable = [
        member for member in active_staff(uow) if has_verified_contact(uow, office, member.id)
    ]
    return len(reachable) < STAFF_FOR_REAL_SERVICE


def status_line(
    uow: SqlUnitOfWork,
    office: Office,
    wording: Wording,
    now: datetime,
    country: str | None = None,
) -> str:
    """What a person in need is told first: only what is true at this moment (product rule).

    `country` is a name as the language package gives it; None when it is not known yet.
    """
    state = duty(uow, office, now)
    today = office.today(now)
    if state.reachable:
        parts = [wording.say("say_status_on_duty").text]
        if country is not None:
            parts.append(contact_piece(office, wording, today, country))
        return " ".join(part for part in parts if part)
    parts = [wording.say("say_status_nobody").text]
    if state.next_staffed is not None:
        time = office.local_time(state.next_staffed)
        parts.append(wording.say("say_piece_next_staffed", next_staffed=time).text)
    parts.append(contact_piece(office, wording, today, country))
    return " ".join(part for part in parts if part)


def contact_piece(office: Office, wording: Wording, today: date, country: str | None) -> str:
    """Whom to call: in the country of the person, or at home when none is known."""
    code = NATIONAL if country is None else country_of(country).code
    if code is None:
        return ""
    line = emergency_line(shown_to_public(office.contacts, code, today), code)
    if line is None:
        return ""
    name = "say_piece_contact_at_home" if country is None else "say_piece_contact"
    return wording.say(name, contact=line).text


def later_status(
    uow: SqlUnitOfWork, case_id: str | None, state: Duty, office: Office, wording: Wording
) -> str:
    """What has become of a call since the first answer."""
    escalation = None if case_id is None else uow.escalations.latest_for(case_id)
    if escalation is not None and escalation.state is EscalationState.ACKNOWLEDGED:
        return wording.say("say_status_acknowledged").text
    if state.reachable:
        return wording.say("say_status_still_on_duty").text
    calling = (
        escalation is not None
        and escalation.state is EscalationState.RUNNING
        and any(has_verified_contact(uow, office, member.id) for member in active_staff(uow))
    )
    return wording.say("say_status_still_calling" if calling else "say_status_still_nobody").text
