"""What the page of the rota shows: days with who is on call, gaps, swaps, and the plan itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.console.dates import WEEKDAYS, weekday_in_words
from bot.domain.office import ZONE_NAMES, Office
from bot.domain.plans import Plan
from bot.domain.rota import Gap, Override, Rotation, Schedule, Shift, Stretch, shifts_between
from bot.domain.staff import Staff
from bot.services.coverage import Coverage, coverage
from bot.services.duty import active_staff, has_verified_contact
from bot.services.quarantine import may_decide
from bot.store.unit_of_work import SqlUnitOfWork

A_DAY = timedelta(days=1)
TWO_WEEKS = timedelta(days=14)


@dataclass(frozen=True)
class Line:
    """One line of a day: who is on call at which hours, or a gap (`who` is empty)."""

    hours: str
    who: str
    schedule: str
    has_phone: bool


@dataclass(frozen=True)
class Day:
    """A day with its lines by time."""

    title: str
    is_today: bool
    holiday: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Choice:
    """Something that can be picked: its value and how it reads."""

    value: str
    title: str


@dataclass(frozen=True)
class SwapView:
    """A swap in words; `mine` when this member may answer it, `stoppable` when they may end it."""

    id: str
    title: str
    mine: bool
    stoppable: bool


@dataclass(frozen=True)
class RotationView:
    """A rotation in words, and as the fields of its form."""

    id: str
    schedule_id: str
    title: str
    who: str
    when: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class RotaView:
    """All that the page shows, in one zone."""

    zone: str
    days: tuple[Day, ...]
    gaps: tuple[str, ...]
    unwakeable: tuple[str, ...]
    without_contact: tuple[str, ...]
    asked: tuple[SwapView, ...]
    swaps: tuple[SwapView, ...]
    duties: tuple[Choice, ...]
    shifts: tuple[Choice, ...]
    colleagues: tuple[Choice, ...]
    schedules: tuple[Choice, ...]
    rotations: tuple[RotationView, ...]
    holidays: tuple[Choice, ...]
    staff: tuple[Staff, ...]


def read_rota(
    uow: SqlUnitOfWork, member: Staff, office: Office, zone: ZoneInfo, now: datetime
) -> RotaView:
    """The rota from today to the Sunday of next week as this member may see and change it."""
    today = now.astimezone(zone).date()
    start = datetime.combine(today, time(), zone)
    plan = uow.rota.plan(start)
    labels = {each.id: each.label for each in uow.staff.everyone()}
    active = active_staff(uow)
    phones = {each.id for each in active if has_verified_contact(uow, office, each.id)}
    names = {each.day: each.name for each in uow.rota.holidays(today)}
    last = 14 - today.weekday()
    supervises = may_decide(member)
    open_ends: Coverage = coverage(uow, office, now)
    return RotaView(
        zone=ZONE_NAMES.get(zone.key, zone.key),
        days=tuple(
            _day(plan, start + count * A_DAY, now, labels, phones, names) for count in range(last)
        ),
        gaps=tuple(_span(each, zone) for each in open_ends.gaps),
        unwakeable=tuple(
            _span(each, zone) for each in open_ends.unwakeable if each not in open_ends.gaps
        ),
        without_contact=tuple(each.label for each in open_ends.without_contact),
        asked=tuple(
            SwapView(
                each.swap.id,
                _swap_title(each.swap, labels, zone),
                mine=each.swap.in_id == member.id or supervises,
                stoppable=True,
            )
            for each in uow.rota.asked(now)
            if supervises or member.id in (each.swap.in_id, each.swap.out_id, each.asked_by)
        ),
        swaps=tuple(
            SwapView(made.id, _swap_title(made, labels, zone), mine=False, stoppable=supervises)
            for schedule in plan.schedules
            for made in schedule.overrides
            if made.ends_at > now
        ),
        duties=_duties(plan, None if supervises else member.id, labels, zone, now),
        shifts=tuple(
            Choice(shift.id, f"{labels[shift.staff_id]}: {_span(shift, zone)}")
            for schedule in plan.schedules
            for shift in schedule.shifts
            if shift.starts_at > now and (supervises or shift.staff_id == member.id)
        ),
        colleagues=tuple(
            Choice(each.id, _with_languages(each)) for each in active if each.id != member.id
        ),
        schedules=tuple(
            Choice(each.id, f"{each.name} ({ZONE_NAMES[each.timezone.key]})")
            for each in plan.schedules
        ),
        rotations=tuple(
            _rotation(schedule, rotation, uow)
            for schedule in plan.schedules
            for rotation in schedule.rotations
        ),
        holidays=tuple(
            Choice(day.isoformat(), f"{weekday_in_words(day)} {day.year}: {name}")
            for day, name in names.items()
        ),
        staff=active,
    )


def _with_languages(member: Staff) -> str:
    tags = ", ".join(member.languages)
    return f"{member.label} ({tags})" if tags else member.label


def _day(
    plan: Plan,
    start: datetime,
    now: datetime,
    labels: Mapping[str, str],
    phones: Iterable[str],
    holidays: Mapping[date, str],
) -> Day:
    end = start + A_DAY
    found: list[tuple[datetime, Line]] = []
    with_duty = [each for each in plan.schedules if each.rotations or each.shifts]
    for schedule in plan.schedules:
        name = schedule.name if len(with_duty) > 1 else ""
        # A day more on either side: what goes on is told from what begins at midnight.
        for each in shifts_between(schedule, start - A_DAY, end + A_DAY, plan.days_off):
            if each.starts_at < end and each.ends_at > start:
                line = Line(
                    _hours(each, start, end), labels[each.staff_id], name, each.staff_id in phones
                )
                found.append((max(each.starts_at, start), line))
    since = max(start, now)
    if since < end:
        found += [
            (gap.starts_at, Line(_hours(gap, start, end, now), "", "", has_phone=False))
            for gap in plan.gaps(since, end)
        ]
    found.sort(key=lambda each: each[0])
    return Day(
        weekday_in_words(start.date()),
        start <= now < end,
        holidays.get(start.date(), ""),
        tuple(line for _, line in found),
    )


def _hours(each: Stretch | Gap, start: datetime, end: datetime, now: datetime | None = None) -> str:
    """The hours within a day; what goes on from or into another day says only its one end."""
    zone = start.tzinfo
    begins, ends = each.starts_at.astimezone(zone), each.ends_at.astimezone(zone)
    from_before = begins < start or (begins == start and isinstance(each, Gap))
    into_next = ends > end or (ends == end and isinstance(each, Gap))
    if now is not None and begins == now:
        return "sekarang dan seterusnya" if into_next else f"sekarang sampai {ends:%H.%M}"
    if from_before and into_next:
        return "sepanjang hari"
    if from_before:
        return f"sampai {ends:%H.%M}"
    if into_next:
        return f"mulai {begins:%H.%M}"
    return f"{begins:%H.%M}-{'24.00' if ends == end else f'{ends:%H.%M}'}"


def _span(each: Gap | Override | Shift | Stretch, zone: ZoneInfo) -> str:
    """From when to when, such as Sen 23 Nov 20.00 sampai Sel 24 Nov 08.00."""
    begins, ends = each.starts_at.astimezone(zone), each.ends_at.astimezone(zone)
    until = f"{ends:%H.%M}"
    if begins.date() != ends.date():
        until = f"{weekday_in_words(ends.date())} {until}"
    return f"{weekday_in_words(begins.date())} {begins:%H.%M} sampai {until}"


def _swap_title(made: Override, labels: Mapping[str, str], zone: ZoneInfo) -> str:
    when = _span(made, zone)
    if made.out_id is None:
        return f"{labels[made.in_id or '']} ditambahkan: {when}"
    if made.in_id is None:
        return f"{labels[made.out_id]} tidak jaga: {when}"
    return f"{labels[made.in_id]} menggantikan {labels[made.out_id]}: {when}"


def _duties(
    plan: Plan, staff_id: str | None, labels: Mapping[str, str], zone: ZoneInfo, now: datetime
) -> tuple[Choice, ...]:
    """What can be given away within two weeks: of one member, or of all."""
    found = []
    for schedule in plan.schedules:
        for each in shifts_between(schedule, now, now + TWO_WEEKS, plan.days_off):
            if staff_id in (None, each.staff_id):
                value = (
                    f"{schedule.id} {each.staff_id} "
                    f"{each.starts_at.isoformat()} {each.ends_at.isoformat()}"
                )
                who = f"{labels[each.staff_id]}: " if staff_id is None else ""
                found.append((each.starts_at, Choice(value, who + _span(each, zone))))
    return tuple(choice for _, choice in sorted(found, key=lambda each: each[0]))


def weekdays_in_words(weekdays: Iterable[int]) -> str:
    """Such as setiap hari, Sen-Jum, or the single days."""
    days = sorted(weekdays)
    if days == list(range(7)):
        return "setiap hari"
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{WEEKDAYS[days[0]]}-{WEEKDAYS[days[-1]]}"
    return ", ".join(WEEKDAYS[day] for day in days)


def _rotation(schedule: Schedule, rotation: Rotation, uow: SqlUnitOfWork) -> RotationView:
    numbers = [uow.staff.get(each).number for each in rotation.members]
    zone = ZONE_NAMES[schedule.timezone.key]
    hours = f"{rotation.begins:%H.%M}-{rotation.ends:%H.%M} {zone}"
    if rotation.begins == rotation.ends:
        hours = f"24 jam, ganti {rotation.begins:%H.%M} {zone}"
    days = weekdays_in_words(rotation.weekdays)
    rest = "" if rotation.on_holidays else ", libur pada hari libur"
    last = rotation.last_day
    return RotationView(
        id=rotation.id,
        schedule_id=schedule.id,
        title=rotation.name,
        who=", ".join(f"Petugas {number}" for number in numbers),
        when=f"{hours}, {days}, ganti tiap {rotation.turn_days} hari{rest}",
        fields={
            "name": rotation.name,
            "members": ", ".join(map(str, numbers)),
            "turn_days": str(rotation.turn_days),
            "begins": f"{rotation.begins:%H:%M}",
            "ends": f"{rotation.ends:%H:%M}",
            "first_day": rotation.first_day.isoformat(),
            "last_day": "" if last is None else last.isoformat(),
            "weekdays": "".join("1" if day in rotation.weekdays else "0" for day in range(7)),
            "on_holidays": "1" if rotation.on_holidays else "",
        },
    )
