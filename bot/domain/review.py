"""Which messages staff look at again, so that the assistant learns what they meant."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.cases import CaseKind
from bot.domain.doubts import DoubtState
from bot.language.types import Urgency
from bot.language.understanding import FALLBACK_THRESHOLD, NOT_UNDERSTOOD

AMBIGUITY_THRESHOLD = 0.05
"""How much likelier the first meaning must be than the second; as in config.yml."""

SMALL_TALK = frozenset(
    [
        "greet",
        "goodbye",
        "thank",
        "affirm",
        "deny",
        "unsure",
        "stop",
        "restart",
        "help_menu",
        "clarify",
        "bot_challenge",
        "insult",
    ]
)
NO_MEANING = SMALL_TALK | {"out_of_scope", "request_human", NOT_UNDERSTOOD}
"""What a choice may say besides what was meant: "Bicara petugas" stands under many answers."""

_DANGERS = {CaseKind.DANGER: "report_danger", CaseKind.SELF_HARM: "report_self_harm"}
_AT_LEAST_A_CONCERN = ("report_", "add_case_info", "ask_return_home")
_OWN_URGENCY = (*_AT_LEAST_A_CONCERN, "check_job_offer")
_PAYLOAD = re.compile(r"/([a-z_]+)")


class Why(StrEnum):
    """Why a message is looked at: the model was unsure, or the person said what it meant."""

    UNSURE = "unsure"
    CORRECTED = "corrected"
    DANGER = "danger"
    NO_DANGER = "no_danger"


@dataclass(frozen=True)
class Heard:
    """A text of a person, and what became known of its meaning afterwards.

    `payload` is the choice that was the person's next message; `doubt` and `kind` are of the
    danger question that it gave rise to. `private` when a human answered or there is danger.
    """

    text: str = field(repr=False)
    payload: str | None = None
    doubt: DoubtState | None = None
    kind: CaseKind | None = None
    private: bool = False

    @property
    def chosen(self) -> str | None:
        """The topic that the person picked next."""
        # With a value behind the intent it answers a question of a form.
        found = _PAYLOAD.fullmatch(self.payload or "")
        return None if found is None or found[1] in NO_MEANING else found[1]

    @property
    def is_answered(self) -> bool:
        """Whether the person said afterwards what it meant, or that it was no danger."""
        return self.chosen is not None or self.doubt in {DoubtState.CONFIRMED, DoubtState.DENIED}


@dataclass(frozen=True)
class Guess:
    """What the model of today makes of a text; `likely` are its best intents with confidence."""

    intent: str
    confidence: float
    urgency: Urgency
    likely: tuple[tuple[str, float], ...] = ()

    @property
    def is_unsure(self) -> bool:
        """Whether the assistant would say that it did not understand."""
        if self.intent == NOT_UNDERSTOOD or self.confidence < FALLBACK_THRESHOLD:
            return True
        best = [confidence for _, confidence in self.likely[:2]]
        return len(best) == 2 and best[0] - best[1] < AMBIGUITY_THRESHOLD


@dataclass(frozen=True)
class Candidate:
    """A scrubbed message for staff, with the guess and, if it is known, what was `meant`."""

    text: str = field(repr=False)
    guess: Guess
    why: Why
    meant: str | None = None

    def urgency_of(self, intent: str) -> Urgency:
        """How urgent it usually is, when it means `intent`."""
        if intent in _DANGERS.values():
            return Urgency.EMERGENCY
        if self.why is Why.NO_DANGER and self.guess.urgency is Urgency.EMERGENCY:
            usual = Urgency.NONE
        else:
            usual = self.guess.urgency if intent.startswith(_OWN_URGENCY) else Urgency.NONE
        if intent.startswith(_AT_LEAST_A_CONCERN):
            return Urgency.highest(usual, Urgency.CONCERN)
        return usual


def why_shown(heard: Heard, guess: Guess) -> Why | None:
    """Why staff should look at a message; None when they should not.

    What a human answered, and what belongs to danger, is shown only when the person said
    afterwards what it meant.
    """
    if heard.doubt is DoubtState.CONFIRMED:
        return Why.DANGER
    if heard.doubt is DoubtState.DENIED:
        return Why.NO_DANGER
    # After a greeting the menu is no question what was meant.
    is_small_talk = guess.intent in SMALL_TALK and not guess.is_unsure
    if heard.chosen not in {None, guess.intent} and not is_small_talk:
        return Why.CORRECTED
    return Why.UNSURE if guess.is_unsure and not heard.private else None


def meaning_of(heard: Heard, why: Why) -> str | None:
    """The intent that the person said it was, as far as it is known."""
    if why is Why.DANGER and heard.kind is not None:
        return _DANGERS.get(heard.kind)
    return None if why is Why.NO_DANGER else heard.chosen
