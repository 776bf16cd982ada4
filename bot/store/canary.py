"""The reports of the robot person, and how each went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from bot.domain.audit_facts import CanaryRun
from bot.store.rows import new_id
from bot.store.tables import canary_run


class CanaryRuns:
    """One row a run; two watchmen share them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, now: datetime) -> CanaryRun:
        """A new run."""
        run_id = new_id()
        self._connection.execute(insert(canary_run).values(id=run_id, started_at=now))
        return CanaryRun(run_id, now)

    def latest(self) -> CanaryRun | None:
        """The run that began last."""
        row = self._connection.execute(
            select(canary_run).order_by(canary_run.c.started_at.desc()).limit(1)
        ).first()
        return None if row is None else _read(row)

    def before(self) -> CanaryRun | None:
        """The run before the latest."""
        row = self._connection.execute(
            select(canary_run).order_by(canary_run.c.started_at.desc()).offset(1).limit(1)
        ).first()
        return None if row is None else _read(row)

    def good_at(self) -> datetime | None:
        """When a run last went through."""
        return self._connection.execute(
            select(canary_run.c.acknowledged_at)
            .where(canary_run.c.acknowledged_at.is_not(None))
            .order_by(canary_run.c.started_at.desc())
            .limit(1)
        ).scalar()

    def has_case(self, run_id: str, case_id: str) -> None:
        """The report of a run opened this case."""
        self._set(run_id, case_id=case_id)

    def paged(self, run_id: str, now: datetime) -> None:
        """The robot's phone rang."""
        self._set(run_id, paged_at=now)

    def acknowledged(self, run_id: str, now: datetime) -> None:
        """The robot has it: the whole way works."""
        self._set(run_id, acknowledged_at=now)

    def failed(self, run_id: str, problem: str) -> None:
        """The run is over, without an acknowledgement."""
        self._set(run_id, problem=problem)

    def _set(self, run_id: str, **values: object) -> None:
        self._connection.execute(
            update(canary_run).where(canary_run.c.id == run_id).values(**values)
        )


def _read(row: Row[tuple[object, ...]]) -> CanaryRun:
    return CanaryRun(
        row.id, row.started_at, row.case_id, row.paged_at, row.acknowledged_at, row.problem
    )
