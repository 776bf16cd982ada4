"""The one door of the Rasa server: a turn comes in, replies and commands go out.

Only the worker knows the key. Nothing of a turn is kept here, so the same request gives the
same answer again; anything less than a complete turn is a 503, never half a reply.
"""

from __future__ import annotations

import hmac
import json
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.rasa import failures
from bot.rasa import turn as turns
from bot.rasa.tracker_store import TrackerTroubleError

logger = logging.getLogger(__name__)

NOT_FOR_PAYLOADS = frozenset({"back", "session_start", "nlu_fallback"})
"""Intents of Rasa's own machinery: no button of ours carries them."""

_PAYLOAD = re.compile(r"/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?")
_COMMAND_MARK = re.compile(r"^[\s/]+")


class MalformedTurnError(ValueError):
    """The request is not a turn as the worker writes it."""


class GatewayOutput(OutputChannel):
    """Collects what the assistant says and what it wants done, in order."""

    def __init__(self) -> None:
        """Start with nothing said."""
        self.replies: list[dict[str, Any]] = []
        self.commands: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """Name of the channel."""
        return "gateway"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:  # noqa: ARG002 - there is one recipient
        """Take one message of Rasa: a text, a command, or both."""
        if message.get("text"):
            buttons = [
                {"title": button["title"], "payload": button["payload"]}
                for button in message.get("buttons") or []
            ]
            self.replies.append({"text": message["text"], "buttons": buttons})
        custom = dict(message.get("custom") or {})
        if custom:
            name = custom.pop("command")
            self.commands.append({**custom, "name": name, "after": len(self.replies)})


class GatewayInput(InputChannel):
    """`POST /webhooks/gateway/turn`, for the worker on the same machine or network."""

    def __init__(self, key: str) -> None:
        """Accept turns that carry `key`; an empty key would open the door for everybody."""
        if not key:
            raise ValueError("credentials.yml gives the gateway channel no key")
        self._key = key.encode()

    @classmethod
    def name(cls) -> str:
        """Name of the channel, part of its address."""
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Build the channel from its section in credentials.yml."""
        return cls(str((credentials or {}).get("key") or ""))

    def blueprint(
        self,
        on_new_message: Callable[[UserMessage], Awaitable[Any]],  # noqa: ARG002 - hides its failures
    ) -> Blueprint:
        """The route; Rasa's own handler is left aside, for it answers nothing when it fails."""
        routes = Blueprint("gateway_turns")

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            given = request.headers.get("X-Gateway-Key", "")
            if not hmac.compare_digest(given.encode(), self._key):
                return _refused(401, "key")
            agent: Agent | None = request.app.ctx.agent
            if agent is None or not agent.is_ready():
                return _refused(503, "not_ready")
            try:
                message, known = _read(request.body, _intents(agent))
            except MalformedTurnError as error:
                return _refused(422, str(error))
            return await _answer(agent, message, known)

        @routes.listener("after_server_stop")
        async def stopped(app: Sanic, _loop: object) -> None:
            await failures.stop_watching(app.ctx.agent)

        return routes


def _intents(agent: Agent) -> list[str]:
    return agent.domain.intents if agent.domain else []


def _read(body: bytes, intents: list[str]) -> tuple[UserMessage, list[dict[str, Any]]]:
    """The message and the events before it. Raises `MalformedTurnError` with what is wrong."""
    try:
        asked = json.loads(body)
    except ValueError as error:
        raise MalformedTurnError("json") from error
    if not isinstance(asked, dict):
        raise MalformedTurnError("json")
    expected = {"id": str, "conversation": str, "text": str, "metadata": dict, "events": list}
    for name, kind in expected.items():
        if not isinstance(asked.get(name), kind):
            raise MalformedTurnError(name)
    if not asked["id"] or not asked["conversation"]:
        raise MalformedTurnError("id")
    payload = asked.get("payload")
    # People cannot type intents: whatever looks like a command loses its mark.
    text = _COMMAND_MARK.sub("", asked["text"]) if payload is None else _trusted(payload, intents)
    message = UserMessage(
        text,
        output_channel=GatewayOutput(),
        sender_id=asked["conversation"],
        input_channel=GatewayInput.name(),
        message_id=asked["id"],
        metadata=asked["metadata"],
    )
    return message, asked["events"]


def _trusted(payload: Any, intents: list[str]) -> str:
    """The payload of a button that the gateway sent; anything else is malformed."""
    match = _PAYLOAD.fullmatch(payload) if isinstance(payload, str) else None
    if match is None or match["intent"] not in intents or match["intent"] in NOT_FOR_PAYLOADS:
        raise MalformedTurnError("payload")
    try:
        json.loads(match["entities"] or "{}")
    except ValueError as error:
        raise MalformedTurnError("payload") from error
    return str(payload)


async def _answer(agent: Agent, message: UserMessage, known: list[dict[str, Any]]) -> HTTPResponse:
    """Let Rasa handle the message; 503 unless every step of it succeeded."""
    turn = turns.Turn(events=known)
    turns.begin(turn)
    try:
        failures.watch(agent)
        await agent.handle_message(message)
        _complete(turn)
    except TrackerTroubleError:
        turn.fail("tracker")
    except Exception as error:  # noqa: BLE001 - the worker is told, and tries again
        turn.fail("assistant")
        # Only the kind: the text of an error may quote what a person wrote.
        logger.error("turn %s failed: %s", message.message_id, type(error).__name__)
    if turn.failure is not None:
        logger.error("turn %s is not answered: %s", message.message_id, turn.failure)
        return _refused(503, turn.failure)
    output: GatewayOutput = message.output_channel
    return response.json(
        {"replies": output.replies, "commands": output.commands, "events": turn.new_events}
    )


def _complete(turn: turns.Turn) -> None:
    """Note a turn that ended before the assistant was ready to listen again."""
    last = turn.new_events[-1] if turn.new_events else {}
    if last.get("event") != "action" or last.get("name") != ACTION_LISTEN_NAME:
        turn.fail("incomplete")


def _refused(status: int, reason: str) -> HTTPResponse:
    return response.json({"error": reason}, status=status)
