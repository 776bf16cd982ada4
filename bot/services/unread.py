"""What no program understands gets to people: sounds, pictures, papers and places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.cases import Case, CaseKind, LogKind
from bot.domain.conversation import Conversation, Talk
from bot.domain.media import FILES
from bot.domain.messages import InboundMessage, Kind, TurnMessage
from bot.domain.office import Office
from bot.domain.places import coordinates, has_moved, one_line
from bot.language.types import Urgency
from bot.services.duty import is_practice
from bot.services.paging import tell_on_call
from bot.store.unit_of_work import SqlUnitOfWork

# What is said in these may be a call for help; nobody knows before a person has listened.
SPOKEN = (Kind.VOICE, Kind.VIDEO)
SHOWN_IN_LOG = (*FILES, Kind.LOCATION, Kind.CONTACT)
# A live location that moves is a change of its first message.
PLACES = (Kind.LOCATION, Kind.EDITED)
LOCATION = "location"


def note(uow: SqlUnitOfWork, conversation_id: str, message: InboundMessage, now: datetime) -> None:
    """What came without words goes into the case of the conversation, when it has one.

    In danger a place becomes part of the case; a live location that stands still does not
    fill the log.
    """
    known = uow.conversations.get(conversation_id)
    if known.case_id is None:
        return
    case = uow.cases.get(known.case_id)
    kinds = [file.kind for file in message.attachments]
    if message.kind is not None and message.kind is not Kind.EDITED:
        kinds.append(message.kind)
    told = _told(kinds)
    if told:
        uow.cases.log(case.id, LogKind.PERSON_SAID, "person", told, now)
        uow.cases.touch(case.id, now)
        uow.wake("console")
    in_danger = known.talk is not Talk.ASSISTANT or case.urgency is Urgency.EMERGENCY
    is_place = message.kind in PLACES and coordinates(message.detail) is not None
    if in_danger and is_place:
        _note_place(uow, case, message.detail, now)


def _note_place(uow: SqlUnitOfWork, case: Case, detail: str, now: datetime) -> None:
    place = one_line(detail)
    if not has_moved(case.fields.get(LOCATION, ""), place):
        return
    uow.cases.add_fields(case, {LOCATION: place}, now)
    uow.cases.log(case.id, LogKind.FACTS, "person", f"{LOCATION}: {place}", now)
    uow.wake("console")


def hand_to_staff(
    uow: SqlUnitOfWork,
    known: Conversation,
    messages: Sequence[TurnMessage],
    office: Office,
    now: datetime,
    *,
    is_understood: bool = False,
) -> None:
    """Files of a turn, from a person without a case, get one where staff find them.

    A sound or a video, or a picture without words, calls for somebody; those on call hear of
    the first spoken one, and nobody is woken. The case is beside the dialogue: what the
    assistant reports later gets a case of its own. `is_understood`: what the pictures say was
    checked and answered.
    """
    files = [message.kind for message in messages if message.kind in FILES]
    if not files:
        return
    current = uow.conversations.get(known.id)
    if current.case_id is not None:
        if known.case_id is None:
            # Opened by the words of the same turn.
            uow.cases.log(current.case_id, LogKind.PERSON_SAID, "person", _told(files), now)
        return
    is_spoken = any(kind in SPOKEN for kind in files)
    has_words = is_understood or any(message.text.strip() for message in messages)
    urgency = Urgency.CONCERN if is_spoken or not has_words else Urgency.NONE
    case, has_begun = _case(uow, known, urgency, office, now)
    uow.cases.log(case.id, LogKind.PERSON_SAID, "person", _told(files), now)
    uow.cases.touch(case.id, now)
    if is_spoken and has_begun:
        tell_on_call(uow, case, office, now)
    uow.wake("console")


def _case(
    uow: SqlUnitOfWork, known: Conversation, urgency: Urgency, office: Office, now: datetime
) -> tuple[Case, bool]:
    """The case for what nobody has understood; whether it is new or more urgent than before."""
    case = uow.cases.open_of_kind(known.id, CaseKind.MESSAGE)
    if case is None:
        practice = is_practice(uow, office)
        case = uow.cases.open(known, CaseKind.MESSAGE, urgency, {}, practice=practice, now=now)
        uow.cases.log(case.id, LogKind.OPENED, "system", urgency, now)
        return case, True
    if urgency.rank <= case.urgency.rank:
        return case, False
    uow.cases.log(case.id, LogKind.URGENCY_RAISED, "system", urgency, now)
    return uow.cases.raise_urgency(case, urgency, now), True


def _told(kinds: Sequence[Kind]) -> str:
    """The kinds of what was sent, as codes; the console has the words."""
    return ", ".join(dict.fromkeys(kind for kind in kinds if kind in SHOWN_IN_LOG))
