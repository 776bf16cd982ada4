"""Pages, and the record of what became of them."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    exists,
    insert,
    or_,
    select,
    update,
)

from bot.domain.cases import NO_PERSONS, Case
from bot.domain.messages import Delivery
from bot.domain.pages import (
    ANSWERED,
    CODE_DIGITS,
    OPEN_FOR,
    Page,
    PageEvent,
    PageKind,
    PageState,
    Rung,
)
from bot.language.types import Urgency
from bot.store.alarms import Alarms
from bot.store.keys import Vault
from bot.store.outbox import WAITING
from bot.store.page_log import PageRecord
from bot.store.rows import new_id
from bot.store.tables import case_file, outbound, page, page_log

ON_ITS_WAY = (Delivery.PENDING, Delivery.SENDING, Delivery.SENT)
LOST = (Delivery.FAILED_PERMANENTLY, Delivery.CANCELLED)
# A page made later than now was made before the clock was set back.
SET_BACK = timedelta(minutes=2)
TOKEN_DIGITS = 32
UNREADABLE_FOR = timedelta(minutes=10)
OPEN_STATES = (PageState.RINGING, PageState.SPENT)


class Pages(PageRecord):
    """One row for each member and step; the record of them can only grow."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        super().__init__(connection)
        self._vault = vault

    def ring(
        self,
        case: Case,
        staff_id: str | None,
        kind: PageKind,
        now: datetime,
        *,
        escalation_id: str | None = None,
        step: int = 0,
    ) -> Page | None:
        """Begin to page a member; None when this step has paged them already.

        `staff_id` is None for the screen of the machine.
        """
        if escalation_id is not None and self._is_rung(escalation_id, step, staff_id, kind):
            return None
        page_id = new_id()
        is_answered = staff_id is not None and kind in ANSWERED
        self._connection.execute(
            insert(page).values(
                id=page_id,
                case_id=case.id,
                escalation_id=escalation_id,
                staff_id=staff_id,
                kind=kind,
                step=step,
                state=PageState.RINGING if staff_id is not None else PageState.ENDED,
                contact=0,
                next_at=now,
                code=self._free_code(staff_id) if staff_id and is_answered else None,
                token_hash=self._hash(self.token_of(page_id)) if is_answered else None,
                expires_at=now + OPEN_FOR,
                trace_id=case.trace_id,
                created_at=now,
            )
        )
        return self.get(page_id)

    def _is_rung(self, escalation_id: str, step: int, staff_id: str | None, kind: PageKind) -> bool:
        same_member = page.c.staff_id == staff_id if staff_id else page.c.staff_id.is_(None)
        row = self._connection.execute(
            select(page.c.id).where(
                page.c.escalation_id == escalation_id,
                page.c.step == step,
                page.c.kind == kind,
                same_member,
            )
        ).first()
        return row is not None

    def _free_code(self, staff_id: str) -> str:
        rows = self._connection.execute(
            select(page.c.code).where(
                page.c.staff_id == staff_id, page.c.state == PageState.RINGING
            )
        )
        taken = {row.code for row in rows}
        while True:
            code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
            if code not in taken or len(taken) >= 10**CODE_DIGITS:
                return code

    def token_of(self, page_id: str) -> str:
        """The 128 bits of a page's link: nobody without the keys can make them, only their hash is kept."""
        return self._vault.lookup("page_link", page_id)[:TOKEN_DIGITS]

    def _hash(self, token: str) -> str:
        return self._vault.lookup("page_token", token)

    def get(self, page_id: str) -> Page:
        """A page by its id; KeyError when there is none."""
        row = self._connection.execute(select(page).where(page.c.id == page_id)).first()
        if row is None:
            raise KeyError(page_id)
        return _read(row)

    def by_token(self, token: str) -> Page | None:
        """The page of a link, whatever has become of it."""
        row = self._connection.execute(
            select(page).where(page.c.token_hash == self._hash(token))
        ).first()
        return None if row is None else _read(row)

    def by_code(self, staff_id: str, code: str) -> Page | None:
        """The page that a member answers with a code: one that rings, else the newest."""
        rows = self._connection.execute(
            select(page)
            .where(page.c.staff_id == staff_id, page.c.code == code)
            .order_by(page.c.created_at.desc())
        ).all()
        ringing = (row for row in rows if row.state == PageState.RINGING)
        row = next(ringing, rows[0] if rows else None)
        return None if row is None else _read(row)

    def of_case(self, case_id: str) -> tuple[Page, ...]:
        """All pages of a case, oldest first."""
        return self._found(page.c.case_id == case_id)

    def of_step(self, escalation_id: str, step: int) -> tuple[Page, ...]:
        """The pages of one step."""
        return self._found(page.c.escalation_id == escalation_id, page.c.step == step)

    def of_row(self, outbound_id: str) -> tuple[Page, ...]:
        """The pages that a row of the outbox rings for: one, or all of a bundle."""
        ids = select(page_log.c.page_id).where(
            page_log.c.outbound_id == outbound_id, page_log.c.event == PageEvent.QUEUED
        )
        return self._found(
            page.c.case_id.in_(
                select(page_log.c.case_id).where(page_log.c.outbound_id == outbound_id)
            ),
            page.c.id.in_(ids),
        )

    def has_hope(self, page_id: str) -> bool:
        """Whether any try of a page has left or may still leave."""
        tries = select(page_log.c.outbound_id).where(
            page_log.c.page_id == page_id, page_log.c.event == PageEvent.QUEUED
        )
        row = self._connection.execute(
            select(outbound.c.id).where(outbound.c.id.in_(tries), outbound.c.state.not_in(LOST))
        ).first()
        return row is not None

    def _found(self, *rules: Any) -> tuple[Page, ...]:
        rows = self._connection.execute(
            select(page).where(*rules).order_by(page.c.created_at, page.c.id)
        )
        return tuple(_read(row) for row in rows)

    def due(self, now: datetime, limit: int) -> tuple[Page, ...]:
        """Pages whose next contact is due, or that end now."""
        rows = self._connection.execute(
            select(page)
            .where(
                page.c.state == PageState.RINGING,
                or_(page.c.next_at <= now, page.c.created_at > now + SET_BACK),
            )
            .order_by(page.c.next_at)
            .limit(limit)
        )
        found = []
        for row in rows.all():
            try:
                found.append(_read(row))
            except ValueError:
                # Written by another version, or damaged: it must not hold up those behind it.
                self._put_off(row.id, row.case_id, now)
        return tuple(found)

    def _put_off(self, page_id: str, case_id: str, now: datetime) -> None:
        Alarms(self._connection).raise_once("paging_stuck", case_id, now)
        self._connection.execute(
            update(page)
            .where(page.c.id == page_id)
            .values(next_at=now + UNREADABLE_FOR, created_at=now)
        )

    def ringing_of(self, staff_id: str, since: datetime) -> tuple[Rung, ...]:
        """The pages of a member that began after a moment and ring still.

        One that a provider refused for now rings not yet.
        """
        rings = exists().where(
            page_log.c.case_id == page.c.case_id,
            page_log.c.page_id == page.c.id,
            page_log.c.event == PageEvent.QUEUED,
            page_log.c.outbound_id == outbound.c.id,
            outbound.c.state.in_(ON_ITS_WAY),
        )
        rows = self._connection.execute(
            select(page.c.case_id, page.c.kind, page.c.created_at, case_file.c.urgency)
            .join(case_file, case_file.c.id == page.c.case_id)
            .where(
                page.c.staff_id == staff_id,
                page.c.created_at > since,
                page.c.state == PageState.RINGING,
                rings,
                # Nobody's emergency waits because a trial has just rung.
                case_file.c.kind.not_in(NO_PERSONS),
            )
        )
        return tuple(
            Rung(row.case_id, PageKind(row.kind), Urgency(row.urgency), row.created_at)
            for row in rows
        )

    def waiting_with(self, known: Page) -> tuple[Page, ...]:
        """Pages of the same member and kind that were never rung and are due by now: a bundle."""
        return self._found(
            page.c.staff_id == known.staff_id,
            page.c.state == PageState.RINGING,
            page.c.kind == known.kind,
            page.c.contact == 0,
            page.c.next_at <= known.next_at,
            page.c.id != known.id,
        )

    def keep(self, known: Page) -> None:
        """Store how far a page has got."""
        self._connection.execute(
            update(page)
            .where(page.c.id == known.id)
            .values(
                state=known.state,
                contact=known.contact,
                next_at=known.next_at,
                created_at=known.created_at,
            )
        )

    def end(self, case_id: str) -> tuple[Page, ...]:
        """No phone rings for a case any more, and what had not left stays here.

        The pages that were open until now.
        """
        return self._end(page.c.case_id == case_id)

    def silence(self, known: Page) -> None:
        """One page ends: its member cannot."""
        self._end(page.c.id == known.id)

    def silence_of(self, case_id: str, staff_id: str) -> None:
        """A member's phone rings no more for a case."""
        self._end(page.c.case_id == case_id, page.c.staff_id == staff_id)

    def silence_member(self, staff_id: str) -> tuple[Page, ...]:
        """A member's phones ring no more, whatever for; the pages that were open until now."""
        return self._end(page.c.staff_id == staff_id)

    def _end(self, *which: ColumnElement[bool]) -> tuple[Page, ...]:
        rows = self._connection.execute(
            update(page)
            .where(*which, page.c.state.in_(OPEN_STATES))
            .values(state=PageState.ENDED)
            .returning(page)
        ).all()
        ended = tuple(_read(row) for row in rows)
        # A row that rings for other cases too still has to leave.
        alone = [found.id for found in ended if not self._is_shared(found.id)]
        self._connection.execute(
            update(outbound)
            .where(outbound.c.page_id.in_(alone), outbound.c.state.in_(WAITING))
            .values(state=Delivery.CANCELLED, error="page_ended")
        )
        return ended

    def cancel_what_is_over(self) -> None:
        """Rows that were inside a call when their pages ended are not tried once more."""
        queued = and_(page_log.c.outbound_id == outbound.c.id, page_log.c.event == PageEvent.QUEUED)
        still_wanted = exists().where(
            queued, page.c.id == page_log.c.page_id, page.c.state.in_(OPEN_STATES)
        )
        self._connection.execute(
            update(outbound)
            .where(
                outbound.c.page_id.is_not(None),
                outbound.c.staff_id.is_not(None),  # the screen's page is never open
                outbound.c.state.in_(WAITING),
                ~still_wanted,
            )
            .values(state=Delivery.CANCELLED, error="page_ended")
        )

    def _is_shared(self, page_id: str) -> bool:
        other = page_log.alias()
        row = self._connection.execute(
            select(other.c.id)
            .join(page_log, page_log.c.outbound_id == other.c.outbound_id)
            .where(page_log.c.page_id == page_id, other.c.page_id != page_id)
            .limit(1)
        ).first()
        return row is not None


def _read(row: Row[Any]) -> Page:
    return Page(
        id=row.id,
        case_id=row.case_id,
        escalation_id=row.escalation_id,
        staff_id=row.staff_id,
        kind=PageKind(row.kind),
        step=row.step,
        state=PageState(row.state),
        contact=row.contact,
        next_at=row.next_at,
        expires_at=row.expires_at,
        trace_id=row.trace_id,
        created_at=row.created_at,
        code=row.code,
    )
