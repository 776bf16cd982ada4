"""A console with its hotline, and visitors who look at it as browsers do."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.bootstrap import App
from bot.console.routes import routes
from bot.console.sessions import COOKIE, LASTS
from bot.domain.cases import Case
from bot.domain.channels import TELEGRAM, WHATSAPP
from bot.domain.staff import Role, Staff
from bot.services.accounts import hash_password
from bot.services.quarantine import Intake
from channels import telegram, whatsapp
from channels.inbound import take_in
from tests.hotline import Hotline

BASE = "http://127.0.0.1:8080"
PASSWORD = "panjang sekali kata sandinya"
OWN = {"sec-fetch-site": "same-origin"}


@dataclass
class Page(HTMLParser):
    """The texts and the form fields of an answer."""

    response: httpx.Response
    texts: list[str] = field(default_factory=list)
    hidden: dict[str, str] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read it once."""
        super().__init__()
        self.feed(self.response.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect hidden fields, the targets of forms and the versions of parts."""
        have = {name: value or "" for name, value in attrs}
        if tag == "input" and have.get("type") == "hidden":
            self.hidden.setdefault(have["name"], have.get("value", ""))
        if tag == "form":
            self.actions.append(have["action"])
        if "data-part" in have:
            self.versions[have["data-part"]] = have["data-version"]

    def handle_data(self, data: str) -> None:
        """Collect what people read."""
        if data.strip():
            self.texts.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        """All that people read, in one line."""
        return " ".join(self.texts)

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.response.status_code

    @property
    def have(self) -> dict[str, str]:
        """The header with which the script of this page asks for changes."""
        listed = " ".join(f"{name}:{version}" for name, version in self.versions.items())
        return {"X-Have": listed}


class Visitor:
    """One browser; `run` drives anything else on the same event loop."""

    def __init__(self, app: Starlette, runner: asyncio.Runner) -> None:
        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 4711))
        self.client = httpx.AsyncClient(transport=transport, base_url=BASE)
        self._runner = runner

    def run[T](self, work: Awaitable[T]) -> T:
        """The result of something asynchronous."""

        async def waited() -> T:
            return await work

        return self._runner.run(waited())

    def get(self, path: str, headers: dict[str, str] | None = None) -> Page:
        """Open a page."""
        return Page(self.run(self.client.get(path, headers=headers)))

    def post(self, path: str, **fields: str) -> Page:
        """Send a form from a page of the console."""
        return Page(self.run(self.client.post(path, data=fields, headers=OWN)))

    def sign_in(self, login: str, password: str = PASSWORD) -> Page:
        """Fill in the first form."""
        return self.post("/console/sign-in", login=login, password=password)


def intake(app: App) -> Intake:
    """The way in, with WhatsApp's own reader and one for Telegram's bot 7."""
    telegrams = partial(telegram.read_again, bot_id="7")
    return Intake(partial(take_in, app), {WHATSAPP: whatsapp.read_again, TELEGRAM: telegrams})


@cache
def _hashed() -> str:
    """The hash of the password of all test members: made once, it takes long on purpose."""
    return hash_password(PASSWORD)


class Office:
    """A hotline, its console and its people."""

    def __init__(self, hotline: Hotline, runner: asyncio.Runner) -> None:
        self.hotline = hotline
        self.runner = runner
        self.app = Starlette(routes=routes(hotline.app, intake(hotline.app)))

        async def attach() -> None:
            hotline.app.wakes.attach()

        runner.run(attach())
        self.nobody = self.visitor()

    def visitor(self) -> Visitor:
        """A fresh browser."""
        return Visitor(self.app, self.runner)

    def hire(self, login: str, role: Role = Role.CASEWORKER) -> Staff:
        """A new member of staff."""
        now = self.hotline.clock.now()
        return self.hotline.app.database.write(
            lambda uow: uow.staff.add(login, role, _hashed(), now)
        ).result()

    def signed_in(self, login: str, role: Role = Role.CASEWORKER) -> Visitor:
        """A browser of a new member with a session."""
        member = self.hire(login, role)
        now = self.hotline.clock.now()
        token = secrets.token_urlsafe()
        self.hotline.app.database.write(
            lambda uow: uow.staff.open_session(token, member.id, now, now + LASTS)
        ).result()
        visitor = self.visitor()
        visitor.client.cookies.set(COOKIE, token, path="/console")
        return visitor

    def says(self, who: str, text: str) -> None:
        """A person writes to the hotline."""
        self.nobody.run(self.hotline.says(who, text))

    def member(self, login: str) -> Staff:
        """A member that signed in before."""
        found = self.hotline.app.database.read(lambda uow: uow.staff.find(login))
        assert found is not None
        return found

    def emergency(self, who: str = "ani", text: str = "tolong saya dikunci di kamar") -> Case:
        """A person in danger writes; their case."""
        known = {case.id for case in self.cases()}
        self.says(who, text)
        return next(case for case in self.cases() if case.id not in known)

    def cases(self) -> tuple[Case, ...]:
        """The open cases."""
        return self.nobody.run(self.hotline.cases())

    def told(self, who: str) -> list[str]:
        """What a person was told."""
        self.nobody.run(self.hotline.settle())
        return self.nobody.run(self.hotline.answers(who))


@pytest.fixture
def office(hotline: Hotline, tmp_path: Path) -> Iterator[Office]:
    """A console over a hotline of its own."""
    with asyncio.Runner() as runner:
        place = Office(hotline, runner)
        yield place
        runner.run(_close(place))


async def _close(place: Office) -> None:
    await place.nobody.client.aclose()
