"""WhatsApp and Telegram open only when somebody can answer."""

from __future__ import annotations

from datetime import datetime

from bot.domain.office import Office
from bot.services.duty import is_practice
from bot.store.unit_of_work import SqlUnitOfWork


def is_open(uow: SqlUnitOfWork, channel: str, office: Office) -> bool:
    """Whether a channel takes messages.

    Practice mode opens everything. Otherwise two people must be reachable and a person must
    have checked the contacts shown. Once open it stays open: people rely on it from then on,
    and a contact that lapses is an alarm for staff, not a closed door for them.
    """
    if office.practice or uow.channels.get(channel).opened_at is not None:
        return True
    return not is_practice(uow, office)


def note_opened(uow: SqlUnitOfWork, channel: str, office: Office, now: datetime) -> bool:
    """As `is_open`, and remembered when it is open for real."""
    open_now = is_open(uow, channel, office)
    if open_now and not office.practice:
        uow.channels.mark_opened(channel, now)
    return open_now
