"""Real processes that die, starve and lie: the heartbeat stops, and comes back when it is mended."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from bot.bootstrap import build
from bot.cli.environments import ENVIRONMENTS
from bot.cli.processes import Program
from bot.cli.up import free_port
from bot.domain.auditor import STOPPED
from bot.domain.staff import Role
from bot.language.understanding import Understander
from bot.settings import Settings
from bot.store.unit_of_work import SqlUnitOfWork
from tests.faults.box import Box, server_program
from tests.gateways.mail import mail_server
from tests.postgres import running_postgres
from tests.standins.monitor import WORD, Monitor, monitor

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
COMES = 60.0
"""Processes start slowly on a busy machine."""
AT_ONCE = 25.0
"""Two looks and a slow database."""
HELP = "tolong saya disekap di kamar"
NO_RASA = {"RASA_URLS": "http://127.0.0.1:9", "TANYADULU_RASA_KEY": "unused"}


@contextmanager
def watched(folder: Path, ear: Monitor, **settings: str) -> Iterator[Box]:
    """Server, worker and watchman apart, on a box that pings once a second."""
    port = free_port()
    given = {
        **NO_RASA,
        "TANYADULU_PRACTICE": "1",
        "HEARTBEAT_URL": ear.url,
        "TANYADULU_WATCH_SECONDS": "1",
        **settings,
    }
    server = server_program(folder, port, given, "bot.cli", "serve", "--no-worker")
    python = str(ENVIRONMENTS["service"].python)
    others = [
        Program(name, [python, "-m", "bot.cli", command], server.environment)
        for name, command in (("worker", "work"), ("watch", "watch"))
    ]
    box = Box(folder, [server, *others], port)
    try:
        box.await_alive()
        ear.await_ping(COMES)
        yield box
    finally:
        box.close()


def found(box: Box) -> list[str]:
    """The codes that the watchman's log names, in order."""
    lines = (box.folder / "logs" / "watch.log").read_text("utf-8").splitlines()
    told = (json.loads(line) for line in lines if line.startswith("{"))
    return [line["code"] for line in told if line["event"] == "found"]


def hire(settings: Mapping[str, str], *addresses: str) -> None:
    """Supervisors with an e-mail address each, as the box's own commands would add them."""
    app = build(Settings.model_validate(settings), reader=Understander(None), senders={})
    now = datetime.now(UTC)

    def add(uow: SqlUnitOfWork) -> None:
        for number, address in enumerate(addresses):
            member = uow.staff.add(f"sari{number}", Role.SUPERVISOR, "unused", now)
            uow.staff.add_contact(member.id, "email", address, verified_at=now)

    with closing(app.database), closing(app.database.vault):
        app.database.write(add).result(30)


def test_a_worker_that_dies_stops_the_heartbeat(tmp_path: Path) -> None:
    """Within a minute and two looks of kill -9; the machine's screen says it; it comes back."""
    with monitor() as ear, watched(tmp_path, ear) as box:
        box.hold_down("worker")
        after = ear.await_silence(STOPPED.total_seconds() + 20)
        assert after > 30, "a beat is written each 15 seconds: nothing else may have stopped it"
        assert "worker_stopped" in found(box)
        assert "*** GANGGUAN: Program pekerja berhenti" in box.children["watch"].last_words(200)
        box.let_up("worker")
        ear.await_ping(COMES)
        log = (box.folder / "logs" / "watch.log").read_text("utf-8")
        assert WORD not in log


def test_a_disk_that_takes_nothing_stops_the_heartbeat(tmp_path: Path) -> None:
    """The watchman may make no file longer: its probe fails, as on a full disk."""
    with monitor() as ear, watched(tmp_path, ear) as box:
        pid = box.children["watch"].pid
        assert pid is not None
        watch = psutil.Process(pid)
        _, hard = watch.rlimit(resource.RLIMIT_FSIZE)
        watch.rlimit(resource.RLIMIT_FSIZE, (4096, hard))
        ear.await_silence(AT_ONCE)
        watch.rlimit(resource.RLIMIT_FSIZE, (hard, hard))
        ear.await_ping(COMES)
        assert found(box)


def test_a_provider_that_fails_stops_the_heartbeat(tmp_path: Path) -> None:
    """The mail server is gone while three are paged by it; with it back the pages leave."""
    port = free_port()
    mail = {"SMTP_URL": f"smtp://127.0.0.1:{port}?from=hotline@example.org"}
    hire({"tanyadulu_data_dir": str(tmp_path)}, *(f"sari{n}@example.org" for n in range(3)))
    with monitor() as ear, watched(tmp_path, ear, **mail) as box:
        box.say("ani", HELP, "c0")
        ear.await_silence(AT_ONCE)
        assert "provider_fails" in found(box)
        with mail_server(port) as box_of_mail:
            ear.await_ping(180)
            assert {mail["To"] for mail in box_of_mail.received} >= {"sari0@example.org"}


def test_a_database_that_is_gone_stops_the_heartbeat(tmp_path: Path) -> None:
    """PostgreSQL is killed: supervisors get mail with the addresses read before; then it is back."""
    with running_postgres(durable=True) as server, server.database() as url:
        port = free_port()
        with monitor() as ear, mail_server(port) as mail:
            settings = {
                "DATABASE_URL": url,
                "SMTP_URL": f"smtp://127.0.0.1:{port}?from=hotline@example.org",
            }
            hire({"tanyadulu_data_dir": str(tmp_path), "database_url": url}, "sari@example.org")
            with watched(tmp_path, ear, **settings) as box:
                server.kill()
                ear.await_silence(AT_ONCE * 2)
                assert "database_down" in found(box)
                told = [each.get_payload() for each in mail.received]
                assert sum("Basis data tidak menjawab" in str(text) for text in told) == 1
                server.start()
                ear.await_ping(COMES)


def test_a_clock_that_jumps_stops_the_heartbeat(tmp_path: Path) -> None:
    """Two hours ahead on the watchman's machine, and back: silence, then all is well again."""
    clock = tmp_path / "clock"
    clock.write_text("0", encoding="ascii")
    with monitor() as ear, monitor() as other, watched(tmp_path / "var", ear) as box:
        environment = {
            **box.children["watch"].program.environment,
            "HEARTBEAT_URL": other.url,
            "CLOCK_FILE": str(clock),
        }
        python = str(ENVIRONMENTS["service"].python)
        moved = Program("moved", [python, "-m", "tests.faults.moved_watch"], environment)
        beside = Box(tmp_path / "moved", [moved], 0)
        try:
            other.await_ping(COMES)
            clock.write_text("7200", encoding="ascii")
            other.await_silence(AT_ONCE)
            told = (tmp_path / "moved" / "logs" / "moved.log").read_text("utf-8")
            assert '"code": "clock_jumped"' in told
            clock.write_text("0", encoding="ascii")
            other.await_ping(240)
        finally:
            beside.close()
