"""The channel to Rasa: a pure function of a turn, and a clear refusal when anything fails."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.rasa.speaking import Rasa, request

pytestmark = pytest.mark.stack


def told(answer: dict[str, Any]) -> tuple[Any, Any]:
    """What an answer says and wants done, without the events and their times."""
    return answer["replies"], answer["commands"]


@pytest.mark.parametrize("key", ["wrong", "ü", "k" * 5000])
def test_without_the_key_nothing_is_answered(rasa: Rasa, key: str) -> None:
    """A wrong key is refused before anything is read."""
    response = rasa.client.post(
        f"{rasa.stack.rasa_url}/webhooks/gateway/turn",
        content=json.dumps(request("halo")),
        headers={b"X-Gateway-Key": key.encode()},
    )

    assert response.status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"\xff\xfe",
        {"id": "t1"},
        request("halo") | {"text": 5},
        request("halo") | {"events": {}},
        request("halo") | {"metadata": None},
        request("halo") | {"conversation": ""},
        request("halo") | {"payload": "affirm"},
        request("halo") | {"payload": "/no_such_intent"},
        request("halo") | {"payload": "/session_start"},
        request("halo") | {"payload": "/affirm{broken}"},
        request("halo") | {"payload": 7},
    ],
)
def test_what_is_no_turn_is_malformed(rasa: Rasa, body: Any) -> None:
    """Anything but a whole turn with a payload of ours is a 422 that says what is wrong."""
    response = rasa.post(body)

    assert response.status_code == 422
    assert list(response.json()) == ["error"]


def test_a_greeting_is_answered_with_numbered_choices(rasa: Rasa) -> None:
    """Replies come with plain choices, and the new events end with listening."""
    answer = rasa.turn("halo kak")

    assert "TanyaDulu" in answer["replies"][0]["text"]
    assert set(answer["replies"][0]["buttons"][0]) == {"title", "payload"}
    assert answer["events"][-1]["name"] == "action_listen"


def test_a_form_goes_on_from_the_events_that_came_along(rasa: Rasa) -> None:
    """Rasa remembers nothing; the conversation goes on all the same, question by question."""
    first = rasa.turn("kakak saya hilang kontak, sudah dua bulan")
    events = first["events"]
    second = rasa.turn("2", events, id="t2", payload="/deny")
    events = events + second["events"]
    third = rasa.turn("Rini", events, id="t3")

    assert "namanya" in second["replies"][-1]["text"]
    assert "negara" in third["replies"][-1]["text"]
    assert not [e for e in second["events"] if e in first["events"]]


def test_without_its_events_a_conversation_is_new(rasa: Rasa) -> None:
    """The same conversation id without events has no open form: nothing was kept."""
    rasa.turn("kakak saya hilang kontak, sudah dua bulan")
    answer = rasa.turn("Rini", id="t2")

    assert "negara" not in answer["replies"][-1]["text"]


def test_a_repeated_turn_gives_the_same_answer(rasa: Rasa) -> None:
    """After a crash the worker asks again and may rely on the same replies and commands."""
    text = "jadi admin di kamboja gaji 20 juta, berangkat pakai visa turis"
    events = rasa.turn("halo")["events"]
    answers = [rasa.turn(text, events, id="t2") for _ in range(3)]

    assert told(answers[0]) == told(answers[1]) == told(answers[2])
    assert answers[0]["commands"]


def test_commands_know_their_place_among_the_replies(rasa: Rasa) -> None:
    """The case is opened after the first words and before the question."""
    answer = rasa.turn("kakak saya hilang kontak, sudah dua bulan")

    assert [command["after"] for command in answer["commands"]] == [1]
    assert len(answer["replies"]) == 2


@pytest.mark.parametrize("typed", ["/request_human", " / /request_human", "\u2003//request_human"])
def test_people_cannot_type_intents(rasa: Rasa, typed: str) -> None:
    """A typed command is read as words: it loses its mark and is understood like any text."""
    answer = rasa.turn(typed)
    heard = next(event for event in answer["events"] if event["event"] == "user")

    assert heard["text"] == "request_human"
    assert heard["parse_data"]["intent"]["confidence"] < 1.0


@pytest.mark.parametrize("text", ["", "   ", "/", "😀" * 5000, "a" * 20000, "\u202eabc\u200b\x00"])
def test_odd_texts_are_answered(rasa: Rasa, text: str) -> None:
    """Nothing that somebody can type breaks a turn."""
    assert rasa.turn(text)["replies"]


def test_unreadable_events_are_refused(rasa: Rasa) -> None:
    """A history that cannot be read is a 503, never a conversation begun anew."""
    events = [*rasa.turn("halo")["events"], {"event": "no_such_event"}]
    response = rasa.post(request("lanjut", events))

    assert response.status_code == 503
    assert response.json() == {"error": "tracker"}


def test_conversations_side_by_side_do_not_mix(rasa: Rasa) -> None:
    """Turns at the same moment keep their own events."""
    texts = ["halo", "kakak saya hilang kontak", "apa itu tppo", "terima kasih"] * 4
    alone = {text: told(rasa.turn(text)) for text in set(texts)}
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda pair: told(rasa.turn(pair[1], conversation=f"c{pair[0]}")),
                enumerate(texts),
            )
        )

    assert answers == [alone[text] for text in texts]


def test_with_the_action_server_gone_nothing_is_half_said(rasa: Rasa) -> None:
    """A failed action is a 503, although Rasa itself would go on; afterwards all is well."""
    actions = rasa.stack.children["actions"]
    text = "kakak saya hilang kontak, sudah dua bulan"
    actions.make_stop(time.monotonic())
    try:
        response = rasa.post(request(text))
    finally:
        actions.start()

    assert response.status_code == 503
    assert response.json() == {"error": "action_server"}
    assert _answers_again(rasa, text)


def test_the_log_holds_no_words_of_people(rasa: Rasa) -> None:
    """What was written stands in no log, also when the turn failed."""
    secret = "zamrudbiru"
    rasa.turn(f"halo {secret}")
    rasa.post(request(f"halo {secret}", [{"event": "no_such_event", "text": secret}]))

    for child in rasa.stack.children.values():
        assert secret not in child.log.read_text("utf-8", errors="replace")


def _answers_again(rasa: Rasa, text: str) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if rasa.post(request(text)).status_code == 200:
            return True
        time.sleep(0.5)
    return False
