"""The web chat: its page and its API."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import json
import math
import secrets
from functools import partial
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.bootstrap import App
from bot.domain.channels import WEB
from bot.domain.conversation import Conversation, HandledBy, tap_code
from bot.domain.messages import Author, InboundMessage, Line
from bot.services.duty import is_practice
from bot.store.unit_of_work import SqlUnitOfWork
from channels.inbound import clean, take_in
from channels.requests import BadRequestError, read_body

LONGEST_SENDER = 200
LONGEST_WAIT_SECONDS = 25.0
LOOK_AGAIN_SECONDS = 2.0
STATIC = Path(__file__).with_name("static")
PAGE_ROOT = '<html lang="id">'
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def mint_sender(app: App) -> str:
    """A new secret of 128 random bits with a mark that shows that this server made it."""
    secret = secrets.token_hex(16)
    return f"{secret}.{_mark(app, secret)}"


def _mark(app: App, secret: str) -> str:
    return app.database.vault.lookup("web_sender", secret)[:32]


def may_use(app: App, request: Request, sender: str) -> bool:
    """Whether this sender may write: minted here, or made up by a program on this machine."""
    secret, _, mark = sender.partition(".")
    if mark and hmac.compare_digest(mark.encode(), _mark(app, secret).encode()):
        return True
    return _is_loopback(request)


def _is_loopback(request: Request) -> bool:
    # Behind a proxy on this machine every caller seems local: then nobody counts as local.
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def read_json(request: Request) -> dict[str, Any]:
    """The JSON object of a body; BadRequestError for anything else."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BadRequestError(415, "send application/json")
    body = await read_body(request)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequestError(400, "not valid JSON") from error
    if not isinstance(data, dict):
        raise BadRequestError(400, "send a JSON object")
    return data


def routes(app: App) -> list[BaseRoute]:
    """The routes of the web channel."""

    async def page(_request: Request) -> Response:
        html = await asyncio.to_thread((STATIC / "chat.html").read_text, "utf-8")
        if await app.read(lambda uow: is_practice(uow, app.office)):
            html = html.replace(PAGE_ROOT, f"{PAGE_ROOT[:-1]} data-practice>", 1)
        return HTMLResponse(html, headers=PAGE_HEADERS)

    async def new_session(_request: Request) -> Response:
        return JSONResponse({"sender": mint_sender(app)}, status_code=201)

    async def post_message(request: Request) -> Response:
        data = await read_json(request)
        sender = _sender(app, request, data.get("sender"))
        text = data.get("text")
        if not isinstance(text, str):
            raise BadRequestError(400, "text must be a string")
        final = data.get("final", False)
        if not isinstance(final, bool):
            raise BadRequestError(400, "final must be true or false")
        client_id = data.get("client_id") or secrets.token_hex(16)
        if not isinstance(client_id, str) or len(client_id) > LONGEST_SENDER:
            raise BadRequestError(400, "client_id must be a short string")
        message = InboundMessage(
            WEB, json.dumps([sender, clean(client_id)]), sender, clean(text), final
        )
        received = await take_in(app, message)
        answer = {"message_id": received.message_id, "turn_id": received.turn_id}
        return JSONResponse(answer, status_code=202)

    async def get_messages(request: Request) -> Response:
        sender = _sender(app, request, request.query_params.get("sender"))
        after = request.query_params.get("after", "")
        wait = _wait_seconds(request.query_params.get("wait", "0"))
        return JSONResponse(await _poll(app, sender, after, wait))

    return [
        Route("/", page),
        Route("/api/web/sessions", new_session, methods=["POST"]),
        Route("/api/web/messages", post_message, methods=["POST"]),
        Route("/api/web/messages", get_messages, methods=["GET"]),
        # The page itself comes with its headers from "/" only.
        Route("/static/chat.html", _nothing),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


def _wait_seconds(text: str) -> float:
    try:
        wait = float(text)
    except ValueError as error:
        raise BadRequestError(400, "wait must be a number of seconds") from error
    if not math.isfinite(wait):
        raise BadRequestError(400, "wait must be a number of seconds")
    return min(wait, LONGEST_WAIT_SECONDS)


async def _nothing(_request: Request) -> Response:
    raise HTTPException(404)


def _sender(app: App, request: Request, sender: object) -> str:
    if not isinstance(sender, str) or not 0 < len(sender) <= LONGEST_SENDER:
        raise BadRequestError(400, "sender is missing")
    sender = clean(sender)
    if not sender or not may_use(app, request, sender):
        raise BadRequestError(404, "unknown sender")
    return sender


async def _poll(app: App, sender: str, after: str, wait_seconds: float) -> dict[str, Any]:
    """What is new after a message; waits for it, up to `wait_seconds`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait_seconds
    while True:
        known = await app.read(lambda uow: uow.conversations.find_sender(WEB, sender))
        topic = WEB if known is None else known.id
        since = app.wakes.count(topic)
        news = await app.read(partial(_news, known=known, after=after))
        left = deadline - loop.time()
        if news["messages"] or left <= 0:
            return news
        # Not for long: another process may have written without waking this one.
        await app.wakes.wait(topic, min(left, LOOK_AGAIN_SECONDS), since)


def _news(uow: SqlUnitOfWork, known: Conversation | None, after: str) -> dict[str, Any]:
    if known is None:
        return {"messages": [], "open_turns": 0, "case": None, "handled_by": HandledBy.BOT}
    known = uow.conversations.get(known.id)
    after_seq = uow.conversations.seq_of(known.id, after) or 0 if after else 0
    lines = uow.lines.of(known, after_seq)
    case = None if known.case_id is None else uow.cases.get(known.case_id).reference
    return {
        "messages": [_message(line) for line in lines],
        "open_turns": uow.turns.open_count(known.id),
        "case": case,
        "handled_by": known.handled_by,
    }


def _message(line: Line) -> dict[str, Any]:
    speaker = line.author if line.author is not Author.PERSON else "person"
    return {
        "id": line.id,
        "turn_id": line.turn_id,
        "from": speaker,
        "text": line.text,
        "buttons": [
            {"title": button.title, "payload": tap_code(line.id, index)}
            for index, button in enumerate(line.buttons)
        ],
    }
