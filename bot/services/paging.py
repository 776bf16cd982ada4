"""Escalations: start one, and page whoever is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.cases import Case, LogKind
from bot.domain.messages import Delivery, Outbound
from bot.domain.office import Office
from bot.domain.oncall import EMERGENCY_POLICY, Escalation, Target, next_step
from bot.language.types import Urgency
from bot.ports import SendError
from bot.services.duty import CONSOLE_OPEN, active_staff, duty, is_practice
from bot.store.deliveries import Ended
from bot.store.keys import KeyMissingError
from bot.store.unit_of_work import SqlUnitOfWork

SCREEN = "screen"
PAGES = "pages"
"""The topic that wakes whoever sends pages."""
RETRY_SECONDS = (5, 15, 60, 300)
NUDGE = timedelta(minutes=10)


def start_escalation(uow: SqlUnitOfWork, case: Case, office: Office, now: datetime) -> None:
    """Page for a case, unless that is already going on; the first page is written at once."""
    if uow.escalations.running_for(case.id) is not None:
        return
    escalation = uow.escalations.start(case.id, EMERGENCY_POLICY, now)
    advance(uow, escalation, office, now)


def advance_all(uow: SqlUnitOfWork, office: Office, now: datetime, limit: int) -> bool:
    """Take every step that is due; False when none is.

    A case that cannot be read any more must not keep the phones silent for all others.
    """
    due = uow.escalations.due(now, limit)
    for escalation in due:
        try:
            advance(uow, escalation, office, now)
        except KeyMissingError:
            uow.escalations.advance(replace(escalation, next_at=now + NUDGE))
            uow.alarms.raise_once("case_unreadable", escalation.case_id, now)
    return bool(due)


def advance(uow: SqlUnitOfWork, escalation: Escalation, office: Office, now: datetime) -> bool:
    """Take the step that is due; False when none is."""
    page = next_step(escalation, now)
    if page is None:
        return False
    case = uow.cases.get(escalation.case_id)
    state = duty(uow, office, now)
    if not state.on_call:
        uow.cases.log(case.id, LogKind.NO_ONE_ON_CALL, "system", "", now)
        uow.alarms.raise_once("no_one_on_call", case.reference, now)
    if page.exhausted:
        uow.cases.log(case.id, LogKind.POLICY_EXHAUSTED, "system", "", now)
        uow.alarms.raise_once("policy_exhausted", case.reference, now)
    # Nobody who can be reached means everybody: a page for no one is worse than one too many.
    everyone = tuple(member.id for member in active_staff(uow))
    wanted = state.reachable if page.target is Target.ON_CALL and state.reachable else everyone
    _write_pages(uow, case, wanted, office, now)
    uow.escalations.advance(page.then)
    uow.wake(PAGES)
    return True


def tell_on_call(uow: SqlUnitOfWork, case: Case, office: Office, now: datetime) -> None:
    """Page whoever is on call, once, about something that can wait; wake nobody else."""
    state = duty(uow, office, now)
    if state.on_call:
        _write_pages(uow, case, state.on_call, office, now)
        uow.wake(PAGES)


def page_members(
    uow: SqlUnitOfWork, case: Case, staff_ids: tuple[str, ...], office: Office, now: datetime
) -> None:
    """Page members once, outside of any escalation; with no phone among them, on the screen."""
    _write_pages(uow, case, staff_ids, office, now)
    uow.wake(PAGES)


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
    everyone = tuple(member.id for member in active_staff(uow))
    _write_pages(uow, case, wanted or everyone, office, now)
    uow.wake(PAGES)


def _write_pages(
    uow: SqlUnitOfWork, case: Case, wanted: tuple[str, ...], office: Office, now: datetime
) -> None:
    """One row for each verified contact; with none, the screen of this machine shows the page."""
    text = page_text(case, office, practice=is_practice(uow, office))
    paged = 0
    for staff_id in wanted:
        for contact in uow.staff.contacts(staff_id):
            if contact.verified_at is None or contact.channel not in office.page_channels:
                continue
            uow.outbox.add_page(
                case.id,
                text,
                channel=contact.channel,
                staff_id=staff_id,
                address=contact.address,
                now=now,
            )
            uow.cases.log(case.id, LogKind.PAGED, "system", contact.channel, now)
            paged += 1
    if not paged:
        uow.outbox.add_page(case.id, text, channel=SCREEN, now=now)
        uow.cases.log(case.id, LogKind.PAGED, "system", SCREEN, now)


def page_text(case: Case, office: Office, *, practice: bool) -> str:
    """What a page says: urgency, reference and a link that needs sign-in; no name, no story."""
    mark = "[LATIHAN] " if practice else ""
    urgency = "DARURAT " if case.urgency is Urgency.EMERGENCY else ""
    return (
        f"{mark}{urgency}{case.reference}: ada orang menunggu jawaban. "
        f"Masuk untuk membaca: {office.console_url}/cases/{case.reference}"
    )


def page_sent(uow: SqlUnitOfWork, ended: Ended, now: datetime) -> None:
    """A provider has the page."""
    if ended.case_id is not None:
        uow.cases.log(ended.case_id, LogKind.PAGE_DELIVERED, "system", ended.channel, now)


def page_failed(uow: SqlUnitOfWork, page: Outbound, error: Exception, now: datetime) -> None:
    """A call for a page failed: to be tried again, or failed for good."""
    permanent = isinstance(error, SendError) and error.permanent
    reason = error.reason if isinstance(error, SendError) else type(error).__name__
    if permanent or page.attempts > len(RETRY_SECONDS):
        ended = uow.deliveries.complete(page, Delivery.FAILED_PERMANENTLY, now, error=reason[:80])
        if ended is not None:
            page_lost(uow, ended, reason, now)
        return
    asked_for = error.retry_after if isinstance(error, SendError) else None
    wait = timedelta(seconds=max(RETRY_SECONDS[page.attempts - 1], asked_for or 0))
    uow.deliveries.complete(
        page, Delivery.FAILED_TEMPORARILY, now, error=reason[:80], next_try_at=now + wait
    )


def page_lost(uow: SqlUnitOfWork, ended: Ended, reason: str, now: datetime) -> None:
    """This phone will not ring: the next step need not wait for it."""
    if ended.case_id is None:
        return
    uow.cases.log(ended.case_id, LogKind.PAGE_FAILED, "system", f"{ended.channel}: {reason}", now)
    uow.escalations.hurry(ended.case_id, now)
    uow.alarms.raise_once("page_failed", ended.channel, now)
