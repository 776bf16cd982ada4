"""A night drill: real phones ring for practice, live in the terminal, and nothing real suffers."""

from __future__ import annotations

import asyncio
import io
import re
from datetime import timedelta

import pytest
from rich.console import Console

from bot.cli.common import CommandError
from bot.cli.drill import LINGER, _drill
from bot.domain.cases import CaseKind, CaseState
from bot.services import trials
from bot.services.acknowledging import Answer, acknowledge_token
from bot.watching import Watchman
from tests.hotline import Hotline, story

SARI = "0000-1"
BUDI = "0000-2"
LINK = re.compile(r"/p/([\w-]+)")


class Drill:
    """A drill under way, and what its terminal shows."""

    def __init__(self, hotline: Hotline, member: str | None = None, minutes: int = 10) -> None:
        self.hotline = hotline
        self.screen = io.StringIO()
        console = Console(file=self.screen, width=200)
        longest = timedelta(minutes=minutes)
        self.task = asyncio.create_task(_drill(hotline.app, member, longest, console))

    @property
    def text(self) -> str:
        """All that the terminal shows."""
        return self.screen.getvalue()

    async def until(self, words: str) -> None:
        """Work goes on until the terminal shows some words."""
        for _ in range(100):
            if words in self.text or self.task.done():
                break
            await self.hotline.settle()
            await asyncio.sleep(0.1)
        assert words in self.text, self.text


async def ready(hotline: Hotline) -> None:
    """Sari is on duty, Budi is not; a worker runs."""
    await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.staff("budi", phone=BUDI)
    await hotline.settle()


@story
async def test_whoever_is_on_call_is_called_and_followed_to_the_acknowledgement(
    hotline: Hotline,
) -> None:
    """[LATIHAN] on the phone; queued, sent, acknowledged after so many seconds, and a table."""
    await ready(hotline)
    drill = Drill(hotline)
    await drill.until("handed to the provider")
    (text,) = hotline.phones.received[SARI]
    assert text.startswith("[LATIHAN] DARURAT TD-")
    assert BUDI not in hotline.phones.received
    hotline.clock.forward(seconds=42)
    link = LINK.search(text)
    assert link is not None
    said = await hotline.app.write(
        lambda uow: acknowledge_token(uow, link[1], hotline.app.office, hotline.clock.now())
    )
    assert said.answer is Answer.TAKEN
    await drill.until("acknowledged")
    hotline.clock.forward(seconds=LINGER.total_seconds())
    await asyncio.wait_for(drill.task, 10)
    assert re.search(r"42\.0 s +sari \(Petugas 1\) +link +acknowledged", drill.text)
    assert "the case is closed as practice" in drill.text
    (closed,) = await hotline.app.read(lambda uow: uow.cases.listed(CaseState.CLOSED))
    assert (closed.kind, closed.practice) == (CaseKind.DRILL, True)
    assert await hotline.app.read(lambda uow: uow.cases.open_counts()) == {}
    assert await hotline.app.read(lambda uow: uow.alarms.standing()) == ()


@story
async def test_a_named_member_is_called_and_nobody_else(hotline: Hotline) -> None:
    """`--member budi` although Sari is on duty; why a phone failed stands in the table."""
    await ready(hotline)
    hotline.phones.broken.add(BUDI)
    drill = Drill(hotline, "budi")
    await drill.until("failed")
    await asyncio.wait_for(drill.task, 10)
    assert "gone" in drill.text
    assert "nobody answered" in drill.text
    assert SARI not in hotline.phones.received
    assert await hotline.cases() == ()


@story
async def test_by_hand_it_ends_cleanly(hotline: Hotline) -> None:
    """Ctrl-C: the case is closed, the phone hears that it is over, the table is shown."""
    await ready(hotline)
    drill = Drill(hotline)
    await drill.until("handed to the provider")
    following = next(task for task in asyncio.all_tasks() if "_follow" in str(task.get_coro()))
    following.cancel()
    await asyncio.wait_for(drill.task, 10)
    assert "ended by hand" in drill.text
    assert await hotline.cases() == ()
    await hotline.settle()
    assert "latihan sudah selesai" in hotline.phones.received[SARI][-1]
    await hotline.forward(hours=1)
    assert len(hotline.phones.received[SARI]) == 2


@story
async def test_no_drill_while_an_emergency_rings(hotline: Hotline) -> None:
    """Nor without duty, without a phone, without a worker: each said in one line."""
    app = hotline.app

    async def refused(member: str | None = None) -> str:
        with pytest.raises(CommandError) as error:
            await _drill(app, member, timedelta(minutes=1), Console(file=io.StringIO()))
        return str(error.value)

    assert "no worker runs" in await refused()
    await hotline.settle()
    assert "nobody is on call" in await refused()
    await hotline.staff("tuti", on_duty_hours=8)
    assert "nobody on call has a verified contact" in await refused()
    assert "tuti has no verified contact" in await refused("tuti")
    assert "nobody signs in as wati" in await refused("wati")
    await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.says("ani", "tolong saya disekap di kamar")
    (case,) = await hotline.cases()
    assert f"{case.reference} is ringing" in await refused()


@story
async def test_an_emergency_ends_the_drill_and_never_waits_for_it(hotline: Hotline) -> None:
    """The phone that has just rung for practice rings anew, at once."""
    await ready(hotline)
    drill = Drill(hotline)
    await drill.until("handed to the provider")
    await hotline.says("ani", "tolong saya disekap di kamar")
    (real,) = [each for each in await hotline.cases() if each.kind is not CaseKind.DRILL]
    assert real.reference in hotline.phones.received[SARI][1]
    await asyncio.wait_for(drill.task, 10)
    assert f"{real.reference} began to ring" in drill.text
    assert [each.id for each in await hotline.cases()] == [real.id]


@story
async def test_a_drill_is_no_finding(hotline: Hotline) -> None:
    """The watchman does not wake anybody for what is only tried, even when it was left behind."""
    await ready(hotline)
    watchman = Watchman(hotline.app, lambda: hotline.clock.now().timestamp())
    now = hotline.clock.now()
    await hotline.app.write(lambda uow: trials.begin_drill(uow, hotline.app.office, None, now))
    await hotline.forward(minutes=40)
    assert await watchman.look() == ()
