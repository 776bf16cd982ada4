"""Texts leave for people: who may be sent now, and what each call came to."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.cases import LogKind
from bot.domain.channels import reserve, room_at, rules_of
from bot.domain.conversation import Conversation
from bot.domain.delivery import (
    FAR_AWAY,
    NOT_REACHABLE,
    TOO_LATE,
    WINDOW_CLOSED,
    Decision,
    decide,
    is_failure,
    retry_wait,
)
from bot.domain.messages import Author, Delivery, Outbound, Purpose
from bot.domain.office import Office
from bot.domain.pages import PageEvent
from bot.ports import NotToldError, SendError, Wording
from bot.services import caring, paging
from bot.services.speak import announce
from bot.store.deliveries import Due, Ended
from bot.store.unit_of_work import SqlUnitOfWork

UNKNOWN_OUTCOME = "outcome_unknown"
ANSWERED_ONLY = "answered_not_acknowledged"
PAGE_EVENTS = {
    "ringing": PageEvent.DELIVERED,
    "delivered": PageEvent.DELIVERED,
    "read": PageEvent.SEEN,
    "heard": PageEvent.SEEN,
    "completed": PageEvent.SEEN,
}
"""What the provider's words about a page, or ours about a call, mean for its record."""
# A row that may not leave frees the one behind it, at once.
MOST_LOOKS = 3
# The trouble that left an outcome open often lasts: ask for some minutes before giving it up.
MOST_QUESTIONS = 8


def claim(
    uow: SqlUnitOfWork,
    channel: str,
    office: Office,
    wording: Wording,
    now: datetime,
    lease: timedelta,
    limit: int,
) -> tuple[Outbound, ...]:
    """Take the rows to people that may leave through a channel now.

    They are committed as `sending` before the provider is called. What may not leave is held,
    postponed or given up here, without a call.
    """
    uow.deliveries.recover(now)
    rules = rules_of(channel)
    state = uow.channels.get(channel)
    if state.held_until is not None and now < state.held_until < now + FAR_AWAY:
        return ()
    if rules.overall is not None:
        limit = min(limit, room_at(state.paced_until, now, rules.overall))
    taken: list[Outbound] = []
    for _ in range(MOST_LOOKS):
        stopped = 0
        for due in uow.deliveries.due(channel, now, limit - len(taken)):
            if not _may_leave(uow, due, office, wording, now):
                stopped += 1
            elif row := uow.deliveries.take(due.id, now, lease):
                taken.append(row)
                _take_pace(uow, due, now)
        if not stopped:
            break
    if rules.overall is not None and taken:
        uow.channels.set_paced(channel, reserve(state.paced_until, now, rules.overall, len(taken)))
    return tuple(taken)


def _may_leave(
    uow: SqlUnitOfWork, due: Due, office: Office, wording: Wording, now: datetime
) -> bool:
    rules = rules_of(due.channel)
    decision = decide(rules, due.circumstances, now)
    if decision is Decision.HOLD:
        uow.deliveries.end(due.id, Delivery.HELD, None)
        uow.wake("console")
    elif decision is Decision.WAIT:
        assert rules.per_chat is not None  # noqa: S101  # only a pace makes a row wait
        assert due.circumstances.paced_until is not None  # noqa: S101  # same
        spare = (rules.per_chat.burst - 1) * rules.per_chat.interval
        uow.deliveries.wait(due.id, due.circumstances.paced_until - spare)
    elif decision is Decision.GIVE_UP:
        uow.deliveries.end(
            due.id, Delivery.FAILED_PERMANENTLY, due.circumstances.unreachable or "unreachable"
        )
        uow.wake("console")
    elif decision is Decision.ASK_FIRST:
        _ask_first(uow, due, office, wording, now)
    return decision is Decision.SEND


def _ask_first(
    uow: SqlUnitOfWork, due: Due, office: Office, wording: Wording, now: datetime
) -> None:
    """The text waits; an approved one, when there is one, asks once whether to go on."""
    uow.deliveries.end(due.id, Delivery.HELD, WINDOW_CLOSED)
    uow.wake("console")
    if not office.can_ask_again:
        uow.alarms.raise_once("window_closed", due.channel, now)
        return
    if uow.holding.has_asked(due.conversation_id, due.circumstances.wrote_at):
        return
    known = uow.conversations.get(due.conversation_id)
    question = wording.say("say_ask_to_go_on")
    announce(uow, known, question, author=Author.HUMAN, purpose=Purpose.ASK, now=now)


def _take_pace(uow: SqlUnitOfWork, due: Due, now: datetime) -> None:
    pace = rules_of(due.channel).per_chat
    if pace is not None:
        until = reserve(due.circumstances.paced_until, now, pace)
        uow.conversations.set_paced(due.conversation_id, until)


def record_sent(
    uow: SqlUnitOfWork,
    message: Outbound,
    provider_id: str | None,
    now: datetime,
    *,
    is_repeat: bool = False,
) -> None:
    """The provider has it; `is_repeat` when it may have had it before."""
    ended = uow.deliveries.complete(message, Delivery.SENT, now, provider_id=provider_id)
    if ended is None:
        return
    if ended.purpose is Purpose.PAGE:
        paging.page_sent(uow, ended, now, is_repeat=is_repeat)
    elif ended.conversation_id is not None and _is_said_by_staff(message):
        caring.reply_left(uow, ended.conversation_id, now)
    uow.wake(message.channel)
    uow.wake("console")


def _is_said_by_staff(message: Outbound) -> bool:
    return message.author is Author.HUMAN and message.purpose is Purpose.REPLY


def record_failure(
    uow: SqlUnitOfWork, message: Outbound, error: Exception, office: Office, now: datetime
) -> None:
    """The provider has it not, or nobody knows."""
    if message.purpose is Purpose.PAGE:
        paging.page_failed(uow, message, error, now)
        return
    if isinstance(error, NotToldError) and message.attempts <= MOST_QUESTIONS:
        at = now + retry_wait(message.attempts, None)
        uow.deliveries.complete(message, Delivery.UNCERTAIN, now, error="not_told", next_try_at=at)
    elif not isinstance(error, SendError):
        _nobody_knows(uow, message, type(error).__name__, now)
    elif error.reason == WINDOW_CLOSED:
        uow.deliveries.complete(message, Delivery.HELD, now, error=WINDOW_CLOSED)
        uow.alarms.raise_once("window_closed", message.channel, now)
    elif error.permanent:
        ended = uow.deliveries.complete(
            message, Delivery.FAILED_PERMANENTLY, now, error=error.reason[:80]
        )
        if ended is not None:
            _failed_for_good(uow, ended, error.reason, office, now, unreachable=error.unreachable)
    else:
        at = now + retry_wait(message.attempts, error.retry_after)
        uow.deliveries.complete(
            message, Delivery.FAILED_TEMPORARILY, now, error=error.reason[:80], next_try_at=at
        )
        if error.hold_channel:
            uow.channels.hold_sending(message.channel, at)
    uow.wake(message.channel)
    uow.wake("console")


def _nobody_knows(uow: SqlUnitOfWork, message: Outbound, reason: str, now: datetime) -> None:
    """Asked for and tried once more; a second time it waits until the person writes.

    Sending again and again what may have arrived each time would frighten; dropping it
    could lose it. A provider that tells what it has is asked before each try, so that trouble
    of minutes only delays.
    """
    may_try = rules_of(message.channel).tells and message.attempts <= MOST_QUESTIONS
    if message.uncertain and not may_try:
        uow.deliveries.complete(message, Delivery.HELD, now, error=UNKNOWN_OUTCOME)
        uow.alarms.raise_once("reply_uncertain", message.channel, now)
        return
    at = now + retry_wait(message.attempts, None)
    uow.deliveries.complete(message, Delivery.UNCERTAIN, now, error=reason[:80], next_try_at=at)


def note_status(
    uow: SqlUnitOfWork,
    row_id: str,
    status: str,
    error: str | None,
    office: Office,
    now: datetime,
) -> None:
    """What the provider tells later about a message; older news changes nothing."""
    ended = uow.reports.note(row_id, status)
    if ended is None:
        return
    if ended.purpose is Purpose.PAGE:
        _note_page(uow, row_id, status, error, now)
    elif is_failure(status) and error == TOO_LATE:
        uow.deliveries.end(row_id, Delivery.HELD, WINDOW_CLOSED)
        _care_again(uow, ended, now)
        uow.alarms.raise_once("window_closed", ended.channel, now)
    elif is_failure(status):
        uow.deliveries.end(row_id, Delivery.FAILED_PERMANENTLY, (error or status)[:80])
        gone = error in NOT_REACHABLE
        _care_again(uow, ended, now)
        _failed_for_good(uow, ended, error or status, office, now, unreachable=gone)
    else:
        uow.reports.arrived(row_id, now)
    uow.wake("console")


def _care_again(uow: SqlUnitOfWork, ended: Ended, now: datetime) -> None:
    """What the provider had taken has not arrived: it was no care."""
    assert ended.conversation_id is not None  # noqa: S101  # rows to people always have one
    caring.reply_lost(uow, ended.id, ended.conversation_id, now)


def _note_page(
    uow: SqlUnitOfWork, row_id: str, status: str, error: str | None, now: datetime
) -> None:
    """The same of a page: a failure goes on to the member's next contact at once.

    A call that was heard to its end without a key is seen, and no answer: paging goes on.
    """
    if is_failure(status):
        paging.note_page_event(uow, row_id, PageEvent.FAILED, (error or status)[:80], now)
        return
    uow.reports.arrived(row_id, now)
    event = PAGE_EVENTS.get(status)
    if event is not None:
        reason = ANSWERED_ONLY if status == "completed" else ""
        paging.note_page_event(uow, row_id, event, reason, now)


def _failed_for_good(
    uow: SqlUnitOfWork,
    ended: Ended,
    reason: str,
    office: Office,
    now: datetime,
    *,
    unreachable: bool,
) -> None:
    """Staff see it on the case and as an alarm; who has an emergency hears of it."""
    assert ended.conversation_id is not None  # noqa: S101  # rows to people always have one
    known = uow.conversations.get(ended.conversation_id)
    if unreachable:
        uow.conversations.set_unreachable(known.id, reason[:40])
    uow.alarms.raise_once("reply_failed", f"{ended.channel}: {reason}"[:200], now)
    _note_on_case(uow, known, f"{ended.channel}: {reason}", office, now)


def lose_touch(
    uow: SqlUnitOfWork, known: Conversation, reason: str, office: Office, now: datetime
) -> None:
    """The person cannot be reached here any more: they blocked us or left."""
    uow.conversations.set_unreachable(known.id, reason[:40])
    _note_on_case(uow, known, f"{known.channel}: {reason}", office, now)
    uow.wake("console")


def _note_on_case(
    uow: SqlUnitOfWork, known: Conversation, text: str, office: Office, now: datetime
) -> None:
    if known.case_id is None:
        return
    case = uow.cases.get(known.case_id)
    uow.cases.log(case.id, LogKind.REPLY_FAILED, "system", text, now)
    paging.tell_who_has_it(uow, case, known.staff_id, office, now)
