"""Install what tests and Rasa need beside .venv, and write the locks."""

from __future__ import annotations

import subprocess

from bot.cli import environments
from bot.cli.common import CommandError, install, progress, say
from bot.cli.environments import ENVIRONMENTS, SetupError
from bot.settings import ROOT


def run(*, dev: bool, rasa: bool, browser: bool) -> None:
    """Install what was asked for. Raises `CommandError`."""
    if dev:
        install("dev", "Installing the tools for tests")
    if rasa:
        install("rasa", "Installing Rasa")
    if browser and not environments.find_browser():
        with progress("Installing Chromium") as step:
            try:
                environments.install_browser(step)
            except SetupError as error:
                raise CommandError(str(error)) from error


def lock() -> None:
    """Write the locks: newest versions, with hashes, without addresses.

    The product's own versions bind the developers' environment, so that tests run on what is
    delivered. Raises `CommandError`.
    """
    try:
        uv = environments.find_uv(say)
    except SetupError as error:
        raise CommandError(str(error)) from error
    common = [uv, "pip", "compile", "--quiet", "--upgrade", "--generate-hashes", "--no-header"]
    for name in ("service", "dev", "rasa"):
        environment = ENVIRONMENTS[name]
        command = [*common, "--python-version", environment.version, "-o", environment.lock]
        if name == "dev":
            command += ["--constraints", ENVIRONMENTS["service"].lock]
        if name == "rasa":
            # TensorFlow asks for them and works without: 60 MB in every process of Rasa.
            command += ["--no-emit-package", "jax", "--no-emit-package", "jaxlib"]
        _compile([*command, "--group", f"pyproject.toml:{name}"])
    _compile([*common, "--universal", "-o", "requirements/uv.txt", "-"], "uv\n")


def _compile(command: list[str], stdin: str = "") -> None:
    done = subprocess.run(  # noqa: S603 - uv, with arguments of our own
        command, cwd=ROOT, input=stdin, text=True, capture_output=True, check=False
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise CommandError(f"the versions could not be resolved: {last}")
