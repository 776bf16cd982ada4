"""Talk to the running server through the web channel, as a person would."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.cli.common import CommandError, load_settings, read_running
from bot.cli.jsonl import LineError, answer_each

TURN_SECONDS = 60.0
"""Longer than the worker tries one turn while Rasa is up."""
WAIT_SECONDS = 20
_NAMES = {"bot": "TanyaDulu", "human": "Petugas"}


@dataclass
class WebChat:
    """The web channel of a running server."""

    url: str
    client: httpx2.Client = field(repr=False)

    def new_sender(self) -> str:
        """A sender that the server made."""
        return str(self._call("POST", "sessions")["sender"])

    def send(self, sender: str, text: str, *, final: bool) -> str:
        """Say something; the id of the turn that answers it."""
        # With an id of our own a repeat after a lost answer is recognised.
        body = {"sender": sender, "text": text, "final": final, "client_id": secrets.token_hex(16)}
        return str(self._call("POST", "messages", json=body)["turn_id"])

    def news(self, sender: str, after: str, wait: float) -> dict[str, Any]:
        """What was said after a message; waits for something to be said."""
        query = {"sender": sender, "after": after, "wait": str(wait)}
        return self._call("GET", "messages", params=query)

    def _call(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        try:
            answer = self.client.request(method, f"{self.url}api/web/{path}", **content)
        except httpx2.HTTPError as error:
            raise CommandError(
                f"no server answers at {self.url}; start it with `make run`"
            ) from error
        try:
            data: dict[str, Any] = answer.json()
        except ValueError:
            data = {}
        if answer.status_code >= 400:
            raise LineError(data.get("error") or f"status {answer.status_code}")
        return data


def run(*, jsonl: bool) -> None:
    """Chat until the input ends."""
    settings = load_settings()
    url = read_running(settings).get("url") or f"http://127.0.0.1:{settings.tanyadulu_port}/"
    with httpx2.Client(timeout=WAIT_SECONDS + 10, trust_env=False) as client:
        chat = WebChat(url, client)
        if jsonl:
            seen: dict[str, str] = {}
            answer_each({"sender": str, "text": str}, lambda asked: _turn(chat, asked, seen))
        else:
            _talk(chat)


def _turn(chat: WebChat, asked: dict[str, Any], seen: dict[str, str]) -> dict[str, Any]:
    """Say one thing and wait until it has been dealt with; `seen` is the last line by sender."""
    sender = asked["sender"]
    earlier = chat.news(sender, seen.get(sender, ""), 0)["messages"]
    after = earlier[-1]["id"] if earlier else seen.get(sender, "")
    chat.send(sender, asked["text"], final=True)
    deadline = time.monotonic() + TURN_SECONDS
    news = chat.news(sender, after, 0)
    while news["open_turns"]:
        if time.monotonic() > deadline:
            raise LineError(f"no answer within {TURN_SECONDS:.0f} s")
        last = news["messages"][-1]["id"] if news["messages"] else after
        chat.news(sender, last, 1)  # returns as soon as something is said
        news = chat.news(sender, after, 0)
    seen[sender] = news["messages"][-1]["id"] if news["messages"] else after
    return {
        "sender": sender,
        "replies": [
            {"text": message["text"], "buttons": message["buttons"]}
            for message in news["messages"]
            if message["from"] != "person"
        ],
        "case": news["case"],
        "handled_by": news["handled_by"],
    }


def _talk(chat: WebChat) -> None:
    """For a person at the terminal: whatever is said appears as it comes."""
    console = Console()
    sender = chat.new_sender()
    console.print("[dim]Type a message; a number or the title chooses. Ctrl-D ends.[/dim]")
    over = threading.Event()

    def listen() -> None:
        try:
            for message in _said(chat, sender, over):
                console.print(_bubble(message))
        except (CommandError, LineError) as error:
            console.print(f"[red]{error}[/red]")

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        while listener.is_alive():
            text = console.input("> ")
            if text.strip():
                _say(chat, sender, text, console)
    except EOFError:
        console.print()
    finally:
        over.set()


def _say(chat: WebChat, sender: str, text: str, console: Console) -> None:
    try:
        chat.send(sender, text, final=False)
    except LineError as error:
        console.print(f"[red]{error}[/red]")


def _said(chat: WebChat, sender: str, over: threading.Event) -> Iterator[dict[str, Any]]:
    after = ""
    while not over.is_set():
        for message in chat.news(sender, after, WAIT_SECONDS)["messages"]:
            after = message["id"]
            if message["from"] != "person":
                yield message


def _bubble(message: dict[str, Any]) -> Panel:
    lines = [message["text"]]
    lines += [f"{number} {each['title']}" for number, each in enumerate(message["buttons"], 1)]
    return Panel(Text("\n".join(lines)), title=_NAMES[message["from"]], title_align="left")
