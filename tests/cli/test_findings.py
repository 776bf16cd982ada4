"""What the doctor notices."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import yaml

from bot.cli import findings
from bot.cli.doctor import rota_findings
from bot.cli.findings import Finding, Level
from bot.clock import SystemClock
from bot.domain.contacts import load_contacts, unchecked
from bot.domain.staff import Role
from bot.keyfile import new_key
from bot.services.coverage import AHEAD, coverage
from bot.settings import ROOT, Settings
from tests.hotline import Hotline


def broken(found: Iterable[Finding]) -> list[str]:
    """What is broken; each with a way to mend it."""
    bad = [finding for finding in found if finding.level is Level.BROKEN]
    assert all(finding.mend for finding in bad)
    return [finding.what for finding in bad]


def settings(**values: str) -> Settings:
    """Settings with these values."""
    return Settings.model_validate(values)


def test_good_settings_raise_nothing() -> None:
    """Values as they should be are fine."""
    good = settings(master_keys=new_key(), public_base_url="https://tanya.example")
    assert broken(findings.settings_findings(good)) == []


def test_each_wrong_setting_is_named() -> None:
    """Keys, addresses and time zones of the right type can still be wrong."""
    wrong = settings(
        master_keys="short",
        tz_default="Asia/Nowhere",
        public_base_url="http://tanya.example",
        rasa_urls="127.0.0.1:5005",
        smtp_url="mail.example",
    )
    what = " ".join(broken(findings.settings_findings(wrong)))
    for name in ("MASTER_KEYS", "TZ_DEFAULT", "PUBLIC_BASE_URL", "RASA_URLS", "SMTP_URL"):
        assert name in what
    assert "short" not in what


def test_a_clock_before_the_program_is_broken() -> None:
    """A machine that woke up in 1970 would page at the wrong time."""
    assert broken(findings.clock_findings(datetime(1970, 1, 1, tzinfo=UTC)))
    assert broken(findings.clock_findings(SystemClock().now())) == []


def test_files_that_others_can_read_are_named(tmp_path: Path) -> None:
    """A key for everybody's eyes is no key."""
    tmp_path.chmod(0o700)
    key = tmp_path / "master.key"
    key.touch(mode=0o600)
    assert broken(findings.permission_findings(tmp_path)) == []
    key.chmod(0o644)
    assert broken(findings.permission_findings(tmp_path)) == [f"others may read {key}"]


def test_what_cannot_be_reached_is_named(tmp_path: Path) -> None:
    """A Rasa or a mail server that settings name must answer."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
        away = settings(
            tanyadulu_data_dir=str(tmp_path),
            rasa_urls=f"http://{address}",
            smtp_url=f"smtp://{address}?from=a@b.example",
        )
        found = broken(findings.running_findings(away))
    assert len(found) == 2
    assert all(address in what for what in found)


def test_contacts_that_nobody_called_are_counted() -> None:
    """Unchecked numbers are a warning with their count, not a failure."""
    (found,) = findings.directory_findings()
    waiting = unchecked(load_contacts(findings.CONTACTS))
    assert found.level is (Level.WARNING if waiting else Level.OK)
    assert found.what.startswith(f"{len(waiting)} of " if waiting else "all ")


def test_facts_that_went_stale_are_named(tmp_path: Path) -> None:
    """Left out of the answers by themselves, they must not be forgotten."""
    (fresh,) = findings.library_findings(date(2026, 11, 21))
    assert fresh.level is Level.OK
    old, *_ = findings.library_findings(date(2027, 1, 15))
    assert old.level is Level.WARNING
    assert "household_ban" in old.what
    assert "not_placement_countries" not in old.what
    (unreadable,) = findings.library_findings(date(2026, 11, 21), tmp_path)
    assert unreadable.level is Level.BROKEN


def test_answers_that_nobody_read_a_second_time_are_named(tmp_path: Path) -> None:
    """By topic, until somebody else has compared them with their facts."""
    for folder in ("facts", "answers"):
        shutil.copytree(ROOT / "data" / folder, tmp_path / folder)
    path = tmp_path / "answers" / "privacy.yml"
    answers = yaml.safe_load(path.read_text("utf-8"))
    path.write_text(yaml.safe_dump(answers | {"read_by": None}), "utf-8")
    _, unread = findings.library_findings(date(2026, 11, 21), tmp_path)
    assert unread.level is Level.WARNING
    assert unread.what == "answers that no second person has read: ask_privacy"


def test_disk_space_is_measured_where_the_data_will_be(tmp_path: Path) -> None:
    """Before the first start the folder does not exist; its disk does."""
    (found,) = findings.disk_findings(tmp_path / "not" / "yet")
    assert "GB free" in found.what


def test_the_doctor_tells_what_the_rota_leaves_open(tmp_path: Path) -> None:
    """Nobody at all, somebody without a phone, and a plan that holds."""
    line = Hotline(tmp_path / "var")
    app, now = line.app, line.clock.now()

    def told() -> list[str]:
        found = app.database.read(lambda uow: coverage(uow, app.office, now))
        return [each.what for each in rota_findings(found, app.office)]

    when = "once in the coming two weeks, first 2026-11-21 20:00 (Asia/Jakarta)"
    assert told() == [f"nobody is on call {when}"]
    sari = app.database.write(lambda uow: uow.staff.add("sari", Role.CASEWORKER, "x", now)).result()
    app.database.write(lambda uow: uow.rota.add_shift(sari.id, now, now + 2 * AHEAD)).result()
    assert told() == [f"nobody on call can be woken {when}"]
    app.database.write(lambda uow: uow.staff.add_contact(sari.id, "phone", "+1", now)).result()
    assert told() == ["somebody who can be woken is on call at every hour of the coming two weeks"]
    line.close()
