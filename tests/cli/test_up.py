"""Starting, keeping alive and ending everything, with real processes."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.cli.running import START_SECONDS, Running, all_gone, tanyadulu
from tests.stack import answers

pytestmark = pytest.mark.stack
STOP_SECONDS = 10.0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Everything running, shared by the tests that leave it as it is."""
    up = Running(tmp_path_factory.mktemp("up") / "var")
    yield up
    if up.process.poll() is None:
        up.stop()


def test_ready_means_that_a_message_is_answered(running: Running) -> None:
    """After Ready the chat command gets an answer, in order, and names the bad line."""
    lines = [
        json.dumps({"sender": "budi", "text": "halo"}),
        "no json",
        json.dumps({"sender": "budi", "text": "terima kasih"}),
    ]
    done = tanyadulu("chat", "--jsonl", stdin="\n".join(lines), **running.settings)
    answered = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["sender"] for answer in answered] == ["budi", "budi"]
    assert all(answer["replies"] and answer["replies"][0]["text"] for answer in answered)
    assert {(answer["case"], answer["handled_by"]) for answer in answered} == {(None, "bot")}
    assert done.returncode == 1
    assert done.stderr == "tanyadulu: line 2: not valid JSON\n"


def test_an_emergency_opens_a_case(running: Running) -> None:
    """The reference of the case is in the answer."""
    line = json.dumps({"sender": "siti", "text": "tolong saya dikunci di kamar, paspor diambil"})
    done = tanyadulu("chat", "--jsonl", stdin=line, **running.settings)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["case"]
    assert answer["replies"]
    # With no contact set up, whoever sits at this terminal is the one to see it.
    running.wait_for(f"*** [LATIHAN] DARURAT {answer['case']}")


def test_children_know_no_more_than_they_need(running: Running) -> None:
    """No setting and no secret of the server is in the environment of Rasa or the actions."""
    settings = {"TANYADULU_DATA_DIR", "TANYADULU_PORT", "MASTER_KEYS", "DATABASE_URL", "SMTP_URL"}
    for name in ("rasa", "actions"):
        assert settings & set(running.children[name].environ()) == set()


def test_inner_doors_are_open_on_this_machine_only(running: Running) -> None:
    """Rasa, the action server and the server listen on loopback; the watchman not at all."""
    for name, process in running.children.items():
        listening = [
            each.laddr.ip
            for each in process.net_connections("inet")
            if each.status == psutil.CONN_LISTEN
        ]
        assert set(listening) == (set() if name == "watch" else {"127.0.0.1"})


def test_files_are_for_their_owner_only(running: Running) -> None:
    """Nobody else on the machine can read keys, data or logs."""
    open_ones = [
        path.name
        for path in (running.folder, *running.folder.rglob("*"))
        if path.stat().st_mode & 0o077
    ]
    assert open_ones == []


def test_doctor_finds_everything_reachable(running: Running) -> None:
    """Nothing is broken right after a start; what people have not done yet are warnings."""
    done = tanyadulu("doctor", **running.settings)
    assert done.returncode == 0, done.stdout
    for name in ("rasa", "actions", "server"):
        assert f"{name} answers" in done.stdout
    assert "checked by no person" in done.stdout
    assert "practice mode" in done.stdout


def test_a_second_start_on_the_same_data_is_refused(running: Running) -> None:
    """Two programs on one data folder would send everything twice."""
    done = tanyadulu("up", **running.settings)
    assert done.returncode == 1
    assert done.stderr.startswith("tanyadulu: already running with ")
    assert done.stderr.count("\n") == 1


def test_a_port_in_use_is_told_in_one_line(tmp_path: Path) -> None:
    """The message names the port and the way out."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        folder = str(tmp_path / "var")
        done = tanyadulu("up", TANYADULU_DATA_DIR=folder, TANYADULU_PORT=port)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last == f"tanyadulu: port {port} is in use; end the other program or set TANYADULU_PORT"


@pytest.mark.parametrize("name", ["actions", "server", "rasa"])
def test_what_dies_comes_back(running: Running, name: str) -> None:
    """A killed process is named, started again, and people are answered."""
    before = running.children[name]
    before.kill()
    running.wait_for(f"{name} ended by signal 9")
    running.wait_for(f"{name} starts again")
    deadline = time.monotonic() + START_SECONDS
    while not all(answers(url) for url in running.state["ready"].values()):
        assert time.monotonic() < deadline, running.output
        time.sleep(0.2)
    assert running.children[name].pid != before.pid


def test_sigterm_ends_everything_quickly(running: Running) -> None:
    """A signal ends all processes within ten seconds, with status 0 and nothing left."""
    children = list(running.children.values())
    assert running.stop() < STOP_SECONDS
    assert running.process.returncode == 0
    assert all_gone(children)
    assert not (running.folder / "up.json").exists()


def test_no_process_outlives_a_killed_parent(tmp_path: Path) -> None:
    """Even after kill -9 of the parent nothing keeps running, and the next start works."""
    first = Running(tmp_path / "var")
    children = list(first.children.values())
    first.stop(signal.SIGKILL)
    assert all_gone(children)
    second = Running(tmp_path / "var")
    assert second.stop(signal.SIGINT) < STOP_SECONDS
    assert second.process.returncode == 0
