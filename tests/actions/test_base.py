"""What all actions promise: failures are heard, and nothing claims to be saved."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import pytest
import structlog
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, Guarded, say, wording
from actions.forms import Form
from tests.actions.talk import turn

SECRET = "nomor saya rahasia"


class Breaks(Guarded):
    """Says something, then breaks with the person's words in its error."""

    def name(self) -> str:
        """Unused by the domain."""
        return "action_breaks"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Break."""
        say(dispatcher, "say_clarify")
        raise ValueError(SECRET)


class BreakingForm(Form):
    """A form whose questions cannot be computed."""

    def name(self) -> str:
        """Unused by the domain."""
        return "validate_report_form"

    def asked(self, slots: dict[str, Any]) -> Sequence[str]:
        """Break."""
        raise ValueError(SECRET)


def test_a_failing_action_takes_back_its_words_and_raises_the_alarm() -> None:
    """Nothing is said, nothing remembered; the worker is told which action failed."""
    said = turn(Breaks(), SECRET)

    assert said.texts == []
    assert said.events == []
    assert said.commands == [{"command": "action_failed", "action": "action_breaks"}]


def test_a_failing_form_is_heard_too() -> None:
    """The form keeps its question, so that Rasa does not drop the alarm with a rejection."""
    slots = {"requested_slot": "report__detail"}
    said = turn(BreakingForm(), SECRET, slots=slots, form="report_form")

    assert said.commands == [{"command": "action_failed", "action": "validate_report_form"}]
    assert said.slots == {"report__detail": None, "requested_slot": "report__detail"}


def test_the_log_of_a_failure_holds_no_words_of_people(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the action's name and the kind of error are logged."""
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as logged:
        turn(Breaks(), SECRET)

    assert logged == [
        {
            "event": "action_failed",
            "action": "action_breaks",
            "error": "ValueError",
            "log_level": "error",
        }
    ]
    output = capsys.readouterr()
    assert SECRET not in caplog.text + output.out + output.err


def test_nothing_that_an_action_says_claims_to_be_saved() -> None:
    """Only the worker may say so, after its commit; those texts are spoken by services alone."""
    for_services = (
        "saved",
        "added",
        "requested",
        "apology",
        "outage",
        "departure_soon",
        "status",
        "picture",
    )
    for name in wording().names:
        if any(part in name for part in for_services) or name.endswith("_too"):
            continue
        text = wording()._texts[name]["text"].casefold()
        assert not {"tersimpan", "tercatat", "diteruskan"} & set(text.split()), name
