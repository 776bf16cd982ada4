"""A message comes in: stored, screened, and in danger answered and paged, in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.cases import LogKind
from bot.domain.channels import rules_of
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
from bot.services import emergency, unread
from bot.services.duty import is_practice
from bot.services.speak import speak, with_practice_notice
from bot.services.takeover import greet_if_due, release
from bot.store.unit_of_work import SqlUnitOfWork

# They change or take back what was said before: notes on the talk, no part of it.
OF_EARLIER_MESSAGES = (Kind.EDITED, Kind.DELETED)
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
    conversation = uow.conversations.for_sender(
        message.channel, message.sender, now, aliases=message.aliases, address=message.address
    )
    choice = _choice(uow, conversation, message)
    is_emergency = understood.urgency is Urgency.EMERGENCY and choice is None
    if (
        is_emergency
        and conversation.handled_by is HandledBy.HUMAN
        and not emergency.is_held(uow, conversation, now)
    ):
        conversation = release(uow, conversation, now)
    turn_id = _turn(uow, conversation, message, choice, is_emergency, office, now)
    message_id = uow.turns.add(
        conversation,
        turn_id,
        uow.conversations.take_place(conversation.id)[0],
        channel=message.channel,
        external_id=message.external_id,
        message=_stored(message, choice),
        urgency=understood.urgency if choice is None else Urgency.NONE,
        place=message.place,
        now=now,
    )
    uow.files.add(conversation, message_id, message.attachments, now)
    if message.kind is not Kind.EDITED or message.text.strip():
        # A live location moves by itself: nobody need hold the phone for it.
        _hear(uow, conversation, message, now)
    if conversation.case_id is not None:
        screened = understood if choice is None else Understanding(understood.intent, 0.0)
        emergency.hear_more(uow, conversation, screened, _country(understood), office, now)
    if is_emergency:
        _raise_emergency(uow, conversation, turn_id, understood, office, wording, now)
    elif conversation.handled_by is HandledBy.HUMAN:
        uow.turns.finish_unclaimed(turn_id, "human", now)
    unread.note(uow, conversation.id, message, now)
    if conversation.handled_by is HandledBy.HUMAN:
        is_said = bool(message.text.strip()) and not asks_for_silence(message.text)
        if conversation.talk is Talk.DANGER_SILENT and is_said:
            uow.conversations.set_talk(conversation.id, Talk.DANGER_OPEN)
        greet_if_due(uow, conversation, wording, now)
    uow.wake("turns")
    if message.attachments:
        uow.wake("files")
    uow.wake("console")
    uow.wake(conversation.id)
    return Received(message_id, turn_id)


def _hear(
    uow: SqlUnitOfWork, conversation: Conversation, message: InboundMessage, now: datetime
) -> None:
    """The person holds the phone, or held it when this was sent: what waited for that may leave."""
    sent_at = min(message.sent_at or now, now)
    wrote_at = sent_at if conversation.wrote_at is None else max(sent_at, conversation.wrote_at)
    uow.conversations.heard(conversation.id, wrote_at)
    uow.holding.let_go(conversation.id, now)


def _country(understood: Understanding) -> str | None:
    """The first country that a message names."""
    named = (entity.value for entity in understood.entities if entity.entity == "country")
    return next(named, None)


def _choice(
    uow: SqlUnitOfWork, conversation: Conversation, message: InboundMessage
) -> Choice | None:
    """What a message chooses; a change of an earlier message chooses nothing."""
    if message.kind in OF_EARLIER_MESSAGES:
        return None
    tap = TAP.fullmatch(message.text.strip())
    tapped = uow.outbox.find_reply(conversation, tap[1]) if tap else None
    return read_choice(message.text, conversation.offered, tapped)


def _stored(message: InboundMessage, choice: Choice | None) -> TurnMessage:
    if choice is not None:
        words = choice.title or message.text.strip()
        return TurnMessage(words, choice.payload, choice.problem, Kind.BUTTON, message.detail)
    kind = message.kind or (Kind.TEXT if message.text.strip() else Kind.EMPTY)
    return TurnMessage(message.text, kind=kind, detail=message.detail)


def _turn(
    uow: SqlUnitOfWork,
    conversation: Conversation,
    message: InboundMessage,
    choice: Choice | None,
    is_emergency: bool,
    office: Office,
    now: datetime,
) -> str:
    """The turn that a message joins.

    Free text outside a question waits for more, and so do files: an album is several messages.
    """
    alone = choice is not None or message.kind in OF_EARLIER_MESSAGES
    waits = not (is_emergency or alone or message.final) and (
        bool(message.attachments)
        or (
            bool(message.text.strip())
            and not conversation.offered.buttons
            and conversation.talk is Talk.ASSISTANT
        )
    )
    closes_at = now + (office.turn_window if waits else timedelta(0))
    hold = rules_of(message.channel).hold if message.place else timedelta(0)
    collecting = uow.turns.collecting(conversation.id, now)
    if collecting is None:
        return uow.turns.open(conversation.id, now, closes_at, place=message.place, hold=hold)
    turn_id, opened_at = collecting
    if alone:
        # What was written before the choice is answered first, by itself.
        uow.turns.close_at(turn_id, now)
        return uow.turns.open(conversation.id, now, now, place=message.place, hold=hold)
    uow.turns.close_at(turn_id, min(closes_at, opened_at + LONGEST_TURN))
    uow.turns.move_up(turn_id, message.place)
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
