"""Tables of companies as offices write them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.domain.agencies import Agency, AgencyState
from bot.domain.agency_file import AgencyFileError, Defaults, Fault, parse_day, read_agencies
from bot.settings import ROOT

TODAY = date(2026, 11, 21)
OFFICE = Defaults("Daftar A", date(2026, 11, 1))
SAMPLE = ROOT / "data" / "agencies" / "contoh.csv"


def faults(text: str, defaults: Defaults = OFFICE) -> list[Fault]:
    """Why a table is refused."""
    with pytest.raises(AgencyFileError) as refused:
        read_agencies(text, TODAY, defaults)
    return list(refused.value.faults)


def test_all_columns_are_read() -> None:
    """English names, commas, a quoted comma inside; a dash is nothing."""
    text = (
        "name,licence number,state,valid until,address,branch,sanction,source,as of\n"
        'PT Maju,SIP3MI 1/2020,active,2027-01-02,"Jalan A 1, Kota",Kendal,-,Daftar B,2026-11-02\n'
    )
    assert read_agencies(text, TODAY) == (
        Agency(
            "PT Maju",
            AgencyState.ACTIVE,
            "Daftar B",
            date(2026, 11, 2),
            licence="SIP3MI 1/2020",
            valid_until=date(2027, 1, 2),
            address="Jalan A 1, Kota",
            branch="Kendal",
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Nama Perusahaan;No. SIP3MI;Status;Berlaku s/d\nPT Maju;1/2020;Aktif;02/01/2027\n",
        "STATUS\tNAMA PT\tNOMOR IZIN\tMASA BERLAKU\nAKTIF\tPT Maju\t1/2020\t2-1-2027\n",
        "no;nama;izin;status;berlaku sampai;telepon\r\n1;PT Maju;1/2020;berlaku;2027-1-2;x\r\n",
        "nama ; nomor izin ; status ; berlaku hingga\n\nPT  Maju ; 1/2020 ; aktif ; 2.1.2027",
    ],
)
def test_offices_write_the_same_in_many_ways(text: str) -> None:
    """Separators, Indonesian names in any order, columns we do not know, empty lines."""
    (agency,) = read_agencies(text, TODAY, OFFICE)
    assert (agency.name, agency.licence, agency.state) == ("PT Maju", "1/2020", AgencyState.ACTIVE)
    assert agency.valid_until == date(2027, 1, 2)
    assert (agency.source, agency.as_of) == ("Daftar A", date(2026, 11, 1))


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("Aktif", AgencyState.ACTIVE),
        ("SKORSING", AgencyState.SUSPENDED),
        ("Tunda Layan", AgencyState.SUSPENDED),
        ("dicabut", AgencyState.REVOKED),
        ("Kadaluarsa", AgencyState.EXPIRED),
        ("tidak aktif", AgencyState.EXPIRED),
        ("revoked", AgencyState.REVOKED),
    ],
)
def test_states_are_known_in_both_languages(written: str, state: AgencyState) -> None:
    """What is not active is never read as active."""
    (agency,) = read_agencies(f"nama;status\nPT Maju;{written}", TODAY, OFFICE)
    assert agency.state is state


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (";1/2020;aktif;", "there is no name"),
        ("PT;1/2020;aktif;", "there is no name"),
        ("PT Maju;1/2020;bagus;", "'bagus' is no state"),
        ("PT Maju;1/2020;;", "'' is no state"),
        ("PT Maju;SIP3MI;aktif;", "'SIP3MI' is no licence number"),
        ("PT Maju;1/2020;aktif;besok", "'besok' is no date"),
        ("PT Maju;1/2020;aktif;31/02/2027", "there is no day 31/02/2027"),
        ("PT Maju;1/2020;aktif;2027-01-02;x", "5 fields, the header has 4"),
        (f"PT {'a' * 300};1/2020;aktif;", "name is longer than 300"),
    ],
)
def test_a_wrong_line_is_named(line: str, what: str) -> None:
    """With the number of the line and what is wrong; the good line above does not come through."""
    text = f"nama;izin;status;berlaku sampai\nPT Baik;9/2020;aktif;\n{line}\n"
    (fault,) = faults(text)
    assert fault.line == 3
    assert what in fault.what


def test_all_faults_are_told_at_once() -> None:
    """Whoever mends a table does not want to run it ten times; a quoted field may hold lines."""
    text = 'nama;status;alamat\nPT A;?;"satu\ndua"\nPT B;aktif;\nPT C;?;\n'
    assert [fault.line for fault in faults(text)] == [2, 5]


def test_a_company_stands_once_in_a_list() -> None:
    """The same name, number and branch twice is a mistake; another branch is none."""
    text = "nama;izin;cabang;status\nPT Maju;1/2020;;aktif\nP.T. MAJU;SIP3MI 1/2020;;aktif\n"
    assert faults(text) == [Fault(3, "the same company as in line 2")]
    text = "nama;izin;cabang;status\nPT Maju;1/2020;;aktif\nPT Maju;1/2020;Kendal;aktif\n"
    assert len(read_agencies(text, TODAY, OFFICE)) == 2


def test_a_list_has_one_date_that_has_come() -> None:
    """Two dates of one source, and a date ahead of today, are refused."""
    head = "nama;status;sumber;per tanggal\n"
    (fault,) = faults(f"{head}PT A;aktif;X;2026-11-01\nPT B;aktif;X;2026-11-02\n", Defaults())
    assert fault.line == 3
    assert "another date" in fault.what
    (fault,) = faults(f"{head}PT A;aktif;X;2026-11-22\n", Defaults())
    assert "has not come yet" in fault.what
    assert len(read_agencies(f"{head}PT A;aktif;X;1/11/2026\nPT B;aktif;Y;2/11/2026", TODAY)) == 2


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "there is no column"),
        ("PT Maju;aktif\n", "as_of (as of), name (nama), source (sumber), state (status)"),
        ("nama;status;sumber;per tanggal\n", "there is no company in the file"),
        ("nama;nama pt;status;sumber;per tanggal\n", "two columns say name"),
        ('nama;status;sumber;per tanggal\n"PT Maju;aktif', "this is no table"),
    ],
)
def test_what_is_no_list_is_refused(text: str, what: str) -> None:
    """Empty, without a header, without a company, broken."""
    (fault,) = faults(text, Defaults())
    assert what in fault.what


@pytest.mark.parametrize("written", ["", "2026", "30-11-26", "11/30/2026", "2026-13-01"])
def test_a_doubtful_date_is_refused(written: str) -> None:
    """Nothing is guessed about a date."""
    with pytest.raises(ValueError, match=r"is no date|there is no day"):
        parse_day(written)


def test_the_sample_is_whole_and_says_what_it_is() -> None:
    """Forty invented companies in all states, every one marked."""
    agencies = read_agencies(Path(SAMPLE).read_text("utf-8"), TODAY)
    assert len(agencies) >= 40
    assert all(agency.is_sample for agency in agencies)
    assert {agency.state for agency in agencies} == set(AgencyState)
