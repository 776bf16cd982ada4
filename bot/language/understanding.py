"""All that is known of one message: what it wants, what it names, how urgent it is."""

from __future__ import annotations

from bot.language.danger import reads_harmless, screen
from bot.language.facts import find_facts
from bot.language.meanings import Likelihoods, MeaningModel
from bot.language.types import Understanding, Urgency

NOT_UNDERSTOOD = "nlu_fallback"
"""The intent when there is no model; Rasa's own name for it."""

RANKED = 3
"""Intents kept in the ranking: it is stored with every message of a conversation."""

FALLBACK_THRESHOLD = 0.3
"""Confidence below which the best guess is right four times in ten or less (cross-validated on
the project's examples). The guess is given all the same: whoever answers decides what to do."""

EMERGENCY_FROM = 0.3
"""Probability of an emergency from which the model alone raises one, with no rule behind it."""

EMERGENCY_IN_A_STORY_FROM = 0.6
"""The same where a tested context says news, film, joke, question of meaning, or long over."""

ASK_FROM = 0.12
"""Probability of an emergency from which the person is asked whether somebody is in danger."""

FEW_WORDS_FROM = {1: 1.01, 2: 1.01, 3: 0.6}
"""The same for so many words: "pintu kamar" tells too little to wake anybody, so that the model
alone only has the person asked. Real cries of two words are heard by the rules."""

URGENT_FROM = 0.4
CONCERN_FROM = 0.5
"""Probability that a message is at least this urgent."""


class Understander:
    """Reads messages with the danger rules and, when there is one, the model of meanings."""

    def __init__(self, model: MeaningModel | None) -> None:
        self._model = model

    def understand(self, text: str) -> Understanding:
        """Intent, entities, urgency and danger signals of a message; never raises.

        The urgency is the highest of what the rules find and what the model calls for. Without
        a model only the rules speak and the intent is `NOT_UNDERSTOOD`.
        """
        screening = screen(text)
        entities = tuple(find_facts(text))
        if self._model is None:
            return Understanding(
                NOT_UNDERSTOOD, 0.0, entities, screening.urgency, screening.signals
            )
        likely = self._model.read(text)
        ranking = _ranking(text, likely)
        intent, confidence = ranking[0]
        urgency = Urgency.highest(screening.urgency, _called_for(text, likely))
        return Understanding(
            intent=intent,
            confidence=confidence,
            entities=entities,
            urgency=urgency,
            signals=screening.signals,
            doubt=None if urgency is Urgency.EMERGENCY else _doubt(text, likely),
            ranking=ranking,
        )


def _ranking(text: str, likely: Likelihoods) -> tuple[tuple[str, float], ...]:
    """The likeliest intents; marks and emoji alone report nothing."""
    if _has_words(text):
        return likely.intents[:RANKED]
    return tuple(found for found in likely.intents if not found[0].startswith("report_"))[:RANKED]


def _called_for(text: str, likely: Likelihoods) -> Urgency:
    """The urgency that the model's probabilities call for."""
    if not _has_words(text):
        return Urgency.NONE
    emergency = likely.urgencies[Urgency.EMERGENCY]
    urgent = emergency + likely.urgencies[Urgency.URGENT]
    if emergency >= _emergency_from(text):
        return Urgency.EMERGENCY
    if urgent >= URGENT_FROM:
        return Urgency.URGENT
    if urgent + likely.urgencies[Urgency.CONCERN] >= CONCERN_FROM:
        return Urgency.CONCERN
    return Urgency.NONE


def _emergency_from(text: str) -> float:
    usual = EMERGENCY_IN_A_STORY_FROM if reads_harmless(text) else EMERGENCY_FROM
    return max(usual, FEW_WORDS_FROM.get(len(text.split()), 0.0))


def _doubt(text: str, likely: Likelihoods) -> str | None:
    """The likeliest kind of emergency, where one is neither sure nor unlikely."""
    if likely.urgencies[Urgency.EMERGENCY] < ASK_FROM or reads_harmless(text):
        return None
    return likely.emergencies[0][0] if _has_words(text) else None


def _has_words(text: str) -> bool:
    """Whether there is anything but marks and emoji, of which the model knows too little."""
    return any(character.isalnum() for character in text)
