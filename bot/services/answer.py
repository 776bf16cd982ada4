"""A turn is answered: commands, replies, the assistant's memory and "done" in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.domain.cases import LogKind
from bot.domain.conversation import Conversation, Talk
from bot.domain.local_answers import LocalAnswer
from bot.domain.messages import Author, Purpose, Reply, Turn, TurnMessage, TurnState
from bot.domain.office import Office
from bot.language.facts import find_facts
from bot.language.types import Urgency
from bot.ports import Answer, Wording
from bot.services.commands import Desk, carry_out
from bot.services.duty import contact_piece, duty, is_practice, later_status
from bot.services.emergency import see_to_urgent
from bot.services.speak import speak, with_practice_notice
from bot.store.unit_of_work import SqlUnitOfWork

ACTION_FAILED = "action_failed"
# An advertisement is shorter; more would keep the assistant from everybody else for seconds.
# All of it is stored, screened and shown to staff.
LONGEST_TEXT = 8_000
FIRST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(seconds=15)


@dataclass(frozen=True)
class Prepared:
    """A claimed turn with all that is needed to answer it.

    `conversation.generation` is that of the claim: if a human takes over meanwhile, the
    replies made from this are older than the takeover and never leave.
    """

    turn: Turn
    conversation: Conversation
    messages: tuple[TurnMessage, ...]
    metadata: Mapping[str, Any]
    status: str
    events: Sequence[Mapping[str, Any]] = field(repr=False)

    @property
    def text(self) -> str:
        """The words of all messages, one per line, as far as the assistant reads."""
        return "\n".join(message.text for message in self.messages)[:LONGEST_TEXT]

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
    metadata = {
        "now": now.isoformat(),
        "today": office.local_date(now),
        "on_duty": bool(state.reachable),
        "next_staffed": None if next_shift is None else office.local_time(next_shift),
        "case": case,
        "practice": is_practice(uow, office),
    }
    return Prepared(
        turn,
        conversation,
        uow.turns.messages(turn.id),
        metadata,
        later_status(uow, conversation.case_id, state, office, wording),
        uow.conversations.tracker(conversation),
    )


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
        return apologise(uow, prepared, wording, detail, now)
    if not uow.turns.finish(prepared.turn.id, prepared.turn.token, TurnState.DONE, "bot", now):
        return False
    # Danger or a human may have come in while the assistant was thinking.
    current = uow.conversations.get(prepared.conversation.id)
    desk = Desk(uow, current, office, wording, now)
    replies = _in_order(answer, desk)
    if uow.turns.urgency(prepared.turn.id) is Urgency.URGENT:
        see_to_urgent(uow, prepared.conversation.id, office, now)
    _say(uow, prepared, replies, wording, now)
    if current.generation == prepared.conversation.generation:
        uow.conversations.set_tracker(prepared.conversation, answer.events)
    if uow.conversations.outage_told_at(prepared.conversation.id) is not None:
        uow.conversations.set_outage_told(prepared.conversation.id, None)
    if uow.alarms.settle("assistant_down", now):
        uow.turns.hurry(now)
        uow.wake("turns")
    return True


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
    conversation = prepared.conversation
    if local.talk is not conversation.talk:
        uow.conversations.set_talk(conversation.id, local.talk)
    status = f"{prepared.status} {_whom_to_call(prepared, office, wording, now)}".strip()
    values = {"status": status, **dict(local.values)}
    replies = [wording.say(name, **values) for name in local.says]
    if local.ask_again and replies:
        replies[-1] = Reply(replies[-1].text, conversation.offered.buttons)
    _say(uow, prepared, replies, wording, now)
    return True


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
    uow: SqlUnitOfWork, prepared: Prepared, wording: Wording, detail: str, now: datetime
) -> bool:
    """The assistant failed at this turn: say so, raise an alarm, keep its memory as it was."""
    if not uow.turns.finish(
        prepared.turn.id, prepared.turn.token, TurnState.FAILED, "apology", now
    ):
        return False
    uow.alarms.raise_once("turn_failed", detail[:200], now)
    if prepared.conversation.case_id is not None:
        uow.cases.log(prepared.conversation.case_id, LogKind.NOTE, "system", "turn_failed", now)
    _say(uow, prepared, [wording.say("say_apology")], wording, now)
    uow.wake("console")
    return True


def postpone(uow: SqlUnitOfWork, prepared: Prepared, wording: Wording, now: datetime) -> bool:
    """The assistant is down: the turn stays open, the person is told once per outage."""
    wait = min(FIRST_RETRY * 2 ** min(prepared.turn.attempts - 1, 8), LONGEST_RETRY)
    if not uow.turns.retry(prepared.turn.id, prepared.turn.token, now + wait):
        return False
    uow.alarms.raise_once("assistant_down", "", now)
    conversation = prepared.conversation
    if uow.conversations.outage_told_at(conversation.id) is None:
        uow.conversations.set_outage_told(conversation.id, now)
        uow.outbox.add_reply(
            conversation,
            wording.say("say_outage"),
            author=Author.BOT,
            purpose=Purpose.NOTICE,
            now=now,
        )
        uow.wake("outbox")
    return True


def _say(
    uow: SqlUnitOfWork,
    prepared: Prepared,
    replies: Sequence[Reply],
    wording: Wording,
    now: datetime,
) -> None:
    if prepared.metadata["practice"]:
        notice = wording.say("say_piece_practice")
        replies = with_practice_notice(uow, prepared.conversation, replies, notice)
    speak(
        uow,
        prepared.conversation,
        replies,
        author=Author.BOT,
        turn_id=prepared.turn.id,
        now=now,
    )
