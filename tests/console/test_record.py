"""The record of pages on a case."""

from __future__ import annotations

import re

from tests.console.conftest import Office
from tests.hotline import Hotline


def test_the_record_says_who_was_called_how_and_when(office: Office, hotline: Hotline) -> None:
    """Who, what, by which way, when; the newest first, step by step; and who is being called now."""
    run = office.runner.run
    run(hotline.staff("sari", phone="sari-phone", on_duty_hours=8))
    run(hotline.staff("budi", phone="budi-phone"))
    visitor = office.signed_in("tini")
    path = f"/console/cases/{office.emergency().reference}"
    first = visitor.get(path).text
    assert "Dipanggil sekarang: Petugas 1." in first
    assert "Langkah 1 20.00 WIB Petugas 1: dipanggil lewat phone" in first
    assert "Langkah 2" not in first
    hotline.clock.forward(minutes=5)
    office.told("ani")
    second = visitor.get(path).text
    assert second.index("Langkah 2") < second.index("Langkah 1")
    assert "20.05 WIB Petugas 2: dipanggil lewat phone" in second
    assert "Dipanggil sekarang: Petugas 1, Petugas 2." in second


def test_why_somebody_was_not_called_is_said(office: Office) -> None:
    """Nobody on duty, no verified contact: the negative stands there too."""
    visitor = office.signed_in("tini")
    page = visitor.get(f"/console/cases/{office.emergency().reference}").text
    assert "Tidak ada yang bertugas" in page
    assert "Petugas 1: tidak dipanggil (belum punya kontak yang terverifikasi)" in page


def test_a_failure_has_its_reason(office: Office, hotline: Hotline) -> None:
    """The provider refused the number for good."""
    office.runner.run(hotline.staff("sari", phone="sari-phone", on_duty_hours=8))
    hotline.phones.broken.add("sari-phone")
    visitor = office.signed_in("tini")
    page = visitor.get(f"/console/cases/{office.emergency().reference}").text
    assert "Petugas 1: GAGAL lewat phone (sudah tidak ada di penyedia)" in page


def test_a_long_record_is_folded_after_ten(office: Office, hotline: Hotline) -> None:
    """Ten lines at once, the others behind a summary that counts them."""
    office.runner.run(hotline.staff("sari", phone="sari-phone", on_duty_hours=8))
    visitor = office.signed_in("tini")
    path = f"/console/cases/{office.emergency().reference}"
    for _ in range(6):
        hotline.clock.forward(minutes=15)
        office.told("ani")
    html = visitor.get(path).response.text
    record = html[html.index('id="record"') : html.index("Riwayat kasus")]
    shown, folded = record.split('<details id="record-rest">')
    assert shown.count("<li>") == 10
    assert f"{folded.count('<li>')} catatan sebelumnya" in folded
    assert folded.count("<li>") > 0


def test_the_trace_id_can_be_copied(office: Office) -> None:
    """One id, in a field that a thumb can select."""
    case = office.emergency()
    html = office.signed_in("tini").get(f"/console/cases/{case.reference}").response.text
    found = re.search(r'<input id="trace"[^>]* readonly value="([0-9a-f]{32})">', html)
    assert found is not None
    assert found[1] == case.trace_id


def test_a_failed_page_shows_no_address(office: Office, hotline: Hotline) -> None:
    """Phones of colleagues stand nowhere on the page."""
    office.runner.run(hotline.staff("sari", phone="sari-phone", on_duty_hours=8))
    page = office.signed_in("tini").get(f"/console/cases/{office.emergency().reference}")
    assert "sari-phone" not in page.response.text
