"""Two of everything on one PostgreSQL database, behind something that spreads the requests."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.cli.environments import ENVIRONMENTS
from bot.cli.processes import Program
from bot.cli.train import ensure_model
from bot.cli.up import free_port, plan
from bot.keyfile import new_key
from bot.settings import Settings
from tests.faults.box import PATIENCE_SECONDS, Box
from tests.stack import answers


class Cluster(Box):
    """Each request goes to the next server, as behind a load balancer that knows no health.

    `urls` are the servers one by one: `server-1`, `server-2`. The workers are `worker-1` and
    `worker-2`, the assistants `rasa-1` and `rasa-2`; `kill` and `hold_down` take these names.
    """

    def __init__(self, folder: Path, programs: list[Program], ports: Sequence[int]) -> None:
        self.urls = tuple(f"http://127.0.0.1:{port}" for port in ports)
        self._next = itertools.cycle(self.urls)
        super().__init__(folder, programs, ports[0])

    @property
    def url(self) -> str:
        """The next server."""
        return next(self._next)

    @url.setter
    def url(self, _first: str) -> None:
        """There is more than one."""

    def _await(self, path: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not all(answers(f"{url}{path}") for url in self.urls):
            if time.monotonic() > deadline:
                raise TimeoutError({n: c.last_words() for n, c in self.children.items()})
            time.sleep(0.2)


@contextmanager
def running_cluster(
    folder: Path, database_url: str, more: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """Two servers, two workers, two Rasa processes and their action server.

    Every process has a data folder of its own, as on several machines; what they share is the
    database, the master key and Rasa's key. `more` is added to the environment of servers and
    workers.
    """
    ensure_model()
    rasas, rasa_urls, key = _assistants(folder)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": ".",
        "DATABASE_URL": database_url,
        "MASTER_KEYS": new_key(),
        "RASA_URLS": ",".join(rasa_urls),
        "TANYADULU_RASA_KEY": key,
        "TANYADULU_TURN_SECONDS": "0",
        **(more or {}),
    }
    python = str(ENVIRONMENTS["service"].python)
    ports = (free_port(), free_port())
    programs = list(rasas)
    for number, port in enumerate(ports, 1):
        server = {"TANYADULU_DATA_DIR": str(folder / f"server-{number}")}
        server |= {"TANYADULU_PORT": str(port)}
        command = [python, "-m", "bot.cli", "serve", "--no-worker"]
        programs.append(Program(f"server-{number}", command, environment | server))
        worker = {"TANYADULU_DATA_DIR": str(folder / f"worker-{number}")}
        command = [python, "-m", "bot.cli", "work"]
        programs.append(Program(f"worker-{number}", command, environment | worker))
    cluster = Cluster(folder, programs, ports)
    try:
        cluster.await_ready()
        yield cluster
    finally:
        cluster.close()


def _assistants(folder: Path) -> tuple[list[Program], list[str], str]:
    """Two Rasa processes with one action server, where they listen, and their key."""
    first = Settings.model_validate({"tanyadulu_data_dir": folder / "assistants"})
    first.data_dir.mkdir(parents=True)
    planned, ready = plan(first)
    named = {program.name: program for program in planned}
    key = named["server"].environment["TANYADULU_RASA_KEY"]
    actions_url = named["rasa"].environment["TANYADULU_ACTIONS_URL"]
    second = Settings.model_validate(
        {
            "tanyadulu_data_dir": folder / "assistants",
            "tanyadulu_rasa_key": key,
            "tanyadulu_actions_url": actions_url,
        }
    )
    again, ready_again = plan(second)
    other = next(program for program in again if program.name == "rasa")
    programs = [
        Program("rasa-1", named["rasa"].command, named["rasa"].environment),
        Program("rasa-2", other.command, other.environment),
        named["actions"],
    ]
    return programs, [ready["rasa"].rstrip("/"), ready_again["rasa"].rstrip("/")], key
