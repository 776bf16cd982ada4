"""Rows of the outbox on their way through a provider: claimed, sent, held, ended."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, exists, select, text, update

from bot.domain.delivery import Circumstances
from bot.domain.messages import Author, Delivery, Outbound, Purpose
from bot.store.keys import KeyMissingError
from bot.store.outbox import WAITING, cancel_overtaken
from bot.store.rows import (
    SealedRows,
    case_key,
    is_due,
    is_over,
    new_id,
    person_key,
    read_buttons,
    staff_key,
)
from bot.store.tables import case_file, conversation, outbound

MOST_UNKNOWN = 2
UNFINISHED = (*WAITING, Delivery.SENDING)


@dataclass(frozen=True)
class Due:
    """A row to a person that is due, with what decides whether it may leave."""

    id: str
    channel: str
    conversation_id: str
    circumstances: Circumstances


@dataclass(frozen=True)
class Ended:
    """Where a row belongs whose call ended."""

    id: str
    purpose: Purpose
    channel: str
    case_id: str | None
    conversation_id: str | None


class Deliveries(SealedRows):
    """What happens to rows between the outbox and the provider.

    Rows to one person leave in the order of their `seq`, one call at a time.
    """

    def recover(self, now: datetime) -> None:
        """Rows whose sender died inside the call: nobody knows whether the provider has them."""
        self._connection.execute(
            update(outbound)
            .where(outbound.c.state == Delivery.SENDING, is_over(outbound.c.lease_until, now))
            .values(
                state=Delivery.UNCERTAIN,
                uncertain_count=outbound.c.uncertain_count + 1,
                lease_token=None,
                lease_until=None,
                next_try_at=now,
            )
        )

    def due(self, channel: str, now: datetime, limit: int) -> tuple[Due, ...]:
        """The next row of each conversation in a channel, in the order in which they became due.

        Bot rows of an older generation are cancelled: a human took over, or danger came in.
        """
        cancel_overtaken(self._connection)
        earlier = outbound.alias("earlier")
        has_earlier = exists().where(
            earlier.c.conversation_id == outbound.c.conversation_id,
            earlier.c.seq < outbound.c.seq,
            earlier.c.state.in_(UNFINISHED),
        )
        rows = self._connection.execute(
            select(
                outbound,
                conversation.c.wrote_at,
                conversation.c.paced_until,
                conversation.c.unreachable,
            )
            .join(conversation, conversation.c.id == outbound.c.conversation_id)
            .where(
                outbound.c.channel == channel,
                outbound.c.purpose != Purpose.PAGE,
                outbound.c.state.in_(WAITING),
                is_due(outbound.c.next_try_at, now),
                ~has_earlier,
            )
            .order_by(outbound.c.next_try_at, outbound.c.seq)
            .limit(limit)
        )
        return tuple(_due(row) for row in rows)

    def claim_pages(
        self, now: datetime, lease: timedelta, limit: int, busy: Collection[str] = ()
    ) -> tuple[Outbound, ...]:
        """Take pages to staff; they are committed as `sending` before the provider is called.

        One whose sender died inside the call is taken again: a hotline may have no other channel.
        Those of `busy` channels stay where they are.
        """
        self.recover(now)
        rows = self._connection.execute(
            select(outbound, case_file.c.trace_id)
            .join(case_file, case_file.c.id == outbound.c.case_id)
            .where(
                outbound.c.purpose == Purpose.PAGE,
                outbound.c.state.in_(WAITING),
                is_due(outbound.c.next_try_at, now),
                outbound.c.channel.not_in(list(busy)),
            )
            .order_by(outbound.c.next_try_at, outbound.c.created_at)
            .limit(limit)
        ).all()
        taken = (self._take(row, now, lease) for row in rows)
        return tuple(row for row in taken if row is not None)

    def give_up_unknown(self, now: datetime) -> tuple[Ended, ...]:
        """End the pages of which nobody knows for the second time whether they rang."""
        self.recover(now)
        rows = self._connection.execute(
            update(outbound)
            .where(
                outbound.c.purpose == Purpose.PAGE,
                outbound.c.state == Delivery.UNCERTAIN,
                text("uncertain_count > 0"),  # to the letter as in its index
                outbound.c.uncertain_count >= MOST_UNKNOWN,
            )
            .values(state=Delivery.FAILED_PERMANENTLY, error="outcome_unknown")
            .returning(outbound.c.id, outbound.c.channel, outbound.c.case_id)
        )
        return tuple(Ended(row.id, Purpose.PAGE, row.channel, row.case_id, None) for row in rows)

    def take(self, row_id: str, now: datetime, lease: timedelta) -> Outbound | None:
        """Take one row to a person; None when it cannot be read, which ends it."""
        row = self._connection.execute(self._with_person(row_id)).one()
        return self._take(row, now, lease)

    @staticmethod
    def _with_person(row_id: str) -> Select[tuple[object, ...]]:
        return (
            select(
                outbound,
                conversation.c.person_id,
                conversation.c.address_sealed.label("person_address"),
            )
            .join(conversation, conversation.c.id == outbound.c.conversation_id)
            .where(outbound.c.id == row_id)
        )

    def _take(
        self, row: Row[tuple[object, ...]], now: datetime, lease: timedelta
    ) -> Outbound | None:
        try:
            address, body = self._read(row)
        except KeyMissingError:
            # One row that cannot be read must not stop all others.
            self.end(row.id, Delivery.FAILED_PERMANENTLY, "unreadable")
            return None
        token = new_id()
        self._connection.execute(
            update(outbound)
            .where(outbound.c.id == row.id)
            .values(
                state=Delivery.SENDING,
                lease_token=token,
                lease_until=now + lease,
                provider_status=None,
                attempts=outbound.c.attempts + 1,
            )
        )
        return Outbound(
            id=row.id,
            purpose=Purpose(row.purpose),
            channel=row.channel,
            token=token,
            attempts=row.attempts + 1,
            text=body["text"],
            address=address,
            buttons=read_buttons(body.get("buttons", ())),
            author=Author(row.author),
            created_at=row.created_at,
            uncertain=row.state == Delivery.UNCERTAIN,
            as_template=row.purpose == Purpose.ASK,
            page_id=row.page_id,
            trace_id="" if row.purpose != Purpose.PAGE else row.trace_id or row.case_id,
        )

    def _read(self, row: Row[tuple[object, ...]]) -> tuple[str | None, dict[str, Any]]:
        address = None
        if row.purpose == Purpose.PAGE:
            if row.address_sealed is not None:
                place = f"address:{row.id}"
                address = self._open(staff_key(row.staff_id), row.address_sealed, place)
            return address, self._open(case_key(row.case_id), row.body_sealed, f"outbound:{row.id}")
        key = person_key(row.person_id)
        if row.person_address is not None:
            place = f"address:{row.conversation_id}"
            address = self._open(key, row.person_address, place)
        return address, self._open(key, row.body_sealed, f"outbound:{row.id}")

    def wait(self, row_id: str, until: datetime) -> None:
        """Try again at a moment, without a call in between."""
        self._connection.execute(
            update(outbound).where(outbound.c.id == row_id).values(next_try_at=until)
        )

    def end(self, row_id: str, state: Delivery, error: str | None) -> None:
        """Give a row a state without a call: held, cancelled or failed for good."""
        self._connection.execute(
            update(outbound)
            .where(outbound.c.id == row_id)
            .values(
                state=state,
                error=error,
                asked_by=None,
                released_by=None,
                released_at=None,
                lease_token=None,
                lease_until=None,
            )
        )

    def ended(self, row_id: str) -> Ended | None:
        """Where a row to staff belongs; None for any other."""
        row = self._connection.execute(
            select(outbound).where(outbound.c.id == row_id, outbound.c.purpose == Purpose.PAGE)
        ).first()
        if row is None:
            return None
        return Ended(row.id, Purpose.PAGE, row.channel, row.case_id, row.conversation_id)

    def complete(
        self,
        message: Outbound,
        state: Delivery,
        now: datetime,
        *,
        provider_id: str | None = None,
        error: str | None = None,
        next_try_at: datetime | None = None,
    ) -> Ended | None:
        """Record how a call ended; None when the lease was lost to another worker."""
        counted = 1 if state is Delivery.UNCERTAIN and not message.uncertain else 0
        row = self._connection.execute(
            update(outbound)
            .where(outbound.c.id == message.id, outbound.c.lease_token == message.token)
            .values(
                state=state,
                error=error,
                lease_token=None,
                lease_until=None,
                sent_at=now if state is Delivery.SENT else None,
                next_try_at=next_try_at or now,
                provider_id=provider_id,
                uncertain_count=outbound.c.uncertain_count + counted,
            )
            .returning(
                outbound.c.purpose,
                outbound.c.channel,
                outbound.c.case_id,
                outbound.c.conversation_id,
            )
        ).first()
        if row is None:
            return None
        return Ended(
            message.id, Purpose(row.purpose), row.channel, row.case_id, row.conversation_id
        )


def _due(row: Row[tuple[object, ...]]) -> Due:
    return Due(
        row.id,
        row.channel,
        row.conversation_id,
        Circumstances(
            wrote_at=row.wrote_at,
            paced_until=row.paced_until,
            unreachable=row.unreachable,
            released=row.released_at is not None,
            is_template=row.purpose == Purpose.ASK,
        ),
    )
