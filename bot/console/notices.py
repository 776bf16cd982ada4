"""What a member is told on top of the list: good news, and a question after a hard case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.console import words
from bot.domain.notices import NoticeKind
from bot.domain.staff import Role, Staff
from bot.store.unit_of_work import SqlUnitOfWork

SENTENCES = {
    NoticeKind.GOOD_NEWS: "Kabar baik: orang di kasus ini sudah tertolong. Terima kasih sudah ikut menjaga.",
    NoticeKind.DEBRIEF: (
        "Kasus ini berat. Sudah bicara dengan seseorang? Tidak harus sekarang, "
        "dan tidak harus sendirian."
    ),
}


@dataclass(frozen=True)
class NoticeView:
    """A notice ready to be read; `listeners` are supervisors to talk to, for those who want."""

    id: str
    kind: str
    reference: str
    age: str
    sentence: str
    listeners: tuple[str, ...]


def notices(uow: SqlUnitOfWork, member: Staff, now: datetime) -> tuple[NoticeView, ...]:
    """What this member has not seen yet, the oldest first."""
    found = uow.notices.unseen(member.id)
    listeners = tuple(
        f"{each.label} ({each.login})"
        for each in (uow.staff.everyone() if found else ())
        if each.role is Role.SUPERVISOR and not each.disabled and each.id != member.id
    )
    return tuple(
        NoticeView(
            id=each.id,
            kind=each.kind,
            reference=each.reference,
            age=words.age(each.created_at, now),
            sentence=SENTENCES[each.kind],
            listeners=listeners if each.kind is NoticeKind.DEBRIEF else (),
        )
        for each in found
    )
