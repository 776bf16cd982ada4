"""Trials: cases about no person, on which pages are tried. The test report and the night drill."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.cases import NO_PERSONS, Case, CaseKind, CaseState, CloseReason, LogKind
from bot.domain.channels import CANARY
from bot.domain.conversation import Talk
from bot.domain.office import Office
from bot.domain.oncall import EscalationState, PolicyName, Step, Target, TargetKind
from bot.domain.pages import PageKind, PageLine
from bot.language.types import Urgency
from bot.services import ringing
from bot.services.duty import active_staff, duty, has_verified_contact
from bot.services.steps import advance
from bot.store.unit_of_work import SqlUnitOfWork

DRILL = "drill"
OVER = "latihan sudah selesai, terima kasih."


class TrialRefusedError(Exception):
    """There can be no drill now; the text says why, for a terminal."""


@dataclass(frozen=True)
class DrillState:
    """How far a drill is; `over` when nothing more will happen by itself.

    `in_the_way_of`: an emergency that began to ring meanwhile.
    """

    lines: tuple[PageLine, ...]
    acknowledged: bool
    over: bool
    in_the_way_of: str | None


def end(uow: SqlUnitOfWork, case: Case, now: datetime) -> None:
    """A trial is over: it is closed as practice, and no phone rings for it any more."""
    uow.conversations.set_talk(case.conversation_id, Talk.ASSISTANT)
    uow.cases.close(case.id, CloseReason.PRACTICE, now)
    uow.escalations.resolve(case.id)
    uow.pages.end(case.id)
    uow.cases.log(case.id, LogKind.CLOSED, "system", CloseReason.PRACTICE, now)
    uow.wake("console")


def begin_drill(uow: SqlUnitOfWork, office: Office, login: str | None, now: datetime) -> Case:
    """A practice case, with whoever is on call (or one member) paged for it by real phones.

    TrialRefusedError while an emergency rings, and when nobody could be reached. What an
    earlier drill left behind is ended first.
    """
    if ringing_now := _ringing(uow):
        raise TrialRefusedError(f"{ringing_now} is ringing: a drill would be in its way")
    _require_somebody(uow, office, login, now)
    for left in uow.cases.open_of(CaseKind.DRILL):
        end(uow, left, now)
    known = uow.conversations.for_sender(CANARY, DRILL, now)
    case = uow.cases.open(known, CaseKind.DRILL, Urgency.EMERGENCY, {}, practice=True, now=now)
    uow.cases.log(case.id, LogKind.OPENED, "system", DRILL, now)
    uow.conversations.set_case(known.id, case.id)
    policy = uow.policies.get(PolicyName.DRILL)
    if login is not None:
        step = Step(0, (Target(TargetKind.PERSON, login),))
        policy = replace(policy, steps=(step,), fallback=())
    escalation = uow.escalations.start(case, policy, now, now)
    advance(uow, escalation, office, now)
    uow.wake("console")
    return case


def _ringing(uow: SqlUnitOfWork) -> str | None:
    """The reference of an emergency for which phones ring."""
    for case in uow.cases.listed(CaseState.OPEN):
        if case.urgency is not Urgency.EMERGENCY:
            break  # the most urgent stand first
        running = uow.escalations.running_for(case.id)
        if case.kind not in NO_PERSONS and running is not None and running.step:
            return case.reference
    return None


def _require_somebody(uow: SqlUnitOfWork, office: Office, login: str | None, now: datetime) -> None:
    if login is None:
        on_call = duty(uow, office, now).on_call
        if not on_call:
            raise TrialRefusedError("nobody is on call: plan duty, or name somebody by --member")
        if not any(has_verified_contact(uow, office, each) for each in on_call):
            raise TrialRefusedError("nobody on call has a verified contact")
        return
    member = next((each for each in active_staff(uow) if each.login == login), None)
    if member is None:
        raise TrialRefusedError(f"nobody signs in as {login}")
    if not has_verified_contact(uow, office, member.id):
        raise TrialRefusedError(f"{login} has no verified contact")


def drill_state(uow: SqlUnitOfWork, case_id: str) -> DrillState:
    """The record of pages so far, and whether it goes on."""
    latest = uow.escalations.latest_for(case_id)
    state = EscalationState.RESOLVED if latest is None else latest.state
    return DrillState(
        uow.pages.lines(case_id),
        acknowledged=state is EscalationState.ACKNOWLEDGED,
        over=state is not EscalationState.RUNNING,
        in_the_way_of=_ringing(uow),
    )


def end_drill(uow: SqlUnitOfWork, case_id: str, office: Office, now: datetime) -> None:
    """Close it; who was called and has not answered hears on a quiet channel that it is over."""
    case = uow.cases.get(case_id)
    if case.state is CaseState.CLOSED:
        return
    latest = uow.escalations.latest_for(case.id)
    holders = () if latest is None else uow.escalations.holders(latest.id)
    called = {
        page.staff_id: None
        for page in uow.pages.of_case(case.id)
        if page.contact and page.kind is PageKind.STEP and page.staff_id not in holders
    }
    end(uow, case, now)
    if latest is None or latest.state is not EscalationState.ACKNOWLEDGED:
        to = [staff_id for staff_id in called if staff_id is not None]
        ringing.begin(uow, case, to, PageKind.TOLD, office, now, news=OVER)
