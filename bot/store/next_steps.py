"""What comes next in cases, and the open cases that somebody has to hand over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Row, insert, or_, select, update

from bot.domain.cases import CaseState
from bot.domain.handover import Commitment, NextStep
from bot.language.types import Urgency
from bot.store.rows import SealedRows, case_key, new_id
from bot.store.tables import case_file, next_step

_OWNED = (
    select(case_file.c.id, case_file.c.reference, case_file.c.owner_id)
    .where(
        case_file.c.state == CaseState.OPEN,
        case_file.c.urgency_rank >= Urgency.URGENT.rank,
        case_file.c.owner_id.is_not(None),
    )
    .order_by(case_file.c.opened_at, case_file.c.id)
)


@dataclass(frozen=True)
class OwnedCase:
    """An open emergency or urgent case that somebody looks after."""

    id: str
    reference: str
    owner_id: str


class NextSteps(SealedRows):
    """Steps stay when they are done; a case may have several open ones."""

    def set(
        self,
        case_id: str,
        owner_id: str,
        text: str,
        due_at: datetime,
        *,
        set_by: str,
        now: datetime,
    ) -> str:
        """Plan a step; who plans it for themselves has accepted it."""
        step_id = new_id()
        self._connection.execute(
            insert(next_step).values(
                id=step_id,
                case_id=case_id,
                owner_id=owner_id,
                set_by=set_by,
                text_sealed=self._seal(case_key(case_id), text, f"step:{step_id}"),
                due_at=due_at,
                set_at=now,
                accepted_at=now if owner_id == set_by else None,
            )
        )
        return step_id

    def open_of(self, case_id: str) -> tuple[NextStep, ...]:
        """What is not done yet in a case, the soonest first."""
        rows = self._connection.execute(
            select(next_step)
            .where(next_step.c.case_id == case_id, next_step.c.done_at.is_(None))
            .order_by(next_step.c.due_at, next_step.c.id)
        )
        return tuple(
            replace(
                _read(row),
                text=self._open(case_key(row.case_id), row.text_sealed, f"step:{row.id}"),
            )
            for row in rows
        )

    def accept(self, step_id: str, owner_id: str, now: datetime) -> bool:
        """The one who is to do it says yes; False when it is not theirs, done, or accepted."""
        return self._mark(
            step_id,
            next_step.c.owner_id == owner_id,
            next_step.c.accepted_at.is_(None),
            accepted_at=now,
        )

    def done(self, step_id: str, now: datetime) -> bool:
        """It was done, or is not needed any more; False when it was done before."""
        return self._mark(step_id, done_at=now)

    def told(self, step_id: str, now: datetime) -> bool:
        """Its owner was reminded that it is due."""
        return self._mark(step_id, told_at=now)

    def raised(self, step_id: str, now: datetime) -> bool:
        """Its owner did nothing after the reminder: the supervisors were told."""
        return self._mark(step_id, raised_at=now)

    def overdue(self, now: datetime, raise_before: datetime, limit: int) -> tuple[NextStep, ...]:
        """Steps of open cases whose time is over, without their words, the longest first.

        Those of which nobody was told yet, and those whose owner was reminded before a moment and
        the supervisors were not told.
        """
        rows = self._connection.execute(
            select(next_step)
            .join(case_file, case_file.c.id == next_step.c.case_id)
            .where(
                next_step.c.done_at.is_(None),
                next_step.c.due_at <= now,
                next_step.c.raised_at.is_(None),
                case_file.c.state == CaseState.OPEN,
                or_(next_step.c.told_at.is_(None), next_step.c.told_at <= raise_before),
            )
            .order_by(next_step.c.due_at, next_step.c.id)
            .limit(limit)
        )
        return tuple(_read(row) for row in rows)

    def cases_with_steps_of(self, owner_id: str) -> tuple[str, ...]:
        """Ids of the open cases in which a member has something to do, the soonest first."""
        rows = self._connection.execute(
            select(next_step.c.case_id)
            .join(case_file, case_file.c.id == next_step.c.case_id)
            .where(
                next_step.c.owner_id == owner_id,
                next_step.c.done_at.is_(None),
                case_file.c.state == CaseState.OPEN,
            )
            .order_by(next_step.c.due_at, next_step.c.id)
        )
        return tuple(dict.fromkeys(row.case_id for row in rows))

    def _mark(self, step_id: str, *rules: object, **values: object) -> bool:
        statement = update(next_step).where(
            next_step.c.id == step_id, next_step.c.done_at.is_(None)
        )
        for rule in rules:
            statement = statement.where(rule)  # type: ignore[arg-type]
        changed = self._connection.execute(statement.values(**values).returning(next_step.c.id))
        return changed.first() is not None

    def owned_cases(self, owner_id: str | None = None) -> tuple[OwnedCase, ...]:
        """Open emergency and urgent cases with an owner, of one member or of all.

        Nothing sealed is read: one lost key must not hide who is on call.
        """
        asked = _OWNED if owner_id is None else _OWNED.where(case_file.c.owner_id == owner_id)
        rows = self._connection.execute(asked)
        return tuple(OwnedCase(row.id, row.reference, row.owner_id) for row in rows)

    def commitments(self, case_ids: Sequence[str]) -> dict[str, list[Commitment]]:
        """The open steps of cases without their words, by case."""
        rows = self._connection.execute(
            select(next_step)
            .where(next_step.c.case_id.in_(case_ids), next_step.c.done_at.is_(None))
            .order_by(next_step.c.due_at, next_step.c.id)
        )
        found: dict[str, list[Commitment]] = defaultdict(list)
        for row in rows:
            found[row.case_id].append(
                Commitment(row.case_id, row.owner_id, row.due_at, row.accepted_at)
            )
        return dict(found)


def _read(row: Row[tuple[object, ...]]) -> NextStep:
    """A step without its words, which are sealed."""
    return NextStep(
        case_id=row.case_id,
        owner_id=row.owner_id,
        due_at=row.due_at,
        accepted_at=row.accepted_at,
        id=row.id,
        set_by=row.set_by,
        set_at=row.set_at,
        told_at=row.told_at,
    )
