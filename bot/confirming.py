"""Codes on their way to the contacts that they are to prove."""

from __future__ import annotations

import structlog

from bot.bootstrap import App
from bot.domain.staff import Staff
from bot.domain.staff_contacts import TELEGRAM_STAFF
from bot.ports import SendError
from bot.services import contacts
from bot.services.contacts import ContactError, Unproved

log = structlog.get_logger()
NOT_SENT = "Kodenya tidak bisa dikirim ke alamat ini. Periksa alamatnya, lalu coba lagi."


async def add(app: App, member: Staff, channel: str, typed: str) -> Unproved:
    """A new contact whose code is on its way; ContactError when it cannot be sent there.

    An address that nothing reaches is worse than none: it is not kept.
    """
    now = app.clock.now()
    waiting = await app.write(
        lambda uow: contacts.add(uow, member, channel, typed, app.office, now)
    )
    return await _send(app, member, waiting)


async def again(app: App, member: Staff, contact_id: str) -> Unproved:
    """Another code for a contact that waits for its proof."""
    now = app.clock.now()
    waiting = await app.write(lambda uow: contacts.again_code(uow, member, contact_id, now))
    return await _send(app, member, waiting)


async def _send(app: App, member: Staff, waiting: Unproved) -> Unproved:
    if waiting.channel == TELEGRAM_STAFF:
        return waiting
    try:
        await app.senders[waiting.channel].send(contacts.code_message(waiting, app.office))
    except SendError as error:
        log.warning("code_not_sent", channel=waiting.channel, reason=error.reason)
        await app.write(lambda uow: contacts.remove(uow, member, waiting.contact_id))
        raise ContactError(NOT_SENT) from error
    except Exception as error:  # noqa: BLE001  # it may have gone all the same: the code still counts
        log.warning("code_not_told", channel=waiting.channel, error=type(error).__name__)
    return waiting
