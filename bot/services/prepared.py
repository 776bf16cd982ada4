"""A turn with all that is needed to answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.conversation import Conversation, Talk
from bot.domain.local_answers import open_form, open_question, words_of
from bot.domain.messages import Reply, Turn, TurnMessage
from bot.domain.office import Office
from bot.domain.pictures import Shown, shown, shows_offer
from bot.domain.readings import ReadState
from bot.language.offers import check_offer
from bot.ports import Wording
from bot.services.doubts import NO_DANGER
from bot.services.duty import duty, is_practice, later_status, zone_of_person
from bot.services.reading import PICTURE_READ
from bot.store.unit_of_work import SqlUnitOfWork

# An advertisement is shorter; more would keep the assistant from everybody else for seconds.
# All of it is stored, screened and shown to staff.
LONGEST_TEXT = 8_000
OFFER_FORM = "offer_form"


@dataclass(frozen=True)
class Prepared:
    """A claimed turn with all that is needed to answer it.

    `conversation.generation` is that of the claim: if a human takes over meanwhile, the
    replies made from this are older than the takeover and never leave. `is_first` when nothing
    was ever said to this person; `question` is what the assistant waits for. `shown` is what the
    pictures say, `is_checked` when that is an offer that the assistant is to check.
    """

    turn: Turn
    conversation: Conversation
    messages: tuple[TurnMessage, ...]
    metadata: Mapping[str, Any]
    status: str
    events: Sequence[Mapping[str, Any]] = field(repr=False)
    is_first: bool = False
    question: Reply | None = field(default=None, repr=False)
    shown: Shown = field(default=Shown(), repr=False)
    is_checked: bool = False

    @property
    def typed(self) -> str:
        """The words of all messages, one per line, as far as the assistant reads."""
        return words_of(self.messages)[:LONGEST_TEXT]

    @property
    def text(self) -> str:
        """What the assistant reads: the words, and below them the offer that a picture shows."""
        if not self.is_checked:
            return self.typed
        return "\n".join(filter(None, (self.typed, self.shown.request)))[:LONGEST_TEXT]

    @property
    def is_only_shown(self) -> bool:
        """Whether all that the assistant is to check stands in pictures; nobody said it."""
        said = check_offer(self.typed)
        return self.is_checked and not (said.facts or said.flags or said.signals)

    @property
    def payload(self) -> str | None:
        """The meaning of a choice, when the turn is one."""
        return self.messages[-1].payload if self.messages else None


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
    zone = None if state.reachable else zone_of_person(uow, conversation)
    events = uow.conversations.tracker(conversation)
    metadata = {
        "now": now.isoformat(),
        "today": office.local_date(now),
        "on_duty": bool(state.reachable),
        "next_staffed": None if next_shift is None else office.told_time(next_shift, now, zone),
        "case": case,
        "practice": is_practice(uow, office),
        # Without a list it makes no sense to ask for the name of a company.
        "has_agency_list": uow.agencies.is_any(),
        # They were asked, and said that nobody is in danger.
        "no_danger": turn.why_again == NO_DANGER,
    }
    readings = uow.readings.of_turn(turn.id)
    pictures = shown([each for each in readings if each.state is not ReadState.TOLD])
    # What was answered before is not answered again.
    messages = () if turn.why_again == PICTURE_READ else uow.turns.messages(turn.id)
    return Prepared(
        turn,
        conversation,
        messages,
        metadata,
        later_status(uow, conversation.case_id, state, office, wording, now),
        events,
        not uow.outbox.has_said(conversation.id),
        open_question(events),
        pictures,
        _is_checked(pictures, conversation, messages, events),
    )


def _is_checked(
    pictures: Shown,
    conversation: Conversation,
    messages: Sequence[TurnMessage],
    events: Sequence[Mapping[str, Any]],
) -> bool:
    """Whether the assistant is to check what the pictures say.

    In a form about something else it would be taken for the answer.
    """
    return (
        conversation.talk is Talk.ASSISTANT
        and bool(pictures.read)
        and not any(message.payload for message in messages)
        and open_form(events) in (None, OFFER_FORM)
        and shows_offer(pictures.words)
    )
