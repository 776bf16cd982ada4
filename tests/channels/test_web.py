"""The web API takes good input whole and bad input with a clear answer, and loses nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.server import create_app
from tests.hotline import Hotline


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """A server with its worker, called from loopback."""
    hotline = Hotline(tmp_path / "var")
    with TestClient(create_app(hotline.app), client=("127.0.0.1", 50000)) as client:
        yield client


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[TestClient]:
    """A server called from elsewhere."""
    hotline = Hotline(tmp_path / "var")
    with TestClient(create_app(hotline.app), client=("203.0.113.9", 50000)) as client:
        yield client


def post(client: TestClient, **message: Any) -> Any:
    """Send a message as the page does."""
    return client.post("/api/web/messages", json={"sender": "ani", "text": "halo", **message})


def answers(client: TestClient, sender: str = "ani") -> list[dict[str, Any]]:
    """Poll until no turn is open and return what was said to the person."""
    for _ in range(120):
        news = client.get("/api/web/messages", params={"sender": sender, "wait": 0.25}).json()
        if not news["open_turns"]:
            break
    messages: list[dict[str, Any]] = news["messages"]
    return [message for message in messages if message["from"] != "person"]


def test_a_minted_sender_can_write_and_read(stranger: TestClient) -> None:
    """The page gets a secret of 128 bits and more, and chats with it from anywhere."""
    minted = stranger.post("/api/web/sessions", json={})
    assert minted.status_code == 201
    sender = minted.json()["sender"]
    assert len(sender) >= 64
    assert post(stranger, sender=sender).status_code == 202
    assert len(answers(stranger, sender)) == 1


@pytest.mark.parametrize("sender", ["ani", "a" * 32 + "." + "b" * 32, "ä" * 10 + ".x"])
def test_a_made_up_sender_is_unknown_from_elsewhere(stranger: TestClient, sender: str) -> None:
    """Nobody guesses or invents the secret of somebody else."""
    assert post(stranger, sender=sender).status_code == 404
    got = stranger.get("/api/web/messages", params={"sender": sender})
    assert got.status_code == 404


def test_behind_a_proxy_nobody_counts_as_local(client: TestClient) -> None:
    """A forwarded call from loopback is somebody from outside."""
    forwarded = client.post(
        "/api/web/messages",
        json={"sender": "ani", "text": "halo"},
        headers={"X-Forwarded-For": "203.0.113.9"},
    )
    assert forwarded.status_code == 404


def test_a_retry_with_the_same_client_id_is_one_message(client: TestClient) -> None:
    """A bad line makes the page send again: the same ids come back, one answer is given."""
    first = post(client, client_id="c1").json()
    assert post(client, client_id="c1").json() == first
    assert len(answers(client)) == 1


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"sender": "ani", "text": ', "application/json", 400),
        (b"[1, 2]", "application/json", 400),
        (b"\xff\xfe\x00", "application/json", 400),
        (b"[" * 5000, "application/json", 400),
        (b'{"sender": "ani"}', "application/json", 400),
        (b'{"sender": "ani", "text": 7}', "application/json", 400),
        (b'{"sender": "ani", "text": "a", "final": "yes"}', "application/json", 400),
        (b'{"sender": "ani", "text": "a", "client_id": 1.5}', "application/json", 400),
        (b'{"sender": "", "text": "a"}', "application/json", 400),
        (b'{"sender": null, "text": "a"}', "application/json", 400),
        (b"sender=ani&text=halo", "application/x-www-form-urlencoded", 415),
        (b'{"sender": "ani", "text": "a"}', "text/plain", 415),
        (b'{"sender": "ani", "text": "' + b"a" * 1_000_000 + b'"}', "application/json", 413),
    ],
)
def test_bad_input_gets_a_clear_answer(
    client: TestClient, body: bytes, content_type: str, status: int
) -> None:
    """Each with a short JSON error and no trace of our inside; nothing is stored."""
    answer = client.post("/api/web/messages", content=body, headers={"Content-Type": content_type})
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    assert len(answer.text) < 100
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("halo\0 pak\x07", "halo pak"),
        ("a\u202etes\u200b", "a\u202etes\u200b"),
        ("\ud800 putus", "? putus"),
        ("baris\r\ndua", "baris\ndua"),
        ("😀" * 5000, "😀" * 5000),
        ("/staff_only", "/staff_only"),
        ("/restart", "/restart"),
        ("b:" + "0" * 32 + ":1", "b:" + "0" * 32 + ":1"),
    ],
)
def test_odd_text_is_stored_and_answered(client: TestClient, text: str, stored: str) -> None:
    """Strange characters and would-be commands are messages like any other."""
    sent = client.post(
        "/api/web/messages",
        content=json.dumps({"sender": "ani", "text": text}),
        headers={"Content-Type": "application/json"},
    )
    assert sent.status_code == 202
    assert len(answers(client)) == 1
    messages = client.get("/api/web/messages", params={"sender": "ani"}).json()["messages"]
    assert messages[0]["text"] == stored


def test_only_what_is_new_is_polled(client: TestClient) -> None:
    """`after` names the last message that the page has."""
    post(client)
    (answer,) = answers(client)
    news = client.get("/api/web/messages", params={"sender": "ani", "after": answer["id"]})
    assert news.json()["messages"] == []


@pytest.mark.parametrize("wait", ["x", "nan", "-5", "inf"])
def test_a_strange_wait_is_refused_or_bounded(client: TestClient, wait: str) -> None:
    """No poll hangs because of what it asks for."""
    post(client)
    answers(client)
    got = client.get("/api/web/messages", params={"sender": "ani", "wait": wait})
    assert got.status_code in (200, 400)


def test_unknown_paths_and_methods_answer_in_json(client: TestClient) -> None:
    """404 and 405 are short JSON too."""
    assert client.get("/nix").json() == {"error": "not found"}
    assert client.put("/api/web/messages").status_code == 405


def test_health_readiness_and_metrics(client: TestClient) -> None:
    """The three addresses that whoever runs the box looks at."""
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    post(client)
    answers(client)
    metrics = client.get("/metrics").text
    assert "tanyadulu_turns_open 0.0" in metrics
    assert "tanyadulu_alarms" in metrics


def test_the_page_is_served_with_a_strict_policy(client: TestClient) -> None:
    """No foreign script, no framing, nothing kept by a cache."""
    page = client.get("/")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert '<html lang="id" data-practice>' in page.text
    for name in ("chat.js", "chat.css", "icon.svg"):
        assert client.get(f"/static/{name}").status_code == 200
