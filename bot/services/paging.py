"""Escalations: start one, page whoever is due, and hear what became of each page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.domain.cases import Case, LogKind
from bot.domain.messages import Delivery, Outbound
from bot.domain.office import Office
from bot.domain.oncall import Care, Escalation, EscalationState, Policy, PolicyName
from bot.domain.pages import Page, PageEvent, PageKind, PageState
from bot.domain.staff import CONSOLE_OPEN
from bot.domain.waking import Facts, Wake, Waking, waking
from bot.language.types import Urgency
from bot.ports import NotToldError, SendError
from bot.services import ringing
from bot.services.acknowledging import acknowledge_case
from bot.services.duty import active_staff, duty
from bot.services.steps import ESCALATIONS, advance, alarm_of_one, hurry
from bot.store.deliveries import Ended
from bot.store.keys import KeyMissingError
from bot.store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
RETRY_SECONDS = (5, 15, 60, 300)
MOST_QUESTIONS = 8
UNKNOWN_OUTCOME = "outcome_unknown"
NUDGE = timedelta(minutes=10)
AT_ONCE = Waking(Wake.NOW, PolicyName.EMERGENCY)


def start_escalation(
    uow: SqlUnitOfWork,
    case: Case,
    office: Office,
    now: datetime,
    *,
    wanted: Waking = AT_ONCE,
    holder_id: str | None = None,
) -> None:
    """Page for a case, by the policy as it is now; the first page is written at once.

    `holder_id` is a member who talks to the person and sees what came in: they have it from the
    start, nobody is woken, and the clock of care runs for them.
    What runs already goes on, and so does the clock of who has it and may still do something,
    unless this is graver: its policy outranks the other, or it wakes where that by itself wakes
    nobody. One that has only been planned begins anew when it is wanted earlier, or when a child
    turns out to leave much later.
    """
    first_at = wanted.at or now
    running = uow.escalations.running_for(case.id)
    if running is not None:
        is_planned = not running.step and _changes_plan(running, wanted, first_at)
        if not (is_planned or _is_graver(wanted, running.policy)):
            return
        uow.pages.end(case.id)
    elif _is_cared_for(uow, case, wanted):
        return
    uow.escalations.resolve(case.id)
    policy = uow.policies.get(wanted.policy)
    if wanted.wake is Wake.NOT_BY_ITSELF:
        policy = replace(policy, only_staffed=True)
    escalation = uow.escalations.start(case, policy, now, first_at)
    log.info("escalation_started", trace=case.trace_id, policy=policy.name)
    if holder_id is not None:
        # Their screen is the first step: when it lapses the next one is for others.
        uow.escalations.advance(replace(escalation, step=1))
        acknowledge_case(uow, case, holder_id, office, now)
        return
    if first_at > now:
        uow.pages.log(case, PageEvent.NOT_SENT, now, escalation_id=escalation.id, reason="planned")
    advance(uow, escalation, office, now)


def _is_graver(wanted: Waking, policy: Policy) -> bool:
    """Whether it must not be left to what is paged by another policy."""
    wakes_instead = policy.only_staffed and wanted.wake is Wake.NOW
    return wanted.policy.outranks(policy.name) or wakes_instead


def _changes_plan(planned: Escalation, wanted: Waking, first_at: datetime) -> bool:
    """Whether one that has paged nobody yet begins anew."""
    if wanted.wake is Wake.NOT_BY_ITSELF:
        return wanted.policy is PolicyName.CHILD
    return planned.policy.only_staffed or first_at < planned.next_at


def _is_cared_for(uow: SqlUnitOfWork, case: Case, wanted: Waking) -> bool:
    """Whether somebody has it and is watched: a further cry reaches them, nobody else is woken."""
    latest = uow.escalations.latest_for(case.id)
    return (
        latest is not None
        and latest.state is EscalationState.ACKNOWLEDGED
        and latest.care not in (Care.NONE, Care.CARED)
        and not _is_graver(wanted, latest.policy)
    )


def advance_all(uow: SqlUnitOfWork, office: Office, now: datetime, limit: int) -> bool:
    """Take every step and try every contact that is due; False when none is.

    Each on its own: one that fails must not keep the phones silent for all others.
    """
    due = uow.escalations.due(now, limit)
    for escalation in due:
        error = uow.try_alone(partial(advance, uow, escalation, office, now))
        if error is not None:
            uow.escalations.advance(replace(escalation, next_at=now + NUDGE))
            alarm_of_one(uow, escalation.case_id, error, now)
    pages = uow.pages.due(now, limit)
    for page in pages:
        error = uow.try_alone(partial(_ring_on, uow, page, office, now))
        if isinstance(error, KeyMissingError):
            uow.pages.keep(replace(page, state=PageState.SPENT))
        elif error is not None:
            uow.pages.keep(replace(page, next_at=now + NUDGE, created_at=min(page.created_at, now)))
        if error is not None:
            alarm_of_one(uow, page.case_id, error, now)
    return bool(due or pages)


def _ring_on(uow: SqlUnitOfWork, page: Page, office: Office, now: datetime) -> None:
    # An earlier one of a bundle may have taken it along.
    if uow.pages.get(page.id) == page and ringing.go_on(uow, page, office, now):
        hurry(uow, page, office, now)


def tell_on_call(
    uow: SqlUnitOfWork,
    case: Case,
    office: Office,
    now: datetime,
    signals: Iterable[str] = (),
    *,
    is_shown: bool = False,
    holder_id: str | None = None,
) -> None:
    """Staff should hear of a case; whom that wakes, and when, bot.domain.waking decides.

    What is not urgent only reaches whoever is on call, once. `signals` are those found in the
    words that make it urgent; `is_shown` when those stand in a picture; `holder_id` as in
    start_escalation.
    """
    state = duty(uow, office, now)
    if case.urgency.rank < Urgency.URGENT.rank:
        page_members(uow, case, state.on_call, PageKind.NOTICE, office, now)
        return
    staffed = bool(state.reachable)
    facts = Facts(case.urgency, frozenset(signals), staffed, state.next_staffed, is_shown)
    start_escalation(uow, case, office, now, wanted=waking(facts, now), holder_id=holder_id)


def page_members(
    uow: SqlUnitOfWork,
    case: Case,
    staff_ids: Sequence[str],
    kind: PageKind,
    office: Office,
    now: datetime,
    news: str = "",
) -> None:
    """Page members once, outside of any escalation; with no phone among them, on the screen.

    `news` is what the page says in place of its usual words.
    """
    if staff_ids and not ringing.begin(uow, case, staff_ids, kind, office, now, news=news):
        ringing.show_on_screen(uow, case, kind, office, now)


def tell_who_has_it(
    uow: SqlUnitOfWork, case: Case, holder_id: str | None, office: Office, now: datetime
) -> None:
    """The person of an open emergency wrote and no phone is ringing for it.

    Whoever holds it and those on call hear it, everybody when no phone of theirs rings; at most
    once in NUDGE, and not while the holder's console is open.
    """
    if case.urgency is not Urgency.EMERGENCY or uow.escalations.running_for(case.id) is not None:
        return
    if holder_id is not None and holder_id in uow.staff.watching(now - CONSOLE_OPEN):
        return
    if uow.outbox.paged_since(case.id, now - NUDGE):
        return
    everyone = tuple(member.id for member in active_staff(uow))
    known = tuple(each for each in (holder_id, case.owner_id) if each in everyone)
    wanted = tuple(dict.fromkeys((*known, *duty(uow, office, now).on_call)))
    if wanted and ringing.begin(uow, case, wanted, PageKind.NOTICE, office, now):
        return
    others = tuple(staff_id for staff_id in everyone if staff_id not in wanted)
    if not ringing.begin(uow, case, others, PageKind.NOTICE, office, now):
        ringing.show_on_screen(uow, case, PageKind.NOTICE, office, now)


def claim_pages(
    uow: SqlUnitOfWork, now: datetime, lease: timedelta, limit: int, busy: Collection[str] = ()
) -> tuple[Outbound, ...]:
    """Take the pages that may leave now; they are committed as `sending` before any call.

    A `busy` channel has as many calls under way as it may; its pages wait, others do not.

    One whose sender died inside the call is sent once more, marked as a repeat: it may have
    rung, and it must not be that it never did. After a second death the next contact has it.
    """
    for ended in uow.deliveries.give_up_unknown(now):
        page_lost(uow, ended, UNKNOWN_OUTCOME, now)
    uow.pages.cancel_what_is_over()
    return uow.deliveries.claim_pages(now, lease, limit, busy)


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
