"""The directory of numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.domain.contacts import (
    AnsweredBy,
    Contact,
    ContactsError,
    emergency_line,
    load_contacts,
    shown_to_public,
    unchecked,
)

TABLE = Path(__file__).parents[2] / "data" / "directory" / "contacts.yml"
TODAY = date(2026, 11, 21)
HOME = Contact(
    id="home",
    country="ID",
    name="Pos Contoh",
    phone="000-1",
    hours="24 jam",
    serves="contoh",
    source="Contoh 2025",
    source_date="2025",
)
ABROAD = replace(HOME, id="abroad", country="KH", name="Kantor Contoh", phone="000-2", hours=None)
ENTRY = """
- id: satu
  country: ID
  name: Pos Contoh
  phone: 000-1
  hours: null
  serves: contoh
  source: Contoh
  source_date: 2025-06
  checked_by: null
  checked_on: null
"""


def written(tmp_path: Path, text: str) -> Path:
    """A table with `text` in it."""
    path = tmp_path / "contacts.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_our_table_loads_and_nothing_in_it_claims_to_be_checked() -> None:
    """The shipped table is readable, and no entry pretends that a person called it."""
    contacts = load_contacts(TABLE)
    assert len(contacts) >= 10
    assert unchecked(contacts) == contacts


def test_our_table_holds_only_numbers_that_may_be_shown() -> None:
    """Every shipped entry has a source of 2024 or later that is not in the future."""
    contacts = load_contacts(TABLE)
    shown = {
        entry.id
        for code in ["ID", "KH", "MY", "SG", "HK", "TW"]
        for entry in _shown(contacts, code)
    }
    assert shown == {entry.id for entry in contacts}


@pytest.mark.parametrize("source_date", ["2025", "2025-06", "2025-06-03", '"2025-06-03"'])
def test_source_dates_may_be_as_exact_as_the_source(tmp_path: Path, source_date: str) -> None:
    """A year, a month and a day are kept as written, quoted or not."""
    text = ENTRY.replace("2025-06", source_date)
    (contact,) = load_contacts(written(tmp_path, text))
    assert contact.source_date == source_date.strip('"')


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("serves:", "serve:", "unknown key: serve"),
        ("source: Contoh", "source: null", "missing: source"),
        ("source: Contoh", 'source: " "', "missing: source"),
        ("2025-06", "Juni 2025", "date is not"),
        ("2025-06", "2025-13", "month"),
        ("2025-06", "2025-02-30", "day"),
        ("country: ID", "country: Indonesia", "no two-letter code"),
        ("checked_by: null", "checked_by: Petugas 3", "belong together"),
        ("checked_on: null", "checked_on: kemarin\n  answered_by: staff", "belong together"),
        ("hours: null", "hours: null\n  answered_by: robot", "robot"),
    ],
)
def test_a_faulty_entry_is_named_with_its_fault(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    """Whoever edits the table is told what is wrong with it."""
    with pytest.raises(ContactsError, match=fault):
        load_contacts(written(tmp_path, ENTRY.replace(old, new)))


@pytest.mark.parametrize("text", ["", "satu: dua", "- satu", "- [", ENTRY + ENTRY])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    """Empty, misshapen, broken and doubled tables all end in the same kind of error."""
    with pytest.raises(ContactsError):
        load_contacts(written(tmp_path, text))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A wrong path is an error of the table, not an empty directory."""
    with pytest.raises(ContactsError, match="cannot be read"):
        load_contacts(tmp_path / "none.yml")


def test_the_asked_country_comes_before_the_national_lines() -> None:
    """A line at home that answers day and night does not push aside the one within reach."""
    assert _shown((HOME, ABROAD), "kh") == (ABROAD, HOME)


def test_round_the_clock_lines_come_first_among_their_own() -> None:
    """Within one country the line that answers at night stands on top."""
    day = replace(HOME, id="day", hours=None)
    assert _shown((day, HOME), "ID") == (HOME, day)


@pytest.mark.parametrize("country", [None, "", "TW"])
def test_other_countries_are_not_shown(country: str | None) -> None:
    """Without a country, or in one without entries, only the national lines remain."""
    assert _shown((HOME, ABROAD), country) == (HOME,)


@pytest.mark.parametrize(
    ("source_date", "checked_on", "is_shown"),
    [
        ("2024", None, True),
        ("2023-12-31", None, False),
        ("2027", None, False),
        ("2020", date(2026, 11, 1), True),
        ("2020", date(2025, 11, 1), False),
        ("2020", date(2026, 12, 1), False),
    ],
)
def test_stale_and_future_numbers_are_not_shown(
    source_date: str, checked_on: date | None, *, is_shown: bool
) -> None:
    """A recent source or a recent call carries a number; a date to come carries nothing."""
    contact = replace(
        HOME,
        source_date=source_date,
        checked_by="Petugas 3" if checked_on else None,
        checked_on=checked_on,
    )
    assert bool(_shown((contact,), "ID")) is is_shown


def test_a_checked_number_is_not_counted_as_unchecked(tmp_path: Path) -> None:
    """Name and day of a call, written into the table, take the entry off the list."""
    text = ENTRY.replace("checked_by: null", "checked_by: Petugas 3").replace(
        "checked_on: null", "checked_on: 2026-11-20"
    )
    contacts = load_contacts(written(tmp_path, text))
    assert contacts[0].checked_on == date(2026, 11, 20)
    assert unchecked((*contacts, ABROAD)) == (ABROAD,)


def test_the_emergency_line_names_number_and_hours() -> None:
    """A person in danger reads one line with the number in it."""
    assert emergency_line((HOME, ABROAD), "ID") == "Pos Contoh: 000-1 (24 jam)"


def test_the_police_are_named_where_nothing_else_answers_at_night() -> None:
    """A police line counts even where its hours are not known, and yields to a 24-hour one."""
    police = replace(ABROAD, name="Polisi", phone="000-9", answered_by=AnsweredBy.POLICE)
    night = replace(ABROAD, name="Saluran Malam", phone="000-8", hours="24 jam")
    assert emergency_line((ABROAD, police), "KH") == "Polisi: 000-9"
    assert emergency_line((police, night), "KH") == "Saluran Malam: 000-8 (24 jam)"


@pytest.mark.parametrize("country", [None, "KH", "TW"])
def test_no_emergency_line_is_invented(country: str | None) -> None:
    """Without a fitting entry there is none, and a chatbot does not fit."""
    chatbot = replace(ABROAD, hours="24 jam", answered_by=AnsweredBy.CHATBOT)
    assert emergency_line((HOME, chatbot), country) is None


def test_the_embassy_is_named_where_there_is_nothing_else() -> None:
    """Its hours are not known, and none are claimed."""
    assert emergency_line((HOME, ABROAD), "KH") == "Kantor Contoh: 000-2"


def _shown(contacts: tuple[Contact, ...], country: str | None) -> tuple[Contact, ...]:
    return shown_to_public(contacts, country, TODAY)
