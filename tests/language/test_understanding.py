"""What one message means as a whole: intent, entities, the highest urgency, and doubt."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli.understand import as_line, trained_understander
from bot.language.meanings import Likelihoods, MeaningModel
from bot.language.types import Urgency
from bot.language.understanding import (
    ASK_FROM,
    EMERGENCY_FROM,
    FALLBACK_THRESHOLD,
    NOT_UNDERSTOOD,
    Understander,
)

URGENCIES = [urgency.value for urgency in Urgency]
SENTENCE = "begitulah keadaannya di sini kak"


class _Sure(MeaningModel):
    """A model that reads every message alike: one meaning, and small talk for the rest."""

    def read(self, text: str) -> Likelihoods:
        """The first label with the probability in `bias`."""
        del text
        (intent, urgency), likely = self.labels[0], round(float(self.bias[0]), 6)
        urgencies = dict.fromkeys(Urgency, 0.0) | {Urgency.NONE: 1 - likely}
        urgencies[urgency] += likely
        emergencies = ((intent, likely),) if urgency is Urgency.EMERGENCY else ()
        return Likelihoods(((intent, likely), ("chatter", 1 - likely)), urgencies, emergencies)


def sure_of(
    intent: str, likely: float = 0.97, urgency: Urgency = Urgency.EMERGENCY
) -> Understander:
    """An understander with such a model."""
    bias = np.array([likely], dtype=np.float32)
    return Understander(_Sure(((intent, urgency),), (), np.zeros((0, 1), np.float16), bias))


@cache
def real() -> Understander:
    """The trained model of today."""
    return trained_understander()


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
    for understander in (Understander(None), sure_of("greet", urgency=Urgency.NONE)):
        entities = understander.understand(text).entities
        assert [(found.entity, text[found.start : found.end]) for found in entities] == [
            ("country", "Taiwan")
        ]


@pytest.mark.parametrize("intent", ["report_danger", "report_self_harm", "check_job_offer"])
def test_the_model_alone_raises_an_emergency(intent: str) -> None:
    """Danger told without any word that the rules know is still an emergency."""
    found = sure_of(intent).understand(SENTENCE)
    assert found.urgency is Urgency.EMERGENCY
    assert found.signals == ()
    assert found.doubt is None


def test_the_model_alone_raises_no_alarm_for_a_story() -> None:
    """A film or a solved story needs more than a suspicion, and is not asked about."""
    found = sure_of("report_danger", EMERGENCY_FROM + 0.05).understand("film tkw itu judulnya apa")
    assert found.urgency is not Urgency.EMERGENCY
    assert found.doubt is None


def test_doubt_asks() -> None:
    """Neither sure nor unlikely: the person is asked, and the kind of danger is known."""
    found = sure_of("report_self_harm", (ASK_FROM + EMERGENCY_FROM) / 2).understand(SENTENCE)
    assert found.urgency is not Urgency.EMERGENCY
    assert found.doubt == "report_self_harm"


def test_what_is_unlikely_is_not_asked_about() -> None:
    """A question about danger frightens; it is not asked for nothing."""
    assert sure_of("report_danger", ASK_FROM - 0.02).understand(SENTENCE).doubt is None


def test_one_strange_word_is_no_emergency() -> None:
    """A word or two that the model does not know can look like anything: it asks."""
    found = sure_of("report_danger", EMERGENCY_FROM + 0.1).understand("iya betul")
    assert found.urgency is not Urgency.EMERGENCY
    assert found.doubt == "report_danger"


@pytest.mark.parametrize("urgency", [Urgency.CONCERN, Urgency.URGENT, Urgency.NONE])
def test_the_model_tells_how_soon_a_person_must_look(urgency: Urgency) -> None:
    """Trouble that no rule knows the words of gets the urgency of messages like it."""
    found = sure_of("report_labour_abuse", urgency=urgency).understand(SENTENCE)
    assert found.urgency is urgency
    assert found.doubt is None


def test_the_model_never_lowers() -> None:
    """However sure the model is of a greeting, the rules stand."""
    found = sure_of("greet", urgency=Urgency.NONE).understand("halo, saya disekap")
    assert found.intent == "greet"
    assert found.urgency is Urgency.EMERGENCY


def test_the_best_guess_is_given_below_the_threshold() -> None:
    """Whoever answers decides about the fallback; the guess is not hidden."""
    found = sure_of("help_menu", 0.35, Urgency.NONE).understand("hmm")
    assert found.intent == "help_menu"
    assert 0 < FALLBACK_THRESHOLD < 0.5


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00\x07",
        "😭😭😭",
        "????",
        "....",
        "🙏",
        "qwrtz plmk vbnx",
        "what is the weather in london tomorrow please",
        "ما هو الطقس اليوم من فضلك",
        "今天天气怎么样",
        "a" * 10_000,
        "😭" * 5_000,
    ],
)
def test_what_is_no_message_to_us_is_met_calmly(text: str) -> None:
    """Empty, emoji, other languages and garbage: no alarm, and no certainty about trouble."""
    found = real().understand(text)
    assert found.urgency is not Urgency.EMERGENCY
    assert found.intent in ("out_of_scope", "clarify") or found.confidence < 0.6
    assert not (found.intent.startswith("report_") and found.confidence >= FALLBACK_THRESHOLD)


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(st.text(), st.binary().map(lambda raw: raw.decode("utf-8", "replace"))))
def test_any_text_is_understood_somehow(text: str) -> None:
    """No text and no bytes stop it; the answer can always be written as JSON."""
    line = as_line("x", real().understand(text))
    assert json.loads(json.dumps(line)) == line
    assert 0 <= line["confidence"] <= 1
    assert line["urgency"] in URGENCIES
    assert all(0 <= fact["start"] <= fact["end"] <= len(text) for fact in line["entities"])
