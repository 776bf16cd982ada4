"""Matters that count whatever the model takes a message for."""

from __future__ import annotations

import pytest

from actions.conversation import ActionAnswer, ActionRestart, ActionStop
from actions.matters import Matter, matter_of, pauses
from actions.missing import ActionMissingSubmit, ValidateMissingForm
from actions.offer import ActionOfferVerdict, ValidateOfferForm
from actions.offer_asides import aside_in
from actions.offer_text import is_another_offer
from actions.reports import ActionReportStart
from bot.domain.calendar_words import month_in_words
from tests.actions.talk import turn

TOLD = {"verdict": "critical", "flags": ["non_work_visa"]}


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("kakak saya meninggal di hongkong", Matter.DEATH),
        ("ada yg ngaku dari tanyadulu minta kode otp", Matter.IMPOSTOR),
        ("kalian memfitnah pt kami", Matter.ACCUSED),
        ("anak saya udah ketemu kak", Matter.FOUND),
        ("anak saya belum ketemu kak", None),
        ("ini nomer siapa sih", Matter.WHO),
        ("siapa yang bayar tiketnya", None),
        ("yuk lanjut", Matter.RESUME),
        ("lanjut sekolah di jepang", None),
        ("brarti boleh brgkt ya?", Matter.MAY_I),
        ("taiwan aman ga", None),
        ("data saya aman ga", None),
        ("suami saya meninggal di taiwan, sekarang saya disekap", None),
        ("", None),
    ],
)
def test_plain_words_tell_the_matter(text: str, matter: Matter | None) -> None:
    """Near misses are left to the model, and danger to the screening."""
    assert matter_of(text) is matter


@pytest.mark.parametrize(
    ("text", "paused"),
    [("nanti dulu ya", True), ("bsk aja kak", True), ("nanti malam lewat wa", False)],
)
def test_another_time_is_no_answer(text: str, paused: bool) -> None:
    """Only a message that says no more than later pauses."""
    assert pauses(text) is paused


def test_a_death_gets_a_person_whatever_the_intent() -> None:
    """One case, one person asked for, and no thanks or cheer."""
    said = turn(ActionReportStart(), "ibu saya wafat di riyadh", intent="ask_return_home")

    assert "turut berduka" in said.texts[0]
    assert [found["command"] for found in said.commands] == ["open_case", "request_human"]
    assert said.events[-1]["name"] == "report_form"


def test_asking_again_repeats_the_verdict_shortly() -> None:
    """No new verdict, no lecture: two sentences and no permission."""
    said = turn(ActionAnswer(), "aman?", intent="ask_destination", slots={"offer__told": TOLD})

    assert "bukan izin berangkat" in said.texts[0]
    assert said.commands == []


def test_asking_before_any_offer_opens_the_question_for_it() -> None:
    """Nothing can be said about an offer that nobody told."""
    said = turn(ActionAnswer(), "aman?", intent="ask_destination")

    assert said.texts == []
    assert said.events[-1]["name"] == "offer_form"


def test_a_single_word_empties_nothing() -> None:
    """A guess of the model about two words does not start everything over."""
    said = turn(ActionRestart(), "bulan depan", intent="restart", confidence=0.6)

    assert "belum menangkap" in said.texts[0]
    assert "offer__text" not in said.slots


def test_an_agency_in_question_is_no_question_about_us() -> None:
    """'Is this agency a fraud' is never answered with 'yes'."""
    said = turn(ActionAnswer(), "PT itu beneran ada ga", intent="bot_challenge")

    assert "SIP3MI" in said.texts[0]


def test_a_stopped_report_can_go_on() -> None:
    """What was open is remembered, and the same words open it again."""
    slots = {"requested_slot": "missing__name", "missing__danger": "tidak"}
    stopped = turn(ActionStop(), intent="stop", slots=slots, form="missing_form")
    again = turn(ActionAnswer(), "lanjut", slots={"paused__form": "missing_form"})

    assert stopped.slots["paused__form"] == "missing_form"
    assert again.slots == {"paused__form": None}
    assert again.events[-1]["name"] == "missing_form"


def test_later_ends_the_form_without_an_answer() -> None:
    """The submission then says how to go on, and what was told goes out once."""
    slots = {"requested_slot": "missing__name", "missing__danger": "tidak"}
    said = turn(ValidateMissingForm(), "nanti aja ya", slots=slots, form="missing_form")
    closed = turn(ActionMissingSubmit(), slots={**slots, **said.slots})

    assert said.slots["requested_slot"] is None
    assert said.slots["missing__name"] is None
    assert "lanjut" in closed.texts[0]
    assert len(closed.commands) == 1


def test_a_name_before_its_turn_is_kept() -> None:
    """The question of danger comes once more, and only once."""
    slots = {"requested_slot": "missing__danger"}
    said = turn(ValidateMissingForm(), "Hendra", slots=slots, form="missing_form")
    twice = turn(
        ValidateMissingForm(), "Hendra", slots={**slots, **said.slots}, form="missing_form"
    )

    assert said.slots["missing__name"] == "Hendra"
    assert said.slots["requested_slot"] == "missing__danger"
    assert twice.slots["missing__danger"] == "Hendra"


def test_tomorrow_answers_when_she_leaves() -> None:
    """The same words that pause elsewhere are the gravest answer here."""
    slots = {"requested_slot": "offer__departure", "offer__questions": ["offer__departure"]}
    said = turn(ValidateOfferForm(), "besok aja", slots=slots, form="offer_form")

    assert said.slots["offer__departure"] == "within_48h"


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("kenapa kalo pake visa turis?", "say_aside_visa"),
        ("emang biasanya berapa", "say_aside_cost"),
        ("temen saya sukses tuh", "say_aside_others"),
        ("gimana cara masaknya", "say_aside_unknown"),
        ("berapa ya, lupa", None),
        ("visa turis kayaknya", None),
    ],
)
def test_a_question_is_not_taken_for_an_answer(text: str, response: str | None) -> None:
    """Each gets a text of its own, an honest one at least; answers stay answers."""
    assert aside_in(text) == response


def test_a_second_advertisement_stands_for_itself() -> None:
    """Another country or job with facts of its own is another offer, an answer is not."""
    first = "kerja jaga toko di brunei gaji 6 juta"
    second = "loker perawat lansia di jepang, gaji 19 juta, kontrak 3 tahun, visa kerja"

    assert is_another_offer(second, first)
    assert is_another_offer("cek tawaran lain dong", first)
    assert not is_another_offer(
        "katanya nanti visa kerja diurus setelah sampai di brunei kak", first
    )


def test_an_offer_that_replaces_another_closes_its_questions() -> None:
    """A verdict with nothing left to ask leaves no form open."""
    offer = (
        "jadi admin di kamboja gaji 20 juta, berangkat besok pakai visa turis, lewat calo, "
        "tidak ada kontrak, bayar 3 juta di muka"
    )
    said = turn(ActionOfferVerdict(), offer, intent="check_job_offer", form="offer_form")

    assert {"event": "active_loop", "timestamp": None, "name": None} in said.events


@pytest.mark.parametrize(
    ("written", "said"),
    [("2026-03-14", "Maret 2026"), ("2026-01", "Januari 2026"), ("2025", "2025")],
)
def test_sources_are_dated_in_words(written: str, said: str) -> None:
    """As exact as the source, and no figures to read aloud."""
    assert month_in_words(written) == said
