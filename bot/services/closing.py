"""Closing a case: nothing closes by itself, and an emergency only when two members agree."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.domain.cases import NO_PERSONS, Case, CloseReason, LogKind
from bot.domain.conversation import HandledBy, Talk
from bot.domain.staff import Staff
from bot.language.types import Urgency
from bot.services import aftercare
from bot.services.takeover import RefusedError
from bot.store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()


def needs_two(case: Case) -> bool:
    """Whether one member alone may not close it: a real emergency of a person, whatever their role."""
    is_real = not case.practice and case.kind not in NO_PERSONS
    return case.urgency is Urgency.EMERGENCY and is_real


def ask_or_close(
    uow: SqlUnitOfWork, case: Case, member: Staff, reason: CloseReason, text: str, now: datetime
) -> bool:
    """Close a case for a reason, or ask a second member to agree; whether it is closed now.

    RefusedError while a human still talks about it, or when this member asks a second time.
    """
    _require_no_talk(uow, case)
    if not needs_two(case):
        _close(uow, case, member, reason, text, now)
        return True
    if case.close_asked_by is not None:
        raise RefusedError(
            "Sudah ada yang minta kasus ini ditutup. Butuh persetujuan petugas lain."
        )
    uow.cases.ask_to_close(case.id, reason, member.id, now)
    uow.cases.log(case.id, LogKind.CLOSE_ASKED, member.label, f"{reason} {text}".strip(), now)
    uow.wake("console")
    return False


def ready(uow: SqlUnitOfWork, case: Case, member: Staff) -> CloseReason:
    """Why it is to be closed, when this member may agree to that. RefusedError says why not."""
    reason = _asked(case)
    if case.close_asked_by == member.id:
        raise RefusedError("Menunggu persetujuan petugas kedua.")
    _require_no_talk(uow, case)
    return reason


def confirm(uow: SqlUnitOfWork, case: Case, member: Staff, now: datetime) -> None:
    """A second member agrees: it is closed for the reason that the first one gave.

    RefusedError as `ready`.
    """
    reason = ready(uow, case, member)
    asker = uow.staff.get(case.close_asked_by or "")
    _close(uow, case, member, reason, f"Diminta {asker.label}", now)


def drop(uow: SqlUnitOfWork, case: Case, member: Staff, now: datetime) -> None:
    """Any member takes the wish back: the case stays open."""
    _asked(case)
    uow.cases.drop_closing(case.id, now)
    uow.cases.log(case.id, LogKind.CLOSE_DROPPED, member.label, "", now)
    uow.wake("console")


def _asked(case: Case) -> CloseReason:
    """Why somebody wishes to close it. RefusedError when nobody does any more."""
    if case.close_asked_by is None or case.close_reason is None:
        raise RefusedError("Tidak ada lagi yang minta kasus ini ditutup.")
    return case.close_reason


def _require_no_talk(uow: SqlUnitOfWork, case: Case) -> None:
    conversation = uow.conversations.get(case.conversation_id)
    if conversation.handled_by is HandledBy.HUMAN and conversation.case_id == case.id:
        raise RefusedError("Kembalikan dulu percakapannya ke bot.")


def _close(
    uow: SqlUnitOfWork, case: Case, member: Staff, reason: CloseReason, text: str, now: datetime
) -> None:
    conversation = uow.conversations.get(case.conversation_id)
    if conversation.handled_by is HandledBy.BOT:
        uow.conversations.set_talk(conversation.id, Talk.ASSISTANT)
    uow.cases.close(case.id, reason, now)
    uow.escalations.resolve(case.id)
    uow.pages.end(case.id)
    uow.cases.log(case.id, LogKind.CLOSED, member.label, f"{reason} {text}".strip(), now)
    aftercare.tell(uow, case, reason, now)
    log.info("case_closed", trace=case.trace_id, reason=reason.value)
    uow.wake("console")
