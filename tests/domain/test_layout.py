"""Words in a picture as people would read them."""

from __future__ import annotations

import math

from bot.domain.layout import Box, in_reading_order

TALL = 30
LETTER = 16


def row(text: str, x: float, y: float, tall: float = TALL) -> Box:
    """Words at a place, each letter as wide as the others."""
    right, bottom = x + len(text) * LETTER * tall / TALL, y + tall
    return Box(text, 0.9, ((x, y), (right, y), (right, bottom), (x, bottom)))


def lines(*boxes: Box) -> list[str]:
    """The texts in reading order."""
    return [line.text for line in in_reading_order(boxes)]


def test_a_sentence_that_ended_for_want_of_room_is_joined() -> None:
    """The next word would not have fitted; a line that ended early ended on purpose."""
    assert lines(
        row("Biaya pendaftaran dua juta ke", 50, 0),
        row("rekening pribadi", 50, 45),
        row("Berangkat minggu ini", 50, 90),
    ) == ["Biaya pendaftaran dua juta ke rekening pribadi", "Berangkat minggu ini"]


def test_what_begins_anew_is_not_joined() -> None:
    """Times of a chat, dots and numbers of a list, however full the line before is."""
    full = "kak ini lowongan masih dibuka?"
    for begins in ("[10.15] Vio: masih", "10.15 Vio", "- gaji 15 juta", "2) paspor ditahan"):
        assert lines(row(full, 50, 0), row(begins, 50, 45)) == [full, begins]


def test_columns_are_read_one_after_the_other() -> None:
    """Below a title that spans both."""
    assert lines(
        row("LOWONGAN KE KOREA UNTUK PRIA DAN WANITA", 50, 0, 45),
        row("kiri satu", 50, 150),
        row("kanan satu", 700, 150),
        row("kiri dua", 50, 195),
        row("kanan dua", 700, 195),
    )[1:] == ["kiri satu", "kiri dua", "kanan satu", "kanan dua"]


def test_words_of_one_row_are_one_line() -> None:
    """A reader may find them apart, for there was a sign between them."""
    assert lines(row("HIRING", 50, 0), row("CS", 160, 2)) == ["HIRING CS"]


def test_a_slanted_picture_is_read_in_its_rows() -> None:
    """Six degrees on a wide picture are more than a line."""
    angle = math.radians(-6)

    def turned(box: Box) -> Box:
        cos, sin = math.cos(angle), math.sin(angle)
        corners = tuple((x * cos - y * sin, x * sin + y * cos) for x, y in box.corners)
        return Box(box.text, box.confidence, corners)

    upright = [
        row("satu dua tiga empat lima enam", 50, 0),
        row("kiri", 50, 60),
        row("kanan", 800, 60),
        row("akhir", 50, 120),
    ]
    assert lines(*map(turned, upright)) == lines(*upright)


def test_confidence_counts_by_letters() -> None:
    """A joined line is as sure as its parts together."""
    sure = row("Biaya pendaftaran dua juta ke", 50, 0)
    unsure = Box("rekening", 0.5, row("rekening", 50, 45).corners)
    (line,) = in_reading_order((sure, unsure))
    assert 0.75 < line.confidence < 0.85


def test_nothing_is_no_line() -> None:
    """A picture without words."""
    assert lines() == []
    assert lines(row("  ", 0, 0)) == []
