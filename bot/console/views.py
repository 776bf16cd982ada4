"""What the pages show, read in one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.console import talk, words
from bot.console.message_words import reason
from bot.console.record import Record, has_run_out, read_record
from bot.console.recruiter_views import EntryView, Leaving, read_entry, read_leaving
from bot.console.register_words import ENTRY
from bot.console.rows import MOST_SHOWN, Row, read_row
from bot.console.steps import StepView, read_steps, usual_time, zone_name
from bot.console.talk import Entry
from bot.domain.cases import NO_PERSONS, Case, CaseState, LogEntry, LogKind
from bot.domain.conversation import Conversation, HandledBy, Talk
from bot.domain.office import Office
from bot.domain.staff import Staff
from bot.language.types import Urgency
from bot.services.care_given import referral_contacts
from bot.services.closing import needs_two
from bot.services.duty import active_staff, duty
from bot.services.holding import SAFE_CONTACT
from bot.services.quarantine import may_decide
from bot.services.takeover import who_can_take
from bot.store.alarms import Alarm
from bot.store.unit_of_work import SqlUnitOfWork

REFERENCE = "TD-"
LONGEST_SHOWN = timedelta(days=8)
"""A duty that goes on for longer has no end worth showing."""


@dataclass(frozen=True)
class OnDuty:
    """A member on duty and until when; `reachable` when a page or the console reaches them."""

    label: str
    until: str
    reachable: bool


@dataclass(frozen=True)
class Logged:
    """An entry of the case log, ready to be read."""

    who: str
    what: str
    at: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Closing:
    """Somebody wishes to close the case; `own` when it is the member who looks at it."""

    who: str
    at: str
    reason: str
    own: bool


@dataclass(frozen=True)
class Top:
    """What stands above every page: who is signed in, which emergencies wait, what is alarming.

    `run_out` are those for which everybody was called in vain; `unmanned` those that are open,
    whoever has them, while nobody is on duty. `refused` counts the requests that were refused at
    the door and wait for a decision.
    """

    member: Staff
    waiting: tuple[str, ...]
    refused: int
    run_out: tuple[str, ...] = ()
    unmanned: tuple[str, ...] = ()

    @property
    def supervises(self) -> bool:
        """Whether this member may settle alarms and decide about refused requests."""
        return may_decide(self.member)


def top(uow: SqlUnitOfWork, member: Staff, office: Office, now: datetime) -> Top:
    """What nobody may overlook, whatever page is open."""
    emergencies = [
        case
        for case in uow.cases.listed(CaseState.OPEN, MOST_SHOWN)
        if case.urgency is Urgency.EMERGENCY
    ]
    about_people = {case.reference for case in emergencies if case.kind not in NO_PERSONS}
    running = {case.reference: uow.escalations.running_for(case.id) for case in emergencies}
    is_manned = not about_people or bool(duty(uow, office, now).on_call)
    return Top(
        member,
        waiting=tuple(sorted(each for each, found in running.items() if found is not None)),
        refused=uow.quarantine.held_count(),
        run_out=tuple(
            sorted(each for each, found in running.items() if found and has_run_out(found))
        ),
        unmanned=() if is_manned else tuple(sorted(about_people)),
    )


def on_duty(uow: SqlUnitOfWork, office: Office, now: datetime) -> tuple[OnDuty, ...]:
    """Who is on duty now, in the order in which they are called."""
    state = duty(uow, office, now)
    ends: dict[str, datetime] = {}
    for stretch in uow.rota.plan(now).stretches(now, now + LONGEST_SHOWN):
        if stretch.starts_at <= now:
            ends[stretch.staff_id] = max(stretch.ends_at, ends.get(stretch.staff_id, now))
    return tuple(
        OnDuty(
            label=uow.staff.get(staff_id).label,
            until=_until(ends.get(staff_id), now, office),
            reachable=staff_id in state.reachable,
        )
        for staff_id in state.on_call
    )


def _until(end: datetime | None, now: datetime, office: Office) -> str:
    """How long a duty goes on; who is over time stays until their cases are handed over."""
    if end is None:
        return "sampai kasusnya diserahkan"
    return (
        "seterusnya" if end >= now + LONGEST_SHOWN else f"sampai {words.moment(end, now, office)}"
    )


def next_shift(uow: SqlUnitOfWork, office: Office, now: datetime) -> str:
    """When the next shift begins; empty when none is planned."""
    planned = duty(uow, office, now).next_staffed
    return "" if planned is None else words.moment(planned, now, office)


@dataclass(frozen=True)
class AlarmGroup:
    """All standing alarms of a kind; `newest_id` is the newest one that is shown.

    `entries` are the references of the register that it is about.
    """

    kind: str
    newest_id: int
    sentence: str
    age: str
    references: tuple[str, ...]
    entries: tuple[str, ...] = ()


def alarms(uow: SqlUnitOfWork, now: datetime) -> tuple[AlarmGroup, ...]:
    """Standing alarms by kind, the kind with the newest one first."""
    groups: dict[str, list[Alarm]] = {}
    for alarm in uow.alarms.standing():
        groups.setdefault(alarm.kind, []).append(alarm)
    return tuple(_group(kind, standing, now) for kind, standing in groups.items())


def _group(kind: str, standing: Sequence[Alarm], now: datetime) -> AlarmGroup:
    details = [alarm.detail for alarm in standing]
    return AlarmGroup(
        kind=kind,
        newest_id=standing[0].id,
        sentence=words.alarm_line(kind, details),
        age=words.age(standing[0].at, now),
        references=tuple(each for each in details if each.startswith(REFERENCE)),
        entries=tuple(
            dict.fromkeys(each.split(",")[0] for each in details if each.startswith(ENTRY))
        ),
    )


def held_cases(uow: SqlUnitOfWork, member: Staff) -> tuple[str, ...]:
    """References of the cases in whose conversations this member answers now."""
    held = (uow.conversations.get(each) for each in uow.conversations.held_by(member.id))
    return tuple(uow.cases.get(known.case_id).reference for known in held if known.case_id)


@dataclass(frozen=True)
class CaseFile:
    """All that the page of a case shows.

    `would_wait`: a reply written now is held until the person writes again. `unreachable`
    says why nothing reaches them here any more. `askers` is how many people came with the offer
    that it is about. `colleagues` may be given a next step, `takers` the talk; `referrals` are
    contacts of the directory. Each is an id with its name.
    """

    case: Case
    known: Conversation
    row: Row
    holds: bool
    record: Record
    silent: bool
    quiet_for: str
    would_wait: bool
    unreachable: str
    lines: tuple[Entry, ...] = field(repr=False)
    facts: tuple[tuple[str, str], ...] = field(repr=False)
    log: tuple[Logged, ...] = field(repr=False)
    leaving: Leaving | None = None
    recruiters: tuple[EntryView, ...] = field(default=(), repr=False)
    askers: int = 0
    closing: Closing | None = None
    steps: tuple[StepView, ...] = field(default=(), repr=False)
    threats: tuple[Logged, ...] = field(default=(), repr=False)
    colleagues: tuple[tuple[str, str], ...] = ()
    takers: tuple[tuple[str, str], ...] = ()
    referrals: tuple[tuple[str, str], ...] = ()
    usual_time: str = ""
    zone: str = ""

    @property
    def needs_two(self) -> bool:
        """Whether closing it takes two members."""
        return needs_two(self.case)

    @property
    def safe_contact(self) -> str:
        """The safe time and way that the person gave; empty when none was agreed on."""
        return self.case.fields.get(SAFE_CONTACT, "")

    @property
    def is_open(self) -> bool:
        """Whether work goes on."""
        return self.case.state is CaseState.OPEN

    @property
    def talk_goes_on(self) -> bool:
        """Whether a human still talks about this case: it cannot be closed before hand-back."""
        known = self.known
        return known.handled_by is HandledBy.HUMAN and known.case_id == self.case.id


def case_file(
    uow: SqlUnitOfWork, case: Case, member: Staff, office: Office, now: datetime
) -> CaseFile:
    """A case as this member sees it."""
    known = uow.conversations.get(case.conversation_id)
    log = uow.cases.log_entries(case.id)
    holds = known.handled_by is HandledBy.HUMAN and known.staff_id == member.id
    labels = {member.id: member.label for member in uow.staff.everyone()}
    return CaseFile(
        case=case,
        known=known,
        row=read_row(uow, case, labels, now),
        holds=holds,
        record=read_record(uow, case, labels, office, now),
        silent=known.talk is Talk.DANGER_SILENT,
        quiet_for=talk.quiet_for(known, now),
        would_wait=talk.would_wait(known, now),
        unreachable="" if known.unreachable is None else reason(known.unreachable),
        lines=talk.entries(uow, known, member, office, now),
        facts=tuple(
            (words.field_name(name), words.in_words(value)) for name, value in case.fields.items()
        ),
        log=tuple(_logged(entry, office, now) for entry in log),
        threats=tuple(
            _logged(entry, office, now) for entry in log if entry.kind is LogKind.THREATENED
        ),
        askers=uow.offers.askers_in(case.id),
        steps=read_steps(uow, case, member, labels, office, now),
        colleagues=tuple((each.id, each.label) for each in active_staff(uow)),
        takers=tuple(
            (each.id, each.label)
            for each in (who_can_take(uow, member, office, now) if holds else ())
        ),
        referrals=tuple(
            (each.id, f"{each.name} ({each.phone})")
            for each in referral_contacts(case, office, now)
        ),
        usual_time=usual_time(office, now),
        zone=zone_name(office),
        closing=_closing(case, member, labels, office, now),
        leaving=read_leaving(uow, case, office, now),
        recruiters=tuple(
            read_entry(uow, entry, office, now) for entry in uow.recruiters.of_case(case.id)
        ),
    )


def _closing(
    case: Case, member: Staff, labels: Mapping[str, str], office: Office, now: datetime
) -> Closing | None:
    if case.close_asked_by is None or case.close_asked_at is None or case.close_reason is None:
        return None
    return Closing(
        labels[case.close_asked_by],
        words.moment(case.close_asked_at, now, office),
        words.CLOSE_REASONS[case.close_reason],
        own=case.close_asked_by == member.id,
    )


def _logged(entry: LogEntry, office: Office, now: datetime) -> Logged:
    return Logged(
        words.actor_name(entry.actor),
        words.LOG_KINDS[entry.kind],
        words.moment(entry.at, now, office),
        words.log_text(entry),
    )
