"""What has outlived its time is deleted: offers that were asked about, entries of the register."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()


def delete_expired(uow: SqlUnitOfWork, now: datetime, limit: int) -> bool:
    """Delete at most `limit` rows of each kind; whether there may be more.

    What belongs to an open case, or to an entry that somebody disputes, waits until that is over.
    """
    deleted = {
        "sightings": uow.offers.delete_expired_sightings(now, limit),
        "offers": uow.offers.delete_expired(now, limit),
        "recruiters": uow.recruiters.delete_expired(now, limit),
    }
    if any(deleted.values()):
        log.info("expired_deleted", **deleted)
        uow.wake("console")
    return limit in deleted.values()
