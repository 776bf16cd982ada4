"""Our work on what people told us."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.language.types import Urgency

# No 0/O, 1/I/L, vowels or look-alikes: read aloud on a bad line, it stays itself.
REFERENCE_LETTERS = "BCDFGHJKMNPQRSTVWXZ23456789"


class CaseKind(StrEnum):
    """What a case is about."""

    DANGER = "danger"
    SELF_HARM = "self_harm"
    MISSING_RELATIVE = "missing_relative"
    LABOUR_ABUSE = "labour_abuse"
    RECRUITER = "recruiter"
    MONEY_LOST = "money_lost"
    RETURN_HOME = "return_home"
    JOB_OFFER = "job_offer"
    HUMAN_REQUEST = "human_request"
    PRIVACY = "privacy"
    # Sounds and pictures that no program understands: a person listens or looks.
    MESSAGE = "message"
    # About no person: the watchman's test report, what it found broken, and a night drill.
    CANARY = "canary"
    OUTAGE = "outage"
    DRILL = "drill"


OF_THE_WATCHMAN = (CaseKind.CANARY, CaseKind.OUTAGE)
"""They stand in no list: the status page shows what they are about."""
TRIALS = (CaseKind.CANARY, CaseKind.DRILL)
"""Pages are tried on them: they are no load on anybody."""
NO_PERSONS = (*TRIALS, CaseKind.OUTAGE)
"""No figure counts them."""


class CaseState(StrEnum):
    """open -> closed (with a reason); any new message on an emergency reopens it."""

    OPEN = "open"
    CLOSED = "closed"


class CloseReason(StrEnum):
    """Why a case was closed."""

    HELPED = "helped"
    REFERRED = "referred"
    NO_DANGER = "no_danger"
    DUPLICATE = "duplicate"
    NO_CONTACT = "no_contact"
    PRACTICE = "practice"


class LogKind(StrEnum):
    """Kinds of entries of the append-only case log."""

    OPENED = "opened"
    URGENCY_RAISED = "urgency_raised"
    SIGNALS = "signals"
    FACTS = "facts"
    PERSON_SAID = "person_said"
    PAGED = "paged"
    PAGE_DELIVERED = "page_delivered"
    PAGE_FAILED = "page_failed"
    REPLY_FAILED = "reply_failed"
    NO_ONE_ON_CALL = "no_one_on_call"
    POLICY_EXHAUSTED = "policy_exhausted"
    ACKNOWLEDGED = "acknowledged"
    LAPSED = "lapsed"
    TAKEN_OVER = "taken_over"
    HANDED_BACK = "handed_back"
    DEPARTURE = "departure"
    HOT_SPOT = "hot_spot"
    CARE = "care"
    NEXT_STEP = "next_step"
    THREATENED = "threatened"
    NOTE = "note"
    CLOSE_ASKED = "close_asked"
    CLOSE_DROPPED = "close_dropped"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True)
class Case:
    """One case; `fields` hold what the person told, by name of the question.

    `close_asked_by` wishes to close it and waits for a second member; `close_reason` says why it
    was closed, or is to be.

    `trace_id` is made once, when it is opened: everything that is done about it, in tables,
    logs and metrics, carries it.
    """

    id: str
    reference: str
    person_id: str
    conversation_id: str
    kind: CaseKind
    urgency: Urgency
    state: CaseState
    practice: bool
    opened_at: datetime
    updated_at: datetime
    trace_id: str
    owner_id: str | None = None
    closed_at: datetime | None = None
    close_reason: CloseReason | None = None
    close_asked_by: str | None = None
    close_asked_at: datetime | None = None
    fields: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class LogEntry:
    """One line of the case log; `actor` is person, bot, system or a staff label."""

    at: datetime
    kind: LogKind
    actor: str
    text: str = field(repr=False)


def new_reference() -> str:
    """A public case reference such as TD-7K3MQX: 27^6 possibilities, no secret."""
    return "TD-" + "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(6))
