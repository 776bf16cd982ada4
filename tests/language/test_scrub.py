"""What staff read of a message does not tell whose it is."""

# ruff: noqa: RUF001 - fancy letters are what is tested

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.scrub import says_something, scrub
from bot.language.scrub_tokens import MARKS
from bot.language.scrub_words import vocabulary

MESSAGES = [
    # numbers
    ("wa saya 0812-0000-0000 kak", "wa saya [nomor] kak"),
    ("hub +62 812 0000 0000", "hub [nomor]"),
    ("nomernya 0857-xxxx-0000", "nomernya [nomor]"),
    ("o812 0000 0000", "[nomor]"),
    ("081200000000 (yulisia)", "[nomor] ([nama])"),
    ("nol delapan satu dua tiga empat lima enam", "[nomor]"),
    ("norek 000 000 0000 bca", "norek [nomor] bca"),
    ("nik 0000000000000000", "nik [nomor]"),
    ("paspor C0000000 ditahan agen", "paspor [nomor] ditahan agen"),
    ("⓪⑧①②⓪⓪⓪⓪ itu wa nya", "[nomor] itu wa nya"),
    ("0\u200b8\u200b1\u200b2\u200b0\u200b0\u200b0", "[nomor]"),
    ("gaji Rp47.500.000 sebulan", "gaji Rp[nomor] sebulan"),
    ("lahir 12 maret 1998", "lahir [nomor]"),
    ("mobilnya B 1234 XYZ", "mobilnya [nomor]"),
    # addresses
    ("kirim ke siti.aminah@example.org ya", "kirim ke [email] ya"),
    ("sitiaminah gmail com", "[email]"),
    ("cek https://example.org/loker?id=1 min", "cek [tautan] min"),
    ("daftar di bit.ly/loker, atau wa.me/620000", "daftar di [tautan], atau [tautan]"),
    ("ig: loker_taiwan00", "ig: [akun]"),
    ("add tele @agen_resmi", "add tele [akun]"),
    # people
    ("halo kak nama saya Siti Aminah", "halo kak nama saya [nama]"),
    ("nama sy zulhaini bu", "nama sy [nama] bu"),
    ("adik sy namanya budi santoso umur 20", "adik sy namanya [nama] umur 20"),
    ("anakku jenenge paijo, ilang neng kamboja", "anakku jenenge [nama], ilang neng kamboja"),
    ("rekening a.n. Sulastri", "rekening a.n. [nama]"),
    ("tf ke bri a/n sulastri", "tf ke bri a/n [nama]"),
    ("atas nama zulhaini, kapal taiwan", "atas nama [nama], kapal taiwan"),
    ("nama lengkap: Zulhaini Binti Rauf", "nama lengkap: [nama]"),
    ("nama ibu kandungnya Maryam", "nama ibu kandungnya [nama]"),
    ("pak joko yg bawa", "pak [nama] yg bawa"),
    ("Bu Indah dari sponsor", "Bu [nama] dari sponsor"),
    ("mbak yuli, mas Gendon sm bang jek", "mbak [nama], mas [nama] sm bang [nama]"),
    ("alm. Wagiman dimakamkan di sana", "alm. [nama] dimakamkan di sana"),
    ("sdr. Ponirin hilang kontak", "sdr. [nama] hilang kontak"),
    ("adik saya zulhaini ndak pulang2", "adik saya [nama] ndak pulang2"),
    ("suamiku surip di malaysia", "suamiku [nama] di malaysia"),
    ("saya zulhaini dari lombok timur", "saya [nama] dari lombok timur"),
    ("zulhaini umur 22", "[nama] umur 22"),
    ("Dibawa Kerto Wirono ke Batam", "Dibawa [nama] ke Batam"),
    ("dibawa kerja sama Wirono ke Batam", "dibawa kerja sama [nama] ke Batam"),
    ("siti hilang di riyadh", "[nama] hilang di riyadh"),
    ("TOLONG ADIK SAYA SITI AMINAH DI KAMBOJA", "TOLONG ADIK SAYA [nama] DI KAMBOJA"),
    ("majikan Mrs Lim galak", "majikan Mrs [nama] galak"),
    ("Ahmad bin Yusuf sama Wati binti Karto", "[nama] sama [nama]"),
    ("𝓢𝓲𝓽𝓲 hilang", "[nama] hilang"),
    # companies
    ("lewat PT Maju Jaya aman ga", "lewat [perusahaan] aman ga"),
    ("lewat pt sumber rejeki itu resmi?", "lewat [perusahaan] itu resmi?"),
    ("lewat LPK Sakura Harapan Kita di malang", "lewat [perusahaan] di malang"),
    ("CV. Berkah Abadi, biaya 5 juta", "[perusahaan], biaya 5 juta"),
    ("kilang Sun Plastik Sdn Bhd", "kilang [perusahaan]"),
    # places
    ("saya dari desa sukamaju kec. ngemplak", "saya dari desa [tempat] kec. [tempat]"),
    ("dusun Krajan RT 03/RW 05", "dusun [tempat]"),
    ("rumahnya rt02 rw01", "rumahnya [tempat]"),
    ("jl. merdeka no 12, Malang", "jl. [tempat], Malang"),
    ("jln Anggrek blok C no 11", "jln [tempat]"),
    ("orang Kampung Melayu semua", "orang Kampung [tempat] semua"),
]


@pytest.mark.parametrize(("said", "left"), MESSAGES)
def test_who_and_where_is_taken_out(said: str, left: str) -> None:
    """Chat spelling, small letters and fancy ones included; the words around stay."""
    assert scrub(said) == left


@pytest.mark.parametrize(
    "said",
    [
        "tolong saya dikunci di kamar, paspor diambil majikan",
        "TOLONG SAYA DISEKAP DI KAMBOJA",
        "kerja di Riyadh, Abu Dhabi, Kuala Lumpur atau Phnom Penh",
        "loker Taiwan, Hong Kong, Arab Saudi",
        "gaji 15 juta, biaya 2500 ringgit, umur 17, 3 bln",
        "pt resmi apa bukan kak",
        "PT apa ya pak",
        "namanya siapa ya pak",
        "namanya juga usaha",
        "Pak Camat sama Bu Guru bilang lewat jalan resmi",
        "kak gmn cara daftar SSW lewat P3MI dan BP2MI",
        "kampung saya jauh",
        "Assalamualaikum. Mohon pertolongan segera",
        "mbak anakku wis rong minggu ora ngabari",
        "sponsor minta ktp, kk, ijazah",
        "jangan telpon. penjaga di luar",
        "Mei 2026 visa belum keluar",
    ],
)
def test_what_names_nobody_stays(said: str) -> None:
    """Else there would be nothing to learn from."""
    assert scrub(said) == said


def test_a_message_becomes_one_line() -> None:
    """As it stands in the examples, without what cannot be seen."""
    assert scrub("  halo\r\n\tkak\u2028\u200b\x1b[31m ya ") == "halo kak [31m ya"


@pytest.mark.parametrize(
    ("scrubbed", "says"),
    [
        ("[nama]", False),
        ("[nama] [nomor]", False),
        ("zulhaini", False),
        ("", False),
        ("👍", False),
        ("nama [nama]", True),
        ("piye iki", True),
    ],
)
def test_a_bare_name_says_nothing(scrubbed: str, says: bool) -> None:
    """A single unknown word may be a name as well."""
    assert says_something(scrubbed) is says


PIECES = st.sampled_from(
    [
        *(
            "namanya",
            "nama saya",
            "a.n.",
            "Pak",
            "bu",
            "adik saya",
            "bin",
            "saya",
            "dari",
            "PT",
            "desa",
        ),
        *(
            "jl.",
            "RT",
            "no",
            "hub",
            "Siti",
            "zulhaini",
            "Ahmad",
            "Sukamaju",
            "Maju",
            "Jaya",
            "KAMBOJA",
        ),
        *(
            "kerja",
            "di",
            "tolong",
            "0812",
            "00",
            "000",
            "1",
            "nol",
            "delapan",
            "satu",
            "dua",
            "tiga",
        ),
        *(
            "[nama]",
            "[nomor]",
            "[",
            "]",
            "(",
            ".",
            ",",
            "-",
            "/",
            "@",
            ":",
            "\n",
            "x@y.id",
            "wa.me/1",
        ),
        *("M.", "Sdn Bhd", "majikan", "hotel", "Rp", "ig:", "٠١٢٣٤", "①②③", "😀", "é", "e\u0301"),
    ]
)
MADE_UP = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=14).map(" ".join),
    st.lists(PIECES, max_size=14).map("".join),
)


@settings(max_examples=400, deadline=None)
@given(MADE_UP)
def test_scrubbing_never_raises_and_is_done_at_once(text: str) -> None:
    """Whatever somebody sends; what was scrubbed stays as it is, however often."""
    once = scrub(text)
    assert scrub(once) == once


@settings(max_examples=400, deadline=None)
@given(MADE_UP)
def test_no_long_number_survives(text: str) -> None:
    """In figures of any script, and in groups."""
    left = scrub(text)
    figures = "".join("0" if unicodedata.digit(c, None) is not None else c for c in left)
    assert re.search(r"0{5}", figures) is None
    assert re.search(r"0{2,4}[ .-]0{3,4}[ .-]0{3,4}", figures) is None


@settings(max_examples=200, deadline=None)
@given(MADE_UP, st.sampled_from(sorted(vocabulary().names)))
def test_no_common_name_survives(text: str, name: str) -> None:
    """As a word of its own, in any letters."""
    for written in (name, name.title(), name.upper()):
        words = re.findall(r"[^\W_]+", scrub(f"{text} {written} {text}").casefold())
        assert name not in words or name in "".join(MARKS)


@settings(max_examples=200, deadline=None)
@given(MADE_UP)
def test_the_result_is_one_printable_line(text: str) -> None:
    """Nothing in it can move a cursor or break a file."""
    left = scrub(text)
    assert len(left.splitlines()) <= 1
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in left)
