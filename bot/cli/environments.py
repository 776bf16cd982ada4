"""Set up the two Python environments of a clone, then start the command line in one of them.

Runs before anything is installed: standard library only, any Python from 3.8 on. A stamp in
each environment holds the hash of the lock it was made from, so nothing is done twice.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
LOG = TOOLS / "setup.log"
TOLD = ("Downloading", "Prepared", "Installed", "Bytecode")
"""How those lines of uv begin that tell a person how far it is."""


class SetupError(Exception):
    """Something is missing that only the person at the machine can provide; one line says what."""


class Environment(NamedTuple):
    """A folder with an interpreter and exactly the packages of one lock."""

    folder: str
    version_line: int  # of .python-version
    lock: str

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return ROOT / self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        """Holds the hash of what was installed."""
        return ROOT / self.folder / "installed.sha256"

    @property
    def version(self) -> str:
        """Its Python version, as .python-version says."""
        return (ROOT / ".python-version").read_text().split()[self.version_line]

    def wanted(self) -> str:
        """The hash of what should be installed."""
        lock = (ROOT / self.lock).read_bytes()
        return hashlib.sha256(f"{self.lock} {self.version}\n".encode() + lock).hexdigest()

    def is_current(self) -> bool:
        """Whether the lock was installed as it stands."""
        return self.python.exists() and _read(self.stamp) == self.wanted()


ENVIRONMENTS: dict[str, Environment] = {
    "service": Environment(".venv", 0, "requirements/service.txt"),
    "dev": Environment(".venv", 0, "requirements/dev.txt"),
    "rasa": Environment(".venv-rasa", 1, "requirements/rasa.txt"),
}


def product() -> str:
    """What belongs into .venv: the developers' tools stay where they were installed once."""
    dev, stamp = ENVIRONMENTS["dev"], _read(ENVIRONMENTS["dev"].stamp)
    marker = _read(dev.stamp.with_name("group"))
    return "dev" if stamp and marker == "dev" else "service"


def install(name: str, say: Callable[[str], None]) -> None:
    """Bring an environment to its lock; nothing when it is. Raises `SetupError`.

    `say` is told of each step. Two runs at the same time wait for each other.
    """
    environment = ENVIRONMENTS[name]
    if environment.is_current():
        return
    with _alone(say):
        if environment.is_current():  # the other run has done it
            return
        uv = find_uv(say)
        if environment.stamp.exists():
            environment.stamp.unlink()
        if not _is_python(environment):
            say(f"Making {environment.folder} with Python {environment.version}")
            command = [uv, "venv", "--clear", "--python", environment.version, environment.folder]
            _run(command, say, _no_python(environment.version))
        say(f"Installing {environment.lock} into {environment.folder}")
        sync = [uv, "pip", "sync", "--require-hashes", "--compile-bytecode"]
        sync += ["--python", str(environment.python), environment.lock]
        _run(sync, say, f"{environment.lock} could not be installed")
        environment.stamp.with_name("group").write_text(name)
        environment.stamp.write_text(environment.wanted())


def find_uv(say: Callable[[str], None]) -> str:
    """A uv that works: the one on PATH, else one fetched by pip into .tools."""
    fetched = TOOLS / "uv" / "bin" / "uv"
    for candidate in ("uv", str(fetched)):
        # A shim on PATH may exist and fail, so it is tried, not looked up.
        if _works([candidate, "--version"]):
            return candidate
    say("Fetching uv")
    for python in (sys.executable, "python3", "/usr/bin/python3"):
        if _works([python, "-m", "pip", "--version"]):
            shutil.rmtree(TOOLS / "uv", ignore_errors=True)
            target = ["--target", str(TOOLS / "uv"), "-r", "requirements/uv.txt"]
            pip = [python, "-m", "pip", "install", "--quiet", "--require-hashes", *target]
            _run(pip, say, "uv could not be fetched")
            return str(fetched)
    raise SetupError("needs uv, or a python3 with pip (Debian: apt-get install python3-pip)")


def install_browser(say: Callable[[str], None]) -> None:
    """Chromium for the browser tests, where none is there. Raises `SetupError`."""
    if find_browser():
        return
    if not (_works(["apt-get", "--version"]) and os.geteuid() == 0):
        raise SetupError("the browser tests need Chromium: install your system's package")
    say("Installing Chromium")
    failed = "Chromium could not be installed"
    _run(["apt-get", "update"], say, failed)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "install", "-y", "chromium"], say, failed, quiet)


def find_browser() -> str | None:
    """Path of the system's Chromium or Chrome."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for path in map(shutil.which, names) if path), None)


def _is_python(environment: Environment) -> bool:
    check = f"import sys; sys.exit('%d.%d' % sys.version_info[:2] != '{environment.version}')"
    return _works([str(environment.python), "-I", "-c", check])


def _no_python(version: str) -> str:
    return (
        f"Python {version} was not found (get it with `uv python install {version}` "
        f"or `pyenv install {version}`) and could not be fetched"
    )


def _works(command: list[str]) -> bool:
    quiet = subprocess.DEVNULL
    try:
        done = subprocess.run(  # noqa: S603 - commands of this module
            command, stdin=quiet, stdout=quiet, stderr=quiet, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def _run(
    command: list[str],
    say: Callable[[str], None],
    failure: str,
    extra: dict[str, str] | None = None,
) -> None:
    """Run a step with its output in the log; what matters of it goes to `say`."""
    lines: list[str] = []
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("a", encoding="utf-8") as log:
        process = subprocess.Popen(  # noqa: S603 - commands of this module
            command,
            cwd=str(ROOT),
            env={**os.environ, **(extra or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        with process:
            try:
                for line in process.stdout or ():
                    log.write(line)
                    lines.append(line.strip())
                    if line.strip().startswith(TOLD):
                        say(f"  {line.strip()}")
            except BaseException:
                process.kill()
                raise
    if process.returncode != 0:
        reason = f"{failure}{_cause(lines)}"
        raise SetupError(f"{reason} (details: {LOG.relative_to(ROOT)})")


def _cause(lines: list[str]) -> str:
    """The cause of a failure, where it can be told."""
    output = "\n".join(lines).lower()
    if "no space left" in output:
        return ": no space left on the disk"
    if "hash" in output and "mismatch" in output:
        return ": a downloaded file is not the one that was locked"
    unreachable = ("error sending request", "dns error", "connection", "failed to fetch", "network")
    if any(sign in output for sign in unreachable):
        return ": the network cannot be reached"
    return ""


@contextmanager
def _alone(say: Callable[[str], None]) -> Iterator[None]:
    """One set-up at a time in this clone."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Waiting for another set-up of this clone")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> None:
    """Set up .venv, then become the command line in it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    name = product()
    try:
        install(name, _tell)
    except SetupError as error:
        sys.exit(f"tanyadulu: {error}")
    except OSError as error:
        sys.exit(f"tanyadulu: the set-up failed: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    python = str(ENVIRONMENTS[name].python)
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    command = [python, "-m", "bot.cli", *arguments]
    os.execve(python, command, {**os.environ, "PYTHONPATH": path})  # noqa: S606 - our own program


if __name__ == "__main__":
    main(sys.argv[1:])
