"""What was said before the check begins counts, if it is about the same offer."""

from __future__ import annotations

from typing import Any

import pytest

from actions.offer import ActionOfferVerdict
from tests.actions.talk import Outcome, turn

NOW = "2026-11-21T10:00:00+00:00"
EARLIER = "2026-11-21T09:50:00+00:00"
LAST_WEEK = "2026-11-14T09:50:00+00:00"


def said(text: str, *, intent: str = "ask_placement_cost", at: str = EARLIER) -> dict[str, Any]:
    """An earlier message as Rasa keeps it."""
    return {
        "event": "user",
        "text": text,
        "parse_data": {"intent": {"name": intent}},
        "metadata": {"now": at},
    }


def checks(text: str, *before: dict[str, Any]) -> Outcome:
    """The check after earlier events."""
    return turn(ActionOfferVerdict(), text, intent="check_job_offer", before=list(before), now=NOW)


def test_earlier_messages_are_part_of_the_offer() -> None:
    """Who asked about costs first need not tell country and job again."""
    first = said("kerja kebun sawit di malaysia lewat pak haji, biasanya biaya berapa?")
    outcome = checks("tolong cek tawarannya kak", first)

    assert "kebun sawit" in outcome.slots["offer__text"]
    assert outcome.slots["offer__questions"][0] == "offer__heard"


@pytest.mark.parametrize(
    "before",
    [
        [said("kerja pabrik di taiwan gaji 20 juta", at=LAST_WEEK)],
        [said("kerja pabrik di taiwan gaji 20 juta", intent="report_labour_abuse")],
        [said("kerja pabrik di korea gaji 20 juta")],
        [said("kerja pabrik di taiwan gaji 20 juta"), {"event": "action", "name": "missing_form"}],
        [
            said("kerja pabrik di taiwan gaji 20 juta"),
            {"event": "slot", "name": "offer__text", "value": "kerja pabrik di taiwan"},
        ],
    ],
    ids=["long ago", "a report", "another country", "another matter", "an offer of its own"],
)
def test_what_belongs_to_something_else_is_left_out(before: list[dict[str, Any]]) -> None:
    """A talk of last week, trouble, another offer."""
    outcome = checks("jaga toko di taiwan gaji 9 juta", *before)

    assert "20 juta" not in outcome.slots["offer__text"]
