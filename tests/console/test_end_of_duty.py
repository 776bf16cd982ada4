"""The button that ends a duty: refused while a grave case, or the whole hotline, is in nobody's hands."""

from __future__ import annotations

from datetime import date, time, timedelta

from bot.domain.cases import Case
from bot.domain.rota import Rotation
from bot.store.rota import MAIN
from bot.store.unit_of_work import SqlUnitOfWork
from tests.console.conftest import Office


def hand_over(office: Office, case: Case, by: str, to: str) -> None:
    """A next step in an hour that the other one has accepted."""
    now = office.hotline.clock.now()
    giver, taker = office.member(by), office.member(to)

    def agree(uow: SqlUnitOfWork) -> None:
        due = now + timedelta(hours=1)
        step = uow.next_steps.set(case.id, taker.id, "telepon", due, set_by=giver.id, now=now)
        uow.next_steps.accept(step, taker.id, now)

    office.hotline.app.database.write(agree).result()


def around_the_clock(office: Office, *logins: str) -> None:
    """One rotation for each member, all day and all night."""
    for login in logins:
        plan = Rotation(
            "", login, (office.member(login).id,), 1, date(2026, 11, 1), None, time(0), time(0)
        )
        office.hotline.app.database.write(
            lambda uow, plan=plan: uow.rota.keep_rotation(MAIN, plan)  # type: ignore[misc]
        ).result()


def test_a_duty_ends_when_its_grave_cases_are_handed_over(office: Office) -> None:
    """The refusal names the case and what it lacks; the yes of the next one opens the way."""
    sari, budi = office.signed_in("sari"), office.signed_in("budi")
    for visitor in (sari, budi):
        visitor.post("/console/duty/begin", hours="8")
    office.hotline.clock.forward(minutes=1)
    case = office.emergency()
    path = f"/console/cases/{case.reference}"
    sari.post(f"{path}/take-over")
    sari.post(f"{path}/hand-back")
    refused = sari.post("/console/duty/end")
    assert refused.status == 409
    assert f"{case.reference} belum ada langkah berikutnya" in refused.text
    assert "Petugas 1 sampai" in sari.get("/console/").text
    hand_over(office, case, by="sari", to="budi")
    assert sari.post("/console/duty/end").status == 303
    assert "Petugas 1 sampai" not in sari.get("/console/").text
    sari.run(office.hotline.settle())
    assert case.reference in budi.post("/console/duty/end").text


def test_a_planned_duty_ends_early_only_beside_somebody_else(office: Office) -> None:
    """Alone in the rota nobody can leave, nor beside somebody who leaves before the end."""
    sari = office.signed_in("sari")
    around_the_clock(office, "sari")
    alone = sari.post("/console/duty/end")
    assert alone.status == 409
    assert "belum ada petugas lain yang bertugas" in alone.text
    budi = office.signed_in("budi")
    budi.post("/console/duty/begin", hours="4")
    assert sari.post("/console/duty/end").status == 409
    around_the_clock(office, "budi")
    assert "Petugas 1 seterusnya" in sari.get("/console/").text
    assert sari.post("/console/duty/end").status == 303
    text = sari.get("/console/").text
    assert "Petugas 1 seterusnya" not in text
    assert "Petugas 2" in text


def test_who_is_over_time_is_shown_as_on_duty(office: Office) -> None:
    """After the planned end the first page says what the duty waits for."""
    sari = office.signed_in("sari")
    sari.post("/console/duty/begin", hours="4")
    sari.post(f"/console/cases/{office.emergency().reference}/take-over")
    office.hotline.clock.forward(hours=5)
    assert "Petugas 1 sampai kasusnya diserahkan" in sari.get("/console/").text
