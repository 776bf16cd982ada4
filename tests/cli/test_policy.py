"""Policies at the command line: shown as a file, changed by one, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

from bot.domain.oncall import POLICIES
from bot.domain.policy_files import read_policies
from tests.cli.running import tanyadulu

type Command = Callable[..., CompletedProcess[str]]


@pytest.fixture
def policy(tmp_path: Path) -> Command:
    """`./tanyadulu policy ...` on a data folder of its own."""

    def run(*arguments: str) -> CompletedProcess[str]:
        return tanyadulu("policy", *arguments, TANYADULU_DATA_DIR=str(tmp_path / "var"))

    return run


def test_what_is_shown_is_set_and_reset(policy: Command, tmp_path: Path) -> None:
    """The file of the product, one change in it, and back."""
    shown = policy("show")
    assert shown.returncode == 0, shown.stderr
    data = yaml.safe_load(shown.stdout)
    assert read_policies(data) == POLICIES
    data["emergency"]["acknowledgers"] = 2
    file = tmp_path / "policies.yml"
    file.write_text(yaml.safe_dump({"emergency": data["emergency"]}), "utf-8")
    assert "Changed: emergency." in policy("set", str(file)).stdout
    after = policy("show").stdout
    assert yaml.safe_load(after)["emergency"]["acknowledgers"] == 2
    assert after.count("# changed") == 1
    policy("reset")
    assert "# changed" not in policy("show").stdout


def test_a_file_with_faults_changes_nothing(policy: Command, tmp_path: Path) -> None:
    """Each fault is a line, also who does not exist; the exit code says wrong use."""
    file = tmp_path / "policies.yml"
    steps = [{"after_minutes": 0, "targets": ["person:hantu", "group:inti", "on_call:malam"]}]
    file.write_text(yaml.safe_dump({"urgent": {"steps": steps, "repeat_minutes": 5}}), "utf-8")
    refused = policy("set", str(file))
    assert refused.returncode == 2
    for fault in (
        "there is no person hantu",
        "the group inti has no members",
        "there is no schedule malam",
        "nothing was changed",
    ):
        assert fault in refused.stderr
    file.write_text("urgent: {steps: 3, colour: red}", "utf-8")
    assert "urgent.colour" in policy("set", str(file)).stderr
    file.write_text("[", "utf-8")
    assert "is no YAML" in policy("set", str(file)).stderr
    assert "# changed" not in policy("show").stdout
