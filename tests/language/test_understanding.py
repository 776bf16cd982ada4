"""What one message means as a whole: intent, entities and the highest urgency."""

from __future__ import annotations

import numpy as np
import pytest

from bot.language.intents import IntentModel
from bot.language.types import Urgency
from bot.language.understanding import (
    ALARM_THRESHOLD,
    FALLBACK_THRESHOLD,
    NOT_UNDERSTOOD,
    Understander,
)


class _Sure(IntentModel):
    """A model that answers every message with the same probability of one intent."""

    def rank(self, text: str) -> tuple[tuple[str, float], ...]:
        """The intent of the first label, `weights` holding its probability."""
        probability = float(self.weights[0, 0])
        return ((self.labels[0], probability), ("chatter", 1 - probability))


def _sure_of(intent: str, probability: float = 0.97) -> IntentModel:
    return _Sure((intent,), (), np.array([[probability]], dtype=np.float16))


def test_without_a_model_the_rules_speak() -> None:
    """No model is no reason to miss an emergency."""
    found = Understander(None).understand("saya disekap di ruko")
    assert found.intent == NOT_UNDERSTOOD
    assert found.confidence == 0
    assert found.urgency is Urgency.EMERGENCY
    assert found.signals == ("held",)


def test_entities_come_along() -> None:
    """Facts are found with and without a model."""
    text = "mau ke Taiwan"
    entities = Understander(None).understand(text).entities
    assert [(found.entity, text[found.start : found.end]) for found in entities] == [
        ("country", "Taiwan")
    ]


@pytest.mark.parametrize("intent", ["report_danger", "report_self_harm"])
def test_the_model_alone_raises_an_emergency(intent: str) -> None:
    """Danger told without any word that the rules know is still an emergency."""
    found = Understander(_sure_of(intent)).understand("begitulah keadaannya kak")
    assert found.urgency is Urgency.EMERGENCY
    assert found.signals == ()


def test_the_model_alone_raises_no_alarm_for_a_story() -> None:
    """A film, a joke or a solved story stays without alarm when only the model is alarmed."""
    found = Understander(_sure_of("report_danger")).understand("film tentang tkw itu judulnya apa")
    assert found.urgency is not Urgency.EMERGENCY


def test_doubt_raises_less() -> None:
    """Below its threshold a guess at danger is no emergency."""
    unsure = _sure_of("report_danger", ALARM_THRESHOLD - 0.05)
    assert Understander(unsure).understand("gimana ya").urgency is not Urgency.EMERGENCY


@pytest.mark.parametrize(
    "intent",
    [
        "report_labour_abuse",
        "report_recruiter",
        "report_money_lost",
        "report_missing_relative",
        "ask_return_home",
        "add_case_info",
    ],
)
def test_trouble_is_at_least_a_concern(intent: str) -> None:
    """A person follows up on trouble, also when no rule knows its words."""
    assert Understander(_sure_of(intent)).understand("begini kak").urgency is Urgency.CONCERN


@pytest.mark.parametrize("intent", ["ask_case_status", "ask_privacy", "check_job_offer", "thank"])
def test_a_question_has_no_urgency(intent: str) -> None:
    """Questions and small talk wake nobody."""
    assert Understander(_sure_of(intent)).understand("begini kak").urgency is Urgency.NONE


def test_the_model_never_lowers() -> None:
    """However sure the model is of a greeting, the rules stand."""
    found = Understander(_sure_of("greet")).understand("halo, saya disekap")
    assert found.intent == "greet"
    assert found.urgency is Urgency.EMERGENCY


def test_the_best_guess_is_given_below_the_threshold() -> None:
    """Whoever answers decides about the fallback; the guess is not hidden."""
    found = Understander(_sure_of("help_menu", 0.35)).understand("hmm")
    assert found.intent == "help_menu"
    assert 0 < FALLBACK_THRESHOLD < 0.5
