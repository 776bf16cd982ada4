"""200 messages under way while every process is killed again and again."""

from __future__ import annotations

import threading
import time

import pytest

from tests.faults.box import Box

pytestmark = pytest.mark.stack
PEOPLE = 20
MESSAGES_EACH = 10
HELP = "tolong saya dikunci di kamar, paspor diambil"
PAUSE_SECONDS = 3.0
VICTIMS = ("server", "worker", "actions", "worker", "server", "rasa", "worker", "server")
OUTAGE_SECONDS = 60


def test_a_storm_of_kills_loses_doubles_and_reorders_nothing(box: Box) -> None:
    """Server, worker, action server and Rasa die by turns while twenty people write."""
    texts = [f"terima kasih {number}" for number in range(MESSAGES_EACH)]

    def person(sender: str) -> None:
        for number, text in enumerate(texts):
            box.say(sender, text, f"c{number}")
            time.sleep(PAUSE_SECONDS)

    people = [f"orang{number}" for number in range(PEOPLE)]
    threads = [threading.Thread(target=person, args=(sender,)) for sender in people]
    for thread in threads:
        thread.start()
    deaths = box.deaths()
    for victim in VICTIMS:
        time.sleep(1)
        box.kill(victim)
        box.await_alive()
    for thread in threads:
        thread.join()
    assert box.deaths() == deaths + len(VICTIMS)
    for sender in people:
        said = box.await_answers(sender)
        assert [line["text"] for line in said if line["from"] == "person"] == texts
        turns = [line["turn_id"] for line in said if line["from"] == "person"]
        answered = [line["turn_id"] for line in said if line["from"] == "bot" and line["turn_id"]]
        assert answered == turns


def test_a_minute_without_rasa(box: Box) -> None:
    """One notice each, danger answered at once, and every open turn answered afterwards."""
    box.await_ready()
    box.hold_down("rasa")
    people = [f"tetangga{number}" for number in range(8)]
    began = time.monotonic()
    for round_number in range(3):
        for sender in people:
            box.say(sender, f"terima kasih {round_number}", f"c{round_number}")
    box.say("ani", HELP, "c0")
    (first,) = [line for line in box.await_answers("ani", 5) if line["from"] == "bot"]
    assert first["buttons"]
    time.sleep(max(0.0, OUTAGE_SECONDS - (time.monotonic() - began)))
    for sender in people:
        told = [line for line in box.news(sender)["messages"] if line["from"] == "bot"]
        assert len(told) == 1
        assert told[0]["turn_id"] is None
    box.let_up("rasa")
    for sender in people:
        said = box.await_answers(sender)
        answered = [line["turn_id"] for line in said if line["from"] == "bot"]
        turns = [line["turn_id"] for line in said if line["from"] == "person"]
        assert answered == [None, *turns]
