"""Each member's own ways to be woken: added, proved by a code, ordered, tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import confirming
from bot.bootstrap import App
from bot.console import contact_words, views, words
from bot.console.forms import Spent, read_form
from bot.console.pages import Pages
from bot.domain.staff import Contact, Staff
from bot.domain.staff_contacts import TELEGRAM_STAFF
from bot.gateways.telegram import TelegramDownError
from bot.gateways.telegram_staff import TelegramStaff
from bot.services import contacts, page_trials
from bot.services.contacts import LONGEST_AFTER, ContactError, Unproved
from bot.services.duty import active_staff
from bot.store.unit_of_work import SqlUnitOfWork

PLACE = "/console/contacts"
MOVES = {"up": -1, "down": 1}
WRONG_CODE = "Kodenya tidak cocok, atau sudah lewat 15 menit. Periksa lagi, atau minta kode baru."
PARTS = ("waiting", "tabs", "contacts", "trial", "team")


@dataclass(frozen=True)
class ContactView:
    """A contact as its owner sees it; `problem` is why it does not ring just now."""

    id: str
    channel: str
    proved: bool
    waits: bool
    is_chat: bool
    after_minutes: int
    is_first: bool
    is_last: bool
    address: str = field(repr=False)
    problem: str = ""


@dataclass(frozen=True)
class TrialLine:
    """What became of a trial, at what time, on which channel."""

    at: str
    channel: str
    what: str


@dataclass(frozen=True)
class Covered:
    """A member as supervisors see them: the channels that would ring, and none of the numbers."""

    label: str
    channels: str


class Contacts:
    """The page of one's own contacts; supervisors see as well who cannot be woken."""

    def __init__(self, app: App, pages: Pages) -> None:
        self._app = app
        self._pages = pages
        self._spent = Spent()
        self._bot_name = ""

    async def show(self, request: Request, member: Staff) -> Response:
        """The list, kept up to date: a code may be answered from the phone itself."""

        async def read() -> Mapping[str, Any]:
            return await self._app.read(partial(self._read, member))

        return await self._pages.follow(request, self._app.wakes, "contacts.html", PARTS, read)

    def _read(
        self,
        member: Staff,
        uow: SqlUnitOfWork,
        *,
        problem: str = "",
        waiting: Unproved | None = None,
        typed: str = "",
        picked: str = "",
    ) -> Mapping[str, Any]:
        now, office = self._app.clock.now(), self._app.office
        channels = [name for name in contact_words.CHANNELS if name in office.page_channels]
        top = views.top(uow, member, office, now)
        return {
            "top": top,
            "tab": "contacts",
            "problem": problem,
            "typed": typed,
            "picked": picked,
            "waiting": waiting,
            "link": self._link(waiting),
            "bot": self._bot_name,
            "contacts": self._contacts(uow, member),
            "channels": [(name, contact_words.channel(name)) for name in channels],
            "longest_after": LONGEST_AFTER,
            "trial": [
                TrialLine(
                    words.moment(line.at, now, office),
                    contact_words.channel(line.channel),
                    contact_words.event(line.event, line.reason),
                )
                for line in page_trials.record(uow, member)
            ],
            "team": self._team(uow) if top.supervises else [],
        }

    def _contacts(self, uow: SqlUnitOfWork, member: Staff) -> list[ContactView]:
        now, office = self._app.clock.now(), self._app.office
        known = uow.staff.contacts(member.id)
        return [
            ContactView(
                id=each.id,
                channel=contact_words.channel(each.channel),
                proved=each.verified_at is not None,
                waits=each.verified_at is None
                and each.code_until is not None
                and each.code_until > now,
                is_chat=each.channel == TELEGRAM_STAFF,
                after_minutes=each.after_minutes,
                is_first=number == 0,
                is_last=number == len(known) - 1,
                address="" if each.channel == TELEGRAM_STAFF else each.address,
                problem=_problem(each, office.page_channels),
            )
            for number, each in enumerate(known)
        ]

    def _team(self, uow: SqlUnitOfWork) -> list[Covered]:
        reached = self._app.office.page_channels
        return [
            Covered(
                each.label,
                ", ".join(
                    dict.fromkeys(
                        contact_words.channel(contact.channel)
                        for contact in uow.staff.contacts(each.id)
                        if contact.verified_at is not None and contact.channel in reached
                    )
                ),
            )
            for each in active_staff(uow)
            if not each.robot
        ]

    def _link(self, waiting: Unproved | None) -> str:
        if waiting is None or waiting.channel != TELEGRAM_STAFF or not self._bot_name:
            return ""
        return f"https://t.me/{quote(self._bot_name)}?start={quote(waiting.code)}"

    async def act(self, request: Request, member: Staff) -> Response:
        """Do one step; a refusal shows the page again with the reason and what was typed."""
        contact_id = request.path_params.get("contact_id", "")
        act = request.path_params["act"]
        form = await read_form(request)
        form_id = form.get("form_id", "")[:64]
        if not self._spent.spend(member.id, form_id):
            return RedirectResponse(PLACE, 303)
        try:
            waiting = await self._do(act, contact_id, member, form)
        except ContactError as refused:
            self._spent.give_back(member.id, form_id)
            return await self._again(member, form, problem=str(refused), status=409)
        except Exception:
            self._spent.give_back(member.id, form_id)
            raise
        if waiting is not None and waiting.channel == TELEGRAM_STAFF:
            # The word is shown once; nothing but its hash is kept.
            await self._learn_bot_name()
            return await self._again(member, {}, waiting=waiting)
        return RedirectResponse(PLACE, 303)

    async def _again(
        self,
        member: Staff,
        form: Mapping[str, str],
        *,
        problem: str = "",
        waiting: Unproved | None = None,
        status: int = 200,
    ) -> Response:
        context = await self._app.read(
            partial(
                self._read,
                member,
                problem=problem,
                waiting=waiting,
                typed=form.get("address", ""),
                picked=form.get("channel", ""),
            )
        )
        return self._pages.show("contacts.html", context, PARTS, status)

    async def _do(
        self, act: str, contact_id: str, member: Staff, form: Mapping[str, str]
    ) -> Unproved | None:
        app, now = self._app, self._app.clock.now()
        if act == "add":
            return await confirming.add(
                app, member, form.get("channel", ""), form.get("address", "")
            )
        if act == "again":
            return await confirming.again(app, member, contact_id)

        if act == "confirm":
            code = form.get("code", "")
            if await app.write(lambda uow: contacts.confirm(uow, member, contact_id, code, now)):
                return None
            raise ContactError(WRONG_CODE)

        def step(uow: SqlUnitOfWork) -> None:
            if act in MOVES:
                contacts.move(uow, member, contact_id, MOVES[act])
            elif act == "after":
                contacts.set_after(uow, member, contact_id, form.get("minutes", ""))
            elif act == "remove":
                contacts.remove(uow, member, contact_id)
            elif act == "try":
                page_trials.ring(uow, member, app.office, now)
            else:
                raise HTTPException(404)

        await app.write(step)
        return None

    async def _learn_bot_name(self) -> None:
        gateway = self._app.senders.get(TELEGRAM_STAFF)
        if self._bot_name or not isinstance(gateway, TelegramStaff):
            return
        try:
            self._bot_name = (await gateway.state()).username
        except TelegramDownError:
            return  # the word can be typed by hand, too


def _problem(contact: Contact, channels: frozenset[str]) -> str:
    if contact.channel not in channels:
        return "Saluran ini tidak lagi dipasang."
    if contact.failed_because is None:
        return ""
    reason = contact_words.REASONS.get(contact.failed_because, contact.failed_because)
    return f"Tidak sampai: {reason}."
