"""Check job offers for red flags, line by line."""

from __future__ import annotations

from typing import Any

from bot.cli.jsonl import answer_each
from bot.language.offers import check_offer
from bot.language.types import Evidence, OfferCheck


def run() -> None:
    """Answer each line of stdin with what its text says about an offer."""
    answer_each(
        {"id": (str, int), "text": str},
        lambda asked: as_line(asked["id"], check_offer(asked["text"])),
    )


def as_line(message_id: str | int, found: OfferCheck) -> dict[str, Any]:
    """A check as the contract wants it."""
    return {
        "id": message_id,
        "verdict": found.verdict.value,
        "flags": [_evidence(flag) for flag in found.flags],
        "signals": [_evidence(signal) for signal in found.signals],
        "facts": found.facts,
        "missing": list(found.missing),
    }


def _evidence(found: Evidence) -> dict[str, str]:
    return {"code": found.code, "evidence": found.evidence}
