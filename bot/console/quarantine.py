"""Requests that were refused at the door: everybody sees how many, supervisors decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.bootstrap import App
from bot.console import message_words, views, words
from bot.console.pages import Pages
from bot.domain.messages import InboundMessage
from bot.domain.staff import Staff
from bot.services import quarantine
from bot.services.quarantine import Intake
from bot.services.takeover import RefusedError
from bot.store.quarantine import QuarantineState, Refused
from bot.store.unit_of_work import SqlUnitOfWork

PLACE = "/console/quarantine"
PARTS = ("waiting", "tabs", "refused")
MOST_SHOWN = 50
MOST_SETTLED = 10
LONGEST_BODY = 2000
DECIDED = {
    QuarantineState.HELD: "ditahan",
    QuarantineState.RELEASED: "Dimasukkan",
    QuarantineState.DROPPED: "Dibuang",
}


@dataclass(frozen=True)
class RefusedView:
    """A refused request, ready to be read; `body` for supervisors only."""

    id: str
    channel: str
    reason: str
    at: str
    age: str
    times: int
    decided: str = ""
    readable: bool = False
    sender: str = field(default="", repr=False)
    said: str = field(default="", repr=False)
    body: str = field(default="", repr=False)
    cut: bool = False


class QuarantinePage:
    """The list of refused requests, and the decisions about them."""

    def __init__(self, app: App, pages: Pages, intake: Intake) -> None:
        self._app = app
        self._pages = pages
        self._intake = intake

    async def show(self, request: Request, member: Staff) -> Response:
        """What is held, kept up to date."""

        async def read() -> Mapping[str, Any]:
            return await self._read(member)

        return await self._pages.follow(request, self._app.wakes, "quarantine.html", PARTS, read)

    async def _read(self, member: Staff, problem: str = "") -> Mapping[str, Any]:
        return await self._app.read(partial(self._context, member, problem))

    def _context(self, member: Staff, problem: str, uow: SqlUnitOfWork) -> Mapping[str, Any]:
        top = views.top(uow, member, self._app.office, self._app.clock.now())
        labels = {each.id: each.label for each in uow.staff.everyone()}
        # Who may not decide sees how many and why, so that a wrong setting is noticed by all.
        held = [self._view(each, top.supervises) for each in uow.quarantine.held(MOST_SHOWN)]
        settled = uow.quarantine.settled(MOST_SETTLED) if top.supervises else ()
        return {
            "top": top,
            "tab": "quarantine",
            "problem": problem,
            "requests": held,
            "cut": top.refused > len(held),
            "settled": [self._settled(each, labels) for each in settled],
        }

    def _view(self, refused: Refused, supervises: bool, decided: str = "") -> RefusedView:
        now = self._app.clock.now()
        body = refused.body.decode("utf-8", "replace") if supervises else ""
        message = self._message(refused) if supervises else None
        return RefusedView(
            id=refused.id,
            channel=message_words.channel_name(refused.channel),
            reason=message_words.refusal(refused.reason),
            at=words.moment(refused.at, now, self._app.office),
            age=words.age(refused.at, now),
            times=refused.times,
            decided=decided,
            readable=message is not None,
            sender="" if message is None else message.sender,
            said="" if message is None else _said(message),
            body=_printable(body[:LONGEST_BODY]),
            cut=len(body) > LONGEST_BODY,
        )

    def _settled(self, refused: Refused, labels: Mapping[str, str]) -> RefusedView:
        now = self._app.clock.now()
        at = words.moment(refused.settled_at or refused.at, now, self._app.office)
        by = labels.get(refused.settled_by or "", "")
        return self._view(refused, False, f"{DECIDED[refused.state]} oleh {by}, {at}")

    def _message(self, refused: Refused) -> InboundMessage | None:
        try:
            return quarantine.message_in(refused, self._intake)
        except RefusedError:
            return None

    async def act(self, request: Request, member: Staff) -> Response:
        """Let one in after all, or drop it; a second time changes nothing."""
        row_id, act = request.path_params["row_id"], request.path_params["act"]
        steps = {"release": self._release, "drop": self._drop}
        if act not in steps:
            raise HTTPException(404)
        try:
            await steps[act](member, row_id)
        except PermissionError as error:
            raise HTTPException(403) from error
        except KeyError as error:
            raise HTTPException(404) from error
        except RefusedError as refused:
            context = await self._read(member, str(refused))
            return self._pages.show("quarantine.html", context, PARTS, 409)
        return RedirectResponse(PLACE, 303)

    async def _release(self, member: Staff, row_id: str) -> None:
        """Taken in by the way of all messages, and marked in the same transaction."""
        app, wanted = self._app, QuarantineState.RELEASED
        refused = await app.read(lambda uow: quarantine.undecided(uow, member, row_id, wanted))
        if refused is None:
            return
        await self._intake.take_in(
            quarantine.message_in(refused, self._intake),
            lambda uow: quarantine.let_in(uow, member, row_id, app.office, app.clock.now()),
        )

    async def _drop(self, member: Staff, row_id: str) -> None:
        app = self._app
        await app.write(lambda uow: quarantine.drop(uow, member, row_id, app.clock.now()))


def _said(message: InboundMessage) -> str:
    """What the person would say with it, as it claims."""
    kind = "" if message.kind is None else message_words.KINDS[message.kind]
    return _printable("\n".join(part for part in (kind, message.text, message.detail) if part))


def _printable(text: str) -> str:
    """The text without what could turn its direction or hide in it."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in text)
