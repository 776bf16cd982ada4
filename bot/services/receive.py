"""A message comes in: stored, screened, and in danger answered and paged, in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.cases import LogKind
from bot.domain.conversation import (
    TAP,
    Choice,
    Conversation,
    HandledBy,
    Talk,
    read_choice,
)
from bot.domain.local_answers import asks_for_silence
from bot.domain.messages import Author, InboundMessage, Kind, Received, TurnMessage
from bot.domain.office import Office
from bot.language.types import Understanding, Urgency
from bot.ports import Wording
from bot.services import emergency
from bot.services.duty import is_practice
from bot.services.speak import speak, with_practice_notice
from bot.services.takeover import greet_if_due, release
from bot.store.unit_of_work import SqlUnitOfWork

# Somebody who writes without a pause is answered all the same.
LONGEST_TURN = timedelta(seconds=10)


def receive(
    uow: SqlUnitOfWork,
    message: InboundMessage,
    understood: Understanding,
    office: Office,
    wording: Wording,
    now: datetime,
) -> Received:
    """Store a message once, whatever it holds, and start what cannot wait.

    A repeat of a stored message changes nothing. Danger commits the case, the escalation,
    the page and the first answer together with the message.
    """
    known = uow.turns.find(message.channel, message.external_id)
    if known is not None:
        return known
    conversation = uow.conversations.for_sender(message.channel, message.sender, now)
    choice = _choice(uow, conversation, message.text)
    is_emergency = understood.urgency is Urgency.EMERGENCY and choice is None
    if (
        is_emergency
        and conversation.handled_by is HandledBy.HUMAN
        and not emergency.is_held(uow, conversation, now)
    ):
        conversation = release(uow, conversation, now)
    turn_id = _turn(uow, conversation, message, choice, is_emergency, office, now)
    text = message.text if choice is None else choice.title or message.text.strip()
    message_id = uow.turns.add(
        conversation,
        turn_id,
        uow.conversations.take_seq(conversation.id),
        channel=message.channel,
        external_id=message.external_id,
        kind=_kind(message.text, choice),
        message=_stored(text, choice),
        urgency=understood.urgency if choice is None else Urgency.NONE,
        now=now,
    )
    if conversation.case_id is not None:
        screened = understood if choice is None else Understanding(understood.intent, 0.0)
        emergency.hear_more(uow, conversation, screened, _country(understood), office, now)
    if is_emergency:
        _raise_emergency(uow, conversation, turn_id, understood, office, wording, now)
    elif conversation.handled_by is HandledBy.HUMAN:
        uow.turns.finish_unclaimed(turn_id, "human", now)
    if conversation.handled_by is HandledBy.HUMAN:
        if conversation.talk is Talk.DANGER_SILENT and not asks_for_silence(message.text):
            uow.conversations.set_talk(conversation.id, Talk.DANGER_OPEN)
        greet_if_due(uow, conversation, wording, now)
    uow.wake("turns")
    uow.wake("console")
    uow.wake(conversation.id)
    return Received(message_id, turn_id)


def _country(understood: Understanding) -> str | None:
    """The first country that a message names."""
    named = (entity.value for entity in understood.entities if entity.entity == "country")
    return next(named, None)


def _choice(uow: SqlUnitOfWork, conversation: Conversation, text: str) -> Choice | None:
    tap = TAP.fullmatch(text.strip())
    tapped = uow.outbox.find_reply(conversation, tap[1]) if tap else None
    return read_choice(text, conversation.offered, tapped)


def _kind(text: str, choice: Choice | None) -> Kind:
    if choice is not None:
        return Kind.BUTTON
    return Kind.TEXT if text.strip() else Kind.EMPTY


def _stored(text: str, choice: Choice | None) -> TurnMessage:
    if choice is None:
        return TurnMessage(text)
    return TurnMessage(text, choice.payload, choice.problem)


def _turn(
    uow: SqlUnitOfWork,
    conversation: Conversation,
    message: InboundMessage,
    choice: Choice | None,
    is_emergency: bool,
    office: Office,
    now: datetime,
) -> str:
    """The turn that a message joins; only free text outside a question waits for more."""
    waits = not (
        is_emergency
        or choice is not None
        or message.final
        or not message.text.strip()
        or conversation.offered.buttons
        or conversation.talk is not Talk.ASSISTANT
    )
    closes_at = now + (office.turn_window if waits else timedelta(0))
    collecting = uow.turns.collecting(conversation.id, now)
    if collecting is None:
        return uow.turns.open(conversation.id, now, closes_at)
    turn_id, opened_at = collecting
    if choice is not None:
        # What was written before the choice is answered first, by itself.
        uow.turns.close_at(turn_id, now)
        return uow.turns.open(conversation.id, now, now)
    uow.turns.close_at(turn_id, min(closes_at, opened_at + LONGEST_TURN))
    return turn_id


def _raise_emergency(
    uow: SqlUnitOfWork,
    conversation: Conversation,
    turn_id: str,
    understood: Understanding,
    office: Office,
    wording: Wording,
    now: datetime,
) -> None:
    signals = understood.signals
    kind = emergency.kind_of(signals)
    country = _country(understood)
    fields = {} if country is None else {"country": country}
    case = emergency.open_emergency(uow, conversation, kind, signals, fields, office, now)
    if conversation.handled_by is HandledBy.HUMAN:
        uow.turns.finish_unclaimed(turn_id, "human", now)
        return
    if emergency.only_departure(signals):
        # The offer itself still gets its answer from the assistant.
        uow.cases.log(case.id, LogKind.SIGNALS, "system", emergency.DEPARTURE, now)
        return
    if conversation.talk is not Talk.ASSISTANT:
        return
    # What the bot was about to say about something else must not follow the first answer.
    uow.conversations.interrupt(conversation.id)
    uow.outbox.cancel_bot_rows(conversation.id)
    conversation = uow.conversations.get(conversation.id)
    replies = [emergency.first_answer(uow, conversation, kind, office, wording, now, country)]
    if is_practice(uow, office):
        notice = wording.say("say_piece_practice")
        replies = with_practice_notice(uow, conversation, replies, notice)
    speak(uow, conversation, replies, author=Author.BOT, turn_id=turn_id, now=now)
    uow.turns.finish_unclaimed(turn_id, "emergency", now)
