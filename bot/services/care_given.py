"""What staff say that they did for somebody: it stops the clock of care, and stays in the log."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.domain.cases import Case, LogKind
from bot.domain.contacts import AnsweredBy, Contact, shown_to_public
from bot.domain.office import Office
from bot.domain.staff import Staff
from bot.language.places import country_of
from bot.services.caring import CaredHow, cared
from bot.services.holding import SAFE_CONTACT
from bot.services.takeover import RefusedError
from bot.store.unit_of_work import SqlUnitOfWork

LONGEST_TEXT = 1000


class Silence(StrEnum):
    """Why nobody writes to the person yet."""

    PHONE_WATCHED = "phone_watched"
    ASKED_SILENCE = "asked_silence"
    AGREED_TIME = "agreed_time"
    NO_WAY = "no_way"
    WAITS_ADVICE = "waits_advice"


def reached(uow: SqlUnitOfWork, case: Case, member: Staff, way: str, now: datetime) -> None:
    """The person was spoken to; `way` is when and how they want to be reached, where they said so.

    It becomes the safe contact of the case: held texts may leave by it.
    """
    way = _short(way)
    if way:
        uow.cases.add_fields(case, {SAFE_CONTACT: way}, now)
    _note(uow, case, member, CaredHow.SAFE_CONTACT, way, now)


def referred(
    uow: SqlUnitOfWork,
    case: Case,
    member: Staff,
    contact_id: str,
    text: str,
    office: Office,
    now: datetime,
) -> None:
    """Somebody else helps now: a contact of the directory, or whoever stands in own words.

    RefusedError when neither is given.
    """
    known = referral_contacts(case, office, now)
    name = next((each.name for each in known if each.id == contact_id), "")
    told = ". ".join(part for part in (name, _short(text)) if part)
    if not told:
        raise RefusedError("Pilih atau tulis dulu dirujuk ke mana.")
    _note(uow, case, member, CaredHow.REFERRAL, told, now)


def is_silent_because(
    uow: SqlUnitOfWork, case: Case, member: Staff, why: Silence, text: str, now: datetime
) -> None:
    """Nobody writes to the person, for a reason that somebody stands for."""
    told = f"{why} {_short(text)}".strip()
    _note(uow, case, member, CaredHow.SILENCE_REASON, told, now)


def referral_contacts(case: Case, office: Office, now: datetime) -> tuple[Contact, ...]:
    """The lines of the directory for where the person is, as the public rule lets them stand.

    No machine that only chats.
    """
    country = case.fields.get("country")
    code = None if country is None else country_of(country).code
    shown = shown_to_public(office.contacts, code, office.today(now))
    return tuple(each for each in shown if each.answered_by is not AnsweredBy.CHATBOT)


def _short(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise RefusedError(f"Terlalu panjang: paling banyak {LONGEST_TEXT} huruf.")
    return text


def _note(
    uow: SqlUnitOfWork, case: Case, member: Staff, how: CaredHow, text: str, now: datetime
) -> None:
    uow.cases.log(case.id, LogKind.CARE, member.label, f"{how} {text}".strip(), now)
    cared(uow, case, member, how, now)
    uow.cases.touch(case.id, now)
    uow.wake("console")
