"""What people wrote lately, for whoever teaches the assistant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Over, Row, bindparam, case, func, literal_column, or_, select

from bot.domain.cases import CaseKind
from bot.domain.conversation import HandledBy
from bot.domain.doubts import DoubtState
from bot.domain.messages import Kind
from bot.domain.review import Heard
from bot.language.types import Urgency
from bot.store.keys import KeyMissingError
from bot.store.rows import SealedRows, person_key
from bot.store.tables import case_file, conversation, doubt, inbound, turn

OF_DANGER = (CaseKind.DANGER, CaseKind.SELF_HARM)
BY_A_HUMAN = "human"
"""The outcome of turns that a human answered."""

_BODY = select(inbound.c.body_sealed).where(inbound.c.id == bindparam("of"))


class Review(SealedRows):
    """Texts with what became known of them; nothing is opened that will not be looked at."""

    def heard(self, since: datetime) -> Iterator[Heard]:
        """The texts that came since a moment, the newest first, each opened when asked for.

        Texts of private conversations (a human answers, or a case of danger) are left out,
        unless their person said afterwards what they meant. Those whose key was erased are
        gone.
        """
        seen: set[str] = set()
        for row in self._connection.execute(_texts(since)).all():
            # A question is about the last text of its turn that had come by then.
            is_asked = row.doubt_id not in {None, *seen} and row.received_at <= row.asked_at
            if row.id in seen:
                continue
            seen.add(row.id)
            if is_asked:
                seen.add(row.doubt_id)
            with suppress(KeyMissingError):
                heard = self._heard(row, is_asked=is_asked)
                if heard is not None:
                    yield heard

    def _heard(self, row: Row[Any], *, is_asked: bool) -> Heard | None:
        payload = self._body(row, row.next_id)["payload"] if row.next_kind == Kind.BUTTON else None
        state = DoubtState(row.doubt_state) if is_asked else None
        kind = CaseKind(row.doubt_kind) if is_asked else None
        private = bool(row.is_private)
        heard = Heard("", payload, state, kind, private)
        if private and not heard.is_answered:
            return None
        return Heard(self._body(row, row.id)["text"], payload, state, kind, private)

    def _body(self, row: Row[Any], message_id: str) -> dict[str, Any]:
        sealed = self._connection.execute(_BODY, {"of": message_id}).one().body_sealed
        body: dict[str, Any] = self._open(
            person_key(row.person_id), sealed, f"inbound:{message_id}"
        )
        return body


def _next(column: Column[str]) -> Over[str]:
    """A column of the message after this one."""
    of, order = inbound.c.conversation_id, inbound.c.seq
    return func.lead(column).over(partition_by=of, order_by=order)


def _texts(since: datetime) -> Any:
    """All texts since a moment, each with the message after it and its danger question."""
    lately = (
        select(
            inbound.c.id,
            inbound.c.conversation_id,
            inbound.c.turn_id,
            inbound.c.kind,
            inbound.c.seq,
            inbound.c.received_at,
            _next(inbound.c.id).label("next_id"),
            _next(inbound.c.kind).label("next_kind"),
        )
        .where(inbound.c.received_at >= since)
        .subquery()
    )
    is_danger = (
        select(literal_column("1"))
        .where(
            case_file.c.conversation_id == lately.c.conversation_id,
            or_(case_file.c.kind.in_(OF_DANGER), case_file.c.urgency == Urgency.EMERGENCY),
        )
        .exists()
    )
    by_human = or_(conversation.c.handled_by == HandledBy.HUMAN, turn.c.outcome == BY_A_HUMAN)
    return (
        select(
            lately.c.id,
            lately.c.received_at,
            lately.c.next_id,
            lately.c.next_kind,
            conversation.c.person_id,
            case((or_(by_human, is_danger), 1), else_=0).label("is_private"),
            doubt.c.id.label("doubt_id"),
            doubt.c.state.label("doubt_state"),
            doubt.c.kind.label("doubt_kind"),
            doubt.c.asked_at,
        )
        .join(conversation, conversation.c.id == lately.c.conversation_id)
        .join(turn, turn.c.id == lately.c.turn_id)
        .outerjoin(doubt, doubt.c.turn_id == lately.c.turn_id)
        .where(lately.c.kind == Kind.TEXT)
        .order_by(lately.c.received_at.desc(), lately.c.seq.desc(), doubt.c.asked_at.desc())
    )
