"""One process that reads pictures, for all tests that do not kill it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from bot.domain.readings import ReadLine
from bot.gateways.ocr import PictureProcess

type Read = Callable[[bytes, str], tuple[ReadLine, ...]]

PATIENT_SECONDS = 120.0


@pytest.fixture(scope="session")
def process() -> Iterator[PictureProcess]:
    """A reader that gives the slowest machine its time."""
    made = PictureProcess(read_seconds=PATIENT_SECONDS, start_seconds=PATIENT_SECONDS)
    yield made
    asyncio.run(made.close())


@pytest.fixture
def read(process: PictureProcess) -> Read:
    """Read a file: its bytes and its type."""
    return lambda body, media_type: asyncio.run(process.read(body, media_type))
