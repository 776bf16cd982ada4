"""A turn is answered: commands, replies, the assistant's memory and "done" in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.cases import LogKind
from bot.domain.conversation import Talk
from bot.domain.local_answers import LocalAnswer, also_sent
from bot.domain.messages import Author, Reply, TurnState
from bot.domain.office import Office
from bot.language.facts import find_facts
from bot.language.types import Urgency
from bot.ports import Answer, Wording
from bot.services import reading
from bot.services.commands import Desk, carry_out
from bot.services.duty import contact_piece, status_line
from bot.services.emergency import see_to_urgent
from bot.services.prepared import Prepared
from bot.services.speak import announce, speak, with_practice_notice
from bot.services.unread import hand_to_staff
from bot.store.unit_of_work import SqlUnitOfWork

ACTION_FAILED = "action_failed"
FIRST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(seconds=15)


def finish(
    uow: SqlUnitOfWork,
    prepared: Prepared,
    answer: Answer,
    office: Office,
    wording: Wording,
    now: datetime,
) -> bool:
    """Commit what the assistant made of a turn; False when another worker has it now."""
    failed = [command for command in answer.commands if command.name == ACTION_FAILED]
    if failed:
        detail = str(failed[0].values.get("action", ""))
        return apologise(uow, prepared, office, wording, detail, now)
    if not uow.turns.finish(prepared.turn.id, prepared.turn.token, TurnState.DONE, "bot", now):
        return False
    _note_pictures(uow, prepared, office, now)
    # Danger or a human may have come in while the assistant was thinking.
    current = uow.conversations.get(prepared.conversation.id)
    desk = Desk(uow, current, office, wording, now, is_shown=prepared.is_only_shown)
    replies = _in_order(answer, desk)
    if uow.turns.urgency(prepared.turn.id) is Urgency.URGENT:
        see_to_urgent(uow, prepared.conversation.id, prepared.typed, office, now)
    hand_to_staff(
        uow,
        prepared.conversation,
        prepared.messages,
        office,
        now,
        is_understood=prepared.is_checked,
    )
    replies = _with_acknowledgement(replies, prepared, wording)
    _say(uow, prepared, replies, wording, now)
    if current.generation == prepared.conversation.generation:
        uow.conversations.set_tracker(prepared.conversation, answer.events)
    if uow.conversations.outage_told_at(prepared.conversation.id) is not None:
        uow.conversations.set_outage_told(prepared.conversation.id, None)
    if uow.alarms.settle("assistant_down", now):
        uow.turns.hurry(now)
        uow.wake("turns")
    return True


def _with_acknowledgement(
    replies: list[Reply], prepared: Prepared, wording: Wording
) -> list[Reply]:
    """The replies to words, beginning with one sentence about what came together with them."""
    told = _also_sent(prepared, wording)
    if not told:
        return replies
    if not replies:
        return [Reply(told)]
    return [Reply(f"{told}\n\n{replies[0].text}", replies[0].buttons), *replies[1:]]


def _also_sent(prepared: Prepared, wording: Wording) -> str:
    shown = prepared.shown
    if prepared.is_checked:
        name = "say_picture_read_partly" if shown.unclear else "say_picture_read"
        name = "say_voice_heard" if shown.is_heard else name
        return wording.say(name, excerpt=shown.excerpt, unclear=shown.unclear).text
    also = also_sent(prepared.messages, shown)
    return "" if also is None else wording.say(also).text


def _note_pictures(uow: SqlUnitOfWork, prepared: Prepared, office: Office, now: datetime) -> None:
    """What the pictures say went into this answer; what is read only now gets one of its own."""
    uow.readings.told(prepared.shown.read)
    reading.follow_up(uow, prepared.turn.id, office, now)


def _in_order(answer: Answer, desk: Desk) -> list[Reply]:
    """Replies with each confirmation in the place of its command."""
    replies: list[Reply] = []
    for index in range(len(answer.replies) + 1):
        for command in answer.commands:
            if command.after == index:
                confirmation = carry_out(command, desk)
                if confirmation is not None:
                    replies.append(confirmation)
        if index < len(answer.replies):
            replies.append(answer.replies[index])
    return replies


def finish_locally(
    uow: SqlUnitOfWork,
    prepared: Prepared,
    local: LocalAnswer,
    office: Office,
    wording: Wording,
    now: datetime,
) -> bool:
    """Commit an answer that needed no assistant."""
    outcome = local.silence or "local"
    if not uow.turns.finish(prepared.turn.id, prepared.turn.token, TurnState.DONE, outcome, now):
        return False
    _note_pictures(uow, prepared, office, now)
    conversation = prepared.conversation
    if local.talk is not conversation.talk:
        uow.conversations.set_talk(conversation.id, local.talk)
    if uow.turns.urgency(prepared.turn.id) is Urgency.URGENT:
        see_to_urgent(uow, conversation.id, prepared.typed, office, now)
    hand_to_staff(uow, conversation, prepared.messages, office, now)
    reply = _local_reply(uow, prepared, local, office, wording, now)
    if reply is not None:
        _say(uow, prepared, [reply], wording, now)
    elif not local.ask_again:
        # Nothing is on offer any more.
        _say(uow, prepared, [], wording, now)
    return True


def _local_reply(
    uow: SqlUnitOfWork,
    prepared: Prepared,
    local: LocalAnswer,
    office: Office,
    wording: Wording,
    now: datetime,
) -> Reply | None:
    """One text with all that is to be said, and with the open question below it."""
    if not local.says:
        return None
    conversation = prepared.conversation
    if conversation.case_id is None:
        status = status_line(uow, office, wording, now, person=conversation)
    else:
        status = f"{prepared.status} {_whom_to_call(prepared, office, wording, now)}".strip()
    values = {"status": status, **dict(local.values)}
    said = [wording.say(name, **values) for name in local.says]
    buttons = said[-1].buttons
    if local.ask_again:
        if local.question is not None:
            said.append(local.question)
        buttons = said[-1].buttons or conversation.offered.buttons
    return Reply("\n\n".join(reply.text for reply in said), buttons)


def _whom_to_call(prepared: Prepared, office: Office, wording: Wording, now: datetime) -> str:
    """The line of the country that somebody in danger has just named."""
    named = [fact.value for fact in find_facts(prepared.text) if fact.entity == "country"]
    if not named or prepared.conversation.talk is Talk.ASSISTANT:
        return ""
    return contact_piece(office, wording, office.today(now), named[0])


def finish_for_human(uow: SqlUnitOfWork, prepared: Prepared, now: datetime) -> bool:
    """A human answers here: the turn ends without the bot."""
    return uow.turns.finish(prepared.turn.id, prepared.turn.token, TurnState.DONE, "human", now)


def apologise(
    uow: SqlUnitOfWork,
    prepared: Prepared,
    office: Office,
    wording: Wording,
    detail: str,
    now: datetime,
) -> bool:
    """The assistant failed at this turn: say so, raise an alarm, keep its memory as it was."""
    if not uow.turns.finish(
        prepared.turn.id, prepared.turn.token, TurnState.FAILED, "apology", now
    ):
        return False
    uow.alarms.raise_once("turn_failed", detail[:200], now)
    if prepared.conversation.case_id is not None:
        uow.cases.log(prepared.conversation.case_id, LogKind.NOTE, "system", "turn_failed", now)
    hand_to_staff(uow, prepared.conversation, prepared.messages, office, now)
    _say(uow, prepared, [wording.say("say_apology")], wording, now)
    uow.wake("console")
    return True


def postpone(
    uow: SqlUnitOfWork, prepared: Prepared, office: Office, wording: Wording, now: datetime
) -> bool:
    """The assistant is down: the turn stays open, the person is told once per outage.

    A person can listen to what came with the words meanwhile.
    """
    wait = min(FIRST_RETRY * 2 ** min(prepared.turn.attempts - 1, 8), LONGEST_RETRY)
    if not uow.turns.retry(prepared.turn.id, prepared.turn.token, now + wait):
        return False
    uow.alarms.raise_once("assistant_down", "", now)
    conversation = prepared.conversation
    if prepared.turn.attempts == 1:
        hand_to_staff(uow, conversation, prepared.messages, office, now)
    if uow.conversations.outage_told_at(conversation.id) is None:
        uow.conversations.set_outage_told(conversation.id, now)
        (notice,) = _with_practice(uow, prepared, [wording.say("say_outage")], wording)
        announce(uow, conversation, notice, now=now)
    return True


def _say(
    uow: SqlUnitOfWork,
    prepared: Prepared,
    replies: Sequence[Reply],
    wording: Wording,
    now: datetime,
) -> None:
    speak(
        uow,
        prepared.conversation,
        _with_practice(uow, prepared, replies, wording),
        author=Author.BOT,
        turn_id=prepared.turn.id,
        now=now,
    )


def _with_practice(
    uow: SqlUnitOfWork, prepared: Prepared, replies: Sequence[Reply], wording: Wording
) -> Sequence[Reply]:
    if not prepared.metadata["practice"]:
        return replies
    notice = wording.say("say_piece_practice")
    return with_practice_notice(uow, prepared.conversation, replies, notice)
