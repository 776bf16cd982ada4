"""What the auditor reads, in one transaction that changes nothing; every query is by an index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, or_, select, text

from bot.clock import SystemClock
from bot.domain.audit_facts import Calls, Facts, UrgentCase, Waiting
from bot.domain.cases import NO_PERSONS, CaseState
from bot.domain.channels import CANARY, ROBOT, WEB
from bot.domain.conversation import HandledBy
from bot.domain.delivery import NOT_REACHABLE
from bot.domain.messages import Delivery, TurnState
from bot.domain.oncall import EscalationState
from bot.domain.staff import CONSOLE_OPEN
from bot.language.types import Urgency
from bot.store.canary import CanaryRuns
from bot.store.escalations import IN_CARE, IS_RESOLVED
from bot.store.keys import KeyMissingError
from bot.store.outbox import WAITING
from bot.store.quarantine import QuarantineState
from bot.store.rows import SealedRows, case_key, staff_key
from bot.store.staff import StaffDirectory
from bot.store.tables import (
    alarm,
    attachment,
    beat,
    case_file,
    case_log,
    channel_state,
    conversation,
    escalation,
    next_step,
    outbound,
    page,
    page_log,
    quarantine,
    staff,
    staff_contact,
    turn,
)

LATELY = timedelta(minutes=15)
REPORTED_WITHIN = timedelta(minutes=5)
"""Twilio tells that it sent a message within seconds; callbacks that are late come within minutes."""
REPORTING = ("whatsapp", "whatsapp_page", "sms", "voice")
NO_PROVIDER = (WEB, "screen", CANARY, ROBOT)
MOST_CASES = 500


class Audit(SealedRows):
    """Read only; nothing here is about one person but the public references of cases."""

    def facts(self, now: datetime) -> Facts:
        """Everything the auditor judges that is in the store."""
        runs = CanaryRuns(self._connection)
        return Facts(
            cases=tuple(self._cases(now)),
            waiting=tuple(self._waiting(now)),
            leases=tuple(self._leases(now)),
            calls=tuple(self._calls(now)),
            beats={row.name: row.at for row in self._connection.execute(select(beat))},
            newest=self._newest(),
            clock_off=self._clock_off(),
            unreadable=self._unreadable(),
            refused_lately=self._refused(now - timedelta(hours=1)),
            canary=runs.latest(),
            canary_before=runs.before(),
            canary_good_at=runs.good_at(),
        )

    def _cases(self, now: datetime) -> Iterator[UrgentCase]:
        rows = self._connection.execute(
            select(
                case_file.c.id, case_file.c.reference, case_file.c.urgency, case_file.c.updated_at
            )
            .add_columns(case_file.c.opened_at, conversation.c.handled_by, conversation.c.case_id)
            .add_columns(conversation.c.staff_id)
            .join(conversation, conversation.c.id == case_file.c.conversation_id)
            .where(_is_urgent())
            .limit(MOST_CASES)
        ).all()
        paging, steps = self._paging(), self._steps()
        watching = StaffDirectory(self._connection, self._vault).watching(now - CONSOLE_OPEN)
        for row in rows:
            latest = paging.get(row.id)
            runs = latest is not None and latest.state == EscalationState.RUNNING
            is_answered = latest is not None and latest.state == EscalationState.ACKNOWLEDGED
            is_watched = latest is not None and is_answered and latest.care in IN_CARE
            is_talked_to = row.handled_by == HandledBy.HUMAN and row.case_id == row.id
            yield UrgentCase(
                reference=row.reference,
                urgency=Urgency(row.urgency),
                since=row.opened_at,
                touched_at=_touched_at(row.updated_at, latest),
                paging_due=latest.next_at if latest is not None and (runs or is_watched) else None,
                rings_since=_rings_since(latest) if latest is not None and runs else None,
                is_answered=is_answered,
                is_held=is_talked_to and row.staff_id in watching,
                step_due=steps.get(row.id),
            )

    def _paging(self) -> dict[str, Row[Any]]:
        """The newest escalation of each urgent case."""
        rows = self._connection.execute(
            select(escalation)
            .join(case_file, case_file.c.id == escalation.c.case_id)
            .where(_is_urgent())
            .order_by(IS_RESOLVED.desc(), escalation.c.started_at)
        )
        return {row.case_id: row for row in rows}

    def _steps(self) -> dict[str, datetime]:
        """When the next planned step of a case is due."""
        rows = self._connection.execute(
            select(next_step.c.case_id, func.min(next_step.c.due_at))
            .where(text("done_at IS NULL"))  # to the letter as in its index
            .group_by(next_step.c.case_id)
        )
        return {row[0]: row[1] for row in rows}

    def _waiting(self, now: datetime) -> Iterator[Waiting]:
        """Turns that are closed and unanswered; rows and rings that nobody took when due."""
        count = func.count()
        found = self._connection.execute(
            select(count, func.min(turn.c.closes_at)).where(
                turn.c.state == TurnState.OPEN, turn.c.closes_at < now
            )
        ).one()
        if found[0]:
            yield Waiting("turn", found[0], found[1])
        rows = self._connection.execute(
            select(outbound.c.purpose, count, func.min(outbound.c.next_try_at))
            .where(outbound.c.state.in_(WAITING), outbound.c.next_try_at < now)
            .group_by(outbound.c.purpose)
            .order_by(outbound.c.purpose)
        )
        yield from (Waiting(*row) for row in rows)
        found = self._connection.execute(
            select(count, func.min(page.c.next_at)).where(
                page.c.state == "ringing", page.c.next_at < now
            )
        ).one()
        if found[0]:
            yield Waiting("ring", found[0], found[1])

    def _leases(self, now: datetime) -> Iterator[Waiting]:
        """Work whose process went away; the next one takes it up at its next look."""
        leased = {
            "turn": (turn, turn.c.state == TurnState.OPEN),
            "outbound": (outbound, outbound.c.state == Delivery.SENDING),
            "file": (attachment, attachment.c.state == "waiting"),
            "channel": (channel_state, channel_state.c.lease_token.is_not(None)),
        }
        for name, (table, is_leased) in leased.items():
            found = self._connection.execute(
                select(func.count(), func.min(table.c.lease_until)).where(
                    is_leased, table.c.lease_until < now
                )
            ).one()
            if found[0]:
                yield Waiting(name, found[0], found[1])

    def _calls(self, now: datetime) -> Iterator[Calls]:
        """How rows through each channel ended lately; a row keeps when it ended as its next try."""
        open_ended = (Delivery.FAILED_TEMPORARILY, Delivery.UNCERTAIN)
        own_fault = or_(
            conversation.c.unreachable.is_not(None), outbound.c.error.in_(NOT_REACHABLE)
        )
        sent = outbound.c.state == Delivery.SENT
        due_report = sent & (outbound.c.sent_at < now - REPORTED_WITHIN)
        no_word = outbound.c.provider_status.is_(None)
        rows = self._connection.execute(
            select(
                outbound.c.channel,
                _count(sent),
                _count(~sent & ~func.coalesce(own_fault, False)),
                func.max(case((sent, outbound.c.sent_at))),
                func.max(case((~sent, outbound.c.next_try_at))),
                _count(due_report & no_word & outbound.c.channel.in_(REPORTING)),
                _count(sent & ~no_word),
            )
            .join(conversation, conversation.c.id == outbound.c.conversation_id, isouter=True)
            .where(
                or_(
                    outbound.c.state.in_((Delivery.SENT, Delivery.FAILED_PERMANENTLY))
                    & (outbound.c.next_try_at >= now - LATELY),
                    outbound.c.state.in_(open_ended),
                ),
                outbound.c.channel.not_in(NO_PROVIDER),
            )
            .group_by(outbound.c.channel)
            .order_by(outbound.c.channel)
        )
        for channel, ok, failed, last_ok, last_failed, silent, told in rows:
            last = None if last_failed is None else min(last_failed, now)
            yield Calls(channel, ok, failed, last_ok, last, silent, told)

    def _newest(self) -> datetime | None:
        """The latest moment in what is only ever written with the present time."""
        newest = [
            self._connection.execute(
                select(table.c.at).order_by(table.c.id.desc()).limit(1)
            ).scalar()
            for table in (case_log, page_log, alarm)
        ]
        newest.append(self._connection.execute(select(func.max(beat.c.at))).scalar())
        return max((at for at in newest if at is not None), default=None)

    def _clock_off(self) -> timedelta | None:
        """Of two machines one may be wrong, whatever time the product is told to live in."""
        if self._connection.dialect.name != "postgresql":
            return None
        told: datetime = self._connection.execute(select(func.clock_timestamp())).scalar_one()
        return told - SystemClock().now()

    def _unreadable(self) -> int:
        """Urgent cases and ways to wake staff that cannot be decrypted."""
        sealed: defaultdict[str, list[tuple[bytes, str]]] = defaultdict(list)
        for row in self._connection.execute(
            select(case_file).where(_is_urgent()).limit(MOST_CASES)
        ):
            sealed[case_key(row.id)].append((row.fields_sealed, f"fields:{row.id}"))
        contacts = select(staff_contact).join(staff).where(staff.c.disabled.is_(False))
        for row in self._connection.execute(contacts):
            sealed[staff_key(row.staff_id)].append((row.address_sealed, f"contact:{row.id}"))
        return sum(not self._opens(key, *each) for key, rows in sealed.items() for each in rows)

    def _opens(self, key: str, sealed: bytes, place: str) -> bool:
        try:
            self._open(key, sealed, place)
        except KeyMissingError:
            return False
        return True

    def _refused(self, since: datetime) -> int:
        return int(
            self._connection.execute(
                select(func.count()).where(
                    quarantine.c.state == QuarantineState.HELD, quarantine.c.at >= since
                )
            ).scalar_one()
        )


def _is_urgent() -> ColumnElement[bool]:
    """Open, and a person waits for people; trials and outages are judged by other things."""
    return (
        (case_file.c.state == CaseState.OPEN)
        & (case_file.c.urgency_rank >= Urgency.URGENT.rank)
        & case_file.c.kind.not_in(NO_PERSONS)
    )


def _touched_at(updated_at: datetime, latest: Row[Any] | None) -> datetime:
    """When anything was last done; a reply is care when it has left, later than it was written."""
    cared_at: datetime | None = None if latest is None else latest.cared_at
    return max(updated_at, cared_at or updated_at)


def _rings_since(running: Row[Any]) -> datetime | None:
    """Since when phones ring: not while the first step is only planned, anew after a lapse."""
    if not running.step:
        return None
    started_at: datetime = running.started_at
    return max(started_at, running.acknowledged_at or started_at)


def _count(rule: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((rule, 1), else_=0)), 0)
