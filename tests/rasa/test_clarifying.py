"""Unclear words wait in the history of the conversation and come along with the choice."""

from __future__ import annotations

from typing import Any

import pytest

from bot.gateways.rasa import MOST_EVENTS, fold
from tests.rasa.speaking import METADATA, Rasa

pytestmark = pytest.mark.stack

TRAP = "jadi admin di kamboja gaji 20 juta, berangkat pakai visa turis"


def after_unclear(rasa: Rasa, words: str) -> list[Any]:
    """A history in which these words wait for their meaning."""
    waits = {"event": "slot", "name": "clarified__text", "value": words, "timestamp": 1.0}
    return [*rasa.turn("halo")["events"], waits]


@pytest.mark.parametrize("talk", ["short", "folded"])
def test_the_choice_is_answered_for_the_words_before(rasa: Rasa, talk: str) -> None:
    """The offer that was not understood is checked, also where the history was shortened."""
    events = after_unclear(rasa, TRAP)
    if talk == "folded":
        events = fold([*events, *rasa.turn("halo")["events"] * MOST_EVENTS])
    answer = rasa.turn("Cek tawaran kerja", events, payload="/check_job_offer")

    assert "tanda bahaya" in answer["replies"][0]["text"]
    assert answer["commands"][0]["verdict"] == "critical"
    assert _waiting(answer["events"]) == [None]


def test_the_words_wait_while_the_menu_is_shown(rasa: Rasa) -> None:
    """Something else, then the relative: the report holds what was written first."""
    story = "sudah lama sekali tidak ada"
    events = after_unclear(rasa, story)
    menu = rasa.turn("Yang lain", events, payload="/help_menu")
    events = events + menu["events"]
    answer = rasa.turn("Keluarga hilang kontak", events, payload="/report_missing_relative")

    assert _waiting(menu["events"]) == []
    assert answer["commands"][0]["fields"] == {"story": story}
    assert "dikurung" in answer["replies"][-1]["text"]


@pytest.mark.parametrize("text", ["tolong saya disekap dan dipukul", "pengen mati aja rasanya"])
def test_who_said_that_nobody_is_in_danger_wakes_nobody(rasa: Rasa, text: str) -> None:
    """However sure the model is of these words, there is a question and no case of danger."""
    answer = rasa.turn(text, metadata={**METADATA, "no_danger": True})

    kinds = {command.get("kind") for command in answer["commands"]}
    assert kinds.isdisjoint({"danger", "self_harm"})
    assert answer["replies"]


def _waiting(events: list[dict[str, Any]]) -> list[Any]:
    return [event["value"] for event in events if event.get("name") == "clarified__text"]
