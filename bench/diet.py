"""Rasa's own pipeline beside ours, on the same examples and the same frozen messages.

`python -m bench.diet` trains what `rasa init` gives (bench/stock/config.yml: DIET, 100 epochs; about
an hour on two cores, once for the same examples), lets it read tests/understanding, and prints
both macro-F1.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from sklearn.metrics import f1_score

from bench.training import CONFIGS, WORK
from bot.cli.environments import ENVIRONMENTS
from bot.cli.evaluate import known_intents
from bot.cli.evaluation_baseline import MESSAGES
from bot.cli.evaluation_lines import Labelled, read_labelled
from bot.cli.train import rasa_environment
from bot.cli.understand import trained_understander
from bot.settings import ROOT

FOLDER = WORK / "models" / "stock-nlu"
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
    """Train when needed, read, and print."""
    messages = read_labelled(sorted(MESSAGES.glob("*.jsonl")), known_intents())
    _train()
    ours = trained_understander()
    print("| pipeline | intent macro-F1 | accuracy |\n| --- | ---: | ---: |")
    _print("ours", messages, [ours.understand(message.text).intent for message in messages])
    _print("stock (DIET, 100 epochs)", messages, _read_by_stock(messages))


def _print(name: str, messages: list[Labelled], found: list[str]) -> None:
    truth = [message.intent for message in messages]
    right = sum(one == other for one, other in zip(truth, found, strict=True)) / len(truth)
    macro = f1_score(truth, found, average="macro", zero_division=0)
    print(f"| {name} | {macro:.3f} | {right:.3f} |")


def _train() -> None:
    made_from = _made_from()
    note = FOLDER / "made_from"
    if note.exists() and note.read_text() == made_from:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    print("Training the stock pipeline (an hour) ...", file=sys.stderr)
    command = [str(ENVIRONMENTS["rasa"].python), "-m", "rasa", "train", "nlu"]
    command += ["--nlu", "data/nlu", "--config", str(CONFIGS["stock"]), "--domain", "domain.yml"]
    command += ["--out", str(FOLDER), "--fixed-model-name", NAME]
    with (FOLDER / "train.log").open("wb") as log:
        subprocess.run(
            command, cwd=ROOT, env=rasa_environment(), stdout=log, stderr=log, check=True
        )
    note.write_text(made_from)


def _made_from() -> str:
    digest = hashlib.sha256()
    for path in (ROOT / CONFIGS["stock"], *sorted((ROOT / "data" / "nlu").glob("*.yml"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read_by_stock(messages: list[Labelled]) -> list[str]:
    asked = "".join(json.dumps(message.text) + "\n" for message in messages)
    archive: Path = FOLDER / f"{NAME}.tar.gz"
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
