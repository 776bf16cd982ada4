"""Fixtures that all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hotline import Hotline
from tests.stack import Stack, running_assistant


@pytest.fixture
def hotline(tmp_path: Path) -> Iterator[Hotline]:
    """A hotline of its own for each test."""
    line = Hotline(tmp_path / "var")
    yield line
    line.close()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Rasa and the action server, started once for all tests that need them."""
    with running_assistant(tmp_path_factory.mktemp("assistant")) as running:
        yield running
