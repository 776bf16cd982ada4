"""Lists of companies at the command line: taken in whole, looked into, taken away."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from bot.cli.doctor import agency_findings
from bot.cli.findings import Level
from bot.settings import ROOT
from bot.store.agencies import AgencyList
from tests.cli.running import tanyadulu

SAMPLE = ROOT / "data" / "agencies" / "contoh.csv"
TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, tzinfo=UTC)

type Command = Callable[..., CompletedProcess[str]]


@pytest.fixture
def agencies(tmp_path: Path) -> Command:
    """`./tanyadulu agencies ...` on a data folder of its own."""

    def run(*arguments: str) -> CompletedProcess[str]:
        return tanyadulu("agencies", *arguments, TANYADULU_DATA_DIR=str(tmp_path / "var"))

    return run


def table(path: Path, *lines: str) -> str:
    """A file with these lines below a header."""
    path.write_text("\ufeffnama;nomor izin;status\n" + "\n".join(lines), "utf-8")
    return str(path)


def test_a_list_comes_and_goes(agencies: Command, tmp_path: Path) -> None:
    """Loaded, shown, looked into, removed; who did it and how much stands in the log."""
    assert "No list is loaded" in agencies("show").stdout
    taken = agencies("import", str(SAMPLE))
    assert taken.returncode == 0, taken.stderr
    assert "42 companies as of 2026-11-01, 0 before" in taken.stdout
    assert "LATIHAN" in taken.stdout
    shown = agencies("show").stdout
    assert "CONTOH, BUKAN DATA RESMI" in shown
    assert "made up" in shown
    found = agencies("show", "PT. Anggrek Wulan Sentoso").stdout
    assert "Outcome: look_alike" in found
    assert "Yang mirip: PT Anggrek Wulan Sentosa" in found
    assert "Outcome: listed" in agencies("show", "SIP3MI 123 tahun 2021").stdout
    gone = agencies("remove", "CONTOH, BUKAN DATA RESMI")
    assert "42 companies removed" in gone.stdout
    log = (tmp_path / "var" / "logs" / "agencies.log").read_text("utf-8").splitlines()
    events = [json.loads(line) for line in log]
    assert [(each["event"], each["count"]) for each in events] == [
        ("agencies_imported", 42),
        ("agencies_removed", 42),
    ]
    assert all(each["by"] for each in events)


def test_source_and_date_may_be_given_for_a_whole_file(agencies: Command, tmp_path: Path) -> None:
    """As the tables of offices hold neither; a byte order mark does no harm."""
    file = table(tmp_path / "list.csv", "PT Maju;1/2020;aktif")
    taken = agencies("import", file, "--source", "Daftar A", "--as-of", "01/11/2026")
    assert taken.returncode == 0, taken.stderr
    assert "Daftar A: 1 companies as of 2026-11-01" in taken.stdout


def test_a_file_with_faults_changes_nothing(agencies: Command, tmp_path: Path) -> None:
    """Each wrong line is named with its number; what was there before stays."""
    office = ("--source", "Daftar A", "--as-of", "2026-11-01")
    agencies("import", table(tmp_path / "good.csv", "PT Maju;1/2020;aktif"), *office)
    bad = table(tmp_path / "bad.csv", "PT Baru;2/2020;aktif", "PT X;3/2020;bagus", ";4/2020;aktif")
    refused = agencies("import", bad, *office)
    assert refused.returncode == 2
    assert refused.stdout == ""
    said = refused.stderr.splitlines()
    assert [line.split("bad.csv", 1)[1][:9] for line in said] == [
        ", line 3:",
        ", line 4:",
        " cannot b",
    ]
    assert "nothing was changed" in said[-1]
    assert "Outcome: listed" in agencies("show", "PT Maju").stdout
    assert "Outcome: not_listed" in agencies("show", "PT Baru").stdout


def test_a_much_smaller_list_needs_force(agencies: Command, tmp_path: Path) -> None:
    """Half is let through, less is not."""
    office = ("--source", "Daftar A", "--as-of", "2026-11-01")
    lines = [f"PT Nomor {name};{name}/2020;aktif" for name in range(1, 6)]
    agencies("import", table(tmp_path / "five.csv", *lines), *office)
    two = table(tmp_path / "two.csv", *lines[:2])
    refused = agencies("import", two, *office)
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].endswith("give --force")
    assert (
        "2 companies as of 2026-11-01, 5 before"
        in agencies("import", two, "--force", *office).stdout
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"nama;status\nPT \xff;aktif", "no UTF-8 text"), (b"", "there is no column")],
)
def test_what_is_no_table_is_refused(
    agencies: Command, tmp_path: Path, content: bytes, words: str
) -> None:
    """Another encoding and an empty file get an honest line."""
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    refused = agencies("import", str(file))
    assert refused.returncode != 0
    assert words in refused.stderr


def test_mistakes_are_told_in_one_line(agencies: Command, tmp_path: Path) -> None:
    """A file that is not there, a date that is none, a list that is not there."""
    for arguments in (
        ("import", str(tmp_path / "none.csv")),
        ("import", str(SAMPLE), "--as-of", "kemarin"),
        ("remove", "Daftar B"),
    ):
        refused = agencies(*arguments)
        assert refused.returncode in {1, 2}
        assert refused.stderr.startswith("tanyadulu: ")
        assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("source", "days", "level", "words"),
    [
        ("Daftar A", 30, Level.OK, "30 days old"),
        ("Daftar A", 31, Level.WARNING, "31 days old, and people are told so"),
        ("CONTOH, BUKAN DATA RESMI", 1, Level.WARNING, "1 days old; it is made up"),
    ],
)
def test_the_doctor_names_the_age_of_a_list(
    source: str, days: int, level: Level, words: str
) -> None:
    """A current list is fine, an old one and a made-up one are not."""
    (finding,) = agency_findings([AgencyList(source, TODAY - timedelta(days), NOW, 3)], TODAY)
    assert finding.level is level
    assert words in finding.what


def test_the_doctor_misses_a_list() -> None:
    """And says how to load one."""
    (finding,) = agency_findings([], TODAY)
    assert finding.level is Level.WARNING
    assert "agencies import" in finding.mend
