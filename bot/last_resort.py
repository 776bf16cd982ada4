"""Pages that the watchman sends with its own hands, when the outbox carries none."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from bot.bootstrap import App
from bot.domain.auditor import Finding
from bot.domain.messages import Outbound, Purpose
from bot.domain.staff import Contact
from bot.sending import SEND_SECONDS
from bot.services import watchman
from bot.services.ringing import SCREEN
from bot.store.rows import new_id

log = structlog.get_logger()


class LastResort:
    """Straight to the gateways, to the addresses that were read while the store could be read.

    Nothing is written down but a line of the log: there may be nothing to write to.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def tell(self, found: Sequence[Finding], ways: Sequence[Contact]) -> int:
        """Page every way of everybody at once; to how many gateways it could be handed.

        With none it stands on the screen of this machine.
        """
        text = f"{watchman.words(found)} Lihat {self._app.office.console_url}/status"
        calls = (self._send(each.channel, text, each.address) for each in ways)
        reached = sum(await asyncio.gather(*calls))
        if not reached:
            await self._send(SCREEN, text, None)
        log.warning("told_directly", reached=reached, ways=len(ways))
        return reached

    async def _send(self, channel: str, text: str, address: str | None) -> bool:
        sender = self._app.senders.get(channel)
        if sender is None:
            return False
        row = Outbound(new_id(), Purpose.PAGE, channel, "", 1, text, address)
        try:
            await asyncio.wait_for(sender.send(row), SEND_SECONDS)
        except Exception as error:  # noqa: BLE001  # the others must hear of it all the same
            log.error("not_told", channel=channel, error=type(error).__name__)
            return False
        return True
