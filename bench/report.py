"""The tables, and how far the aims are reached."""

from __future__ import annotations

import os
import platform
from typing import Any

import psutil

from bench.figures import table


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123  # no real file
            names = [line.partition(":")[2].strip() for line in file if "model name" in line]
    except OSError:
        return platform.processor()
    return names[0] if names else platform.processor()


def show(found: dict[str, Any]) -> None:
    """Print everything that was found."""
    print(
        f"\n{found['started']}, {found['machine']}, load before {found['load_before']}, "
        f"{found['minutes']} minutes"
    )
    table("Latency and throughput", ("measure", "ours", "stock", "ratio", "load"), _speed(found))
    columns = ("measure", "n", "p50", "p95", "p99", "most", "others a second", "load")
    table("Pages (ours only), ms", columns, _pages(found))
    table("Size", ("measure", "ours", "stock", "ratio"), _size(found))
    table("Turn cost as one conversation grows, ms", ("turns", "ours", "stock"), _growth(found))
    table("Aims", ("aim", "wanted", "found", "reached"), aims(found))


def _ratio(more: float, less: float) -> str:
    return f"{more / less:.1f}x" if less else "-"


def _speed(found: dict[str, Any]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for key, name in (("answer_turns", "answer turn"), ("form_turns", "form turn")):
        sides = found[key]["sides"]
        for share in ("p50", "p95"):
            ours, stock = sides["ours"][share], sides["stock"][share]
            label = f"{name} {share}, ms (n {sides['ours']['n']})"
            rows.append((label, ours, stock, _ratio(stock, ours), found[key]["load"]))
        alike = found[key]["alike"]
        if alike:
            ours, stock = alike["ours"]["p50"], alike["stock"]["p50"]
            label = f"  same words (n {alike['ours']['n']}) p50, ms"
            rows.append((label, ours, stock, _ratio(stock, ours), ""))
    crowd = found["answered"]["sides"]
    ours, stock = crowd["ours"]["per_second"], crowd["stock"]["per_second"]
    label = f"answered per second, {found['answered']['people']} people"
    rows.append((label, ours, stock, _ratio(ours, stock), found["answered"]["load"]))
    for name in ("p50", "p95"):
        ours, stock = crowd["ours"][name], crowd["stock"][name]
        rows.append((f"  wait {name}, ms", ours, stock, _ratio(stock, ours), ""))
    accepts = found["accepts"]
    ours, stock = accepts["ours"]["per_second"], accepts["stock"]["per_second"]
    loads = f"{accepts['ours']['load']} / {accepts['stock']['load']}"
    rows.append(("durable accepts per second", ours, stock, _ratio(ours, stock), loads))
    for name in ("p50", "p99"):
        ours, stock = accepts["ours"][name], accepts["stock"][name]
        rows.append((f"  accept {name}, ms", ours, stock, _ratio(stock, ours), ""))
    drained = accepts["ours"]["all_answered_after_seconds"] or "more than 150"
    rows.append((f"  burst of {accepts['ours']['n']} all answered, s", drained, "", "", ""))
    return rows


def _pages(found: dict[str, Any]) -> list[tuple[object, ...]]:
    named = (("pages_under_load", "Rasa there"), ("pages_without_rasa", "Rasa gone"))
    parts = ("n", "p50", "p95", "p99", "most", "others_per_second", "load")
    return [(name, *(found[key][part] for part in parts)) for key, name in named]


def _size(found: dict[str, Any]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for kind in ("pss", "rss"):
        ours, stock = (total(found["memory"][name], kind) for name in ("ours", "stock"))
        rows.append((f"memory after load, {kind.upper()} MB", ours, stock, _ratio(stock, ours)))
    for name in ("rasa", "actions", "server"):
        parts = [found["memory"][side].get(name, {}).get("pss", "-") for side in ("ours", "stock")]
        rows.append((f"  {name}, PSS MB", *parts, ""))
    for key, name in (("ready", "start to ready, s"), ("first_answer", "start to answer, s")):
        ours, stock = (found["start"][side][key] for side in ("ours", "stock"))
        rows.append((name, ours, stock, _ratio(stock, ours)))
    ours, stock = (found["training"][side]["seconds"] for side in ("ours", "stock"))
    rows.append(("training, s", ours, stock, _ratio(stock, ours)))
    return rows


def total(memory: dict[str, dict[str, float]], kind: str) -> float:
    """Megabytes of all processes of a side."""
    return round(sum(part[kind] for part in memory.values()), 1)


def _growth(found: dict[str, Any]) -> list[tuple[object, ...]]:
    ours, stock = (found["growth"][name]["medians"] for name in ("ours", "stock"))
    rows: list[tuple[object, ...]] = [
        (f"{at}-{int(at) + 49}", ours.get(at, ""), stock.get(at, "")) for at in {**ours, **stock}
    ]
    rows.append(("ended", *(found["growth"][name]["ended"] for name in ("ours", "stock"))))
    return rows


def aims(found: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """Each aim, what was wanted and found, and whether that is enough."""
    answer, form = (found[key]["sides"] for key in ("answer_turns", "form_turns"))
    crowd, accepts = found["answered"]["sides"], found["accepts"]
    pages = max(found[key]["p99"] for key in ("pages_under_load", "pages_without_rasa"))
    medians = list(found["growth"]["ours"]["medians"].values())
    grown = max(medians[-3:]) / medians[0]
    memory = total(found["memory"]["ours"], "pss") / 1000
    ready = found["start"]["ours"]["ready"]
    ratios = (
        ("answer turn, median", 4, answer["stock"]["p50"] / answer["ours"]["p50"]),
        ("form turn, median", 3, form["stock"]["p50"] / form["ours"]["p50"]),
        ("answered per second", 4, crowd["ours"]["per_second"] / crowd["stock"]["per_second"]),
        ("accepts", 50, accepts["ours"]["per_second"] / accepts["stock"]["per_second"]),
    )
    rows = [(n, f">= {want}x", f"{got:.1f}x", _yes(got >= want)) for n, want, got in ratios]
    rows.append(("danger to page, p99", "< 1 s", f"{pages / 1000:.2f} s", _yes(pages < 1000)))
    rows.append(("memory (PSS)", "<= 0.8 GB", f"{memory:.2f} GB", _yes(memory <= 0.8)))
    rows.append(("ready with a model", "<= 20 s", f"{ready:.1f} s", _yes(ready <= 20)))
    rows.append(
        ("cost at turn 1,000 to first", "flat (<= 1.5x)", f"{grown:.2f}x", _yes(grown <= 1.5))
    )
    return rows


def _yes(reached: bool) -> str:
    return "yes" if reached else "NO"
