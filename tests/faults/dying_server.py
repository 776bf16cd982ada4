"""The real server, made to kill itself at one named step: `python -m tests.faults.dying_server`.

DIE_AT is "where:when": where is the function that writes (take_in, _turns, _ask_assistant)
and when is `before` or `after` its commit. With DIE_IN, a channel, where is a step of
sending: claim, call (of the provider) or record. It dies the first time that the step concerns
a message; before that, and with DIE_AT empty, nothing differs from the product but that a dead
sender is given up after six seconds.
"""

from __future__ import annotations

import os
import signal
import sys
from contextvars import ContextVar
from dataclasses import fields
from datetime import timedelta

import uvicorn

from bot import logs, sending
from bot.bootstrap import App, build
from bot.domain.messages import Outbound
from bot.ports import Sender
from bot.server import create_app
from bot.settings import Settings
from bot.store.unit_of_work import SqlUnitOfWork
from bot.store.writer import Job

WRITERS_OF_SENDING = {"step": "claim", "_send": "record"}


# True in the task that sends a text through the channel in question.
concerns_the_channel: ContextVar[bool] = ContextVar("concerns_the_channel", default=False)


def _die_here(where: str, when: str) -> None:
    if os.environ.get("DIE_AT", "") == f"{where}:{when}":
        os.kill(os.getpid(), signal.SIGKILL)


class DyingApp(App):
    """An App whose writes can be the last thing that its process does."""

    seen_a_message = False

    async def write[T](self, job: Job[T]) -> T:
        """Write, or die before or after it."""
        caller = sys._getframe(1).f_code.co_name
        if "DIE_IN" in os.environ:
            return await self._write_in_sending(job, WRITERS_OF_SENDING.get(caller, caller))
        if DyingApp.seen_a_message or caller == "take_in":
            _die_here(caller, "before")
        result = await super().write(job)
        if caller == "take_in":
            DyingApp.seen_a_message = True
        if result[0] if isinstance(result, tuple) else result:
            _die_here(caller, "after")
        return result

    async def _write_in_sending[T](self, job: Job[T], where: str) -> T:
        if where == "record" and concerns_the_channel.get():
            _die_here("record", "before")
            result = await super().write(job)
            _die_here("record", "after")
            return result
        if where != "claim":
            return await super().write(job)

        def watched(uow: SqlUnitOfWork) -> T:
            claimed = job(uow)
            if _holds_a_text(claimed):
                _die_here("claim", "before")
            return claimed

        result = await super().write(watched)
        if _holds_a_text(result):
            _die_here("claim", "after")
        return result


def _holds_a_text(claimed: object) -> bool:
    """Whether rows were claimed that go to a person through the channel in question."""
    rows = claimed if isinstance(claimed, tuple) else ()
    return any(row.channel == os.environ["DIE_IN"] for row in rows)


def _let_calls_die(sender: Sender) -> None:
    """From now on its call can be the last thing that this process does."""
    send = sender.send

    async def dying(message: Outbound) -> str | None:
        concerns_the_channel.set(True)
        _die_here("call", "before")
        provider_id = await send(message)
        _die_here("call", "after")
        return provider_id

    sender.send = dying  # type: ignore[method-assign]


def main() -> None:
    """Serve until killed."""
    logs.configure()
    settings = Settings.model_validate({})
    app = build(settings)
    if channel := os.environ.get("DIE_IN"):
        sending.SEND_SECONDS, sending.SEND_LEASE = 5.0, timedelta(seconds=6)
        _let_calls_die(app.senders[channel])
    dying = DyingApp(**{field.name: getattr(app, field.name) for field in fields(App)})
    uvicorn.run(
        create_app(dying),
        host="127.0.0.1",
        port=settings.tanyadulu_port,
        log_config=None,
        access_log=False,
    )


if __name__ == "__main__":
    main()
