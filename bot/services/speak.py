"""Everything that is said to a person goes through here into the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.channels import fit, rules_of
from bot.domain.conversation import Conversation, Offered
from bot.domain.messages import Author, Purpose, Reply
from bot.store.unit_of_work import SqlUnitOfWork


def speak(
    uow: SqlUnitOfWork,
    conversation: Conversation,
    replies: Sequence[Reply],
    *,
    author: Author,
    now: datetime,
    turn_id: str | None = None,
    row_id: str | None = None,
    purpose: Purpose = Purpose.REPLY,
) -> None:
    """Write replies to the outbox; a typed number now refers to the last choices among them.

    `conversation` is as it was when the replies were made: if its generation has grown
    since (a human took over, danger came in between), bot rows of it never leave and what
    a number refers to stays as it is. `row_id` is that of a single reply whose repeat must be
    seen as one. Replies are merged and divided as the channel of the conversation needs it.
    """
    offered = Offered()
    for reply in fit(replies, rules_of(conversation.channel)):
        outbound_id = uow.outbox.add_reply(
            conversation,
            reply,
            author=author,
            turn_id=turn_id,
            purpose=purpose,
            row_id=row_id,
            now=now,
        )
        row_id = None
        if reply.buttons:
            offered = Offered(outbound_id, reply.buttons)
    if uow.conversations.get(conversation.id).generation == conversation.generation:
        uow.conversations.set_offered(conversation, offered)
    _wake(uow, conversation)


def announce(
    uow: SqlUnitOfWork,
    conversation: Conversation,
    text: Reply,
    *,
    now: datetime,
    purpose: Purpose = Purpose.NOTICE,
    author: Author = Author.BOT,
) -> str:
    """Say something beside the talk: what a typed number refers to stays as it is."""
    row_id = uow.outbox.add_reply(conversation, text, author=author, purpose=purpose, now=now)
    _wake(uow, conversation)
    return row_id


def _wake(uow: SqlUnitOfWork, conversation: Conversation) -> None:
    """Whoever sends in this channel, watches this talk, or holds a poll of it."""
    uow.wake(conversation.channel)
    uow.wake("console")
    uow.wake(conversation.id)


def with_practice_notice(
    uow: SqlUnitOfWork, conversation: Conversation, replies: Sequence[Reply], notice: Reply
) -> list[Reply]:
    """The replies, the very first to a person beginning with the practice notice."""
    if not replies or uow.outbox.has_said(conversation.id):
        return list(replies)
    first = Reply(f"{notice.text}\n\n{replies[0].text}", replies[0].buttons)
    return [first, *replies[1:]]
