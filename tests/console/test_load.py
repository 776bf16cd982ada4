"""The load on people as the console shows it."""

from __future__ import annotations

import pytest

from bot.domain.cases import Case, CloseReason
from bot.domain.pages import PageKind
from bot.domain.staff import Role, Staff
from bot.services import closing, paging
from tests.console.conftest import Office
from tests.hotline import Hotline

SWAP = "Sebaiknya malam berikutnya ditukar"


def woken(office: Office, nights: int) -> None:
    """Petugas 1 is on duty and is woken in so many nights in a row, at 23.00 WIB."""
    hotline = office.hotline
    sari = office.runner.run(hotline.staff("sari", phone="sari-phone", on_duty_hours=24 * 20))
    hotline.clock.forward(hours=3)
    for night in range(nights):
        case = office.emergency(f"ani {night}")
        office.runner.run(closed(hotline, case, sari))
        hotline.clock.forward(days=1)


async def closed(hotline: Hotline, case: Case, member: Staff) -> None:
    """The case is over: it rings in no later night."""
    now, reason = hotline.clock.now(), CloseReason.HELPED
    await hotline.app.write(lambda uow: closing.ask_or_close(uow, case, member, reason, "", now))


async def paged(hotline: Hotline, case: Case, member: Staff, kind: PageKind) -> None:
    """The member is paged for a case, for a reason of this kind."""
    app, now = hotline.app, hotline.clock.now()
    await app.write(lambda uow: paging.page_members(uow, case, (member.id,), kind, app.office, now))


def figures(text: str, label: str) -> str:
    """What the page says of a member."""
    return text.split(label, 1)[1].split("Petugas", 1)[0]


@pytest.mark.parametrize(("nights", "swap"), [(2, False), (3, True)])
def test_broken_nights_suggest_a_swap(office: Office, nights: int, swap: bool) -> None:
    """Three nights in a week, and the supervisor reads that somebody else should be next."""
    woken(office, nights)
    page = office.signed_in("bu rt", Role.SUPERVISOR).get("/console/load").text
    own = figures(page, "Petugas 1")
    assert f"Panggilan malam {nights} {nights} Malam terganggu {nights} {nights}" in own
    assert (SWAP in own) is swap


def test_everybody_sees_their_own_only(office: Office) -> None:
    """A caseworker reads one name; a supervisor all of them."""
    woken(office, 1)
    own = office.signed_in("budi").get("/console/load").text
    assert "Petugas 2 (saya)" in own
    assert "Petugas 1" not in own.replace("Petugas 2", "")
    boss = office.signed_in("bu rt", Role.SUPERVISOR).get("/console/load").text
    assert all(f"Petugas {number}" in boss for number in (1, 2, 3))


def test_what_is_tried_out_does_not_count(office: Office, hotline: Hotline) -> None:
    """Canaries and test pages at night wake nobody who did not ask for it."""
    woken(office, 1)
    case = office.emergency("tini")
    sari = hotline.app.database.read(lambda uow: uow.staff.everyone()[0])
    before = office.signed_in("bu rt", Role.SUPERVISOR)
    counted = figures(before.get("/console/load").text, "Petugas 1")
    for kind in (PageKind.TEST, PageKind.CANARY):
        office.runner.run(paged(hotline, case, sari, kind))
    office.told("tini")
    assert figures(before.get("/console/load").text, "Petugas 1") == counted


def test_hard_cases_are_counted_by_who_said_yes(office: Office) -> None:
    """An emergency that somebody acknowledged is one that they carry."""
    visitor = office.signed_in("sari")
    path = f"/console/cases/{office.emergency().reference}"
    assert "Kasus berat 0" in visitor.get("/console/load").text
    visitor.post(f"{path}/acknowledge")
    assert "Kasus berat 1" in visitor.get("/console/load").text
