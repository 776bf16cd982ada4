"""The register of recruiters and the departure of a case, as staff use them."""

from __future__ import annotations

import pytest

from bot.domain.departures import Outcome
from bot.domain.staff import Role
from tests.console.conftest import Office, Visitor
from tests.hotline import Hotline
from tests.journeys.offers import judged

PLACE = "/console/recruiters"
NUMBER = "+6281200001234"


def asks(office: Office, *people: str) -> None:
    """People ask about one dangerous offer."""
    for who in people:
        office.nobody.run(judged(office.hotline, who))


def page_of_entry(office: Office) -> str:
    """The address of the only entry."""
    (entry,) = office.hotline.app.database.read(
        lambda uow: uow.recruiters.listed(cleared=False, limit=9)
    )
    return f"{PLACE}/{entry.reference}"


@pytest.fixture
def chief(office: Office) -> Visitor:
    """Petugas 1, a supervisor."""
    return office.signed_in("sari", Role.SUPERVISOR)


@pytest.fixture
def worker(office: Office) -> Visitor:
    """Petugas 2, a caseworker; needs `chief` first for the number."""
    return office.signed_in("budi")


def test_the_list_leads_to_the_entry_and_its_cases(office: Office, chief: Visitor) -> None:
    """Number, people and cases; the case leads back to the number."""
    asks(office, "ani", "citra")
    listed = chief.get(PLACE)
    assert NUMBER in listed.text
    assert "2 orang, 2 kasus" in listed.text
    entry = chief.get(page_of_entry(office))
    references = [case.reference for case in office.cases()]
    assert all(reference in entry.text for reference in references)
    case = chief.get(f"/console/cases/{references[0]}")
    assert NUMBER in case.text
    assert "Tawaran yang sama ditanyakan 2 orang." in case.text
    assert page_of_entry(office) in case.response.text


def test_nobody_reads_it_without_signing_in(office: Office) -> None:
    """The register is for staff alone."""
    asks(office, "ani")
    for path in (PLACE, page_of_entry(office)):
        assert NUMBER not in office.nobody.get(path).response.text
    assert (
        office.nobody.post(f"{PLACE}/find", written=NUMBER)
        .response.headers["location"]
        .startswith("/console/sign-in")
    )


@pytest.mark.parametrize("written", ["0812.0000.1234", "wa.me/6281200001234", " 62812 0000 1234"])
def test_a_number_is_found_however_it_is_written(
    office: Office, chief: Visitor, written: str
) -> None:
    """Staff paste what they have; the number stands in no address."""
    asks(office, "ani")
    found = chief.post(f"{PLACE}/find", written=written)
    assert found.response.headers["location"] == page_of_entry(office)


def test_what_is_not_there_is_no_good_sign(office: Office, chief: Visitor) -> None:
    """And says so."""
    assert "bukan tanda" in chief.post(f"{PLACE}/find", written="0813 0000 9999").text


def test_an_entry_is_disputed_corrected_cleared_and_counted_again(
    office: Office, chief: Visitor, worker: Visitor
) -> None:
    """Anybody notes and disputes, supervisors decide; every step has its reason in the log."""
    asks(office, "ani")
    page = page_of_entry(office)
    assert worker.post(f"{page}/note", reason="dipakai juga di Sambas").status == 303
    assert worker.post(f"{page}/dispute", reason="pemiliknya bilang dipinjam").status == 303
    for act in ("correct", "clear", "count_again"):
        assert worker.post(f"{page}/{act}", reason="saya rasa").status == 403
    assert (
        chief.post(f"{page}/correct", reason="benar, dipinjam", label="HP pinjaman").status == 303
    )
    assert chief.post(f"{page}/clear", reason="nomor ganti pemilik").status == 303
    shown = worker.get(page).text
    for piece in (
        "dipakai juga di Sambas",
        "pemiliknya bilang dipinjam",
        "HP pinjaman",
        "nomor ganti pemilik",
        "Petugas 2",
        "tidak dihitung lagi",
        "Dibersihkan",
    ):
        assert piece in shown
    assert NUMBER not in worker.get(PLACE).text
    assert NUMBER in worker.get(f"{PLACE}?show=cleared").text
    assert chief.post(f"{page}/count_again", reason="muncul lagi").status == 303
    assert NUMBER in worker.get(PLACE).text


def test_an_act_needs_a_reason_and_happens_once(office: Office, chief: Visitor) -> None:
    """Without words, or a second time, nothing changes."""
    asks(office, "ani")
    page = page_of_entry(office)
    assert chief.post(f"{page}/clear", reason=" ").status == 409
    assert chief.post(f"{page}/clear", reason="salah nomor").status == 303
    assert chief.post(f"{page}/clear", reason="salah nomor").status == 409
    form = {"reason": "dilihat dua kali", "form_id": "f" * 32}
    for _ in range(2):
        assert chief.post(f"{page}/note", **form).status == 303
    assert chief.get(page).text.count("dilihat dua kali") == 1
    assert chief.post(f"{PLACE}/RK-BBBBBB/note", reason="x").status == 404
    assert chief.post(f"{page}/forget", reason="x").status == 404


def test_a_hot_spot_stands_among_the_alarms(office: Office, chief: Visitor) -> None:
    """In words, with a way to the entry, and in the log of the cases."""
    asks(office, "ani", "citra", "dewi")
    home = chief.get("/console/")
    assert "muncul pada 3 orang dalam dua minggu" in home.text
    assert page_of_entry(office) in home.response.text
    case = chief.get(f"/console/cases/{office.cases()[0].reference}")
    assert "Titik rawan" in case.text


def test_staff_say_what_became_of_a_departure(office: Office, chief: Visitor) -> None:
    """The task stands on the case until a day, or the end of the matter, is told."""
    asks(office, "ani")
    office.nobody.run(_later(office.hotline))
    (case,) = office.cases()
    path = f"/console/cases/{case.reference}"
    assert "tanya kapan berangkat: belum dijawab" in chief.get(path).text
    assert chief.post(f"{path}/departure", found="day", day="").status == 409
    assert chief.post(f"{path}/departure", found="day", day="2026-11-20").status == 409
    assert chief.post(f"{path}/departure", found="day", day="2026-12-05").status == 303
    page = chief.get(path).text
    assert "5 Des 2026" in page
    assert "Tugas:" not in page
    assert chief.post(f"{path}/departure", found=Outcome.OFF.value).status == 303
    assert "Tidak jadi berangkat." in chief.get(path).text


async def _later(hotline: Hotline) -> None:
    await hotline.forward(minutes=10)
