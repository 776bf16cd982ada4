"""Notice the failures that Rasa swallows.

When an action fails, Rasa writes a line into its log and goes on with the next step of the
rule: the person would read "thank you" for a report that nobody has. Both ways in which that
happens are watched here and noted on the current turn.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from rasa.core.agent import Agent
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.rasa import answers
from bot.rasa import turn as turns

ACTION_SECONDS = 20
"""An action computes and answers; one that takes longer hangs."""

_REJECTED = 400
"""How the action server says that an action does not want to run: an answer, no failure."""


class WatchedEndpoint(EndpointConfig):
    """The action server, with every failed call noted on the turn."""

    def __init__(self, watched: EndpointConfig) -> None:
        """Stand in for `watched`, with its address and all its settings."""
        self.__dict__.update(watched.__dict__)
        self._kept: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def session(self) -> AsyncIterator[aiohttp.ClientSession]:
        """One session for all calls, with its open connections; Rasa makes one for each call."""
        if self._kept is None or self._kept.closed:
            self._kept = super().session()
        yield self._kept

    async def close(self) -> None:
        """Close the connections."""
        if self._kept is not None:
            await self._kept.close()

    async def request(self, *args: Any, **kwargs: Any) -> Any | None:
        """Call the action server; raises what the call raises."""
        kwargs["timeout"] = aiohttp.ClientTimeout(total=ACTION_SECONDS)
        try:
            answer = await super().request(*args, **kwargs)
        except ClientResponseError as error:
            if error.status != _REJECTED:
                turns.fail("action_server")
            raise
        except Exception:
            turns.fail("action_server")
            raise
        if not isinstance(answer, dict):
            turns.fail("action_server")
        return answer


class SwallowedErrors(logging.Filter):
    """Notes exceptions that Rasa's processor only logs, and keeps their texts out of the log.

    Such a text may quote what a person wrote, so only the kind of error stays.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass; change those that carry an exception."""
        if record.exc_info and record.exc_info[0] is not None:
            turns.fail("action")
            record.msg = "an action failed: %s"
            record.args = (record.exc_info[0].__name__,)
            record.exc_info = None
        return True


def watch(agent: Agent) -> None:
    """Watch the agent's action server; calling it again changes nothing."""
    processor = agent.processor
    if processor is None or isinstance(processor.action_endpoint, WatchedEndpoint):
        return
    if processor.action_endpoint is None:
        raise RuntimeError("endpoints.yml names no action server")
    processor.action_endpoint = WatchedEndpoint(processor.action_endpoint)
    answers.check_quickly()
    logging.getLogger("rasa.core.processor").addFilter(SwallowedErrors())


async def stop_watching(agent: Agent | None) -> None:
    """Let go of the connections to the action server."""
    endpoint = agent.processor.action_endpoint if agent and agent.processor else None
    if isinstance(endpoint, WatchedEndpoint):
        await endpoint.close()
