"""The real server, made to kill itself at one named step: `python -m tests.faults.dying_server`.

DIE_AT is "where:when": where is the function that writes (take_in, _turns, _ask_assistant,
_mailbox), when is `before` or `after` its commit. It dies the first time that the step
concerns a message; before that, and with DIE_AT empty, nothing differs from the product.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import fields

import uvicorn

from bot import logs
from bot.bootstrap import App, build
from bot.server import create_app
from bot.settings import Settings
from bot.store.database import Job


class DyingApp(App):
    """An App whose writes can be the last thing that its process does."""

    seen_a_message = False

    async def write[T](self, job: Job[T]) -> T:
        """Write, or die before or after it."""
        where, _, when = os.environ.get("DIE_AT", "").partition(":")
        here = sys._getframe(1).f_code.co_name == where
        if here and when == "before" and (DyingApp.seen_a_message or where == "take_in"):
            os.kill(os.getpid(), signal.SIGKILL)
        result = await super().write(job)
        if sys._getframe(1).f_code.co_name == "take_in":
            DyingApp.seen_a_message = True
        if here and when == "after" and result:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


def main() -> None:
    """Serve until killed."""
    logs.configure()
    settings = Settings.model_validate({})
    app = build(settings)
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
