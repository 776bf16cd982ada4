"""Every intent is answered wherever the conversation stands; the fallback of the policy never is."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from bot.settings import ROOT
from tests.rasa.speaking import Rasa

pytestmark = pytest.mark.stack

OPENINGS = {
    "nothing": "halo",
    "offer": "jadi admin di kamboja gaji 20 juta, berangkat pakai visa turis",
    "missing": "kakak saya hilang kontak, sudah dua bulan",
    "report": "gaji saya lima bulan tidak dibayar",
}


def intents() -> list[str]:
    """All intents that a message can have."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
    return [name for name in domain["intents"] if name != "nlu_fallback"]


@pytest.mark.parametrize("opening", OPENINGS)
def test_every_intent_has_an_answer_everywhere(rasa: Rasa, opening: str) -> None:
    """Each of the 37 intents gets words or a command, alone and in the middle of every form."""
    events = rasa.turn(OPENINGS[opening])["events"]
    names = intents()
    assert len(names) == 37

    for name in names:
        answer = rasa.turn("", events, id=f"t-{name}", payload=f"/{name}")

        assert answer["replies"] or answer["commands"], name
        assert "action_failed" not in {command["name"] for command in answer["commands"]}, name
        assert not _lost(answer["events"]), name


@pytest.mark.parametrize("opening", OPENINGS)
def test_the_talk_goes_on_after_every_intent(rasa: Rasa, opening: str) -> None:
    """After any turn the next one is answered too: no rule leaves the policy at a loss."""
    first = rasa.turn(OPENINGS[opening])["events"]
    for name in intents():
        events = first + rasa.turn("", first, id=f"t-{name}", payload=f"/{name}")["events"]
        answer = rasa.turn("asdf qwerty", events, id=f"u-{name}")

        assert answer["replies"] or answer["commands"], name
        assert not _lost(answer["events"]), name


def _lost(events: list[dict[str, Any]]) -> bool:
    return any(event.get("name") in ("action_lost", "action_default_fallback") for event in events)
