"""Finds what Twilio's webhooks did not bring: messages of an outage, and reports that got lost."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.bootstrap import App
from bot.domain.channels import WHATSAPP
from bot.gateways.twilio import Listed, TwilioWhatsApp
from bot.gateways.twilio_client import CallError
from bot.services.delivery import note_status
from bot.store.rows import new_id
from bot.store.unit_of_work import SqlUnitOfWork
from channels.inbound import is_open, take_in
from channels.whatsapp import is_staff_answer
from channels.whatsapp_messages import MalformedError, is_ours, normalise

log = structlog.get_logger()
EVERY_SECONDS = 300.0
AFTER_AN_ERROR_SECONDS = 60.0
LEASE = timedelta(minutes=10)
# Whatever is stored already costs nothing, so look further back than needed.
OVERLAP = timedelta(hours=1)
# Before the channel was opened messages were refused; after a day no free answer reaches anybody.
FIRST_LOOK = timedelta(hours=24)
MOST_MESSAGES = 10_000
# A message of ours of which nothing was heard for so long is asked for.
SILENCE = timedelta(minutes=5)
MOST_ROWS = 100
GONE = 404
# Words are not kept waiting any longer for the list of files that came with them.
FILES_WAIT = timedelta(minutes=15)


async def run(app: App) -> None:
    """Look at start and again every few minutes, in one process of all."""
    gateway = app.senders.get(WHATSAPP)
    if not isinstance(gateway, TwilioWhatsApp):
        return
    token = new_id()
    try:
        while True:
            pause = await _look(app, gateway, token)
            await asyncio.sleep(pause)
    finally:
        await app.write(lambda uow: uow.channels.release(WHATSAPP, token))


async def _look(app: App, gateway: TwilioWhatsApp, token: str) -> float:
    """Look once, when it is this process's turn; how many seconds to wait until the next time."""
    try:
        now = app.clock.now()
        if not await app.write(lambda uow: uow.channels.hold(WHATSAPP, token, now, LEASE)):
            return AFTER_AN_ERROR_SECONDS
        found = await reconcile(app, gateway)
    except CallError as error:
        log.warning("reconcile_failed", channel=WHATSAPP, reason=error.reason)
        return AFTER_AN_ERROR_SECONDS
    except Exception as error:  # noqa: BLE001  # a full disk passes; the loop must go on
        log.error("reconcile_failed", channel=WHATSAPP, error=type(error).__name__)
        return AFTER_AN_ERROR_SECONDS
    if found:
        log.warning("reconciled", channel=WHATSAPP, missing=found)
    return EVERY_SECONDS


async def reconcile(app: App, gateway: TwilioWhatsApp) -> int:
    """Store what is missing and ask what became of ours; how many messages were missing."""
    found = 0
    if await is_open(app, WHATSAPP):
        found = await _take_in_missing(app, gateway)
    await _ask_for_states(app, gateway)
    return found


async def _take_in_missing(app: App, gateway: TwilioWhatsApp) -> int:
    begun = app.clock.now()
    state = await app.read(lambda uow: uow.channels.get(WHATSAPP))
    since = begun - FIRST_LOOK if state.reconciled_at is None else state.reconciled_at - OVERLAP
    listed = await gateway.list_inbound(since, MOST_MESSAGES)
    if len(listed) >= MOST_MESSAGES:
        # The list begins with the newest: what is older than its end is not seen.
        log.error("reconcile_incomplete", channel=WHATSAPP, most=MOST_MESSAGES)
    missing = await _missing(app, listed)
    found = 0
    failed: CallError | None = None
    for message in missing:
        try:
            found += await _take_in(app, gateway, message, begun)
        except CallError as error:
            # This one is looked for again; whoever wrote after it need not wait for that.
            failed = error
    if failed is not None:
        raise failed
    await app.write(lambda uow: uow.channels.set_reconciled(WHATSAPP, begun))
    return found


async def _missing(app: App, listed: tuple[Listed, ...]) -> list[Listed]:
    def look(uow: SqlUnitOfWork) -> list[Listed]:
        return [one for one in listed if uow.turns.find(WHATSAPP, one.sid) is None]

    return await app.read(look)


async def _take_in(app: App, gateway: TwilioWhatsApp, message: Listed, now: datetime) -> bool:
    """Store a listed message as its webhook would have been; False when it is none of ours."""
    settings = app.settings
    form = {
        "MessageSid": message.sid,
        "AccountSid": settings.twilio_account_sid,
        "From": message.sender,
        "To": message.to,
        "Body": message.body,
        "MessagingServiceSid": message.service,
    }
    if not is_ours(form, settings.twilio_account_sid, settings.whatsapp_from):
        return False
    if await app.read(lambda uow: is_staff_answer(uow, form)):
        # It never becomes a case, and old it must not take a page that came later.
        return False
    if message.files:
        files = await _files(gateway, message, now)
        for number, (media_type, address) in enumerate(files):
            form[f"MediaUrl{number}"] = address
            form[f"MediaContentType{number}"] = media_type
    try:
        inbound = normalise(form, message.sent_at)
    except MalformedError:
        log.warning("reconcile_unreadable", channel=WHATSAPP)
        return False
    received = await take_in(app, inbound)
    return not received.duplicate


async def _files(
    gateway: TwilioWhatsApp, message: Listed, now: datetime
) -> tuple[tuple[str, str], ...]:
    """The files of a message; none when they are gone or Twilio cannot tell them for too long."""
    try:
        return await gateway.list_files(message.sid)
    except CallError as error:
        is_old = message.sent_at is None or now - message.sent_at > FILES_WAIT
        if error.status != GONE and not is_old:
            raise
        log.warning("files_not_listed", channel=WHATSAPP, reason=error.reason)
        return ()


async def _ask_for_states(app: App, gateway: TwilioWhatsApp) -> None:
    """Reports that never came: lost on the way, or never asked for."""
    now = app.clock.now()
    silent = await app.read(
        lambda uow: uow.reports.silent_since(WHATSAPP, now - SILENCE, MOST_ROWS)
    )
    for row_id, provider_id in silent:
        try:
            status, error = await gateway.state_of(provider_id)
        except CallError as failed:
            if failed.status == GONE:
                continue
            raise
        await _note(app, row_id, status, error, now)


async def _note(app: App, row_id: str, status: str, error: int | None, now: datetime) -> None:
    code = None if error is None else str(error)
    await app.write(lambda uow: note_status(uow, row_id, status, code, app.office, now))
