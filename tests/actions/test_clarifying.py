"""One question in place of a guess, and no word lost on the way to its answer."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from actions.base import Guarded, is_meaning, wording
from actions.clarifying import ActionClarifyMeaning
from actions.conversation import ActionAnswer, ActionRestart
from actions.danger import ActionReportDanger, ActionReportSelfHarm
from actions.information import ActionAnswerQuestion
from actions.missing import ActionMissingStart, ValidateMissingForm
from actions.offer import ActionOfferVerdict, ValidateOfferForm
from actions.reports import ActionAddCaseInfo, ActionReportStart
from actions.services import ActionContacts
from bot.settings import ROOT
from tests.actions.talk import Outcome, turn

TRAP = "jadi admin di kamboja gaji 20 juta, berangkat pakai visa turis"
STORY = "yang keliling itu katanya dari pt"
TWO = {"ask_placement_cost": 0.29, "ask_visa_documents": 0.27, "ask_official_route": 0.11}
OTHER = "/help_menu"
SMALL_TALK = {
    "greet",
    "goodbye",
    "thank",
    "affirm",
    "deny",
    "unsure",
    "stop",
    "restart",
    "clarify",
    "insult",
    "bot_challenge",
    "out_of_scope",
    "help_menu",
    "nlu_fallback",
}


def unclear(text: str, ranking: dict[str, float], **more: Any) -> Outcome:
    """A message that the classifier gave up on."""
    ranked = {"nlu_fallback": 0.3, **ranking}
    return turn(ActionClarifyMeaning(), text, confidence=0.3, ranking=ranked, **more)


def asked(outcome: Outcome) -> dict[str, Any]:
    """The question as it stands in the history of the next turn."""
    buttons = [{"payload": payload} for payload in outcome.buttons]
    return {"event": "bot", "text": outcome.texts[-1], "data": {"buttons": buttons}}


def test_the_two_likeliest_meanings_are_offered_and_a_way_out() -> None:
    """Words that people understand, never a guess; what was written is kept."""
    said = unclear(STORY, TWO)

    assert said.texts == ["Maaf, maksudnya yang mana?"]
    assert said.buttons == ["/ask_placement_cost", "/ask_visa_documents", OTHER]
    assert said.slots == {"clarified__text": STORY}
    assert said.commands == []


@pytest.mark.parametrize(
    ("ranking", "offered"),
    [
        ({"greet": 0.28, "ask_privacy": 0.27, "unsure": 0.2}, ["/ask_privacy"]),
        ({"ask_privacy": 0.2, "ask_contacts": 0.11}, ["/ask_privacy"]),
        (
            TWO | {"report_recruiter": 0.08},
            [*(f"/{name}" for name in list(TWO)[:2]), "/report_recruiter"],
        ),
        ({"ask_privacy": 0.2, "report_danger": 0.05}, ["/report_danger", "/ask_privacy"]),
        (
            {"report_recruiter": 0.2, "report_self_harm": 0.19},
            ["/report_self_harm", "/report_recruiter"],
        ),
        (
            {"report_recruiter": 0.2, "report_money_lost": 0.2, "ask_return_home": 0.2},
            ["/report_recruiter", "/report_money_lost", "/ask_return_home"],
        ),
    ],
)
def test_what_is_worth_offering(ranking: dict[str, float], offered: list[str]) -> None:
    """No small talk and nothing unlikely, but trouble always, and danger first."""
    assert unclear(STORY, ranking).buttons == [*offered, OTHER]


def test_what_the_model_knows_nothing_about_gets_the_menu() -> None:
    """Nothing is worth offering, and nothing waits."""
    said = unclear("xyz", {"out_of_scope": 0.2, "report_recruiter": 0.06, "ask_privacy": 0.06})

    assert "belum menangkap" in said.texts[0]
    assert "/request_human" in said.buttons
    assert said.slots == {}


def test_nobody_is_asked_twice_in_a_row() -> None:
    """The second time there is the menu with a person; all that was written still waits."""
    first = unclear(STORY, TWO)
    second = unclear("anu", TWO, slots=first.slots, before=[asked(first)])
    third = unclear("itu", TWO, slots=second.slots, before=[asked(second)])

    assert "belum menangkap" in second.texts[0]
    assert "/request_human" in second.buttons
    assert second.slots["clarified__text"] == f"{STORY}\nanu"
    assert third.buttons[-1] == OTHER


def test_endless_words_do_not_wait_for_ever() -> None:
    """What waits is no longer than the longest message."""
    said = unclear("anu " * 2_000, TWO, slots={"clarified__text": "itu " * 2_000})

    assert len(said.slots["clarified__text"]) == 8_000


def test_a_form_takes_what_is_not_clear_as_today() -> None:
    """Where a question of a form is open its own question comes again; nothing is closed."""
    said = unclear(STORY, TWO, form="missing_form")

    assert "belum menangkap" in said.texts[0]
    assert said.events == []


def test_the_choice_brings_the_words_along() -> None:
    """A report holds the story, an offer is checked, and then nothing waits any more."""
    slots = {"clarified__text": STORY}
    reported = turn(ActionReportStart(), intent="report_recruiter", slots=slots)
    missing = turn(ActionMissingStart(), intent="report_missing_relative", slots=slots)
    added = turn(ActionAddCaseInfo(), intent="add_case_info", slots=slots, case="TD-X")
    danger = turn(ActionReportDanger(), intent="report_danger", slots=slots)
    checked = turn(ActionOfferVerdict(), intent="check_job_offer", slots={"clarified__text": TRAP})

    assert reported.commands[0]["fields"] == {"story": STORY}
    assert missing.commands[0]["fields"] == {"story": STORY}
    assert added.commands == [{"command": "add_to_case", "fields": {"note": STORY}}]
    assert danger.commands[0]["fields"] == {"story": STORY}
    assert checked.commands[0]["verdict"] == "critical"
    for said in (reported, missing, added, danger, checked):
        assert said.slots["clarified__text"] is None


def test_what_the_words_name_counts_too() -> None:
    """A country of the message before is the country that is asked about."""
    slots = {"clarified__text": "kbri kamboja gimana"}
    said = turn(ActionContacts(), intent="ask_contacts", slots=slots)

    assert "Phnom Penh" in said.texts[0].splitlines()[1]


def test_a_button_of_another_question_brings_nothing_along() -> None:
    """Answers to forms and small choices are no meanings of a message."""
    slots = {"clarified__text": TRAP, "requested_slot": "offer__visa"}
    slots["offer__questions"] = "offer__visa"
    said = turn(ValidateOfferForm(), intent="check_job_offer", slots=slots, form="offer_form")

    assert "offer__visa" not in said.slots


@pytest.mark.parametrize(
    ("action", "text", "intent", "waits"),
    [
        (ActionAnswer(), "", "help_menu", True),
        (ActionAnswerQuestion(), "ini rahasia kan?", "ask_privacy", True),
        (ActionAnswerQuestion(), "", "ask_privacy", False),
        (ActionAnswer(), "halo", "greet", False),
        (ActionRestart(), "", "restart", False),
        (ActionAnswer(), "ini nomer siapa", "bot_challenge", False),
    ],
)
def test_words_wait_while_nothing_else_is_told(
    action: Guarded, text: str, intent: str, waits: bool
) -> None:
    """The menu and a question in between lose nothing; a new beginning, or another hand, does not look back."""
    said = turn(action, text, intent=intent, slots={"clarified__text": STORY})

    assert ("clarified__text" not in said.slots) is waits


def test_an_answer_in_own_words_stands_below_the_first_ones() -> None:
    """Who types the meaning in place of choosing it has told both."""
    slots = {"clarified__text": STORY}
    text = "saya mau melaporkan orang itu ke petugas"
    said = turn(ActionReportStart(), text, intent="report_recruiter", slots=slots)
    checked = turn(ActionOfferVerdict(), TRAP, intent="check_job_offer", slots=slots)

    assert said.commands[0]["fields"] == {"story": f"{STORY}\n{text}"}
    assert checked.slots["offer__text"] == TRAP


@pytest.mark.parametrize(
    ("action", "intent"),
    [
        (ActionReportStart(), "report_labour_abuse"),
        (ActionReportStart(), "report_recruiter"),
        (ActionReportStart(), "report_money_lost"),
        (ActionReportStart(), "ask_return_home"),
        (ActionMissingStart(), "report_missing_relative"),
        (ActionAddCaseInfo(), "add_case_info"),
    ],
)
def test_no_case_is_opened_on_a_guess(action: Guarded, intent: str) -> None:
    """Below the mark one question comes first, above it and by a button the case."""
    ranking = {intent: 0.44, "ask_worker_rights": 0.3}
    unsure = turn(action, STORY, intent=intent, confidence=0.44, ranking=ranking)
    sure = turn(action, STORY, intent=intent, confidence=0.46)

    assert unsure.commands == []
    assert unsure.buttons == [f"/{intent}", "/ask_worker_rights", OTHER]
    assert sure.commands


def test_a_word_or_two_must_be_surer() -> None:
    """One word that looks like trouble is asked about, not reported."""
    said = turn(ActionReportStart(), "calo", intent="report_recruiter", confidence=0.8)

    assert said.commands == []
    assert said.buttons == ["/report_recruiter", OTHER]


def test_naming_a_choice_is_no_guess() -> None:
    """Asked what was meant, a word that fits a choice is its answer; danger needs its button."""
    first = unclear(STORY, {"report_recruiter": 0.2, "report_danger": 0.2})
    before = [asked(first)]
    named = turn(
        ActionReportStart(),
        "lapor calo",
        intent="report_recruiter",
        confidence=0.5,
        slots=first.slots,
        before=before,
    )
    feared = turn(
        ActionReportDanger(),
        "bahaya mungkin",
        intent="report_danger",
        confidence=0.4,
        slots=first.slots,
        before=before,
    )

    assert named.commands[0]["fields"] == {"story": f"{STORY}\nlapor calo"}
    assert feared.commands == []


def test_unsure_trouble_that_a_form_let_go_is_asked_about() -> None:
    """It was no answer to the form, which waits meanwhile; emptying is left to the form."""
    slots = {"requested_slot": "offer__story"}
    told = turn(
        ActionReportStart(),
        "calonya kabur",
        intent="report_money_lost",
        confidence=0.6,
        slots=slots,
        form="offer_form",
    )
    kept = turn(
        ActionRestart(), "bulan depan", intent="restart", confidence=0.6, form="missing_form"
    )

    assert told.buttons == ["/report_money_lost", OTHER]
    assert told.slots["paused__form"] == "offer_form"
    assert kept.events[-1]["name"] == "missing_form"


def test_a_mere_guess_at_danger_is_asked_about() -> None:
    """Nobody is woken where the model alone is unsure; danger is the first choice."""
    ranking = {"report_danger": 0.4, "ask_destination": 0.3}
    said = turn(
        ActionReportDanger(), STORY, intent="report_danger", confidence=0.4, ranking=ranking
    )

    assert said.commands == []
    assert said.buttons == ["/report_danger", "/ask_destination", OTHER]


@pytest.mark.parametrize(
    ("action", "intent"),
    [(ActionReportDanger(), "report_danger"), (ActionReportSelfHarm(), "report_self_harm")],
)
def test_who_said_that_nobody_is_in_danger_is_believed(action: Guarded, intent: str) -> None:
    """However sure the model is; the other meanings are offered, and the button still counts."""
    ranking = {intent: 0.7, "report_labour_abuse": 0.2}
    said = turn(action, STORY, intent=intent, confidence=0.99, ranking=ranking, no_danger=True)
    alone = turn(action, STORY, intent=intent, confidence=0.99, no_danger=True)
    pressed = turn(action, intent=intent, no_danger=True, slots=said.slots)

    assert said.commands == alone.commands == []
    assert said.buttons == ["/report_labour_abuse", OTHER]
    assert "/request_human" in alone.buttons
    assert pressed.commands[0]["fields"] == {"story": STORY}


def test_a_form_keeps_the_words_of_whoever_is_in_no_danger() -> None:
    """They are the answer to its question, as they were written, and no cry for help."""
    text = "dulu dia pernah dipukul majikannya"
    danger = turn(
        ValidateMissingForm(),
        text,
        intent="report_danger",
        no_danger=True,
        slots={"requested_slot": "missing__danger"},
        form="missing_form",
    )
    contact = turn(
        ValidateMissingForm(),
        text,
        intent="report_danger",
        no_danger=True,
        slots={"requested_slot": "missing__last_contact", "missing__danger": "tidak"},
        form="missing_form",
    )

    assert danger.slots["missing__danger"] == text
    assert contact.slots["missing__last_contact"] == text


def test_plain_words_come_before_the_question() -> None:
    """A death is no riddle, even where the model takes it for danger."""
    said = turn(
        ActionReportDanger(),
        "kakak saya meninggal di hongkong",
        intent="report_danger",
        confidence=0.4,
    )

    assert "turut berduka" in said.texts[0]


def test_every_wish_has_a_short_title_of_its_own() -> None:
    """Chat apps show 20 characters, and a typed title must mean one thing."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
    wishes = sorted(set(domain["intents"]) - SMALL_TALK)
    titles = [wording().say(f"say_meaning_{name}").text for name in wishes]

    assert len(wishes) == 24
    assert sorted(filter(is_meaning, domain["intents"])) == wishes
    assert len(set(titles)) == len(titles)
    assert max(map(len, titles)) <= 20
