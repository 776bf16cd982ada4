"""A human takes the talk over, answers, and hands it back."""

from __future__ import annotations

import re
from datetime import datetime

from bot.domain.cases import Case, CaseState, LogKind
from bot.domain.channels import WEB
from bot.domain.conversation import Conversation, HandledBy, Talk
from bot.domain.delivery import JUST_AFTER
from bot.domain.messages import Author, Purpose, Reply
from bot.domain.office import Office
from bot.domain.pages import PageKind
from bot.domain.staff import CONSOLE_OPEN, Staff
from bot.language.types import Urgency
from bot.ports import Wording
from bot.services.acknowledging import move_to
from bot.services.caring import extend, reply_left
from bot.services.duty import active_staff, has_verified_contact
from bot.services.paging import page_members
from bot.services.speak import speak
from bot.store.unit_of_work import SqlUnitOfWork

ROW_ID = re.compile(r"[0-9a-f]{32}")


class RefusedError(Exception):
    """The step makes no sense now; the text is shown to staff."""


def take_over(
    uow: SqlUnitOfWork,
    case: Case,
    member: Staff,
    office: Office,
    wording: Wording,
    now: datetime,
) -> None:
    """From this commit on nothing of the bot leaves; the person is told that a human is here.

    When they wrote too long ago, the greeting waits for their next message. RefusedError
    when another member, with the console open, already talks to the person.
    """
    conversation = uow.conversations.get(case.conversation_id)
    if conversation.handled_by is HandledBy.HUMAN:
        if conversation.staff_id == member.id:
            return
        other = uow.staff.get(conversation.staff_id or "")
        if other.id in uow.staff.watching(now - CONSOLE_OPEN) and not other.disabled:
            raise RefusedError(f"{other.label} sudah memegang percakapan ini.")
        # Whoever held it is not there: the person must not wait for them.
        uow.cases.log(case.id, LogKind.NOTE, "system", f"{other.label} tidak ada", now)
    move_to(uow, case, member.id, office, now)
    uow.conversations.hand_to(conversation.id, HandledBy.HUMAN, member.id)
    uow.outbox.cancel_bot_rows(conversation.id)
    uow.conversations.set_case(conversation.id, case.id)
    uow.cases.log(case.id, LogKind.TAKEN_OVER, member.label, "", now)
    uow.wake("console")
    if may_write(uow, case, now):
        _say(uow, case, wording.say("say_takeover", staff=member.label), now)


def greet_if_due(
    uow: SqlUnitOfWork, conversation: Conversation, wording: Wording, now: datetime
) -> None:
    """The person writes for the first time since a human took over: say who is here."""
    if uow.outbox.has_said(conversation.id, author=Author.HUMAN, since=conversation.generation):
        return
    member = uow.staff.get(conversation.staff_id or "")
    hello = wording.say("say_takeover", staff=member.label)
    speak(uow, conversation, [hello], author=Author.HUMAN, purpose=Purpose.NOTICE, now=now)


def may_write(uow: SqlUnitOfWork, case: Case, now: datetime) -> bool:
    """Whether a text that nobody asked for may go to this person now."""
    if uow.conversations.get(case.conversation_id).talk is Talk.DANGER_SILENT:
        return False
    wrote_at = uow.conversations.get(case.conversation_id).wrote_at
    return wrote_at is not None and now - wrote_at <= JUST_AFTER


def reply(
    uow: SqlUnitOfWork, case: Case, member: Staff, text: str, now: datetime, form_id: str = ""
) -> None:
    """Say something to the person; only whoever took over may.

    `form_id` becomes the id of the row: a form that is sent twice, even after a crash and a
    restart, says it once.
    """
    _require_holder(uow, case, member)
    if not text.strip():
        raise RefusedError("Pesannya masih kosong.")
    conversation = uow.conversations.get(case.conversation_id)
    if ROW_ID.fullmatch(form_id) and uow.outbox.find_reply(conversation, form_id) is not None:
        return
    row_id = form_id if ROW_ID.fullmatch(form_id) else None
    _say(uow, case, Reply(text.strip()), now, row_id, Purpose.REPLY)
    if conversation.channel == WEB:
        # There a text is delivered by being committed.
        reply_left(uow, conversation.id, now)


def hand_back(
    uow: SqlUnitOfWork, case: Case, member: Staff, wording: Wording, now: datetime
) -> None:
    """The bot answers again: from its menu, or, while danger is not over, as in danger."""
    _require_holder(uow, case, member)
    conversation = uow.conversations.get(case.conversation_id)
    in_danger = case.urgency is Urgency.EMERGENCY and case.state is CaseState.OPEN
    if may_write(uow, case, now):
        name = "say_handed_back_in_danger" if in_danger else "say_handed_back"
        _say(uow, case, wording.say(name), now)
    uow.conversations.hand_to(conversation.id, HandledBy.BOT, None)
    uow.conversations.set_talk(conversation.id, Talk.DANGER_OPEN if in_danger else Talk.ASSISTANT)
    uow.conversations.set_tracker(conversation, ())
    uow.cases.log(case.id, LogKind.HANDED_BACK, member.label, "", now)
    uow.wake("console")


def give_to(
    uow: SqlUnitOfWork, case: Case, member: Staff, other: Staff, office: Office, now: datetime
) -> None:
    """Whoever holds the talk gives it to a colleague, who is paged and greets at the next message.

    The clock of care begins anew for them: with nothing done, others are called again.
    RefusedError unless the colleague can be reached: nobody may be left talking to nobody.
    """
    _require_holder(uow, case, member)
    if other.id == member.id or other not in who_can_take(uow, member, office, now):
        raise RefusedError("Petugas itu sedang tidak terjangkau. Pilih yang lain.")
    conversation = uow.conversations.get(case.conversation_id)
    move_to(uow, case, other.id, office, now)
    uow.conversations.hand_to(conversation.id, HandledBy.HUMAN, other.id)
    uow.cases.log(case.id, LogKind.TAKEN_OVER, other.label, f"dari {member.label}", now)
    page_members(uow, case, (other.id,), PageKind.NOTICE, office, now)
    uow.wake("console")


def who_can_take(
    uow: SqlUnitOfWork, member: Staff, office: Office, now: datetime
) -> tuple[Staff, ...]:
    """The colleagues to whom a talk can be given: the console is open, or a page reaches them."""
    watching = uow.staff.watching(now - CONSOLE_OPEN)
    return tuple(
        each
        for each in active_staff(uow)
        if each.id != member.id
        and (each.id in watching or has_verified_contact(uow, office, each.id))
    )


def release(uow: SqlUnitOfWork, conversation: Conversation, now: datetime) -> Conversation:
    """Danger came in and whoever held the talk is not there: the bot answers again at once."""
    if conversation.case_id is not None:
        uow.cases.log(conversation.case_id, LogKind.HANDED_BACK, "system", "", now)
    uow.conversations.hand_to(conversation.id, HandledBy.BOT, None)
    uow.conversations.set_talk(conversation.id, Talk.ASSISTANT)
    return uow.conversations.get(conversation.id)


def note(uow: SqlUnitOfWork, case: Case, member: Staff, text: str, now: datetime) -> None:
    """Add a note to the case log; the person never sees it."""
    if not text.strip():
        raise RefusedError("Catatannya masih kosong.")
    uow.cases.log(case.id, LogKind.NOTE, member.label, text.strip(), now)
    extend(uow, case, member, now)
    uow.cases.touch(case.id, now)
    uow.wake("console")


def _require_holder(uow: SqlUnitOfWork, case: Case, member: Staff) -> None:
    conversation = uow.conversations.get(case.conversation_id)
    if conversation.handled_by is not HandledBy.HUMAN or conversation.staff_id != member.id:
        raise RefusedError("Ambil alih dulu percakapannya.")


def _say(
    uow: SqlUnitOfWork,
    case: Case,
    text: Reply,
    now: datetime,
    row_id: str | None = None,
    purpose: Purpose = Purpose.NOTICE,
) -> None:
    """Greetings and good-byes are notices: they are no care."""
    conversation = uow.conversations.get(case.conversation_id)
    speak(uow, conversation, [text], author=Author.HUMAN, purpose=purpose, now=now, row_id=row_id)
    uow.cases.touch(case.id, now)
