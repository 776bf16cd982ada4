"""When a message may be an emergency: ask the person at once, and tell staff of silence."""

from __future__ import annotations

from datetime import datetime

from bot.domain.cases import CaseKind, LogKind
from bot.domain.conversation import Conversation, HandledBy, Talk
from bot.domain.doubts import PATIENCE, Doubt, DoubtState
from bot.domain.messages import Author
from bot.domain.office import Office
from bot.language.types import Urgency
from bot.ports import Wording
from bot.services.duty import is_practice
from bot.services.paging import tell_on_call
from bot.services.speak import speak, with_practice_notice
from bot.store.unit_of_work import SqlUnitOfWork

ASIDE = "danger_question"
"""The outcome of turns that wait for what the person says of danger."""
NO_DANGER = "no_danger"
UNANSWERED = "danger_question_unanswered"


def ask(
    uow: SqlUnitOfWork,
    known: Conversation,
    turn_id: str,
    kind: CaseKind,
    office: Office,
    wording: Wording,
    now: datetime,
) -> None:
    """Ask whether somebody is in danger; what was written waits for the answer.

    A doubtful message while the question is open repeats it and sets no new term.
    """
    if uow.doubts.open_for(known.id) is None:
        uow.doubts.ask(known, turn_id, kind, now)
    uow.conversations.set_talk(known.id, Talk.DANGER_QUESTION)
    uow.turns.set_aside(known.id, ASIDE, now)
    replies = [wording.say("say_danger_question")]
    if is_practice(uow, office):
        notice = wording.say("say_piece_practice")
        replies = with_practice_notice(uow, known, replies, notice)
    speak(uow, known, replies, author=Author.BOT, turn_id=turn_id, now=now)


def deny(
    uow: SqlUnitOfWork, known: Conversation, doubt: Doubt, turn_id: str, now: datetime
) -> None:
    """Nobody is in danger: what was asked about is answered now."""
    uow.turns.finish_unclaimed(turn_id, NO_DANGER, now)
    uow.doubts.settle(doubt.id, DoubtState.DENIED, now)
    _go_on(uow, known, NO_DANGER, now)


def leave(uow: SqlUnitOfWork, known: Conversation, now: datetime) -> None:
    """The person writes of something else: all is answered, the question stays open."""
    _go_on(uow, known, ASIDE, now)


def _go_on(uow: SqlUnitOfWork, known: Conversation, outcome: str, now: datetime) -> None:
    uow.conversations.set_talk(known.id, Talk.ASSISTANT)
    uow.turns.take_up(known.id, ASIDE, outcome, now)
    uow.wake("turns")


def tell_staff(uow: SqlUnitOfWork, office: Office, now: datetime, limit: int) -> bool:
    """Open an urgent case for each question that stayed unanswered; False when there is none.

    Whoever is on call hears of it. Nothing is written to the person: somebody else may hold
    the phone by now.
    """
    due = uow.doubts.asked_before(now - PATIENCE, limit)
    for doubt in due:
        uow.doubts.settle(doubt.id, DoubtState.STAFF_TOLD, now)
        known = uow.conversations.get(doubt.conversation_id)
        if known.handled_by is HandledBy.HUMAN:
            continue
        case = uow.cases.open_of_kind(known.id, doubt.kind)
        if case is None:
            practice = is_practice(uow, office)
            case = uow.cases.open(known, doubt.kind, Urgency.URGENT, {}, practice=practice, now=now)
            uow.cases.log(case.id, LogKind.OPENED, "system", UNANSWERED, now)
        else:
            case = uow.cases.raise_urgency(case, Urgency.URGENT, now)
            uow.cases.log(case.id, LogKind.SIGNALS, "system", UNANSWERED, now)
        if known.case_id is None:
            uow.conversations.set_case(known.id, case.id)
        tell_on_call(uow, case, office, now)
        uow.wake("console")
    return bool(due)
