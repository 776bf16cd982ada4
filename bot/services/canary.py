"""The test report: a robot person writes, a robot member of staff answers, and it closes itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.audit_facts import CanaryRun
from bot.domain.auditor import CANARY_TAKES
from bot.domain.cases import Case, CaseKind
from bot.domain.channels import CANARY, ROBOT
from bot.domain.messages import InboundMessage
from bot.domain.office import Office
from bot.services import trials
from bot.services.acknowledging import Answer, acknowledge_token
from bot.store.unit_of_work import SqlUnitOfWork

WORDS = "tolong saya disekap"
GROUP = "canary"
"""The group that the policy of the same name pages; the robot's login too."""
AGAIN = timedelta(minutes=5)
"""After a failed report the next one comes sooner: what was mended is seen to be."""


def has_robot(uow: SqlUnitOfWork) -> bool:
    """Whether the robot member of staff was made already."""
    return bool(uow.staff.group(GROUP))


def begin(
    uow: SqlUnitOfWork, every: timedelta, password_hash: str, now: datetime
) -> CanaryRun | None:
    """A new run when one is due, with the robot made at the first; None when none is.

    `password_hash` is of a word that nobody knows.
    """
    last = uow.canary.latest()
    if last is not None:
        wait = every if last.problem is None else min(AGAIN, every)
        if timedelta(0) <= now - last.started_at < wait:
            return None
    if not has_robot(uow):
        robot = uow.staff.add_robot(GROUP, password_hash, now)
        uow.staff.add_contact(robot.id, ROBOT, ROBOT, verified_at=now)
        uow.staff.join(GROUP, robot.id)
    return uow.canary.begin(now)


def report(run: CanaryRun) -> InboundMessage:
    """What the robot person writes; it is somebody new each time, as most who call for help."""
    return InboundMessage(CANARY, run.id, run.id, WORDS, final=True)


def note_case(uow: SqlUnitOfWork, run: CanaryRun) -> None:
    """The report was taken in: it must have opened a case."""
    known = uow.conversations.find_sender(CANARY, run.id)
    if known is None or known.case_id is None:
        uow.canary.failed(run.id, "no_case")
    else:
        uow.canary.has_case(run.id, known.case_id)


def answer(uow: SqlUnitOfWork, token: str, office: Office, now: datetime) -> None:
    """The robot's phone rang: it takes the case by the link of its page, which then is over.

    A page of a person that has got here by mistake is not answered in their name.
    """
    page = uow.pages.by_token(token)
    if page is None or page.staff_id is None or not uow.staff.get(page.staff_id).robot:
        return
    case = uow.cases.get(page.case_id)
    run = uow.canary.latest()
    if run is None or not (run.case_id == case.id or _is_of(run, case)):
        return
    uow.canary.paged(run.id, now)
    said = acknowledge_token(uow, token, office, now)
    if said.answer is not Answer.TAKEN:
        uow.canary.failed(run.id, said.answer)
        return
    uow.canary.acknowledged(run.id, now)
    trials.end(uow, case, now)


def _is_of(run: CanaryRun, case: Case) -> bool:
    """Before the case is noted with its run: it was opened since that began."""
    return run.case_id is None and case.opened_at >= run.started_at


def give_up_late(uow: SqlUnitOfWork, now: datetime) -> None:
    """A report that takes too long has failed: nothing of it goes on."""
    run = uow.canary.latest()
    if run is None or not run.is_under_way or now - run.started_at < CANARY_TAKES:
        return
    uow.canary.failed(run.id, run.missing)
    for case in uow.cases.open_of(CaseKind.CANARY):
        trials.end(uow, case, now)
