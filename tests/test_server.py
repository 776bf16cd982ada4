"""The server and the loops beside it end together."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from bot.server import create_app
from bot.worker import Worker
from tests.hotline import Hotline


def test_a_server_whose_worker_has_ended_ends_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Messages must not be taken in when nobody will answer them: it is started again."""
    told: list[int] = []

    async def breaks(_worker: Worker) -> None:
        raise RuntimeError("never again")

    monkeypatch.setattr(Worker, "run", breaks)
    monkeypatch.setattr(signal, "raise_signal", told.append)
    assert asyncio.run(_serve_for_a_moment(tmp_path, told)) == [signal.SIGTERM]


def test_a_server_that_is_stopped_needs_no_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its loops end because it does."""
    told: list[int] = []
    monkeypatch.setattr(signal, "raise_signal", told.append)
    assert asyncio.run(_serve_for_a_moment(tmp_path, told)) == []
    assert told == []


async def _serve_for_a_moment(folder: Path, told: list[int]) -> list[int]:
    """What was told while the server ran."""
    served = create_app(Hotline(folder / "var").app)
    async with served.router.lifespan_context(served):
        await asyncio.sleep(0.1)
        return list(told)
