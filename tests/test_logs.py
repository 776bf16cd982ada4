"""The log: lines for machines, and never a reason for anything else to stop."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SPEAKS = """
import structlog
from bot import logs
logs.configure()
log = structlog.get_logger()
for number in range(2000):
    log.error("loop_failed", loop="turns", number=number)
print("goes on")
"""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_log_on_a_full_disk_stops_nobody() -> None:
    """What went wrong cannot be written down; whoever wanted to still goes on."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", SPEAKS],
            stdout=subprocess.PIPE,
            stderr=full,
            timeout=60,
            check=False,
        )
    assert done.stdout.strip() == b"goes on"


def test_a_line_is_one_object() -> None:
    """Each line stands for itself."""
    done = subprocess.run(
        [sys.executable, "-c", SPEAKS], capture_output=True, timeout=60, check=True
    )
    lines = done.stderr.splitlines()
    assert len(lines) == 2000
    assert lines[7].startswith(b'{"loop": "turns", "number": 7, "event": "loop_failed"')


FAILS = """
import asyncio, logging
from bot import logs
logs.configure()
try:
    raise ValueError("rahasia Ani")
except ValueError:
    logging.getLogger("uvicorn.error").exception("rahasia %s", "Ani")
async def fail():
    raise LookupError("rahasia Ani")
async def forget():
    asyncio.create_task(fail())
    await asyncio.sleep(0)
asyncio.run(forget())
"""


def test_an_error_of_a_library_is_told_without_its_words() -> None:
    """What it was and where; what it quotes stays out."""
    done = subprocess.run(
        [sys.executable, "-c", FAILS], capture_output=True, timeout=60, check=True
    )
    told = done.stderr.decode()
    assert "rahasia" not in told
    assert "ERROR uvicorn.error\nValueError at <string>:6" in told
    assert "ERROR asyncio\nLookupError at <string>:10" in told
