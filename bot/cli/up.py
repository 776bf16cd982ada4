"""Start everything and keep it running: Rasa, actions, the watchman, the server with worker."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import NoReturn

import httpx2

from bot.cli.common import CommandError, install, load_settings, prepare_data_dir, progress, say
from bot.cli.environments import ENVIRONMENTS
from bot.cli.processes import Child, Program, bare_environment, rotate
from bot.cli.screen_pages import ScreenPages
from bot.cli.train import ARCHIVE, ensure_model, rasa_environment
from bot.keyfile import kept_key
from bot.settings import ROOT, Settings

GIVE_UP_DEATHS = 3
"""A child that dies so often before the first answer will not get better by itself."""
GIVE_UP_SECONDS = 300.0
SERVER_STOPS_SECONDS = 5.0
OTHERS_STOP_SECONDS = 3.0
_TICK_SECONDS = 0.2


class _Stopped(BaseException):
    """Ctrl-C or SIGTERM; no `Exception`, so that nothing on the way takes it for a failure."""


def run() -> None:
    """The command: returns after a signal, when every child has ended."""
    settings = load_settings()
    prepare_data_dir(settings)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        with _only_one(settings):
            _check_port(settings)
            if not settings.rasa_urls:
                install("rasa", "Installing Rasa")
            ensure_model()
            _warn(settings)
            _supervise(settings)
    except _Stopped:
        say("Stopped.")


def _stop(*_: object) -> NoReturn:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # one is enough
    raise _Stopped


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Two programs on one data folder would send everything twice."""
    with (settings.data_dir / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError(
                f"already running with {settings.data_dir}; TANYADULU_DATA_DIR chooses another"
            ) from error
        yield


def _check_port(settings: Settings) -> None:
    host, port = settings.tanyadulu_host, settings.tanyadulu_port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"port {port} is in use; end the other program or set TANYADULU_PORT"
                ) from error
            raise CommandError(f"cannot listen on {host}:{port}: {error.strerror}") from error


def free_port() -> int:
    """A loopback port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _warn(settings: Settings) -> None:
    if not settings.master_keys:
        say(
            f"Warning: MASTER_KEYS is not set; the key in {settings.data_dir / 'master.key'} "
            "is used (made now if need be). Keep a copy elsewhere: without it nothing can be read."
        )
    if settings.tanyadulu_practice:
        say("Practice mode: every first answer says LATIHAN.")


def plan(settings: Settings) -> tuple[list[Program], dict[str, str]]:
    """The programs to start, in order, and the addresses that answer when each is ready.

    A Rasa or an action server that settings name is somebody else's to start.
    """
    key = settings.tanyadulu_rasa_key or kept_key(settings.data_dir / "rasa.key")
    service = str(ENVIRONMENTS["service"].python)
    programs: list[Program] = []
    ready: dict[str, str] = {}
    rasa_urls = settings.rasa_urls
    actions_url = settings.tanyadulu_actions_url
    if not rasa_urls:
        if not actions_url:
            port = free_port()
            actions_url = f"http://127.0.0.1:{port}/webhook"
            command = [service, "-m", "actions", "--port", str(port)]
            environment = bare_environment(SANIC_HOST="127.0.0.1")
            programs.append(Program("actions", command, environment))
            ready["actions"] = f"http://127.0.0.1:{port}/health"
        port = free_port()
        rasa_urls = (f"http://127.0.0.1:{port}",)
        environment = rasa_environment(TANYADULU_RASA_KEY=key, TANYADULU_ACTIONS_URL=actions_url)
        programs.insert(0, Program("rasa", _rasa_command(port), environment))
        ready["rasa"] = f"{rasa_urls[0]}/"
    server = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "RASA_URLS": ",".join(rasa_urls),
        "TANYADULU_RASA_KEY": key,
    }
    programs.append(Program("watch", [service, "-m", "bot.cli", "watch"], server))
    programs.append(Program("server", [service, "-m", "bot.cli", "serve"], server))
    ready["server"] = f"{_local_url(settings)}readyz"
    return programs, ready


def _rasa_command(port: int) -> list[str]:
    command = [str(ENVIRONMENTS["rasa"].python), "-m", "rasa", "run"]
    command += ["-i", "127.0.0.1", "-p", str(port), "--model", str(ARCHIVE)]
    return [*command, "--credentials", "credentials.yml", "--endpoints", "endpoints.yml"]


def _local_url(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.tanyadulu_port}/"


def _supervise(settings: Settings) -> None:
    programs, ready = plan(settings)
    logs = settings.data_dir / "logs"
    for program in programs:
        rotate(logs / f"{program.name}.log")
    children = [Child(program, logs) for program in programs]
    state = settings.data_dir / "up.json"
    try:
        for child in children:
            child.start()
        _write_state(state, settings, ready, children)
        _await_ready(children, ready)
        _check_model(children, ready)
        print(f"Ready: {_local_url(settings)}", flush=True)
        screens = [ScreenPages(logs / f"{name}.log") for name in ("server", "watch")]
        while True:
            for page in chain.from_iterable(screen.new() for screen in screens):
                print(page, flush=True)
            for child in children:
                if line := child.tend():
                    say(line)
                    _write_state(state, settings, ready, children)
            time.sleep(_TICK_SECONDS)
    finally:
        _end(children)
        state.unlink(missing_ok=True)


def _await_ready(children: Sequence[Child], ready: Mapping[str, str]) -> None:
    waiting, shown = dict(ready), ""
    deadline = time.monotonic() + GIVE_UP_SECONDS
    with progress("Starting") as show, httpx2.Client(timeout=2, trust_env=False) as client:
        while waiting:
            for child in children:
                if line := child.tend():
                    say(line)
                if child.deaths >= GIVE_UP_DEATHS or time.monotonic() > deadline:
                    words = " | ".join(filter(None, child.last_words().splitlines()))
                    raise CommandError(
                        f"{child.program.name} does not start (its log: {child.log}): {words}"
                    )
            waiting = {name: url for name, url in waiting.items() if not _answers(client, url)}
            if waiting:
                if shown != (shown := ", ".join(waiting)):
                    show(f"waiting for {shown}")
                time.sleep(_TICK_SECONDS)


def _check_model(children: Sequence[Child], ready: Mapping[str, str]) -> None:
    """Rasa says that it is up even when it could not load its model; its channel knows better."""
    rasa = next((child for child in children if child.program.name == "rasa"), None)
    if rasa is None:
        return
    url = f"{ready['rasa']}webhooks/gateway/turn"
    headers = {"X-Gateway-Key": rasa.program.environment["TANYADULU_RASA_KEY"]}
    # No turn at all: 422 from a channel that is ready, 503 from one that is not.
    answer = httpx2.post(url, headers=headers, json={}, trust_env=False)
    if answer.status_code != 422:
        raise CommandError(
            f"Rasa cannot use the model: run ./tanyadulu train --force (its log: {rasa.log})"
        )


def _answers(client: httpx2.Client, url: str) -> bool:
    try:
        return client.get(url).status_code == 200
    except httpx2.HTTPError:
        return False


def _write_state(
    path: Path, settings: Settings, ready: Mapping[str, str], children: Sequence[Child]
) -> None:
    """Where everything is, for `chat`, `doctor` and the tests."""
    state = {
        "pid": os.getpid(),
        "url": _local_url(settings),
        "ready": dict(ready),
        "children": {child.program.name: child.pid for child in children},
    }
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(state), encoding="utf-8")
    new.replace(path)


def _end(children: Sequence[Child]) -> None:
    """The server first, while what it needs is still there; then the others together."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.stdout.flush()
    server, others = children[-1], children[:-1]
    server.ask_to_stop()
    server.make_stop(time.monotonic() + SERVER_STOPS_SECONDS)
    for child in others:
        child.ask_to_stop()
    deadline = time.monotonic() + OTHERS_STOP_SECONDS
    for child in others:
        child.make_stop(deadline)
