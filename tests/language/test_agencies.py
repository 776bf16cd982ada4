"""Which company a message names, as people write it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.language.agencies import AgencyNamed, agency_in_answer, find_agencies

NLU = Path(__file__).parents[2] / "data" / "nlu"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("PT Kenari Emas Utama terdaftar ga?", "PT Kenari Emas Utama"),
        ("pt kenari jaya abadi terdaftar ga kak", "PT kenari jaya abadi"),
        ("pt anggrek wulan sentosa resmi ga", "PT anggrek wulan sentosa"),
        ("P.T. Kenari Emas itu punya izin?", "PT Kenari Emas"),
        ("pt.maju jaya cek dong", "PT maju jaya"),
        ("ptnya maju jaya kak", "PT maju jaya"),
        ("PT-nya namanya Maju Jaya", "PT Maju Jaya"),
        ("LPK Harapan Kita boleh kirim ke Jepang?", "LPK Harapan Kita"),
        ("LPK SO Sakura Harapan bagus ga", "LPK Sakura Harapan"),
        ('Tolong cek LPK "Kizuna Bromo" punya izin', "LPK Kizuna Bromo"),
        ("ada PT di Ponorogo namanya Bina Insan Lintas Samudra", "PT Bina Insan Lintas Samudra"),
        ("PT iki resmi ora, jenenge Sumber Rejeki Wanantara", "PT Sumber Rejeki Wanantara"),
        ("Mohon status PT Kencana Samudra Lestari, cabang Karawang", "PT Kencana Samudra Lestari"),
        ("perusahaan Adonara Putra Bahari ada di daftar?", "Adonara Putra Bahari"),
        ("DIBUTUHKAN SEGERA PT SUMBER REJEKI SIP3MI 12/2020 TAIWAN", "PT SUMBER REJEKI"),
        ("PT SKW itu terdaftar?", "PT SKW"),
        ("CV. Maju Bersama boleh ga", "CV Maju Bersama"),
        (
            "dicabut sudah kah PT Gunung Kelimutu Abadi? om dengar di radio",
            "PT Gunung Kelimutu Abadi",
        ),
    ],
)
def test_a_name_behind_its_mark_is_found(text: str, name: str) -> None:
    """In capitals and small letters, short and long, in several languages."""
    (found,) = find_agencies(text)
    assert found.names[0] == name


@pytest.mark.parametrize(
    "text",
    [
        "PT-nya namanya apa ya",
        "pt apa yang bagus",
        "lewat PT aja",
        "PT iki kedaftar gak",
        "PT anu nang Wonosari Malang, tau krungu?",
        "CV bukan PT, boleh kirim pekerja?",
        "cek izin P3MI dimana ya",
        "PT di jalan Gatot Subroto Medan ada izinnya gak",
        "LPK yang di ruko Galaxy Bekasi itu punya SO ga ya",
        "agensi Taiwan kelas A B C itu maksudnya apa",
        "berangkat tidak lewat PT. Gaji 5 juta",
        "yayasan boleh memberangkatkan orang?",
        "PT Indonesia yang bagus apa",
        "",
    ],
)
def test_what_names_nobody_is_left_alone(text: str) -> None:
    """A mark alone, a place behind it, a question about marks."""
    assert find_agencies(text, bare=True) == ()


def test_a_place_at_the_end_may_belong_to_the_name_or_not() -> None:
    """Both readings are given, the fuller first."""
    (found,) = find_agencies("PT Samudra Jaya Bestari Medan, punya izin?")
    assert found.names == ("PT Samudra Jaya Bestari Medan", "PT Samudra Jaya Bestari")


def test_a_question_may_leave_the_mark_out() -> None:
    """In an offer it is not looked for: other names stand there too."""
    text = "bina karya mandiri itu terdaftar ga"
    assert find_agencies(text) == ()
    assert find_agencies(text, bare=True) == (AgencyNamed(("bina karya mandiri",)),)


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("SIP3MI 123/2021 asli ga", "123/2021"),
        ("sip3mi no. 123 / 2021", "123 / 2021"),
        ("SIP-3MI: 123-2021", "123-2021"),
        ("nomor izin 112 taon 2019 masi berlaku?", "112 taon 2019"),
        ("ada nomor SIP3MI nya 214/2021, bisa dicek", "214/2021"),
        ("lisensi Kemnaker No. KEP.117/2019 itu apa", "117/2019"),
        ("SK 2/1021/PK.02.01/III/2019", "2/1021/PK.02.01/III/2019"),
        ("SIP3MI no 77", "77"),
    ],
)
def test_a_licence_number_is_found(text: str, licence: str) -> None:
    """Behind a word that says what it is, in all writings."""
    assert find_agencies(text) == (AgencyNamed(licence=licence),)


@pytest.mark.parametrize(
    "text",
    [
        "izin 12/05/2021 keluar",
        "izinnya sampai 2027",
        "izin 2 tahun",
        "izin 2/xxx/2019",
        "gaji 3.500.000, izin suami",
        "berangkat 12/2026",
        "SIP2MI no. 118/2024",
    ],
)
def test_other_numbers_are_no_licence(text: str) -> None:
    """Dates, years, pay, a blotted number, a job order."""
    assert find_agencies(text) == ()


def test_a_number_belongs_to_the_nearest_name() -> None:
    """Two companies in one message, each with its number."""
    text = "PT Maju Jaya SIP3MI 1/2020 atau PT Karya Abadi SIP3MI 2/2021, mana yang ada?"
    assert find_agencies(text) == (
        AgencyNamed(("PT Maju Jaya",), "1/2020"),
        AgencyNamed(("PT Karya Abadi",), "2/2021"),
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("PT Kenari Emas", AgencyNamed(("PT Kenari Emas",))),
        ("kenari", AgencyNamed(("kenari",))),
        ("namanya melati tujuh kak", AgencyNamed(("melati tujuh",))),
        ("123/2021", AgencyNamed(licence="123/2021")),
        ("no 123 / 2021", AgencyNamed(licence="123 / 2021")),
        ("Kenari Emas SIP3MI 106/2021", AgencyNamed(("Kenari Emas",), "106/2021")),
        ("hmm", None),
        ("apa ya", None),
        ("lewat PT", None),
        ("saya juga bingung karena orangnya bilang nanti dikasih tahu kalau sudah bayar", None),
    ],
)
def test_an_answer_is_taken_as_a_name(text: str, named: AgencyNamed | None) -> None:
    """Few words are one as they stand; a story without a company names none."""
    assert agency_in_answer(text) == named


def test_messages_about_something_else_name_hardly_any_company() -> None:
    """In all examples of other meanings than offers and licences: fewer than one in a thousand."""
    others = [
        line[2:]
        for path in NLU.glob("*.yml")
        for item in yaml.safe_load(path.read_text("utf-8"))["nlu"]
        if item.get("intent") not in {None, "ask_agency_licence", "check_job_offer"}
        for line in item["examples"].splitlines()
    ]
    assert len(others) > 5000
    assert sum(bool(find_agencies(text)) for text in others) < len(others) / 1000


PARTS = ["pt", "PT", "P.T.", ".", "namanya", "izin", "no", "1/2", "Maju", "lpk", "itu", "\n", "("]


@given(st.lists(st.sampled_from(PARTS), max_size=12).map(" ".join) | st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    """Whatever stands beside what; nothing that is found is empty."""
    for named in find_agencies(text, bare=True):
        assert named.names or named.licence
    agency_in_answer(text)
