"""Cases as rows of the list: what tells one from another, and which stands first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.console import message_words, talk, words
from bot.domain.cases import Case, CaseState
from bot.domain.conversation import HandledBy
from bot.language.types import Urgency
from bot.store.unit_of_work import SqlUnitOfWork

MOST_SHOWN = 100


@dataclass(frozen=True)
class Row:
    """A case in the list; `waiting` while an emergency still calls for somebody."""

    reference: str
    kind: str
    urgency: str
    urgency_word: str
    practice: bool
    age: str
    owner: str
    talker: str
    waiting: bool
    channel: str
    country: str = field(repr=False)
    closed_for: str = ""
    last_words: str = field(default="", repr=False)
    wrote: str = ""
    close_asked_by: str = ""


def is_waiting(uow: SqlUnitOfWork, case: Case) -> bool:
    """Whether an emergency is still being paged: nobody has said "I have it"."""
    return case.urgency is Urgency.EMERGENCY and uow.escalations.running_for(case.id) is not None


def rows(uow: SqlUnitOfWork, state: CaseState, now: datetime) -> tuple[Row, ...]:
    """Cases by urgency, what nobody has acknowledged first, then the newest message first.

    Practice never stands before the real thing of the same urgency. Closed cases stand in
    the order in which they were closed, newest first.
    """
    cases = list(uow.cases.listed(state, MOST_SHOWN))
    labels = {member.id: member.label for member in uow.staff.everyone()}
    if state is CaseState.CLOSED:
        cases.sort(key=lambda case: case.closed_at or case.updated_at, reverse=True)
        return tuple(read_row(uow, case, labels, now) for case in cases)
    wrote = {
        case.id: uow.conversations.get(case.conversation_id).wrote_at or case.opened_at
        for case in cases
    }
    cases.sort(key=lambda case: wrote[case.id], reverse=True)
    cases.sort(key=lambda case: (-case.urgency.rank, case.practice, not is_waiting(uow, case)))
    return tuple(read_row(uow, case, labels, now, with_words=True) for case in cases)


def read_row(
    uow: SqlUnitOfWork,
    case: Case,
    labels: dict[str, str],
    now: datetime,
    *,
    with_words: bool = False,
) -> Row:
    """A case as a row; `labels` name the staff, `with_words` adds what the person wrote last."""
    known = uow.conversations.get(case.conversation_id)
    reason = case.close_reason
    last_words, wrote = talk.last_words(uow, known, now) if with_words else ("", "")
    return Row(
        reference=case.reference,
        kind=words.KINDS[case.kind],
        urgency=case.urgency.value,
        urgency_word=words.URGENCIES[case.urgency],
        practice=case.practice,
        age=words.age(case.closed_at or case.opened_at, now),
        owner=labels.get(case.owner_id or "", ""),
        talker=labels.get(known.staff_id or "", "") if known.handled_by is HandledBy.HUMAN else "",
        waiting=is_waiting(uow, case),
        channel=message_words.channel_name(known.channel),
        country=words.place(case.fields.get("country", "")),
        closed_for="" if reason is None else words.CLOSE_REASONS[reason],
        last_words=last_words,
        wrote=wrote,
        close_asked_by=labels.get(case.close_asked_by or "", ""),
    )
