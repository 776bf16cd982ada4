"""Escalations: who is paged for a case, and how far that has got."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, insert, or_, select, update

from bot.domain.oncall import Escalation, EscalationState, Policy
from bot.store.rows import new_id
from bot.store.tables import escalation

# No step waits so long: a row due later was written before the clock jumped back.
FARTHEST = timedelta(hours=1)


class Escalations:
    """Rows that the worker advances; everything survives a restart."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self, case_id: str, policy: Policy, now: datetime) -> Escalation:
        """Begin an escalation; its first step is due at once."""
        escalation_id = new_id()
        self._connection.execute(
            insert(escalation).values(
                id=escalation_id,
                case_id=case_id,
                state=EscalationState.RUNNING,
                policy=json.dumps(policy.snapshot()),
                step=0,
                next_at=now,
                started_at=now,
            )
        )
        return Escalation(escalation_id, case_id, EscalationState.RUNNING, policy, 0, now)

    def due(self, now: datetime, limit: int) -> tuple[Escalation, ...]:
        """Running escalations whose next step is due."""
        rows = self._connection.execute(
            select(escalation)
            .where(
                escalation.c.state == EscalationState.RUNNING,
                or_(escalation.c.next_at <= now, escalation.c.next_at > now + FARTHEST),
            )
            .order_by(escalation.c.next_at)
            .limit(limit)
        )
        return tuple(replace(_read(row), next_at=min(row.next_at, now)) for row in rows)

    def running_for(self, case_id: str) -> Escalation | None:
        """The escalation of a case that still pages."""
        row = self._connection.execute(
            select(escalation).where(
                escalation.c.case_id == case_id, escalation.c.state == EscalationState.RUNNING
            )
        ).first()
        return None if row is None else _read(row)

    def latest_for(self, case_id: str) -> Escalation | None:
        """The newest escalation of a case, whatever its state."""
        row = self._connection.execute(
            select(escalation)
            .where(escalation.c.case_id == case_id)
            .order_by(escalation.c.started_at.desc())
        ).first()
        return None if row is None else _read(row)

    def advance(self, then: Escalation) -> None:
        """Store what is due next."""
        self._connection.execute(
            update(escalation)
            .where(escalation.c.id == then.id)
            .values(step=then.step, next_at=then.next_at)
        )

    def acknowledge(self, escalation_id: str, staff_id: str, now: datetime) -> bool:
        """Somebody has it; False when it no longer runs."""
        row = self._connection.execute(
            update(escalation)
            .where(escalation.c.id == escalation_id, escalation.c.state == EscalationState.RUNNING)
            .values(
                state=EscalationState.ACKNOWLEDGED, acknowledged_by=staff_id, acknowledged_at=now
            )
            .returning(escalation.c.id)
        ).first()
        return row is not None

    def hurry(self, case_id: str, now: datetime) -> None:
        """Take the second step of a case at once: the first reached nobody."""
        self._connection.execute(
            update(escalation)
            .where(
                escalation.c.case_id == case_id,
                escalation.c.state == EscalationState.RUNNING,
                escalation.c.step == 1,
            )
            .values(next_at=now)
        )

    def resolve(self, case_id: str) -> None:
        """The case was closed: nothing is due any more."""
        self._connection.execute(
            update(escalation)
            .where(escalation.c.case_id == case_id, escalation.c.state != EscalationState.RESOLVED)
            .values(state=EscalationState.RESOLVED)
        )


def _read(row: Row[tuple[object, ...]]) -> Escalation:
    return Escalation(
        id=row.id,
        case_id=row.case_id,
        state=EscalationState(row.state),
        policy=Policy.restore(json.loads(row.policy)),
        step=row.step,
        next_at=row.next_at,
        acknowledged_by=row.acknowledged_by,
    )
