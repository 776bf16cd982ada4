"""The outbox: everything that leaves is a row first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, exists, func, insert, select, update

from bot.domain.channels import WEB
from bot.domain.conversation import Conversation
from bot.domain.messages import Author, Delivery, Purpose, Reply
from bot.store.conversations import Conversations
from bot.store.keys import Vault
from bot.store.rows import (
    SealedRows,
    case_key,
    new_id,
    person_key,
    plain_buttons,
    read_buttons,
    staff_key,
)
from bot.store.tables import conversation, outbound

WAITING = (Delivery.PENDING, Delivery.FAILED_TEMPORARILY, Delivery.UNCERTAIN)
TAKEN_OVER = "taken_over"


class Outbox(SealedRows):
    """Rows written in the transaction of their cause and claimed by lease to be sent."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        super().__init__(connection, vault)
        self._conversations = Conversations(connection, vault)

    def add_reply(
        self,
        known: Conversation,
        reply: Reply,
        *,
        author: Author,
        now: datetime,
        turn_id: str | None = None,
        purpose: Purpose = Purpose.REPLY,
        row_id: str | None = None,
    ) -> str:
        """A text to the person, in its place in the talk.

        A bot text made in an older takeover generation than the talk's is cancelled at once. On
        the web a row is delivered by being committed: its poll reads it from here.
        """
        row_id = row_id or new_id()
        body = {"text": reply.text, "buttons": plain_buttons(reply.buttons)}
        seq, generation = self._conversations.take_place(known.id)
        state = Delivery.SENT if known.channel == WEB else Delivery.PENDING
        if author is Author.BOT and generation > known.generation:
            state = Delivery.CANCELLED
        self._connection.execute(
            insert(outbound).values(
                id=row_id,
                purpose=purpose,
                author=author,
                channel=known.channel,
                conversation_id=known.id,
                turn_id=turn_id,
                generation=known.generation,
                seq=seq,
                state=state,
                error=TAKEN_OVER if state is Delivery.CANCELLED else None,
                body_sealed=self._seal(person_key(known.person_id), body, f"outbound:{row_id}"),
                attempts=0,
                next_try_at=now,
                created_at=now,
                sent_at=now if state is Delivery.SENT else None,
            )
        )
        return row_id

    def add_page(
        self,
        case_id: str,
        text: str,
        *,
        channel: str,
        now: datetime,
        page_id: str,
        staff_id: str | None = None,
        address: str | None = None,
    ) -> str:
        """A try of a page at one contact; its text holds no name and no story."""
        row_id = new_id()
        sealed_address = None
        if staff_id is not None and address is not None:
            sealed_address = self._seal(staff_key(staff_id), address, f"address:{row_id}")
        self._connection.execute(
            insert(outbound).values(
                id=row_id,
                purpose=Purpose.PAGE,
                author=Author.BOT,
                channel=channel,
                case_id=case_id,
                staff_id=staff_id,
                page_id=page_id,
                generation=0,
                state=Delivery.PENDING,
                body_sealed=self._seal(case_key(case_id), {"text": text}, f"outbound:{row_id}"),
                address_sealed=sealed_address,
                attempts=0,
                next_try_at=now,
                created_at=now,
            )
        )
        return row_id

    def find_reply(self, known: Conversation, outbound_id: str) -> Reply | None:
        """An earlier text of this conversation with its choices."""
        row = self._connection.execute(
            select(outbound).where(
                outbound.c.id == outbound_id, outbound.c.conversation_id == known.id
            )
        ).first()
        if row is None:
            return None
        body = self._open(person_key(known.person_id), row.body_sealed, f"outbound:{row.id}")
        return Reply(body["text"], read_buttons(body["buttons"]))

    def has_said(
        self, conversation_id: str, *, author: Author | None = None, since: int = 0
    ) -> bool:
        """Whether anything was written to this person, by one author, from a generation on."""
        found = select(outbound.c.id).where(
            outbound.c.conversation_id == conversation_id, outbound.c.generation >= since
        )
        if author is not None:
            found = found.where(outbound.c.author == author)
        return self._connection.execute(found.limit(1)).first() is not None

    def paged_since(self, case_id: str, since: datetime) -> bool:
        """Whether any page for a case was written after a moment."""
        row = self._connection.execute(
            select(outbound.c.id)
            .where(
                outbound.c.case_id == case_id,
                outbound.c.purpose == Purpose.PAGE,
                outbound.c.created_at > since,
            )
            .limit(1)
        ).first()
        return row is not None

    def unsent_count(self) -> int:
        """Rows that have not left yet."""
        row = self._connection.execute(
            select(func.count())
            .select_from(outbound)
            .where(outbound.c.state.in_((*WAITING, Delivery.SENDING)))
        ).one()
        return int(row[0])

    def cancel_bot_rows(self, conversation_id: str) -> None:
        """Nothing of the bot leaves any more; rows already inside a provider call are past that."""
        self._connection.execute(
            update(outbound)
            .where(
                outbound.c.conversation_id == conversation_id,
                outbound.c.author == Author.BOT,
                outbound.c.state.in_((*WAITING, Delivery.HELD)),
            )
            .values(state=Delivery.CANCELLED, error=TAKEN_OVER)
        )


def cancel_overtaken(connection: Connection) -> None:
    """Bot rows of an older generation never leave: a human took over, or danger came in.

    Held ones, which may be many, are looked at once they are let go.
    """
    overtaken = exists().where(
        conversation.c.id == outbound.c.conversation_id,
        conversation.c.generation > outbound.c.generation,
    )
    connection.execute(
        update(outbound)
        .where(
            outbound.c.author == Author.BOT,
            outbound.c.state.in_(WAITING),
            overtaken,
        )
        .values(state=Delivery.CANCELLED, error=TAKEN_OVER)
    )
