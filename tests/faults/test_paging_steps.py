"""kill -9 between any two statements of paging: one page a step and member, none lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.settings import ROOT
from tests.faults.dying_pager import SCENARIOS
from tests.postgres import PostgresServer

pytestmark = pytest.mark.timeout(600)
# What rings in the act and until a minute after it, undisturbed.
RINGS = {
    "danger comes in": ["sari-1"],
    "a page is sent": ["sari-1"],
    "a phone refuses": ["sari-2"],
    "the next contact": ["sari-2"],
    "the next step": ["budi-1", "sari-1"],
    "an acknowledgement": ["budi-1"],
    "a reminder": ["sari-1"],
    "a lapse": ["budi-1"],
}
# Done by one transaction: after a death all of it is there or nothing.
WHOLE = ("danger comes in", "the next contact", "the next step", "an acknowledgement", "a reminder")

# The rest differs from these by no statement that only one of the two databases has.
ON_POSTGRES = ("a page is sent", "a phone refuses", "the next step", "an acknowledgement")


class Pager:
    """The warm process that does each order in a child of its own."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.dying_pager"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )

    def do(self, **order: Any) -> dict[str, Any]:
        """What came of an order."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """No more orders."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def pager() -> Iterator[Pager]:
    """One for all tests."""
    pager = Pager()
    yield pager
    pager.close()


class Ground:
    """A database as it is before an act, of which each death gets a fresh copy."""

    def __init__(self, folder: Path, server: PostgresServer | None) -> None:
        self.folder = folder
        self._server = server
        self._count = 0

    @contextmanager
    def prepared(self, pager: Pager, name: str) -> Iterator[dict[str, Any]]:
        """Make it; what was found in it."""
        if self._server is None:
            yield pager.do(part="prepare", scenario=name, folder=str(self.folder / "0"), url="")
            return
        with self._server.database() as self._url:
            yield pager.do(
                part="prepare", scenario=name, folder=str(self.folder / "0"), url=self._url
            )

    @contextmanager
    def copy(self) -> Iterator[dict[str, str]]:
        """Folder and URL of one more copy."""
        self._count += 1
        folder = self.folder / str(self._count)
        shutil.copytree(self.folder / "0", folder)
        try:
            if self._server is None:
                yield {"folder": str(folder), "url": ""}
                return
            with self._server.database(of=self._url) as url:
                yield {"folder": str(folder), "url": url}
        finally:
            shutil.rmtree(folder)


@pytest.fixture
def ground(dialect: str, request: pytest.FixtureRequest) -> Iterator[Ground]:
    """On the database of this test.

    In memory where that can be had: what a killed process has written is in the kernel's hands,
    and hundreds of processes need not wait for the disk.
    """
    server = request.getfixturevalue("postgres") if dialect == "postgres" else None
    memory = Path("/dev/shm")  # noqa: S108  # a folder of its own is made in it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Ground(Path(folder), server)


@pytest.mark.parametrize(
    ("dialect", "name"),
    [*(("sqlite", name) for name in SCENARIOS), *(("postgres", name) for name in ON_POSTGRES)],
    indirect=["dialect"],
)
def test_a_worker_that_dies_anywhere_pages_each_step_once(
    ground: Ground, pager: Pager, name: str
) -> None:
    """At every point of an act; what the next process leaves is what an undisturbed one leaves.

    Where the provider took a page and nobody wrote that down it is sent once more, and the
    record says so.
    """
    with ground.prepared(pager, name) as before:
        at = {"scenario": name, "at": before["at"]}
        with ground.copy() as copy:
            acted = pager.do(part="act", **at, **copy)
            wanted = pager.do(part="go on", **at, **copy)["seen"]
        assert _rang(before["seen"], wanted) == RINGS[name]
        assert not wanted["repeated"]
        points = acted["points"]
        states = (_plain(before["seen"]), _plain(acted["seen"]))
        for number, point in enumerate(points, 1):
            with ground.copy() as copy:
                where = f"{name}, {number}: {point}"
                died = pager.do(part="act", die_at=number, **at, **copy)
                assert (died["signal"], died.get("died")) == (signal.SIGKILL, point), where
                after = pager.do(part="go on", **at, **copy)
                assert after["code"] == 0, where
                if name in WHOLE:
                    assert _plain(after["found"]) in states, where
                _check(before["seen"], after["seen"], wanted, where, _is_unknown(points, number))


def _check(
    before: dict[str, Any], seen: dict[str, Any], wanted: dict[str, Any], where: str, unknown: bool
) -> None:
    """The same as undisturbed, but that one call may be one repeat."""
    assert _plain(seen) == _plain(wanted), where
    calls = Counter(call["row"] for call in seen["calls"])
    twice = [row for row, count in calls.items() if count > 1]
    assert set(calls.values()) <= {1, 2}, where
    assert len(twice) == (1 if unknown else 0), where
    assert len(seen["repeated"]) <= 1, where
    assert [[row] for row in twice] == (seen["repeated"] if unknown else []), where
    rang = set(_rang(before, seen))
    assert rang == set(_rang(before, wanted)), where


def _plain(seen: dict[str, Any]) -> dict[str, Any]:
    """What must be the same: a repeat counts as sent."""
    lines = sorted(["sent" if e == "repeated" else e, *rest] for e, *rest in seen["lines"])
    return {**seen, "lines": lines, "repeated": None, "calls": None}


def _rang(before: dict[str, Any], seen: dict[str, Any]) -> list[str]:
    """The phones that rang since."""
    return sorted(call["address"] for call in seen["calls"][len(before["calls"]) :])


def _is_unknown(points: list[str], number: int) -> bool:
    """Whether a death at a point leaves a page at the provider of which nobody wrote."""
    passed = points[:number]
    taken = [at for at, point in enumerate(passed) if point.startswith("inside")]
    return bool(taken) and "after COMMIT" not in passed[taken[-1] :]
