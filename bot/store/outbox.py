"""The outbox: everything that leaves is a row first."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Row, and_, exists, func, insert, or_, select, update

from bot.domain.conversation import Conversation
from bot.domain.messages import Author, Delivery, Outbound, Purpose, Reply
from bot.store.conversations import Conversations, plain_buttons, read_buttons
from bot.store.keys import KeyMissingError
from bot.store.rows import SealedRows, case_key, new_id, person_key, staff_key
from bot.store.tables import conversation, outbound

WAITING = (Delivery.PENDING, Delivery.FAILED_TEMPORARILY, Delivery.UNCERTAIN)
MAILBOX = "web"


class Outbox(SealedRows):
    """Rows written in the transaction of their cause and claimed by lease to be sent."""

    def add_reply(
        self,
        known: Conversation,
        reply: Reply,
        *,
        author: Author,
        now: datetime,
        turn_id: str | None = None,
        position: int = 0,
        purpose: Purpose = Purpose.REPLY,
        row_id: str | None = None,
    ) -> str:
        """A text to the person; bot rows carry the takeover generation they were made in."""
        row_id = row_id or new_id()
        body = {"text": reply.text, "buttons": plain_buttons(reply.buttons)}
        self._connection.execute(
            insert(outbound).values(
                id=row_id,
                position=position,
                purpose=purpose,
                author=author,
                channel=known.channel,
                conversation_id=known.id,
                turn_id=turn_id,
                generation=known.generation,
                state=Delivery.PENDING,
                body_sealed=self._seal(person_key(known.person_id), body, f"outbound:{row_id}"),
                attempts=0,
                next_try_at=now,
                created_at=now,
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
        staff_id: str | None = None,
        address: str | None = None,
    ) -> str:
        """A page to staff; its text holds no name and no story."""
        row_id = new_id()
        sealed_address = None
        if staff_id is not None and address is not None:
            sealed_address = self._seal(staff_key(staff_id), address, f"address:{row_id}")
        self._connection.execute(
            insert(outbound).values(
                id=row_id,
                position=0,
                purpose=Purpose.PAGE,
                author=Author.BOT,
                channel=channel,
                case_id=case_id,
                staff_id=staff_id,
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
            select(func.count()).select_from(outbound).where(outbound.c.state.in_(WAITING))
        ).one()
        return int(row[0])

    def cancel_bot_rows(self, conversation_id: str) -> None:
        """Nothing of the bot leaves any more; rows already inside a provider call are past that."""
        self._connection.execute(
            update(outbound)
            .where(
                outbound.c.conversation_id == conversation_id,
                outbound.c.author == Author.BOT,
                outbound.c.state.in_(WAITING),
            )
            .values(state=Delivery.CANCELLED, error="taken_over")
        )

    def deliver_to_mailbox(self, now: datetime, limit: int) -> tuple[str, ...]:
        """Make web replies visible to their polls, in order; returns the conversations concerned.

        For the web nothing is called outside, so claim and delivery are one transaction.
        Bot rows of an older generation are cancelled instead.
        """
        self._cancel_overtaken()
        rows = self._connection.execute(
            select(outbound.c.id, outbound.c.conversation_id)
            .where(outbound.c.channel == MAILBOX, outbound.c.state == Delivery.PENDING)
            .order_by(outbound.c.created_at, outbound.c.position)
            .limit(limit)
        ).all()
        conversations = Conversations(self._connection, self._vault)
        for row in rows:
            self._connection.execute(
                update(outbound)
                .where(outbound.c.id == row.id)
                .values(
                    state=Delivery.SENT,
                    seq=conversations.take_seq(row.conversation_id),
                    sent_at=now,
                    attempts=1,
                )
            )
        return tuple(dict.fromkeys(row.conversation_id for row in rows))

    def _cancel_overtaken(self) -> None:
        overtaken = exists().where(
            conversation.c.id == outbound.c.conversation_id,
            conversation.c.generation > outbound.c.generation,
        )
        self._connection.execute(
            update(outbound)
            .where(outbound.c.author == Author.BOT, outbound.c.state.in_(WAITING), overtaken)
            .values(state=Delivery.CANCELLED, error="taken_over")
        )

    def claim(self, now: datetime, lease: timedelta, limit: int) -> tuple[Outbound, ...]:
        """Take rows that call something outside; they are committed as `sending` first.

        A row whose sender died inside the call comes back once as `uncertain`.
        """
        waiting = and_(outbound.c.state.in_(WAITING), outbound.c.next_try_at <= now)
        died = and_(outbound.c.state == Delivery.SENDING, outbound.c.lease_until < now)
        rows = self._connection.execute(
            select(outbound)
            .where(outbound.c.channel != MAILBOX, or_(waiting, died))
            .order_by(outbound.c.next_try_at, outbound.c.position)
            .limit(limit)
        ).all()
        claimed = []
        for row in rows:
            token = new_id()
            try:
                address, body = self._read_page(row)
            except KeyMissingError:
                # One page that cannot be read must not stop all others.
                self._end(row.id, Delivery.FAILED_PERMANENTLY, "unreadable")
                continue
            self._connection.execute(
                update(outbound)
                .where(outbound.c.id == row.id)
                .values(
                    state=Delivery.SENDING,
                    lease_token=token,
                    lease_until=now + lease,
                    attempts=outbound.c.attempts + 1,
                )
            )
            claimed.append(
                Outbound(
                    id=row.id,
                    purpose=Purpose(row.purpose),
                    channel=row.channel,
                    token=token,
                    attempts=row.attempts + 1,
                    text=body["text"],
                    address=address,
                )
            )
        return tuple(claimed)

    def _read_page(self, row: Row[tuple[object, ...]]) -> tuple[str | None, dict[str, str]]:
        address = None
        if row.address_sealed is not None:
            place = f"address:{row.id}"
            address = self._open(staff_key(row.staff_id), row.address_sealed, place)
        body = self._open(case_key(row.case_id), row.body_sealed, f"outbound:{row.id}")
        return address, body

    def _end(self, row_id: str, state: Delivery, error: str) -> None:
        self._connection.execute(
            update(outbound).where(outbound.c.id == row_id).values(state=state, error=error)
        )

    def complete(
        self,
        outbound_id: str,
        token: str,
        state: Delivery,
        now: datetime,
        *,
        error: str | None = None,
        next_try_at: datetime | None = None,
    ) -> str | None:
        """Record how a call ended; the case of the row, or None when the lease was lost."""
        row = self._connection.execute(
            update(outbound)
            .where(outbound.c.id == outbound_id, outbound.c.lease_token == token)
            .values(
                state=state,
                error=error,
                lease_token=None,
                lease_until=None,
                sent_at=now if state is Delivery.SENT else None,
                next_try_at=next_try_at or now,
            )
            .returning(outbound.c.case_id)
        ).first()
        return None if row is None else row.case_id
