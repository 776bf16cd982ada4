"""Escalations: who is paged for a case, how far that has got, and who has acknowledged it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Row, and_, case, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from bot.domain.cases import Case
from bot.domain.oncall import Care, Escalation, EscalationState, Policy
from bot.domain.waking import LONGEST_WAIT
from bot.store.alarms import Alarms
from bot.store.rows import new_id
from bot.store.tables import acknowledgement, case_file, escalation

# No step waits so long: a row due later was written before the clock jumped back.
FARTHEST = timedelta(hours=1)
# The first step may be planned for staffed hours; where these are all it waits for, it is looked
# at each hour.
FARTHEST_FIRST = LONGEST_WAIT + FARTHEST
# When a row that cannot be read is tried again.
UNREADABLE_FOR = timedelta(minutes=10)
# As long as a policy may let care wait (see bot.domain.policy_files).
FARTHEST_CARE = timedelta(hours=25)
# More than the clocks of several boxes differ: what was acknowledged so far ahead was so before
# the clock jumped back.
AHEAD = timedelta(minutes=2)
IN_CARE = (Care.WAITING, Care.REMINDED, Care.EXTENDED, Care.EXTENDED_REMINDED)
IS_RESOLVED = case((escalation.c.state == EscalationState.RESOLVED, 1), else_=0)
"""To sort by: of one case at most one escalation is not resolved."""

_ALL = select(escalation, case_file.c.trace_id.label("case_trace")).join(
    case_file, case_file.c.id == escalation.c.case_id
)

_IN_CARE = and_(escalation.c.state == EscalationState.ACKNOWLEDGED, escalation.c.care.in_(IN_CARE))


class Escalations:
    """Rows that the worker advances; everything survives a restart."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self, case: Case, policy: Policy, now: datetime, first_at: datetime) -> Escalation:
        """Begin an escalation whose first step is due at a moment."""
        escalation_id = new_id()
        self._connection.execute(
            insert(escalation).values(
                id=escalation_id,
                case_id=case.id,
                state=EscalationState.RUNNING,
                policy=json.dumps(policy.snapshot()),
                step=0,
                next_at=first_at,
                started_at=now,
                trace_id=case.trace_id,
                care=Care.NONE,
            )
        )
        return self.get(escalation_id)

    def get(self, escalation_id: str) -> Escalation:
        """An escalation by its id; KeyError when there is none."""
        row = self._connection.execute(_ALL.where(escalation.c.id == escalation_id)).first()
        if row is None:
            raise KeyError(escalation_id)
        return _read(row)

    def due(self, now: datetime, limit: int) -> tuple[Escalation, ...]:
        """Running escalations whose next step is due."""
        was_set_back = or_(
            and_(escalation.c.step > 0, escalation.c.next_at > now + FARTHEST),
            escalation.c.next_at > now + FARTHEST_FIRST,
        )
        return self._due(now, limit, escalation.c.state == EscalationState.RUNNING, was_set_back)

    def care_due(self, now: datetime, limit: int) -> tuple[Escalation, ...]:
        """Acknowledged ones whose care has to be looked at.

        After the clock was set back care is looked at now, once: its times begin anew.
        """
        self._connection.execute(
            update(escalation)
            .where(_IN_CARE, escalation.c.acknowledged_at > now + AHEAD)
            .values(acknowledged_at=now, next_at=now)
        )
        return self._due(now, limit, _IN_CARE, escalation.c.next_at > now + FARTHEST_CARE)

    def _due(
        self,
        now: datetime,
        limit: int,
        which: ColumnElement[bool],
        was_set_back: ColumnElement[bool],
    ) -> tuple[Escalation, ...]:
        rows = self._connection.execute(
            _ALL.where(which, or_(escalation.c.next_at <= now, was_set_back))
            .order_by(escalation.c.next_at)
            .limit(limit)
        )
        found = []
        for row in rows.all():
            try:
                found.append(replace(_read(row), next_at=min(row.next_at, now)))
            except (KeyError, TypeError, ValueError):
                # Written by another version, or damaged: it must not hold up those behind it.
                self._put_off(row.id, row.case_id, now)
        return tuple(found)

    def _put_off(self, escalation_id: str, case_id: str, now: datetime) -> None:
        Alarms(self._connection).raise_once("paging_stuck", case_id, now)
        self._connection.execute(
            update(escalation)
            .where(escalation.c.id == escalation_id)
            .values(next_at=now + UNREADABLE_FOR)
        )

    def running_for(self, case_id: str) -> Escalation | None:
        """The escalation of a case that still pages."""
        row = self._connection.execute(
            _ALL.where(
                escalation.c.case_id == case_id, escalation.c.state == EscalationState.RUNNING
            )
        ).first()
        return None if row is None else _read(row)

    def latest_for(self, case_id: str) -> Escalation | None:
        """The newest escalation of a case, whatever its state.

        One that is not resolved is the newest, even if the clock was set back before it began.
        """
        row = self._connection.execute(
            _ALL.where(escalation.c.case_id == case_id).order_by(
                IS_RESOLVED, escalation.c.started_at.desc()
            )
        ).first()
        return None if row is None else _read(row)

    def advance(self, then: Escalation) -> None:
        """Store how an escalation stands now."""
        self._connection.execute(
            update(escalation)
            .where(escalation.c.id == then.id)
            .values(state=then.state, step=then.step, next_at=then.next_at, care=then.care)
        )

    def hurry(self, escalation_id: str, now: datetime) -> None:
        """Take the next step at once: this one reached nobody."""
        self._connection.execute(
            update(escalation)
            .where(escalation.c.id == escalation_id, escalation.c.state == EscalationState.RUNNING)
            .values(next_at=now)
        )

    def acknowledge(
        self, escalation_id: str, staff_id: str, care: Care, next_at: datetime, now: datetime
    ) -> None:
        """Somebody has it; their care is looked at next at a moment."""
        self._connection.execute(
            update(escalation)
            .where(escalation.c.id == escalation_id)
            .values(
                state=EscalationState.ACKNOWLEDGED,
                acknowledged_by=staff_id,
                acknowledged_at=now,
                care=care,
                next_at=next_at,
            )
        )

    def note_cared(self, escalation_id: str, staff_id: str, how: str, now: datetime) -> None:
        """Something was really done: nothing is watched any more."""
        self._connection.execute(
            update(escalation)
            .where(escalation.c.id == escalation_id)
            .values(care=Care.CARED, cared_by=staff_id, cared_at=now, cared_how=how)
        )

    def rests_on(self, escalation_id: str, how: str, at: datetime) -> bool:
        """Whether what was done at a moment, in a way, is what stopped the clock of care."""
        row = self._connection.execute(
            select(escalation.c.id).where(
                escalation.c.id == escalation_id,
                escalation.c.state == EscalationState.ACKNOWLEDGED,
                escalation.c.care == Care.CARED,
                escalation.c.cared_how == how,
                escalation.c.cared_at == at,
            )
        ).first()
        return row is not None

    def move_cared(self, escalation_id: str, at: datetime) -> None:
        """Care rests on what was done at another moment."""
        self._connection.execute(
            update(escalation).where(escalation.c.id == escalation_id).values(cared_at=at)
        )

    def note_not_cared(self, escalation_id: str, next_at: datetime) -> None:
        """What counted as care was none: the clock runs again, to a moment."""
        self._connection.execute(
            update(escalation)
            .where(escalation.c.id == escalation_id)
            .values(
                care=Care.WAITING, next_at=next_at, cared_by=None, cared_at=None, cared_how=None
            )
        )

    def add_holder(self, escalation_id: str, staff_id: str, channel: str, now: datetime) -> None:
        """A member says "I have it", for the first time or once more."""
        values = {"channel": channel, "at": now, "lapsed_at": None}
        row = insert_or_update(acknowledgement).values(
            escalation_id=escalation_id, staff_id=staff_id, **values
        )
        self._connection.execute(
            row.on_conflict_do_update(index_elements=["escalation_id", "staff_id"], set_=values)
        )

    def holders(self, escalation_id: str) -> tuple[str, ...]:
        """Ids of who says "I have it", the first one first."""
        return self._acknowledged(escalation_id, lapsed=False)

    def lapsed(self, escalation_id: str) -> tuple[str, ...]:
        """Ids of who said so and did nothing."""
        return self._acknowledged(escalation_id, lapsed=True)

    def _acknowledged(self, escalation_id: str, *, lapsed: bool) -> tuple[str, ...]:
        has_lapsed = acknowledgement.c.lapsed_at.is_not(None)
        rows = self._connection.execute(
            select(acknowledgement.c.staff_id)
            .where(
                acknowledgement.c.escalation_id == escalation_id,
                has_lapsed if lapsed else ~has_lapsed,
            )
            .order_by(acknowledgement.c.at, acknowledgement.c.staff_id)
        )
        return tuple(row.staff_id for row in rows)

    def held_by(self, staff_id: str) -> tuple[Escalation, ...]:
        """Those that a member says "I have it" of: still paging, or care is still awaited."""
        mine = select(acknowledgement.c.escalation_id).where(
            acknowledgement.c.staff_id == staff_id, acknowledgement.c.lapsed_at.is_(None)
        )
        is_open = or_(escalation.c.state == EscalationState.RUNNING, _IN_CARE)
        rows = self._connection.execute(_ALL.where(escalation.c.id.in_(mine), is_open))
        return tuple(_read(row) for row in rows)

    def release(self, escalation_id: str, staff_id: str, now: datetime) -> None:
        """One of its holders has it no more."""
        self._connection.execute(
            update(acknowledgement)
            .where(
                acknowledgement.c.escalation_id == escalation_id,
                acknowledgement.c.staff_id == staff_id,
            )
            .values(lapsed_at=now)
        )

    def let_lapse(self, escalation_id: str, now: datetime) -> None:
        """Nobody has it any more."""
        self._connection.execute(
            update(acknowledgement)
            .where(
                acknowledgement.c.escalation_id == escalation_id,
                acknowledgement.c.lapsed_at.is_(None),
            )
            .values(lapsed_at=now)
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
        started_at=row.started_at,
        trace_id=row.trace_id or row.case_trace or row.case_id,
        acknowledged_by=row.acknowledged_by,
        care=Care(row.care),
    )
