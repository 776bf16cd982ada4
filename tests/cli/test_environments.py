"""Setting up from nothing, without installing anything."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bot.cli import environments
from bot.cli.environments import ENVIRONMENTS, Environment, SetupError
from bot.settings import ROOT


def quiet(_step: str) -> None:
    """Nobody watches."""


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty clone with one lock."""
    monkeypatch.setattr(environments, "ROOT", tmp_path)
    monkeypatch.setattr(environments, "TOOLS", tmp_path / ".tools")
    monkeypatch.setattr(environments, "LOG", tmp_path / ".tools" / "setup.log")
    monkeypatch.setattr(
        environments, "ENVIRONMENTS", {"service": Environment(".venv", 0, "lock.txt")}
    )
    (tmp_path / "lock.txt").write_text("typer==1\n")
    (tmp_path / ".python-version").write_text("3.13\n3.10\n")
    return tmp_path


def a_program(path: Path, script: str) -> None:
    """A shell script that stands in for a program on PATH."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def a_uv(folder: Path, sync: str = "exit 0") -> None:
    """A uv that makes environments in which Python has the wanted version."""
    make = f'mkdir -p {folder}/.venv/bin; printf "#!/bin/sh\\n" > {folder}/.venv/bin/python'
    make += f"; chmod +x {folder}/.venv/bin/python"
    script = f'echo "$@" >> {folder}/calls\ncase "$1" in\n  venv) {make};;\n  pip) {sync};;\nesac'
    a_program(folder / "bin" / "uv", script)


def test_what_is_current_is_left_alone(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second set-up does nothing; a changed lock is installed again, without a new venv."""
    a_uv(clone)
    monkeypatch.setenv("PATH", f"{clone / 'bin'}:{os.environ['PATH']}")
    calls = clone / "calls"
    environments.install("service", quiet)
    assert "venv --clear --python 3.13 .venv" in calls.read_text()
    assert "pip sync --require-hashes" in calls.read_text()
    calls.unlink()
    environments.install("service", quiet)
    assert not calls.exists()
    (clone / "lock.txt").write_text("typer==2\n")
    environments.install("service", quiet)
    assert "pip sync" in calls.read_text()
    assert "venv --clear" not in calls.read_text()


def test_an_interrupted_set_up_is_done_again(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing counts as installed before the last step has succeeded."""
    monkeypatch.setenv("PATH", f"{clone / 'bin'}:{os.environ['PATH']}")
    a_uv(clone, sync="exit 1")
    with pytest.raises(SetupError, match="could not be installed"):
        environments.install("service", quiet)
    assert not environments.ENVIRONMENTS["service"].is_current()
    a_uv(clone)
    environments.install("service", quiet)
    assert environments.ENVIRONMENTS["service"].is_current()


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("error: error sending request for url", "the network cannot be reached"),
        ("error: No space left on device", "no space left on the disk"),
        ("error: Hash mismatch for `typer==1`", "not the one that was locked"),
    ],
)
def test_the_cause_of_a_failure_is_told(
    clone: Path, monkeypatch: pytest.MonkeyPatch, output: str, words: str
) -> None:
    """One line names the cause and where the rest can be read."""
    monkeypatch.setenv("PATH", f"{clone / 'bin'}:{os.environ['PATH']}")
    a_uv(clone, sync=f"echo '{output}' >&2; exit 1")
    with pytest.raises(SetupError) as told:
        environments.install("service", quiet)
    assert words in str(told.value)
    assert "setup.log" in str(told.value)
    assert "\n" not in str(told.value)


def test_a_missing_python_says_how_to_get_it(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the interpreter, and without a way to fetch it, the commands are named."""
    monkeypatch.setenv("PATH", f"{clone / 'bin'}:{os.environ['PATH']}")
    a_program(clone / "bin" / "uv", '[ "$1" = --version ]')
    with pytest.raises(SetupError, match=r"uv python install 3\.13.*pyenv install 3\.13"):
        environments.install("service", quiet)


def test_a_uv_that_fails_is_not_used(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shim that exists and fails counts as no uv: the fetched one is taken."""
    a_program(clone / "bin" / "uv", "exit 127")
    a_program(clone / ".tools" / "uv" / "bin" / "uv", "exit 0")
    monkeypatch.setenv("PATH", f"{clone / 'bin'}:{os.environ['PATH']}")
    assert environments.find_uv(quiet) == str(clone / ".tools" / "uv" / "bin" / "uv")


def test_nothing_to_install_with_is_told(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither uv nor pip: one line says what to get."""
    monkeypatch.setattr(environments, "_works", lambda _command: False)
    with pytest.raises(SetupError, match="needs uv, or a python3 with pip"):
        environments.find_uv(quiet)


def test_the_browser_needs_a_package_manager_or_a_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where Chromium cannot be installed, the message says that a person has to."""
    monkeypatch.setattr(environments, "find_browser", lambda: None)
    monkeypatch.setattr(environments, "_works", lambda _command: False)
    with pytest.raises(SetupError, match="need Chromium"):
        environments.install_browser(quiet)


def test_the_launcher_without_any_python_is_one_line(tmp_path: Path) -> None:
    """On a machine with neither python3 nor uv it says what is missing."""
    launcher = tmp_path / "tanyadulu"
    script = (ROOT / "tanyadulu").read_text().replace("/usr/bin/python3", "/nowhere/python3")
    launcher.write_text(script)
    launcher.chmod(0o755)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "dirname").symlink_to("/usr/bin/dirname")
    done = subprocess.run(
        ["/bin/sh", str(launcher), "up"],
        env={"PATH": str(tmp_path / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "tanyadulu: needs uv, or python3 (3.8 or newer) with pip\n"


def test_both_interpreters_are_named_once() -> None:
    """The versions come from .python-version: the product's first, Rasa's second."""
    assert ENVIRONMENTS["service"].version == ENVIRONMENTS["dev"].version == "3.13"
    assert ENVIRONMENTS["rasa"].version == "3.10"
