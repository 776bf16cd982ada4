"""What the stand-ins share: a small threaded HTTP server that can also misbehave.

A provider's stand-in subclasses `StandIn`. Tests talk to it at `/control/<name>` with JSON:
each method `control_<name>` of the stand-in is one such call.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

MOST_WAITING = 1024
"""Connections that may wait to be accepted, so that a storm of calls refuses none."""


@dataclass(frozen=True)
class Request:
    """A call as it came in; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        """The body as a form, with blank values kept."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class DroppedError(Exception):
    """The connection dies without an answer."""


@dataclass
class Call:
    """One call of the API, before any fault was applied; `params` as the provider reads them."""

    name: str
    params: dict[str, Any]
    at: float
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Fault:
    """What goes wrong with the next calls that fit.

    `kind`: `status` (answer `status` with `body`), `hang` (answer after `seconds`), `drop`
    (recorded, carried out, then the connection dies without an answer) or `refuse` (the
    connection dies before anything is carried out). `name` and `match` choose the calls,
    empty for all; `times` is how many, -1 for all to come.
    """

    kind: str
    name: str = ""
    match: dict[str, str] = field(default_factory=dict)
    times: int = 1
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def fits(self, name: str, params: Mapping[str, Any]) -> bool:
        """Whether it concerns this call."""
        if self.times == 0 or (self.name and self.name != name):
            return False
        return all(str(params.get(key)) == value for key, value in self.match.items())


class StandIn:
    """The state of one provider; subclasses answer its calls."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.over = threading.Event()

    def answer(self, request: Request) -> Answer:
        """Answer a call of the provider's API."""
        raise NotImplementedError

    def seconds(self) -> float:
        """The provider's clock, in seconds since 1970; what its answers are dated with."""
        return time.time()

    def record(
        self, name: str, params: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Fault | None:
        """Write a call down; the fault that it meets, if any."""
        with self.lock:
            self.calls.append(Call(name, dict(params), time.time(), dict(headers or {})))
            for fault in self.faults:
                if fault.fits(name, params):
                    fault.times -= fault.times > 0
                    return fault
        return None

    def control_calls(self, *, name: str = "", after: int = 0) -> list[dict[str, Any]]:
        """The calls so far, of one name when told, without the first `after`."""
        with self.lock:
            return [asdict(call) for call in self.calls if name in ("", call.name)][after:]

    def control_fail(self, **fault: Any) -> int:
        """Let calls go wrong from now on; returns how many faults wait."""
        with self.lock:
            self.faults.append(Fault(**fault))
            return len(self.faults)

    def control_mend(self) -> bool:
        """Nothing goes wrong any more."""
        with self.lock:
            self.faults.clear()
        return True


class _Server(ThreadingHTTPServer):
    request_queue_size = MOST_WAITING
    daemon_threads = True

    def __init__(self, port: int, stand_in: StandIn) -> None:
        self.stand_in = stand_in
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _serve(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("content-length") or 0)
        request = Request(
            self.command,
            url.path,
            dict(parse_qsl(url.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
        )
        try:
            if url.path.startswith("/control/"):
                answer = self._control(url.path.removeprefix("/control/"), request)
            else:
                answer = self.server.stand_in.answer(request)
        except DroppedError:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _control(self, name: str, request: Request) -> Answer:
        told = request.json() if request.body else {}
        try:
            result = getattr(self.server.stand_in, f"control_{name}")(**told)
        except Exception as error:  # noqa: BLE001  # the test that asked gets to see it
            return Answer(500, json.dumps(f"{type(error).__name__}: {error}").encode())
        return Answer(200, json.dumps(result).encode())

    do_GET = do_POST = do_DELETE = do_PUT = _serve  # noqa: N815  # the base class's names

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date of an answer, by the provider's clock."""
        return super().date_time_string(timestamp or self.server.stand_in.seconds())

    def log_message(self, *_: Any) -> None:
        """Tests read the record of calls instead."""


def serve(stand_in: StandIn, port: int) -> None:
    """Answer until the process ends, or the one that started it."""
    server = _Server(port, stand_in)
    threading.Thread(target=_end_with, args=(os.getppid(), server), daemon=True).start()
    try:
        server.serve_forever(0.05)
    finally:
        stand_in.over.set()
        server.server_close()


def _end_with(parent: int, server: _Server) -> None:
    """A test run that was killed leaves no stand-in behind."""
    while os.getppid() == parent:
        time.sleep(1)
    server.shutdown()


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The command line that every stand-in understands."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, required=True)
    return parser
