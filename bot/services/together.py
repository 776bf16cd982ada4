"""What a turn means beyond its single messages: "pintunya" and "dikunci dari luar", and pictures."""

from __future__ import annotations

from datetime import datetime

from bot.domain.conversation import HandledBy
from bot.domain.office import Office
from bot.language.types import Understanding, Urgency
from bot.ports import Wording
from bot.services import doubts, emergency
from bot.services.prepared import Prepared
from bot.store.unit_of_work import SqlUnitOfWork


def needs_hearing(prepared: Prepared) -> bool:
    """Whether there is more to understand than each message by itself."""
    said = [message for message in prepared.messages if message.text.strip()]
    return len(said) > 1 and prepared.payload is None


def needs_looking(prepared: Prepared) -> bool:
    """Whether a picture of this turn says something, and nobody was asked about danger yet."""
    is_asked = prepared.turn.why_again in (doubts.NO_DANGER, doubts.ASIDE)
    return bool(prepared.shown.words) and not is_asked


def look(
    uow: SqlUnitOfWork,
    prepared: Prepared,
    understood: Understanding,
    office: Office,
    wording: Wording,
    now: datetime,
) -> bool:
    """Ask about danger that stands in a picture; True when that was done.

    A threat that somebody shows may be their own, or something that goes round: a picture alone
    pages nobody. A near departure in an advertisement is the matter of its check.
    """
    turn, known = prepared.turn, uow.conversations.get(prepared.conversation.id)
    if known.handled_by is HandledBy.HUMAN or known.talk not in emergency.BEFORE_DANGER:
        return False
    is_grave = understood.urgency is Urgency.EMERGENCY
    if not is_grave and understood.doubt is None:
        return False
    if is_grave and emergency.only_departure(understood.signals):
        return False
    doubts.ask(uow, known, turn.id, emergency.kind_of(understood), office, wording, now)
    return True


def hear(
    uow: SqlUnitOfWork,
    prepared: Prepared,
    understood: Understanding,
    office: Office,
    wording: Wording,
    now: datetime,
) -> bool:
    """What the words of a turn mean together; True when that was danger and has its answer."""
    turn, known = prepared.turn, uow.conversations.get(prepared.conversation.id)
    if known.handled_by is HandledBy.HUMAN or known.talk not in emergency.BEFORE_DANGER:
        return False
    if understood.urgency.rank > uow.turns.urgency(turn.id).rank:
        uow.turns.note_urgency(turn.id, understood.urgency)
        if understood.urgency is Urgency.EMERGENCY:
            kind, signals = emergency.kind_of(understood), understood.signals
            emergency.answer_emergency(
                uow, known, turn.id, kind, signals, None, office, wording, now
            )
            return not emergency.only_departure(signals)
    if understood.doubt is not None and not turn.why_again:
        kind = emergency.kind_of(understood)
        doubts.ask(uow, known, turn.id, kind, office, wording, now)
        return True
    return False
