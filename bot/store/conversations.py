"""People, how they reach us, and the state of their conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from bot.domain.conversation import Conversation, HandledBy, Offered, Talk, is_phone
from bot.store.identities import Identities
from bot.store.rows import SealedRows, new_id, person_key, plain_buttons, read_buttons
from bot.store.tables import conversation, inbound, outbound, person

# Said for every message: building a statement costs more than running it.
_BY_ID = select(conversation).where(conversation.c.id == bindparam("of"))
_BY_PERSON = select(conversation).where(
    conversation.c.person_id == bindparam("person"), conversation.c.channel == bindparam("in")
)
_NEW_PERSON, _NEW = insert(person), insert(conversation)
_TAKE_SEQ = (
    update(conversation)
    .where(conversation.c.id == bindparam("of"))
    .values(next_seq=conversation.c.next_seq + 1)
    .returning(conversation.c.next_seq, conversation.c.generation)
)
_SET = update(conversation).where(conversation.c.id == bindparam("of"))

# Operators give a number to somebody else after months, not before.
NUMBER_STAYS = timedelta(days=30)


class Conversations(SealedRows):
    """Conversations by identity, and their lines."""

    def for_sender(
        self,
        channel: str,
        sender: str,
        now: datetime,
        *,
        aliases: Sequence[str] = (),
        address: str = "",
    ) -> Conversation:
        """The conversation of a sender, with a new person when nobody of these is known.

        Answers go to `address` from now on.
        """
        identities = Identities(self._connection, self._vault)
        person_id = identities.find(channel, sender, aliases)
        known = None if person_id is None else self._of_person(person_id, channel)
        if known is not None and is_phone(sender) and self._may_be_another(known, now):
            known = None
        is_new = known is None
        if known is None:
            known = self._new(channel, now)
        if is_new or aliases:
            for value, former in identities.link(known.person_id, channel, (sender, *aliases)):
                self._lose_number(former, channel, value)
        if address and address != known.address:
            sealed = self._seal(person_key(known.person_id), address, f"address:{known.id}")
            self._set(known.id, address_sealed=sealed)
            known = replace(known, address=address)
        return known

    def _may_be_another(self, known: Conversation, now: datetime) -> bool:
        """Whether a number alone, after so long, may speak for its next owner.

        Meta's own id is what the person had written under; what Twilio lists has numbers only.
        """
        if known.wrote_at is None or now - known.wrote_at < NUMBER_STAYS:
            return False
        identities = Identities(self._connection, self._vault)
        return identities.has_strong(known.channel, known.person_id)

    def _lose_number(self, person_id: str, channel: str, number: str) -> None:
        """Somebody else has the number now: nothing for the former owner may go there."""
        former = self._of_person(person_id, channel)
        if former is not None and former.address == number:
            self.set_unreachable(former.id, "number_passed_on")

    def find_sender(self, channel: str, sender: str) -> Conversation | None:
        """The conversation of a known sender."""
        person_id = Identities(self._connection, self._vault).find(channel, sender)
        return None if person_id is None else self._of_person(person_id, channel)

    def _of_person(self, person_id: str, channel: str) -> Conversation | None:
        row = self._connection.execute(_BY_PERSON, {"person": person_id, "in": channel}).first()
        return None if row is None else self._read(row)

    def _new(self, channel: str, now: datetime) -> Conversation:
        person_id, conversation_id = new_id(), new_id()
        self._vault.make(person_key(person_id))
        self._connection.execute(_NEW_PERSON, {"id": person_id, "created_at": now})
        self._connection.execute(
            _NEW,
            {
                "id": conversation_id,
                "person_id": person_id,
                "channel": channel,
                "handled_by": HandledBy.BOT,
                "generation": 0,
                "talk": Talk.ASSISTANT,
                "next_seq": 1,
                "created_at": now,
            },
        )
        return self.get(conversation_id)

    def heard(self, conversation_id: str, now: datetime) -> None:
        """The person wrote: they can be reached, and answers may ring their phone for a while."""
        self._connection.execute(
            _SET, {"of": conversation_id, "wrote_at": now, "unreachable": None}
        )

    def set_unreachable(self, conversation_id: str, reason: str | None) -> None:
        """Nothing reaches this person here (blocked, unsubscribed), until they write again."""
        self._set(conversation_id, unreachable=reason)

    def set_paced(self, conversation_id: str, until: datetime) -> None:
        """Until when the pace of this chat is taken."""
        self._set(conversation_id, paced_until=until)

    def get(self, conversation_id: str) -> Conversation:
        """A conversation by its id; KeyError when there is none."""
        row = self._connection.execute(_BY_ID, {"of": conversation_id}).first()
        if row is None:
            raise KeyError(conversation_id)
        return self._read(row)

    def _read(self, row: Row[tuple[object, ...]]) -> Conversation:
        offered = Offered()
        if row.offered_sealed:
            data = self._open(person_key(row.person_id), row.offered_sealed, f"offered:{row.id}")
            offered = Offered(data["outbound_id"], read_buttons(data["buttons"]))
        address = None
        if row.address_sealed:
            address = self._open(person_key(row.person_id), row.address_sealed, f"address:{row.id}")
        return Conversation(
            id=row.id,
            person_id=row.person_id,
            channel=row.channel,
            handled_by=HandledBy(row.handled_by),
            generation=row.generation,
            talk=Talk(row.talk),
            staff_id=row.staff_id,
            case_id=row.case_id,
            offered=offered,
            address=address,
            wrote_at=row.wrote_at,
            unreachable=row.unreachable,
        )

    def take_place(self, conversation_id: str) -> tuple[int, int]:
        """The next place in the conversation's order of lines, and its generation now."""
        row = self._connection.execute(_TAKE_SEQ, {"of": conversation_id}).one()
        return int(row.next_seq) - 1, int(row.generation)

    def set_talk(self, conversation_id: str, talk: Talk) -> None:
        """Which part of the bot answers from now on."""
        self._set(conversation_id, talk=talk)

    def set_case(self, conversation_id: str, case_id: str | None) -> None:
        """The case that new messages belong to."""
        self._set(conversation_id, case_id=case_id)

    def set_offered(self, known: Conversation, offered: Offered) -> None:
        """The choices that a number now refers to."""
        data = {"outbound_id": offered.outbound_id, "buttons": plain_buttons(offered.buttons)}
        sealed = self._seal(person_key(known.person_id), data, f"offered:{known.id}")
        self._set(known.id, offered_sealed=sealed if offered.buttons else None)

    def hand_to(self, conversation_id: str, handled_by: HandledBy, staff_id: str | None) -> None:
        """Change who answers; the generation grows, so that older bot rows never leave."""
        self._set(
            conversation_id,
            handled_by=handled_by,
            staff_id=staff_id,
            generation=conversation.c.generation + 1,
        )

    def held_by(self, staff_id: str) -> tuple[str, ...]:
        """Ids of the conversations in which this member of staff answers now."""
        rows = self._connection.execute(
            select(conversation.c.id)
            .where(
                conversation.c.handled_by == HandledBy.HUMAN, conversation.c.staff_id == staff_id
            )
            .order_by(conversation.c.id)
        )
        return tuple(row.id for row in rows)

    def interrupt(self, conversation_id: str) -> None:
        """Make all bot rows written or being written so far too old to leave."""
        self._set(conversation_id, generation=conversation.c.generation + 1)

    def outage_told_at(self, conversation_id: str) -> datetime | None:
        """When this person was last told that the assistant is down, during this outage."""
        row = self._connection.execute(
            select(conversation.c.outage_told_at).where(conversation.c.id == conversation_id)
        ).one()
        told: datetime | None = row.outage_told_at
        return told

    def set_outage_told(self, conversation_id: str, at: datetime | None) -> None:
        """Remember the notice, or forget it once the outage is over."""
        self._set(conversation_id, outage_told_at=at)

    def tracker(self, known: Conversation) -> list[dict[str, Any]]:
        """The assistant's events of this conversation so far."""
        row = self._connection.execute(
            select(conversation.c.tracker_sealed).where(conversation.c.id == known.id)
        ).one()
        if row.tracker_sealed is None:
            return []
        events: list[dict[str, Any]] = self._open(
            person_key(known.person_id), row.tracker_sealed, f"tracker:{known.id}"
        )
        return events

    def set_tracker(self, known: Conversation, events: Sequence[Mapping[str, Any]]) -> None:
        """Keep the assistant's events."""
        place = f"tracker:{known.id}"
        self._set(
            known.id,
            tracker_sealed=self._seal(person_key(known.person_id), list(events), place),
        )

    def _set(self, conversation_id: str, **values: object) -> None:
        self._connection.execute(
            update(conversation).where(conversation.c.id == conversation_id).values(**values)
        )

    def seq_of(self, conversation_id: str, line_id: str) -> int | None:
        """The place of a line, inbound or outbound; None when it is not of this conversation."""
        for table in (inbound, outbound):
            row = self._connection.execute(
                select(table.c.seq).where(
                    table.c.id == line_id, table.c.conversation_id == conversation_id
                )
            ).first()
            if row is not None:
                seq: int | None = row.seq
                return seq
        return None
