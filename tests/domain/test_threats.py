"""Threats against whoever answers: what counts, and what is the person's own danger."""

from __future__ import annotations

import pytest

from bot.domain.threats import threatens_staff


@pytest.mark.parametrize(
    "text",
    [
        "saya bunuh kamu",
        "kubunuh kalian semua",
        "gue bakal habisi lo",
        "Kamu saya bacok kalau ikut campur",
        "kalian pasti kami habisi",
        "mati kau petugas",
        "MAMPUS LU",
        "saya tahu rumah kamu",
        "kami sudah tau kantormu, tunggu saja",
        "aku cari kamu sampai ketemu",
        "awas kamu ya",
        "kami akan cari kalian",
    ],
)
def test_plain_threats(text: str) -> None:
    """Said to whoever reads it, with no way to take it for something else."""
    assert threatens_staff(text)


@pytest.mark.parametrize(
    "text",
    [
        "dia bilang saya bunuh kamu",
        "majikan saya ngomong awas kamu kalau lapor",
        'katanya "mati kau"',
        "bos kirim chat: kami cari kalian sampai ketemu",
        "saya mau dibunuh",
        "dia mau bunuh saya",
        "saya mau mati",
        "saya takut dia cari saya",
        "mereka tahu rumah saya",
        "tolong saya cari kamu di kantor kok tutup",
        "saya cari alamat kantor kalian di peta",
        "anak saya sudah 3 bulan tidak ada kabar",
        "awas hujan",
        "kata agen awas kamu kalau kabur",
        "",
    ],
)
def test_what_is_no_threat_of_theirs(text: str) -> None:
    """Quotations, their own danger and clumsy questions stay what they are."""
    assert not threatens_staff(text)
