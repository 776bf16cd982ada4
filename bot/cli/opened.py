"""The product opened for one command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.bootstrap import App, build
from bot.cli.common import CommandError, load_settings, prepare_data_dir
from bot.gateways.smtp import MailError
from bot.language.understanding import Understander
from bot.store.keys import KeyMissingError


def with_app[T](use: Callable[[App], Awaitable[T]]) -> T:
    """Open the database that settings name, without a reader of messages, and close it again.

    Raises `CommandError` when it cannot be opened.
    """
    settings = load_settings()
    prepare_data_dir(settings)
    try:
        app = build(settings, reader=Understander(None))  # no message comes in here
    except (KeyMissingError, MailError) as error:
        raise CommandError(str(error)) from error

    async def run() -> T:
        try:
            return await use(app)
        finally:
            await app.close()

    return asyncio.run(run())
