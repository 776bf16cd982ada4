"""Requests that cannot prove where they come from, or make no sense: kept, not obeyed."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, insert, select, update

from bot.store.rows import ORGANISATION_KEY, SealedRows, new_id
from bot.store.tables import quarantine

MOST_HELD = 1000


class QuarantineState(StrEnum):
    """Life of a refused request: held -> released (taken in after all) or dropped."""

    HELD = "held"
    RELEASED = "released"
    DROPPED = "dropped"


class Quarantine(SealedRows):
    """Refused requests; a repeat is counted, and a flood cannot fill the disk."""

    def add(self, channel: str, reason: str, body: bytes, now: datetime) -> bool:
        """Keep a refused request; False when there are too many already and it is not kept."""
        body_hash = hashlib.sha256(body).hexdigest()
        repeated = self._connection.execute(
            update(quarantine)
            .where(quarantine.c.channel == channel, quarantine.c.body_hash == body_hash)
            .values(times=quarantine.c.times + 1)
            .returning(quarantine.c.id)
        ).first()
        if repeated is not None:
            return True
        if self.held_count() >= MOST_HELD:
            return False
        row_id = new_id()
        text = base64.b64encode(body).decode()
        self._connection.execute(
            insert(quarantine).values(
                id=row_id,
                channel=channel,
                at=now,
                reason=reason[:40],
                body_hash=body_hash,
                body_sealed=self._seal(ORGANISATION_KEY, text, f"quarantine:{row_id}"),
                times=1,
                state=QuarantineState.HELD,
            )
        )
        return True

    def held_count(self) -> int:
        """How many refused requests wait for a decision."""
        row = self._connection.execute(
            select(func.count())
            .select_from(quarantine)
            .where(quarantine.c.state == QuarantineState.HELD)
        ).one()
        return int(row[0])
