"""Schedules of duty with their rotations, shifts, swaps and holidays."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, bindparam, delete, insert, or_, select, update

from bot.domain.plans import Plan
from bot.domain.rota import Holiday, Override, Rotation, Schedule, Shift
from bot.store.rows import new_id
from bot.store.tables import holiday, override, rotation, schedule, shift, staff

MAIN = "main"
"""The schedule that is there from the beginning: duty that somebody begins by a button."""

# The plan is read with every message that comes in: these are put together once.
_SHIFTS = (
    select(shift)
    .where(shift.c.ends_at > bindparam("since"))
    .order_by(shift.c.starts_at, shift.c.id)
)
_OVERRIDES = (
    select(override)
    .where(override.c.ends_at > bindparam("since"), override.c.accepted_at.is_not(None))
    # What was agreed on last counts last, whenever it was asked for.
    .order_by(override.c.accepted_at, override.c.created_at, override.c.id)
)
_GONE = select(staff.c.id).where(or_(staff.c.disabled, staff.c.robot))
_ROTATIONS = (
    select(
        *(column for column in rotation.c if column.name != "schedule_id"),
        schedule.c.id.label("schedule_id"),
        schedule.c.name.label("schedule_name"),
        schedule.c.timezone,
    )
    .select_from(schedule.outerjoin(rotation, rotation.c.schedule_id == schedule.c.id))
    .order_by(schedule.c.name, rotation.c.name, rotation.c.id)
)


@dataclass(frozen=True)
class SwapAsked:
    """A swap that `asked_by` wants and that whoever is to come in has not accepted yet."""

    schedule_id: str
    asked_by: str | None
    swap: Override


class Rota:
    """The plan of duty as it is now; edits count from the next look at it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def schedules(self, since: datetime) -> tuple[Schedule, ...]:
        """All schedules by name, with the shifts and swaps that end after a moment."""
        at = {"since": since}
        shifts: dict[str, list[Shift]] = defaultdict(list)
        for row in self._connection.execute(_SHIFTS, at):
            shifts[row.schedule_id].append(Shift(row.id, row.staff_id, row.starts_at, row.ends_at))
        overrides: dict[str, list[Override]] = defaultdict(list)
        for row in self._connection.execute(_OVERRIDES, at):
            overrides[row.schedule_id].append(_read_override(row))
        gone = frozenset(row.id for row in self._connection.execute(_GONE))
        rotations: dict[str, list[Rotation]] = {}
        heads: dict[str, tuple[str, str]] = {}
        for row in self._connection.execute(_ROTATIONS):
            heads[row.schedule_id] = (row.schedule_name, row.timezone)
            known = rotations.setdefault(row.schedule_id, [])
            if row.id is not None:
                known.append(_read_rotation(row))
        return tuple(
            Schedule(
                schedule_id,
                name,
                ZoneInfo(timezone),
                tuple(rotations[schedule_id]),
                tuple(shifts[schedule_id]),
                tuple(overrides[schedule_id]),
                gone,
            )
            for schedule_id, (name, timezone) in heads.items()
        )

    def plan(self, since: datetime) -> Plan:
        """All schedules with the holidays, from a moment on."""
        schedules = self.schedules(since)
        rests = any(not each.on_holidays for one in schedules for each in one.rotations)
        return Plan(schedules, self.days_off(since) if rests else frozenset())

    def add_schedule(self, name: str, timezone: str, now: datetime) -> str:
        """A schedule without anything in it."""
        schedule_id = new_id()
        self._connection.execute(
            insert(schedule).values(id=schedule_id, name=name, timezone=timezone, created_at=now)
        )
        return schedule_id

    def set_timezone(self, schedule_id: str, timezone: str) -> None:
        """The times of its rotations are those of another zone now."""
        self._connection.execute(
            update(schedule).where(schedule.c.id == schedule_id).values(timezone=timezone)
        )

    def keep_rotation(self, schedule_id: str, wanted: Rotation) -> str:
        """A new rotation (one without an id), or another shape for one that is there."""
        values = {
            "schedule_id": schedule_id,
            "name": wanted.name,
            "members": json.dumps(wanted.members),
            "turn_days": wanted.turn_days,
            "first_day": wanted.first_day.isoformat(),
            "last_day": None if wanted.last_day is None else wanted.last_day.isoformat(),
            "begins": f"{wanted.begins:%H:%M}",
            "ends": f"{wanted.ends:%H:%M}",
            "weekdays": "".join("1" if day in wanted.weekdays else "0" for day in range(7)),
            "on_holidays": wanted.on_holidays,
        }
        if wanted.id:
            self._connection.execute(
                update(rotation).where(rotation.c.id == wanted.id).values(**values)
            )
            return wanted.id
        made = replace(wanted, id=new_id())
        self._connection.execute(insert(rotation).values(id=made.id, **values))
        return made.id

    def remove_rotation(self, rotation_id: str) -> bool:
        """Nobody takes turns in it any more; False when it was not there."""
        gone = self._connection.execute(
            delete(rotation).where(rotation.c.id == rotation_id).returning(rotation.c.id)
        )
        return gone.first() is not None

    def add_shift(
        self, staff_id: str, starts_at: datetime, ends_at: datetime, schedule_id: str = MAIN
    ) -> str:
        """Plan a single stretch of duty."""
        shift_id = new_id()
        self._connection.execute(
            insert(shift).values(
                id=shift_id,
                schedule_id=schedule_id,
                staff_id=staff_id,
                starts_at=starts_at,
                ends_at=ends_at,
            )
        )
        return shift_id

    def end_shifts_of(self, staff_id: str, now: datetime) -> None:
        """Somebody leaves: no single shift now or later."""
        self._end(staff_id, now)

    def end_shift(self, staff_id: str, now: datetime) -> None:
        """End the single shift that somebody has now; rotations go on."""
        self._end(staff_id, now, running_only=True)

    def _end(self, staff_id: str, now: datetime, *, running_only: bool = False) -> None:
        statement = update(shift).where(shift.c.staff_id == staff_id, shift.c.ends_at > now)
        if running_only:
            statement = statement.where(shift.c.starts_at <= now)
        self._connection.execute(statement.values(ends_at=now))

    def cancel_shift(self, shift_id: str, now: datetime) -> bool:
        """Nothing more comes of a shift; False when it is over or was never there."""
        ended = self._connection.execute(
            update(shift)
            .where(shift.c.id == shift_id, shift.c.ends_at > now)
            .values(ends_at=now)
            .returning(shift.c.id)
        )
        return ended.first() is not None

    def add_override(
        self,
        schedule_id: str,
        swap: Override,
        *,
        by: str | None,
        accepted: bool,
        now: datetime,
    ) -> str:
        """Agree on a swap, or ask for one."""
        override_id = new_id()
        self._connection.execute(
            insert(override).values(
                id=override_id,
                schedule_id=schedule_id,
                out_id=swap.out_id,
                in_id=swap.in_id,
                starts_at=swap.starts_at,
                ends_at=swap.ends_at,
                created_at=now,
                created_by=by,
                accepted_at=now if accepted else None,
            )
        )
        return override_id

    def asked(self, now: datetime) -> tuple[SwapAsked, ...]:
        """Swaps that wait for an answer, the oldest first; what is over waits no more."""
        rows = self._connection.execute(
            select(override)
            .where(override.c.accepted_at.is_(None), override.c.ends_at > now)
            .order_by(override.c.created_at, override.c.id)
        )
        return tuple(
            SwapAsked(row.schedule_id, row.created_by, _read_override(row)) for row in rows
        )

    def accept_override(self, override_id: str, now: datetime) -> None:
        """From now on it counts."""
        self._connection.execute(
            update(override)
            .where(override.c.id == override_id, override.c.accepted_at.is_(None))
            .values(accepted_at=now)
        )

    def remove_override(self, override_id: str) -> None:
        """It was refused, or taken back."""
        self._connection.execute(delete(override).where(override.c.id == override_id))

    def holidays(self, since: date) -> tuple[Holiday, ...]:
        """Holidays from a day on, in their order."""
        rows = self._connection.execute(
            select(holiday).where(holiday.c.day >= since.isoformat()).order_by(holiday.c.day)
        )
        return tuple(Holiday(date.fromisoformat(row.day), row.name) for row in rows)

    def days_off(self, since: datetime) -> frozenset[date]:
        """The holidays that can matter from a moment on, in any zone."""
        return frozenset(each.day for each in self.holidays(since.date() - timedelta(days=2)))

    def keep_holidays(self, wanted: Sequence[Holiday]) -> None:
        """Add holidays, or name those anew that are known."""
        for each in wanted:
            self.remove_holiday(each.day)
            self._connection.execute(
                insert(holiday).values(day=each.day.isoformat(), name=each.name)
            )

    def remove_holiday(self, day: date) -> None:
        """It is a day like others."""
        self._connection.execute(delete(holiday).where(holiday.c.day == day.isoformat()))


def _read_rotation(row: Row[tuple[object, ...]]) -> Rotation:
    return Rotation(
        id=row.id,
        name=row.name,
        members=tuple(json.loads(row.members)),
        turn_days=row.turn_days,
        first_day=date.fromisoformat(row.first_day),
        last_day=None if row.last_day is None else date.fromisoformat(row.last_day),
        begins=time.fromisoformat(row.begins),
        ends=time.fromisoformat(row.ends),
        weekdays=frozenset(day for day, on in enumerate(row.weekdays) if on == "1"),
        on_holidays=row.on_holidays,
    )


def _read_override(row: Row[tuple[object, ...]]) -> Override:
    return Override(row.id, row.out_id, row.in_id, row.starts_at, row.ends_at)
