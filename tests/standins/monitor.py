"""A heartbeat monitor in the test's own process: it hears pings and wakes nobody."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORD = "secret-word"
"""Part of the address: as with real monitors, whoever knows it can ping."""


@dataclass
class Monitor:
    """Where pings go, and when they came; `status` is what they are answered with."""

    url: str = ""
    status: int = 200
    heard: list[float] = field(default_factory=list)

    def await_ping(self, seconds: float) -> None:
        """Until one more ping has come."""
        count, deadline = len(self.heard), time.monotonic() + seconds
        while len(self.heard) == count:
            assert time.monotonic() < deadline, f"no ping in {seconds} s"
            time.sleep(0.05)

    def await_silence(self, within: float, lasting: float = 4.0) -> float:
        """Until none has come for some seconds; how long after the call the last one came."""
        began = time.monotonic()
        while True:
            last = max(self.heard[-1] if self.heard else began, began)
            if time.monotonic() - last >= lasting:
                return last - began
            assert last - began < within, f"still pings after {within} s"
            time.sleep(0.05)


@contextmanager
def monitor(status: int = 200) -> Iterator[Monitor]:
    """One that listens on loopback."""
    made = Monitor(status=status)

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.heard.append(time.monotonic())
            self.send_response(made.status)
            self.send_header("Location", made.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    made.url = f"http://127.0.0.1:{server.server_port}/ping/{WORD}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
