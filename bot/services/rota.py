"""Planning duty: shifts, swaps, rotations, holidays. Each refusal says in Indonesian what to do.

Everybody plans for themselves and answers what they are asked; only supervisors plan for others.
Each change leaves a line in the log with who made it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from bot.domain.rota import Holiday, Override, Rotation, Schedule, gaps_between, shifts_between
from bot.domain.staff import LANGUAGES, Staff
from bot.services.duty import active_staff
from bot.services.quarantine import may_decide
from bot.services.takeover import RefusedError
from bot.store.rota import SwapAsked
from bot.store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
LONGEST_SHIFT = timedelta(hours=24)
FARTHEST = timedelta(days=366)
LONGEST_NAME = 40
LONGEST_HOLIDAY = 60
MOST_TURN_DAYS = 31
NOT_YOURS = "Hanya pengawas yang bisa mengatur jaga petugas lain."
WANTS_SUPERVISOR = "Hanya pengawas yang bisa mengubah ini."
UNKNOWN_STAFF = "Petugas itu tidak ada atau sudah tidak aktif."
NO_LONGER = "Permintaan tukar ini sudah tidak berlaku. Lihat jadwal terbaru."


@dataclass(frozen=True)
class SwapWanted:
    """Who is to stand in for whom in a schedule, and when; without `in_id` nobody does."""

    schedule_id: str
    out_id: str
    in_id: str | None
    starts_at: datetime
    ends_at: datetime


def add_shift(
    uow: SqlUnitOfWork,
    by: Staff,
    staff_id: str,
    schedule_id: str,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> None:
    """Plan a single shift, at most 24 hours long and a year ahead. RefusedError."""
    if staff_id != by.id and not may_decide(by):
        raise RefusedError(NOT_YOURS)
    _active(uow, staff_id)
    _schedule(uow, schedule_id, now)
    _check_span(starts_at, ends_at, now)
    if ends_at - starts_at > LONGEST_SHIFT:
        raise RefusedError("Satu jaga paling lama 24 jam. Bagi menjadi beberapa jaga.")
    uow.rota.add_shift(staff_id, starts_at, ends_at, schedule_id)
    _changed(uow, by, "shift_added", staff=uow.staff.get(staff_id).label, at=starts_at.isoformat())


def cancel_shift(uow: SqlUnitOfWork, by: Staff, shift_id: str, now: datetime) -> None:
    """Take a single shift back; one that runs is ended by whoever has it. RefusedError."""
    found = [
        shift
        for schedule in uow.rota.schedules(since=now)
        for shift in schedule.shifts
        if shift.id == shift_id
    ]
    if not found:
        raise RefusedError("Jaga ini sudah lewat atau sudah dibatalkan.")
    if found[0].staff_id != by.id and not may_decide(by):
        raise RefusedError(NOT_YOURS)
    if found[0].starts_at <= now:
        raise RefusedError(
            "Jaga ini sudah berjalan. Pakai tombol Selesai bertugas di halaman awal."
        )
    uow.rota.cancel_shift(shift_id, now)
    _changed(uow, by, "shift_cancelled", staff=uow.staff.get(found[0].staff_id).label)


def swap(uow: SqlUnitOfWork, by: Staff, wanted: SwapWanted, now: datetime) -> bool:
    """Ask a colleague to stand in, or set it as a supervisor; whether it counts already.

    RefusedError when the duty is not there, or the one who is to come in cannot.
    """
    counts = may_decide(by)
    if wanted.out_id != by.id and not counts:
        raise RefusedError(NOT_YOURS)
    if wanted.in_id is None and not counts:
        raise RefusedError("Pilih petugas yang menggantikan.")
    _check_span(wanted.starts_at, wanted.ends_at, now)
    _check_swap(uow, wanted, now)
    made = Override("", wanted.out_id, wanted.in_id, wanted.starts_at, wanted.ends_at)
    uow.rota.add_override(wanted.schedule_id, made, by=by.id, accepted=counts, now=now)
    _changed(uow, by, "swap_set" if counts else "swap_asked", **_labels(uow, made))
    return counts


def accept_swap(uow: SqlUnitOfWork, by: Staff, swap_id: str, now: datetime) -> None:
    """The one who is to come in agrees, or a supervisor decides it. RefusedError."""
    asked = _asked(uow, swap_id, now)
    if asked.swap.in_id != by.id and not may_decide(by):
        raise RefusedError("Permintaan ini untuk petugas lain.")
    made = asked.swap
    # The plan may have changed since it was asked.
    begin = max(made.starts_at, now)
    wanted = SwapWanted(asked.schedule_id, made.out_id or "", made.in_id, begin, made.ends_at)
    _check_swap(uow, wanted, now)
    uow.rota.accept_override(swap_id, now)
    _changed(uow, by, "swap_accepted", **_labels(uow, made))


def decline_swap(uow: SqlUnitOfWork, by: Staff, swap_id: str, now: datetime) -> None:
    """Say no, or take the question back. RefusedError for who has no part in it."""
    asked = _asked(uow, swap_id, now)
    if by.id not in (asked.swap.in_id, asked.swap.out_id, asked.asked_by) and not may_decide(by):
        raise RefusedError("Permintaan ini untuk petugas lain.")
    uow.rota.remove_override(swap_id)
    _changed(uow, by, "swap_declined", **_labels(uow, asked.swap))


def cancel_swap(uow: SqlUnitOfWork, by: Staff, swap_id: str, now: datetime) -> None:
    """A supervisor undoes a swap that counts. RefusedError."""
    _supervisor(by)
    for schedule in uow.rota.schedules(since=now):
        for made in schedule.overrides:
            if made.id == swap_id:
                uow.rota.remove_override(swap_id)
                _changed(uow, by, "swap_cancelled", **_labels(uow, made))
                return
    raise RefusedError(NO_LONGER)


def keep_rotation(
    uow: SqlUnitOfWork, by: Staff, schedule_id: str, wanted: Rotation, now: datetime
) -> None:
    """Add a rotation or change one. RefusedError for one that cannot be worked by."""
    _supervisor(by)
    _schedule(uow, schedule_id, now)
    for member in wanted.members:
        _active(uow, member)
    problem = rotation_problem(wanted)
    if problem:
        raise RefusedError(problem)
    uow.rota.keep_rotation(schedule_id, wanted)
    _changed(uow, by, "rotation_kept", rotation=wanted.name)


def rotation_problem(wanted: Rotation) -> str:
    """What is wrong with a rotation, in Indonesian; empty when nothing is."""
    if not wanted.name.strip() or len(wanted.name) > LONGEST_NAME:
        return f"Nama giliran: 1 sampai {LONGEST_NAME} huruf."
    if not wanted.members:
        return "Pilih paling sedikit satu petugas."
    if not 1 <= wanted.turn_days <= MOST_TURN_DAYS:
        return f"Lama satu giliran: 1 sampai {MOST_TURN_DAYS} hari."
    if not wanted.weekdays:
        return "Pilih paling sedikit satu hari."
    if wanted.last_day is not None and wanted.last_day < wanted.first_day:
        return "Hari terakhir tidak boleh sebelum hari pertama."
    return ""


def end_rotation(uow: SqlUnitOfWork, by: Staff, rotation_id: str, now: datetime) -> None:
    """Take a rotation away. RefusedError when it is gone already."""
    _supervisor(by)
    if not uow.rota.remove_rotation(rotation_id):
        raise RefusedError("Giliran ini sudah dihapus.")
    _changed(uow, by, "rotation_removed", at=now.isoformat())


def keep_holiday(uow: SqlUnitOfWork, by: Staff, day: date, name: str, now: datetime) -> None:
    """Add a holiday or name it anew. RefusedError."""
    _supervisor(by)
    if not name.strip() or len(name) > LONGEST_HOLIDAY:
        raise RefusedError(f"Nama hari libur: 1 sampai {LONGEST_HOLIDAY} huruf.")
    if day < now.date() - timedelta(days=1):
        raise RefusedError("Hari libur itu sudah lewat.")
    uow.rota.keep_holidays([Holiday(day, name.strip())])
    _changed(uow, by, "holiday_kept", day=day.isoformat())


def remove_holiday(uow: SqlUnitOfWork, by: Staff, day: date) -> None:
    """It is a day like others. RefusedError."""
    _supervisor(by)
    uow.rota.remove_holiday(day)
    _changed(uow, by, "holiday_removed", day=day.isoformat())


def set_languages(uow: SqlUnitOfWork, by: Staff, staff_id: str, tags: list[str]) -> None:
    """What a member speaks beside Indonesian. RefusedError for an unknown tag."""
    _supervisor(by)
    _active(uow, staff_id)
    unknown = [tag for tag in tags if tag not in LANGUAGES]
    if unknown:
        raise RefusedError(f"Kode bahasa {unknown[0]} tidak dikenal.")
    uow.staff.set_languages(staff_id, tags)
    _changed(uow, by, "languages_set", staff=uow.staff.get(staff_id).label, tags=",".join(tags))


def _check_span(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    if ends_at <= starts_at:
        raise RefusedError("Jam selesai harus sesudah jam mulai.")
    if ends_at <= now:
        raise RefusedError("Waktu itu sudah lewat.")
    if ends_at > now + FARTHEST:
        raise RefusedError("Jaga paling jauh setahun ke depan.")


def _check_swap(uow: SqlUnitOfWork, wanted: SwapWanted, now: datetime) -> None:
    schedule = _schedule(uow, wanted.schedule_id, now)
    days_off = uow.rota.days_off(now)
    begin = max(wanted.starts_at, now)
    duties = shifts_between(schedule, begin, wanted.ends_at, days_off)
    theirs = [each for each in duties if each.staff_id == wanted.out_id]
    if not theirs or gaps_between(theirs, begin, wanted.ends_at):
        raise RefusedError("Jaga ini sudah tidak ada di jadwal. Lihat jadwal terbaru.")
    if wanted.in_id is None:
        return
    _active(uow, wanted.in_id)
    if wanted.in_id == wanted.out_id:
        raise RefusedError("Pilih petugas lain sebagai pengganti.")
    if any(each.staff_id == wanted.in_id for each in duties):
        raise RefusedError("Pengganti itu sudah bertugas pada jam yang sama.")


def _asked(uow: SqlUnitOfWork, swap_id: str, now: datetime) -> SwapAsked:
    for each in uow.rota.asked(now):
        if each.swap.id == swap_id:
            return each
    raise RefusedError(NO_LONGER)


def _schedule(uow: SqlUnitOfWork, schedule_id: str, now: datetime) -> Schedule:
    for schedule in uow.rota.schedules(since=now):
        if schedule.id == schedule_id:
            return schedule
    raise RefusedError("Jadwal itu tidak ada.")


def _active(uow: SqlUnitOfWork, staff_id: str) -> None:
    if staff_id not in {member.id for member in active_staff(uow)}:
        raise RefusedError(UNKNOWN_STAFF)


def _supervisor(by: Staff) -> None:
    if not may_decide(by):
        raise RefusedError(WANTS_SUPERVISOR)


def _labels(uow: SqlUnitOfWork, made: Override) -> dict[str, str]:
    def label(staff_id: str | None) -> str:
        return "-" if staff_id is None else uow.staff.get(staff_id).label

    return {"out": label(made.out_id), "into": label(made.in_id), "at": made.starts_at.isoformat()}


def _changed(uow: SqlUnitOfWork, by: Staff, what: str, **more: str) -> None:
    log.info("rota_changed", by=by.label, what=what, **more)
    uow.wake("console")
