"""One machine for all tests that kill things."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.cli.environments import ENVIRONMENTS
from bot.cli.processes import Program
from bot.cli.train import ensure_model
from bot.cli.up import free_port, plan
from bot.settings import Settings
from tests.faults.box import Box, server_program


@pytest.fixture(scope="session")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """All four processes apart: server, worker, action server, Rasa."""
    folder = tmp_path_factory.mktemp("box")
    ensure_model()
    port = free_port()
    programs, _ = plan(Settings.model_validate({"tanyadulu_data_dir": folder}))
    planned = next(program for program in programs if program.name == "server")
    assistant = {name: planned.environment[name] for name in ("RASA_URLS", "TANYADULU_RASA_KEY")}
    server = server_program(folder, port, assistant, "bot.cli", "serve", "--no-worker")
    python = str(ENVIRONMENTS["service"].python)
    worker = Program("worker", [python, "-m", "bot.cli", "work"], server.environment)
    others = [program for program in programs if program.name not in ("server", "watch")]
    box = Box(folder, [*others, server, worker], port)
    try:
        box.await_ready()
        yield box
    finally:
        box.close()
