"""A whole hotline in one process: the real store, services, worker and web API.

Only what lies outside is replaced: time, the assistant's process and the phones.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

from bot.bootstrap import App, build
from bot.domain.cases import Case, CaseState
from bot.domain.conversation import Conversation
from bot.domain.messages import Attachment, InboundMessage, Kind, Line, Outbound, Received, Reply
from bot.domain.staff import Role, Staff
from bot.gateways.rasa import RasaAssistant
from bot.keyfile import new_key
from bot.language.understanding import Understander
from bot.ports import Answer, AssistantDownError, PictureReader, SendError, Transcriber
from bot.services.acknowledging import Acknowledged, acknowledge_case
from bot.settings import Settings
from bot.store.unit_of_work import SqlUnitOfWork
from bot.worker import Worker
from channels.inbound import take_in
from tests.media import FakeMedia

# 20:00 WIB on a Saturday.
START = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
# What comes with a file, and the type that a provider names for it.
FILE_TYPES = {
    Kind.PHOTO: "image/jpeg",
    Kind.VOICE: "audio/ogg",
    Kind.VIDEO: "video/mp4",
    Kind.DOCUMENT: "application/pdf",
    Kind.STICKER: "image/webp",
}


def url_of(_folder: Path) -> str:
    """The database of a data folder; tests/conftest.py puts PostgreSQL in its place."""
    return ""


def story(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Let a test be a coroutine function; each runs in an event loop of its own."""

    @wraps(test)
    def told(*args: Any, **kwargs: Any) -> None:
        asyncio.run(test(*args, **kwargs))  # type: ignore[arg-type]

    return told


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        """The moment it was set to."""
        return self._now

    def forward(self, **by: float) -> None:
        """Move on, by the arguments of timedelta; backwards when negative."""
        self._now += timedelta(**by)


@dataclass
class FakeAssistant:
    """Answers what it is told to; can be down, slow, or both."""

    answers: list[Answer] = field(default_factory=list)
    up: bool = True
    asked: list[str] = field(default_factory=list)
    hold: asyncio.Event | None = None

    async def answer(
        self,
        *,
        turn_id: str,
        conversation: str,
        text: str,
        payload: str | None,
        metadata: Mapping[str, Any],
        events: Sequence[Mapping[str, Any]],
    ) -> Answer:
        """The next answer it was given, or an echo."""
        if self.hold is not None:
            await self.hold.wait()
        if not self.up:
            raise AssistantDownError("down")
        self.asked.append(payload or text)
        if self.answers:
            return self.answers.pop(0)
        return Answer(replies=(Reply(f"jawaban: {text}"),), events=tuple(events))

    async def is_up(self) -> bool:
        """Whether it is up."""
        return self.up

    async def close(self) -> None:
        """Nothing to let go of."""


@dataclass
class Phones:
    """All phones of the staff: what rang where; `broken` addresses refuse for good.

    `then` holds how the next calls end, as for a ChatApp.
    """

    received: dict[str, list[str]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    then: list[Exception | None] = field(default_factory=list)

    async def find_sent(self, message: Outbound) -> None:
        """A phone does not tell what rang."""

    async def send(self, message: Outbound) -> None:
        """Ring, or fail as told."""
        address = message.address or "screen"
        if address in self.broken:
            raise SendError("gone", permanent=True)
        if address in self.busy:
            raise SendError("busy", permanent=False)
        error = self.then.pop(0) if self.then else None
        if error is not None and not isinstance(error, LookupError):
            raise error
        self.received.setdefault(address, []).append(message.text)
        if error is not None:
            raise error

    def rang(self, address: str) -> int:
        """How often a phone rang."""
        return len(self.received.get(address, []))


@dataclass
class ChatApp:
    """A chat provider: what reached whom, and how the next calls end.

    `then` holds what the next calls raise, first one first; None lets a call succeed. A call
    that raises LookupError has taken the text all the same; `knows` says whether it admits it.
    """

    received: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, ...]] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)
    then: list[Exception | None] = field(default_factory=list)
    asked: int = 0
    knows: bool = False

    async def send(self, message: Outbound) -> str:
        """Take a text, or fail as told."""
        error = self.then.pop(0) if self.then else None
        if error is not None and not isinstance(error, LookupError):
            raise error
        self.received.append((message.address or "", message.text))
        self.buttons.append(tuple(button.title for button in message.buttons))
        if message.as_template:
            self.templates.append(message.id)
        if error is not None:
            raise error
        return f"id {len(self.received)}"

    async def find_sent(self, message: Outbound) -> str | None:
        """Whether a text came before, if this provider can tell."""
        self.asked += 1
        came = (message.address or "", message.text) in self.received
        return "found" if self.knows and came else None


class Hotline:
    """What the tests talk to, in the words of the people who use it."""

    def __init__(
        self,
        folder: Path,
        *,
        assistant: RasaAssistant | None = None,
        pictures: PictureReader | None = None,
        transcriber: Transcriber | None = None,
        **settings: Any,
    ) -> None:
        self.clock = FakeClock()
        self.assistant = FakeAssistant()
        self.phones = Phones()
        self.chats = {"telegram": ChatApp(), "whatsapp": ChatApp()}
        self.media = FakeMedia()
        values = {
            "tanyadulu_data_dir": folder,
            "master_keys": (new_key(),),
            "tanyadulu_turn_seconds": 0,
            "tanyadulu_picture_seconds": 20 if pictures or transcriber else 0,
            "database_url": url_of(folder),
            **settings,
        }
        self.app: App = build(
            Settings.model_validate(values),
            clock=self.clock,
            assistant=assistant or self.assistant,
            # The model changes with its examples; how a hotline works must not hang on it.
            reader=None if assistant else Understander(None),
            senders={
                "phone": self.phones,
                "voice": self.phones,
                "screen": self.phones,
                **self.chats,
            },
            pictures=pictures,
            transcriber=transcriber,
            media=dict.fromkeys(("web", *self.chats), self.media),
        )
        self.worker = Worker(self.app)
        self._count = 0

    def close(self) -> None:
        """Let go of files; in a thread, for a browser test keeps a loop running in this one."""
        closing = threading.Thread(target=lambda: asyncio.run(self.app.close()))
        closing.start()
        closing.join()

    async def says(
        self,
        who: str,
        text: str,
        *,
        external_id: str | None = None,
        channel: str = "web",
        **more: Any,
    ) -> Received:
        """Somebody writes; everything that is due is done before it returns."""
        self._count += 1
        values = {"final": True, "address": "" if channel == "web" else who, **more}
        message = InboundMessage(channel, external_id or f"m{self._count}", who, text, **values)
        received = await take_in(self.app, message)
        await self.settle()
        return received

    async def sends(self, who: str, kind: Kind, text: str = "", **more: Any) -> Received:
        """Somebody sends what is not words; everything that is due is done before it returns."""
        received = await take_in(self.app, self.message(who, kind, text, **more))
        await self.settle()
        return received

    def message(
        self, who: str, kind: Kind, text: str = "", *, channel: str = "web", **more: Any
    ) -> InboundMessage:
        """A message of a kind, with a file where that kind has one."""
        self._count += 1
        values = {"final": True, "address": "" if channel == "web" else who, **more}
        if kind in FILE_TYPES:
            file = Attachment(kind, FILE_TYPES[kind], f"file{self._count}")
            values = {"attachments": (file,), **values}
        return InboundMessage(channel, f"m{self._count}", who, text, kind=kind, **values)

    async def settle(self) -> None:
        """Let the worker do all that is due now."""
        busy = True
        while busy:
            busy = False
            for _topic, step in self.worker.loops():
                busy = await step() or busy
                busy = await self.worker.idle() or busy

    async def forward(self, **by: float) -> None:
        """Time passes, and what became due is done."""
        self.clock.forward(**by)
        await self.settle()

    async def talk(self, who: str, channel: str = "web") -> Conversation:
        """The conversation with somebody who wrote before."""
        known = await self.app.read(lambda uow: uow.conversations.find_sender(channel, who))
        assert known is not None
        return known

    async def lines(self, who: str, channel: str = "web") -> tuple[Line, ...]:
        """What was said with somebody so far."""
        known = await self.talk(who, channel)
        return await self.app.read(lambda uow: uow.lines.of(known))

    async def answers(self, who: str, channel: str = "web") -> list[str]:
        """What somebody was told so far."""
        return [line.text for line in await self.lines(who, channel) if line.author != "person"]

    async def cases(self) -> tuple[Case, ...]:
        """The open cases, most urgent first."""
        return await self.app.read(lambda uow: uow.cases.listed(CaseState.OPEN))

    async def takes(self, member: Staff, case: Case) -> Acknowledged:
        """A member says in the console that they have a case; everybody else hears it."""
        now = self.clock.now()
        said = await self.app.write(
            lambda uow: acknowledge_case(uow, case, member.id, self.app.office, now)
        )
        await self.settle()
        return said

    async def opens_console(self, member: Staff) -> None:
        """A member signs in and has the console open just now."""
        now = self.clock.now()
        token, end = f"console of {member.login} {now}", now + timedelta(hours=12)
        await self.app.write(lambda uow: uow.staff.open_session(token, member.id, now, end))

    async def adds_contact(
        self, member: Staff, address: str, *, channel: str = "phone", after_minutes: int = 0
    ) -> None:
        """A member has one more way to be woken, tried after those before it."""
        now = self.clock.now()

        def add(uow: SqlUnitOfWork) -> None:
            position = len(uow.staff.contacts(member.id))
            uow.staff.add_contact(
                member.id, channel, address, now, position=position, after_minutes=after_minutes
            )

        await self.app.write(add)

    async def record(self, case: Case) -> list[tuple[str, str]]:
        """What became of the pages of a case: events and their reasons, in order."""
        lines = await self.app.read(lambda uow: uow.pages.lines(case.id))
        return [(line.event.value, line.reason) for line in lines]

    async def staff(
        self,
        login: str,
        *,
        phone: str | None = None,
        on_duty_hours: float = 0,
        role: Role = Role.CASEWORKER,
    ) -> Staff:
        """A member of staff, with a verified phone and on duty when told so."""
        now = self.clock.now()
        member = await self.app.write(lambda uow: uow.staff.add(login, role, "unused", now))
        if phone is not None:
            await self.app.write(
                lambda uow: uow.staff.add_contact(member.id, "phone", phone, verified_at=now)
            )
        if on_duty_hours:
            end = now + timedelta(hours=on_duty_hours)
            await self.app.write(lambda uow: uow.rota.add_shift(member.id, now, end))
        return member
