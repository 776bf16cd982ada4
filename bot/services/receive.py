"""A message comes in: stored, screened, and in danger answered and paged, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.answers import as_answer
from bot.domain.channels import rules_of
from bot.domain.conversation import (
    TAP,
    Choice,
    Conversation,
    HandledBy,
    Talk,
    read_choice,
)
from bot.domain.doubts import IN_DANGER, Doubt, answer_of
from bot.domain.local_answers import asks_for_silence
from bot.domain.messages import InboundMessage, Kind, Received, TurnMessage
from bot.domain.office import Office
from bot.language.types import Understanding, Urgency
from bot.ports import Wording
from bot.services import doubts, emergency, reading, threats, unread
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
    screened = _screen(uow, conversation, message, understood)
    understood, choice = screened.understood, screened.choice
    if (
        screened.is_emergency
        and conversation.handled_by is HandledBy.HUMAN
        and not emergency.is_held(uow, conversation, now)
    ):
        conversation = release(uow, conversation, now)
    to_read = reading.to_read(message.attachments, office)
    turn_id = _turn(uow, conversation, message, screened, office, now)
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
    uow.files.add(conversation, message_id, message.attachments, now, to_read)
    if message.kind is not Kind.EDITED or message.text.strip():
        # A live location moves by itself: nobody need hold the phone for it.
        _hear(uow, conversation, message, now)
    if conversation.case_id is not None:
        heard = understood if choice is None else Understanding(understood.intent, 0.0)
        emergency.hear_more(uow, conversation, heard, _country(understood), office, now)
    _see_to(uow, conversation, turn_id, screened, office, wording, now)
    unread.note(uow, conversation.id, message, now)
    if conversation.handled_by is HandledBy.HUMAN:
        is_said = bool(message.text.strip()) and not asks_for_silence(message.text)
        if conversation.talk is Talk.DANGER_SILENT and is_said:
            uow.conversations.set_talk(conversation.id, Talk.DANGER_OPEN)
        threats.hear(uow, conversation, message.text, office, now)
        greet_if_due(uow, conversation, wording, now)
    uow.wake("turns")
    if message.attachments:
        uow.wake("files")
    uow.wake("console")
    uow.wake(conversation.id)
    return Received(message_id, turn_id)


@dataclass(frozen=True)
class _Screened:
    """What screening made of a message: a choice, danger, or an answer to a `doubt`."""

    understood: Understanding
    choice: Choice | None
    doubt: Doubt | None
    says_danger: bool | None

    @property
    def is_emergency(self) -> bool:
        return bool(self.says_danger) or (
            self.choice is None and self.understood.urgency is Urgency.EMERGENCY
        )

    @property
    def at_once(self) -> bool:
        """Whether nothing more need be waited for."""
        return self.is_emergency or self.understood.doubt is not None


def _screen(
    uow: SqlUnitOfWork,
    conversation: Conversation,
    message: InboundMessage,
    understood: Understanding,
) -> _Screened:
    choice = _choice(uow, conversation, message)
    if conversation.offered.buttons and conversation.talk is Talk.ASSISTANT:
        understood = as_answer(understood, message.text)
    is_asked = conversation.talk is Talk.DANGER_QUESTION
    if not is_asked and (choice is None or choice.payload != IN_DANGER):
        return _Screened(understood, choice, None, None)
    doubt = uow.doubts.open_for(conversation.id)
    said = None if doubt is None else answer_of(choice, understood)
    return _Screened(understood, choice, doubt, said)


def _see_to(
    uow: SqlUnitOfWork,
    conversation: Conversation,
    turn_id: str,
    screened: _Screened,
    office: Office,
    wording: Wording,
    now: datetime,
) -> None:
    """Start what cannot wait for the assistant."""
    understood, choice, doubt = screened.understood, screened.choice, screened.doubt
    if screened.is_emergency:
        kind, signals = emergency.kind_of(understood), understood.signals
        if doubt is not None and screened.says_danger:
            kind, signals = doubt.kind, (doubts.ASIDE,)
        country = _country(understood)
        emergency.answer_emergency(
            uow, conversation, turn_id, kind, signals, country, office, wording, now
        )
    elif conversation.handled_by is HandledBy.HUMAN:
        uow.turns.finish_unclaimed(turn_id, "human", now)
    elif doubt is not None and screened.says_danger is False:
        doubts.deny(uow, conversation, doubt, turn_id, now)
    elif conversation.talk not in emergency.BEFORE_DANGER:
        return
    elif choice is None and understood.doubt is not None:
        kind = emergency.kind_of(understood)
        doubts.ask(uow, conversation, turn_id, kind, office, wording, now)
    elif conversation.talk is Talk.DANGER_QUESTION and (choice is None or choice.payload):
        doubts.leave(uow, conversation, now)


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
    screened: _Screened,
    office: Office,
    now: datetime,
) -> str:
    """The turn that a message joins.

    Free text outside a question waits for more, and so do files: an album is several messages,
    and what a picture says is read meanwhile.
    """
    alone = screened.choice is not None or message.kind in OF_EARLIER_MESSAGES
    waits = not (screened.at_once or alone or message.final) and (
        bool(message.attachments)
        or (
            bool(message.text.strip())
            and not conversation.offered.buttons
            and conversation.talk is Talk.ASSISTANT
        )
    )
    collecting = uow.turns.collecting(conversation.id, now)
    wait, longest = office.turn_window, LONGEST_TURN
    if waits and _waits_to_be_read(uow, conversation, message, collecting, office):
        wait, longest = office.picture_window, max(LONGEST_TURN, office.picture_window)
    closes_at = now + (wait if waits else timedelta(0))
    hold = rules_of(message.channel).hold if message.place else timedelta(0)
    if collecting is None:
        return uow.turns.open(conversation.id, now, closes_at, place=message.place, hold=hold)
    turn_id, opened_at = collecting
    if alone:
        # What was written before the choice is answered first, by itself.
        uow.turns.close_at(turn_id, now)
        return uow.turns.open(conversation.id, now, now, place=message.place, hold=hold)
    uow.turns.close_at(turn_id, min(closes_at, opened_at + longest))
    uow.turns.move_up(turn_id, message.place)
    return turn_id


def _waits_to_be_read(
    uow: SqlUnitOfWork,
    conversation: Conversation,
    message: InboundMessage,
    collecting: tuple[str, datetime] | None,
    office: Office,
) -> bool:
    """Whether the answer waits for what a picture says; words beside it never wait for that."""
    if not reading.to_read(message.attachments, office):
        return False
    if conversation.handled_by is HandledBy.HUMAN or conversation.talk is not Talk.ASSISTANT:
        return False
    return collecting is None or not uow.turns.has_words(collecting[0])
