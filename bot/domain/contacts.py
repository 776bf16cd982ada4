"""The directory of numbers: reading the table, and who may be shown which line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

import yaml

NATIONAL = "ID"
ROUND_THE_CLOCK = "24 jam"
OLDEST_SOURCE = date(2024, 1, 1)
"""A number nobody has called is shown only if it was read in a source from this day on."""
CHECK_HOLDS = timedelta(days=365)
"""How long a call by staff stands for a number whose source is older than that."""

_REQUIRED = ("id", "country", "name", "phone", "serves", "source", "source_date")
_KEYS = frozenset({*_REQUIRED, "hours", "answered_by", "checked_by", "checked_on"})
_COUNTRY = re.compile(r"[A-Z]{2}")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class ContactsError(ValueError):
    """The table of contacts cannot be used; the message names the entry and the fault."""


class AnsweredBy(StrEnum):
    """Who picks up."""

    STAFF = "staff"
    POLICE = "police"
    CHATBOT = "chatbot"


@dataclass(frozen=True)
class Contact:
    """One line of the directory; all words are Indonesian and may be shown as they are.

    `source_date` is as exact as the source (YYYY, YYYY-MM or YYYY-MM-DD). `hours` is None
    where not known. `checked_by` and `checked_on` are set together, by a person who called.
    """

    id: str
    country: str
    name: str
    phone: str
    hours: str | None
    serves: str
    source: str
    source_date: str
    checked_by: str | None = None
    checked_on: date | None = None
    answered_by: AnsweredBy = AnsweredBy.STAFF

    @property
    def source_day(self) -> date:
        """The first day that `source_date` can mean."""
        return _first_day(self.source_date)

    @property
    def round_the_clock(self) -> bool:
        """Whether somebody, or a machine, answers day and night."""
        return self.hours == ROUND_THE_CLOCK


def load_contacts(path: Path) -> tuple[Contact, ...]:
    """Read the table at `path`, in its order.

    Raises `ContactsError` for a file that is missing or no list, an unknown key, a missing or
    empty value, a country that is no two-letter code, a date that cannot be read, a check
    without name or day, and an id that stands twice.
    """
    try:
        rows: object = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError, yaml.YAMLError) as error:
        # ValueError: PyYAML meets an unquoted day that no calendar has.
        raise ContactsError(f"{path.name}: cannot be read: {error}") from error
    if not isinstance(rows, list) or not rows:
        raise ContactsError(f"{path.name}: expected a list of contacts")
    contacts = tuple(
        _contact(row, f"{path.name}, entry {number}") for number, row in enumerate(rows, start=1)
    )
    ids = [contact.id for contact in contacts]
    if twice := sorted({found for found in ids if ids.count(found) > 1}):
        raise ContactsError(f"{path.name}: id stands twice: {', '.join(twice)}")
    return contacts


def shown_to_public(
    contacts: Sequence[Contact], country: str | None, today: date
) -> tuple[Contact, ...]:
    """The lines for a person in `country` (two-letter code; None: not known).

    Only numbers with a source from `OLDEST_SOURCE` on, or called by staff within `CHECK_HOLDS`;
    dates after `today` count for nothing. The country's own lines come before the national ones
    (a home line is often out of reach from abroad), in both the 24-hour lines first.
    """
    asked = _code(country)
    shown = [
        contact
        for contact in contacts
        if contact.country in {asked, NATIONAL} and _stands(contact, today)
    ]
    return tuple(
        sorted(shown, key=lambda found: (found.country != asked, not found.round_the_clock))
    )


def unchecked(contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    """The lines that no person of the staff has called yet."""
    return tuple(contact for contact in contacts if contact.checked_on is None)


def emergency_line(contacts: Sequence[Contact], country: str | None) -> str | None:
    """One line of text for a person in danger in `country`, or None if the directory has none.

    A 24-hour line is named before a police line, that before another line with people such
    as the embassy; a chatbot never, since no person answers. Give it what `shown_to_public`
    returned: it does not judge again whether a number is fresh.
    """
    asked = _code(country)
    fitting = [
        contact
        for contact in contacts
        if contact.country == asked and contact.answered_by is not AnsweredBy.CHATBOT
    ]
    if not fitting:
        return None
    best = min(
        fitting,
        key=lambda contact: (
            not contact.round_the_clock,
            contact.answered_by is not AnsweredBy.POLICE,
        ),
    )
    hours = f" ({best.hours})" if best.hours else ""
    return f"{best.name}: {best.phone}{hours}"


def _stands(contact: Contact, today: date) -> bool:
    called = contact.checked_on is not None and (
        timedelta(0) <= today - contact.checked_on <= CHECK_HOLDS
    )
    return called or OLDEST_SOURCE <= contact.source_day <= today


def _code(country: str | None) -> str | None:
    return country.strip().upper() if country else None


def _contact(row: object, where: str) -> Contact:
    if not isinstance(row, dict):
        raise ContactsError(f"{where}: expected keys with values")
    if unknown := sorted(str(key) for key in row if key not in _KEYS):
        raise ContactsError(f"{where}: unknown key: {', '.join(unknown)}")
    # YAML reads 2025 as a number and 2025-06-01 as a date; both print as they were written.
    values = {str(key): str(value).strip() for key, value in row.items() if value is not None}
    if missing := [key for key in _REQUIRED if not values.get(key)]:
        raise ContactsError(f"{where}: missing: {', '.join(missing)}")
    if not _COUNTRY.fullmatch(values["country"]):
        raise ContactsError(f"{where}: country is no two-letter code: {values['country']}")
    checked_by, checked_on = values.get("checked_by"), values.get("checked_on")
    if bool(checked_by) != bool(checked_on):
        raise ContactsError(f"{where}: checked_by and checked_on belong together")
    try:
        _first_day(values["source_date"])
        return Contact(
            **{key: values[key] for key in _REQUIRED},
            hours=values.get("hours"),
            checked_by=checked_by,
            checked_on=date.fromisoformat(checked_on) if checked_on else None,
            answered_by=AnsweredBy(values.get("answered_by", AnsweredBy.STAFF)),
        )
    except ValueError as error:
        raise ContactsError(f"{where}: {error}") from error


def _first_day(written: str) -> date:
    found = _DATE.fullmatch(written)
    if found is None:
        raise ValueError(f"date is not YYYY, YYYY-MM or YYYY-MM-DD: {written}")
    year, month, day = found.groups()
    return date(int(year), int(month or 1), int(day or 1))
