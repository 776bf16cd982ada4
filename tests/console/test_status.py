"""The status page: what is wrong, and when everything was last seen."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.auditor import AUDITOR, HEARTBEAT
from bot.store.unit_of_work import SqlUnitOfWork
from tests.console.conftest import Office

PLACE = "/console/status"


def seen(office: Office, *names: str) -> None:
    """These were seen to work just now, and the worker's loops with them."""
    office.nobody.run(office.hotline.settle())
    now = office.hotline.clock.now()
    office.hotline.app.database.write(lambda uow: uow.beats.set(dict.fromkeys(names, now))).result()


def report(office: Office, seconds: float) -> None:
    """A test report was acknowledged after so long, just now."""
    now = office.hotline.clock.now()

    def run(uow: SqlUnitOfWork) -> None:
        begun = uow.canary.begin(now - timedelta(seconds=seconds))
        uow.canary.paged(begun.id, now - timedelta(seconds=seconds / 2))
        uow.canary.acknowledged(begun.id, now)

    office.hotline.app.database.write(run).result()


def test_a_healthy_hotline_says_so(office: Office) -> None:
    """All staff may read it: nothing wrong, the watchman's last look, the seconds of the report."""
    seen(office, AUDITOR, "door whatsapp/status")
    report(office, 2.5)
    page = office.signed_in("budi").get(PLACE)
    assert page.status == 200
    assert "Tidak ada gangguan yang terlihat." in page.text
    assert "sampai panggilan 1,2 detik, sampai dijawab 2,5 detik" in page.text
    assert "Program pekerja: turns" in page.text
    assert "Pintu masuk: whatsapp/status" in page.text
    assert "belum diatur (HEARTBEAT_URL)" in page.text


def test_what_is_wrong_stands_first_with_its_case(office: Office) -> None:
    """A stopped worker and a bare case, each a sentence; the case can be opened from here."""
    seen(office, AUDITOR, HEARTBEAT)
    report(office, 2)
    case = office.emergency()
    office.hotline.app.database.write(lambda uow: uow.escalations.resolve(case.id)).result()
    office.hotline.clock.forward(minutes=4)
    visitor = office.signed_in("budi")
    page = visitor.get(PLACE)
    assert f"{case.reference} tidak punya langkah berikutnya" in page.text
    assert "Program pekerja berhenti sejak 4 menit" in page.text
    assert "Program penjaga tidak jalan" in page.text
    assert f'href="/console/cases/{case.reference}"' in page.response.text


def test_nobody_reads_it_without_signing_in(office: Office) -> None:
    """It says what is weak."""
    assert office.nobody.get(PLACE).status == 303
