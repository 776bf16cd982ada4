"""What those who carried a case find on top of the list after it was closed."""

from __future__ import annotations

from bot.domain.staff import Role
from tests.console.conftest import Office, Visitor

GOOD_NEWS = "Kabar baik"
QUESTION = "Sudah bicara dengan seseorang?"


def closed(office: Office, by: Visitor, reason: str = "helped") -> str:
    """An emergency that a member acknowledged and closed; its reference."""
    path = f"/console/cases/{office.emergency().reference}"
    by.post(f"{path}/acknowledge")
    by.post(f"{path}/close", reason=reason, confirmed="yes")
    return path


def test_who_carried_a_hard_case_is_asked_and_told(office: Office) -> None:
    """The one who had it reads good news and the question; a colleague who had not reads nothing."""
    sari, budi = office.signed_in("sari"), office.signed_in("budi")
    office.hire("bu rt", Role.SUPERVISOR)
    closed(office, sari)
    page = sari.get("/console/").text
    assert page.index(GOOD_NEWS) < page.index(QUESTION) < page.index("Tidak ada yang bertugas")
    assert "Yang siap mendengar: Petugas 3 (bu rt)." in page
    other = budi.get("/console/").text
    assert GOOD_NEWS not in other
    assert QUESTION not in other


def test_a_notice_goes_when_it_was_read(office: Office) -> None:
    """One button each; nobody else can take it away."""
    sari, budi = office.signed_in("sari"), office.signed_in("budi")
    closed(office, sari, reason="no_contact")
    (seen,) = (each for each in sari.get("/console/").actions if each.endswith("/seen"))
    assert budi.post(seen).status == 404
    assert QUESTION in sari.get("/console/").text
    assert sari.post(seen).status == 303
    assert QUESTION not in sari.get("/console/").text


def test_everybody_who_had_it_is_told(office: Office) -> None:
    """One acknowledged, another took the talk over: both carried it."""
    sari, budi = office.signed_in("sari"), office.signed_in("budi")
    path = f"/console/cases/{office.emergency().reference}"
    sari.post(f"{path}/acknowledge")
    budi.post(f"{path}/take-over")
    budi.post(f"{path}/hand-back")
    budi.post(f"{path}/close", reason="helped", confirmed="yes")
    assert all(GOOD_NEWS in each.get("/console/").text for each in (sari, budi))


def test_nobody_is_woken_for_a_notice(office: Office) -> None:
    """After the closing no phone rings."""
    sari = office.signed_in("sari")
    closed(office, sari)
    rung = {who: len(texts) for who, texts in office.hotline.phones.received.items()}
    office.told("ani")
    office.hotline.clock.forward(days=1)
    office.told("ani")
    assert {who: len(texts) for who, texts in office.hotline.phones.received.items()} == rung
