"""Trains both assistants by the same command on the same data, and notes how long it took."""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from bench.figures import load_average
from bench.side import BenchError
from bot.cli.environments import ENVIRONMENTS
from bot.cli.processes import die_with_parent, last_lines
from bot.cli.train import rasa_environment, sources_hash
from bot.settings import ROOT

WORK = ROOT / "var" / "bench"
CONFIGS = {"ours": Path("config.yml"), "stock": Path("bench/stock/config.yml")}


@dataclass(frozen=True)
class Trained:
    """A model, how long its training took, and how busy the machine was at its end."""

    archive: Path
    seconds: float
    load: float


def trained(name: str) -> Trained:
    """The model of a side, trained now unless it was already from the same sources."""
    folder = WORK / "models" / name
    archive, note = folder / f"{name}.tar.gz", folder / "training.json"
    made_from = sources_hash() if name == "ours" else _stock_hash()
    if not archive.exists() or not note.exists() or _read(note).get("made_from") != made_from:
        folder.mkdir(parents=True, exist_ok=True)
        print(f"Training {name} (stock takes minutes) ...", flush=True)
        began = time.monotonic()
        _train(name, folder)
        seconds = round(time.monotonic() - began, 1)
        note.write_text(
            json.dumps({"made_from": made_from, "seconds": seconds, "load": load_average()})
        )
    known = _read(note)
    return Trained(archive, float(known["seconds"]), float(known["load"]))


def _stock_hash() -> str:
    """Of what stock learns from. Not of wording: it teaches nothing, and training takes minutes."""
    patterns = ("domain.yml", "data/nlu/*.yml", "data/rules/*.yml", "data/stories/*.yml")
    paths = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    digest = hashlib.sha256()
    for path in (ROOT / CONFIGS["stock"], *paths):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(note: Path) -> dict[str, str | float]:
    data: dict[str, str | float] = json.loads(note.read_text())
    return data


def _train(name: str, folder: Path) -> None:
    command = [str(ENVIRONMENTS["rasa"].python), "-m", "rasa", "train", "--force"]
    command += ["--config", str(CONFIGS[name]), "--fixed-model-name", name, "--out", str(folder)]
    log = folder / "train.log"
    with log.open("wb") as file:
        status = subprocess.run(
            command,
            cwd=ROOT,
            env=rasa_environment(RASA_MAX_CACHE_SIZE="0"),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(),
            check=False,
        ).returncode
    if status != 0:
        raise BenchError(f"training {name} failed: {last_lines(log, 4)}")
