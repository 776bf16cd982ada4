"""What the assistant's actions want done: committed here, and only then confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bot.domain.agencies import Outcome
from bot.domain.cases import Case, CaseKind, LogKind
from bot.domain.conversation import Conversation
from bot.domain.departures import GRAVE, MILD, Departure, Span, is_soon
from bot.domain.messages import Reply
from bot.domain.office import Office
from bot.domain.pictures import ASKS
from bot.domain.waking import CHILD
from bot.language.danger import screen
from bot.language.types import Urgency
from bot.ports import Command, Wording
from bot.services import departures, emergency, offers_seen
from bot.services.agencies import find_agency, say_findings
from bot.services.duty import is_practice, status_line
from bot.services.paging import AT_ONCE, tell_on_call
from bot.store.unit_of_work import SqlUnitOfWork

# The verdicts that make a case.


@dataclass(frozen=True)
class Desk:
    """What a command needs: the transaction, whose conversation it is, and when.

    `is_shown`: what the assistant read stands in a picture; nobody said it.
    """

    uow: SqlUnitOfWork
    conversation: Conversation
    office: Office
    wording: Wording
    now: datetime
    is_shown: bool = False


class UnknownCommandError(Exception):
    """An action emitted a command that nobody carries out: a fault of ours."""


def carry_out(command: Command, desk: Desk) -> Reply | None:
    """Do what a command wants and return its confirmation."""
    handler = HANDLERS.get(command.name)
    if handler is None:
        raise UnknownCommandError(command.name)
    return handler(desk, command.values)


def _open_case(desk: Desk, values: Mapping[str, Any]) -> Reply | None:
    kind = CaseKind(values["kind"])
    urgency = Urgency(values["urgency"])
    fields = _texts(values.get("fields", {}))
    if urgency is Urgency.EMERGENCY:
        case = emergency.open_emergency(
            desk.uow, desk.conversation, kind, ("assistant",), fields, desk.office, desk.now
        )
        _see_report(desk, case, fields)
        return emergency.first_answer(
            desk.uow, desk.conversation, kind, desk.office, desk.wording, desk.now
        )
    case, is_new = _case_of(desk, kind, urgency, fields)
    _see_report(desk, case, fields)
    name = "say_case_saved" if is_new else "say_case_added"
    return desk.wording.say(name, reference=case.reference)


def _case_of(
    desk: Desk, kind: CaseKind, urgency: Urgency, fields: Mapping[str, str]
) -> tuple[Case, bool]:
    """The open case of this kind, new or with what was added; whether it is new."""
    uow = desk.uow
    case = uow.cases.open_of_kind(desk.conversation.id, kind)
    is_new = case is None
    if case is None:
        case = uow.cases.open(
            desk.conversation,
            kind,
            urgency,
            fields,
            practice=is_practice(uow, desk.office),
            now=desk.now,
        )
        uow.cases.log(case.id, LogKind.OPENED, "bot", urgency, desk.now)
        if urgency is Urgency.URGENT:
            _tell(desk, case, fields)
    else:
        if urgency.rank > case.urgency.rank:
            uow.cases.log(case.id, LogKind.URGENCY_RAISED, "bot", urgency, desk.now)
            if urgency is Urgency.URGENT:
                _tell(desk, replace(case, urgency=urgency), fields)
        case = uow.cases.raise_urgency(case, urgency, desk.now)
        uow.cases.add_fields(case, fields, desk.now)
    told = "\n".join(f"{name}: {value}" for name, value in fields.items())
    uow.cases.log(case.id, LogKind.FACTS, "bot", told, desk.now)
    if desk.conversation.case_id is None:
        uow.conversations.set_case(desk.conversation.id, case.id)
    uow.wake("console")
    return case, is_new


def _tell(desk: Desk, case: Case, fields: Mapping[str, str]) -> None:
    """Those on call hear of an urgent case; what was told decides whether it may wake somebody."""
    signals = screen("\n".join(fields.values())).signals
    tell_on_call(desk.uow, case, desk.office, desk.now, signals, is_shown=desk.is_shown)


def _add_to_case(desk: Desk, values: Mapping[str, Any]) -> Reply | None:
    fields = _texts(values.get("fields", {}))
    case_id = desk.conversation.case_id
    if case_id is None:
        case, _ = _case_of(desk, CaseKind.HUMAN_REQUEST, Urgency.CONCERN, fields)
    else:
        case = desk.uow.cases.get(case_id)
        desk.uow.cases.add_fields(case, fields, desk.now)
        told = "\n".join(f"{name}: {value}" for name, value in fields.items())
        desk.uow.cases.log(case_id, LogKind.FACTS, "bot", told, desk.now)
    _see_report(desk, case, fields)
    desk.uow.wake("console")
    return desk.wording.say("say_case_added", reference=case.reference)


def _see_report(desk: Desk, case: Case, fields: Mapping[str, str]) -> None:
    """What a report of a recruiter says of numbers and accounts is kept for staff."""
    if case.kind is CaseKind.RECRUITER:
        told = "\n".join(fields.values())
        offers_seen.see_report(desk.uow, desk.conversation, told, case.id, desk.office, desk.now)


def _record_offer(desk: Desk, values: Mapping[str, Any]) -> Reply | None:
    """Serious and critical offers become a case that staff see; of all a fingerprint is kept.

    A mild one becomes a case only when the person leaves within a week: somebody looks at it
    before, nobody is woken.
    """
    uow, verdict = desk.uow, str(values["verdict"])
    # The same offer sent as a picture and as words is one offer.
    text = str(values.get("text", "")).removeprefix(ASKS).strip()
    leaves = None if desk.is_shown else _span(values.get("leaves"))
    # The day in an advertisement that goes round is nobody's departure.
    answer = values.get("departure")
    own = None if desk.is_shown else answer
    leaving = departures.told(text, verdict, own, leaves, None, desk.office, desk.now)
    if verdict not in GRAVE and not _is_worth_a_look(desk, leaving):
        offers_seen.see_offer(
            uow, desk.conversation, text, verdict, leaves, None, desk.office, desk.now
        )
        return None
    urgency = Urgency.highest(leaving.raised, _offer_urgency(verdict, answer))
    fields = _texts(values.get("facts", {}))
    fields |= {"verdict": verdict, "flags": ", ".join(values.get("flags", ()))}
    if answer:
        fields["departure"] = str(answer)
    has_child = verdict in GRAVE and CHILD in values.get("flags", ())
    case, reply = _case_of_offer(desk, fields, urgency, leaving if has_child else None)
    seen = offers_seen.see_offer(
        uow, desk.conversation, text, verdict, leaves, case.id, desk.office, desk.now
    )
    leaving = replace(leaving, offer_id=None if seen is None else seen.offer_id)
    departures.keep(uow, case, leaving, has_days=leaves is not None, now=desk.now)
    return reply


def _is_worth_a_look(desk: Desk, leaving: Departure) -> bool:
    """Whether staff should look at a mild offer; one that they have as a grave one stays that."""
    span = leaving.span
    if leaving.verdict != MILD or span is None or not is_soon(span, leaving.zone, desk.now):
        return False
    case = desk.uow.cases.open_of_kind(desk.conversation.id, CaseKind.JOB_OFFER)
    known = None if case is None else desk.uow.departures.of_case(case.id)
    return known is None or known.verdict not in GRAVE


def _case_of_offer(
    desk: Desk, fields: Mapping[str, str], urgency: Urgency, child: Departure | None
) -> tuple[Case, Reply | None]:
    """The case of a grave offer; `child` is the departure of the child that it is for, if any.

    A child being recruited is an emergency, whatever the date (labels of urgency); the date
    decides when it wakes somebody.
    """
    has_child = child is not None
    if urgency is not Urgency.EMERGENCY and not has_child:
        return _case_of(desk, CaseKind.JOB_OFFER, urgency, fields)[0], None
    if desk.is_shown:
        # Staff on duty look at what a picture says, nobody is woken by it.
        case, _ = _case_of(desk, CaseKind.JOB_OFFER, Urgency.URGENT, fields)
    else:
        signal = CHILD if has_child else emergency.DEPARTURE
        wanted = AT_ONCE
        if child is not None and urgency is not Urgency.EMERGENCY:
            wanted = departures.waking_of_child(desk.uow, child, desk.office, desk.now)
        case = emergency.open_emergency(
            desk.uow,
            desk.conversation,
            CaseKind.JOB_OFFER,
            (signal,),
            fields,
            desk.office,
            desk.now,
            wanted=wanted,
        )
    status = status_line(desk.uow, desk.office, desk.wording, desk.now, person=desk.conversation)
    name = "say_child_recruited" if has_child else "say_departure_soon"
    return case, desk.wording.say(name, status=status)


def _offer_urgency(verdict: str, departure: object) -> Urgency:
    """A near departure on a dangerous offer is what makes it urgent (labels of urgency)."""
    if verdict not in GRAVE:
        return Urgency.CONCERN
    if departure == "within_48h":
        return Urgency.EMERGENCY if verdict == "critical" else Urgency.URGENT
    if departure == "this_week":
        return Urgency.URGENT
    return Urgency.NONE


def _span(days: Mapping[str, str] | None) -> Span | None:
    """The days of a departure as the actions tell them."""
    if days is None:
        return None
    return Span(date.fromisoformat(days["first"]), date.fromisoformat(days["last"]))


def _look_up_agency(desk: Desk, values: Mapping[str, Any]) -> Reply | None:
    """What the lists say; beside an offer staff read it in the case, if there is one."""
    today = desk.office.today(desk.now)
    found = find_agency(desk.uow, values["names"], values["licence"], today)
    in_offer = bool(values["in_offer"])
    if in_offer:
        if found.outcome is Outcome.NO_LIST:
            # The verdict has said whom to ask: that we have no list is no news about the offer.
            return None
        case = desk.uow.cases.open_of_kind(desk.conversation.id, CaseKind.JOB_OFFER)
        if case is not None:
            desk.uow.cases.add_fields(case, {"agency_outcome": found.code}, desk.now)
            told = f"agency_outcome: {found.code}"
            desk.uow.cases.log(case.id, LogKind.FACTS, "bot", told, desk.now)
            desk.uow.wake("console")
    return say_findings(found, desk.wording, today, in_offer=in_offer)


def _request_human(desk: Desk, _values: Mapping[str, Any]) -> Reply | None:
    case, is_new = _case_of(desk, CaseKind.HUMAN_REQUEST, Urgency.CONCERN, {})
    if is_new:
        tell_on_call(desk.uow, case, desk.office, desk.now)
    status = status_line(desk.uow, desk.office, desk.wording, desk.now, person=desk.conversation)
    return desk.wording.say("say_human_requested", status=status)


def _set_safe_contact(desk: Desk, values: Mapping[str, Any]) -> Reply | None:
    note = str(values["note"])
    # A phone that an employer reads is a sign by itself.
    urgency = screen(note).urgency
    _case_of(desk, _kind_at_hand(desk), urgency, {"safe_contact": note})
    return desk.wording.say("say_safe_contact_saved")


def _request_erasure(desk: Desk, _values: Mapping[str, Any]) -> Reply | None:
    fields = {"erasure": desk.office.local_date(desk.now)}
    _case_of(desk, CaseKind.PRIVACY, Urgency.CONCERN, fields)
    return desk.wording.say("say_erasure_requested")


def _record_feedback(desk: Desk, values: Mapping[str, Any]) -> Reply | None:
    _case_of(desk, _kind_at_hand(desk), Urgency.NONE, {"feedback": str(values["note"])})
    return desk.wording.say("say_feedback_saved")


def _kind_at_hand(desk: Desk) -> CaseKind:
    """The kind of the case that the conversation is about."""
    if desk.conversation.case_id is None:
        return CaseKind.HUMAN_REQUEST
    return desk.uow.cases.get(desk.conversation.case_id).kind


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in values.items() if value not in (None, "")}


HANDLERS: dict[str, Callable[[Desk, Mapping[str, Any]], Reply | None]] = {
    "open_case": _open_case,
    "add_to_case": _add_to_case,
    "record_offer": _record_offer,
    "look_up_agency": _look_up_agency,
    "request_human": _request_human,
    "set_safe_contact": _set_safe_contact,
    "request_erasure": _request_erasure,
    "record_feedback": _record_feedback,
}
