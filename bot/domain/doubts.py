"""A message that may be an emergency, or may not: one closed question settles it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.domain.cases import CaseKind
from bot.domain.conversation import Choice
from bot.language.types import Understanding

PATIENCE = timedelta(minutes=2)
"""How long the question waits for its answer before staff hear of it."""

IN_DANGER = "/report_danger"
"""What a yes means; the question's own word, for it counts also when it comes late."""
NO_DANGER = "/deny"
CLEAR = 0.5


class DoubtState(StrEnum):
    """asked -> denied, confirmed, or staff_told (nobody answered in time).

    An answer still counts after staff were told.
    """

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    STAFF_TOLD = "staff_told"


@dataclass(frozen=True)
class Doubt:
    """The question that one turn gave rise to, and which kind of danger it may be."""

    id: str
    conversation_id: str
    turn_id: str
    kind: CaseKind
    state: DoubtState


def answer_of(choice: Choice | None, understood: Understanding) -> bool | None:
    """Whether a message says that somebody is in danger; None when it answers nothing."""
    if choice is not None:
        return {IN_DANGER: True, NO_DANGER: False}.get(choice.payload or "")
    if understood.confidence < CLEAR:
        return None
    return {"affirm": True, "deny": False}.get(understood.intent)
