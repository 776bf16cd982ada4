"""Notices for members of staff, and who carried a case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert  # SQLite understands the same words

from bot.domain.cases import LogKind
from bot.domain.notices import Notice, NoticeKind
from bot.domain.staff import label_of
from bot.store.rows import new_id
from bot.store.tables import acknowledgement, case_file, case_log, escalation, staff, staff_notice

CARRIED = (LogKind.ACKNOWLEDGED, LogKind.TAKEN_OVER)


class Notices:
    """Rows that stay until the member has seen them; one of a kind for a member and a case."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def tell(self, staff_id: str, case_id: str, kind: NoticeKind, now: datetime) -> None:
        """Show a member something; what they were told already stays as it is."""
        row = insert(staff_notice).values(
            id=new_id(), staff_id=staff_id, case_id=case_id, kind=kind, created_at=now
        )
        self._connection.execute(row.on_conflict_do_nothing())

    def unseen(self, staff_id: str) -> tuple[Notice, ...]:
        """What a member has not seen yet, the oldest first."""
        rows = self._connection.execute(
            select(staff_notice, case_file.c.reference)
            .join(case_file, case_file.c.id == staff_notice.c.case_id)
            .where(staff_notice.c.staff_id == staff_id, staff_notice.c.seen_at.is_(None))
            .order_by(staff_notice.c.created_at, staff_notice.c.kind.desc())
        )
        return tuple(
            Notice(row.id, NoticeKind(row.kind), row.reference, row.created_at) for row in rows
        )

    def seen(self, notice_id: str, staff_id: str, now: datetime) -> bool:
        """The member has seen it; False when it is not theirs."""
        row = self._connection.execute(
            update(staff_notice)
            .where(staff_notice.c.id == notice_id, staff_notice.c.staff_id == staff_id)
            .values(seen_at=now)
            .returning(staff_notice.c.id)
        ).first()
        return row is not None

    def who_carried(self, case_id: str) -> tuple[str, ...]:
        """Ids of all who said "I have it" or took the talk over, and of the owner.

        Neither robots nor those who have left.
        """
        said = (
            select(acknowledgement.c.staff_id)
            .join(escalation, escalation.c.id == acknowledgement.c.escalation_id)
            .where(escalation.c.case_id == case_id)
        )
        logged = (
            select(case_log.c.actor)
            .where(case_log.c.case_id == case_id, case_log.c.kind.in_(CARRIED))
            .distinct()
        )
        owner = select(case_file.c.owner_id).where(case_file.c.id == case_id)
        labels = {row.actor for row in self._connection.execute(logged)}
        ids = {row[0] for query in (said, owner) for row in self._connection.execute(query)}
        members = self._connection.execute(
            select(staff.c.id, staff.c.number)
            .where(staff.c.disabled.is_(False), staff.c.robot.is_(False))
            .order_by(staff.c.number)
        )
        return tuple(row.id for row in members if row.id in ids or label_of(row.number) in labels)
