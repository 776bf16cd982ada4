"""Cases and their append-only log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Row, bindparam, func, insert, select, update

from bot.domain.cases import (
    NO_PERSONS,
    OF_THE_WATCHMAN,
    Case,
    CaseKind,
    CaseState,
    CloseReason,
    LogEntry,
    LogKind,
    new_reference,
)
from bot.domain.conversation import Conversation
from bot.language.types import Urgency
from bot.store.rows import SealedRows, case_key, new_id
from bot.store.tables import case_file, case_log

# Said for every message: building a statement costs more than running it.
_DROP_CLOSINGS = (
    update(case_file)
    .where(
        case_file.c.conversation_id == bindparam("of"),
        case_file.c.state == CaseState.OPEN,
        case_file.c.close_asked_by.is_not(None),
    )
    .values(close_reason=None, close_asked_by=None, close_asked_at=None)
    .returning(case_file.c.id)
)


class Cases(SealedRows):
    """Cases by reference and by conversation; the log can only grow."""

    def open(
        self,
        known: Conversation,
        kind: CaseKind,
        urgency: Urgency,
        fields: Mapping[str, str],
        *,
        practice: bool,
        now: datetime,
    ) -> Case:
        """Open a case about a conversation."""
        case_id = new_id()
        self._connection.execute(
            insert(case_file).values(
                id=case_id,
                reference=self._free_reference(),
                person_id=known.person_id,
                conversation_id=known.id,
                kind=kind,
                urgency=urgency,
                urgency_rank=urgency.rank,
                state=CaseState.OPEN,
                practice=practice,
                opened_at=now,
                updated_at=now,
                trace_id=new_id(),
                fields_sealed=self._seal(case_key(case_id), dict(fields), f"fields:{case_id}"),
            )
        )
        return self.get(case_id)

    def _free_reference(self) -> str:
        while True:
            reference = new_reference()
            if self.find(reference) is None:
                return reference

    def get(self, case_id: str) -> Case:
        """A case by its id; KeyError when there is none."""
        row = self._connection.execute(select(case_file).where(case_file.c.id == case_id)).first()
        if row is None:
            raise KeyError(case_id)
        return self._read(row)

    def find(self, reference: str) -> Case | None:
        """A case by its public reference."""
        row = self._connection.execute(
            select(case_file).where(case_file.c.reference == reference)
        ).first()
        return None if row is None else self._read(row)

    def open_of_kind(self, conversation_id: str, kind: CaseKind) -> Case | None:
        """The open case of this kind in a conversation."""
        row = self._connection.execute(
            select(case_file)
            .where(
                case_file.c.conversation_id == conversation_id,
                case_file.c.kind == kind,
                case_file.c.state == CaseState.OPEN,
            )
            .order_by(case_file.c.opened_at.desc())
        ).first()
        return None if row is None else self._read(row)

    def open_of(self, kind: CaseKind) -> tuple[Case, ...]:
        """All open cases of a kind."""
        rows = self._connection.execute(
            select(case_file).where(
                case_file.c.state == CaseState.OPEN,
                case_file.c.kind == kind,
            )
        )
        return tuple(self._read(row) for row in rows)

    def exists_for(self, conversation_id: str) -> bool:
        """Whether there is any case about a conversation, open or closed."""
        row = self._connection.execute(
            select(case_file.c.id).where(case_file.c.conversation_id == conversation_id).limit(1)
        ).first()
        return row is not None

    def listed(self, state: CaseState, limit: int = 200) -> tuple[Case, ...]:
        """Cases by urgency, then by how long they have waited."""
        rows = self._connection.execute(
            select(case_file)
            .where(case_file.c.state == state, case_file.c.kind.not_in(OF_THE_WATCHMAN))
            .order_by(case_file.c.urgency_rank.desc(), case_file.c.updated_at.desc())
            .limit(limit)
        )
        return tuple(self._read(row) for row in rows)

    def open_counts(self) -> dict[Urgency, int]:
        """How many cases are open, by urgency."""
        rows = self._connection.execute(
            select(case_file.c.urgency, func.count())
            .where(case_file.c.state == CaseState.OPEN, case_file.c.kind.not_in(NO_PERSONS))
            .group_by(case_file.c.urgency)
        )
        return {Urgency(urgency): count for urgency, count in rows}

    def _read(self, row: Row[tuple[object, ...]]) -> Case:
        return Case(
            id=row.id,
            reference=row.reference,
            person_id=row.person_id,
            conversation_id=row.conversation_id,
            kind=CaseKind(row.kind),
            urgency=Urgency(row.urgency),
            state=CaseState(row.state),
            practice=row.practice,
            opened_at=row.opened_at,
            updated_at=row.updated_at,
            # Cases of before there were traces have a name of their own all the same.
            trace_id=row.trace_id or row.id,
            owner_id=row.owner_id,
            closed_at=row.closed_at,
            close_reason=None if row.close_reason is None else CloseReason(row.close_reason),
            close_asked_by=row.close_asked_by,
            close_asked_at=row.close_asked_at,
            fields=self._open(case_key(row.id), row.fields_sealed, f"fields:{row.id}"),
        )

    def raise_urgency(self, case: Case, urgency: Urgency, now: datetime) -> Case:
        """The higher of what it was and what it is told to be; never lower."""
        highest = Urgency.highest(case.urgency, urgency)
        self._set(case.id, now, urgency=highest, urgency_rank=highest.rank)
        return self.get(case.id)

    def add_fields(self, case: Case, fields: Mapping[str, str], now: datetime) -> None:
        """Add what the person told; a later answer to the same question wins, the log has both."""
        merged = {**case.fields, **fields}
        self._set(
            case.id, now, fields_sealed=self._seal(case_key(case.id), merged, f"fields:{case.id}")
        )

    def set_owner(self, case_id: str, staff_id: str, now: datetime) -> None:
        """Who looks after it."""
        self._set(case_id, now, owner_id=staff_id)

    def owned_by(self, staff_id: str) -> tuple[str, ...]:
        """References of the open cases that a member looks after; nothing is opened for it."""
        rows = self._connection.execute(
            select(case_file.c.reference)
            .where(case_file.c.owner_id == staff_id, case_file.c.state == CaseState.OPEN)
            .order_by(case_file.c.reference)
        )
        return tuple(row.reference for row in rows)

    def ask_to_close(self, case_id: str, reason: CloseReason, staff_id: str, now: datetime) -> None:
        """Somebody wishes to close it; a second member has to agree."""
        self._set(case_id, now, close_reason=reason, close_asked_by=staff_id, close_asked_at=now)

    def drop_closing(self, case_id: str, now: datetime) -> None:
        """The wish to close it is taken back."""
        self._set(case_id, now, close_reason=None, close_asked_by=None, close_asked_at=None)

    def drop_closings(self, conversation_id: str) -> tuple[str, ...]:
        """The person wrote: no wish to close a case of theirs counts any more; ids of those."""
        rows = self._connection.execute(_DROP_CLOSINGS, {"of": conversation_id})
        return tuple(row.id for row in rows)

    def close(self, case_id: str, reason: CloseReason, now: datetime) -> None:
        """The work is done, for a reason."""
        self._set(
            case_id,
            now,
            state=CaseState.CLOSED,
            closed_at=now,
            close_reason=reason,
            close_asked_by=None,
            close_asked_at=None,
        )

    def reopen(self, case_id: str, now: datetime) -> None:
        """The person wrote again."""
        self._set(case_id, now, state=CaseState.OPEN, closed_at=None, close_reason=None)

    def touch(self, case_id: str, now: datetime) -> None:
        """Something happened in it."""
        self._set(case_id, now)

    def _set(self, case_id: str, now: datetime, **values: object) -> None:
        self._connection.execute(
            update(case_file).where(case_file.c.id == case_id).values(updated_at=now, **values)
        )

    def log(self, case_id: str, kind: LogKind, actor: str, text: str, now: datetime) -> None:
        """Add an entry; a trigger of the database refuses to change or delete one."""
        sealed = self._seal(case_key(case_id), text, f"log:{case_id}")
        self._connection.execute(
            insert(case_log).values(
                case_id=case_id, at=now, kind=kind, actor=actor, text_sealed=sealed
            )
        )

    def log_entries(self, case_id: str) -> Sequence[LogEntry]:
        """The log of a case, oldest first."""
        rows = self._connection.execute(
            select(case_log).where(case_log.c.case_id == case_id).order_by(case_log.c.id)
        )
        return [
            LogEntry(
                row.at,
                LogKind(row.kind),
                row.actor,
                self._open(case_key(case_id), row.text_sealed, f"log:{case_id}"),
            )
            for row in rows
        ]
