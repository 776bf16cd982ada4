"""A text that would ring a phone out of the blue waits; staff may let it go, for a reason."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.domain.cases import Case, LogKind
from bot.domain.delivery import may_release
from bot.domain.messages import Delivery
from bot.domain.staff import Staff
from bot.services.takeover import RefusedError
from bot.store.holding import Held
from bot.store.unit_of_work import SqlUnitOfWork

SAFE_CONTACT = "safe_contact"


class Release(StrEnum):
    """What came of the wish to let a held text go."""

    SENT = "sent"
    NEEDS_ANOTHER = "needs_another"


def ready(uow: SqlUnitOfWork, case: Case, member: Staff, row_id: str) -> Held:
    """The held text that this member may let go, or wish to. RefusedError says why not."""
    held = uow.holding.find(case.conversation_id, row_id)
    if held is None:
        raise RefusedError("Pesan ini sudah tidak ditahan.")
    if not may_release(held.author, Delivery.HELD, held.error):
        raise RefusedError("Pesan ini baru bisa terkirim setelah orangnya menulis lagi.")
    if held.asked_by == member.id and not _has_safe_contact(case):
        raise RefusedError("Menunggu persetujuan petugas kedua.")
    return held


def release(uow: SqlUnitOfWork, case: Case, member: Staff, row_id: str, now: datetime) -> Release:
    """Let a held text of a human go although the person did not just write.

    One member is enough when the person told a safe time and way; otherwise it takes two
    (product rule): the first wish is noted, the second, by somebody else, sends. RefusedError
    as `ready`.
    """
    held = ready(uow, case, member, row_id)
    if held.asked_by is None and not _has_safe_contact(case):
        uow.holding.ask(row_id, member.id)
        uow.cases.log(case.id, LogKind.NOTE, member.label, "minta dikirim sekarang", now)
        uow.wake("console")
        return Release.NEEDS_ANOTHER
    uow.holding.release(row_id, held.asked_by, member.id, now)
    uow.cases.log(case.id, LogKind.NOTE, member.label, "dikirim di luar waktu", now)
    uow.wake(uow.conversations.get(case.conversation_id).channel)
    uow.wake("console")
    return Release.SENT


def _has_safe_contact(case: Case) -> bool:
    return bool(case.fields.get(SAFE_CONTACT))
