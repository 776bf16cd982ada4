"""A scripted stand-in for the server: the page, its two files and the three calls of the web channel.

It keeps messages as the real server does (one per `client_id`, the title of a tapped
button as the text) and can be told to fail in the ways a bad line fails.
"""

import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

STATIC = Path(__file__).parents[2] / "channels" / "static"
FILES = {
    "/": ("chat.html", "text/html; charset=utf-8"),
    "/static/chat.css": ("chat.css", "text/css; charset=utf-8"),
    "/static/chat.js": ("chat.js", "text/javascript; charset=utf-8"),
    "/static/icon.svg": ("icon.svg", "image/svg+xml"),
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Reply:
    """What the bot or a person of the staff answers: text and titles of its options."""

    text: str
    options: tuple[str, ...] = ()
    speaker: str = "bot"


@dataclass
class StandIn:
    """One server on a free loopback port; use it as a context manager.

    `answer` maps a stored text to replies. `faults` holds one entry per coming POST of a
    message: an HTTP status, `"drop"` (the line dies before it is stored) or `"lose"`
    (stored, but the answer is lost). `hold` leaves turns open, as if the bot still typed.
    """

    answer: Callable[[str], list[Reply]] = lambda text: [Reply(f"Jawaban untuk: {text}")]
    faults: list[int | str] = field(default_factory=list)
    hold: bool = False
    senders: list[str] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    polls_fail: bool = False

    def __enter__(self) -> Self:
        """Starts to listen."""
        self._changed = threading.Condition()
        self._stopped = False
        self._stored: dict[str, dict[str, Any]] = {}
        self._titles: dict[str, str] = {}
        self._open = 0
        handler = type("BoundHandler", (_Handler,), {"stand_in": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends every held poll, then the server."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def own_texts(self) -> list[str]:
        """The texts of the person, in the order in which they were stored."""
        return [message["text"] for message in self.messages if message["from"] == "person"]

    def forget_sessions(self) -> None:
        """From now on every session that was handed out is unknown."""
        with self._changed:
            self.senders.clear()
            self.messages.clear()
            self._changed.notify_all()

    def say(self, reply: Reply, turn: str = "t0") -> None:
        """Adds a message of the bot or of the staff, as if it came by itself."""
        with self._changed:
            buttons = []
            for number, title in enumerate(reply.options, 1):
                payload = f"b:{secrets.token_hex(4)}:{number}"
                self._titles[payload] = title
                buttons.append({"title": title, "payload": payload})
            self._add({"turn_id": turn, "from": reply.speaker, "text": reply.text}, buttons)

    def release(self) -> None:
        """Ends the open turns without an answer."""
        with self._changed:
            self._open = 0
            self._changed.notify_all()

    def start_session(self) -> tuple[int, dict[str, Any]]:
        """POST /api/web/sessions."""
        self.senders.append(secrets.token_urlsafe(24))
        return 201, {"sender": self.senders[-1]}

    def store(self, data: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """POST /api/web/messages: one message per client_id, however often it is sent."""
        if data["sender"] not in self.senders:
            return 404, {"error": "unknown sender"}
        with self._changed:
            stored = self._stored.get(data["client_id"])
            if stored is None:
                turn = f"t{len(self._stored) + 1}"
                text = self._titles.get(data["text"], data["text"])
                stored = self._add({"turn_id": turn, "from": "person", "text": text}, [])
                self._stored[data["client_id"]] = stored
                if self.hold:
                    self._open += 1
                else:
                    for reply in self.answer(text):
                        self.say(reply, turn)
        return 202, {"message_id": stored["id"], "turn_id": stored["turn_id"]}

    def poll(self, query: Mapping[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """GET /api/web/messages: answers at once when there is something new, else waits."""
        after = query.get("after", [None])[0]
        until = time.monotonic() + float(query.get("wait", ["0"])[0])
        with self._changed:
            was_open = self._open
            while not self._stopped:
                if query["sender"][0] not in self.senders:
                    return 404, {"error": "unknown sender"}
                ids = [message["id"] for message in self.messages]
                fresh = self.messages[ids.index(after) + 1 if after in ids else 0 :]
                if fresh or self._open != was_open or time.monotonic() >= until:
                    return 200, {"messages": list(fresh), "open_turns": self._open}
                self._changed.wait(until - time.monotonic())
        return 503, {"error": "stopped"}

    def _add(self, message: dict[str, Any], buttons: list[dict[str, str]]) -> dict[str, Any]:
        stored = {"id": f"m{len(self.messages) + 1:04}", **message, "buttons": buttons}
        self.messages.append(stored)
        self._changed.notify_all()
        return stored


class _Handler(BaseHTTPRequestHandler):
    """Routes requests to the stand-in; `stand_in` is bound in a subclass."""

    stand_in: StandIn

    def do_GET(self) -> None:
        """The page, its files, and the poll."""
        url = urlsplit(self.path)
        if url.path in FILES:
            name, kind = FILES[url.path]
            self._answer(200, (STATIC / name).read_bytes(), kind)
        elif self.stand_in.polls_fail:
            self._json(503, {"error": "busy"})
        else:
            self._json(*self.stand_in.poll(parse_qs(url.query)))

    def do_POST(self) -> None:
        """A new session, or a message that may meet a fault."""
        data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/web/sessions":
            self._json(*self.stand_in.start_session())
            return
        self.stand_in.posts.append(data)
        fault = self.stand_in.faults.pop(0) if self.stand_in.faults else None
        if isinstance(fault, int):
            self._json(fault, {"error": "told to fail"})
            return
        answer = self.stand_in.store(data) if fault != "drop" else (0, {})
        if fault is None:
            self._json(*answer)
        else:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        """Says nothing: the test's own output is the log."""

    def _json(self, status: int, body: Mapping[str, Any]) -> None:
        self._answer(status, json.dumps(body).encode(), "application/json")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True  # the page gave up waiting
