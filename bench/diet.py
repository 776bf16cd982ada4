"""Rasa's own pipeline beside ours, on the same examples and the same frozen messages.

`python -m bench.diet` trains what `rasa init` gives (bench/stock/config.yml: DIET, 100 epochs) and
ours on one part of data/nlu, lets both read tests/understanding, and prints both macro-F1. DIET
takes minutes for an epoch of all examples on two cores: `--share 6` learns from each sixth,
`--epochs 25` ends where its accuracy on what it learns from has long been above 0.99.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import yaml
from sklearn.metrics import f1_score

from bench.pipelines import examples
from bench.training import CONFIGS, WORK
from bot.cli.environments import ENVIRONMENTS
from bot.cli.evaluate import known_intents
from bot.cli.evaluation_baseline import MESSAGES
from bot.cli.evaluation_lines import Labelled, read_labelled
from bot.cli.train import rasa_environment
from bot.language.training import Example, train
from bot.language.understanding import Understander
from bot.settings import ROOT

NAME = "stock-nlu"
# Runs in Rasa's own interpreter: messages in on stdin, intents out on stdout.
READ = """
import asyncio, json, sys
from rasa.core.agent import Agent
agent = Agent.load(sys.argv[1])
async def read():
    for line in sys.stdin:
        parsed = await agent.parse_message(json.loads(line))
        ranked = [one for one in parsed["intent_ranking"] if one["name"] != "nlu_fallback"]
        print(json.dumps(["READ", ranked[0]["name"]]), flush=True)
asyncio.run(read())
"""


def main() -> None:
    """Train both, read, and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.diet", description=__doc__)
    parser.add_argument("--share", type=int, default=1, help="learn from each so-manieth example")
    parser.add_argument("--epochs", type=int, default=100)
    asked = parser.parse_args()
    share: int = asked.share
    epochs: int = asked.epochs
    messages = read_labelled(sorted(MESSAGES.glob("*.jsonl")), known_intents())
    learnt = [example for example, _ in examples()][::share]
    began = time.monotonic()
    ours = Understander(train(learnt))
    took = time.monotonic() - began
    print(f"{len(learnt)} examples, {len(messages)} messages\n")
    print("| pipeline | intent macro-F1 | accuracy | training, s |\n| --- | ---: | ---: | ---: |")
    found = [ours.understand(message.text).intent for message in messages]
    _print("ours", messages, found, took)
    folder = WORK / "models" / f"stock-nlu-{share}"
    took = _train(folder, learnt, epochs)
    found = _read_by_stock(folder / f"{NAME}.tar.gz", messages)
    _print(f"stock (DIET, {epochs} epochs)", messages, found, took)


def _print(name: str, messages: list[Labelled], found: list[str], took: float) -> None:
    truth = [message.intent for message in messages]
    right = sum(one == other for one, other in zip(truth, found, strict=True)) / len(truth)
    macro = f1_score(truth, found, average="macro", zero_division=0)
    print(f"| {name} | {macro:.3f} | {right:.3f} | {took:.0f} |", flush=True)


def _train(folder: Path, learnt: Sequence[Example], epochs: int) -> float:
    """Train stock unless it learnt from the same before; the seconds that it took."""
    folder.mkdir(parents=True, exist_ok=True)
    data, note = folder / "nlu.yml", folder / "made_from.json"
    data.write_text(_as_rasa(learnt), encoding="utf-8")
    stock = folder / "config.yml"
    as_shipped = (ROOT / CONFIGS["stock"]).read_text("utf-8")
    stock.write_text(as_shipped.replace("epochs: 100", f"epochs: {epochs}"), encoding="utf-8")
    made_from = hashlib.sha256(data.read_bytes() + stock.read_bytes()).hexdigest()
    if note.exists():
        known = json.loads(note.read_text())
        if known["made_from"] == made_from:
            return float(known["seconds"])
    print("Training the stock pipeline ...", file=sys.stderr, flush=True)
    command = [str(ENVIRONMENTS["rasa"].python), "-m", "rasa", "train", "nlu", "--nlu", str(data)]
    command += ["--config", str(stock), "--domain", "domain.yml"]
    command += ["--out", str(folder), "--fixed-model-name", NAME]
    began = time.monotonic()
    with (folder / "train.log").open("wb") as log:
        subprocess.run(
            command, cwd=ROOT, env=rasa_environment(), stdout=log, stderr=log, check=True
        )
    took = time.monotonic() - began
    note.write_text(json.dumps({"made_from": made_from, "seconds": took}))
    return took


def _as_rasa(learnt: Sequence[Example]) -> str:
    by_intent: dict[str, list[str]] = {}
    for example in learnt:
        by_intent.setdefault(example.intent, []).append(f"- {example.text}\n")
    blocks = [{"intent": name, "examples": "".join(lines)} for name, lines in by_intent.items()]
    return yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, width=10_000)


def _read_by_stock(archive: Path, messages: list[Labelled]) -> list[str]:
    asked = "".join(json.dumps(message.text) + "\n" for message in messages)
    done = subprocess.run(
        [str(ENVIRONMENTS["rasa"].python), "-c", READ, str(archive)],
        input=asked,
        capture_output=True,
        text=True,
        env=rasa_environment(),
        cwd=ROOT,
        check=True,
    )
    lines = (line for line in done.stdout.splitlines() if line.startswith('["READ"'))
    return [str(json.loads(line)[1]) for line in lines]


if __name__ == "__main__":
    main()
