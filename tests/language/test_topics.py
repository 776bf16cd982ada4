"""Which kind of work a question is about, and which message only goes on with one."""

from __future__ import annotations

import pytest

from bot.language.topics import About, about, goes_on, names_only, sector_asked


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("gaji ART di singapura", "domestic"),
        ("jadi pembantu di arab", "domestic"),
        ("asisten rumah tangga", "domestic"),
        ("jagain anak di hk", "domestic"),
        ("baby sitter ke turki", "domestic"),
        ("maid di spore", "domestic"),
        ("kerja sawit sabah", "plantation"),
        ("ladang serawak", "plantation"),
        ("petik stroberi inggris", "plantation"),
        ("sektor pertanian korea", "plantation"),
        ("pabrik di taiwan", "factory"),
        ("kilang johor", "factory"),
        ("operator produksi", "factory"),
        ("pengolahan makanan di jepang", "factory"),
        ("kuli bangunan brunei", "construction"),
        ("tukang las serbia", "construction"),
        ("kerja proyek di doha", "construction"),
        ("perawat ke jerman", "care"),
        ("jaga nenek di taiwan", "care"),
        ("caregiver lansia", "care"),
        ("merawat orang sakit", "care"),
        ("panti jompo jepang", "care"),
        ("ABK kapal ikan", "sea"),
        ("kapal pesiar", "sea"),
        ("jadi pelaut", "sea"),
        ("buku pelaut", "sea"),
        ("magang jepang", "internship"),
        ("ferienjob itu apa", "internship"),
        ("kuliah sambil kerja di taiwan", "internship"),
        ("LPK jepang", "internship"),
        ("kerja admin di kamboja", "online"),
        ("loker cs bangkok", "online"),
        ("telemarketing manila", "online"),
        ("cuma disuruh ngetik", "online"),
        ("judi online", "online"),
        ("magang perawat", "internship"),
        ("orang tua saya setuju", None),
        ("tugas kuliah soal TPPO", None),
        ("Yth. Admin, bagaimana caranya", None),
        ("daftar online di disnaker", None),
        ("majikan simpan paspor", None),
        ("KTP elektronik", None),
        ("biayanya berapa", None),
        ("", None),
    ],
)
def test_the_kind_of_work_is_found(text: str, sector: str | None) -> None:
    """By plain words, and in no word that only sounds like it."""
    assert sector_asked(text) == sector


@pytest.mark.parametrize(
    "text",
    [
        "kalau Taiwan?",
        "Taiwan",
        "klo di korsel gimana kak",
        "terus buat ABK?",
        "yang malaysia ya bang",
        "kalau jadi pembantu di Arab gimana",
        "kalo sinagpura",
        "kl di KL?",
    ],
)
def test_a_country_or_work_alone_goes_on_with_the_question_before(text: str) -> None:
    """What stands around it says nothing of its own."""
    assert names_only(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "makasih",
        "gimana kak",
        "bukan Malaysia",
        "gaji di Taiwan?",
        "adik saya hilang di Kamboja",
        "kalau Taiwan potongannya berapa",
        "tolong saya di Kamboja",
        "saya di Kamboja",
        "saya disekap di Taiwan",
    ],
)
def test_a_message_of_its_own_does_not(text: str) -> None:
    """Another question, a correction, a cry for help."""
    assert not names_only(text)


def test_a_question_may_begin_as_one_that_goes_on() -> None:
    """Who goes on with "terus gajinya?" leaves out the country that was named before."""
    assert goes_on("terus gajinya berapa")
    assert goes_on("klo visanya?")
    assert not goes_on("gajinya berapa")
    assert not goes_on("")


def test_nothing_named_is_nothing_asked() -> None:
    """An empty finding is false, so that it can be told from a country or a kind of work."""
    assert not about("berapa biayanya")
    assert not About()
    assert about("kerja pabrik")
