"""The loops: turns, outbox, files, escalations. Each looks again after a commit, or after a moment."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from itertools import chain

import structlog

from bot.bootstrap import App
from bot.domain.channels import RULES
from bot.domain.conversation import HandledBy
from bot.domain.local_answers import answer_locally
from bot.domain.messages import Outbound, Turn
from bot.fetching import Fetching
from bot.ports import AssistantDownError, AssistantFailedError, NotToldError, Sender, SendError
from bot.services import answer, delivery, paging
from bot.services.commands import UnknownCommandError
from bot.services.prepared import Prepared, prepare
from bot.store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
# Commits wake the loops; polling is for what falls due by time and for other processes' commits.
POLL_SECONDS = 1.0
SHORTEST_PAUSE = 0.05
TURNS_AT_ONCE = 8
ROWS_AT_ONCE = 50
SENDS_AT_ONCE = 20
TURN_LEASE = timedelta(seconds=30)
# A call ends before its lease does: two processes never send the same row at once.
SEND_SECONDS = 20.0
SEND_LEASE = timedelta(seconds=30)
# A turn that keeps failing while the assistant is otherwise up is a fault of the turn.
MOST_ATTEMPTS = 5
AFTER_AN_ERROR_SECONDS = 1.0

type Step = Callable[[], Awaitable[bool]]


class Worker:
    """Answers turns, sends what is in the outbox, fetches files and advances escalations."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._running: set[asyncio.Task[None]] = set()
        self._sending: defaultdict[str, set[asyncio.Task[None]]] = defaultdict(set)
        self._fetching = Fetching(app)
        self._channels = [channel for channel in RULES if channel in app.senders]
        self._turn_pause = POLL_SECONDS

    async def run(self) -> None:
        """Run all loops until cancelled."""
        async with asyncio.TaskGroup() as group:
            for topic, name, step in self.loops():
                group.create_task(self._loop(topic, name, step))

    def loops(self) -> list[tuple[str, str, Step]]:
        """Every loop: the topic that wakes it, its name, and its step.

        A step does what is due now; True when there may be more.
        """
        texts = [("outbox", channel, self._texts(channel)) for channel in self._channels]
        return [
            ("turns", "turns", self._turns),
            ("outbox", "mailbox", self._mailbox),
            ("outbox", "pages", self._pages),
            *texts,
            ("files", "files", self._fetching.step),
            ("escalations", "escalations", self._escalations),
        ]

    async def idle(self) -> None:
        """Until nothing that was begun is still running."""
        while running := [
            *self._running,
            *chain.from_iterable(self._sending.values()),
            *self._fetching.running,
        ]:
            await asyncio.gather(*running)

    async def _loop(self, topic: str, name: str, step: Step) -> None:
        """Repeat a step; a loop outlives whatever goes wrong in one of its steps."""
        while True:
            since = self._app.wakes.count(topic)
            try:
                did_something = await step()
            except Exception as error:  # noqa: BLE001  # a full disk passes; the loop must go on
                log.error("loop_failed", loop=name, error=type(error).__name__)
                await asyncio.sleep(AFTER_AN_ERROR_SECONDS)
                continue
            if not did_something:
                pause = self._turn_pause if topic == "turns" else POLL_SECONDS
                await self._app.wakes.wait(topic, pause, since)

    async def _turns(self) -> bool:
        free = TURNS_AT_ONCE - len(self._running)
        if free <= 0:
            return False
        now = self._app.clock.now()
        claimed = await self._app.write(lambda uow: uow.turns.claim(now, TURN_LEASE, free))
        if not claimed:
            due = await self._app.read(lambda uow: uow.turns.next_due(now))
            wait = POLL_SECONDS if due is None else (due - now).total_seconds()
            self._turn_pause = min(max(wait, SHORTEST_PAUSE), POLL_SECONDS)
        for turn in claimed:
            task = asyncio.create_task(self._turn(turn))
            self._running.add(task)
            task.add_done_callback(self._turn_ended)
        return bool(claimed)

    def _turn_ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._app.wakes.wake(("turns",))

    async def _turn(self, turn: Turn) -> None:
        try:
            await self._answer(turn)
        except Exception as error:  # noqa: BLE001  # the lease runs out and the turn comes back
            log.error("turn_failed", turn=turn.id, error=type(error).__name__)

    async def _answer(self, turn: Turn) -> None:
        app = self._app
        prepared = await app.read(
            lambda uow: prepare(uow, turn, app.office, app.wording, app.clock.now())
        )
        if prepared.conversation.handled_by is HandledBy.HUMAN:
            await app.write(lambda uow: answer.finish_for_human(uow, prepared, app.clock.now()))
            return
        local = answer_locally(
            prepared.conversation,
            prepared.messages,
            is_first=prepared.is_first,
            question=prepared.question,
        )
        if local is not None:
            await app.write(
                lambda uow: answer.finish_locally(
                    uow, prepared, local, app.office, app.wording, app.clock.now()
                )
            )
            return
        await self._ask_assistant(prepared)

    async def _ask_assistant(self, prepared: Prepared) -> None:
        app = self._app
        try:
            given = await app.assistant.answer(
                turn_id=prepared.turn.id,
                conversation=prepared.conversation.id,
                text=prepared.text,
                payload=prepared.payload,
                metadata=prepared.metadata,
                events=prepared.events,
            )
        except AssistantFailedError:
            await self._apologise(prepared, "refused")
            return
        except AssistantDownError as error:
            log.warning("assistant_down", turn=prepared.turn.id, reason=str(error))
            if prepared.turn.attempts >= MOST_ATTEMPTS and await app.assistant.is_up():
                await self._apologise(prepared, "gave up")
                return
            await app.write(
                lambda uow: answer.postpone(uow, prepared, app.office, app.wording, app.clock.now())
            )
            return
        try:
            await app.write(
                lambda uow: answer.finish(
                    uow, prepared, given, app.office, app.wording, app.clock.now()
                )
            )
        except (LookupError, TypeError, ValueError, AttributeError, UnknownCommandError) as error:
            # The assistant asked for something that cannot be: the person still gets words.
            log.error("answer_refused", turn=prepared.turn.id, error=type(error).__name__)
            await self._apologise(prepared, "answer refused")

    async def _apologise(self, prepared: Prepared, detail: str) -> None:
        app = self._app
        log.error("apologised", turn=prepared.turn.id, detail=detail)
        await app.write(
            lambda uow: answer.apologise(
                uow, prepared, app.office, app.wording, detail, app.clock.now()
            )
        )

    async def _mailbox(self) -> bool:
        now = self._app.clock.now()

        def deliver(uow: SqlUnitOfWork) -> tuple[str, ...]:
            told = uow.outbox.deliver_to_mailbox(now, ROWS_AT_ONCE)
            # In the commit: the long poll may be held by another process.
            for topic in (*told, "console") if told else ():
                uow.wake(topic)
            return told

        told = await self._app.write(deliver)
        return bool(told)

    async def _pages(self) -> bool:
        app = self._app
        free = SENDS_AT_ONCE - len(self._sending["pages"])
        now = app.clock.now()
        rows = await app.write(lambda uow: uow.deliveries.claim_pages(now, SEND_LEASE, free))
        return self._send_all("pages", rows)

    def _texts(self, channel: str) -> Step:
        """The step that sends texts to people through one channel."""

        async def step() -> bool:
            app = self._app
            free = SENDS_AT_ONCE - len(self._sending[channel])
            now = app.clock.now()
            rows = await app.write(
                lambda uow: delivery.claim(
                    uow, channel, app.office, app.wording, now, SEND_LEASE, free
                )
            )
            return self._send_all(channel, rows)

        return step

    def _send_all(self, line: str, rows: Sequence[Outbound]) -> bool:
        """Begin to send; one slow call keeps nobody else waiting."""
        for row in rows:
            task = asyncio.create_task(self._send(row))
            self._sending[line].add(task)
            task.add_done_callback(self._sending[line].discard)
        return bool(rows)

    async def _send(self, row: Outbound) -> None:
        app = self._app
        try:
            provider_id = await self._call(row)
        except Exception as error:  # noqa: BLE001  # every failure is recorded with its row
            log.warning("send_failed", channel=row.channel, row=row.id, error=type(error).__name__)
            failed = error
            await app.write(
                lambda uow: delivery.record_failure(uow, row, failed, app.office, app.clock.now())
            )
        else:
            await app.write(
                lambda uow: delivery.record_sent(uow, row, provider_id, app.clock.now())
            )

    async def _call(self, row: Outbound) -> str | None:
        """Hand a row to its gateway, unless an earlier try has done that already."""
        sender = self._app.senders.get(row.channel)
        if sender is None:
            raise SendError("channel_not_configured", permanent=False)
        async with asyncio.timeout(SEND_SECONDS):
            if row.uncertain:
                log.warning("asked_again", channel=row.channel, row=row.id)
                provider_id = await self._ask(sender, row)
                if provider_id is not None:
                    return provider_id
            return await sender.send(row)

    @staticmethod
    async def _ask(sender: Sender, row: Outbound) -> str | None:
        try:
            return await sender.find_sent(row)
        except Exception as error:
            raise NotToldError(type(error).__name__) from error

    async def _escalations(self) -> bool:
        app = self._app

        def step(uow: SqlUnitOfWork) -> bool:
            now = app.clock.now()
            due = uow.escalations.due(now, ROWS_AT_ONCE)
            for escalation in due:
                paging.advance(uow, escalation, app.office, now)
            return bool(due)

        return await app.write(step)
