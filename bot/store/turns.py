"""The inbox: inbound messages, and the turns that they form."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, exists, func, insert, or_, select, update

from bot.domain.conversation import Conversation
from bot.domain.messages import Delivery, Kind, Received, Turn, TurnMessage, TurnState
from bot.language.types import Urgency
from bot.store.rows import SealedRows, is_due, is_over, new_id, person_key
from bot.store.tables import conversation, inbound, outbound, turn

UNSENT = (Delivery.PENDING, Delivery.SENDING, Delivery.FAILED_TEMPORARILY, Delivery.UNCERTAIN)

# Said for every message: building a statement costs more than running it.
_FIND = select(inbound.c.id, inbound.c.turn_id).where(
    inbound.c.channel == bindparam("channel"), inbound.c.external_hash == bindparam("hashed")
)
_COLLECTING = select(turn.c.id, turn.c.opened_at).where(
    turn.c.conversation_id == bindparam("of"),
    turn.c.state == TurnState.OPEN,
    turn.c.closes_at > bindparam("now"),
    turn.c.lease_token.is_(None),
)
_LAST = select(func.coalesce(func.max(turn.c.number), 0)).where(
    turn.c.conversation_id == bindparam("of")
)
_OPEN, _ADD = insert(turn), insert(inbound)


class Turns(SealedRows):
    """Messages in, turns out, each turn held by at most one worker at a time."""

    def find(self, channel: str, external_id: str) -> Received | None:
        """Where a message that was stored before went."""
        hashed = self._vault.lookup(f"external:{channel}", external_id)
        row = self._connection.execute(_FIND, {"channel": channel, "hashed": hashed}).first()
        return None if row is None else Received(row.id, row.turn_id, duplicate=True)

    def collecting(self, conversation_id: str, now: datetime) -> tuple[str, datetime] | None:
        """The turn that still waits for more messages, and since when."""
        row = self._connection.execute(_COLLECTING, {"of": conversation_id, "now": now}).first()
        return None if row is None else (row.id, row.opened_at)

    def open(
        self,
        conversation_id: str,
        now: datetime,
        closes_at: datetime,
        *,
        place: int = 0,
        hold: timedelta = timedelta(0),
    ) -> str:
        """Begin a turn that waits for messages until a moment.

        It is answered after every open turn of a lower place, and not before `hold` is over:
        what the person sent earlier may still arrive.
        """
        row = self._connection.execute(_LAST, {"of": conversation_id}).one()
        turn_id = new_id()
        self._connection.execute(
            _OPEN,
            {
                "id": turn_id,
                "conversation_id": conversation_id,
                "number": row[0] + 1,
                "place": place,
                "state": TurnState.OPEN,
                "opened_at": now,
                "closes_at": closes_at,
                "attempts": 0,
                "next_try_at": max(closes_at, now + hold),
            },
        )
        return turn_id

    def close_at(self, turn_id: str, closes_at: datetime) -> None:
        """Move the moment at which a collecting turn is ready."""
        self._connection.execute(
            update(turn)
            .where(turn.c.id == turn_id)
            .values(closes_at=closes_at, next_try_at=closes_at)
        )

    def conversation_of(self, turn_id: str) -> str:
        """The id of the conversation that a turn belongs to."""
        row = self._connection.execute(
            select(turn.c.conversation_id).where(turn.c.id == turn_id)
        ).one()
        return str(row.conversation_id)

    def ready_at(self, turn_id: str, at: datetime) -> None:
        """What a turn waited for is here: it is answered sooner; nothing when it is not collecting."""
        self._connection.execute(
            update(turn)
            .where(
                turn.c.id == turn_id,
                turn.c.state == TurnState.OPEN,
                turn.c.lease_token.is_(None),
                turn.c.closes_at > at,
            )
            .values(closes_at=at, next_try_at=at)
        )

    def has_words(self, turn_id: str) -> bool:
        """Whether somebody wrote in a turn, beside what stands under a picture."""
        row = self._connection.execute(
            select(inbound.c.id)
            .where(inbound.c.turn_id == turn_id, inbound.c.kind == Kind.TEXT)
            .limit(1)
        ).first()
        return row is not None

    def last_received(self, turn_id: str) -> datetime | None:
        """When the newest message of a turn came in."""
        row = self._connection.execute(
            select(func.max(inbound.c.received_at)).where(inbound.c.turn_id == turn_id)
        ).one()
        at: datetime | None = row[0]
        return at

    def move_up(self, turn_id: str, place: int) -> None:
        """A message that was sent earlier joined: the turn takes its place in the order."""
        self._connection.execute(
            update(turn).where(turn.c.id == turn_id, turn.c.place > place).values(place=place)
        )

    def add(
        self,
        known: Conversation,
        turn_id: str,
        seq: int,
        *,
        channel: str,
        external_id: str,
        message: TurnMessage,
        urgency: Urgency,
        now: datetime,
        place: int = 0,
    ) -> str:
        """Store a message as part of a turn and return its id."""
        message_id = new_id()
        body = {
            "text": message.text,
            "payload": message.payload,
            "problem": message.problem,
            "detail": message.detail,
        }
        sealed = self._seal(person_key(known.person_id), body, f"inbound:{message_id}")
        self._connection.execute(
            _ADD,
            {
                "id": message_id,
                "conversation_id": known.id,
                "turn_id": turn_id,
                "channel": channel,
                "external_hash": self._vault.lookup(f"external:{channel}", external_id),
                "seq": seq,
                "place": place,
                "kind": message.kind,
                "body_sealed": sealed,
                "urgency": urgency,
                "received_at": now,
            },
        )
        return message_id

    def claim(self, now: datetime, lease: timedelta, limit: int) -> tuple[Turn, ...]:
        """Take the oldest ready turn of each conversation, unless one is already in work.

        A lease that ran out (its worker died) is taken over under a new token.
        """
        older = turn.alias("older")
        has_older = exists().where(
            older.c.conversation_id == turn.c.conversation_id,
            # With an empty text behind it SQLite takes the index by conversation: by the state it
            # would go through all open turns for each that is claimed, in a burst thousands.
            older.c.state + "" == TurnState.OPEN,
            or_(
                older.c.place < turn.c.place,
                and_(older.c.place == turn.c.place, older.c.number < turn.c.number),
            ),
        )
        free = or_(turn.c.lease_token.is_(None), is_over(turn.c.lease_until, now))
        rows = self._connection.execute(
            select(turn.c.id, turn.c.conversation_id, turn.c.attempts, turn.c.outcome)
            .where(
                turn.c.state == TurnState.OPEN, is_due(turn.c.next_try_at, now), free, ~has_older
            )
            .order_by(turn.c.next_try_at)
            .limit(limit)
        ).all()
        claimed = []
        for row in rows:
            token = new_id()
            self._connection.execute(
                update(turn)
                .where(turn.c.id == row.id)
                .values(lease_token=token, lease_until=now + lease, attempts=turn.c.attempts + 1)
            )
            claimed.append(
                Turn(row.id, row.conversation_id, row.attempts + 1, token, row.outcome or "")
            )
        return tuple(claimed)

    def next_due(self, now: datetime) -> datetime | None:
        """When the next turn that still waits will be ready."""
        row = self._connection.execute(
            select(func.min(turn.c.next_try_at)).where(
                turn.c.state == TurnState.OPEN,
                turn.c.lease_token.is_(None),
                turn.c.next_try_at > now,
            )
        ).one()
        due: datetime | None = row[0]
        return due

    def messages(self, turn_id: str) -> tuple[TurnMessage, ...]:
        """The messages of a turn, in order."""
        rows = self._connection.execute(
            select(inbound.c.id, inbound.c.kind, inbound.c.body_sealed, conversation.c.person_id)
            .join(conversation, conversation.c.id == inbound.c.conversation_id)
            .where(inbound.c.turn_id == turn_id)
            .order_by(inbound.c.place, inbound.c.seq)
        )
        found = []
        for row in rows:
            body = self._open(person_key(row.person_id), row.body_sealed, f"inbound:{row.id}")
            found.append(
                TurnMessage(
                    body["text"],
                    body["payload"],
                    body["problem"],
                    Kind(row.kind),
                    body.get("detail", ""),
                )
            )
        return tuple(found)

    def urgency(self, turn_id: str) -> Urgency:
        """The highest urgency that screening saw in the messages of a turn."""
        rows = self._connection.execute(
            select(inbound.c.urgency).where(inbound.c.turn_id == turn_id)
        )
        return Urgency.highest(*(Urgency(row.urgency) for row in rows))

    def finish(
        self, turn_id: str, token: str, state: TurnState, outcome: str, now: datetime
    ) -> bool:
        """End a turn; False, with nothing changed, when the lease went to another worker."""
        done = self._connection.execute(
            update(turn)
            .where(
                turn.c.id == turn_id, turn.c.lease_token == token, turn.c.state == TurnState.OPEN
            )
            .values(state=state, outcome=outcome, done_at=now, lease_token=None, lease_until=None)
            .returning(turn.c.id)
        ).first()
        return done is not None

    def finish_unclaimed(self, turn_id: str, outcome: str, now: datetime) -> None:
        """End a turn that no worker needs to see, in the transaction of its message."""
        self._connection.execute(
            update(turn).where(turn.c.id == turn_id).values(**_ended(outcome, now))
        )

    def set_aside(self, conversation_id: str, outcome: str, now: datetime) -> None:
        """End all open turns of a conversation, those at work too, for something comes first."""
        self._connection.execute(
            update(turn)
            .where(turn.c.conversation_id == conversation_id, turn.c.state == TurnState.OPEN)
            .values(**_ended(outcome, now))
        )

    def take_up(self, conversation_id: str, aside: str, outcome: str, now: datetime) -> None:
        """Open the turns again that were set aside, with a word on why for whoever answers."""
        self._connection.execute(
            update(turn)
            .where(
                turn.c.conversation_id == conversation_id,
                turn.c.state == TurnState.DONE,
                turn.c.outcome == aside,
            )
            .values(
                state=TurnState.OPEN, outcome=outcome, closes_at=now, next_try_at=now, done_at=None
            )
        )

    def go_on(self, turn_id: str, outcomes: Collection[str], why: str, now: datetime) -> bool:
        """Open a turn again that ended in one of these ways, with a word on why; False if not."""
        opened = self._connection.execute(
            update(turn)
            .where(
                turn.c.id == turn_id,
                turn.c.state == TurnState.DONE,
                turn.c.outcome.in_(outcomes),
            )
            .values(
                state=TurnState.OPEN,
                outcome=why,
                closes_at=now,
                next_try_at=now,
                done_at=None,
                attempts=0,
            )
            .returning(turn.c.id)
        ).first()
        return opened is not None

    def note_urgency(self, turn_id: str, urgency: Urgency) -> None:
        """The messages of a turn say together what none of them says alone."""
        self._connection.execute(
            update(inbound).where(inbound.c.turn_id == turn_id).values(urgency=urgency)
        )

    def retry(self, turn_id: str, token: str, at: datetime) -> bool:
        """Give a turn back, to be tried again at a moment; False when the lease was lost."""
        given_back = self._connection.execute(
            update(turn)
            .where(turn.c.id == turn_id, turn.c.lease_token == token)
            .values(lease_token=None, lease_until=None, next_try_at=at)
            .returning(turn.c.id)
        ).first()
        return given_back is not None

    def hurry(self, now: datetime) -> None:
        """The assistant is back: try all waiting turns now."""
        self._connection.execute(
            update(turn)
            .where(
                turn.c.state == TurnState.OPEN,
                turn.c.attempts > 0,
                turn.c.lease_token.is_(None),
                turn.c.next_try_at > now,
            )
            .values(next_try_at=now)
        )

    def open_count(self, conversation_id: str) -> int:
        """Turns that are not finished, or whose answer has not left yet."""
        unsent = (
            exists()
            .where(outbound.c.turn_id == turn.c.id, outbound.c.state.in_(UNSENT))
            .correlate(turn)
        )
        row = self._connection.execute(
            select(func.count())
            .select_from(turn)
            .where(
                turn.c.conversation_id == conversation_id,
                or_(turn.c.state == TurnState.OPEN, unsent),
            )
        ).one()
        return int(row[0])

    def waiting(self) -> tuple[int, datetime | None]:
        """How many turns are open, and since when the oldest has been ready."""
        row = self._connection.execute(
            select(func.count(), func.min(turn.c.closes_at)).where(turn.c.state == TurnState.OPEN)
        ).one()
        return int(row[0]), row[1]


def _ended(outcome: str, now: datetime) -> dict[str, object]:
    """What a turn is that no worker needs to see any more."""
    return {
        "state": TurnState.DONE,
        "outcome": outcome,
        "closes_at": now,
        "done_at": now,
        "lease_token": None,
        "lease_until": None,
    }
