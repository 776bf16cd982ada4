"""Somebody says "I have it": by a button, a code, a key, a link or in the console. One way for all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from bot.domain.cases import Case, CaseState, LogKind
from bot.domain.office import Office
from bot.domain.oncall import Care, Escalation, EscalationState
from bot.domain.pages import Page, PageEvent, PageKind, PageState
from bot.services import ringing, trials
from bot.services.steps import advance
from bot.store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
CONSOLE = "console"
LINK = "link"


class Answer(StrEnum):
    """What somebody who says "I have it" is told.

    `yours`: they had it already, nothing changed. `waiting_second`: two are wanted, one more.
    `foreign`: the page of somebody else. `over`: there is nothing to take any more.
    """

    TAKEN = "taken"
    YOURS = "yours"
    OTHERS = "others"
    WAITING_SECOND = "waiting_second"
    EXPIRED = "expired"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"
    OVER = "over"


@dataclass(frozen=True)
class Acknowledged:
    """The answer, with the case and the label of whoever holds it, where those are known."""

    answer: Answer
    reference: str = ""
    holder_label: str = ""


def acknowledge_page(
    uow: SqlUnitOfWork,
    page_id: str,
    staff_id: str,
    channel: str,
    office: Office,
    now: datetime,
) -> Acknowledged:
    """A member answers a page; a replay changes nothing, foreign and expired ones are refused."""
    try:
        page = uow.pages.get(page_id)
    except KeyError:
        return Acknowledged(Answer.UNKNOWN)
    return _answer_page(uow, page, staff_id, channel, office, now)


def acknowledge_code(
    uow: SqlUnitOfWork,
    staff_id: str,
    code: str,
    channel: str,
    office: Office,
    now: datetime,
) -> Acknowledged:
    """A member writes the code of one of their own pages."""
    page = uow.pages.by_code(staff_id, code.strip())
    if page is None:
        return Acknowledged(Answer.UNKNOWN)
    return _answer_page(uow, page, staff_id, channel, office, now)


def acknowledge_token(
    uow: SqlUnitOfWork, token: str, office: Office, now: datetime
) -> Acknowledged:
    """Somebody uses the link of a page: whoever it was sent to."""
    page = uow.pages.by_token(token)
    if page is None or page.staff_id is None:
        return Acknowledged(Answer.UNKNOWN)
    return _answer_page(uow, page, page.staff_id, LINK, office, now)


def acknowledge_case(
    uow: SqlUnitOfWork, case: Case, staff_id: str, office: Office, now: datetime
) -> Acknowledged:
    """A member takes a case in the console, paged or not."""
    return _take(uow, case, staff_id, CONSOLE, office, now, None)


def pass_on(
    uow: SqlUnitOfWork,
    page_id: str,
    staff_id: str,
    channel: str,
    office: Office,
    now: datetime,
) -> Acknowledged:
    """A member cannot: their phone falls silent and the next step is due at once."""
    try:
        page = uow.pages.get(page_id)
    except KeyError:
        return Acknowledged(Answer.UNKNOWN)
    case = uow.cases.get(page.case_id)
    if page.staff_id != staff_id:
        return _refuse(uow, case, page, staff_id, channel, Answer.FOREIGN, now)
    if page.state is not PageState.RINGING:
        return _state_of(uow, case, staff_id)
    uow.pages.silence(page)
    uow.pages.log(case, PageEvent.REFUSED, now, known=page, channel=channel, reason="passed_on")
    running = uow.escalations.running_for(case.id)
    if running is not None and running.id == page.escalation_id and running.step == page.step:
        advance(uow, replace(running, next_at=now), office, now)
    return _state_of(uow, case, staff_id)


def move_to(uow: SqlUnitOfWork, case: Case, staff_id: str, office: Office, now: datetime) -> None:
    """A member takes the talk itself over: from now on they hold the case, whoever did before."""
    if acknowledge_case(uow, case, staff_id, office, now).answer is not Answer.OTHERS:
        return
    latest = uow.escalations.latest_for(case.id)
    if latest is not None and latest.state is EscalationState.ACKNOWLEDGED:
        uow.escalations.let_lapse(latest.id, now)
        uow.escalations.add_holder(latest.id, staff_id, CONSOLE, now)
        _hold(uow, case, latest, staff_id, now)
        uow.pages.log(
            case,
            PageEvent.ACKNOWLEDGED,
            now,
            channel=CONSOLE,
            staff_id=staff_id,
            escalation_id=latest.id,
            reason="taken_over",
        )
    uow.cases.set_owner(case.id, staff_id, now)


def _answer_page(
    uow: SqlUnitOfWork,
    page: Page,
    staff_id: str,
    channel: str,
    office: Office,
    now: datetime,
) -> Acknowledged:
    case = uow.cases.get(page.case_id)
    if page.staff_id != staff_id or uow.staff.get(staff_id).disabled:
        return _refuse(uow, case, page, staff_id, channel, Answer.FOREIGN, now)
    if now >= page.expires_at:
        return _refuse(uow, case, page, staff_id, channel, Answer.EXPIRED, now)
    if page.state is not PageState.RINGING and page.state is not PageState.SPENT:
        known = _state_of(uow, case, staff_id)
        if known.answer is Answer.EXPIRED:
            # It was used, passed on or let lapse before: a second use takes nothing.
            return _refuse(uow, case, page, staff_id, channel, Answer.EXPIRED, now)
        return known
    return _take(uow, case, staff_id, channel, office, now, page)


def _refuse(
    uow: SqlUnitOfWork,
    case: Case,
    page: Page,
    staff_id: str,
    channel: str,
    answer: Answer,
    now: datetime,
) -> Acknowledged:
    uow.pages.log(
        case,
        PageEvent.REFUSED,
        now,
        known=page,
        channel=channel,
        reason=answer,
        staff_id=staff_id,
    )
    log.warning("acknowledgement_refused", trace=case.trace_id, reason=answer.value)
    return Acknowledged(answer, "" if answer is Answer.FOREIGN else case.reference)


def _state_of(uow: SqlUnitOfWork, case: Case, staff_id: str) -> Acknowledged:
    """How a case stands for a member who takes nothing; EXPIRED when it could be taken still."""
    if case.state is CaseState.CLOSED:
        return Acknowledged(Answer.OVER, case.reference)
    latest = uow.escalations.latest_for(case.id)
    if latest is None or latest.state is EscalationState.RESOLVED:
        holders = tuple(filter(None, (case.owner_id,)))
    else:
        # Before there were acknowledgements of their own the escalation alone named the holder.
        known = tuple(filter(None, (latest.acknowledged_by,)))
        is_held = latest.state is EscalationState.ACKNOWLEDGED
        holders = uow.escalations.holders(latest.id) or (known if is_held else ())
    if staff_id in holders:
        waits = latest is not None and latest.state is EscalationState.RUNNING
        answer = Answer.WAITING_SECOND if waits else Answer.YOURS
        return Acknowledged(answer, case.reference, uow.staff.get(staff_id).label)
    if holders and (latest is None or latest.state is not EscalationState.RUNNING):
        return Acknowledged(Answer.OTHERS, case.reference, uow.staff.get(holders[0]).label)
    return Acknowledged(Answer.EXPIRED, case.reference)


def _take(
    uow: SqlUnitOfWork,
    case: Case,
    staff_id: str,
    channel: str,
    office: Office,
    now: datetime,
    page: Page | None,
) -> Acknowledged:
    known = _state_of(uow, case, staff_id)
    if known.answer is not Answer.EXPIRED:
        return known
    member = uow.staff.get(staff_id)
    running = uow.escalations.running_for(case.id)
    uow.pages.log(
        case,
        PageEvent.ACKNOWLEDGED,
        now,
        known=page,
        channel=channel,
        staff_id=staff_id,
        escalation_id=None if running is None else running.id,
    )
    uow.cases.log(case.id, LogKind.ACKNOWLEDGED, member.label, channel, now)
    log.info("acknowledged", trace=case.trace_id, channel=channel, staff=staff_id)
    if page is not None:
        uow.pages.keep(replace(page, state=PageState.ACKNOWLEDGED))
    if case.owner_id is None or running is None or not uow.escalations.holders(running.id):
        uow.cases.set_owner(case.id, staff_id, now)
    if running is not None:
        uow.escalations.add_holder(running.id, staff_id, channel, now)
        holders = uow.escalations.holders(running.id)
        if len(holders) < running.policy.acknowledgers:
            uow.pages.silence_of(case.id, staff_id)
            return Acknowledged(Answer.WAITING_SECOND, case.reference, member.label)
        _hold(uow, case, running, holders[0], now)
    _tell_others(uow, case, staff_id, office, now)
    if page is not None and page.kind is PageKind.TEST:
        # Somebody tried their own phones, and has seen that it works.
        trials.end(uow, case, now)
    uow.wake("console")
    return Acknowledged(Answer.TAKEN, case.reference, member.label)


def _hold(
    uow: SqlUnitOfWork, case: Case, escalation: Escalation, staff_id: str, now: datetime
) -> None:
    """The steps stop, and the clock of care begins."""
    minutes = escalation.policy.care_minutes
    care = Care.WAITING if minutes else Care.NONE
    uow.escalations.acknowledge(
        escalation.id, staff_id, care, now + timedelta(minutes=minutes), now
    )
    uow.cases.touch(case.id, now)


def _tell_others(
    uow: SqlUnitOfWork, case: Case, staff_id: str, office: Office, now: datetime
) -> None:
    """Everybody else who was paged hears who has it; nobody is called for that."""
    ended = uow.pages.end(case.id)
    paged = dict.fromkeys(page.staff_id for page in ended if page.contact)
    others = [other for other in paged if other is not None and other != staff_id]
    news = f"sudah dipegang {uow.staff.get(staff_id).label}."
    ringing.begin(uow, case, others, PageKind.TOLD, office, now, news=news)
