"""Putting a whole rota in the place of the one that is there, and what that would change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from bot.domain.rota import Holiday, Rotation, Schedule
from bot.domain.rota_file import WEEKDAYS, RotaFileError, RotaInFile, ScheduleInFile
from bot.services.accounts import normalise_login
from bot.services.duty import active_staff
from bot.store.unit_of_work import SqlUnitOfWork


@dataclass(frozen=True)
class Change:
    """One thing that would change: `+` comes, `-` goes, `~` is another than before."""

    sign: str
    what: str
    do: Callable[[], object] = field(repr=False, compare=False)


def import_rota(
    uow: SqlUnitOfWork, wanted: RotaInFile, today: date, now: datetime, *, write: bool
) -> tuple[Change, ...]:
    """What the file changes; done when `write`. Shifts, swaps and past holidays stay.

    RotaFileError for members who cannot be on duty.
    """
    ids = _members(uow, wanted)
    logins = {member.id: member.login for member in uow.staff.everyone()}
    known = {schedule.name: schedule for schedule in uow.rota.schedules(since=now)}
    changes: list[Change] = []
    for schedule in wanted.schedules:
        before = known.pop(schedule.name, None)
        changes += _schedule(uow, schedule, before, ids, logins, now)
    for left in known.values():
        changes += _removed(uow, left.name, left.rotations, logins)
    changes += _holidays(uow, wanted, today)
    if write:
        for change in changes:
            change.do()
        uow.wake("console")
    return tuple(changes)


def _members(uow: SqlUnitOfWork, wanted: RotaInFile) -> dict[str, str]:
    active = {member.login: member.id for member in active_staff(uow)}
    named = {
        login
        for schedule in wanted.schedules
        for each in schedule.rotations
        for login in each.members
    }
    unknown = sorted(login for login in named if normalise_login(login) not in active)
    if unknown:
        raise RotaFileError(tuple(f"{login}: nobody signs in under this name" for login in unknown))
    return {login: active[normalise_login(login)] for login in named}


def _schedule(
    uow: SqlUnitOfWork,
    wanted: ScheduleInFile,
    before: Schedule | None,
    ids: Mapping[str, str],
    logins: Mapping[str, str],
    now: datetime,
) -> Iterator[Change]:
    # A new schedule has its id only when it is made, just before its first rotation.
    made = [] if before is None else [before.id]
    zone = wanted.timezone.key
    if before is None:

        def make() -> None:
            made.append(uow.rota.add_schedule(wanted.name, zone, now))

        yield Change("+", f"{wanted.name} ({wanted.zone})", make)
    elif before.timezone != wanted.timezone:
        set_zone = partial(uow.rota.set_timezone, before.id, zone)
        yield Change("~", f"{wanted.name}: its times are {wanted.zone} now", set_zone)
    there = {each.name: each for each in (before.rotations if before else ())}
    for each in wanted.rotations:
        old = there.pop(each.name, None)
        new = each.rotation(ids, "" if old is None else old.id)
        if new != old:
            line = f"{wanted.name}, {_in_words(new, logins)}"
            if old is not None:
                line += f" (before: {_in_words(old, logins)})"
            keep = partial(_keep, uow, made, new)
            yield Change("+" if old is None else "~", line, keep)
    yield from _removed(uow, wanted.name, there.values(), logins)


def _keep(uow: SqlUnitOfWork, schedule_ids: list[str], rotation: Rotation) -> None:
    uow.rota.keep_rotation(schedule_ids[0], rotation)


def _removed(
    uow: SqlUnitOfWork, name: str, gone: Iterable[Rotation], logins: Mapping[str, str]
) -> Iterator[Change]:
    for each in gone:
        remove = partial(uow.rota.remove_rotation, each.id)
        yield Change("-", f"{name}, {_in_words(each, logins)}", remove)


def _holidays(uow: SqlUnitOfWork, wanted: RotaInFile, today: date) -> Iterator[Change]:
    if wanted.holidays is None:
        return
    before = {each.day: each.name for each in uow.rota.holidays(today)}
    after = {each.day: each.name for each in wanted.free_days if each.day >= today}
    for day, name in after.items():
        if before.get(day) != name:
            keep = partial(uow.rota.keep_holidays, [Holiday(day, name)])
            yield Change("~" if day in before else "+", f"holiday {day}: {name}", keep)
    for day in sorted(before.keys() - after.keys()):
        remove = partial(uow.rota.remove_holiday, day)
        yield Change("-", f"holiday {day}: {before[day]}", remove)


def _in_words(each: Rotation, logins: Mapping[str, str]) -> str:
    days = ",".join(WEEKDAYS[day] for day in sorted(each.weekdays))
    until = "" if each.last_day is None else f" until {each.last_day}"
    rests = "" if each.on_holidays else ", not on holidays"
    return (
        f"{each.name}: {', '.join(logins[member] for member in each.members)}; "
        f"{each.begins:%H:%M}-{each.ends:%H:%M}, {days}, turns of {each.turn_days} days "
        f"from {each.first_day}{until}{rests}"
    )
