"""When two names, or two numbers, are one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.domain.agency_names import likeness, read_licence, read_name, same_licence

TABLE: dict[str, dict[str, list[str]]] = yaml.safe_load(
    Path(__file__).with_name("agency_names.yml").read_text("utf-8")
)
CASES = [
    (listed, asked, kind)
    for kind, names in TABLE.items()
    for listed, written in names.items()
    for asked in written
]


@pytest.mark.parametrize(("listed", "asked", "kind"), CASES)
def test_names_are_told_apart(listed: str, asked: str, kind: str) -> None:
    """Every name of the table is as alike to the listed one as a person would say."""
    assert likeness(read_name(asked), read_name(listed)).value == kind


def test_the_table_is_large_enough_to_choose_by() -> None:
    """At least a hundred cases, of each kind more than a few."""
    assert len(CASES) >= 100
    assert all(sum(map(len, names.values())) >= 12 for names in TABLE.values())


def test_a_name_without_any_word_is_like_nothing() -> None:
    """PT alone names nobody."""
    assert likeness(read_name("PT"), read_name("PT Kenari")).value == "other"
    assert likeness(read_name("PT Kenari"), read_name("P.T.")).value == "other"


@pytest.mark.parametrize(
    "written",
    [
        "123/2021",
        "SIP3MI 123/2021",
        "SIP3MI No. 123/2021",
        "sip3mi no 123 / 2021",
        "SIP-3MI: 123-2021",
        "No. 123 Tahun 2021",
        "123 thn 2021",
        "0123/2021",
        "KEP.123/MEN/2021",
        "SK Nomor KEP. 123 / MEN / LN / 2021",
    ],
)
def test_a_number_is_one_in_all_its_writings(written: str) -> None:
    """Titles, zeros, spaces and the letters of the ministry change nothing."""
    assert same_licence(written, "SIP3MI 123/2021")
    assert same_licence("KEP.123/MEN/LN/2021", written) or "MEN" not in written


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("123/2021", "123/2022"),
        ("123/2021", "132/2021"),
        ("12/2021", "123/2021"),
        ("2/2019", "2/1021/PK.02.01/III/2019"),
        ("1021/2018", "2/1021/PK.02.01/III/2019"),
        ("SIP3MI", "SIP3MI"),
        ("", "123/2021"),
        ("2021", "123/2021"),
    ],
)
def test_other_numbers_are_not_taken_for_it(one: str, other: str) -> None:
    """Year and serial number both count; a word or a year alone is no number."""
    assert not same_licence(one, other)
    assert not same_licence(other, one)


def test_the_serial_number_may_stand_inside_a_long_one() -> None:
    """People copy the part that looks like a number."""
    assert same_licence("1021/2019", "2/1021/PK.02.01/III/2019")
    assert same_licence("1021", "2/1021/PK.02.01/III/2019")


def test_nothing_of_a_licence_is_no_licence() -> None:
    """Words alone leave no part to compare."""
    found: Any = read_licence("izin SIP3MI nomor")
    assert found == ()
