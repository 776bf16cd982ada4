"""Processes that kill themselves at one point of a step of paging: `python -m tests.faults.dying_pager`.

It reads orders from its standard input, one JSON a line, and does each in a child of its own that
the warm process forks: with `die_at` the child sends itself SIGKILL at that point. Points are the
moments before each statement of SQL, before and after each COMMIT, and before and inside each call
of the provider (the one after it is the first statement of its record). They are counted only
while an act is done, in whatever thread it is done.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine, event, text
from sqlalchemy.engine.default import DefaultDialect

from bot import bootstrap
from bot.domain.messages import InboundMessage, Outbound
from bot.ports import SendError
from bot.services.acknowledging import acknowledge_page
from channels.inbound import take_in
from tests.hotline import START, Hotline

MASTER_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
HELP = InboundMessage("web", "m1", "ani", "tolong saya dikunci di kamar", address="", final=True)
LEASE_IS_OVER = timedelta(seconds=31)


class Points:
    """The points that an act has passed; at the one with the number `die_at` the process ends."""

    def __init__(self, die_at: int, last_words: int) -> None:
        self.passed: list[str] = []
        self.counts = False
        self._die_at = die_at
        self._last_words = last_words
        self._lock = threading.Lock()

    def passes(self, what: str) -> None:
        """One more."""
        if not self.counts:
            return
        with self._lock:
            self.passed.append(what)
            if len(self.passed) == self._die_at:
                os.write(self._last_words, json.dumps({"died": what}).encode())
                os.kill(os.getpid(), signal.SIGKILL)

    def watch_the_store(self) -> None:
        """Every statement of every engine of this process, and every commit."""

        @event.listens_for(Engine, "before_cursor_execute")
        def _statement(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            self.passes(f"before {_short(statement)}")

        commit = DefaultDialect.do_commit

        def watched(dialect: DefaultDialect, connection: Any) -> None:
            self.passes("before COMMIT")
            commit(dialect, connection)  # type: ignore[no-untyped-call]
            self.passes("after COMMIT")

        DefaultDialect.do_commit = watched  # type: ignore[method-assign]


def _short(statement: str) -> str:
    """The verb of a statement and the table that it is about."""
    words = statement.replace(",", " ").split()
    about = {"SELECT": "FROM", "DELETE": "FROM", "INSERT": "INTO", "UPDATE": "UPDATE"}
    word = about.get(words[0])
    if word not in words[:-1]:
        return " ".join(words[:2])
    return f"{words[0]} {words[words.index(word) + 1]}"


class Line(Hotline):
    """A hotline whose phones write down, durably, what rang: that outlives the process."""

    def __init__(self, folder: Path, url: str, at: float, points: Points) -> None:
        super().__init__(folder, master_keys=(MASTER_KEY,), database_url=url)
        self.clock.forward(seconds=at)
        self._calls = folder / "calls.jsonl"
        self._points = points
        self.phones.send = self._ring  # type: ignore[method-assign]

    async def _ring(self, message: Outbound) -> None:
        self._points.passes("before the call")
        if (message.address or "screen") in self.phones.broken:
            raise SendError("gone", permanent=True)
        rang = {"row": message.id, "address": message.address or "screen"}
        with self._calls.open("ab") as file:
            file.write(json.dumps(rang).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._points.passes("inside the call, taken")

    async def step(self, topic: str) -> None:
        """One step of a loop of the worker, with the calls that it begins."""
        await dict(self.worker.loops())[topic]()
        await self.worker.idle()

    def seen(self) -> dict[str, Any]:
        """All that paging keeps, without what differs from run to run (ids, codes, times)."""
        with self.app.database.engine.connect() as connection:
            found = {name: _rows(connection, query) for name, query in SEEN.items()}
        calls = self._calls.read_text().splitlines() if self._calls.exists() else []
        return {**found, "calls": [json.loads(call) for call in calls]}


SEEN = {
    "pages": "SELECT kind, step, login, state, contact FROM page p LEFT JOIN staff s ON s.id = staff_id",
    "lines": "SELECT event, channel, login, reason FROM page_log p LEFT JOIN staff s ON s.id = staff_id",
    "repeated": "SELECT outbound_id FROM page_log WHERE event = 'repeated'",
    "rows": "SELECT purpose, channel, login, o.state FROM outbound o LEFT JOIN staff s ON s.id = staff_id",
    "escalations": "SELECT state, step, care, next_at, login FROM escalation e"
    " LEFT JOIN staff s ON s.id = acknowledged_by",
    "holders": "SELECT login, channel, lapsed_at IS NULL FROM acknowledgement a"
    " JOIN staff s ON s.id = staff_id",
    "cases": "SELECT state, urgency, login FROM case_file c LEFT JOIN staff s ON s.id = owner_id",
    "case_log": "SELECT kind, actor FROM case_log",
    "alarms": "SELECT kind FROM alarm",
    "messages": "SELECT kind FROM inbound",
}


def _rows(connection: Any, query: str) -> list[list[str]]:
    return sorted([str(value) for value in row] for row in connection.execute(text(query)))


@dataclass(frozen=True)
class Scenario:
    """What is there before an act, the act, and what outside asks once more after a death.

    A person's message and a member's tap are repeated by whoever got no answer; the worker's own
    steps are not, for it looks again by itself.
    """

    prepare: Callable[[Line], Awaitable[None]]
    act: Callable[[Line], Awaitable[None]]
    is_repeated: bool = False


async def _staff(line: Line) -> None:
    """Sari, on duty with two phones, the second two minutes after the first; and Budi."""
    sari = await line.staff("sari", phone="sari-1", on_duty_hours=8)
    now = line.clock.now()
    await line.app.write(
        lambda uow: uow.staff.add_contact(
            sari.id, "phone", "sari-2", now, position=1, after_minutes=2
        )
    )
    await line.staff("budi", phone="budi-1")


async def _danger(line: Line) -> None:
    await take_in(line.app, HELP)


async def _queued(line: Line) -> None:
    await _staff(line)
    await _danger(line)


async def _paged(line: Line) -> None:
    await _queued(line)
    await line.settle()


async def _contact_is_due(line: Line) -> None:
    await _paged(line)
    line.clock.forward(minutes=2)


async def _step_is_due(line: Line) -> None:
    await _paged(line)
    await line.forward(minutes=2)
    line.clock.forward(minutes=3)


async def _both_are_paged(line: Line) -> None:
    await _step_is_due(line)
    await line.settle()
    line.clock.forward(seconds=10)


async def _acknowledge(line: Line) -> None:
    """Sari taps the button of the newest page that rings with her."""
    with line.app.database.engine.connect() as connection:
        page_id, staff_id = connection.execute(
            text(
                "SELECT p.id, staff_id FROM page p JOIN staff s ON s.id = staff_id"
                " WHERE login = 'sari' AND kind = 'step' ORDER BY step DESC LIMIT 1"
            )
        ).one()
    app, now = line.app, line.clock.now()
    await app.write(lambda uow: acknowledge_page(uow, page_id, staff_id, "phone", app.office, now))


async def _care_is_due(line: Line) -> None:
    await _both_are_paged(line)
    await _acknowledge(line)
    await line.settle()
    line.clock.forward(minutes=10)


async def _lapse_is_due(line: Line) -> None:
    await _care_is_due(line)
    await line.settle()
    await line.forward(minutes=2)
    line.clock.forward(minutes=3)


async def _refused(line: Line) -> None:
    """Sari's first phone refuses for good: the second one is due at once."""
    await line.step("pages")
    await line.step("escalations")
    await line.step("pages")


async def _lapse(line: Line) -> None:
    await line.step("care")
    await line.step("escalations")


SCENARIOS = {
    "danger comes in": Scenario(_staff, _danger, is_repeated=True),
    "a page is sent": Scenario(_queued, lambda line: line.step("pages")),
    "a phone refuses": Scenario(_queued, _refused),
    "the next contact": Scenario(_contact_is_due, lambda line: line.step("escalations")),
    "the next step": Scenario(_step_is_due, lambda line: line.step("escalations")),
    "an acknowledgement": Scenario(_both_are_paged, _acknowledge, is_repeated=True),
    "a reminder": Scenario(_care_is_due, lambda line: line.step("care")),
    "a lapse": Scenario(_lapse_is_due, _lapse),
}
BROKEN = {"a phone refuses": "sari-1"}


async def _do(line: Line, scenario: Scenario, part: str, points: Points) -> dict[str, Any]:
    """One part of a scenario: `prepare` it, do the `act`, or `go on` after the end of a process."""
    if part == "prepare":
        await scenario.prepare(line)
        return {"at": (line.clock.now() - START).total_seconds(), "seen": line.seen()}
    if part == "act":
        points.counts = True
        await scenario.act(line)
        points.counts = False
        return {"points": points.passed, "seen": line.seen()}
    found = line.seen()
    if scenario.is_repeated:
        await scenario.act(line)
    await line.settle()
    line.clock.forward(seconds=LEASE_IS_OVER.total_seconds())
    await line.settle()
    return {"found": found, "seen": line.seen()}


def _child(order: dict[str, Any], answer: int) -> None:
    points = Points(order.get("die_at", 0), answer)
    points.watch_the_store()
    name = order["scenario"]
    line = Line(Path(order["folder"]), order["url"], order.get("at", 0), points)
    line.phones.broken = {BROKEN[name]} if name in BROKEN else set()
    told = asyncio.run(_do(line, SCENARIOS[name], order["part"], points))
    line.close()
    os.write(answer, json.dumps(told).encode())


def _fork(order: dict[str, Any]) -> dict[str, Any]:
    """What a child told, or said last, and the signal that ended it."""
    reads, writes = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reads)
        try:
            _child(order, writes)
        except BaseException:  # noqa: BLE001  # the child must never go on as its parent
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    os.close(writes)
    with os.fdopen(reads, "rb") as told:
        said = told.read()
    _, status = os.waitpid(pid, 0)
    ended = {"signal": status & 0x7F, "code": status >> 8}
    return {**json.loads(said or b"{}"), **ended}


def main() -> None:
    """Read what is the same for all children, then do one order after the other."""
    # Answers have the standard output for themselves.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    # Read once, before the fork.
    for name in ("ResponseFiles", "load_contacts"):
        setattr(bootstrap, name, cache(getattr(bootstrap, name)))
    with tempfile.TemporaryDirectory() as folder:
        line = Line(Path(folder), "", 0, Points(0, 0))
        asyncio.run(_lapse_is_due(line))
        line.close()
    # What is there already stays shared with the children.
    gc.collect()
    gc.freeze()
    for order in map(json.loads, sys.stdin):
        sys.stdout.write(json.dumps(_fork(order)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
