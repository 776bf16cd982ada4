"""Numbers in words become figures, with the way back to the words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.facts import find_facts
from bot.language.numbers import small_numbers, with_figures
from bot.language.reading import NUMBER, read
from bot.language.spelling import normalise


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("gaji dua puluh lima juta", "gaji 25 juta"),
        ("lima belas jt", "15 juta"),
        ("tiga puluh lima juta rupiah", "35 juta rupiah"),
        ("satu juta lima ratus ribu", "1,5 juta"),
        ("dua puluh dua juta dua ratus ribu", "22,2 juta"),
        ("tiga ratus lima puluh ribu", "350 ribu"),
        ("dua ribu lima ratus ringgit", "2500 ringgit"),
        ("seribu ringgit", "1000 ringgit"),
        ("sejuta", "1 juta"),
        ("setengah juta", "500 ribu"),
        ("umurnya tujuh belas tahun", "umurnya 17 tahun"),
        ("dua puluh satu", "21"),
        ("rong puluh limang yuta", "25 juta"),
        ("selawe juta", "25 juta"),
        ("nol delapan satu dua nol nol nol nol tujuh", "081200007"),
    ],
)
def test_a_number_in_words_becomes_a_figure(said: str, plain: str) -> None:
    """Indonesian and regional number words, with their scale as people write it."""
    assert normalise(said).text == plain


@pytest.mark.parametrize(
    "said",
    [
        "adik dua orang",
        "dua tiga hari",  # about two or three
        "sepuluh orang",
        "setengah hari",
        "dua puluh dua puluh",
        "dua juta setengah",
        "sejuta dua ratus",  # 1,2 juta or 1.000.200
        "ribu juta",
        "nol delapan satu dua",  # too short for a phone number
    ],
)
def test_what_is_no_clear_number_stays_words(said: str) -> None:
    """A wrong figure is worse than none."""
    assert normalise(said).text == said


@pytest.mark.parametrize(
    ("text", "entity", "words"),
    [
        ("gaji 15jt per bulan", "salary", "15jt"),
        ("gaji Rp 15.000.000", "salary", "Rp 15.000.000"),
        ("gaji 2,5 juta", "salary", "2,5 juta"),
        ("gaji NT$ 28.590", "salary", "NT$ 28.590"),
        ("gaji RM 1.700", "salary", "RM 1.700"),
        ("gajinya SAR 1500", "salary", "SAR 1500"),
        ("gaji HKD 4990", "salary", "HKD 4990"),
        ("gaji 800 USD", "salary", "800 USD"),
        ("gaji dua puluh lima juta sebulan", "salary", "dua puluh lima juta"),
        ("byr setengah juta dulu", "fee", "setengah juta"),
        ("berangkat lusa", "date", "lusa"),
        ("brgkt minggu depan", "date", "minggu depan"),
        ("terbang abis lebaran", "departure", "terbang abis lebaran"),
        ("berangkat nanti malam jam 2", "departure", "berangkat nanti malam"),
        ("akhir bulan terbang", "departure", "akhir bulan terbang"),
        ("hub 0812-0000-7890", "phone", "0812-0000-7890"),
        ("wa +62 812 0000 7890", "phone", "+62 812 0000 7890"),
        ("wa.me/6281200007890", "phone", "6281200007890"),
        ("nomer 62 812 0000 789", "phone", "62 812 0000 789"),
        (
            "nol delapan satu dua nol nol nol nol tujuh delapan",
            "phone",
            "nol delapan satu dua nol nol nol nol tujuh delapan",
        ),
    ],
)
def test_amounts_dates_and_phones_are_found_as_they_were_written(
    text: str, entity: str, words: str
) -> None:
    """All notations; the place is that of the words in the message."""
    found = [text[fact.start : fact.end] for fact in find_facts(text) if fact.entity == entity]
    assert words in found


@given(
    st.lists(
        st.sampled_from(
            [
                "dua",
                "puluh",
                "belas",
                "ratus",
                "ribu",
                "juta",
                "setengah",
                "nol",
                "satu",
                "sewu",
                "x",
            ]
        )
    )
)
def test_every_letter_keeps_its_place(words: list[str]) -> None:
    """However the words are strung together, offsets stay in step and never run backwards."""
    text = " ".join(words)
    plain, offsets = with_figures(text, list(range(len(text))))
    assert len(plain) == len(offsets)
    assert offsets == sorted(offsets)


@pytest.mark.parametrize("said", ["dua", "rong", "tilu", "limong", "lapan", "sepuluh", "beberapa"])
def test_a_small_number_in_words_is_a_number_for_every_pattern(said: str) -> None:
    """The same words as those that days are counted with, Indonesian and regional."""
    assert read(f"{said} hari").words[0].stem == NUMBER
    assert said == "beberapa" or normalise(said).text in small_numbers()
