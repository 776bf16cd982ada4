"""Entries of the register and departures, ready to be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.console import words
from bot.console.dates import days_in_words
from bot.console.register_words import ENTRY_ACTS, ENTRY_STATES, MARK_KINDS
from bot.domain.cases import Case
from bot.domain.office import Office
from bot.domain.recruiters import Entry, EntryState, may_do
from bot.services.recruiters import STAFF_ACTS
from bot.store.unit_of_work import SqlUnitOfWork


@dataclass(frozen=True)
class EntryView:
    """A number, account or name of the register; `people` are the different ones who met it."""

    reference: str
    kind: str
    state: str
    counts: bool
    is_noted: bool
    times: int
    people: int
    first_at: str
    last_at: str
    value: str = field(repr=False)
    label: str = field(repr=False)


@dataclass(frozen=True)
class LineView:
    """A line of the log of an entry."""

    at: str
    act: str
    who: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class EntryFile:
    """All that the page of an entry shows; `acts` are the steps that make sense now."""

    entry: EntryView
    cases: tuple[tuple[str, str], ...]
    others: tuple[EntryView, ...] = field(repr=False)
    lines: tuple[LineView, ...] = field(repr=False)
    acts: frozenset[str]


@dataclass(frozen=True)
class Leaving:
    """The departure that a case is about: the days if known, and what staff have to find out."""

    days: str
    zone: str
    task: str
    outcome: str
    today: str


def read_entry(uow: SqlUnitOfWork, entry: Entry, office: Office, now: datetime) -> EntryView:
    """An entry as a row of the list."""
    return EntryView(
        reference=entry.reference,
        kind=MARK_KINDS[entry.kind],
        state=ENTRY_STATES[entry.state],
        counts=entry.counts,
        is_noted=entry.state is EntryState.NOTED,
        times=entry.times,
        people=uow.offers.askers_of_mark(entry.mark),
        first_at=words.moment(entry.first_at, now, office),
        last_at=words.moment(entry.last_at, now, office),
        value=entry.value,
        label=entry.label,
    )


def read_file(uow: SqlUnitOfWork, entry: Entry, office: Office, now: datetime) -> EntryFile:
    """An entry with its cases, its log and what may be done with it."""
    cases = (uow.cases.get(case_id) for case_id in uow.recruiters.cases_of(entry.id))
    return EntryFile(
        entry=read_entry(uow, entry, office, now),
        cases=tuple((case.reference, words.KINDS[case.kind]) for case in cases),
        others=tuple(
            read_entry(uow, other, office, now) for other in uow.recruiters.together_with(entry.id)
        ),
        lines=tuple(
            LineView(
                words.moment(line.at, now, office),
                ENTRY_ACTS[line.act],
                words.actor_name(line.actor),
                line.text,
            )
            for line in uow.recruiters.lines(entry.id)
        ),
        acts=frozenset(act.value for act in STAFF_ACTS if may_do(entry, act)),
    )


def read_leaving(uow: SqlUnitOfWork, case: Case, office: Office, now: datetime) -> Leaving | None:
    """What is known of the departure of a case."""
    known = uow.departures.of_case(case.id)
    if known is None:
        return None
    span = known.span
    days = "" if span is None else days_in_words(f"{span.first}/{span.last}")
    if span is not None and span.first == span.last:
        days = days_in_words(span.first.isoformat())
    return Leaving(
        days=days,
        zone="" if known.zone == office.timezone else known.zone.key,
        task="" if known.task is None else words.in_words(known.task),
        outcome="" if known.outcome is None else words.in_words(known.outcome),
        today=now.astimezone(known.zone).date().isoformat(),
    )
