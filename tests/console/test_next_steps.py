"""Next steps on the page of a case and on the list."""

from __future__ import annotations

import pytest

from tests.console.conftest import Office, Visitor

TOMORROW = "2026-11-22T09:00"  # the tests begin on the 21st at 20.00 WIB


@pytest.fixture
def sari(office: Office) -> Visitor:
    """Petugas 1, signed in."""
    return office.signed_in("sari")


def ids(office: Office) -> dict[str, str]:
    """Ids of the staff by login."""
    everyone = office.hotline.app.database.read(lambda uow: uow.staff.everyone())
    return {member.login: member.id for member in everyone}


def test_a_step_is_planned_accepted_and_done(office: Office, sari: Visitor) -> None:
    """One plans for another, who reads it on the list, agrees and does it; the log has all."""
    budi = office.signed_in("budi")
    path = f"/console/cases/{office.emergency().reference}"
    assert "Belum ada langkah berikutnya." in sari.get(path).text
    owner = ids(office)["budi"]
    done = sari.post(f"{path}/plan", text="Telepon KBRI", due=TOMORROW, owner=owner)
    assert done.status == 303
    assert done.response.headers["location"].endswith("#next")
    page = sari.get(path)
    assert "Telepon KBRI Petugas 2, 22 Nov, 09.00 WIB. Belum disetujui" in page.text
    assert f"{path}/accept-step" not in page.actions
    assert "Tunggu persetujuanmu" in budi.get("/console/").text
    assert "Langkahmu" not in sari.get("/console/").text
    step = _step_of(budi, path)
    assert budi.post(f"{path}/accept-step", step=step).status == 303
    assert "Belum disetujui" not in budi.get(path).text
    assert budi.post(f"{path}/finish-step", step=step).status == 303
    last = budi.get(path).text
    assert "Belum ada langkah berikutnya." in last
    for piece in ("2026-11-22 09.00 WIB: Telepon KBRI", "disetujui: Telepon KBRI", "selesai: Tele"):
        assert piece in last


def _step_of(visitor: Visitor, path: str) -> str:
    return visitor.get(path).hidden["step"]


@pytest.mark.parametrize(
    ("text", "due", "refusal"),
    [
        ("  ", TOMORROW, "Tulis dulu langkahnya."),
        ("a" * 201, TOMORROW, "Terlalu panjang"),
        ("cek", "2026-11-21T19:59", "Waktunya harus nanti"),
        ("cek", "2027-11-21T20:00", "Waktunya harus nanti"),
        ("cek", "besok", "Isi dulu kapan"),
        ("cek", "", "Isi dulu kapan"),
    ],
)
def test_a_wrong_step_keeps_what_was_typed(
    office: Office, sari: Visitor, text: str, due: str, refusal: str
) -> None:
    """The reason stands above, the form is open, nothing was saved."""
    path = f"/console/cases/{office.emergency().reference}"
    refused = sari.post(f"{path}/plan", text=text, due=due, owner=ids(office)["sari"])
    assert refused.status == 409
    assert refusal in refused.text
    assert '<details id="plan" open>' in refused.response.text
    assert "Belum ada langkah berikutnya." in sari.get(path).text


def test_nobody_is_given_a_step_who_is_not_there(office: Office, sari: Visitor) -> None:
    """An id that is nobody's, and somebody who has left."""
    office.hire("gone")
    path = f"/console/cases/{office.emergency().reference}"
    gone = ids(office)["gone"]
    office.hotline.app.database.write(lambda uow: uow.staff.disable(gone)).result()
    for owner in ("f" * 32, gone):
        assert sari.post(f"{path}/plan", text="cek", due=TOMORROW, owner=owner).status == 409


def test_a_step_that_is_late_stands_out(office: Office, sari: Visitor) -> None:
    """On the case and on the list of its owner, in words."""
    path = f"/console/cases/{office.emergency().reference}"
    sari.post(f"{path}/plan", text="cek", due="2026-11-21T20:10", owner=ids(office)["sari"])
    assert "LEWAT WAKTU" not in sari.get(path).text
    office.hotline.clock.forward(minutes=11)
    office.told("ani")
    assert "LEWAT WAKTU" in sari.get(path).text
    assert "LEWAT WAKTU" in sari.get("/console/").text
    assert "Waktunya lewat; petugasnya dipanggil" in sari.get(path).text


def test_a_step_that_is_done_cannot_be_done_again(office: Office, sari: Visitor) -> None:
    """A page that was open since before says so."""
    path = f"/console/cases/{office.emergency().reference}"
    sari.post(f"{path}/plan", text="cek", due=TOMORROW, owner=ids(office)["sari"])
    step = _step_of(sari, path)
    sari.post(f"{path}/finish-step", step=step)
    for act in ("finish-step", "accept-step"):
        assert "Langkah ini sudah selesai." in sari.post(f"{path}/{act}", step=step).text
