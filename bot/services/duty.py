"""Who can be reached now, and how a person is told about it honestly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.contacts import (
    NATIONAL,
    emergency_line,
    shown_to_public,
    unchecked,
)
from bot.domain.conversation import Conversation
from bot.domain.messages import Author
from bot.domain.office import Office
from bot.domain.oncall import Escalation, EscalationState
from bot.domain.staff import CONSOLE_OPEN, Staff
from bot.language.departure_places import zone_of
from bot.language.places import country_of
from bot.ports import Wording
from bot.services.over_time import LOOK_BACK, over_time
from bot.store.unit_of_work import SqlUnitOfWork

STAFF_FOR_REAL_SERVICE = 2
MOST_READ = 20
"""Lines that are looked through for a place, the newest first."""


@dataclass(frozen=True)
class Duty:
    """Staff ids on call, those of them who can be reached, and when the next duty begins.

    Who is `lingering` is over time: still on call, for a grave case of theirs is in nobody's hands.
    """

    on_call: tuple[str, ...]
    reachable: tuple[str, ...]
    next_staffed: datetime | None
    lingering: tuple[str, ...] = ()


def duty(uow: SqlUnitOfWork, office: Office, now: datetime, speaks: str | None = None) -> Duty:
    """Reachable: a verified contact on a channel that works, or the console open just now.

    Who speaks the language of a conversation (a tag such as "jv") comes first, where it is known.
    """
    plan = uow.rota.plan(since=now - LOOK_BACK)
    lingering = tuple(each.staff_id for each in over_time(uow, plan, now))
    on_call = by_language(uow, (*plan.on_call(now), *lingering), speaks)
    watching = uow.staff.watching(now - CONSOLE_OPEN)
    reachable = tuple(
        staff_id
        for staff_id in on_call
        if staff_id in watching or has_verified_contact(uow, office, staff_id)
    )
    return Duty(on_call, reachable, plan.next_staffed(now), lingering)


def by_language(
    uow: SqlUnitOfWork, staff_ids: tuple[str, ...], speaks: str | None
) -> tuple[str, ...]:
    """The same people, those first who speak a language; else in their order."""
    if speaks is None:
        return staff_ids
    # False sorts before True, and the order of equals stays.
    return tuple(sorted(staff_ids, key=lambda each: speaks not in uow.staff.get(each).languages))


def has_verified_contact(uow: SqlUnitOfWork, office: Office, staff_id: str) -> bool:
    """Whether a page can reach this member outside the console."""
    return not office.page_channels.isdisjoint(uow.staff.verified_channels(staff_id))


def active_staff(uow: SqlUnitOfWork) -> tuple[Staff, ...]:
    """Every person who is not disabled; a robot wakes nobody and cares for nobody."""
    return tuple(member for member in uow.staff.everyone() if not (member.disabled or member.robot))


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
    person: Conversation | None = None,
) -> str:
    """What a person in need is told first: only what is true at this moment (product rule).

    `country` is a name as the language package gives it; None when it is not known yet. What
    `person` has written tells in which zone they read a time.
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
        time = office.told_time(state.next_staffed, now, zone_of_person(uow, person))
        parts.append(wording.say("say_piece_next_staffed", next_staffed=time).text)
    parts.append(contact_piece(office, wording, today, country))
    return " ".join(part for part in parts if part)


def zone_of_person(uow: SqlUnitOfWork, person: Conversation | None) -> ZoneInfo | None:
    """The Indonesian zone of the places that somebody named last; None when they named none."""
    if person is None:
        return None
    said = [line.text for line in uow.lines.of(person) if line.author is Author.PERSON]
    zones = (zone_of(text) for text in reversed(said[-MOST_READ:]))
    name = next((zone for zone in zones if zone is not None), None)
    return None if name is None else ZoneInfo(name)


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
    uow: SqlUnitOfWork,
    case_id: str | None,
    state: Duty,
    office: Office,
    wording: Wording,
    now: datetime,
) -> str:
    """What has become of a call since the first answer.

    When nobody has answered although everybody was called, the person hears that, with whom else
    to call and when duty begins again: they must not wait for us alone.
    """
    escalation = None if case_id is None else uow.escalations.latest_for(case_id)
    if escalation is not None and escalation.state is EscalationState.ACKNOWLEDGED:
        return wording.say("say_status_acknowledged").text
    if escalation is not None and escalation.is_exhausted:
        country = uow.cases.get(escalation.case_id).fields.get("country")
        parts = [_still_calling(uow, escalation, office, wording)]
        if state.next_staffed is not None and not state.on_call:
            time = office.local_time(state.next_staffed)
            parts.append(wording.say("say_piece_next_staffed", next_staffed=time).text)
        parts.append(contact_piece(office, wording, office.today(now), country))
        return " ".join(part for part in parts if part)
    if state.reachable:
        return wording.say("say_status_still_on_duty").text
    return _still_calling(uow, escalation, office, wording)


def _still_calling(
    uow: SqlUnitOfWork, escalation: Escalation | None, office: Office, wording: Wording
) -> str:
    calling = (
        escalation is not None
        and escalation.state is EscalationState.RUNNING
        and escalation.step > 0
        and any(has_verified_contact(uow, office, member.id) for member in active_staff(uow))
    )
    return wording.say("say_status_still_calling" if calling else "say_status_still_nobody").text
