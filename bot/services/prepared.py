"""A turn with all that is needed to answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.conversation import Conversation
from bot.domain.local_answers import open_question, words_of
from bot.domain.messages import Reply, Turn, TurnMessage
from bot.domain.office import Office
from bot.ports import Wording
from bot.services.doubts import NO_DANGER
from bot.services.duty import duty, is_practice, later_status
from bot.store.unit_of_work import SqlUnitOfWork

# An advertisement is shorter; more would keep the assistant from everybody else for seconds.
# All of it is stored, screened and shown to staff.
LONGEST_TEXT = 8_000


@dataclass(frozen=True)
class Prepared:
    """A claimed turn with all that is needed to answer it.

    `conversation.generation` is that of the claim: if a human takes over meanwhile, the
    replies made from this are older than the takeover and never leave. `is_first` when nothing
    was ever said to this person; `question` is what the assistant waits for.
    """

    turn: Turn
    conversation: Conversation
    messages: tuple[TurnMessage, ...]
    metadata: Mapping[str, Any]
    status: str
    events: Sequence[Mapping[str, Any]] = field(repr=False)
    is_first: bool = False
    question: Reply | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """The words of all messages, one per line, as far as the assistant reads."""
        return words_of(self.messages)[:LONGEST_TEXT]

    @property
    def payload(self) -> str | None:
        """The meaning of a choice, when the turn is one."""
        return self.messages[-1].payload


def prepare(
    uow: SqlUnitOfWork, turn: Turn, office: Office, wording: Wording, now: datetime
) -> Prepared:
    """Read what is needed to answer a turn."""
    conversation = uow.conversations.get(turn.conversation_id)
    state = duty(uow, office, now)
    case = None
    if conversation.case_id is not None:
        case = uow.cases.get(conversation.case_id).reference
    next_shift = state.next_staffed
    events = uow.conversations.tracker(conversation)
    metadata = {
        "now": now.isoformat(),
        "today": office.local_date(now),
        "on_duty": bool(state.reachable),
        "next_staffed": None if next_shift is None else office.local_time(next_shift),
        "case": case,
        "practice": is_practice(uow, office),
        # Without a list it makes no sense to ask for the name of a company.
        "has_agency_list": uow.agencies.is_any(),
        # They were asked, and said that nobody is in danger.
        "no_danger": turn.why_again == NO_DANGER,
    }
    return Prepared(
        turn,
        conversation,
        uow.turns.messages(turn.id),
        metadata,
        later_status(uow, conversation.case_id, state, office, wording),
        events,
        not uow.outbox.has_said(conversation.id),
        open_question(events),
    )
