"""Two servers and two workers share one database; half of them dies in the middle."""

from __future__ import annotations

import statistics
import threading
import time
from typing import Any

import httpx2
import pytest

from tests.cluster.boxes import Cluster

pytestmark = pytest.mark.stack
PEOPLE = 20
MESSAGES_EACH = 5
PAUSE_SECONDS = 1.0
SENTENCES = ("terima kasih {}", "makasih ya kak {}")
HELP = "tolong saya dikunci di kamar, paspor diambil"


def test_both_assistants_and_both_servers_are_used(cluster: Cluster) -> None:
    """What was said to one server is read from the other, whichever assistant answers."""
    for number in range(8):
        sender = f"tamu{number}"
        cluster.say(sender, "terima kasih", "c0")
        first, second = (_news(url, sender, wait=20) for url in cluster.urls)
        assert first["messages"][0]["id"] == second["messages"][0]["id"]
        assert len(cluster.await_answers(sender)) == 2
    for name in ("rasa-1", "rasa-2"):
        assert cluster.children[name].deaths == 0


def test_an_answer_reaches_a_poll_on_the_other_server(cluster: Cluster) -> None:
    """Without waiting for anybody's next look: the commit wakes it."""
    here, there = cluster.urls
    delays = []
    for number in range(6):
        sender = f"bahaya{number}"
        body = {"sender": sender, "text": HELP, "client_id": "c0", "final": True}
        taken = httpx2.post(f"{here}/api/web/messages", json=body, timeout=10, trust_env=False)
        assert taken.status_code == 202
        began = time.monotonic()
        after = taken.json()["message_id"]
        news = _news(there, sender, wait=20, after=after)
        delays.append(time.monotonic() - began)
        assert news["messages"][0]["from"] == "bot"
    assert statistics.median(delays) < 0.5, delays


def test_half_of_it_dies_and_nothing_is_lost_doubled_or_reordered(cluster: Cluster) -> None:
    """One of two servers and one of two workers are killed while twenty people write."""
    texts = [SENTENCES[number % 2].format(number) for number in range(MESSAGES_EACH)]

    def person(sender: str) -> None:
        for number, text in enumerate(texts):
            cluster.say(sender, text, f"c{number}")
            time.sleep(PAUSE_SECONDS)

    people = [f"orang{number}" for number in range(PEOPLE)]
    threads = [threading.Thread(target=person, args=(sender,)) for sender in people]
    for thread in threads:
        thread.start()
    time.sleep(2)
    deaths = cluster.deaths()
    cluster.hold_down("worker-1")
    cluster.hold_down("server-2")
    for thread in threads:
        thread.join()
    try:
        for sender in people:
            said = cluster.await_answers(sender)
            assert [line["text"] for line in said if line["from"] == "person"] == texts
            turns = [line["turn_id"] for line in said if line["from"] == "person"]
            answered = [line["turn_id"] for line in said if line["from"] == "bot"]
            assert answered == turns
    finally:
        cluster.let_up("worker-1")
        cluster.let_up("server-2")
    cluster.await_ready()
    assert cluster.deaths() == deaths + 2


def _news(url: str, sender: str, *, wait: float, after: str = "") -> dict[str, Any]:
    """What one server tells about a person, waiting for it when there is nothing yet."""
    got = httpx2.get(
        f"{url}/api/web/messages",
        params={"sender": sender, "wait": wait, "after": after},
        timeout=wait + 10,
        trust_env=False,
    )
    assert got.status_code == 200
    news: dict[str, Any] = got.json()
    return news
