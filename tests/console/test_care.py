"""What staff do for a person, and the clock that waits for it."""

from __future__ import annotations

import pytest

from bot.domain.oncall import Care
from tests.console.conftest import Office, Visitor
from tests.hotline import Hotline

WAITS = "Tindakan ditunggu sampai"


@pytest.fixture
def sari(office: Office) -> Visitor:
    """Petugas 1, signed in."""
    return office.signed_in("sari")


@pytest.fixture
def path(office: Office, sari: Visitor) -> str:
    """The page of an emergency that sari has acknowledged."""
    path = f"/console/cases/{office.emergency().reference}"
    assert sari.post(f"{path}/acknowledge").status == 303
    return path


def care_of(office: Office) -> Care:
    """How the only case stands."""
    (case,) = office.cases()
    latest = office.hotline.app.database.read(lambda uow: uow.escalations.latest_for(case.id))
    assert latest is not None
    return latest.care


def test_the_page_shows_the_clock_of_care(
    office: Office, hotline: Hotline, sari: Visitor, path: str
) -> None:
    """Until when something is waited for, then the reminder, then that others are called."""
    page = sari.get(path).text
    assert "Petugas 1 memegang kasus ini. Tindakan ditunggu sampai 20.10 WIB" in page
    assert "petugas lain dipanggil 20.15 WIB" in page
    hotline.clock.forward(minutes=10)
    office.told("ani")
    assert "Petugas 1 sudah diingatkan." in sari.get(path).text
    hotline.clock.forward(minutes=5)
    office.told("ani")
    lapsed = sari.get(path).text
    assert "Petugas masih dipanggil." in lapsed
    assert "tidak ada tindakan, jadi dilepas" in lapsed


@pytest.mark.parametrize(
    ("act", "fields", "logged"),
    [
        ("reached", {"way": ""}, "Sudah terhubung dengan orangnya"),
        ("reached", {"way": "malam, lewat Telegram"}, "orangnya: malam, lewat Telegram"),
        ("referred", {"contact": "polri-110"}, "Dirujuk ke: Polisi (Polri)"),
        ("referred", {"text": "SBMI Lombok"}, "Dirujuk ke: SBMI Lombok"),
        (
            "silent",
            {"why": "phone_watched", "text": "majikannya di rumah"},
            "Belum menghubungi karena: hp-nya mungkin dilihat orang lain: majikannya di rumah",
        ),
        ("silent", {"why": "no_way"}, "karena: belum ada cara yang tidak membahayakan"),
    ],
)
def test_what_was_done_stops_the_clock(
    office: Office, sari: Visitor, path: str, act: str, fields: dict[str, str], logged: str
) -> None:
    """Each of the three, with its words in the log; nobody is reminded any more."""
    assert sari.post(f"{path}/{act}", **fields).status == 303
    assert care_of(office) is Care.CARED
    page = sari.get(path).text
    assert WAITS not in page
    assert logged in page
    office.hotline.clock.forward(hours=1)
    office.told("ani")
    assert care_of(office) is Care.CARED


@pytest.mark.parametrize(
    ("act", "fields", "refusal"),
    [
        ("referred", {}, "Pilih atau tulis dulu"),
        ("referred", {"contact": "nobody", "text": " "}, "Pilih atau tulis dulu"),
        ("silent", {"text": "nanti"}, "Pilih dulu alasannya."),
        ("silent", {"why": "lazy"}, "Pilih dulu alasannya."),
    ],
)
def test_half_a_record_stops_nothing(
    office: Office, sari: Visitor, path: str, act: str, fields: dict[str, str], refusal: str
) -> None:
    """A referral to nobody and silence without a reason are refused."""
    refused = sari.post(f"{path}/{act}", **fields)
    assert refused.status == 409
    assert refusal in refused.text
    assert care_of(office) is Care.WAITING


def test_a_note_gives_the_time_once_more_and_no_more(
    office: Office, hotline: Hotline, sari: Visitor, path: str
) -> None:
    """The first note moves the clock, the second does not."""
    assert "memberi waktu sekali lagi" in sari.get(path).text
    hotline.clock.forward(minutes=9)
    sari.post(f"{path}/note", text="menunggu penerjemah")
    page = sari.get(path).text
    assert "ditunggu sampai 20.19 WIB" in page
    assert "memberi waktu sekali lagi" not in page
    hotline.clock.forward(minutes=9)
    sari.post(f"{path}/note", text="masih menunggu")
    assert "ditunggu sampai 20.19 WIB" in sari.get(path).text


def test_the_way_that_was_told_becomes_the_safe_contact(
    office: Office, sari: Visitor, path: str
) -> None:
    """It stands among the facts; an empty one takes nothing away that was there."""
    sari.post(f"{path}/reached", way="malam, lewat Telegram")
    sari.post(f"{path}/reached", way="")
    facts = "Cara menghubungi yang tidak membahayakan malam, lewat Telegram"
    assert facts in sari.get(path).text


def test_no_machine_that_only_chats_is_offered(office: Office, sari: Visitor, path: str) -> None:
    """People are referred to people."""
    page = sari.get(path).response.text
    machines = [
        each for each in office.hotline.app.office.contacts if each.answered_by == "chatbot"
    ]
    assert machines
    assert 'value="polri-110"' in page
    assert not any(f'value="{each.id}"' in page for each in machines)
