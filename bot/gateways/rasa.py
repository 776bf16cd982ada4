"""The Rasa assistant behind its own input channel."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2

from bot.domain.messages import Button, Reply
from bot.ports import Answer, AssistantDownError, AssistantFailedError, Command

# A turn takes well under a second; beyond this the process hangs and the turn is tried again.
TIMEOUT_SECONDS = 20.0
# After this many events a conversation's history is folded: the cost of a turn grows with it.
MOST_EVENTS = 120


class RasaAssistant:
    """Posts turns to one of several Rasa processes, the same one for each conversation."""

    def __init__(self, urls: Sequence[str], key: str) -> None:
        self._urls = tuple(url.rstrip("/") for url in urls)
        self._client = httpx2.AsyncClient(
            timeout=TIMEOUT_SECONDS, headers={"X-Gateway-Key": key}, trust_env=False
        )

    async def answer(
        self,
        *,
        turn_id: str,
        conversation: str,
        text: str,
        payload: str | None,
        metadata: Mapping[str, Any],
        events: Sequence[Mapping[str, Any]],
    ) -> Answer:
        """See bot.ports.Assistant."""
        url = self._urls[zlib.crc32(conversation.encode()) % len(self._urls)]
        body = {
            "id": turn_id,
            "conversation": conversation,
            "text": text,
            "payload": payload,
            "metadata": metadata,
            "events": fold(events),
        }
        try:
            response = await self._client.post(f"{url}/webhooks/gateway/turn", json=body)
        except httpx2.HTTPError as error:
            raise AssistantDownError(type(error).__name__) from error
        if response.status_code == 422:
            raise AssistantFailedError("refused")
        if response.status_code != 200:
            raise AssistantDownError(f"status {response.status_code}")
        data = response.json()
        return Answer(
            replies=tuple(_reply(reply) for reply in data["replies"]),
            commands=tuple(_command(command) for command in data["commands"]),
            events=(*fold(events), *data["events"]),
        )

    async def is_up(self) -> bool:
        """Whether every Rasa process has its model and would take a turn."""
        try:
            for url in self._urls:
                # No turn at all: 422 from a channel that is ready. Its "/" says 200 in any case.
                response = await self._client.post(
                    f"{url}/webhooks/gateway/turn", json={}, timeout=2
                )
                if response.status_code != 422:
                    return False
        except httpx2.HTTPError:
            return False
        return True

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _reply(data: Mapping[str, Any]) -> Reply:
    buttons = tuple(Button(button["title"], button["payload"]) for button in data["buttons"])
    return Reply(data["text"], buttons)


def _command(data: Mapping[str, Any]) -> Command:
    values = {key: value for key, value in data.items() if key not in ("name", "after")}
    return Command(data["name"], data["after"], values)


def fold(events: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Shorten a long history to what still matters: slots, the open form, and that it listens.

    A history up to MOST_EVENTS stays as it is.
    """
    if len(events) <= MOST_EVENTS:
        return list(events)
    slots: dict[str, Mapping[str, Any]] = {}
    loop: Mapping[str, Any] | None = None
    session: Mapping[str, Any] | None = None
    for event in events:
        if event["event"] == "slot":
            slots[event["name"]] = event
        elif event["event"] == "active_loop":
            loop = event if event.get("name") else None
        elif event["event"] == "session_started":
            session = event
    folded: list[Mapping[str, Any]] = []
    if session is not None:
        folded += [{"event": "action", "name": "action_session_start"}, session]
    if loop is not None:
        # As the history read when the form was opened: the form ran, then asked and listened.
        folded += [{"event": "action", "name": loop["name"]}, loop]
    folded += [event for event in slots.values() if event.get("value") is not None]
    folded.append({"event": "action", "name": "action_listen"})
    return folded
