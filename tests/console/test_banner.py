"""What stands in red above every page."""

from __future__ import annotations

import pytest

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
