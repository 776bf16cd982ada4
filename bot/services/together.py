"""Several messages of one turn, understood as one: "pintunya" and "dikunci dari luar"."""

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
