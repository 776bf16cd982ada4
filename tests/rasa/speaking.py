"""Speaks to the running Rasa server as the worker does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.stack import Stack

METADATA = {
    "today": "2026-11-21",
    "now": "2026-11-21T03:00:00+00:00",
    "on_duty": False,
    "next_staffed": None,
    "case": None,
    "practice": True,
}


@dataclass
class Rasa:
    """The running Rasa server, spoken to as the worker does."""

    stack: Stack
    key: str = ""
    client: httpx2.Client = field(default_factory=lambda: httpx2.Client(trust_env=False))

    def post(self, body: Any) -> httpx2.Response:
        """Send a body as it is; bytes stay bytes."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(
            f"{self.stack.rasa_url}/webhooks/gateway/turn",
            content=content,
            headers={"X-Gateway-Key": self.key or self.stack.rasa_key},
            timeout=60,
        )

    def turn(self, text: str, events: list[Any] | None = None, **more: Any) -> dict[str, Any]:
        """Answer one turn, which must succeed."""
        response = self.post(request(text, events, **more))
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer


def request(text: str, events: list[Any] | None = None, **more: Any) -> dict[str, Any]:
    """A well-formed turn."""
    turn = {"id": "t1", "conversation": "c1", "text": text, "payload": None}
    return {**turn, "metadata": METADATA, "events": events or [], **more}
