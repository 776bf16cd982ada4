"""The list of cases, duty and alarms."""

from __future__ import annotations

import asyncio
from time import perf_counter

import httpx
import pytest

from bot.console import pages
from bot.domain.cases import CaseKind, CloseReason
from bot.domain.staff import Role
from bot.language.types import Urgency
from tests.console.conftest import Office, Page
from tests.hotline import Hotline


def open_case(office: Office, who: str, urgency: Urgency, *, practice: bool = True) -> str:
    """A case of this urgency; its reference."""
    hotline = office.hotline
    now = hotline.clock.now()
    case = office.nobody.run(
        hotline.app.write(
            lambda uow: uow.cases.open(
                uow.conversations.for_sender("web", who, now),
                CaseKind.LABOUR_ABUSE,
                urgency,
                {},
                practice=practice,
                now=now,
            )
        )
    )
    return case.reference


def order(page: Page, *references: str) -> list[str]:
    """The references in the order in which the page shows them."""
    return sorted(references, key=page.text.index)


def test_an_empty_list_says_so(office: Office) -> None:
    """Nothing to do looks different from something broken."""
    assert "Tidak ada kasus terbuka" in office.signed_in("sari").get("/console/").text


def test_the_most_urgent_and_longest_waiting_stand_first(office: Office, hotline: Hotline) -> None:
    """Urgency first, then how long somebody has waited."""
    visitor = office.signed_in("sari")
    references = {}
    for name, urgency in (
        ("concern", Urgency.CONCERN),
        ("urgent, old", Urgency.URGENT),
        ("urgent, new", Urgency.URGENT),
        ("emergency", Urgency.EMERGENCY),
    ):
        references[name] = open_case(office, name, urgency)
        hotline.clock.forward(minutes=7)
    page = visitor.get("/console/")
    assert order(page, *references.values()) == [
        references[name] for name in ("emergency", "urgent, old", "urgent, new", "concern")
    ]
    for word in ("DARURAT", "Mendesak", "Perlu tindak lanjut", "28 mnt"):
        assert word in page.text


def test_practice_never_stands_before_the_real_thing(office: Office, hotline: Hotline) -> None:
    """Old practice cases do not push a real one down."""
    visitor = office.signed_in("sari")
    practice = open_case(office, "latihan", Urgency.URGENT)
    hotline.clock.forward(minutes=30)
    real = open_case(office, "ani", Urgency.URGENT, practice=False)
    page = visitor.get("/console/")
    assert order(page, practice, real) == [real, practice]
    assert page.text.count("LATIHAN") == 1


def test_a_row_tells_who_talks_and_who_looks_after_it(office: Office) -> None:
    """Before a takeover the bot talks and nobody owns the case; afterwards a member does."""
    visitor = office.signed_in("sari")
    case = office.emergency()
    before = visitor.get("/console/").text
    assert "Bot menjawab" in before
    assert "Belum ada petugas" in before
    assert "1 DARURAT menunggu petugas" in before
    visitor.post(f"/console/cases/{case.reference}/take-over")
    after = visitor.get("/console/").text
    assert "Petugas 1 menjawab" in after
    assert "menunggu petugas" not in after


def test_closed_cases_stand_apart(office: Office, hotline: Hotline) -> None:
    """A closed case leaves the list and is found under its own tab, with the reason."""
    visitor = office.signed_in("sari")
    reference = open_case(office, "ani", Urgency.CONCERN)
    now = hotline.clock.now()

    def close() -> None:
        """Close it the short way."""
        case = hotline.app.database.read(lambda uow: uow.cases.find(reference))
        assert case is not None
        hotline.app.database.write(
            lambda uow: uow.cases.close(case.id, CloseReason.REFERRED, now)
        ).result()

    close()
    assert reference not in visitor.get("/console/").text
    closed = visitor.get("/console/?show=closed").text
    assert reference in closed
    assert "Dirujuk ke lembaga lain" in closed


def test_duty_begins_and_ends_with_a_button(office: Office) -> None:
    """Who is on duty now is a click, and everybody sees it."""
    visitor = office.signed_in("sari")
    assert "Tidak ada yang bertugas" in visitor.get("/console/").text
    assert visitor.post("/console/duty/begin", hours="8").status == 303
    page = visitor.get("/console/").text
    assert "Petugas 1 sampai 22 Nov, 04.00 WIB" in page
    assert "tidak terjangkau" not in page
    visitor.post("/console/duty/end")
    assert "Tidak ada yang bertugas" in visitor.get("/console/").text


def test_duty_that_nobody_could_reach_is_marked(office: Office, hotline: Hotline) -> None:
    """A shift with a closed console and no verified contact is no comfort."""
    office.signed_in("sari").post("/console/duty/begin", hours="8")
    hotline.clock.forward(minutes=10)
    page = office.signed_in("budi").get("/console/").text
    assert "Petugas 1 sampai 22 Nov, 04.00 WIB tidak terjangkau" in page


@pytest.mark.parametrize("hours", ["0", "24", "-4", "", "banyak"])
def test_odd_shifts_are_refused(office: Office, hours: str) -> None:
    """Only the offered lengths exist."""
    assert office.signed_in("sari").post("/console/duty/begin", hours=hours).status == 400


def test_an_alarm_stands_until_a_supervisor_settles_it(office: Office) -> None:
    """Everybody sees it; only supervisors can say that it has been seen to."""
    worker = office.signed_in("sari")
    chief = office.signed_in("budi", Role.SUPERVISOR)
    case = office.emergency()
    sentence = f"Tidak ada petugas yang bertugas saat kasus darurat {case.reference} masuk."
    page = worker.get("/console/")
    assert sentence in page.text
    assert "Sudah diurus" not in page.text
    (alarm,) = office.hotline.app.database.read(lambda uow: uow.alarms.standing())
    assert worker.post(f"/console/alarms/{alarm.id}/settle").status == 403
    assert sentence in worker.get("/console/").text
    assert f"/console/alarms/{alarm.id}/settle" in chief.get("/console/").actions
    assert chief.post(f"/console/alarms/{alarm.id}/settle").status == 303
    assert sentence not in worker.get("/console/").text


def test_a_new_case_appears_within_a_second(office: Office) -> None:
    """An open list is told of a new emergency at once, and only of what changed."""
    visitor = office.signed_in("sari")
    have = visitor.get("/console/").have

    async def both() -> tuple[httpx.Response, float]:
        """The page waits, then somebody writes; the answer and how long it took."""
        waiting = asyncio.create_task(visitor.client.get("/console/", headers=have))
        await asyncio.sleep(0.3)
        start = perf_counter()
        await office.hotline.says("ani", "tolong saya dikunci di kamar")
        return await waiting, perf_counter() - start

    answer, seconds = visitor.run(both())
    assert seconds < 1
    parts = answer.json()["parts"]
    assert "Orang dalam bahaya" in parts["list"]["html"]
    assert "DARURAT" in parts["waiting"]["html"]
    assert "duty" not in parts


def test_another_process_is_noticed_by_looking_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case whose commit wakes nobody here is found by the next look."""
    monkeypatch.setattr(pages, "LOOK_AGAIN_SECONDS", 0.1)
    visitor = office.signed_in("sari")
    have = visitor.get("/console/").have

    async def both() -> httpx.Response:
        """The page waits; a row appears without a wake."""
        waiting = asyncio.create_task(visitor.client.get("/console/", headers=have))
        await asyncio.sleep(0.05)
        hotline = office.hotline
        now = hotline.clock.now()
        await hotline.app.write(
            lambda uow: uow.cases.open(
                uow.conversations.for_sender("web", "ani", now),
                CaseKind.RECRUITER,
                Urgency.CONCERN,
                {},
                practice=True,
                now=now,
            )
        )
        return await waiting

    assert "Laporan perekrut" in visitor.run(both()).json()["parts"]["list"]["html"]


def test_nothing_new_ends_the_wait(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quiet night costs an empty answer each twenty seconds, not a page."""
    monkeypatch.setattr(pages, "HELD_SECONDS", 0.2)
    monkeypatch.setattr(pages, "LOOK_AGAIN_SECONDS", 0.1)
    visitor = office.signed_in("sari")
    page = visitor.get("/console/")
    answer = visitor.get("/console/", page.have).response
    assert answer.status_code == 204
    assert answer.content == b""
