"""Run all measures and print the tables: `python -m bench`, or `make bench`."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import report
from bench.figures import load_average
from bench.growth import growth
from bench.load import answered, rest_accepts, web_accepts
from bench.mail import Postbox, postbox
from bench.ours import start_ours
from bench.pages import under_load, without_rasa
from bench.side import BenchError, Side
from bench.stock.server import start_stock
from bench.training import WORK, trained
from bench.turns import answer_turns, form_turns
from bot.cli.up import free_port

RESULTS = Path(__file__).parent / "results" / "latest.json"


def main() -> None:
    """Parse the size of the run and run it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small numbers, to try it out")
    small = parser.parse_args().quick
    training = {name: trained(name) for name in ("ours", "stock")}
    found: dict[str, Any] = {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": small,
        "machine": report.machine(),
        "load_before": load_average(),
        "training": {
            name: {"seconds": made.seconds, "load": made.load} for name, made in training.items()
        },
    }
    try:
        asyncio.run(_run(found, small=small))
    except BenchError as error:
        sys.exit(f"bench: {error}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    report.show(found)


async def _run(found: dict[str, Any], *, small: bool) -> None:
    began = time.monotonic()
    folder = WORK / "run"
    shutil.rmtree(folder, ignore_errors=True)
    sides: list[Side] = []
    with postbox(free_port()) as box:
        try:
            for name in ("stock", "ours"):
                (folder / name).mkdir(parents=True)
            _tell("starting stock")
            sides.append(stock := await start_stock(folder / "stock"))
            # Alone, before and after the other: shared pages would count by halves.
            found["memory"] = {"stock": stock.memory()}
            _tell("starting ours")
            sides.append(ours := await start_ours(folder / "ours", box.port))
            await _measure(found, ours, stock, box, small=small)
        finally:
            for side in sides:
                side.stop()
    found["minutes"] = round((time.monotonic() - began) / 60, 1)


async def _measure(
    found: dict[str, Any], ours: Side, stock: Side, box: Postbox, *, small: bool
) -> None:
    both = (ours, stock)
    found["start"] = {
        side.name: {"ready": side.ready_seconds, "first_answer": side.first_answer_seconds}
        for side in both
    }
    _tell("answer turns")
    found["answer_turns"] = await answer_turns(both, 4 if small else 15)
    _tell("form turns")
    found["form_turns"] = await form_turns(both, 6 if small else 30)
    _tell("many people at once")
    found["answered"] = await answered(both, 32, 5 if small else 15)
    _tell("accepts")
    found["accepts"] = {
        "stock": await rest_accepts(stock, 64, 5 if small else 15),
        "ours": await web_accepts(ours, 256 if small else 1024, 64),
    }
    _tell("a long conversation")
    found["growth"] = {
        "ours": await growth(ours, 15 if small else 150),
        "stock": await growth(stock, 15 if small else 75),
    }
    stock.stop()
    found["memory"]["ours"] = ours.memory()
    _tell("danger")
    found["pages_under_load"] = await under_load(ours, box, 10 if small else 100)
    found["pages_without_rasa"] = await without_rasa(ours, box, 10 if small else 100)


def _tell(what: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {what} (load {load_average()})", flush=True)


if __name__ == "__main__":
    main()
