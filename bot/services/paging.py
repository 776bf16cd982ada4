"""Escalations: start one, page whoever is due, and hear what became of each page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.cases import Case, LogKind
from bot.domain.messages import Delivery, Outbound
from bot.domain.office import Office
from bot.domain.oncall import (
    Care,
    DueStep,
    Escalation,
    PolicyName,
    Step,
    TargetKind,
    next_step,
)
from bot.domain.pages import Page, PageEvent, PageKind, PageState
from bot.domain.waking import Facts, Wake, waking
from bot.language.types import Urgency
from bot.ports import NotToldError, SendError
from bot.services import ringing
from bot.services.duty import CONSOLE_OPEN, active_staff, duty
from bot.services.ringing import PAGES, SCREEN
from bot.services.targets import members
from bot.store.deliveries import Ended
from bot.store.keys import KeyMissingError
from bot.store.unit_of_work import SqlUnitOfWork

__all__ = ["PAGES", "SCREEN"]

log = structlog.get_logger()
ESCALATIONS = "escalations"
RETRY_SECONDS = (5, 15, 60, 300)
MOST_QUESTIONS = 8
UNKNOWN_OUTCOME = "outcome_unknown"
NUDGE = timedelta(minutes=10)


def start_escalation(
    uow: SqlUnitOfWork,
    case: Case,
    office: Office,
    now: datetime,
    *,
    policy: PolicyName = PolicyName.EMERGENCY,
    first_at: datetime | None = None,
) -> None:
    """Page for a case, by the policy as it is now; the first page is written at once.

    `first_at` plans the first page for later. What runs already goes on, unless this policy
    outranks its own, or it was only planned and is wanted earlier: then it begins anew.
    """
    running = uow.escalations.running_for(case.id)
    if running is not None:
        is_earlier = not running.step and (first_at or now) < running.next_at
        if not (is_earlier or policy.outranks(running.policy.name)):
            return
        uow.escalations.resolve(case.id)
        uow.pages.end(case.id)
    escalation = uow.escalations.start(case, uow.policies.get(policy), now, first_at or now)
    log.info("escalation_started", trace=case.trace_id, policy=policy.value)
    advance(uow, escalation, office, now)


def advance_all(uow: SqlUnitOfWork, office: Office, now: datetime, limit: int) -> bool:
    """Take every step and try every contact that is due; False when none is.

    A case that cannot be read any more must not keep the phones silent for all others.
    """
    due = uow.escalations.due(now, limit)
    for escalation in due:
        try:
            advance(uow, escalation, office, now)
        except KeyMissingError:
            uow.escalations.advance(replace(escalation, next_at=now + NUDGE))
            uow.alarms.raise_once("case_unreadable", escalation.case_id, now)
    pages = uow.pages.due(now, limit)
    for page in pages:
        try:
            # An earlier one of a bundle may have taken it along.
            current = uow.pages.get(page.id)
            if current == page and ringing.go_on(uow, page, office, now):
                _hurry(uow, page, office, now)
        except KeyMissingError:
            uow.pages.keep(replace(page, state=PageState.SPENT))
            uow.alarms.raise_once("case_unreadable", page.case_id, now)
    return bool(due or pages)


def advance(uow: SqlUnitOfWork, escalation: Escalation, office: Office, now: datetime) -> bool:
    """Take the step that is due; False when none is."""
    due = next_step(escalation, now)
    if due is None:
        return False
    case = uow.cases.get(escalation.case_id)
    uow.escalations.advance(due.then)
    if due.has_just_run_out:
        uow.cases.log(case.id, LogKind.POLICY_EXHAUSTED, "system", "", now)
        uow.pages.log(case, PageEvent.EXHAUSTED, now, escalation_id=escalation.id)
        uow.alarms.raise_once("policy_exhausted", case.reference, now)
        log.warning("policy_exhausted", trace=case.trace_id)
    if due.exhausted and not escalation.policy.fallback:
        # A trial wakes nobody who was not meant.
        uow.escalations.resolve(case.id)
        return True
    _page_step(uow, case, escalation, due, office, now)
    uow.wake(PAGES)
    return True


def _page_step(
    uow: SqlUnitOfWork,
    case: Case,
    escalation: Escalation,
    due: DueStep,
    office: Office,
    now: datetime,
) -> None:
    """Page whom the step means; the fallback when that is nobody, and the screen as a last resort."""
    policy, state = escalation.policy, duty(uow, office, now)
    wants_on_call = any(target.kind is TargetKind.ON_CALL for target in due.step.targets)
    if policy.fallback and not state.on_call:
        _say_nobody(uow, case, escalation, now)
    wanted = _but_holders(uow, escalation, members(uow, due.step.targets, state))
    step = due.step
    if not wanted or (wants_on_call and not state.reachable):
        # Nobody who can be reached means the fallback: a page for no one is the worst.
        more = _but_holders(uow, escalation, members(uow, policy.fallback, state))
        wanted = tuple(dict.fromkeys((*wanted, *more)))
        step = Step(step.after_minutes, step.targets)
    rung = ringing.begin(
        uow,
        case,
        wanted,
        PageKind.STEP,
        office,
        now,
        escalation_id=escalation.id,
        step=due.then.step,
        channels=step.channels,
    )
    if not rung and policy.fallback:
        ringing.show_on_screen(
            uow, case, PageKind.STEP, office, now, escalation_id=escalation.id, step=due.then.step
        )


def _but_holders(
    uow: SqlUnitOfWork, escalation: Escalation, wanted: Sequence[str]
) -> tuple[str, ...]:
    """Without those who have it already, and the next time without who let it lapse.

    Somebody has to be woken: when only those are left, they are.
    """
    holders = uow.escalations.holders(escalation.id)
    left = tuple(staff_id for staff_id in wanted if staff_id not in holders)
    if escalation.care is not Care.LAPSED:
        return left
    lapsed = uow.escalations.lapsed(escalation.id)
    return tuple(staff_id for staff_id in left if staff_id not in lapsed) or left


def _say_nobody(uow: SqlUnitOfWork, case: Case, escalation: Escalation, now: datetime) -> None:
    uow.cases.log(case.id, LogKind.NO_ONE_ON_CALL, "system", "", now)
    uow.pages.log(case, PageEvent.NO_ONE_ON_CALL, now, escalation_id=escalation.id)
    uow.alarms.raise_once("no_one_on_call", case.reference, now)
    log.warning("no_one_on_call", trace=case.trace_id)


def _hurry(uow: SqlUnitOfWork, page: Page, office: Office, now: datetime) -> None:
    """No contact of this member works: when that holds for all of the step, the next one is due.

    Once the policy has run out the fallback keeps its pace, and the screen shows the page.
    """
    if page.escalation_id is None or page.kind is not PageKind.STEP:
        return
    escalation = uow.escalations.get(page.escalation_id)
    if escalation.step != page.step:
        return
    pages = uow.pages.of_step(escalation.id, page.step)
    if any(other.state is not PageState.SPENT for other in pages):
        return
    if page.step <= escalation.policy.last_listed:
        uow.escalations.hurry(escalation.id, now)
        uow.wake(ESCALATIONS)
    elif escalation.policy.fallback:
        case = uow.cases.get(page.case_id)
        ringing.show_on_screen(
            uow, case, PageKind.STEP, office, now, escalation_id=escalation.id, step=page.step
        )


def tell_on_call(
    uow: SqlUnitOfWork,
    case: Case,
    office: Office,
    now: datetime,
    signals: Sequence[str] = (),
) -> None:
    """Staff should hear of a case; whom that wakes, and when, bot.domain.waking decides.

    What is not urgent only reaches whoever is on call, once. `signals` are those found in the
    words that make it urgent.
    """
    state = duty(uow, office, now)
    if case.urgency.rank < Urgency.URGENT.rank:
        page_members(uow, case, state.on_call, PageKind.NOTICE, office, now)
        return
    facts = Facts(case.urgency, frozenset(signals), bool(state.reachable), state.next_staffed)
    decided = waking(facts, now)
    if decided.wake is not Wake.NOT_BY_ITSELF:
        start_escalation(uow, case, office, now, policy=decided.policy, first_at=decided.at)
        return
    uow.pages.log(case, PageEvent.NOT_SENT, now, reason="does_not_wake")
    uow.alarms.raise_once("no_one_on_call", case.reference, now)


def page_members(
    uow: SqlUnitOfWork,
    case: Case,
    staff_ids: Sequence[str],
    kind: PageKind,
    office: Office,
    now: datetime,
) -> None:
    """Page members once, outside of any escalation; with no phone among them, on the screen."""
    if staff_ids and not ringing.begin(uow, case, staff_ids, kind, office, now):
        ringing.show_on_screen(uow, case, kind, office, now)


def tell_who_has_it(
    uow: SqlUnitOfWork, case: Case, holder_id: str | None, office: Office, now: datetime
) -> None:
    """The person of an open emergency wrote and no phone is ringing for it.

    Whoever holds it and those on call hear it, everybody when there are none; at most once
    in NUDGE, and not while the holder's console is open.
    """
    if case.urgency is not Urgency.EMERGENCY or uow.escalations.running_for(case.id) is not None:
        return
    if holder_id is not None and holder_id in uow.staff.watching(now - CONSOLE_OPEN):
        return
    if uow.outbox.paged_since(case.id, now - NUDGE):
        return
    known = tuple(staff_id for staff_id in (holder_id, case.owner_id) if staff_id is not None)
    wanted = tuple(dict.fromkeys((*known, *duty(uow, office, now).on_call)))
    everyone = tuple(member.id for member in active_staff(uow) if not member.robot)
    if everyone:
        page_members(uow, case, wanted or everyone, PageKind.NOTICE, office, now)
    else:
        ringing.show_on_screen(uow, case, PageKind.NOTICE, office, now)


def claim_pages(
    uow: SqlUnitOfWork, now: datetime, lease: timedelta, limit: int
) -> tuple[Outbound, ...]:
    """Take the pages that may leave now; they are committed as `sending` before any call.

    One whose sender died inside the call is sent once more, marked as a repeat: it may have
    rung, and it must not be that it never did. After a second death the next contact has it.
    """
    for ended in uow.deliveries.give_up_unknown(now):
        page_lost(uow, ended, UNKNOWN_OUTCOME, now)
    return uow.deliveries.claim_pages(now, lease, limit)


def page_sent(uow: SqlUnitOfWork, ended: Ended, now: datetime, *, is_repeat: bool = False) -> None:
    """A provider has the page; `is_repeat` when it may have had it before."""
    event = PageEvent.REPEATED if is_repeat else PageEvent.SENT
    for page in uow.pages.of_row(ended.id):
        case = uow.cases.get(page.case_id)
        uow.pages.log(case, event, now, known=page, channel=ended.channel, outbound_id=ended.id)
        uow.cases.log(case.id, LogKind.PAGE_DELIVERED, "system", ended.channel, now)


def page_failed(uow: SqlUnitOfWork, row: Outbound, error: Exception, now: datetime) -> None:
    """A call for a page failed: it is tried again, asked for, or failed for good.

    Where nobody knows whether it rang it is tried once more, so that it may ring twice and
    never not at all.
    """
    reason = error.reason if isinstance(error, SendError) else type(error).__name__
    if isinstance(error, NotToldError):
        gives_up = row.attempts > MOST_QUESTIONS
        state = Delivery.UNCERTAIN
    elif isinstance(error, SendError):
        gives_up = error.permanent or row.attempts > len(RETRY_SECONDS)
        state = Delivery.FAILED_TEMPORARILY
    else:
        gives_up, state = row.uncertain, Delivery.UNCERTAIN
    if gives_up:
        ended = uow.deliveries.complete(row, Delivery.FAILED_PERMANENTLY, now, error=reason[:80])
        if ended is not None:
            page_lost(uow, ended, reason, now)
        return
    asked_for = error.retry_after if isinstance(error, SendError) else None
    own = RETRY_SECONDS[min(row.attempts, len(RETRY_SECONDS)) - 1]
    next_try_at = now + timedelta(seconds=max(own, asked_for or 0))
    ended = uow.deliveries.complete(row, state, now, error=reason[:80], next_try_at=next_try_at)
    if ended is not None:
        _note(uow, ended.id, ended.channel, PageEvent.NOT_SENT, f"{reason}, again", now)


def page_lost(uow: SqlUnitOfWork, ended: Ended, reason: str, now: datetime) -> None:
    """This phone will not ring: the next contact of the member need not wait."""
    for page in _note(uow, ended.id, ended.channel, PageEvent.FAILED, reason, now):
        told = f"{ended.channel}: {reason}"
        uow.cases.log(page.case_id, LogKind.PAGE_FAILED, "system", told, now)
        if page.state is PageState.RINGING:
            uow.pages.keep(replace(page, next_at=now))
    uow.alarms.raise_once("page_failed", ended.channel, now)
    uow.wake(ESCALATIONS)


def note_page_event(
    uow: SqlUnitOfWork, outbound_id: str, event: PageEvent, reason: str, now: datetime
) -> None:
    """What a provider tells of a page later; a failure goes on to the next contact at once."""
    ended = uow.deliveries.ended(outbound_id)
    if ended is None or ended.case_id is None:
        return
    if event is PageEvent.FAILED:
        uow.deliveries.end(outbound_id, Delivery.FAILED_PERMANENTLY, reason)
        page_lost(uow, ended, reason, now)
    else:
        _note(uow, outbound_id, ended.channel, event, reason, now)
    uow.wake("console")


def _note(
    uow: SqlUnitOfWork,
    outbound_id: str,
    channel: str,
    event: PageEvent,
    reason: str,
    now: datetime,
) -> tuple[Page, ...]:
    pages = uow.pages.of_row(outbound_id)
    for page in pages:
        case = uow.cases.get(page.case_id)
        uow.pages.log(
            case, event, now, known=page, channel=channel, reason=reason, outbound_id=outbound_id
        )
        log.info(
            "page_event", trace=case.trace_id, page=page.id, channel=channel, event_of_page=event
        )
    return pages
