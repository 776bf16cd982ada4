"""One step of an escalation: whom it pages, and what happens when that reaches nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.cases import Case, LogKind
from bot.domain.office import Office
from bot.domain.oncall import Care, DueStep, Escalation, Target, TargetKind, next_step
from bot.domain.pages import Page, PageEvent, PageKind, PageState
from bot.services import ringing
from bot.services.duty import Duty, duty
from bot.services.ringing import PAGES
from bot.services.targets import members
from bot.store.keys import KeyMissingError
from bot.store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
ESCALATIONS = "escalations"
"""The topic that wakes whoever takes steps and tries contacts."""
LOOK_AGAIN = timedelta(hours=1)


def advance(uow: SqlUnitOfWork, escalation: Escalation, office: Office, now: datetime) -> bool:
    """Take the step that is due; False when none is."""
    due = next_step(escalation, now)
    if due is None:
        return False
    case = uow.cases.get(escalation.case_id)
    state = duty(uow, office, now)
    if escalation.policy.only_staffed and not state.reachable:
        _wait_for_staff(uow, case, escalation, state, now)
        return True
    uow.escalations.advance(due.then)
    if due.exhausted and not escalation.policy.fallback:
        # A trial wakes nobody who was not meant, and alarms nobody.
        uow.pages.log(case, PageEvent.EXHAUSTED, now, escalation_id=escalation.id)
        uow.escalations.resolve(case.id)
        return True
    if due.has_just_run_out:
        uow.cases.log(case.id, LogKind.POLICY_EXHAUSTED, "system", "", now)
        uow.pages.log(case, PageEvent.EXHAUSTED, now, escalation_id=escalation.id)
        uow.alarms.raise_once("policy_exhausted", case.reference, now)
        log.warning("policy_exhausted", trace=case.trace_id)
    _page_step(uow, case, escalation, due, state, office, now)
    uow.wake(PAGES)
    return True


def _page_step(
    uow: SqlUnitOfWork,
    case: Case,
    escalation: Escalation,
    due: DueStep,
    state: Duty,
    office: Office,
    now: datetime,
) -> None:
    """Page whom the step means; the fallback when that is nobody, and the screen as a last resort."""
    policy = escalation.policy
    wants_on_call = any(target.kind is TargetKind.ON_CALL for target in due.step.targets)
    if policy.fallback and not state.on_call:
        _say_nobody(uow, case, escalation, now)

    def meant(targets: Sequence[Target]) -> tuple[str, ...]:
        return _but_holders(uow, escalation, members(uow, targets, state, office, now))

    def ring(staff_ids: Sequence[str], channels: Sequence[str] | None = None) -> int:
        return ringing.begin(
            uow,
            case,
            staff_ids,
            PageKind.STEP,
            office,
            now,
            escalation_id=escalation.id,
            step=due.then.step,
            channels=channels,
        )

    wanted, channels = meant(due.step.targets), due.step.channels
    if not wanted or (wants_on_call and not state.reachable):
        # Nobody who can be reached means the fallback: a page for no one is the worst.
        wanted, channels = tuple(dict.fromkeys((*wanted, *meant(policy.fallback)))), None
    rung = ring(wanted, channels)
    if not rung:
        # An open console rings at no bed: whoever has a phone is called now, not at the next step.
        rung = ring([each for each in meant(policy.fallback) if each not in wanted])
    if not rung and policy.fallback:
        ringing.show_on_screen(
            uow, case, PageKind.STEP, office, now, escalation_id=escalation.id, step=due.then.step
        )


def _wait_for_staff(
    uow: SqlUnitOfWork, case: Case, escalation: Escalation, state: Duty, now: datetime
) -> None:
    """The case by itself wakes nobody: look again when the next shift begins.

    Each hour, at least: shifts may be planned meanwhile.
    """
    if escalation.next_at == escalation.started_at:
        uow.pages.log(
            case, PageEvent.NOT_SENT, now, escalation_id=escalation.id, reason="does_not_wake"
        )
        if state.next_staffed is None:
            _say_nobody(uow, case, escalation, now)
    next_at = min(state.next_staffed or now + LOOK_AGAIN, now + LOOK_AGAIN)
    uow.escalations.advance(replace(escalation, next_at=next_at))


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


def alarm_of_one(uow: SqlUnitOfWork, case_id: str, error: Exception, now: datetime) -> None:
    """The paging for one case failed; that for the others goes on."""
    if isinstance(error, KeyMissingError):
        uow.alarms.raise_once("case_unreadable", case_id, now)
    else:
        uow.alarms.raise_once("paging_stuck", case_id, now)
    log.error("paging_failed", case=case_id, error=type(error).__name__, exc_info=error)


def hurry(uow: SqlUnitOfWork, page: Page, office: Office, now: datetime) -> None:
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
