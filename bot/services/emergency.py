"""Danger first: what is committed together with a message that shows danger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.domain.cases import Case, CaseKind, CaseState, LogKind
from bot.domain.channels import CANARY
from bot.domain.conversation import Conversation, HandledBy, Talk
from bot.domain.doubts import DoubtState
from bot.domain.messages import Author, Reply
from bot.domain.office import Office
from bot.domain.oncall import PolicyName
from bot.domain.staff import CONSOLE_OPEN
from bot.domain.waking import Wake, Waking
from bot.language.danger import emergency_signals, screen
from bot.language.types import Understanding, Urgency
from bot.ports import Wording
from bot.services.duty import is_practice, status_line
from bot.services.paging import AT_ONCE, start_escalation, tell_on_call, tell_who_has_it
from bot.services.speak import speak, with_practice_notice
from bot.store.unit_of_work import SqlUnitOfWork

SELF_HARM = "self_harm"
SELF_HARM_INTENT = "report_self_harm"
# A near departure is an emergency for the staff; the person still needs the answer to the offer.
DEPARTURE = "departure_48h"
AFTERWARDS = ("thank", "goodbye", "check_job_offer", "help_menu", "give_feedback")
SURE = 0.5
# Talks in which the first words to somebody in danger have not been said.
BEFORE_DANGER = (Talk.ASSISTANT, Talk.DANGER_QUESTION)


def open_emergency(
    uow: SqlUnitOfWork,
    known: Conversation,
    kind: CaseKind,
    signals: tuple[str, ...],
    fields: Mapping[str, str],
    office: Office,
    now: datetime,
    *,
    wanted: Waking = AT_ONCE,
) -> Case:
    """The emergency case of a conversation, new or found, with somebody being paged.

    `wanted` says when, where that is not at once (a child that is being recruited). While a human
    is there and talks to the person nobody else is woken: that one has it.
    """
    is_trial = known.channel == CANARY
    kind = CaseKind.CANARY if is_trial else kind
    case = uow.cases.open_of_kind(known.id, kind)
    if case is None:
        practice = is_trial or is_practice(uow, office)
        case = uow.cases.open(known, kind, Urgency.EMERGENCY, fields, practice=practice, now=now)
        uow.cases.log(case.id, LogKind.OPENED, "system", ", ".join(signals), now)
    else:
        case = uow.cases.raise_urgency(case, Urgency.EMERGENCY, now)
        if fields:
            uow.cases.add_fields(case, fields, now)
        uow.cases.log(case.id, LogKind.SIGNALS, "system", ", ".join(signals), now)
    uow.conversations.set_case(known.id, case.id)
    if is_trial:
        wanted = Waking(Wake.NOW, PolicyName.CANARY)
    holder_id = holder_of(uow, known, now)
    start_escalation(uow, case, office, now, wanted=wanted, holder_id=holder_id)
    uow.wake("console")
    return case


def answer_emergency(
    uow: SqlUnitOfWork,
    conversation: Conversation,
    turn_id: str,
    kind: CaseKind,
    signals: tuple[str, ...],
    country: str | None,
    office: Office,
    wording: Wording,
    now: datetime,
) -> None:
    """Case, page and first answer to a turn that shows danger, all in one transaction."""
    fields = {} if country is None else {"country": country}
    case = open_emergency(uow, conversation, kind, signals, fields, office, now)
    if conversation.handled_by is HandledBy.HUMAN:
        uow.turns.finish_unclaimed(turn_id, "human", now)
        return
    if only_departure(signals):
        # The offer itself still gets its answer from the assistant.
        uow.cases.log(case.id, LogKind.SIGNALS, "system", DEPARTURE, now)
        return
    if conversation.talk not in BEFORE_DANGER:
        return
    doubt = uow.doubts.open_for(conversation.id)
    if doubt is not None:
        uow.doubts.settle(doubt.id, DoubtState.CONFIRMED, now)
    # What the bot was about to say about something else must not follow the first answer.
    uow.conversations.interrupt(conversation.id)
    uow.outbox.cancel_bot_rows(conversation.id)
    conversation = uow.conversations.get(conversation.id)
    replies = [first_answer(uow, conversation, kind, office, wording, now, country)]
    if is_practice(uow, office):
        notice = wording.say("say_piece_practice")
        replies = with_practice_notice(uow, conversation, replies, notice)
    speak(uow, conversation, replies, author=Author.BOT, turn_id=turn_id, now=now)
    uow.turns.finish_unclaimed(turn_id, "emergency", now)


def holder_of(uow: SqlUnitOfWork, known: Conversation, now: datetime) -> str | None:
    """Who talks to the person and has the console open; None when nobody does."""
    if known.handled_by is not HandledBy.HUMAN:
        return None
    is_there = known.staff_id in uow.staff.watching(now - CONSOLE_OPEN)
    return known.staff_id if is_there else None


def is_held(uow: SqlUnitOfWork, known: Conversation, now: datetime) -> bool:
    """Whether a human talks to the person and has the console open."""
    return holder_of(uow, known, now) is not None


def kind_of(understood: Understanding) -> CaseKind:
    """Which kind of case a danger, or a doubt about one, makes."""
    is_self_harm = SELF_HARM in understood.signals or SELF_HARM_INTENT in (
        understood.intent,
        understood.doubt,
    )
    return CaseKind.SELF_HARM if is_self_harm else CaseKind.DANGER


def only_departure(signals: tuple[str, ...]) -> bool:
    """Whether nothing but a near departure makes it an emergency."""
    return emergency_signals() & set(signals) == {DEPARTURE}


def first_answer(
    uow: SqlUnitOfWork,
    known: Conversation,
    kind: CaseKind,
    office: Office,
    wording: Wording,
    now: datetime,
    country: str | None = None,
) -> Reply:
    """The first words to someone in danger, and the talk that they begin."""
    status = status_line(uow, office, wording, now, country, known)
    if kind is CaseKind.SELF_HARM:
        uow.conversations.set_talk(known.id, Talk.SELF_HARM_ASKED)
        return wording.say("say_self_harm_first", status=status)
    uow.conversations.set_talk(known.id, Talk.DANGER_ASKED)
    name = "say_danger_first" if country is None else "say_danger_first_placed"
    return wording.say(name, status=status)


def hear_more(
    uow: SqlUnitOfWork,
    known: Conversation,
    understood: Understanding,
    country: str | None,
    office: Office,
    now: datetime,
) -> None:
    """A person with a case wrote again.

    A closed case opens, and a wish to close one is dropped; the case is as urgent as the most
    urgent message, and what is urgent those on call hear; a place named in danger is noted; and
    whoever has the case hears of it when no phone is ringing.
    """
    if known.case_id is None:
        return
    for case_id in uow.cases.drop_closings(known.id):
        uow.cases.log(case_id, LogKind.CLOSE_DROPPED, "person", "", now)
    case = uow.cases.get(known.case_id)
    goes_on = case.state is CaseState.CLOSED and not _is_harmless(understood)
    if case.state is CaseState.CLOSED:
        uow.cases.reopen(case.id, now)
        uow.cases.log(case.id, LogKind.REOPENED, "person", "", now)
        is_danger = case.urgency is Urgency.EMERGENCY and known.handled_by is HandledBy.BOT
        if is_danger and goes_on:
            uow.conversations.set_talk(known.id, Talk.DANGER_OPEN)
            start_escalation(uow, case, office, now)
    if Urgency.EMERGENCY is not understood.urgency and understood.urgency.rank > case.urgency.rank:
        case = uow.cases.raise_urgency(case, understood.urgency, now)
        raised = ", ".join((understood.urgency, *understood.signals))
        uow.cases.log(case.id, LogKind.URGENCY_RAISED, "system", raised, now)
    # Danger is paged for with its own case.
    is_urgent = understood.urgency is Urgency.URGENT or (
        goes_on and understood.urgency is not Urgency.EMERGENCY
    )
    if is_urgent and case.urgency is Urgency.URGENT:
        holder_id = holder_of(uow, known, now)
        tell_on_call(uow, case, office, now, understood.signals, holder_id=holder_id)
    if country is not None and known.talk is not Talk.ASSISTANT:
        uow.cases.add_fields(case, {"country": country}, now)
        uow.cases.log(case.id, LogKind.FACTS, "bot", f"country: {country}", now)
    tell_who_has_it(uow, case, known.staff_id, office, now)
    uow.cases.touch(case.id, now)


def _is_harmless(understood: Understanding) -> bool:
    """Whether a message after the end of a case does not mean that it goes on.

    A plain question of another kind, thanks and good-byes do not; anything else may.
    """
    is_plain = understood.intent.startswith("ask_") or understood.intent in AFTERWARDS
    return understood.urgency is Urgency.NONE and is_plain and understood.confidence >= SURE


def see_to_urgent(
    uow: SqlUnitOfWork, conversation_id: str, words: str, office: Office, now: datetime
) -> None:
    """A message that calls for a human within hours was answered: it has an urgent case.

    The conversation's case is raised, or one is opened when the dialogue opened none. Those
    on call hear of it; whether it wakes anybody else depends on what the words show. Of one that
    was urgent before they hear what changes the paging. An emergency is paged for as one.
    """
    known = uow.conversations.get(conversation_id)
    if known.case_id is None:
        case = uow.cases.open(
            known, CaseKind.DANGER, Urgency.URGENT, {}, practice=is_practice(uow, office), now=now
        )
        uow.cases.log(case.id, LogKind.OPENED, "system", Urgency.URGENT, now)
        uow.conversations.set_case(known.id, case.id)
    else:
        case = uow.cases.get(known.case_id)
        if case.urgency is Urgency.EMERGENCY:
            return
        if case.urgency is not Urgency.URGENT:
            case = uow.cases.raise_urgency(case, Urgency.URGENT, now)
            uow.cases.log(case.id, LogKind.URGENCY_RAISED, "system", Urgency.URGENT, now)
    tell_on_call(uow, case, office, now, screen(words).signals)
    uow.wake("console")
