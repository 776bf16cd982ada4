"""Companies in questions and offers: what is asked of the worker, and when a name is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from actions.agencies import ValidateAgencyForm
from actions.information import ActionAnswerQuestion
from actions.offer import ActionOfferVerdict, ValidateOfferForm
from tests.actions.talk import Outcome, turn

LICENCE = "ask_agency_licence"
FOLLOWUP = {"event": "followup", "timestamp": None, "name": "agency_form"}


def looked_up(said: Outcome) -> list[tuple[list[str], str, bool]]:
    """The names, numbers and places of the look-ups that were asked for."""
    return [
        (command["names"], command["licence"], command["in_offer"])
        for command in said.commands
        if command["command"] == "look_up_agency"
    ]


def asks(text: str = "", **more: Any) -> Outcome:
    """A question about a licence, where a list is loaded."""
    return turn(ActionAnswerQuestion(), text, intent=LICENCE, has_agency_list=True, **more)


def test_a_named_company_is_looked_up_and_nothing_else_is_said() -> None:
    """The worker's answer takes the place of the general one."""
    said = asks("PT Kenari Emas SIP3MI 106/2021 terdaftar ga?")
    assert looked_up(said) == [(["PT Kenari Emas"], "106/2021", False)]
    assert (said.texts, said.events) == ([], [])


def test_two_companies_are_looked_up_one_after_the_other() -> None:
    """More than two are not: nobody reads five answers."""
    said = asks("PT Maju Jaya, PT Karya Abadi, PT Citra Utama, mana yang terdaftar?")
    assert [names for names, _, _ in looked_up(said)] == [["PT Maju Jaya"], ["PT Karya Abadi"]]


def test_without_a_name_the_general_answer_comes_and_the_name_is_asked() -> None:
    """Where there is a list; a button alone counts as such a question too."""
    for text in ("cara cek PT terdaftar gimana", ""):
        said = asks(text)
        assert looked_up(said) == []
        assert "SIP3MI" in said.texts[0]
        assert FOLLOWUP in said.events


@pytest.mark.parametrize(
    "more",
    [
        {"slots": {"agency__name": "unknown"}},
        {"form": "offer_form", "slots": {"requested_slot": "offer__visa"}},
    ],
)
def test_the_name_is_not_asked_twice_nor_in_the_middle(more: dict[str, Any]) -> None:
    """Not after it was skipped, and not while another question waits."""
    said = asks("cara cek PT terdaftar gimana", **more)
    assert "SIP3MI" in said.texts[0]
    assert FOLLOWUP not in said.events


def test_without_a_list_no_name_is_asked() -> None:
    """It could not be looked up anyway."""
    said = turn(ActionAnswerQuestion(), "cara cek PT", intent=LICENCE)
    assert FOLLOWUP not in said.events


def answers(text: str = "", *, intent: str = "nlu_fallback", confidence: float = 0.4) -> Outcome:
    """Somebody answers the question for the name."""
    return turn(
        ValidateAgencyForm(),
        text,
        intent=intent,
        confidence=confidence,
        slots={"requested_slot": "agency__name"},
        form="agency_form",
    )


@pytest.mark.parametrize(
    ("text", "names", "licence"),
    [
        ("Kenari Emas", ["Kenari Emas"], ""),
        ("namanya PT Kenari Emas kak", ["PT Kenari Emas"], ""),
        ("123/2021", [], "123/2021"),
    ],
)
def test_the_answer_is_looked_up(text: str, names: list[str], licence: str) -> None:
    """As a name without PT, with it, or as a number; the slot is filled and the form over."""
    said = answers(text)
    assert looked_up(said) == [(names, licence, False)]
    assert said.slots["agency__name"] == text


@pytest.mark.parametrize(
    ("text", "intent"), [("", "unsure"), ("lewati", "nlu_fallback"), ("nanti saja", "nlu_fallback")]
)
def test_the_question_can_be_skipped(text: str, intent: str) -> None:
    """By button, by word, or for another time."""
    said = answers(text, intent=intent, confidence=0.9)
    assert looked_up(said) == []
    assert said.slots["agency__name"] == "unknown"


def test_whoever_comes_with_something_else_is_let_go() -> None:
    """A story is no name."""
    said = answers(
        "adik saya di Malaysia sudah dua bulan tidak bisa dihubungi sama sekali, tolong",
        intent="report_missing_relative",
        confidence=0.9,
    )
    assert (looked_up(said), said.slots.get("agency__name")) == ([], None)


OFFER = (
    "lowongan PT Kenari Emas SIP3MI 106/2021 ke jepang visa kerja gaji 18 juta, "
    "bayar 20 juta dulu ke rekening pribadi"
)


def test_a_company_in_an_offer_is_looked_up_behind_the_verdict() -> None:
    """The verdict is recorded first, so that staff find the outcome in its case."""
    said = turn(ActionOfferVerdict(), OFFER, intent="check_job_offer")
    assert [command["command"] for command in said.commands] == ["record_offer", "look_up_agency"]
    assert looked_up(said) == [(["PT Kenari Emas"], "106/2021", True)]


def test_an_offer_without_a_company_asks_for_no_look_up() -> None:
    """PT alone is no name."""
    text = "lowongan lewat PT ke jepang visa kerja gaji 18 juta kontrak dua tahun"
    said = turn(ActionOfferVerdict(), text, intent="check_job_offer")
    assert looked_up(said) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bina Karya Mandiri", [(["Bina Karya Mandiri"], "", True)]),
        ("lewat PT Kenari Emas", [(["PT Kenari Emas"], "", True)]),
        ("Pak Haji Salim", []),
    ],
)
def test_who_sends_them_is_looked_up_when_it_is_a_company(
    text: str, found: list[tuple[list[str], str, bool]]
) -> None:
    """The answer to the form's own question; a person is none."""
    said = turn(
        ValidateOfferForm(),
        text,
        slots={
            "requested_slot": "offer__agency",
            "offer__text": "kerja di taiwan",
            "offer__told": {"verdict": "not_enough_known", "flags": []},
            "offer__questions": ["offer__agency"],
        },
        form="offer_form",
    )
    assert looked_up(said) == found
