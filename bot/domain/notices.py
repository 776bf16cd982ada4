"""What a member is told when they next open the console; nobody is woken for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.cases import CaseKind, CloseReason
from bot.language.types import Urgency


class NoticeKind(StrEnum):
    """Why somebody is told."""

    DEBRIEF = "debrief"
    GOOD_NEWS = "good_news"


@dataclass(frozen=True)
class Notice:
    """One member is told one thing about one case, until they say that they have seen it."""

    id: str
    kind: NoticeKind
    reference: str
    created_at: datetime


# Nobody carried these: it was no case, or it goes on under another reference.
NOT_CARRIED = (CloseReason.PRACTICE, CloseReason.DUPLICATE)
CHILD_SIGNALS = frozenset({"child_at_risk", "underage_recruit"})


def is_hard(kind: CaseKind, urgency: Urgency, signals: frozenset[str]) -> bool:
    """Whether a case is one after which people should be asked how they are.

    An emergency, somebody who wanted to die, or a child in danger (issue 6).
    """
    return (
        urgency is Urgency.EMERGENCY or kind is CaseKind.SELF_HARM or bool(signals & CHILD_SIGNALS)
    )


def notices_after(reason: CloseReason, *, hard: bool) -> tuple[NoticeKind, ...]:
    """What those who carried a case are told when it was closed; good news comes first."""
    if reason in NOT_CARRIED:
        return ()
    told = [NoticeKind.GOOD_NEWS] if reason is CloseReason.HELPED else []
    return (*told, NoticeKind.DEBRIEF) if hard else tuple(told)
