"""Understand messages without Rasa's process."""

from __future__ import annotations

from typing import Any

from bot.cli.common import CommandError
from bot.cli.jsonl import answer_each
from bot.cli.train import UNDERSTANDING, ensure_model
from bot.language.meanings import MeaningModel, UnreadableModelError
from bot.language.types import Understanding
from bot.language.understanding import Understander


def run() -> None:
    """Answer each line of stdin with what it means."""
    understander = trained_understander()
    answer_each(
        {"id": (str, int), "text": str},
        lambda asked: as_line(asked["id"], understander.understand(asked["text"])),
    )


def trained_understander() -> Understander:
    """Reads messages with the model, which is trained first when stale. Raises `CommandError`."""
    ensure_model()
    try:
        return Understander(MeaningModel.load(UNDERSTANDING))
    except UnreadableModelError as error:
        raise CommandError(f"{error}; run ./tanyadulu train --force") from error


def as_line(message_id: str | int, found: Understanding) -> dict[str, Any]:
    """An understanding as the contract wants it."""
    return {
        "id": message_id,
        "intent": found.intent,
        "confidence": found.confidence,
        "entities": [
            {
                "entity": entity.entity,
                "value": entity.value,
                "start": entity.start,
                "end": entity.end,
            }
            for entity in found.entities
        ],
        "urgency": found.urgency.value,
        "signals": list(found.signals),
    }
