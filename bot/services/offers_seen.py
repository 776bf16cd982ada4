"""What was asked about, by how many: the offers seen, the register, the hot spots. For staff only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from bot.domain.cases import LogKind
from bot.domain.channels import WHATSAPP
from bot.domain.contacts import Contact
from bot.domain.conversation import Conversation
from bot.domain.departures import Span
from bot.domain.fingerprints import FEWEST_WORDS, words_of
from bot.domain.hot_spots import DANGEROUS, REPORTED, Spot, SpotKind, hot_spots
from bot.domain.office import Office
from bot.language.departure_places import departure_place
from bot.language.marks import Mark, MarkKind, find_marks
from bot.store.offers import Seen
from bot.store.unit_of_work import SqlUnitOfWork

HOT_SPOT = "hot_spot"
"""The kind of alarm; its detail is a register entry or a place, the people, and a day if any."""


def see_offer(
    uow: SqlUnitOfWork,
    known: Conversation,
    text: str,
    verdict: str,
    leaves: Span | None,
    case_id: str | None,
    office: Office,
    now: datetime,
) -> Seen | None:
    """Note an offer that was judged; None where nothing in it could be recognised again.

    Its numbers, accounts and names go into the register where the verdict is a grave one.
    """
    marks = tuple(mark for mark in find_marks(text) if not _is_ours(uow, known, mark, office))
    return _see(uow, known, text, marks, verdict, leaves, case_id, office, now)


def see_report(
    uow: SqlUnitOfWork, known: Conversation, text: str, case_id: str, office: Office, now: datetime
) -> None:
    """Note what somebody reported about a recruiter; their own number stays out of it."""
    found = find_marks(text, told_by_owner=True)
    marks = tuple(mark for mark in found if not _is_ours(uow, known, mark, office))
    if marks:
        _see(uow, known, text, marks, REPORTED, None, case_id, office, now)


def _see(
    uow: SqlUnitOfWork,
    known: Conversation,
    text: str,
    marks: Sequence[Mark],
    verdict: str,
    leaves: Span | None,
    case_id: str | None,
    office: Office,
    now: datetime,
) -> Seen | None:
    place = departure_place(text)
    if not (marks or place or leaves) and len(words_of(text)) < FEWEST_WORDS:
        return None
    seen = uow.offers.see(
        known.person_id,
        text,
        marks,
        verdict=verdict,
        case_id=case_id,
        place=None if place is None else place.name,
        leaves_on=leaves.first if leaves is not None and leaves.first == leaves.last else None,
        now=now,
        expires_at=now + office.offers_kept,
    )
    if verdict not in DANGEROUS or case_id is None:
        return seen
    hashes = [uow.offers.mark_hash(mark) for mark in marks]
    for mark, mark_hash in zip(marks, hashes, strict=True):
        uow.recruiters.note(mark, mark_hash, case_id, now)
    _look_for_spots(uow, seen.sighting_id, now)
    return seen


def _look_for_spots(uow: SqlUnitOfWork, sighting_id: str, now: datetime) -> None:
    """Tell staff of spots that what was just seen is part of."""
    marks, places = uow.offers.told_in(sighting_id)
    cleared = uow.recruiters.cleared(sorted(marks))
    around = uow.offers.around(sorted(marks), sorted(places), now)
    sightings = [replace(seen, marks=seen.marks - cleared) for seen in around]
    for spot in hot_spots(sightings, now):
        if spot.key in marks | places and uow.hot_spots.is_news(spot, now):
            _tell(uow, spot, now)


def _tell(uow: SqlUnitOfWork, spot: Spot, now: datetime) -> None:
    """Raise the alarm of this step in place of that of the step before; note it in the cases."""
    if spot.kind in (SpotKind.MARK, SpotKind.MARK_AND_DAY):
        entry = uow.recruiters.with_mark(spot.key)
        if entry is None:
            return
        subject, cases = entry.reference, uow.recruiters.cases_of(entry.id)
    else:
        subject, cases = spot.key, uow.offers.cases_at(spot.key, spot.day, now)
    day = () if spot.day is None else (spot.day.isoformat(),)
    for alarm in uow.alarms.standing():
        if alarm.kind == HOT_SPOT and _is_of(alarm.detail, subject, day):
            uow.alarms.settle_one(alarm.id, now)
    detail = ", ".join((subject, str(spot.people), *day))
    uow.alarms.raise_once(HOT_SPOT, detail, now)
    for case_id in cases:
        uow.cases.log(case_id, LogKind.HOT_SPOT, "system", detail, now)
    uow.wake("console")


def _is_of(detail: str, subject: str, day: tuple[str, ...]) -> bool:
    about, _people, *on = detail.split(", ")
    return about == subject and tuple(on) == day


def _is_ours(uow: SqlUnitOfWork, known: Conversation, mark: Mark, office: Office) -> bool:
    """Whether it is no recruiter's: the person's own number, or one of our directory."""
    if mark.kind is not MarkKind.PHONE:
        return False
    if mark in _directory(office.contacts):
        return True
    owner = uow.conversations.find_sender(WHATSAPP, f"{WHATSAPP}:{mark.value}")
    return owner is not None and owner.person_id == known.person_id


@cache
def _directory(contacts: tuple[Contact, ...]) -> frozenset[Mark]:
    return frozenset(mark for contact in contacts for mark in find_marks(contact.phone))
