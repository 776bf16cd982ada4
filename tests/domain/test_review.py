"""Which messages staff look at again, and what they are asked to confirm."""

from __future__ import annotations

import pytest
import yaml

from bot.domain.cases import CaseKind
from bot.domain.doubts import DoubtState
from bot.domain.review import (
    AMBIGUITY_THRESHOLD,
    NO_MEANING,
    Candidate,
    Guess,
    Heard,
    Why,
    meaning_of,
    why_shown,
)
from bot.language.types import Urgency
from bot.language.understanding import FALLBACK_THRESHOLD, NOT_UNDERSTOOD
from bot.settings import ROOT


def guess(
    intent: str = "check_job_offer",
    confidence: float = 0.8,
    urgency: Urgency = Urgency.NONE,
    second: float = 0.1,
) -> Guess:
    """What a model makes of a text."""
    return Guess(intent, confidence, urgency, ((intent, confidence), ("deny", second)))


SURE = guess()
UNSURE = guess(confidence=0.29)


@pytest.mark.parametrize(
    ("heard", "guessed", "why"),
    [
        (Heard("x"), SURE, None),
        (Heard("x"), UNSURE, Why.UNSURE),
        (Heard("x"), guess(confidence=0.44, second=0.41), Why.UNSURE),
        (Heard("x"), Guess(NOT_UNDERSTOOD, 0.0, Urgency.NONE), Why.UNSURE),
        (Heard("x", payload="/ask_destination"), SURE, Why.CORRECTED),
        (Heard("x", payload="/ask_destination"), UNSURE, Why.CORRECTED),
        (Heard("x", payload="/check_job_offer"), SURE, None),
        (Heard("x", payload="/check_job_offer"), UNSURE, Why.UNSURE),
        # these choices do not say what was meant
        (Heard("x", payload="/affirm"), SURE, None),
        (Heard("x", payload="/help_menu"), SURE, None),
        (Heard("x", payload="/request_human"), SURE, None),
        (Heard("x", payload='/ask_destination{"country":"taiwan"}'), SURE, None),
        (Heard("x", payload="/check_job_offer"), guess("greet"), None),
        (Heard("x", payload="/check_job_offer"), guess("out_of_scope"), Why.CORRECTED),
        # asked about danger
        (Heard("x", doubt=DoubtState.CONFIRMED, kind=CaseKind.DANGER), SURE, Why.DANGER),
        (Heard("x", doubt=DoubtState.DENIED, kind=CaseKind.DANGER), SURE, Why.NO_DANGER),
        (Heard("x", doubt=DoubtState.ASKED, kind=CaseKind.DANGER), SURE, None),
        (Heard("x", doubt=DoubtState.STAFF_TOLD, kind=CaseKind.DANGER), UNSURE, Why.UNSURE),
    ],
)
def test_why_a_message_is_looked_at(heard: Heard, guessed: Guess, why: Why | None) -> None:
    """Unsure, picked as something else, or asked about danger with an answer."""
    assert why_shown(heard, guessed) is why


@pytest.mark.parametrize(
    ("heard", "why"),
    [
        (Heard("x", private=True), None),
        (Heard("x", "/check_job_offer", private=True), None),
        (Heard("x", "/ask_destination", private=True), Why.CORRECTED),
        (
            Heard("x", None, DoubtState.CONFIRMED, CaseKind.DANGER, private=True),
            Why.DANGER,
        ),
    ],
)
def test_what_is_private_is_shown_only_when_its_person_explained_it(
    heard: Heard, why: Why | None
) -> None:
    """Being unsure is no reason to read what somebody told a human, or in danger."""
    assert why_shown(heard, UNSURE) is why


@pytest.mark.parametrize(
    ("heard", "why", "meant"),
    [
        (Heard("x", "/ask_destination"), Why.CORRECTED, "ask_destination"),
        (Heard("x"), Why.UNSURE, None),
        (Heard("x", None, DoubtState.CONFIRMED, CaseKind.DANGER), Why.DANGER, "report_danger"),
        (
            Heard("x", "/report_danger", DoubtState.CONFIRMED, CaseKind.SELF_HARM),
            Why.DANGER,
            "report_self_harm",
        ),
        (Heard("x", "/deny", DoubtState.DENIED, CaseKind.DANGER), Why.NO_DANGER, None),
    ],
)
def test_what_was_meant_is_what_the_person_said(heard: Heard, why: Why, meant: str | None) -> None:
    """The kind of danger is the one that the question was about."""
    assert meaning_of(heard, why) == meant


@pytest.mark.parametrize(
    ("guessed", "why", "intent", "usual"),
    [
        (Urgency.NONE, Why.UNSURE, "report_danger", Urgency.EMERGENCY),
        (Urgency.NONE, Why.UNSURE, "report_self_harm", Urgency.EMERGENCY),
        (Urgency.NONE, Why.UNSURE, "report_recruiter", Urgency.CONCERN),
        (Urgency.URGENT, Why.UNSURE, "report_labour_abuse", Urgency.URGENT),
        (Urgency.NONE, Why.UNSURE, "add_case_info", Urgency.CONCERN),
        (Urgency.URGENT, Why.CORRECTED, "check_job_offer", Urgency.URGENT),
        (Urgency.NONE, Why.CORRECTED, "check_job_offer", Urgency.NONE),
        (Urgency.EMERGENCY, Why.UNSURE, "out_of_scope", Urgency.NONE),
        (Urgency.EMERGENCY, Why.NO_DANGER, "check_job_offer", Urgency.NONE),
        (Urgency.EMERGENCY, Why.NO_DANGER, "report_missing_relative", Urgency.CONCERN),
    ],
)
def test_the_urgency_that_is_offered(
    guessed: Urgency, why: Why, intent: str, usual: Urgency
) -> None:
    """What is usual for the intent; who said that there is no danger is believed."""
    candidate = Candidate("x", guess(urgency=guessed), why)
    assert candidate.urgency_of(intent) is usual


def test_unsure_means_the_same_as_to_the_assistant() -> None:
    """Both thresholds are those of Rasa's pipeline."""
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text("utf-8"))["pipeline"]
    fallback = next(part for part in pipeline if part["name"] == "FallbackClassifier")
    assert fallback["threshold"] == FALLBACK_THRESHOLD
    assert fallback["ambiguity_threshold"] == AMBIGUITY_THRESHOLD


def test_every_intent_that_is_no_meaning_exists() -> None:
    """A renamed intent must not slip in."""
    assert set(yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["intents"]) >= NO_MEANING


def test_a_text_is_not_told_by_accident() -> None:
    """Neither in an error nor in a log."""
    assert "rahasia" not in repr(Heard("rahasia")) + repr(Candidate("rahasia", SURE, Why.UNSURE))
