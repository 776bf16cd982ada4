"""The rota from the command line: shown, set from a file, refused in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from bot.domain.rota_file import RotaFileError, read_rota_file
from bot.settings import ROOT
from tests.cli.running import tanyadulu

EXAMPLE = ROOT / "docs" / "rota.example.yml"
PASSWORD = "panjang sekali kata sandinya\n"

type Command = Callable[..., CompletedProcess[str]]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """`./tanyadulu ...` on a data folder of its own."""

    def run(*arguments: str, stdin: str = "") -> CompletedProcess[str]:
        return tanyadulu(*arguments, stdin=stdin, TANYADULU_DATA_DIR=str(tmp_path / "var"))

    return run


def test_a_rota_is_shown_set_and_shown(command: Command, tmp_path: Path) -> None:
    """Nothing is written without a yes; the second time there is nothing to change."""
    assert "Nobody is on call in the coming two weeks" in command("oncall", "show").stdout
    unknown = command("oncall", "set", str(EXAMPLE), "--yes")
    assert unknown.returncode == 2
    assert "sari: nobody signs in under this name" in unknown.stderr
    for login in ("sari", "budi", "citra", "dewi"):
        assert command("staff", "add", login, stdin=PASSWORD).returncode == 0
    asked = command("oncall", "set", str(EXAMPLE))
    assert asked.returncode == 1
    assert "+ utama, malam: budi, citra, sari; 20:00-08:00" in asked.stdout
    assert "nothing was written" in asked.stderr
    assert "Nobody is on call" in command("oncall", "show").stdout
    done = command("oncall", "set", str(EXAMPLE), "--yes")
    assert done.returncode == 0, done.stderr
    assert "+ timur (WITA)" in done.stdout
    assert "+ holiday 2027-08-17: Hari Kemerdekaan" in done.stdout
    again = command("oncall", "set", str(EXAMPLE), "--yes")
    assert again.stdout == "The rota is as the file says: nothing to change.\n"
    log = (tmp_path / "var" / "logs" / "oncall.log").read_text("utf-8").splitlines()
    assert [json.loads(line)["event"] for line in log] == ["rota_changed"]


def test_a_changed_file_says_what_it_changes(command: Command, tmp_path: Path) -> None:
    """A rotation with other members, one that goes, a zone, a holiday less."""
    for login in ("sari", "budi"):
        command("staff", "add", login, stdin=PASSWORD)
    first = tmp_path / "first.yml"
    first.write_text(
        "schedules:\n"
        "- name: utama\n"
        "  zone: WIB\n"
        "  rotations:\n"
        "  - {name: malam, members: [sari], begins: 20:00, ends: 08:00, first_day: 2020-01-01}\n"
        "  - {name: siang, members: [sari], begins: 08:00, ends: 20:00, first_day: 2020-01-01}\n"
        "holidays: {2099-12-25: Natal}\n"
    )
    assert command("oncall", "set", str(first), "--yes").returncode == 0
    shown = command("oncall", "show", "--zone", "wita").stdout
    assert "sari" in shown
    assert "sari has no verified contact" in shown
    assert "Nobody on call:" not in shown
    second = tmp_path / "second.yml"
    second.write_text(
        "schedules:\n"
        "- name: utama\n"
        "  zone: WITA\n"
        "  rotations:\n"
        "  - {name: malam, members: [budi], begins: 20:00, ends: 08:00, first_day: 2020-01-01}\n"
        "holidays: {}\n"
    )
    changed = command("oncall", "set", str(second), "--yes").stdout
    assert "~ utama: its times are WITA now" in changed
    assert "~ utama, malam: budi; 20:00-08:00" in changed
    assert "(before: malam: sari; 20:00-08:00" in changed
    assert "- utama, siang: sari; 08:00-20:00" in changed
    assert "- holiday 2099-12-25: Natal" in changed
    assert "Nobody on call:" in command("oncall", "show").stdout


ROTATION = "name: a, members: [x], begins: '20:00', ends: '08:00', first_day: 2026-12-01"
ENDS_FIRST = f"{ROTATION}, last_day: 2026-11-30"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "file: input should be"),
        ("schedules: []", "schedules: tuple should have at least 1 item"),
        ("schedules: [{name: a, zone: WBI}]", "schedules.0.zone: input should be 'WIB'"),
        ("schedules: [{name: a, zone: WIB, rotas: 1}]", "schedules.0.rotas: extra inputs"),
        ("schedules: [{name: a, zone: WIB}, {name: a, zone: WIT}]", "a: stands there twice"),
        ("schedules: [", "line 1: no YAML"),
        (
            f"schedules: [{{name: a, zone: WIB, rotations: [{{{ROTATION}, turn_days: 0}}]}}]",
            "turn_days: input should be greater than or equal to 1",
        ),
        (
            f"schedules: [{{name: a, zone: WIB, rotations: [{{{ROTATION}, weekdays: [senin]}}]}}]",
            "weekdays.0: input should be 'sen'",
        ),
        (
            f"schedules: [{{name: a, zone: WIB, rotations: [{{{ENDS_FIRST}}}]}}]",
            "a, a: last_day lies before first_day",
        ),
        ("schedules: [{name: a, zone: WIB}]\nholidays: {besok: x}", "holidays.besok"),
    ],
)
def test_faults_of_a_file_are_named(text: str, fault: str) -> None:
    """Each with its place, so that whoever wrote the file finds it."""
    with pytest.raises(RotaFileError) as caught:
        read_rota_file(text)
    assert any(fault.lower() in line.lower() for line in caught.value.faults)


def test_times_need_no_quotes() -> None:
    """YAML takes 20:00 for a number of minutes; here it is a time all the same."""
    text = (
        "schedules: [{name: a, zone: WIB, rotations: [{name: b, members: [x], begins: 20:00, "
        "ends: 08:00, first_day: 2026-12-01}]}]"
    )
    (rotation,) = read_rota_file(text).schedules[0].rotations
    assert (rotation.begins.hour, rotation.ends.hour) == (20, 8)


def test_wrong_use_is_said(command: Command, tmp_path: Path) -> None:
    """A missing file, an unknown zone."""
    missing = command("oncall", "set", str(tmp_path / "none.yml"))
    assert (missing.returncode, "cannot be read" in missing.stderr) == (1, True)
    zone = command("oncall", "show", "--zone", "CET")
    assert (zone.returncode, "choose WIB, WITA, WIT" in zone.stderr) == (2, True)
