"""What stands in red above every page."""

from __future__ import annotations

import pytest

from bot.domain.cases import CaseKind
from bot.language.types import Urgency
from bot.store.unit_of_work import SqlUnitOfWork
from tests.console.conftest import Office
from tests.hotline import Hotline

PLACES = (
    "/console/",
    "/console/?show=closed",
    "/console/load",
    "/console/recruiters",
    "/console/quarantine",
)
RUN_OUT = "Semua petugas sudah dipanggil untuk 1 DARURAT"
UNMANNED = "Tidak ada yang bertugas, dan 1 DARURAT masih terbuka"


@pytest.mark.parametrize("place", PLACES)
def test_nobody_on_duty_is_red_everywhere(office: Office, hotline: Hotline, place: str) -> None:
    """Also when somebody has the emergency; gone as soon as somebody is on duty."""
    visitor = office.signed_in("sari")
    assert UNMANNED not in visitor.get(place).text
    path = f"/console/cases/{office.emergency().reference}"
    assert UNMANNED in visitor.get(place).text
    visitor.post(f"{path}/acknowledge")
    assert UNMANNED in visitor.get(place).text
    assert UNMANNED in visitor.get(path).text
    office.runner.run(hotline.staff("budi", phone="budi-phone", on_duty_hours=8))
    assert UNMANNED not in visitor.get(place).text


def test_a_policy_that_has_run_out_is_red_everywhere(office: Office, hotline: Hotline) -> None:
    """From the moment on at which everybody was called in vain, until somebody has it."""
    office.runner.run(hotline.staff("budi", phone="budi-phone", on_duty_hours=8))
    visitor = office.signed_in("sari")
    path = f"/console/cases/{office.emergency().reference}"
    for _ in range(2):
        hotline.clock.forward(minutes=5)
        office.told("ani")
        assert RUN_OUT not in visitor.get("/console/").text
    hotline.clock.forward(minutes=15)
    office.told("ani")
    for place in (*PLACES, path):
        assert RUN_OUT in visitor.get(place).text
    visitor.post(f"{path}/acknowledge")
    for place in (*PLACES, path):
        assert RUN_OUT not in visitor.get(place).text


def test_a_drill_is_no_emergency_of_a_person(office: Office, hotline: Hotline) -> None:
    """Red about duty only for people; closed as helped, a drill brings no news to anybody."""
    visitor = office.signed_in("sari")
    now = hotline.clock.now()

    def begin(uow: SqlUnitOfWork) -> str:
        known = uow.conversations.for_sender("canary", "drill", now)
        kind, urgency = CaseKind.DRILL, Urgency.EMERGENCY
        return uow.cases.open(known, kind, urgency, {}, practice=False, now=now).reference

    reference = hotline.app.database.write(begin).result()
    page = visitor.get("/console/").text
    assert reference in page
    assert "DARURAT masih terbuka" not in page
    path = f"/console/cases/{reference}"
    visitor.post(f"{path}/acknowledge")
    assert visitor.post(f"{path}/close", reason="helped", confirmed="yes").status == 303
    assert "Sudah ditutup" in visitor.get(path).text
    assert "Kabar baik" not in visitor.get("/console/").text
