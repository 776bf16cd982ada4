"""All that is known of one message: what it wants, what it names, how urgent it is."""

from __future__ import annotations

from bot.language.danger import reads_harmless, screen
from bot.language.facts import find_facts
from bot.language.intents import IntentModel
from bot.language.types import Understanding, Urgency

NOT_UNDERSTOOD = "nlu_fallback"
"""The intent when there is no model; Rasa's own name for it."""

FALLBACK_THRESHOLD = 0.3
"""Confidence below which the best guess is right less than one time in three (cross-validated on
the project's examples). The guess is given all the same: whoever answers decides what to do."""

ALARM_THRESHOLD = 0.3
"""Probability of danger from which the model alone raises an emergency, with no rule behind it;
low, for it cost no false alarm more in cross-validation."""

FEW_WORDS = 2
FEW_WORDS_THRESHOLD = 0.7
"""A word or two that the model does not know can look like anything; rules hear real cries."""

TROUBLE_THRESHOLD = 0.4
"""Probability of trouble of any kind from which a message is at least a concern."""

_ALARMING = ("report_danger", "report_self_harm")

_TROUBLE = (
    *_ALARMING,
    "report_labour_abuse",
    "report_recruiter",
    "report_money_lost",
    "report_missing_relative",
    "ask_return_home",
    "add_case_info",
)
"""A person should follow these up, whatever else the message holds."""


class Understander:
    """Reads messages with the danger rules and, when there is one, the intent model."""

    def __init__(self, model: IntentModel | None) -> None:
        self._model = model

    def understand(self, text: str) -> Understanding:
        """Intent, entities, urgency and danger signals of a message; never raises.

        The urgency is the highest of what the rules find and what the intents imply. Without a
        model only the rules speak and the intent is `NOT_UNDERSTOOD`.
        """
        screening = screen(text)
        ranked = self._model.rank(text) if self._model else ((NOT_UNDERSTOOD, 0.0),)
        intent, confidence = ranked[0]
        return Understanding(
            intent=intent,
            confidence=confidence,
            entities=tuple(find_facts(text)),
            urgency=Urgency.highest(screening.urgency, _implied(text, ranked)),
            signals=screening.signals,
        )


def _implied(text: str, ranked: tuple[tuple[str, float], ...]) -> Urgency:
    """The urgency that the model's probabilities call for."""
    alarm = sum(probability for intent, probability in ranked if intent in _ALARMING)
    trouble = sum(probability for intent, probability in ranked if intent in _TROUBLE)
    few = len(text.split()) <= FEW_WORDS
    is_alarm = alarm >= (FEW_WORDS_THRESHOLD if few else ALARM_THRESHOLD)
    if trouble < TROUBLE_THRESHOLD and not is_alarm:
        return Urgency.NONE
    if reads_harmless(text):
        # What is over or only told still waits for a person when it adds to a report.
        return Urgency.CONCERN if ranked[0][0] == "add_case_info" else Urgency.NONE
    return Urgency.EMERGENCY if is_alarm else Urgency.CONCERN
