"""The loops: turns, outbox, files, pictures, escalations, and whatever else falls due.

Each looks again after a commit, or after a moment; what has expired only every hour.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.beating import beat
from bot.bootstrap import App
from bot.domain.auditor import LOOP
from bot.domain.conversation import HandledBy
from bot.domain.local_answers import answer_locally
from bot.domain.messages import Turn
from bot.fetching import Fetching
from bot.ports import AssistantDownError, AssistantFailedError
from bot.reading import ReadingFiles
from bot.sending import Sending, Step
from bot.services import (
    answer,
    caring,
    departures,
    doubts,
    handover,
    next_steps,
    paging,
    retention,
    together,
)
from bot.services.commands import UnknownCommandError
from bot.services.prepared import Prepared, prepare
from bot.store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
# Commits wake the loops; polling is for what falls due by time and for other processes' commits.
POLL_SECONDS = 1.0
SHORTEST_PAUSE = 0.05
TURNS_AT_ONCE = 8
ROWS_AT_ONCE = 50
TURN_LEASE = timedelta(seconds=30)
# A turn that keeps failing while the assistant is otherwise up is a fault of the turn.
MOST_ATTEMPTS = 5
AFTER_AN_ERROR_SECONDS = 1.0
BETWEEN_CLEANINGS = timedelta(hours=1)


class Worker:
    """Answers turns, sends what is in the outbox, fetches and reads files, looks at the clocks, cleans up."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._running: set[asyncio.Task[None]] = set()
        self._sending = Sending(app)
        self._fetching = Fetching(app)
        self._reading = ReadingFiles(app)
        self._turn_pause = POLL_SECONDS
        app.pulse.loops = [topic for topic, _ in self.loops()]
        self._cleaned_at: datetime | None = None

    async def run(self) -> None:
        """Run all loops until cancelled."""
        async with asyncio.TaskGroup() as group:
            for topic, step in self.loops():
                group.create_task(self._loop(topic, step))

    def loops(self) -> list[tuple[str, Step]]:
        """Every loop: the topic that wakes it, and its step.

        A step does what is due now; True when there may be more.
        """
        steps = [
            ("turns", self._turns),
            *self._sending.loops(),
            ("files", self._fetching.step),
            ("pictures", self._reading.step),
            ("escalations", self._escalations),
            ("care", self._care),
            ("next steps", self._next_steps),
            ("doubts", self._doubts),
            ("departures", self._departures),
            ("expired", self._expired),
            ("handover", self._handover),
        ]
        seen = [(topic, self._seen(topic, step)) for topic, step in steps]
        return [*seen, ("beats", partial(beat, self._app))]

    async def idle(self) -> bool:
        """Until nothing that was begun is still running; whether anything was."""
        was_busy = False
        while running := [
            *self._running,
            *self._sending.running,
            *self._fetching.running,
            *self._reading.running,
        ]:
            was_busy = True
            await asyncio.gather(*running)
            await asyncio.sleep(0)  # what has ended takes itself off the list only now
        return was_busy

    async def _loop(self, topic: str, step: Step) -> None:
        """Repeat a step; a loop outlives whatever goes wrong in one of its steps."""
        while True:
            since = self._app.wakes.count(topic)
            try:
                did_something = await step()
            except Exception as error:  # noqa: BLE001  # a full disk passes; the loop must go on
                log.error("loop_failed", loop=topic, error=type(error).__name__)
                await asyncio.sleep(AFTER_AN_ERROR_SECONDS)
                continue
            if not did_something:
                pause = self._turn_pause if topic == "turns" else POLL_SECONDS
                await self._app.wakes.wait(topic, pause, since)

    def _seen(self, topic: str, step: Step) -> Step:
        """The same step; one that comes to its end leaves a mark for the watchman."""

        async def marked() -> bool:
            more = await step()
            self._app.pulse.mark(f"{LOOP}{topic}", self._app.clock.now())
            return more

        return marked

    async def _turns(self) -> bool:
        free = TURNS_AT_ONCE - len(self._running)
        if free <= 0:
            return False
        now = self._app.clock.now()

        def claim(uow: SqlUnitOfWork) -> tuple[Sequence[Turn], datetime | None]:
            claimed = uow.turns.claim(now, TURN_LEASE, free)
            return claimed, uow.turns.next_due(now)

        claimed, due = await self._app.write(claim)
        wait = POLL_SECONDS if due is None else (due - now).total_seconds()
        self._turn_pause = min(max(wait, SHORTEST_PAUSE), POLL_SECONDS)
        for turn in claimed:
            task = asyncio.create_task(self._turn(turn))
            self._running.add(task)
            task.add_done_callback(self._turn_ended)
        return len(claimed) == free

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
        if await self._is_danger_shown(prepared):
            return
        local = answer_locally(
            prepared.conversation,
            prepared.messages,
            is_first=prepared.is_first,
            question=prepared.question,
            shown=prepared.shown,
            is_checked=prepared.is_checked,
        )
        if local is not None:
            await app.write(
                lambda uow: answer.finish_locally(
                    uow, prepared, local, app.office, app.wording, app.clock.now()
                )
            )
            return
        if not await self._is_danger_together(prepared):
            await self._ask_assistant(prepared)

    async def _is_danger_shown(self, prepared: Prepared) -> bool:
        app = self._app
        if not together.needs_looking(prepared):
            return False
        understood = await asyncio.to_thread(app.reader.understand, prepared.shown.words)
        return await app.write(
            lambda uow: together.look(
                uow, prepared, understood, app.office, app.wording, app.clock.now()
            )
        )

    async def _is_danger_together(self, prepared: Prepared) -> bool:
        app = self._app
        if not together.needs_hearing(prepared):
            return False
        understood = await asyncio.to_thread(app.reader.understand, prepared.typed)
        return await app.write(
            lambda uow: together.hear(
                uow, prepared, understood, app.office, app.wording, app.clock.now()
            )
        )

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

    async def _escalations(self) -> bool:
        app = self._app
        return await app.write(
            lambda uow: paging.advance_all(uow, app.office, app.clock.now(), ROWS_AT_ONCE)
        )

    async def _next_steps(self) -> bool:
        app = self._app
        return await app.write(
            lambda uow: next_steps.advance_all(uow, app.office, app.clock.now(), ROWS_AT_ONCE)
        )

    async def _care(self) -> bool:
        app = self._app
        return await app.write(
            lambda uow: caring.advance_all(uow, app.office, app.clock.now(), ROWS_AT_ONCE)
        )

    async def _doubts(self) -> bool:
        app = self._app
        return await app.write(
            lambda uow: doubts.tell_staff(uow, app.office, app.clock.now(), ROWS_AT_ONCE)
        )

    async def _departures(self) -> bool:
        app = self._app
        return await app.write(
            lambda uow: departures.advance_all(uow, app.office, app.clock.now(), ROWS_AT_ONCE)
        )

    async def _expired(self) -> bool:
        """At the start, then every hour; a batch at a time, so that nobody waits for it."""
        app = self._app
        now = app.clock.now()
        if self._cleaned_at is not None and abs(now - self._cleaned_at) < BETWEEN_CLEANINGS:
            return False
        is_more = await app.write(lambda uow: retention.delete_expired(uow, now, ROWS_AT_ONCE))
        if not is_more:
            self._cleaned_at = now
        return is_more

    async def _handover(self) -> bool:
        app = self._app
        return await app.write(lambda uow: handover.chase(uow, app.office, app.clock.now()))
