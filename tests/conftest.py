"""Fixtures that all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hotline import Hotline


@pytest.fixture
def hotline(tmp_path: Path) -> Iterator[Hotline]:
    """A hotline of its own for each test."""
    line = Hotline(tmp_path / "var")
    yield line
    line.app.close()
