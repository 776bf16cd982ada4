"""The status page: what is wrong with the hotline itself, and when everything was last seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.bootstrap import App
from bot.console import views, words
from bot.console.pages import Pages
from bot.domain.audit_facts import CanaryRun, Surroundings
from bot.domain.auditor import AUDITOR, DOOR, HEARTBEAT, LOOP, STOPPED, Finding, Severity, audit
from bot.domain.office import Office
from bot.domain.staff import Staff
from bot.store.unit_of_work import SqlUnitOfWork
from bot.surroundings import in_passing

PARTS = ("waiting", "tabs", "status")
CALL = "call "
KINDS = {LOOP: "Program pekerja", DOOR: "Pintu masuk", CALL: "Kiriman keluar"}


@dataclass(frozen=True)
class FindingView:
    """A finding in words; `reference` when it is about a case."""

    text: str
    grave: bool
    code: str
    reference: str = ""


@dataclass(frozen=True)
class Seen:
    """Something and when it was last seen to work; `late` when it should have been since."""

    name: str
    kind: str
    at: str
    age: str
    late: bool


@dataclass(frozen=True)
class CanaryView:
    """The last test report: when, and the seconds to each of its stations."""

    at: str
    paged: str
    acknowledged: str
    problem: str


class StatusPage:
    """For all staff: whoever is on duty must know whether the hotline can be relied on."""

    def __init__(self, app: App, pages: Pages) -> None:
        self._app = app
        self._pages = pages

    async def show(self, request: Request, member: Staff) -> Response:
        """Findings, beats, test report and heartbeat, kept up to date."""

        async def read() -> Mapping[str, Any]:
            around = in_passing(self._app)
            return await self._app.read(lambda uow: self._context(uow, member, around))

        return await self._pages.follow(request, self._app.wakes, "status.html", PARTS, read)

    def _context(
        self, uow: SqlUnitOfWork, member: Staff, around: Surroundings
    ) -> Mapping[str, Any]:
        now, office = self._app.clock.now(), self._app.office
        facts = uow.audit.facts(now)
        beats = {name: at for name, at in facts.beats.items() if name not in (AUDITOR, HEARTBEAT)}
        run = facts.canary
        return {
            "top": views.top(uow, member, office, now),
            "tab": "status",
            "findings": tuple(_finding(each) for each in audit(facts, around, now)),
            "seen": tuple(_seen(name, at, now, office) for name, at in sorted(beats.items())),
            "watchman": _moment(facts.beats.get(AUDITOR), now, office),
            "heartbeat": _moment(facts.beats.get(HEARTBEAT), now, office),
            "has_heartbeat": around.has_heartbeat,
            "canary": None if run is None else _canary(run, now, office),
            "canary_good": _moment(facts.canary_good_at, now, office),
        }


def _finding(found: Finding) -> FindingView:
    reference = found.about if found.about.startswith(views.REFERENCE) else ""
    grave = found.severity is Severity.GRAVE
    return FindingView(found.for_staff, grave, found.code.value, reference)


def _seen(name: str, at: datetime, now: datetime, office: Office) -> Seen:
    kind = next((kind for kind in KINDS if name.startswith(kind)), "")
    late = kind == LOOP and now - at >= STOPPED
    return Seen(
        name.removeprefix(kind),
        KINDS.get(kind, ""),
        words.moment(at, now, office),
        words.age(at, now),
        late,
    )


def _moment(at: datetime | None, now: datetime, office: Office) -> str:
    """When it was, with its age; empty when never."""
    return "" if at is None else f"{words.moment(at, now, office)} ({words.age(at, now)})"


def _canary(run: CanaryRun, now: datetime, office: Office) -> CanaryView:
    paged = None if run.paged_at is None else (run.paged_at - run.started_at).total_seconds()
    return CanaryView(
        at=words.moment(run.started_at, now, office),
        paged="" if paged is None else f"{paged:.1f}".replace(".", ","),
        acknowledged="" if run.seconds is None else f"{run.seconds:.1f}".replace(".", ","),
        problem=run.problem or "",
    )
