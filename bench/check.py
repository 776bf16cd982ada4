"""How long the red-flag check takes: `python -m bench.check`.

Processor time, so that a busy machine counts less: a thousand offers through the command, texts of
5,000 characters, and texts of 50,000 made to be slow: every first word of a pattern again and
again, first words in disorder, and the signs at which the reading of a text turns.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import load_average, table
from bot.language.flags import flag_patterns
from bot.language.offers import check_offer
from bot.language.spelling import normalise
from bot.settings import ROOT

OFFERS = 1000
LONG = 5_000
LONGEST = 50_000
_TEXTS = 200
_SEED = 20

AIMS = {"1,000 offers, s": 10.0, "5,000 characters p99, ms": 20.0, "50,000 characters, ms": 200.0}


def main() -> None:
    """Measure and print."""
    texts = [
        json.loads(line)["text"]
        for path in sorted((ROOT / "data" / "offers" / "whole").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    check_offer(texts[0])
    wall, own = _command(texts)
    shuffled = random.Random(_SEED)  # noqa: S311  # no secret
    long = sorted(_milliseconds(_of_length(texts, shuffled, LONG)) for _ in range(_TEXTS))
    slow = sorted(
        ((_milliseconds(text), name) for name, text in _hostile(texts, shuffled)), reverse=True
    )
    print(f"load {load_average()}")
    table(
        "Aims",
        ("measure", "aim", "found"),
        [
            ("1,000 offers, s", AIMS["1,000 offers, s"], f"{wall:.1f} ({own:.1f} of processor)"),
            (
                "5,000 characters p99, ms",
                AIMS["5,000 characters p99, ms"],
                f"{long[int(_TEXTS * 0.99)]:.1f} (median {statistics.median(long):.1f})",
            ),
            (
                "50,000 characters, ms",
                AIMS["50,000 characters, ms"],
                f"{slow[0][0]:.0f} ({slow[0][1]})",
            ),
        ],
    )
    table(
        "The slowest of 50,000 characters", ("text", "ms"), [(b, f"{a:.0f}") for a, b in slow[:12]]
    )


def _command(texts: list[str]) -> tuple[float, float]:
    """Seconds of `check --jsonl` from its start to its end, and those of the processor."""
    lines = "".join(
        json.dumps({"id": at, "text": texts[at % len(texts)]}) + "\n" for at in range(OFFERS)
    )
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(  # our own command
        [sys.executable, "-m", "bot.cli", "check", "--jsonl"],
        input=lines.encode(),
        capture_output=True,
        check=True,
        cwd=Path(ROOT),
    )
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.stdout.count(b"\n") != OFFERS:
        sys.exit(f"bench: {done.stdout.count(b'\n')} answers to {OFFERS} offers")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _milliseconds(text: str) -> float:
    """Processor time of one check, the better of two."""
    spent = []
    for _ in range(2):
        normalise.cache_clear()
        check_offer.cache_clear()
        began = time.process_time()
        check_offer(text)
        spent.append(time.process_time() - began)
    return min(spent) * 1000


def _of_length(texts: list[str], shuffled: random.Random, length: int) -> str:
    return "\n".join(shuffled.sample(texts, 40))[:length]


def _hostile(texts: list[str], shuffled: random.Random) -> Iterator[tuple[str, str]]:
    """Names and texts of 50,000 characters."""
    first = sorted(flag_patterns().patterns.first_words)
    for word in first:
        yield f"{word} again and again", _repeated(f"{word} ")
    yield "first words in disorder", " ".join(shuffled.choices(first, k=LONGEST // 4))[:LONGEST]
    yield "offers", _of_length(texts, shuffled, LONGEST)
    signs = {
        "questions": "apa? ",
        "lines that ask": "bayar?\n",
        "amounts": "bayar Rp 5.000.000 ",
        "small amounts": "5 juta ",
        "dates": "12/12/2024 ",
        "phones": "0812-0000-7890 ",
        "accounts": "rek bca 1234567890 ",
        "companies": "PT Maju Jaya Abadi Sentosa ",
        "speakers": "aku: ya\nkak: ok\n",
        "quotations": '"bayar" ',
        "handles": "tele @abcdef ",
        "flags of countries": "\U0001f1f0\U0001f1ed ",
        "one word": "a",
        "digits and points": "1.",
        "javanese": "tak woco ",
    }
    for name, sign in signs.items():
        yield name, _repeated(sign)


def _repeated(sign: str) -> str:
    return (sign * (LONGEST // len(sign) + 1))[:LONGEST]


if __name__ == "__main__":
    main()
