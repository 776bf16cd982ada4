"""A page rings: contact after contact of one member, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from bot.domain.cases import Case, CaseKind, LogKind
from bot.domain.office import Office
from bot.domain.pages import (
    BUNDLE_WINDOW,
    TEXT_CHANNELS,
    WALKING,
    Page,
    PageEvent,
    PageKind,
    PageState,
    bundled_until,
    usable,
)
from bot.domain.staff import Contact
from bot.language.types import Urgency
from bot.services.duty import is_practice
from bot.store.keys import KeyMissingError
from bot.store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
SCREEN = "screen"
PAGES = "pages"
"""The topic that wakes whoever sends pages."""
MOST_NAMED = 10
DISABLED = "disabled"
WAITS = "ada orang menunggu jawaban."
WORDS = {
    PageKind.REMINDER: "belum ada kabar sejak Anda memegangnya. Kalau tidak bisa, petugas lain dipanggil.",
    PageKind.SUPERVISOR: "ada pesan yang perlu dilihat penyelia.",
    PageKind.TEST: "ini panggilan percobaan, tidak ada yang menunggu.",
}
OUTAGE = "ada gangguan pada layanan, lihat Status di konsol."


class Say(Protocol):
    """The words of a page, with the ways to answer that one contact has."""

    def __call__(self, *, link: str, code: str | None) -> str:
        """The text."""
        ...


def begin(
    uow: SqlUnitOfWork,
    case: Case,
    staff_ids: Sequence[str],
    kind: PageKind,
    office: Office,
    now: datetime,
    *,
    escalation_id: str | None = None,
    step: int = 0,
    channels: Sequence[str] | None = None,
    news: str = "",
) -> int:
    """Page members; how many of them have a phone that will ring.

    `news` is what a page says in place of its usual words.
    """
    rung = 0
    for staff_id in staff_ids:
        is_disabled = uow.staff.get(staff_id).disabled
        contacts = usable(_contacts(uow, staff_id, now), office.page_channels, kind, channels)
        if is_disabled or not contacts:
            uow.pages.log(
                case,
                PageEvent.NOT_SENT,
                now,
                staff_id=staff_id,
                escalation_id=escalation_id,
                reason=DISABLED if is_disabled else "no_contact",
            )
            continue
        page = uow.pages.ring(case, staff_id, kind, now, escalation_id=escalation_id, step=step)
        rung += 1
        if page is None:
            continue
        ringing = uow.pages.ringing_of(staff_id, now - BUNDLE_WINDOW)
        later = None if news else bundled_until(ringing, case.id, kind, case.urgency, now)
        if later is not None:
            uow.pages.log(case, PageEvent.NOT_SENT, now, known=page, reason="bundled")
            uow.pages.keep(replace(page, next_at=later))
            continue
        say = _words(uow, case, page, office, news)
        _try(uow, case, page, (page,), contacts, say, office, now)
    return rung


def show_on_screen(
    uow: SqlUnitOfWork,
    case: Case,
    kind: PageKind,
    office: Office,
    now: datetime,
    *,
    escalation_id: str | None = None,
    step: int = 0,
) -> None:
    """No phone rings for it: the screen of this machine shows the page."""
    page = uow.pages.ring(case, None, kind, now, escalation_id=escalation_id, step=step)
    if page is None:
        return
    text = page_text(case, office, practice=is_practice(uow, office))
    row_id = uow.outbox.add_page(case.id, text, channel=SCREEN, page_id=page.id, now=now)
    uow.pages.log(case, PageEvent.QUEUED, now, known=page, channel=SCREEN, outbound_id=row_id)
    uow.cases.log(case.id, LogKind.PAGED, "system", SCREEN, now)
    uow.wake(PAGES)


def go_on(uow: SqlUnitOfWork, page: Page, office: Office, now: datetime) -> bool:
    """A page is due: its next contact is tried, or it ends; True when nobody can be reached by it."""
    # Made before the clock was set back: from here on it counts as made now.
    page = replace(page, created_at=min(page.created_at, now))
    case = uow.cases.get(page.case_id)
    if page.staff_id is not None and uow.staff.get(page.staff_id).disabled:
        uow.pages.log(case, PageEvent.NOT_SENT, now, known=page, reason=DISABLED)
        uow.pages.keep(replace(page, state=PageState.SPENT, next_at=page.expires_at))
        return True
    contacts = usable(
        _contacts(uow, page.staff_id or "", now),
        office.page_channels,
        page.kind,
        _channels(uow, page),
    )
    if page.contact < len(contacts):
        others = _readable(uow, uow.pages.waiting_with(page)) if page.contact == 0 else ()
        say = _words(uow, case, page, office)
        if others:
            say = _words_of_many(uow, case, (page, *others), office)
        _try(uow, case, page, (page, *others), contacts, say, office, now)
        return False
    if now < page.expires_at and uow.pages.has_hope(page.id):
        uow.pages.keep(replace(page, next_at=page.expires_at))
        return False
    is_spent = now < page.expires_at
    state = PageState.SPENT if is_spent else PageState.ENDED
    uow.pages.keep(replace(page, state=state, next_at=page.expires_at))
    return is_spent


def _contacts(uow: SqlUnitOfWork, staff_id: str, now: datetime) -> tuple[Contact, ...]:
    """The ways to wake a member; those that cannot be opened are left out, and an alarm says so."""
    found = uow.staff.contacts(staff_id)
    verified = sum(contact.verified_at is not None for contact in found)
    if verified < len(uow.staff.verified_channels(staff_id)):
        uow.alarms.raise_once("contact_unreadable", uow.staff.get(staff_id).label, now)
    return found


def _readable(uow: SqlUnitOfWork, pages: Sequence[Page]) -> tuple[Page, ...]:
    """Those whose case can be read; another one is dealt with when it is due itself."""
    found = []
    for page in pages:
        try:
            uow.cases.get(page.case_id)
        except KeyMissingError:
            continue
        found.append(page)
    return tuple(found)


def _channels(uow: SqlUnitOfWork, page: Page) -> Sequence[str] | None:
    if page.escalation_id is None:
        return None
    return uow.escalations.get(page.escalation_id).policy.channels_of(page.step)


def _try(
    uow: SqlUnitOfWork,
    case: Case,
    page: Page,
    together: Sequence[Page],
    contacts: Sequence[Contact],
    say: Say,
    office: Office,
    now: datetime,
) -> None:
    """Queue what is due: the next contact, and those behind it that wait for nobody.

    All pages of a bundle go on as the first one does.
    """
    tried = page.contact
    while tried < len(contacts):
        contact = contacts[tried]
        link, code = "", None
        if page.code is not None:
            link = f"{office.base}/p/{uow.pages.token_of(page.id)}"
            code = page.code if contact.channel in TEXT_CHANNELS else None
        row_id = uow.outbox.add_page(
            case.id,
            say(link=link, code=code),
            channel=contact.channel,
            page_id=page.id,
            staff_id=contact.staff_id,
            address=contact.address,
            now=now,
        )
        for each in together:
            of_case = case if each.case_id == case.id else uow.cases.get(each.case_id)
            uow.pages.log(
                of_case,
                PageEvent.QUEUED,
                now,
                known=each,
                channel=contact.channel,
                outbound_id=row_id,
            )
            uow.cases.log(of_case.id, LogKind.PAGED, "system", contact.channel, now)
        log.info("paged", trace=case.trace_id, page=page.id, channel=contact.channel)
        tried += 1
        goes_on = page.kind in WALKING and tried < len(contacts)
        if not goes_on or contacts[tried].after_minutes:
            break
    next_at = page.expires_at
    if page.kind in WALKING and tried < len(contacts):
        next_at = now + timedelta(minutes=contacts[tried].after_minutes)
    for each in together:
        uow.pages.keep(replace(each, contact=tried, next_at=min(next_at, each.expires_at)))
    uow.wake(PAGES)


def page_text(
    case: Case,
    office: Office,
    *,
    practice: bool,
    link: str = "",
    code: str | None = None,
    words: str = WAITS,
) -> str:
    """What a page says: urgency, reference, a link that needs sign-in; no name, no story.

    `link` takes the case with one tap, `code` with an answer.
    """
    inside = f"{office.console_url}/cases/{case.reference}"
    lines = [
        f"{_marks(case.urgency, practice=practice)}{case.reference}: {words}",
        f"Masuk untuk membaca: {inside}",
    ]
    if link:
        lines.append(f"Saya pegang: {link}")
    if code is not None:
        lines.append(f"Atau balas: {code}")
    return "\n".join(lines)


def _marks(urgency: Urgency, *, practice: bool) -> str:
    mark = "[LATIHAN] " if practice else ""
    return f"{mark}DARURAT " if urgency is Urgency.EMERGENCY else mark


def _words(uow: SqlUnitOfWork, case: Case, page: Page, office: Office, news: str = "") -> Say:
    usual = OUTAGE if case.kind is CaseKind.OUTAGE else WORDS.get(page.kind, WAITS)
    words = news or usual
    practice = case.kind is CaseKind.DRILL or is_practice(uow, office)
    return partial(page_text, case, office, practice=practice, words=words)


def _words_of_many(uow: SqlUnitOfWork, case: Case, pages: Sequence[Page], office: Office) -> Say:
    """One page for many cases; each is taken by its own code, or in the list."""
    cases = [case, *(uow.cases.get(page.case_id) for page in pages[1:])]
    urgency = Urgency.highest(*(found.urgency for found in cases))
    named = ", ".join(
        f"{found.reference} ({page.code})" if page.code else found.reference
        for found, page in zip(cases[:MOST_NAMED], pages, strict=False)
    )
    more = ", ..." if len(cases) > MOST_NAMED else ""
    text = (
        f"{_marks(urgency, practice=is_practice(uow, office))}{len(cases)} kasus menunggu: "
        f"{named}{more}.\nMasuk untuk membaca: {office.console_url}/"
    )
    return lambda **_: text
