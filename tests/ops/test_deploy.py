"""What lies in deploy/ starts what the product starts, and keeps Rasa shut in."""

from __future__ import annotations

import configparser
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli.environments import ENVIRONMENTS
from bot.cli.processes import Program
from bot.cli.up import plan
from bot.server import create_app
from bot.settings import ROOT, Settings
from tests.hotline import Hotline

DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
HOME = "/opt/tanyadulu"
SEALED = ("tanyadulu-rasa@.service", "tanyadulu-actions.service")
INSIDE = ("/metrics", "/readyz")
"""For the machine itself: what they tell is not for strangers."""
OUR_SETTINGS = {name.upper() for name in Settings.model_fields}


class _Lines(dict[str, Any]):
    """A section of a unit: a name that stands twice has two lines."""

    def __setitem__(self, name: str, value: Any) -> None:
        if name in self and isinstance(value, list):
            self[name].extend(value)
        else:
            super().__setitem__(name, value)


def unit(name: str) -> dict[str, list[str]]:
    """The settings of a unit's service; all lines of each."""
    parser = configparser.RawConfigParser(strict=False, dict_type=_Lines)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNITS / name)
    return {key: value.split("\n") for key, value in parser["Service"].items()}


def environment(service: dict[str, list[str]]) -> dict[str, str]:
    """What a unit puts into the environment by itself."""
    pairs = [pair for line in service["Environment"] for pair in shlex.split(line)]
    return dict(pair.split("=", 1) for pair in pairs)


def compose() -> dict[str, Any]:
    """The compose file, with what it refers to filled in."""
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text("utf-8"))
    return loaded


def planned(tmp_path: Path) -> dict[str, Program]:
    """What `make run` starts, by name."""
    programs, _ = plan(Settings.model_validate({"tanyadulu_data_dir": tmp_path}))
    return {program.name: program for program in programs}


def like_unit(command: list[str]) -> list[str]:
    """A planned command as it stands in a unit: other folder, other ports."""
    text = [re.sub(r"^\d{4,5}$", "PORT", part.replace(str(ROOT), HOME)) for part in command]
    return [part.replace(f"{HOME}/models", "models") for part in text]


@pytest.mark.parametrize(
    ("name", "file"), [("rasa", SEALED[0]), ("actions", SEALED[1])], ids=["rasa", "actions"]
)
def test_units_start_what_make_run_starts(name: str, file: str, tmp_path: Path) -> None:
    """The same command with the same environment, so that neither goes its own way."""
    program = planned(tmp_path)[name]
    service = unit(file)
    (command,) = service["ExecStart"]
    assert like_unit(shlex.split(command.replace("%i", "5005"))) == like_unit([*program.command])
    given = set(environment(service)) | {"TANYADULU_RASA_KEY", "TANYADULU_ACTIONS_URL"}
    machine = {"PATH", "LANG", "LC_ALL", "TMPDIR", "TZ"}
    assert set(program.environment) - machine <= given | {"HOME"}


def test_server_and_worker_start_our_commands() -> None:
    """The server leaves the work to the worker, as in the tests that kill both."""
    python = f"{HOME}/{ENVIRONMENTS['service'].folder}/bin/python"
    (server,) = unit("tanyadulu-server.service")["ExecStart"]
    (worker,) = unit("tanyadulu-worker.service")["ExecStart"]
    assert server == f"{python} -m bot.cli serve --no-worker"
    assert worker == f"{python} -m bot.cli work"
    assert unit("tanyadulu-watch.service")["ExecStart"] == [f"{python} -m bot.cli watch"]


@pytest.mark.parametrize("name", SEALED)
def test_rasa_and_actions_are_shut_in(name: str) -> None:
    """A user of their own, this machine only, and no setting but what Rasa needs."""
    service = unit(name)
    assert service["User"] == ["tanyadulu-rasa"]
    assert service["IPAddressDeny"] == ["any"]
    assert service["IPAddressAllow"] == ["localhost"]
    hidden = " ".join(service["InaccessiblePaths"])
    for path in ("/etc/tanyadulu", "/var/lib/tanyadulu", f"{HOME}/.env", "/var/backups/tanyadulu"):
        assert f"-{path}" in hidden
    assert service.get("EnvironmentFile", []) in ([], ["/etc/tanyadulu/rasa.env"])
    assert OUR_SETTINGS & set(environment(service)) == set()


@pytest.mark.parametrize("path", sorted(UNITS.glob("*.service")), ids=lambda path: path.name)
def test_every_unit_is_hardened(path: Path) -> None:
    """None runs as root, gains privileges, or writes where it must not."""
    service = unit(path.name)
    assert service["User"][0] in {"tanyadulu", "tanyadulu-rasa"}
    for name in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices"):
        assert service[name] == ["yes"]
    assert service["ProtectSystem"] == ["strict"]
    assert service["CapabilityBoundingSet"] == [""]
    assert service["UMask"] == ["0077"]


def test_the_target_wants_all_units() -> None:
    """One command starts all."""
    text = (UNITS / "tanyadulu.target").read_text("utf-8")
    for path in UNITS.glob("*.service"):
        name = path.name.replace("@.", "@5005.").replace("backup.service", "backup.timer")
        assert name in text


def test_rasa_and_actions_have_no_way_out_of_their_network() -> None:
    """In compose they share one internal network with those who ask them, and nothing else."""
    made = compose()
    services, networks = made["services"], made["networks"]
    for name in ("rasa-1", "rasa-2", "actions"):
        assert services[name]["networks"] == ["assistant"]
        assert "ports" not in services[name]
        assert "env_file" not in services[name]
        assert "volumes" not in services[name]
        given = set(services[name]["environment"]) & OUR_SETTINGS
        assert given <= {"TANYADULU_RASA_KEY", "TANYADULU_ACTIONS_URL", "TANYADULU_DATA_DIR"}
    assert networks["assistant"] == {"internal": True}
    assert services["db"]["networks"] == ["store"]
    assert networks["store"] == {"internal": True}
    assert [name for name, each in services.items() if "ports" in each] == ["proxy"]


def test_compose_is_whole() -> None:
    """Names that services refer to exist, programs are healthy by an answer, all come back."""
    made = compose()
    services = made["services"]
    for name, service in services.items():
        assert set(service["networks"]) <= set(made["networks"])
        assert set(service.get("depends_on", ())) <= set(services)
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in made["volumes"] or (DEPLOY / source).exists()
        if name not in {"backup", "proxy", "worker-1", "worker-2", "watch"}:
            assert service["healthcheck"]["test"]
        if name not in {"backup", "db", "proxy"}:
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]
        assert service["restart"] == ("no" if name == "backup" else "unless-stopped")
    urls = services["worker-1"]["environment"]["RASA_URLS"].split(",")
    assert urls == [f"http://{name}:5005" for name in services if name.startswith("rasa-")]
    wanted = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yml").read_text("utf-8")))
    example = (DEPLOY / "example.env").read_text("utf-8")
    assert wanted == set(re.findall(r"^(\w+)=", example, flags=re.MULTILINE))
    known = {name for each in services.values() for name in each.get("environment", {})}
    assert {name for name in known if name.startswith("TANYADULU_")} <= OUR_SETTINGS


def test_the_images_run_what_make_run_runs(tmp_path: Path) -> None:
    """Rasa's image starts the same command; only where it listens differs."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    server, rasa = (json.loads(line) for line in re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE))
    wanted = like_unit([*planned(tmp_path)["rasa"].command])
    assert (
        like_unit(rasa)[1:]
        == [
            "0.0.0.0" if part == "127.0.0.1" else part  # noqa: S104 - inside its closed network
            for part in wanted[1:]
        ]
    )
    assert server[1:] == ["-m", "bot.cli", "serve", "--no-worker"]
    assert "RUN ./tanyadulu setup --rasa" in text
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert {"**/.env", "**/*.env", "**/*.key", "var", ".venv", ".venv-rasa", ".git"} <= set(ignored)
    copied = [
        part
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
        for part in line.split()
    ]
    assert all((ROOT / part).exists() for part in copied)


def passed_on(file: str) -> Iterator[str]:
    """Paths that an example of a proxy passes on."""
    text = (DEPLOY / file).read_text("utf-8")
    if file == "Caddyfile":
        (line,) = re.findall(r"@hotline path (.+)", text)
        yield from line.split()
    else:
        for exact, path in re.findall(r"location (= )?(\S+) \{[^}]*proxy_pass", text):
            yield path if exact else f"{path}*"


@pytest.mark.parametrize("file", ["Caddyfile", "nginx.conf"])
def test_proxies_pass_on_what_people_need_and_nothing_else(file: str, hotline: Hotline) -> None:
    """Every route of people, providers and staff; not the metrics, never Rasa."""
    patterns = [re.escape(path).replace(r"\*", ".*") for path in passed_on(file)]
    paths = {getattr(route, "path", "") for route in create_app(hotline.app).routes}
    wanted = paths - {"", *INSIDE} | {"/webhooks/telegram", "/webhooks/whatsapp/status"}
    assert {"/", "/api/web/messages", "/console", "/healthz", *INSIDE} <= paths
    for path in wanted:
        inside = f"{path}/x" if path in ("/static", "/p") else path
        assert any(re.fullmatch(pattern, inside) for pattern in patterns), path
    for path in (*INSIDE, "/webhook", "/webhooks", "/model", "/status"):
        assert not any(re.fullmatch(pattern, path) for pattern in patterns), path
    text = (DEPLOY / file).read_text("utf-8")
    assert "5005" not in text
    assert "5055" not in text
