"""Who is told what after a case: pure rules."""

from __future__ import annotations

import pytest

from bot.domain.cases import CaseKind, CloseReason
from bot.domain.notices import NoticeKind, is_hard, notices_after
from bot.language.types import Urgency

NOTHING: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("kind", "urgency", "signals", "hard"),
    [
        (CaseKind.DANGER, Urgency.EMERGENCY, NOTHING, True),
        (CaseKind.SELF_HARM, Urgency.URGENT, NOTHING, True),
        (CaseKind.JOB_OFFER, Urgency.URGENT, frozenset({"underage_recruit"}), True),
        (CaseKind.DANGER, Urgency.URGENT, frozenset({"child_at_risk", "held"}), True),
        (CaseKind.DANGER, Urgency.URGENT, frozenset({"passport_withheld"}), False),
        (CaseKind.MONEY_LOST, Urgency.CONCERN, NOTHING, False),
    ],
)
def test_hard_cases(kind: CaseKind, urgency: Urgency, signals: frozenset[str], hard: bool) -> None:
    """Emergencies, self-harm and children; not every urgent case."""
    assert is_hard(kind, urgency, signals) is hard


@pytest.mark.parametrize(
    ("reason", "hard", "told"),
    [
        (CloseReason.HELPED, True, (NoticeKind.GOOD_NEWS, NoticeKind.DEBRIEF)),
        (CloseReason.HELPED, False, (NoticeKind.GOOD_NEWS,)),
        (CloseReason.NO_CONTACT, True, (NoticeKind.DEBRIEF,)),
        (CloseReason.REFERRED, False, ()),
        (CloseReason.PRACTICE, True, ()),
        (CloseReason.DUPLICATE, True, ()),
    ],
)
def test_what_is_told(reason: CloseReason, hard: bool, told: tuple[NoticeKind, ...]) -> None:
    """Good news when somebody was helped, the question after hard ones, nothing after practice."""
    assert notices_after(reason, hard=hard) == told
