"""A page is inside its call when somebody else takes the case: it does not ring again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.cases import Case
from bot.domain.messages import Kind, Outbound
from bot.domain.staff import Staff
from bot.ports import SendError
from bot.services import paging
from bot.services.acknowledging import acknowledge_case
from channels.inbound import take_in
from tests.hotline import Hotline, story

HELP = "tolong saya disekap"
LEASE = timedelta(seconds=30)


async def _queued(hotline: Hotline) -> tuple[Case, Staff]:
    """A page for Sari is in the outbox; Budi is there too."""
    await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    budi = await hotline.staff("budi", phone="budi-phone")
    await take_in(hotline.app, hotline.message("ani", Kind.TEXT, HELP))
    (case,) = await hotline.cases()
    return case, budi


def _asked(hotline: Hotline) -> list[str]:
    """What rang at Sari's that asks to take the case."""
    rang = hotline.phones.received.get("sari-phone", [])
    return [text for text in rang if "Saya pegang" in text]


@story
async def test_a_page_whose_sender_died_is_not_repeated_once_it_is_over(hotline: Hotline) -> None:
    """The sender died inside the call, and Budi took the case before the lease was over."""
    case, budi = await _queued(hotline)
    now = hotline.clock.now()
    (row,) = await hotline.app.write(lambda uow: paging.claim_pages(uow, now, LEASE, 10))
    await hotline.phones.send(row)
    await hotline.takes(budi, case)
    await hotline.forward(seconds=31)
    await hotline.forward(minutes=2)
    assert len(_asked(hotline)) == 1


@story
@pytest.mark.parametrize("error", [SendError("busy", permanent=False), TimeoutError()])
async def test_a_page_that_fails_is_not_tried_again_once_it_is_over(
    hotline: Hotline, error: Exception
) -> None:
    """The call fails for now while Budi takes the case."""
    case, budi = await _queued(hotline)
    inside, over = asyncio.Event(), asyncio.Event()
    send = hotline.phones.send

    async def slow(message: Outbound) -> None:
        inside.set()
        await over.wait()
        raise error

    hotline.phones.send = slow  # type: ignore[method-assign]
    await dict(hotline.worker.loops())["pages"]()
    await inside.wait()
    now = hotline.clock.now()
    await hotline.app.write(
        lambda uow: acknowledge_case(uow, case, budi.id, hotline.app.office, now)
    )
    hotline.phones.send = send  # type: ignore[method-assign]
    over.set()
    await hotline.settle()
    await hotline.forward(minutes=2)
    assert _asked(hotline) == []
