"""Lists of companies: kept whole, replaced whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from bot.domain.agencies import Agency, AgencyState
from bot.store.database import Database
from tests.hotline import START

AGENCY = Agency(
    "PT Rembulan Pagi Lestari",
    AgencyState.SUSPENDED,
    "Daftar A",
    date(2026, 11, 1),
    licence="SIP3MI 102/2021",
    valid_until=date(2027, 3, 14),
    address="Jalan Contoh 3, Malang",
    branch="Kendal",
    sanction="Skorsing tiga bulan",
)
BARE = Agency("LPK Cèmara 🌸", AgencyState.ACTIVE, "Daftar A", date(2026, 11, 1))


def put(database: Database, *agencies: Agency, days: int = 0) -> None:
    """These lines become the list of their source."""
    now = START + timedelta(days=days)
    source = agencies[0].source
    database.write(lambda uow: uow.agencies.replace(source, agencies, now)).result()


def kept(database: Database) -> tuple[Agency, ...]:
    """All lines of all lists."""
    return database.read(lambda uow: uow.agencies.all())


def test_a_line_comes_back_as_it_was(database: Database, url_of: Callable[[Path], str]) -> None:
    """Every field, filled or empty, in the order of the list."""
    put(database, AGENCY, BARE)
    assert kept(database) == (AGENCY, BARE)


def test_a_newer_list_takes_the_place_of_its_source_only(
    database: Database, url_of: Callable[[Path], str]
) -> None:
    """The other sources stay; dates and counts are those of the lists."""
    other = replace(BARE, source="Daftar B", as_of=date(2026, 10, 1))
    put(database, AGENCY, BARE)
    put(database, other)
    newer = replace(BARE, as_of=date(2026, 11, 20))
    put(database, newer, days=1)
    assert kept(database) == (newer, other)
    lists = database.read(lambda uow: uow.agencies.lists())
    assert [(each.source, each.as_of, each.count) for each in lists] == [
        ("Daftar A", newer.as_of, 1),
        ("Daftar B", other.as_of, 1),
    ]
    assert lists[0].imported_at == START + timedelta(days=1)


def test_a_list_is_taken_away(database: Database, url_of: Callable[[Path], str]) -> None:
    """With all its lines; one that is not there is no fault."""
    put(database, AGENCY, BARE)
    assert database.write(lambda uow: uow.agencies.remove("Daftar B")).result() == 0
    assert database.write(lambda uow: uow.agencies.remove("Daftar A")).result() == 2
    assert kept(database) == ()
    assert database.read(lambda uow: uow.agencies.lists()) == ()


def test_a_long_list_is_kept_in_order(database: Database, url_of: Callable[[Path], str]) -> None:
    """More lines than one statement takes."""
    agencies = [replace(BARE, name=f"PT Nomor {number}") for number in range(1203)]
    put(database, *agencies)
    assert list(kept(database)) == agencies
