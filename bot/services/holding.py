"""A text that would ring a phone out of the blue waits; staff may let it go, for a reason."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.domain.cases import Case, LogKind
from bot.domain.messages import Author
from bot.domain.staff import Staff
from bot.services.takeover import RefusedError
from bot.store.holding import Held
from bot.store.unit_of_work import SqlUnitOfWork

SAFE_CONTACT = "safe_contact"


class Release(StrEnum):
    """What came of the wish to let a held text go."""

    SENT = "sent"
    NEEDS_ANOTHER = "needs_another"


def release(uow: SqlUnitOfWork, case: Case, member: Staff, row_id: str, now: datetime) -> Release:
    """Let a held text of a human go although the person did not just write.

    One member is enough when the person told a safe time and way; otherwise it takes two
    (product rule): the first wish is noted, the second, by somebody else, sends. RefusedError
    when the text is not held here any more, or is the bot's: only people may take this on.
    """
    held = uow.holding.find(case.conversation_id, row_id)
    if held is None:
        raise RefusedError("Pesan ini sudah tidak ditahan.")
    if held.author is not Author.HUMAN:
        raise RefusedError("Hanya pesan dari petugas yang bisa dikirim sekarang.")
    if SAFE_CONTACT not in case.fields and not _second_agrees(held, member):
        uow.holding.ask(row_id, member.id)
        uow.cases.log(case.id, LogKind.NOTE, member.label, "minta dikirim sekarang", now)
        uow.wake("console")
        return Release.NEEDS_ANOTHER
    uow.holding.release(row_id, held.asked_by or "", member.id, now)
    uow.cases.log(case.id, LogKind.NOTE, member.label, "dikirim di luar waktu", now)
    uow.wake("outbox")
    uow.wake("console")
    return Release.SENT


def _second_agrees(held: Held, member: Staff) -> bool:
    return held.asked_by is not None and held.asked_by != member.id
