"""Finds examples that differ from an earlier one in little more than a place, a number or a relative."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from bot.language.matching import load
from bot.language.spelling import normalise

ALIKE = 0.6
"""Share of common runs of four letters (Jaccard) above which two messages are one."""

KIN = (
    "bapak ibu mama mamak emak anak adik kakak abang bang mas mbak pak kak suami istri bojo "
    "saudara saudari keponakan ponakan sepupu tetangga teman nenek kakek mertua menantu ipar "
    "paman bibi om tante mbok inaq amaq"
)


def _masked() -> re.Pattern[str]:
    countries = (
        name for names in load("places")["countries"].values() for name in names.split("|")
    )
    words = sorted({word.strip() for word in (*countries, *KIN.split())}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\w{{0,3}}\b|\d+")


def near_duplicates(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each text that is nearly an earlier one, with that one.

    By prefix filtering: two sets that share more than 60 % share one of their rarest members.
    """
    mask = _masked()
    runs = [_runs(mask.sub("#", " ".join(normalise(text).text.split()))) for text in texts]
    common = Counter(run for each in runs for run in each)
    by_rare_run: defaultdict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(runs):
        rare = sorted(each, key=lambda run: (common[run], run))
        rare = rare[: len(each) - math.ceil(ALIKE * len(each)) + 1]
        earlier = {other for run in rare for other in by_rare_run[run]}
        twin = next((other for other in sorted(earlier) if _alike(each, runs[other])), None)
        if twin is not None:
            yield texts[number], texts[twin]
        for run in rare:
            by_rare_run[run].append(number)


def _runs(plain: str) -> frozenset[str]:
    return frozenset(plain[at : at + 4] for at in range(max(1, len(plain) - 3)))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) > ALIKE * len(one | other)
