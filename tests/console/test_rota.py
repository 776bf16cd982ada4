"""The page of the rota: days with gaps, swaps, and what only supervisors change."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.rota import Rotation
from bot.domain.staff import Role
from bot.store.rota import MAIN
from bot.store.unit_of_work import SqlUnitOfWork
from tests.console.conftest import Office, Page, Visitor

# The clock of the tests stands at 20:00 WIB on Saturday 21 November.
EVENING = datetime(2026, 11, 21, 13, tzinfo=UTC)
FORM = {
    "schedule": MAIN,
    "name": "malam",
    "members": "1, 2",
    "turn_days": "1",
    "begins": "20:00",
    "ends": "08:00",
    "weekdays": "1111111",
    "first_day": "2026-11-21",
    "last_day": "",
    "on_holidays": "1",
}


def nights(office: Office, *logins: str) -> None:
    """A night watch from today on."""
    ids = tuple(office.member(login).id for login in logins)
    plan = Rotation("", "malam", ids, 1, date(2026, 11, 21), None, time(20), time(8))
    office.hotline.app.database.write(lambda uow: uow.rota.keep_rotation(MAIN, plan)).result()


def give_phone(office: Office, login: str) -> None:
    """A verified contact."""
    now = office.hotline.clock.now()
    who = office.member(login).id
    office.hotline.app.database.write(
        lambda uow: uow.staff.add_contact(who, "phone", login, verified_at=now)
    ).result()


def duties(page: Page) -> list[str]:
    """The values of what can be given away."""
    menu = re.search(r'<select name="duty">(.*?)</select>', page.response.text, re.DOTALL)
    return [] if menu is None else re.findall(r'value="([^"]+)"', menu[1])


def rota(visitor: Visitor, zone: str = "") -> Page:
    """The page."""
    return visitor.get(f"/console/rota{'?zone=' + zone if zone else ''}")


def on_call(office: Office, **later: float) -> list[str]:
    """Logins of those on call."""
    at = office.hotline.clock.now() + timedelta(**later)

    def read(uow: SqlUnitOfWork) -> list[str]:
        return [uow.staff.get(each).login for each in uow.rota.plan(at).on_call(at)]

    return office.hotline.app.database.read(read)


def test_each_day_says_who_is_on_call_and_what_is_open(office: Office) -> None:
    """A night is told on both its days; the hours that nobody covers stand there as a gap."""
    visitor = office.signed_in("sari")
    office.signed_in("budi")
    nights(office, "sari", "budi")
    text = rota(visitor).text
    assert "Sab 21 Nov hari ini mulai 20.00 Petugas 1 tanpa kontak" in text
    assert "Min 22 Nov sampai 08.00 Petugas 1 tanpa kontak 08.00-20.00 Kosong mulai 20.00" in text
    assert "Tidak ada petugas jaga dalam 14 hari ke depan: 14 kali" in text
    assert "Belum punya kontak terverifikasi: Petugas 1, Petugas 2." in text
    assert "Min 29 Nov" in text
    assert "Sen 30 Nov sampai" not in text


def test_the_hours_are_told_in_three_zones(office: Office) -> None:
    """The same night begins at 21.00 in Makassar and at 22.00 in Jayapura."""
    visitor = office.signed_in("sari")
    nights(office, "sari")
    assert "mulai 21.00 Petugas 1" in rota(visitor, "WITA").text
    assert "mulai 22.00 Petugas 1" in rota(visitor, "WIT").text
    assert "mulai 20.00 Petugas 1" in rota(visitor, "nirgendwo").text


def test_a_swap_counts_when_the_colleague_accepts(office: Office) -> None:
    """Asked by one, accepted by the other; until then nothing changes."""
    sari, budi = office.signed_in("sari"), office.signed_in("budi")
    nights(office, "sari")
    give_phone(office, "budi")
    duty = duties(rota(sari))[0]
    colleague = office.member("budi").id
    assert sari.post("/console/rota/swap", duty=duty, colleague=colleague).status == 303
    assert on_call(office) == ["sari"]
    assert "Batalkan permintaan" in rota(sari).text
    page = rota(budi)
    assert "Minta tukar jaga. Petugas 2 menggantikan Petugas 1: Sab 21 Nov 20.00" in page.text
    swap = page.hidden["id"]
    assert sari.post("/console/rota/accept", id=swap).status == 409
    assert budi.post("/console/rota/accept", id=swap).status == 303
    assert on_call(office) == ["budi"]
    assert on_call(office, days=1) == ["sari"]
    assert "Tukar jaga yang berlaku (1)" in rota(sari).text
    again = budi.post("/console/rota/accept", id=swap)
    assert again.status == 409
    assert "sudah tidak berlaku" in again.text


def test_a_swap_can_be_refused(office: Office) -> None:
    """Who says no is asked no more."""
    sari, budi = office.signed_in("sari"), office.signed_in("budi")
    stranger = office.signed_in("citra")
    nights(office, "sari")
    duty = duties(rota(sari))[0]
    sari.post("/console/rota/swap", duty=duty, colleague=office.member("budi").id)
    swap = rota(budi).hidden["id"]
    assert "Minta tukar jaga" not in rota(stranger).text
    assert stranger.post("/console/rota/decline", id=swap).status == 409
    assert budi.post("/console/rota/decline", id=swap).status == 303
    assert on_call(office) == ["sari"]
    assert "Minta tukar jaga" not in rota(budi).text


def test_part_of_a_night_is_swapped_in_the_zone_that_is_shown(office: Office) -> None:
    """Midnight in Makassar is 23:00 in Jakarta."""
    sari, chief = office.signed_in("sari"), office.signed_in("budi", Role.SUPERVISOR)
    nights(office, "sari")
    give_phone(office, "sari")
    give_phone(office, "budi")
    assert duties(rota(sari))
    answer = chief.post(
        "/console/rota/swap",
        duty=duties(rota(chief))[0],
        colleague=office.member("budi").id,
        zone="WITA",
        **{"from": "2026-11-22T00:00", "until": "2026-11-22T09:00"},
    )
    assert answer.response.headers["location"] == "/console/rota?zone=WITA"
    assert on_call(office, hours=2, minutes=59) == ["sari"]
    assert on_call(office, hours=3) == ["budi"]


def test_a_swap_that_leaves_nobody_to_wake_warns(office: Office) -> None:
    """A supervisor may do it and is told; a gap on purpose as well."""
    office.signed_in("sari")
    office.signed_in("citra")
    chief = office.signed_in("budi", Role.SUPERVISOR)
    nights(office, "sari")
    give_phone(office, "sari")
    duty = duties(rota(chief))[0]
    answer = chief.post("/console/rota/swap", duty=duty, colleague=office.member("citra").id)
    assert answer.status == 200
    assert "ada jam tanpa petugas yang bisa dibangunkan" in answer.text
    assert "Petugas jaga tidak bisa dibangunkan" in rota(chief).text
    assert on_call(office) == ["citra"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"colleague": "sari"}, "Pilih petugas lain"),
        ({"colleague": "nobody"}, "tidak ada atau sudah tidak aktif"),
        ({"colleague": ""}, "Pilih petugas yang menggantikan"),
        ({"from": "2026-11-22T09:00", "until": "2026-11-22T08:00"}, "sesudah jam mulai"),
        ({"from": "2026-11-22T07:00", "until": "2026-11-22T10:00"}, "sudah tidak ada di jadwal"),
        ({"from": "besok"}, "tidak terbaca"),
        ({"duty": "x"}, "tidak terbaca"),
    ],
)
def test_swaps_that_cannot_be_are_refused_in_words(
    office: Office, changed: dict[str, str], said: str
) -> None:
    """Each refusal says what to do, and changes nothing."""
    sari = office.signed_in("sari")
    office.signed_in("budi")
    nights(office, "sari")
    fields = {"duty": duties(rota(sari))[0], "colleague": "budi", **changed}
    if fields["colleague"] in {"sari", "budi"}:
        fields["colleague"] = office.member(fields["colleague"]).id
    answer = sari.post("/console/rota/swap", **fields)
    assert answer.status == 409
    assert said in answer.text
    assert "Minta tukar jaga." not in rota(sari).text


def test_nobody_gives_away_the_duty_of_another(office: Office) -> None:
    """The duties of colleagues are not offered, and a forged one is refused."""
    office.signed_in("sari")
    budi = office.signed_in("budi")
    chief = office.signed_in("citra", Role.SUPERVISOR)
    nights(office, "sari")
    assert duties(rota(budi)) == []
    forged = duties(rota(chief))[0]
    answer = budi.post("/console/rota/swap", duty=forged, colleague=office.member("budi").id)
    assert answer.status == 409
    assert "Hanya pengawas" in answer.text


def test_a_shift_is_added_and_cancelled(office: Office) -> None:
    """For oneself; for others only by a supervisor; not for longer than a day."""
    sari = office.signed_in("sari")
    office.signed_in("budi")
    span = {"from": "2026-11-22T08:00", "until": "2026-11-22T16:00"}
    fields = {"staff": office.member("sari").id, "schedule": MAIN, **span}
    give_phone(office, "sari")
    assert sari.post("/console/rota/shift", **fields).status == 303
    assert on_call(office, hours=12) == ["sari"]
    assert "08.00-16.00 Petugas 1" in rota(sari).text
    other = sari.post("/console/rota/shift", **{**fields, "staff": office.member("budi").id})
    assert "Hanya pengawas" in other.text
    endless = sari.post("/console/rota/shift", **{**fields, "until": "2026-11-25T16:00"})
    assert "paling lama 24 jam" in endless.text
    shift = re.search(
        r'cancel-shift">.*?name="id" value="(\w+)"', rota(sari).response.text, re.DOTALL
    )
    assert shift is not None
    assert sari.post("/console/rota/cancel-shift", id=shift[1]).status == 303
    assert on_call(office, hours=12) == []


def test_supervisors_keep_rotations(office: Office) -> None:
    """A new one by the numbers of its members; changed, and taken away."""
    sari = office.signed_in("sari")
    chief = office.signed_in("budi", Role.SUPERVISOR)
    assert sari.post("/console/rota/rotation", **FORM).status == 409
    assert chief.post("/console/rota/rotation", **FORM).status == 303
    assert [on_call(office), on_call(office, days=1)] == [["sari"], ["budi"]]
    page = rota(chief)
    assert "malam : Petugas 1, Petugas 2 20.00-08.00 WIB, setiap hari, ganti tiap 1 hari" in (
        page.text
    )
    known = page.hidden["id"]
    assert chief.post("/console/rota/rotation", **{**FORM, "id": known, "members": "2"}).status == (
        303
    )
    assert on_call(office) == ["budi"]
    assert chief.post("/console/rota/end-rotation", id=known).status == 303
    assert on_call(office) == []
    assert "sudah dihapus" in chief.post("/console/rota/end-rotation", id=known).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": " "}, "Nama giliran"),
        ({"members": ""}, "paling sedikit satu petugas"),
        ({"members": "1, 99"}, "tidak terbaca"),
        ({"turn_days": "0"}, "Lama satu giliran"),
        ({"weekdays": "0000000"}, "paling sedikit satu hari"),
        ({"last_day": "2026-11-20"}, "Hari terakhir"),
        ({"begins": "25:00"}, "tidak terbaca"),
        ({"schedule": "another"}, "Jadwal itu tidak ada"),
    ],
)
def test_rotations_that_cannot_be_worked_are_refused(
    office: Office, changed: dict[str, str], said: str
) -> None:
    """The reason stands in Indonesian, and nobody is on call by half a plan."""
    chief = office.signed_in("budi", Role.SUPERVISOR)
    answer = chief.post("/console/rota/rotation", **{**FORM, "members": "1", **changed})
    assert answer.status == 409
    assert said in answer.text
    assert on_call(office) == []


def test_holidays_let_a_rotation_rest(office: Office) -> None:
    """A supervisor adds one and takes it away."""
    chief = office.signed_in("budi", Role.SUPERVISOR)
    fields = {**FORM, "members": "1", "on_holidays": ""}
    chief.post("/console/rota/rotation", **fields)
    holiday = {"day": "2026-11-22", "name": "Hari lembaga"}
    assert chief.post("/console/rota/holiday", **holiday).status == 303
    assert "Min 22 Nov Hari lembaga sampai 08.00 Petugas 1" in rota(chief).text
    assert [on_call(office), on_call(office, days=1)] == [["budi"], []]
    assert chief.post("/console/rota/remove-holiday", id="2026-11-22").status == 303
    assert on_call(office, days=1) == ["budi"]


def test_languages_stand_beside_the_names(office: Office) -> None:
    """Supervisors set them; an unknown tag is refused."""
    office.signed_in("sari")
    chief = office.signed_in("budi", Role.SUPERVISOR)
    who = office.member("sari").id
    post = "/console/rota/languages"
    assert chief.post(post, staff=who, languages="jv, Mad").status == 303
    assert "Petugas 1 (jv, mad)" in rota(chief).text
    assert "xx tidak dikenal" in chief.post(post, staff=who, languages="xx").text


def test_the_same_form_twice_changes_once(office: Office) -> None:
    """A slow line makes people tap twice."""
    sari = office.signed_in("sari")
    give_phone(office, "sari")
    span = {"from": "2026-11-22T08:00", "until": "2026-11-22T16:00"}
    fields = {"staff": office.member("sari").id, "schedule": MAIN, "form_id": "one", **span}
    assert sari.post("/console/rota/shift", **fields).status == 303
    assert sari.post("/console/rota/shift", **fields).status == 303
    text = rota(sari).response.text
    assert text.count("/console/rota/cancel-shift") == 1


def test_only_known_acts_exist(office: Office) -> None:
    """Anything else is no page."""
    assert office.signed_in("sari").post("/console/rota/burn").status == 404
    assert office.nobody.get("/console/rota").status == 303
