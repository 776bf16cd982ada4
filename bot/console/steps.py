"""Next steps as staff read them, on the page of the case and on the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.console import words
from bot.domain.cases import Case
from bot.domain.handover import NextStep
from bot.domain.office import ZONE_NAMES, Office
from bot.domain.staff import Staff
from bot.store.unit_of_work import SqlUnitOfWork

USUAL_WAIT = timedelta(hours=2)
MOST_OWN = 20


@dataclass(frozen=True)
class StepView:
    """A step that is open; `own` when the member who looks at it is to do it."""

    id: str
    reference: str
    owner: str
    due: str
    is_late: bool
    is_accepted: bool
    own: bool
    text: str = field(repr=False)


def read_steps(
    uow: SqlUnitOfWork,
    case: Case,
    member: Staff,
    labels: Mapping[str, str],
    office: Office,
    now: datetime,
) -> tuple[StepView, ...]:
    """The open steps of a case, the soonest first."""
    return tuple(
        _view(step, case, member, labels, office, now) for step in uow.next_steps.open_of(case.id)
    )


def own_steps(
    uow: SqlUnitOfWork, member: Staff, office: Office, now: datetime
) -> tuple[StepView, ...]:
    """What a member is to do in all open cases, for the top of the list."""
    labels = {member.id: member.label}
    found = [
        _view(step, case, member, labels, office, now)
        for case_id in uow.next_steps.cases_with_steps_of(member.id)[:MOST_OWN]
        for case in (uow.cases.get(case_id),)
        for step in uow.next_steps.open_of(case_id)
        if step.owner_id == member.id
    ]
    return tuple(found)


def usual_time(office: Office, now: datetime) -> str:
    """What the form proposes: in two hours, in the office's zone, as the browser writes it."""
    local = (now + USUAL_WAIT).astimezone(office.timezone)
    return f"{local:%Y-%m-%dT%H:%M}"


def zone_name(office: Office) -> str:
    """The zone in which times are typed, as people call it."""
    return ZONE_NAMES.get(office.timezone.key, office.timezone.key)


def read_time(text: str, office: Office) -> datetime:
    """A moment as the browser writes it, in the office's zone; ValueError when it is none."""
    return datetime.fromisoformat(text).replace(tzinfo=office.timezone)


def _view(
    step: NextStep,
    case: Case,
    member: Staff,
    labels: Mapping[str, str],
    office: Office,
    now: datetime,
) -> StepView:
    return StepView(
        id=step.id,
        reference=case.reference,
        owner=labels[step.owner_id],
        due=words.moment(step.due_at, now, office),
        is_late=step.due_at <= now,
        is_accepted=step.accepted_at is not None,
        own=step.owner_id == member.id,
        text=step.text,
    )
