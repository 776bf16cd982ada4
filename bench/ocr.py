"""Reading pictures: how many red flags of a text are found on its posters, and what that costs.

`python -m bench.ocr [N]` draws N texts of tests/offers (or those of the tests of pictures) in all
styles by turns, reads them with the process that reads for people, and compares the check of what
was read with the check of the text.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import yaml

from bench.figures import Spread, load_average, table
from bot.domain.pictures import shown
from bot.domain.readings import Reading, ReadState
from bot.gateways.ocr import PictureProcess
from bot.language.offers import check_offer
from bot.settings import ROOT
from tests.posters import STYLES, draw

USUAL = 84
PATIENT_SECONDS = 120.0


@dataclass
class Found:
    """Codes of a style: how many there were, were found, and were found where none was."""

    wanted: int = 0
    found: int = 0
    more: int = 0
    seconds: list[float] = field(default_factory=list)


def texts() -> list[str]:
    """The seen offers where there are any, else the advertisements of the tests."""
    seen = sorted((ROOT / "tests" / "offers" / "seen").glob("*.jsonl"))
    lines = [line for path in seen for line in path.read_text("utf-8").splitlines() if line]
    if lines:
        # From every file some: each is written for another region.
        told = [json.loads(line)["text"] for line in lines]
        return [told[number * 97 % len(told)] for number in range(len(told))]
    path = ROOT / "tests" / "pictures" / "advertisements.yml"
    advertisements: list[str] = yaml.safe_load(path.read_text("utf-8"))
    return advertisements


async def measure(count: int) -> None:
    """Draw, read, compare, print."""
    process = PictureProcess(read_seconds=PATIENT_SECONDS, start_seconds=PATIENT_SECONDS)
    began = time.perf_counter()
    await process.read(draw("halo", "plain"), "image/png")
    start = time.perf_counter() - began
    by_style: dict[str, Found] = defaultdict(Found)
    told, styles = texts(), list(STYLES)
    for number in range(count):
        text, style = told[number % len(told)], styles[number % len(styles)]
        await _one(process, text, style, number, by_style[style])
    assert process.process_id is not None  # noqa: S101  # it has just read
    peak = _peak(process.process_id)
    processor = sum(psutil.Process(process.process_id).cpu_times()[:2])
    await process.close()
    _show(by_style, count, start, peak, processor)


def _peak(process_id: int) -> int:
    """The most memory that a process has had, in MB."""
    status = Path(f"/proc/{process_id}/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


async def _one(process: PictureProcess, text: str, style: str, seed: int, found: Found) -> None:
    body = draw(text, style, seed)
    began = time.perf_counter()
    lines = await process.read(body, _type(body))
    found.seconds.append(time.perf_counter() - began)
    wanted = {flag.code for flag in check_offer(text).flags}
    words = shown([Reading(ReadState.READ, lines)]).words
    seen = {flag.code for flag in check_offer(words).flags}
    found.wanted += len(wanted)
    found.found += len(wanted & seen)
    found.more += len(seen - wanted)


def _type(body: bytes) -> str:
    known = {b"\x89": "image/png", b"R": "image/webp"}
    return known.get(body[:1], "image/jpeg")


def _show(
    by_style: dict[str, Found], count: int, start: float, peak: int, processor: float
) -> None:
    styles = [
        (name, f"{each.found}/{each.wanted}", each.more, round(max(each.seconds), 2))
        for name, each in by_style.items()
    ]
    table("Flags by style", ("style", "found", "more", "slowest s"), styles)
    wanted = sum(each.wanted for each in by_style.values())
    found = sum(each.found for each in by_style.values())
    spread = Spread.of([second for each in by_style.values() for second in each.seconds])
    rows = [
        ("flags found", f"{found / max(wanted, 1):.1%} of {wanted}"),
        ("a picture, ms, p50 / p95 / most", f"{spread.p50} / {spread.p95} / {spread.most}"),
        ("processor, s a picture, start included", round(processor / count, 2)),
        ("start of the process, s", round(start, 1)),
        ("most memory, MB", peak),
        ("load", load_average()),
    ]
    table(f"{count} pictures", ("measure", "figure"), rows)


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else USUAL))
