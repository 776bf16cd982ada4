"""A question is answered for the country and the work it names, and what goes on with it."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest

from actions.answers import LAST, library, text_of
from actions.conversation import ActionAnswer, ActionResume
from actions.information import ActionAnswerQuestion
from actions.offer import ActionOfferVerdict
from actions.services import ActionContacts
from bot.language.places import country_of
from bot.language.topics import About, sector_titles
from tests.actions.talk import TODAY, Outcome, turn

DAY = date.fromisoformat(TODAY)
LONGEST = 700
COUNTRIES = [None, "taiwan", "hongkong", "uni emirat arab", "timur tengah", "polandia", "fiji"]


def kept(topic: str, country: str | None = None, day: str = DAY.isoformat()) -> dict[str, Any]:
    """The slots after a question was answered."""
    return {LAST: {"topic": topic, "country": country, "sector": None, "day": day}}


def said(outcome: Outcome) -> str:
    """All texts in one."""
    return "\n".join(outcome.texts)


def asked(text: str, intent: str, **more: Any) -> Outcome:
    """What is answered to a question."""
    return turn(ActionAnswerQuestion(), text, intent=intent, **more)


@pytest.mark.parametrize("today", [DAY, DAY + timedelta(days=5000), None])
def test_every_answer_is_short_and_whole(today: date | None) -> None:
    """Every topic for every kind of country and work: never empty, never long, no gap left."""
    for topic, name, sector in itertools.product(
        library().topics, COUNTRIES, [None, *sector_titles()]
    ):
        text = text_of(topic, About(country_of(name) if name else None, sector), today)
        assert 0 < len(text) < LONGEST, (topic, name, sector)
        assert not {"{", "}", "None"} & set(text.split()), text
        assert text.rstrip(")").endswith("."), text


def test_a_question_is_answered_for_the_country_it_names() -> None:
    """With what is known of it, the source and the month it was read."""
    found = asked("potongan agensi taiwan berapa", "ask_placement_cost")

    assert found.texts[0].startswith("Taiwan, soal biaya:")
    assert "NT$1.800" in said(found)
    assert "Dicek November 2026" in said(found)
    assert found.slots[LAST]["country"] == "taiwan"


def test_a_question_is_answered_for_the_work_it_names() -> None:
    """The kind of work changes who pays."""
    found = asked("biaya jadi pembantu siapa yang nanggung", "ask_placement_cost")

    assert found.texts[0].startswith("Kerja rumah tangga, soal biaya:")
    assert "10 jabatan" in said(found)


def test_a_country_without_a_source_is_not_made_up() -> None:
    """It is named, nothing is claimed of it, and the general answer comes all the same."""
    found = said(asked("gaji di polandia berapa", "ask_worker_rights"))

    assert "Polandia soal ini belum pasti" in found
    assert "BP3MI atau perwakilan RI" in found
    assert "Perjanjian kerja paling sedikit memuat" in found


def test_a_stale_ban_is_not_told() -> None:
    """A month after it was read the answer says that it may have changed."""
    about = About(country_of("oman"), "domestic")
    assert "dihentikan" in text_of("ask_destination", about, DAY + timedelta(days=30))
    stale = text_of("ask_destination", about, DAY + timedelta(days=31))
    assert "dihentikan" not in stale
    assert "belum pasti; tanyakan kabar terakhirnya" in stale


@pytest.mark.parametrize("text", ["kalau Taiwan?", "klo di taiwan gimana kak", "terus taiwan?"])
def test_a_country_alone_goes_on_with_the_last_question(text: str) -> None:
    """Whatever the model takes it for, and without opening what it would have opened."""
    slots = kept("ask_placement_cost")
    found = turn(ActionOfferVerdict(), text, intent="check_job_offer", slots=slots)

    assert found.texts[0].startswith("Taiwan, soal biaya:")
    assert "/check_job_offer" in found.buttons
    assert found.commands == []
    assert found.events[-1]["name"] == "action_listen"


def test_a_kind_of_work_alone_keeps_the_country() -> None:
    """Taiwan stays Taiwan."""
    slots = kept("ask_placement_cost", "taiwan")
    found = turn(ActionAnswer(), "kalau jadi pembantu?", intent="help_menu", slots=slots)

    assert found.texts[0].startswith("Kerja rumah tangga di Taiwan, soal biaya:")


def test_another_question_that_goes_on_keeps_the_country() -> None:
    """Who goes on with "terus haknya?" asks about the country named before; else not."""
    slots = kept("ask_placement_cost", "taiwan")
    on = asked("terus haknya apa aja", "ask_worker_rights", slots=slots)
    new = asked("hak pekerja apa aja", "ask_worker_rights", slots=slots)

    assert on.texts[0].startswith("Taiwan, soal hak pekerja:")
    assert not new.texts[0].startswith("Taiwan")


def test_a_bare_country_counts_only_right_after_an_answer() -> None:
    """Later it may answer something else."""
    bot = {"event": "bot", "text": "Ada lagi yang mau ditanyakan? Tulis saja, atau pilih:"}
    slots = kept("ask_placement_cost")
    after = turn(ActionAnswer(), "Taiwan", intent="help_menu", slots=slots, before=[bot])
    later = turn(ActionAnswer(), "Taiwan", intent="help_menu", slots=slots)

    assert after.texts[0].startswith("Taiwan, soal biaya:")
    assert not said(later).startswith("Taiwan")


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("kalau Taiwan?", {}),
        ("kalau Taiwan?", kept("ask_placement_cost", day="2026-11-20")),
        ("kalau adik saya di Taiwan hilang?", kept("ask_placement_cost")),
    ],
)
def test_what_does_not_go_on_is_left_to_its_own_meaning(text: str, slots: dict[str, Any]) -> None:
    """No question before, one of another day, and a message with words of its own."""
    found = turn(ActionAnswer(), text, intent="help_menu", slots=slots)

    assert not said(found).startswith("Taiwan")


def test_in_a_form_a_country_may_be_the_answer() -> None:
    """A question that is open is not answered for the person."""
    slots = kept("ask_placement_cost")
    found = turn(
        ActionAnswer(), "kalau Taiwan?", intent="help_menu", slots=slots, form="offer_form"
    )

    assert not said(found).startswith("Taiwan")


def test_a_country_is_asked_for_only_where_it_matters_and_after_the_answer() -> None:
    """One question with a way out; none when the country is known or changes nothing."""

    def next_steps(topic: str, country: str | None) -> Outcome:
        return turn(ActionResume(), "apa", intent=topic, slots=kept(topic, country))

    assert "Untuk negara mana?" in said(next_steps("ask_placement_cost", None))
    assert next_steps("ask_placement_cost", None).buttons[-1] == "/deny"
    assert "Ada lagi" in said(next_steps("ask_placement_cost", "taiwan"))
    assert "Ada lagi" in said(next_steps("ask_scam_patterns", None))
    assert "Ada lagi" in said(next_steps("ask_contacts", None))


def test_numbers_go_on_with_another_country_too() -> None:
    """A "kalau Hong Kong?" after the numbers for Malaysia gives those of Hong Kong."""
    first = turn(ActionContacts(), "nomor kbri kl", intent="ask_contacts")
    slots = {LAST: first.slots[LAST]}
    second = turn(ActionAnswer(), "kalau Hong Kong?", intent="help_menu", slots=slots)

    assert "Hong Kong" in second.texts[0]
    assert "+852" in second.texts[0]


def test_numbers_are_given_for_the_country_of_a_missing_relative() -> None:
    """Who has just reported somebody in Cambodia need not say so again."""
    slots = {"missing__country": "di kamboja, Poipet"}
    found = turn(ActionContacts(), "nomor kbri berapa", intent="ask_contacts", slots=slots)

    assert "Phnom Penh" in said(found)


def test_a_question_about_an_agency_is_no_question_about_the_bot() -> None:
    """An "ini resmi?" with the name of a company has that company looked up."""
    found = turn(ActionAnswer(), "PT Maju Jaya itu beneran ada gak", intent="bot_challenge")

    assert [command["names"] for command in found.commands] == [["PT Maju Jaya"]]
