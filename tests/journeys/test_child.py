"""A child is being recruited: its date decides when somebody is woken for it by night."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.domain.cases import Case
from bot.domain.departures import Outcome
from bot.language.types import Urgency
from bot.services import departures
from tests.hotline import Hotline, story
from tests.journeys.offers import AD, wants

SARI, BUDI = "sari-phone", "budi-phone"
# START is Saturday 2026-11-21, 20:00 WIB; the watch begins ten hours later.
NIGHT = 10


async def by_night(hotline: Hotline) -> None:
    """Nobody is on call until six in the morning; then Sari is, Budi never."""
    sari = await hotline.staff("sari", phone=SARI)
    await hotline.staff("budi", phone=BUDI)
    begins = hotline.clock.now() + timedelta(hours=NIGHT)
    await hotline.app.write(
        lambda uow: uow.rota.add_shift(sari.id, begins, begins + timedelta(hours=12))
    )


async def offer_for_a_child(
    hotline: Hotline, *, departure: str | None = None, leaves: str | None = None
) -> Case:
    """A mother asks about an offer to her daughter; what she says of the date."""
    values = {
        "verdict": "critical",
        "flags": ["underage_recruit"],
        "facts": {},
        "departure": departure,
        "leaves": None if leaves is None else {"first": leaves, "last": leaves},
        "text": AD,
    }
    await wants(hotline, "ibu", "record_offer", values)
    (case,) = await hotline.cases()
    assert case.urgency is Urgency.EMERGENCY
    return case


def rang(hotline: Hotline) -> tuple[int, int]:
    """How often the phones of Sari and Budi rang."""
    return hotline.phones.rang(SARI), hotline.phones.rang(BUDI)


@pytest.mark.parametrize("leaves", ["2026-11-23", "2026-11-28"])
@story
async def test_a_near_date_wakes_at_once(hotline: Hotline, leaves: str) -> None:
    """In two days or in a week: nobody is on call, so everybody is woken."""
    await by_night(hotline)
    await offer_for_a_child(hotline, departure="later", leaves=leaves)
    assert rang(hotline) == (1, 1)


@story
async def test_an_unknown_date_wakes_after_ten_minutes(hotline: Hotline) -> None:
    """Not a second before: the mother may still answer."""
    await by_night(hotline)
    await offer_for_a_child(hotline)
    await hotline.forward(minutes=9, seconds=59)
    assert rang(hotline) == (0, 0)
    await hotline.forward(seconds=1)
    assert rang(hotline) == (1, 1)


@story
async def test_a_far_date_waits_for_the_watch(hotline: Hotline) -> None:
    """In three weeks: nobody is woken by night, whoever has the morning hears of it first."""
    await by_night(hotline)
    case = await offer_for_a_child(hotline, departure="later", leaves="2026-12-12")
    await hotline.forward(hours=NIGHT - 1, minutes=59)
    assert rang(hotline) == (0, 0)
    assert ("not_sent", "does_not_wake") in await hotline.record(case)
    await hotline.forward(minutes=1)
    assert rang(hotline) == (1, 0)


@story
async def test_an_answer_within_the_ten_minutes_counts(hotline: Hotline) -> None:
    """Three weeks, she says: the page that was planned waits for the morning."""
    await by_night(hotline)
    await offer_for_a_child(hotline)
    await hotline.forward(minutes=6)
    await offer_for_a_child(hotline, departure="later", leaves="2026-12-12")
    await hotline.forward(hours=1)
    assert rang(hotline) == (0, 0)
    await hotline.forward(hours=NIGHT)
    assert hotline.phones.rang(SARI) > 0


@pytest.mark.parametrize("found", [date(2026, 11, 26), Outcome.GONE], ids=["near", "moved"])
@story
async def test_what_staff_find_out_wakes_too(hotline: Hotline, found: date | Outcome) -> None:
    """Somebody who looks in by night learns that it is this week, or that the child is gone."""
    await by_night(hotline)
    case = await offer_for_a_child(hotline, departure="later", leaves="2026-12-12")
    app = hotline.app
    budi = await app.read(lambda uow: uow.staff.everyone()[1])
    await hotline.forward(hours=1)
    assert rang(hotline) == (0, 0)
    now = hotline.clock.now()
    await app.write(lambda uow: departures.staff_found(uow, case, budi, found, app.office, now))
    await hotline.settle()
    assert rang(hotline) == (1, 1)


@story
async def test_a_child_that_is_taken_away_is_danger(hotline: Hotline) -> None:
    """The mother writes that they have come for her: the phones do not wait for the morning."""
    await by_night(hotline)
    await offer_for_a_child(hotline, departure="later", leaves="2026-12-12")
    await hotline.says("ibu", "tolong kak, anak saya umur 15 sudah dibawa agen ke batam")
    assert rang(hotline) == (1, 1)
