"""Danger, reports, services and privacy: what each asks of the worker."""

from __future__ import annotations

import pytest

from actions.conversation import ActionAffirm, ActionClarify, ActionLost, ActionResume
from actions.danger import ActionReportDanger, ActionReportSelfHarm
from actions.privacy import ActionErasure, ActionSafeContact
from actions.reports import ActionAddCaseInfo, ActionReportStart, ActionReportSubmit
from actions.services import ActionContacts
from tests.actions.talk import turn


def test_danger_is_an_emergency_with_everything_told_so_far() -> None:
    """Half a report becomes part of the emergency, and the form ends."""
    slots = {"requested_slot": "missing__country", "missing__name": "Rini"}
    said = turn(
        ActionReportDanger(),
        "dia dipukuli",
        intent="report_danger",
        slots=slots,
        form="missing_form",
    )

    assert said.commands[0]["kind"] == "danger"
    assert said.commands[0]["urgency"] == "emergency"
    assert said.commands[0]["fields"] == {"name": "Rini", "story": "dia dipukuli"}
    assert said.slots == {"requested_slot": None}


def test_a_wish_to_die_is_never_a_mere_guess() -> None:
    """Also what the model is not sure of is taken seriously."""
    said = turn(ActionReportSelfHarm(), "capek hidup", intent="report_self_harm", confidence=0.3)

    assert said.commands[0]["kind"] == "self_harm"


@pytest.mark.parametrize(
    ("intent", "kind"),
    [
        ("report_labour_abuse", "labour_abuse"),
        ("report_recruiter", "recruiter"),
        ("report_money_lost", "money_lost"),
        ("ask_return_home", "return_home"),
    ],
)
def test_a_report_is_kept_as_soon_as_it_is_told(intent: str, kind: str) -> None:
    """Each kind of trouble opens its case with the first words."""
    said = turn(ActionReportStart(), "ceritanya begini", intent=intent)

    assert said.commands[0]["kind"] == kind
    assert said.commands[0]["urgency"] == "concern"
    assert said.slots["report__kind"] == kind


def test_a_skipped_detail_adds_nothing() -> None:
    """The closing offers a person, the case stays as it is."""
    said = turn(
        ActionReportSubmit(), slots={"report__kind": "recruiter", "report__detail": "unknown"}
    )

    assert said.commands == []
    assert "/request_human" in said.buttons


def test_an_addition_without_a_case_is_not_dropped() -> None:
    """Where no case is known, the words open one."""
    known = turn(ActionAddCaseInfo(), "dia sudah pindah", intent="add_case_info", case="TD-X")
    unknown = turn(ActionAddCaseInfo(), "dia sudah pindah", intent="add_case_info")

    assert known.commands[0]["command"] == "add_to_case"
    assert unknown.commands[0]["command"] == "open_case"


def test_a_button_for_an_addition_asks_for_the_words() -> None:
    """The next words are taken as the addition, whatever the model makes of them."""
    said = turn(ActionAddCaseInfo(), intent="add_case_info")
    slots = {"report__kind": "addition", "report__detail": "dia sudah pindah"}
    added = turn(ActionReportSubmit(), slots=slots, case="TD-X")

    assert said.events[-1]["name"] == "report_form"
    assert added.commands == [{"command": "add_to_case", "fields": {"note": "dia sudah pindah"}}]


def test_an_emergency_told_as_a_report_leaves_the_word_to_the_worker() -> None:
    """No question of ours comes between the person and the first words of the worker."""
    text = "tolong saya disekap dan dipukul majikan"
    said = turn(ActionReportStart(), text, intent="report_labour_abuse")

    assert said.commands[0]["urgency"] == "emergency"
    assert said.texts == []
    assert said.events[-1]["name"] == "action_listen"


@pytest.mark.parametrize(
    ("offered", "command"),
    [
        (["/request_human", "/deny"], "request_human"),
        (['/delete_my_data{"confirmed":"yes"}', "/deny"], None),
        (["/check_job_offer", "/request_human"], None),
    ],
)
def test_a_yes_belongs_to_the_last_question(offered: list[str], command: str | None) -> None:
    """A typed yes takes the first choice, except where it would delete or nothing was asked."""
    bot = {"event": "bot", "data": {"buttons": [{"payload": payload} for payload in offered]}}
    said = turn(ActionAffirm(), "iya", intent="affirm", before=[bot])

    assert [found["command"] for found in said.commands] == ([command] if command else [])


def test_contacts_come_from_the_directory() -> None:
    """The numbers of the country that was named come first, with the date of their source."""
    said = turn(ActionContacts(), "nomor kbri kamboja", intent="ask_contacts")

    assert "Phnom Penh" in said.texts[0].splitlines()[1]
    assert "sumber: " in said.texts[0]
    assert said.texts[0].count("belum ditelepon ulang") == 1


def test_deletion_needs_our_own_button() -> None:
    """Typed words are asked back, the button confirms."""
    typed = turn(ActionErasure(), "hapus semua", intent="delete_my_data")
    pressed = turn(ActionErasure(), intent="delete_my_data", entities={"confirmed": "yes"})
    faked = turn(ActionErasure(), "ya", intent="delete_my_data", entities={"confirmed": "yes"})

    assert typed.commands == faked.commands == []
    assert pressed.commands == [{"command": "request_erasure"}]


def test_a_safe_way_is_kept_in_the_persons_words() -> None:
    """The note goes to the worker before anything is asked."""
    said = turn(ActionSafeContact(), "jangan telepon", intent="set_safe_contact")

    assert said.commands == [{"command": "set_safe_contact", "note": "jangan telepon"}]


def test_next_steps_are_offered_only_when_no_question_is_open() -> None:
    """In the middle of a form its own question comes again instead."""
    assert turn(ActionResume(), "apa").texts
    assert turn(ActionResume(), "apa", form="offer_form").texts == []


def test_clarifying_explains_the_open_question() -> None:
    """Who does not understand the danger question learns why it is asked."""
    slots = {"requested_slot": "missing__danger"}
    said = turn(ActionClarify(), "maksudnya", intent="clarify", slots=slots, form="missing_form")

    assert "bahaya" in said.texts[0]


def test_a_gap_in_the_rules_is_an_alarm() -> None:
    """The fallback of the policy listens afterwards and takes no turn back."""
    said = turn(ActionLost(), "apa")

    assert said.commands[0]["command"] == "action_failed"
    assert said.events == [{"event": "followup", "timestamp": None, "name": "action_listen"}]
