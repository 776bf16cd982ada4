"""Numbers, accounts and names in the net, however they are written."""

from __future__ import annotations

import pytest

from bot.language.departure_places import departure_place, zone_of
from bot.language.marks import MarkKind, as_mark, find_marks


def marks(text: str) -> set[tuple[str, str]]:
    """Kinds and values of the marks in a text."""
    return {(mark.kind.value, mark.value) for mark in find_marks(text)}


@pytest.mark.parametrize(
    "written",
    [
        "0812-0000-1234",
        "0812 0000 1234",
        "0812.0000.1234",
        "(0812) 0000 1234",
        "+62 812 0000 1234",
        "62812 0000 1234",
        "6281200001234",
        "O812 oooo 1234",
        "wa.me/6281200001234",
        "https://wa.me/+6281200001234?text=halo",
        "https://api.whatsapp.com/send?phone=6281200001234",
        "DANA 081200001234",
        "0812 0000 1234 (GoPay)",
        "kosong delapan satu dua kosong kosong kosong kosong satu dua tiga empat",
    ],
)
def test_a_number_is_the_same_in_all_writings(written: str) -> None:
    """Whoever hides it behind dots, a link or a wallet is found all the same."""
    assert marks(f"minat hubungi {written} ya") == {("phone", "+6281200001234")}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TF BCA 1234 5678 90 an Siti", {("account", "1234567890")}),
        ("rek 0021-0100-0012-345 BRI a.n. Budi", {("account", "002101000012345")}),
        ("1234567890 a.n. Siti", {("account", "1234567890")}),
        ("IG @Kerja.Luar", {("handle", "@kerja.luar")}),
        ("t.me/KerjaLuar", {("handle", "@kerjaluar")}),
        ("instagram.com/kerja.luar?igsh=abc", {("handle", "@kerja.luar")}),
        ("grup chat.whatsapp.com/AbC123", {("handle", "chat.whatsapp.com/AbC123")}),
        ("kirim ke HRD.luar@gmail.com", {("handle", "hrd.luar@gmail.com")}),
    ],
)
def test_accounts_and_names_are_found(text: str, found: set[tuple[str, str]]) -> None:
    """In one form each, so that they can be compared."""
    assert marks(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "gaji 15.000.000 biaya mandiri 5.000.000, dana 74.290.000",
        "hub 0822xxxxxxx",
        "SIP3MI 178/2021 tgl 05-12-2026",
        "NIK 3201010101010001",
        "cek di @kemnaker atau info@kemnaker.go.id",
        "kerja 12 jam, gaji 8 juta, kontrak 2 tahun",
    ],
)
def test_what_only_looks_like_a_mark_is_none(text: str) -> None:
    """Amounts, licences, hidden numbers and offices stay out of the register."""
    assert marks(text) == set()


def test_the_writers_own_number_is_left_out_of_a_report() -> None:
    """Only where the text is in a person's own words: in an advertisement "WA saya" is theirs."""
    text = "calonya 0813 0000 1111, nomor saya 0812 0000 1234"
    own = {mark.value for mark in find_marks(text, told_by_owner=True)}
    assert own == {"+6281300001111"}
    assert len(find_marks(text)) == 2


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("0812 0000 1234", MarkKind.PHONE, "+6281200001234"),
        ("1234567890123", MarkKind.ACCOUNT, "1234567890123"),
        ("kerjaluar", MarkKind.HANDLE, "@kerjaluar"),
    ],
)
def test_what_staff_look_for_is_read_alone(written: str, kind: MarkKind, value: str) -> None:
    """Without the words around it that an offer has."""
    mark = as_mark(written)
    assert mark is not None
    assert (mark.kind, mark.value) == (kind, value)


@pytest.mark.parametrize(
    ("text", "place", "zone"),
    [
        ("besok berangkat dari Batam naik kapal", "batam", "Asia/Jakarta"),
        ("kumpul di bandara soetta jam 3 WIB", "jakarta", "Asia/Jakarta"),
        ("brgkt lwt tj balai karimun", "karimun", "Asia/Jakarta"),
        ("lewat Nunukan ke Tawau", "nunukan", "Asia/Makassar"),
        ("dijemput di bandara Sentani Jayapura", "jayapura", "Asia/Jayapura"),
        ("saya dari Lombok mau ke Malaysia", None, "Asia/Makassar"),
        ("berangkat jam 5 pagi WIT", None, "Asia/Jayapura"),
        ("saya di Kupang, adik di Jakarta", None, None),
        ("kerja di Malaysia", None, None),
    ],
)
def test_places_of_departure_and_their_clocks(
    text: str, place: str | None, zone: str | None
) -> None:
    """A place counts only beside words of leaving; the clock also where somebody lives."""
    found = departure_place(text)
    assert (None if found is None else found.name) == place
    assert zone_of(text) == zone
