"""The register of recruiters, for staff only: sealed with the organisation's key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once  # SQLite understands it too

from bot.domain.cases import CaseState
from bot.domain.recruiters import (
    KEPT,
    Entry,
    EntryAct,
    EntryLine,
    EntryState,
    new_entry_reference,
)
from bot.language.marks import Mark, MarkKind
from bot.store.rows import ORGANISATION_KEY, SealedRows, new_id
from bot.store.tables import case_file, recruiter, recruiter_case, recruiter_log


def open_cases() -> Select[tuple[str]]:
    """The ids of the cases that are open."""
    return select(case_file.c.id).where(case_file.c.state == CaseState.OPEN)


def in_use() -> ColumnElement[bool]:
    """Whether an entry is disputed or came up in a case that is open: nothing of it may go."""
    linked = select(recruiter_case.c.recruiter_id).where(recruiter_case.c.case_id.in_(open_cases()))
    return or_(recruiter.c.state == EntryState.DISPUTED, recruiter.c.id.in_(linked))


class Recruiters(SealedRows):
    """One entry for each number, account or name; found by its keyed hash."""

    def note(self, mark: Mark, mark_hash: str, case_id: str, now: datetime) -> Entry:
        """A mark came up in a case: a new entry, or once more in one that counts.

        What was cleared stays as it is: it counts no more.
        """
        entry = self.with_mark(mark_hash)
        if entry is None:
            entry = self._add(mark, mark_hash, now)
            self.log(entry.id, EntryAct.NOTED, "bot", "", now)
        if not entry.counts:
            return entry
        linked = self._connection.execute(
            insert_once(recruiter_case)
            .values(recruiter_id=entry.id, case_id=case_id, at=now)
            .on_conflict_do_nothing()
            .returning(recruiter_case.c.case_id)
        ).first()
        if linked is not None:
            self._connection.execute(
                update(recruiter)
                .where(recruiter.c.id == entry.id)
                .values(times=recruiter.c.times + 1, last_at=now, expires_at=now + KEPT)
            )
            self.log(entry.id, EntryAct.SEEN_AGAIN, "bot", self._reference_of(case_id), now)
        return self.get(entry.id)

    def _add(self, mark: Mark, mark_hash: str, now: datetime) -> Entry:
        entry_id = new_id()
        self._connection.execute(
            insert(recruiter).values(
                id=entry_id,
                reference=self._free_reference(),
                kind=mark.kind.value,
                mark_hash=mark_hash,
                state=EntryState.NOTED,
                times=0,
                first_at=now,
                last_at=now,
                expires_at=now + KEPT,
                named_sealed=self._named(entry_id, mark.value, ""),
            )
        )
        return self.get(entry_id)

    def _free_reference(self) -> str:
        while True:
            reference = new_entry_reference()
            if self.find(reference) is None:
                return reference

    def _reference_of(self, case_id: str) -> str:
        found = select(case_file.c.reference).where(case_file.c.id == case_id)
        return str(self._connection.execute(found).scalar_one())

    def _named(self, entry_id: str, value: str, label: str) -> bytes:
        return self._seal(ORGANISATION_KEY, [value, label], f"recruiter:{entry_id}")

    def get(self, entry_id: str) -> Entry:
        """An entry by its id; KeyError when there is none."""
        row = self._connection.execute(select(recruiter).where(recruiter.c.id == entry_id)).first()
        if row is None:
            raise KeyError(entry_id)
        return self._read(row)

    def find(self, reference: str) -> Entry | None:
        """An entry by its reference."""
        row = self._connection.execute(
            select(recruiter).where(recruiter.c.reference == reference)
        ).first()
        return None if row is None else self._read(row)

    def with_mark(self, mark_hash: str) -> Entry | None:
        """The entry of a number, account or name."""
        row = self._connection.execute(
            select(recruiter).where(recruiter.c.mark_hash == mark_hash)
        ).first()
        return None if row is None else self._read(row)

    def cleared(self, mark_hashes: Sequence[str]) -> frozenset[str]:
        """Those of these marks that count no more."""
        rows = self._connection.execute(
            select(recruiter.c.mark_hash).where(
                recruiter.c.mark_hash.in_(mark_hashes), recruiter.c.state == EntryState.CLEARED
            )
        )
        return frozenset(row.mark_hash for row in rows)

    def listed(self, *, cleared: bool, limit: int) -> tuple[Entry, ...]:
        """Entries that count, or those that were cleared; what came up last first."""
        is_cleared = recruiter.c.state == EntryState.CLEARED
        rows = self._connection.execute(
            select(recruiter)
            .where(is_cleared if cleared else ~is_cleared)
            .order_by(recruiter.c.last_at.desc(), recruiter.c.id)
            .limit(limit)
        )
        return tuple(self._read(row) for row in rows)

    def of_case(self, case_id: str) -> tuple[Entry, ...]:
        """The entries that came up in a case."""
        rows = self._connection.execute(
            select(recruiter)
            .join(recruiter_case, recruiter_case.c.recruiter_id == recruiter.c.id)
            .where(recruiter_case.c.case_id == case_id)
            .order_by(recruiter.c.kind, recruiter.c.reference)
        )
        return tuple(self._read(row) for row in rows)

    def cases_of(self, entry_id: str) -> tuple[str, ...]:
        """The ids of the cases in which an entry came up, newest first."""
        rows = self._connection.execute(
            select(recruiter_case.c.case_id)
            .where(recruiter_case.c.recruiter_id == entry_id)
            .order_by(recruiter_case.c.at.desc(), recruiter_case.c.case_id)
        )
        return tuple(row.case_id for row in rows)

    def together_with(self, entry_id: str) -> tuple[Entry, ...]:
        """Other entries that came up in the same cases."""
        cases = select(recruiter_case.c.case_id).where(recruiter_case.c.recruiter_id == entry_id)
        others = select(recruiter_case.c.recruiter_id).where(
            recruiter_case.c.case_id.in_(cases), recruiter_case.c.recruiter_id != entry_id
        )
        rows = self._connection.execute(
            select(recruiter).where(recruiter.c.id.in_(others)).order_by(recruiter.c.last_at.desc())
        )
        return tuple(self._read(row) for row in rows)

    def delete_expired(self, now: datetime, limit: int) -> int:
        """Delete entries whose time is over, each with its log, but for those `in_use`; how many."""
        ids = (
            self._connection.execute(
                select(recruiter.c.id)
                .where(recruiter.c.expires_at <= now, ~in_use())
                .order_by(recruiter.c.expires_at, recruiter.c.id)
                .limit(limit)
            )
            .scalars()
            .all()
        )
        for table in (recruiter_log, recruiter_case):
            self._connection.execute(delete(table).where(table.c.recruiter_id.in_(ids)))
        self._connection.execute(delete(recruiter).where(recruiter.c.id.in_(ids)))
        return len(ids)

    def set_state(self, entry_id: str, state: EntryState) -> None:
        """What staff decided."""
        self._connection.execute(
            update(recruiter).where(recruiter.c.id == entry_id).values(state=state)
        )

    def set_label(self, entry: Entry, label: str) -> None:
        """What staff call it."""
        self._connection.execute(
            update(recruiter)
            .where(recruiter.c.id == entry.id)
            .values(named_sealed=self._named(entry.id, entry.value, label))
        )

    def log(self, entry_id: str, act: EntryAct, actor: str, text: str, now: datetime) -> None:
        """Add a line; a trigger of the database refuses to change one."""
        sealed = self._seal(ORGANISATION_KEY, text, f"recruiter_log:{entry_id}")
        self._connection.execute(
            insert(recruiter_log).values(
                recruiter_id=entry_id, at=now, act=act, actor=actor, text_sealed=sealed
            )
        )

    def lines(self, entry_id: str) -> tuple[EntryLine, ...]:
        """The log of an entry, oldest first."""
        rows = self._connection.execute(
            select(recruiter_log)
            .where(recruiter_log.c.recruiter_id == entry_id)
            .order_by(recruiter_log.c.id)
        )
        return tuple(
            EntryLine(
                row.at,
                EntryAct(row.act),
                row.actor,
                self._open(ORGANISATION_KEY, row.text_sealed, f"recruiter_log:{entry_id}"),
            )
            for row in rows
        )

    def _read(self, row: Row[tuple[object, ...]]) -> Entry:
        value, label = self._open(ORGANISATION_KEY, row.named_sealed, f"recruiter:{row.id}")
        return Entry(
            id=row.id,
            reference=row.reference,
            kind=MarkKind(row.kind),
            mark=row.mark_hash,
            state=EntryState(row.state),
            times=row.times,
            first_at=row.first_at,
            last_at=row.last_at,
            value=value,
            label=label,
        )
