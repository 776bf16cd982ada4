"""What has outlived its time is deleted, on both databases; what is still needed stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Table, func, select

from bot import worker
from bot.domain.cases import CloseReason
from bot.domain.recruiters import KEPT, EntryState
from bot.language.marks import as_mark
from bot.services import retention
from bot.store.tables import (
    offer_band,
    offer_seen,
    recruiter,
    recruiter_case,
    recruiter_log,
    sighting,
    sighting_mark,
)
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import Hotline, story
from tests.journeys.offers import AD, judged

OFFERS = (sighting_mark, sighting, offer_band, offer_seen)
REGISTER = (recruiter_log, recruiter_case, recruiter)
OFFER_DAYS = 180
OTHER_AD = (
    "Dibutuhkan segera pekerja kebun sawit di Sabah gaji 4000 ringgit, tanpa paspor, "
    "lewat jalan tikus dari Nunukan, hubungi Pak Dul 0813-0000-9999"
)


async def left(hotline: Hotline, tables: tuple[Table, ...]) -> list[int]:
    """How many rows stand in each table."""

    def count(uow: SqlUnitOfWork) -> list[int]:
        connection = uow.offers._connection
        return [
            int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            for table in tables
        ]

    return await hotline.app.read(count)


async def closes_cases(hotline: Hotline) -> None:
    """Staff are done with everything."""
    now = hotline.clock.now()
    for case in await hotline.cases():
        await hotline.app.write(
            lambda uow, case=case: uow.cases.close(case.id, CloseReason.HELPED, now)  # type: ignore[misc]
        )


async def disputed(hotline: Hotline, written: str, state: EntryState) -> None:
    """The entry of a number gets a state."""
    mark = as_mark(written)
    assert mark is not None

    def decide(uow: SqlUnitOfWork) -> None:
        entry = uow.recruiters.with_mark(uow.offers.mark_hash(mark))
        assert entry is not None
        uow.recruiters.set_state(entry.id, state)

    await hotline.app.write(decide)


@story
async def test_offers_go_after_their_days_and_the_register_after_its_years(
    hotline: Hotline,
) -> None:
    """Not a minute before, with all that hangs on them, and without anybody asking."""
    await judged(hotline, "ani", AD)
    await closes_cases(hotline)
    await hotline.forward(days=OFFER_DAYS, minutes=-1)
    assert 0 not in await left(hotline, OFFERS)
    await hotline.forward(hours=1, minutes=1)
    assert await left(hotline, OFFERS) == [0, 0, 0, 0]
    assert 0 not in await left(hotline, REGISTER)
    await hotline.forward(days=KEPT.days - OFFER_DAYS)
    assert await left(hotline, REGISTER) == [0, 0, 0]


@story
async def test_nothing_of_an_open_case_goes(hotline: Hotline) -> None:
    """Neither the entry nor what was seen of it; when the case is closed both go."""
    await judged(hotline, "ani", AD)
    await judged(hotline, "budi", AD, verdict="caution")
    await hotline.forward(days=KEPT.days + 1)
    assert 0 not in await left(hotline, OFFERS + REGISTER)
    assert (await left(hotline, (sighting,))) == [2]
    await closes_cases(hotline)
    await hotline.forward(hours=1)
    assert set(await left(hotline, OFFERS + REGISTER)) == {0}


@pytest.mark.parametrize(
    ("state", "stays"),
    [
        (EntryState.DISPUTED, True),
        (EntryState.NOTED, False),
        (EntryState.CORRECTED, False),
        (EntryState.CLEARED, False),
    ],
)
def test_nothing_of_a_disputed_entry_goes(
    hotline: Hotline, state: EntryState, *, stays: bool
) -> None:
    """Who says that it is wrong can be answered from what is there; its log and offers stay too."""

    @story
    async def told() -> None:
        await judged(hotline, "ani", AD)
        await judged(hotline, "ani", OTHER_AD)
        await disputed(hotline, "0812 0000 1234", state)
        await closes_cases(hotline)
        await hotline.forward(days=KEPT.days + 1)
        assert await left(hotline, (recruiter, sighting, offer_seen)) == [stays, stays, stays]
        assert (0 in await left(hotline, OFFERS + REGISTER)) is not stays

    told()


@story
async def test_who_comes_up_again_is_kept_from_then_on(hotline: Hotline) -> None:
    """The time runs from the last person who asked, not from the first."""
    await judged(hotline, "ani", AD)
    await hotline.forward(days=OFFER_DAYS - 1)
    await judged(hotline, "budi", AD)
    await closes_cases(hotline)
    await hotline.forward(days=2)
    assert await left(hotline, (sighting, offer_seen, recruiter)) == [1, 1, 1]


@story
async def test_much_goes_in_small_batches(hotline: Hotline) -> None:
    """No write holds the others up: each takes so many rows and says that there are more."""
    for number in range(3):
        await judged(hotline, f"ani{number}", AD, verdict="caution")
    later = hotline.clock.now() + timedelta(days=OFFER_DAYS)
    rows = []
    for _ in range(3):
        more = await hotline.app.write(lambda uow: retention.delete_expired(uow, later, 2))
        rows.append((more, await left(hotline, (sighting, offer_seen))))
    assert rows == [(True, [1, 1]), (False, [0, 0]), (False, [0, 0])]


@story
async def test_the_worker_looks_every_hour_not_every_second(hotline: Hotline) -> None:
    """What expires just after a look goes with the next one."""
    await judged(hotline, "ani", AD, verdict="caution")
    await hotline.forward(days=OFFER_DAYS, seconds=-1)
    await hotline.forward(seconds=2)
    assert await left(hotline, (sighting,)) == [1]
    await hotline.forward(seconds=worker.BETWEEN_CLEANINGS.total_seconds())
    assert await left(hotline, (sighting,)) == [0]
