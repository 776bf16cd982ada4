"""Acknowledged is not cared for: a clock runs until something was really done for the person."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

import structlog

from bot.domain.cases import Case, LogKind
from bot.domain.office import Office
from bot.domain.oncall import Care, Escalation, EscalationState
from bot.domain.pages import PageEvent, PageKind
from bot.domain.staff import Staff
from bot.services import ringing
from bot.services.steps import ESCALATIONS, alarm_of_one
from bot.store.keys import KeyMissingError
from bot.store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
UNREADABLE_FOR = timedelta(hours=1)
STUCK_FOR = timedelta(minutes=10)
REMINDED = {Care.WAITING: Care.REMINDED, Care.EXTENDED: Care.EXTENDED_REMINDED}
STILL_ONCE = (Care.WAITING, Care.REMINDED)


class CaredHow(StrEnum):
    """What stops the clock: a word to the person that left, a referral, or why there is silence."""

    SAFE_CONTACT = "safe_contact"
    REFERRAL = "referral"
    SILENCE_REASON = "silence_reason"


def advance_all(uow: SqlUnitOfWork, office: Office, now: datetime, limit: int) -> bool:
    """Remind those who have done nothing, and let what they hold lapse; False when nothing is due."""
    due = uow.escalations.care_due(now, limit)
    for escalation in due:
        error = uow.try_alone(partial(_advance, uow, escalation, office, now))
        if error is not None:
            wait = UNREADABLE_FOR if isinstance(error, KeyMissingError) else STUCK_FOR
            uow.escalations.advance(replace(escalation, next_at=now + wait))
            alarm_of_one(uow, escalation.case_id, error, now)
    return bool(due)


def _advance(uow: SqlUnitOfWork, escalation: Escalation, office: Office, now: datetime) -> None:
    case = uow.cases.get(escalation.case_id)
    reminded = REMINDED.get(escalation.care)
    if reminded is None:
        _lapse(uow, case, escalation, now)
        return
    wait = timedelta(minutes=escalation.policy.reminder_minutes)
    uow.escalations.advance(replace(escalation, care=reminded, next_at=now + wait))
    holders = uow.escalations.holders(escalation.id)
    ringing.begin(uow, case, holders, PageKind.REMINDER, office, now)


def _lapse(uow: SqlUnitOfWork, case: Case, escalation: Escalation, now: datetime) -> None:
    """Nobody has it any more: the steps go on, with somebody else first."""
    for staff_id in uow.escalations.holders(escalation.id):
        uow.pages.log(case, PageEvent.LAPSED, now, staff_id=staff_id, escalation_id=escalation.id)
        uow.cases.log(case.id, LogKind.LAPSED, uow.staff.get(staff_id).label, "", now)
    uow.pages.end(case.id)
    uow.escalations.let_lapse(escalation.id, now)
    uow.escalations.advance(
        replace(escalation, state=EscalationState.RUNNING, care=Care.LAPSED, next_at=now)
    )
    uow.alarms.raise_once("acknowledgement_lapsed", case.reference, now)
    log.warning("acknowledgement_lapsed", trace=case.trace_id)
    uow.wake(ESCALATIONS)
    uow.wake("console")


def let_go(uow: SqlUnitOfWork, staff_id: str, now: datetime) -> None:
    """A member has left: what they alone held lapses, and the steps of what they were paged for go on."""
    for escalation in uow.escalations.held_by(staff_id):
        others = [each for each in uow.escalations.holders(escalation.id) if each != staff_id]
        if escalation.state is EscalationState.ACKNOWLEDGED and not others:
            error = uow.try_alone(partial(_let_lapse, uow, escalation, now))
            if error is not None:
                alarm_of_one(uow, escalation.case_id, error, now)
        else:
            uow.escalations.release(escalation.id, staff_id, now)
    for page in uow.pages.silence_member(staff_id):
        if page.escalation_id is None or page.kind is not PageKind.STEP:
            continue
        if uow.escalations.get(page.escalation_id).step == page.step:
            uow.escalations.hurry(page.escalation_id, now)
            uow.wake(ESCALATIONS)


def _let_lapse(uow: SqlUnitOfWork, escalation: Escalation, now: datetime) -> None:
    _lapse(uow, uow.cases.get(escalation.case_id), escalation, now)


def cared(uow: SqlUnitOfWork, case: Case, member: Staff, how: CaredHow, now: datetime) -> bool:
    """Something was done for the person: the clock stops; False when none was running."""
    latest = uow.escalations.latest_for(case.id)
    if latest is None or latest.care in (Care.NONE, Care.CARED):
        return False
    if latest.state is not EscalationState.ACKNOWLEDGED:
        return False
    uow.escalations.note_cared(latest.id, member.id, how, now)
    uow.pages.log(
        case, PageEvent.CARED, now, staff_id=member.id, escalation_id=latest.id, reason=how
    )
    uow.pages.end(case.id)
    log.info("cared", trace=case.trace_id, how=how.value)
    uow.wake("console")
    return True


def reply_left(uow: SqlUnitOfWork, conversation_id: str, now: datetime) -> None:
    """A text that a human wrote has left for the person: that is care."""
    known = uow.conversations.get(conversation_id)
    if known.case_id is None:
        return
    case = uow.cases.get(known.case_id)
    writer_id = known.staff_id or case.owner_id
    if writer_id is not None:
        cared(uow, case, uow.staff.get(writer_id), CaredHow.SAFE_CONTACT, now)


def reply_lost(uow: SqlUnitOfWork, row_id: str, conversation_id: str, now: datetime) -> None:
    """A text did not arrive after all: where it was the care, the clock runs again.

    A further text of a human that left since then is care as well.
    """
    known, left_at = uow.conversations.get(conversation_id), uow.reports.said_at(row_id)
    if known.case_id is None or left_at is None:
        return
    latest = uow.escalations.latest_for(known.case_id)
    if latest is None or not uow.escalations.rests_on(latest.id, CaredHow.SAFE_CONTACT, left_at):
        return
    other_at = uow.reports.also_said_at(conversation_id, left_at)
    if other_at is not None:
        uow.escalations.move_cared(latest.id, other_at)
        return
    case, wait = uow.cases.get(known.case_id), timedelta(minutes=latest.policy.care_minutes)
    uow.escalations.note_not_cared(latest.id, now + wait)
    uow.pages.log(
        case, PageEvent.NOT_CARED, now, staff_id=latest.acknowledged_by, escalation_id=latest.id
    )
    log.warning("not_cared", trace=case.trace_id)
    uow.wake(ESCALATIONS)


def extend(uow: SqlUnitOfWork, case: Case, member: Staff, now: datetime) -> bool:
    """A note of whoever holds it gives them the time once more; False when that was given already."""
    latest = uow.escalations.latest_for(case.id)
    if latest is None or latest.state is not EscalationState.ACKNOWLEDGED:
        return False
    if latest.care not in STILL_ONCE or member.id not in uow.escalations.holders(latest.id):
        return False
    wait = timedelta(minutes=latest.policy.care_minutes)
    uow.escalations.advance(replace(latest, care=Care.EXTENDED, next_at=now + wait))
    return True
