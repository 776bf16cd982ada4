"""Pages: somebody is being woken, contact after contact, and what became of that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.staff import Contact
from bot.language.types import Urgency

BUNDLE_WINDOW = timedelta(minutes=2)
"""A phone that has just rung does not ring anew for each further case of a flood."""
FLOOD = 3
"""So many emergencies within the window ring a phone each on their own; those behind them together."""
OPEN_FOR = timedelta(hours=12)
"""How long a page can be answered by its code or its link."""
CODE_DIGITS = 4
NEVER_QUIET = ("voice",)
"""Channels that ring until somebody answers: only pages go there, never news."""
TEXT_CHANNELS = ("telegram_staff", "whatsapp_page", "sms", "phone")
"""Channels on which an answer can be written: their pages have a reply code."""


class PageKind(StrEnum):
    """Why somebody is paged.

    `step` for a step of an escalation, `notice` once about what can wait, `reminder` that an
    acknowledged case waits for its care, `told` who has it, `supervisor` for a threat against
    staff, `canary` and `test` for trials.
    """

    STEP = "step"
    NOTICE = "notice"
    REMINDER = "reminder"
    TOLD = "told"
    SUPERVISOR = "supervisor"
    CANARY = "canary"
    TEST = "test"


ANSWERED = (PageKind.STEP, PageKind.NOTICE, PageKind.CANARY, PageKind.TEST)
"""Pages that somebody takes a case by: they have a code and a link."""

WALKING = (PageKind.STEP, PageKind.REMINDER, PageKind.SUPERVISOR, PageKind.CANARY, PageKind.TEST)
"""Pages that go on to the next contact when time passes; the others only when one fails."""


class PageState(StrEnum):
    """ringing -> acknowledged, spent (no contact of the member works) or ended (it is over)."""

    RINGING = "ringing"
    ACKNOWLEDGED = "acknowledged"
    SPENT = "spent"
    ENDED = "ended"


class PageEvent(StrEnum):
    """What became of a page, as its record says it; `not_sent` has its reason like all others."""

    QUEUED = "queued"
    SENT = "sent"
    REPEATED = "repeated"
    DELIVERED = "delivered"
    SEEN = "seen"
    FAILED = "failed"
    NOT_SENT = "not_sent"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    LAPSED = "lapsed"
    CARED = "cared"
    NOT_CARED = "not_cared"
    NO_ONE_ON_CALL = "no_one_on_call"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True)
class Page:
    """One attempt to wake one member.

    `contact` counts the contacts tried so far, `next_at` is when the next one is due, or, after
    the last, when the page ends. `staff_id` is None for the screen of the machine. `code` is
    what the member answers with where they can write.
    """

    id: str
    case_id: str
    escalation_id: str | None
    staff_id: str | None
    kind: PageKind
    step: int
    state: PageState
    contact: int
    next_at: datetime
    expires_at: datetime
    trace_id: str
    created_at: datetime
    code: str | None = None


@dataclass(frozen=True)
class PageLine:
    """One line of the record of pages."""

    at: datetime
    event: PageEvent
    channel: str
    reason: str
    trace_id: str
    staff_id: str | None = None
    page_id: str | None = None
    escalation_id: str | None = None
    outbound_id: str | None = None


@dataclass(frozen=True)
class Rung:
    """A phone that rings already: for which case, how urgent that is, and since when."""

    case_id: str
    kind: PageKind
    urgency: Urgency
    since: datetime


def usable(
    contacts: Iterable[Contact],
    channels: frozenset[str],
    kind: PageKind = PageKind.STEP,
    only: Sequence[str] | None = None,
) -> tuple[Contact, ...]:
    """The contacts that a page of a kind may walk, in order; `only` names the channels of its step.

    The channels of a step come in its own order. Who has none of them is woken by their own:
    a page for no one is worse than one on another phone. News never rings until it is answered.
    """
    found = [
        contact
        for contact in contacts
        if contact.verified_at is not None and contact.channel in channels
    ]
    if kind not in WALKING:
        found.sort(key=lambda contact: contact.channel in NEVER_QUIET)
    if kind is PageKind.TOLD:
        found = [contact for contact in found if contact.channel not in NEVER_QUIET]
    wanted = [contact for contact in found if only is not None and contact.channel in only]
    if only is not None and wanted:
        return tuple(sorted(wanted, key=lambda contact: only.index(contact.channel)))
    return tuple(found)


def bundled_until(
    ringing: Iterable[Rung], case_id: str, kind: PageKind, urgency: Urgency, now: datetime
) -> datetime | None:
    """Until when a page waits because the member's phone has just rung; None: it rings now.

    It joins a page of the same kind for another case that is at least as urgent. Two people in
    danger are two calls: an emergency waits only in a flood.
    """
    joined = [
        rung.since + BUNDLE_WINDOW
        for rung in ringing
        if rung.case_id != case_id
        and rung.kind is kind
        and rung.urgency.rank >= urgency.rank
        and rung.since <= now < rung.since + BUNDLE_WINDOW
    ]
    enough = FLOOD if urgency is Urgency.EMERGENCY else 1
    return max(joined) if len(joined) >= enough else None
