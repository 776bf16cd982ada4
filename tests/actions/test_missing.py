"""The report of a missing relative: kept from the first word, nothing lost on the way out."""

from __future__ import annotations

from typing import Any

import pytest

from actions.conversation import ActionRestart, ActionStop
from actions.missing import ActionMissingStart, ActionMissingSubmit, ValidateMissingForm
from actions.services import ActionRequestHuman
from tests.actions.talk import Outcome, turn

HALF = {"requested_slot": "missing__country", "missing__danger": "tidak", "missing__name": "Rini"}


def answer(requested: str, text: str = "", intent: str = "nlu_fallback") -> Outcome:
    """Answer one question of the form."""
    slots = {"requested_slot": requested}
    return turn(ValidateMissingForm(), text, intent=intent, slots=slots, form="missing_form")


def test_the_first_words_open_a_case() -> None:
    """Should she never answer the questions, staff still have her story."""
    said = turn(ActionMissingStart(), "adik saya tidak ada kabar", intent="report_missing_relative")

    assert said.commands[0]["kind"] == "missing_relative"
    assert said.commands[0]["fields"] == {"story": "adik saya tidak ada kabar"}


def test_a_button_alone_opens_nothing() -> None:
    """Choosing the menu line is no report yet."""
    said = turn(ActionMissingStart(), intent="report_missing_relative")

    assert said.commands == []


@pytest.mark.parametrize(
    ("text", "intent", "danger"),
    [
        ("", "affirm", "ya"),
        ("", "deny", "tidak"),
        ("", "unsure", "unknown"),
        ("iya kak dipukuli katanya", "nlu_fallback", "ya"),
        ("tidak ada", "nlu_fallback", "tidak"),
        ("dia disekap", "report_danger", "ya"),
        ("cuma agak murung", "nlu_fallback", "cuma agak murung"),
    ],
)
def test_the_danger_question_takes_many_answers(text: str, intent: str, danger: str) -> None:
    """Buttons, a plain yes or no, and own words are all answers."""
    assert answer("missing__danger", text, intent).slots["missing__danger"] == danger


def test_danger_ends_the_questions() -> None:
    """After a yes nothing more is asked: people take over."""
    assert answer("missing__danger", intent="affirm").slots["requested_slot"] is None


def test_danger_is_an_emergency_and_leaves_the_word_to_the_worker() -> None:
    """The report goes out as an emergency, and the action itself says nothing."""
    said = turn(ActionMissingSubmit(), slots={"missing__danger": "ya", "missing__name": "Rini"})

    assert said.commands[0]["urgency"] == "emergency"
    assert said.texts == []


@pytest.mark.parametrize(
    ("country", "urgency"), [("kamboja", "urgent"), ("laos", "urgent"), ("malaysia", "concern")]
)
def test_where_people_are_held_is_urgent(country: str, urgency: str) -> None:
    """Silence from a country of scam compounds is urgent, elsewhere a concern."""
    said = turn(ActionMissingSubmit(), slots={"missing__country": country})

    assert said.commands[0]["urgency"] == urgency


@pytest.mark.parametrize(
    ("action", "intent"),
    [(ActionStop(), "stop"), (ActionRestart(), "restart"), (ActionRequestHuman(), "request_human")],
)
def test_whoever_leaves_half_way_leaves_no_hole(action: Any, intent: str) -> None:
    """Stopping, starting over and asking for a person keep what was told, and close the form."""
    said = turn(action, intent=intent, slots=HALF, form="missing_form")

    assert said.commands[0]["fields"] == {"danger": "tidak", "name": "Rini"}
    assert {"event": "active_loop", "timestamp": None, "name": None} in said.events


def test_a_name_is_taken_as_it_is() -> None:
    """A short answer that the model takes for something else is still the answer."""
    assert answer("missing__name", "Sari", "greet").slots.get("missing__name") is None
    said = turn(
        ValidateMissingForm(),
        "Sari",
        intent="greet",
        confidence=0.4,
        slots={"requested_slot": "missing__name"},
        form="missing_form",
    )
    assert said.slots["missing__name"] == "Sari"


def test_the_story_goes_out_once() -> None:
    """Who leaves without answering anything adds nothing to the case that is open already."""
    story = "adik saya hilang"
    slots: dict[str, Any] = {"requested_slot": "missing__danger", "missing__story": story}
    slots["missing__kept"] = {"story": story}

    assert turn(ActionStop(), intent="stop", slots=slots, form="missing_form").commands == []
    assert turn(ActionMissingSubmit(), slots=slots).commands == []


STORY = "adik saya tidak ada kabar, terakhir tulis sudah tidak kuat"


def started(text: str = "", **said: Any) -> Outcome:
    """The report begins, with words or with the button for it."""
    return turn(ActionMissingStart(), text, intent="report_missing_relative", **said)


@pytest.mark.parametrize(("no_danger", "danger"), [(True, "tidak"), (False, None)])
def test_who_was_just_asked_about_danger_is_not_asked_again(
    no_danger: bool, danger: str | None
) -> None:
    """The no to the question about these very words is the answer of the report, and kept."""
    said = started(STORY, no_danger=no_danger)

    assert said.slots["missing__danger"] == danger
    assert said.commands[0]["fields"].get("danger") == danger


@pytest.mark.parametrize(
    ("waiting", "was_asked", "danger"),
    [(STORY, True, "tidak"), (STORY, False, None), (None, True, None)],
)
def test_a_button_brings_the_no_along_with_the_words(
    waiting: str | None, was_asked: bool, danger: str | None
) -> None:
    """What was meant is asked after the no; without words of theirs there is nothing to believe."""
    written = {"event": "user", "text": STORY, "metadata": {"no_danger": was_asked}}
    said = started(slots={"clarified__text": waiting}, before=[written])

    assert said.slots["missing__danger"] == danger


def test_a_no_of_before_is_no_answer_about_somebody_else() -> None:
    """New words are asked about anew."""
    written = {"event": "user", "text": "kerja di malaysia", "metadata": {"no_danger": True}}

    assert started(STORY, before=[written]).slots["missing__danger"] is None
