"""Requests that cannot prove where they come from, or make no sense: kept, not obeyed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from bot.store.rows import ORGANISATION_KEY, SealedRows, new_id
from bot.store.tables import quarantine

MOST_HELD = 1000


class QuarantineState(StrEnum):
    """Life of a refused request: held -> released (taken in after all) or dropped."""

    HELD = "held"
    RELEASED = "released"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Refused:
    """A refused request; `at` is when it came first, `times` how often the same one came.

    `body` is empty when it was too large to keep, and once the request is settled.
    """

    id: str
    channel: str
    at: datetime
    reason: str
    times: int
    state: QuarantineState
    settled_by: str | None = None
    settled_at: datetime | None = None
    body: bytes = field(default=b"", repr=False)


class Quarantine(SealedRows):
    """Refused requests; a repeat is counted, and a flood cannot fill the disk."""

    def add(self, channel: str, reason: str, body: bytes, now: datetime) -> bool:
        """Keep a refused request; False when there are too many already and it is not kept."""
        # Without its body one request looks like another: the reason tells them apart.
        body_hash = hashlib.sha256(body or reason.encode()).hexdigest()
        repeated = self._connection.execute(
            update(quarantine)
            .where(quarantine.c.channel == channel, quarantine.c.body_hash == body_hash)
            .values(times=quarantine.c.times + 1)
            .returning(quarantine.c.id)
        ).first()
        if repeated is not None:
            if not body:
                # What was settled was another one: this one has not been seen by anybody.
                self._hold_again(repeated.id, now)
            return True
        if self.held_counts().get(channel, 0) >= MOST_HELD:
            return False
        row_id = new_id()
        self._connection.execute(
            insert(quarantine).values(
                id=row_id,
                channel=channel,
                at=now,
                reason=reason[:40],
                body_hash=body_hash,
                body_sealed=self._sealed(row_id, body),
                times=1,
                state=QuarantineState.HELD,
            )
        )
        return True

    def _hold_again(self, row_id: str, now: datetime) -> None:
        self._connection.execute(
            update(quarantine)
            .where(quarantine.c.id == row_id, quarantine.c.state != QuarantineState.HELD)
            .values(state=QuarantineState.HELD, at=now, times=1, settled_by=None, settled_at=None)
        )

    def _sealed(self, row_id: str, body: bytes) -> bytes:
        text = base64.b64encode(body).decode()
        return self._seal(ORGANISATION_KEY, text, f"quarantine:{row_id}")

    def held_count(self) -> int:
        """How many refused requests wait for a decision."""
        # Asked for every refused request of a flood: counted in the index alone.
        held = select(func.count()).where(quarantine.c.state == QuarantineState.HELD)
        return int(self._connection.execute(held).scalar_one())

    def held_counts(self) -> Mapping[str, int]:
        """How many refused requests wait for a decision, by channel."""
        rows = self._connection.execute(
            select(quarantine.c.channel, func.count())
            .where(quarantine.c.state == QuarantineState.HELD)
            .group_by(quarantine.c.channel)
        )
        return {channel: int(count) for channel, count in rows}

    def held(self, limit: int) -> tuple[Refused, ...]:
        """What waits for a decision, newest first."""
        return self._listed(QuarantineState.HELD, limit)

    def settled(self, limit: int) -> tuple[Refused, ...]:
        """What was decided last, newest first."""
        return self._listed(None, limit)

    def _listed(self, state: QuarantineState | None, limit: int) -> tuple[Refused, ...]:
        wanted = select(quarantine)
        if state is None:
            wanted = wanted.where(quarantine.c.state != QuarantineState.HELD).order_by(
                quarantine.c.settled_at.desc()
            )
        else:
            wanted = wanted.where(quarantine.c.state == state).order_by(quarantine.c.at.desc())
        rows = self._connection.execute(wanted.order_by(quarantine.c.id).limit(limit))
        return tuple(self._read(row) for row in rows)

    def get(self, row_id: str) -> Refused | None:
        """A refused request by its id."""
        row = self._connection.execute(select(quarantine).where(quarantine.c.id == row_id)).first()
        return None if row is None else self._read(row)

    def _read(self, row: Row[tuple[Any, ...]]) -> Refused:
        text = self._open(ORGANISATION_KEY, row.body_sealed, f"quarantine:{row.id}")
        return Refused(
            row.id,
            row.channel,
            row.at,
            row.reason,
            row.times,
            QuarantineState(row.state),
            row.settled_by,
            row.settled_at,
            base64.b64decode(text),
        )

    def settle(self, row_id: str, state: QuarantineState, staff_id: str, now: datetime) -> None:
        """Somebody decided; nothing happens when somebody did before.

        The body goes: taken in it stands in the conversation, where an erasure finds it.
        """
        self._connection.execute(
            update(quarantine)
            .where(quarantine.c.id == row_id, quarantine.c.state == QuarantineState.HELD)
            .values(
                state=state,
                settled_by=staff_id,
                settled_at=now,
                body_sealed=self._sealed(row_id, b""),
            )
        )
