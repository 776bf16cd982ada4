"""The check of an offer: a verdict at once, few questions, an honest closing."""

from __future__ import annotations

from datetime import date

import pytest

from actions.departure import departure_in
from actions.offer import ActionOfferClose, ActionOfferVerdict, ValidateOfferForm
from tests.actions.offer_talk import OfferTalk
from tests.actions.talk import turn

TRAP_IN_FULL = (
    "jadi admin di kamboja gaji 20 juta, berangkat besok pakai visa turis, lewat calo, "
    "tidak ada kontrak, bayar 3 juta di muka"
)
TRAP = "jadi admin di kamboja gaji 20 juta, berangkat pakai visa turis"


def test_a_dangerous_offer_gets_reasons_at_once() -> None:
    """A pasted trap is answered with titles, reasons and the next step, and recorded."""
    said = turn(ActionOfferVerdict(), TRAP, intent="check_job_offer")

    assert "Saya bot" in said.texts[0]
    assert said.texts[0].count("•") >= 2
    assert "Sebaiknya" in said.texts[0]
    assert said.commands[0]["command"] == "record_offer"
    assert said.commands[0]["verdict"] == "critical"
    assert "non_work_visa" in said.commands[0]["flags"]


def test_a_near_departure_is_asked_first_when_it_looks_dangerous() -> None:
    """Who may leave tomorrow on a dangerous offer is asked when, before anything else."""
    said = turn(ActionOfferVerdict(), TRAP, intent="check_job_offer")

    assert said.slots["offer__questions"][0] == "offer__departure"
    assert len(said.slots["offer__questions"]) <= 3


def test_a_message_without_an_offer_asks_for_it() -> None:
    """Asking whether an offer is fine without showing it leads to the question for it."""
    said = turn(ActionOfferVerdict(), "kak ini penipuan bukan ya", intent="check_job_offer")

    assert said.texts == []
    assert ValidateOfferForm().asked(said.slots) == ["offer__story"]


def test_no_verdict_speaks_of_safety_or_names_anybody() -> None:
    """Whatever is found, the word of safety and the company's name are missing."""
    talk = OfferTalk()
    talk.says("lowongan PT Mawar Sejati ke jepang visa kerja gaji 18 juta kontrak dua tahun")
    talk.says(intent="affirm")
    verdict = talk.says("tidak dipungut biaya")

    assert "aman" not in verdict.casefold()
    assert "mawar" not in verdict.casefold()
    assert "21 November 2026" in verdict


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("besok subuh", "within_48h"),
        ("2 hari lagi", "within_48h"),
        ("hari rabu", "this_week"),
        ("tanggal 25", "this_week"),
        ("bulan depan", "later"),
        ("tanggal 3 januari", "later"),
        ("3 minggu lagi", "later"),
        ("belum dikabari", None),
    ],
)
def test_departures_are_understood_as_people_say_them(text: str, when: str | None) -> None:
    """Days, weekdays, dates and vague words end in one of three answers or none."""
    assert departure_in(text, date(2026, 11, 21)) == when


def test_a_button_answers_the_open_question_only() -> None:
    """The visa button fills the visa and becomes part of the offer's text."""
    slots = {
        "requested_slot": "offer__visa",
        "offer__text": "kerja di taiwan",
        "offer__questions": ["offer__visa", "offer__fee"],
        "offer__told": {"verdict": "serious", "flags": [], "signals": [], "facts": {}},
    }
    said = turn(
        ValidateOfferForm(),
        intent="check_job_offer",
        entities={"visa": "turis"},
        slots=slots,
        form="offer_form",
    )

    assert said.slots["offer__visa"] == "turis"
    assert "visa turis" in said.slots["offer__text"]
    assert said.slots["requested_slot"] == "offer__fee"


@pytest.mark.parametrize(
    ("text", "intent"),
    [("berhenti", "stop"), ("mau ngomong sama orang", "request_human"), ("robot ya?", "clarify")],
)
def test_the_form_lets_people_go(text: str, intent: str) -> None:
    """Who wants to stop, a person or an explanation is not held by the open question."""
    slots = {"requested_slot": "offer__visa", "offer__questions": ["offer__visa"]}
    said = turn(ValidateOfferForm(), text, intent=intent, slots=slots, form="offer_form")

    assert "offer__visa" not in said.slots


def test_a_question_back_is_explained_and_asked_again() -> None:
    """'Why do you ask' gets the reason of the question and leaves it open."""
    slots = {"requested_slot": "offer__visa", "offer__questions": ["offer__visa"]}
    said = turn(ValidateOfferForm(), "kenapa tanya itu", slots=slots, form="offer_form")

    assert "visa kerja" in said.texts[0]
    assert said.slots == {"offer__visa": None, "requested_slot": "offer__visa"}


def test_skipping_is_an_answer() -> None:
    """Who does not know goes on to the next question."""
    slots = {"requested_slot": "offer__fee", "offer__questions": ["offer__fee"]}
    said = turn(ValidateOfferForm(), "lewati aja", slots=slots, form="offer_form")

    assert said.slots["offer__fee"] == "unknown"
    assert said.slots["requested_slot"] is None


def test_the_closing_tells_only_what_is_new() -> None:
    """A flag that an answer revealed is named, those already told are not repeated."""
    told = turn(ActionOfferVerdict(), TRAP, intent="check_job_offer").slots
    told["offer__text"] += "\nDiminta bayar uang di muka."
    said = turn(ActionOfferClose(), slots=told)

    assert "tanda bahaya lagi" in said.texts[0]
    assert said.texts[0].count("•") == 1
    assert said.commands[0]["command"] == "record_offer"


def test_a_near_departure_is_recorded_when_it_is_answered() -> None:
    """Who leaves tomorrow may be gone before the questions are over; it is not told twice."""
    told = turn(ActionOfferVerdict(), TRAP, intent="check_job_offer").slots
    slots = {**told, "requested_slot": "offer__departure"}
    said = turn(ValidateOfferForm(), "besok pagi", slots=slots, form="offer_form")
    closed = turn(ActionOfferClose(), slots={**told, **said.slots})

    assert said.commands[0]["departure"] == "within_48h"
    assert closed.commands[0]["departure"] is None


def test_an_earlier_button_answers_for_the_same_offer() -> None:
    """Scrolling up to 'today or tomorrow' corrects the answer; the offer is not forgotten."""
    told = turn(ActionOfferVerdict(), TRAP, intent="check_job_offer").slots
    slots = {**told, "offer__departure": "later"}
    near = {"departure": "within_48h"}
    said = turn(ActionOfferVerdict(), intent="check_job_offer", entities=near, slots=slots)

    assert said.slots["offer__departure"] == "within_48h"
    assert "offer__told" not in said.slots
    assert said.commands[0]["departure"] == "within_48h"


def test_an_earlier_button_after_the_last_question_closes_again() -> None:
    """With no question left the changed verdict is told at once."""
    told = turn(ActionOfferVerdict(), TRAP, intent="check_job_offer").slots
    slots = {**told, **dict.fromkeys(told["offer__questions"], "unknown")}
    asked = {"fee": "diminta"}
    said = turn(ActionOfferVerdict(), intent="check_job_offer", entities=asked, slots=slots)

    assert "tanda bahaya lagi" in said.texts[0]
    assert said.events[-1]["name"] == "action_listen"


def test_a_dangerous_offer_that_tells_everything_is_not_asked_about() -> None:
    """The verdict is followed by choices, not by thanks for answers that nobody gave."""
    said = turn(ActionOfferVerdict(), TRAP_IN_FULL, intent="check_job_offer")

    assert said.slots["offer__questions"] == []
    assert "/clarify" in said.buttons
    assert said.events[-1]["name"] == "action_listen"


def test_an_offer_goes_along_with_its_days() -> None:
    """The text for its fingerprint, and the departure as days, as far as they were told."""
    text = f"{TRAP}, terbang tanggal 5 desember dari batam"
    said = turn(ActionOfferVerdict(), text, intent="check_job_offer")

    assert said.commands[0]["text"] == text
    assert said.commands[0]["leaves"] == {"first": "2026-12-05", "last": "2026-12-05"}


def test_a_day_that_was_answered_goes_along_at_once() -> None:
    """Also one that is far: later its words would mean another day."""
    told = turn(ActionOfferVerdict(), TRAP, intent="check_job_offer").slots
    slots = {**told, "requested_slot": "offer__departure"}
    said = turn(ValidateOfferForm(), "tgl 5 bulan depan", slots=slots, form="offer_form")
    closed = turn(ActionOfferClose(), "tidak tahu", slots={**slots, **said.slots})

    assert said.commands[0]["departure"] == "later"
    assert said.commands[0]["leaves"] == {"first": "2026-12-05", "last": "2026-12-05"}
    assert closed.commands[0]["leaves"] is None
