"""Posters of every style: the red flags of the text are found in the picture."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.domain.pictures import PAPER, SURE_FROM, shown
from bot.domain.readings import Reading, ReadState
from bot.language.offers import check_offer
from tests.pictures.conftest import Read
from tests.posters import STYLES, draw, page, pdf, png

ADVERTISEMENTS: list[str] = yaml.safe_load(
    Path(__file__).with_name("advertisements.yml").read_text("utf-8")
)
LEAST_FOUND = 0.9
TYPES = {b"\x89PNG": "image/png", b"\xff\xd8\xff\xe0": "image/jpeg", b"RIFF": "image/webp"}


def media_type(body: bytes) -> str:
    """The type of a drawn picture."""
    return TYPES.get(body[:4], "image/jpeg")


def words(read: Read, body: bytes, of_type: str = "") -> str:
    """What the hotline makes of a file."""
    lines = read(body, of_type or media_type(body))
    return shown([Reading(ReadState.READ, lines)]).words


def flags(text: str) -> set[str]:
    """The codes that the check finds."""
    return {flag.code for flag in check_offer(text).flags}


def test_flags_are_found_in_every_style(read: Read) -> None:
    """Nine of ten at least, over all styles, each with another advertisement."""
    wanted = found = 0
    missed = []
    for number, style in enumerate(STYLES):
        text = ADVERTISEMENTS[number % len(ADVERTISEMENTS)]
        seen = flags(words(read, draw(text, style, number)))
        wanted += len(flags(text))
        found += len(flags(text) & seen)
        missed += [(style, code) for code in flags(text) - seen]
    assert wanted > 3 * len(STYLES)
    assert found >= LEAST_FOUND * wanted, missed


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_picture_may_lie_on_its_side_or_stand_on_its_head(read: Read, turns: int) -> None:
    """Without any mark of the camera."""
    text = ADVERTISEMENTS[0]
    assert flags(words(read, png(page(text).rotate(90 * turns, expand=True)))) == flags(text)


def test_a_long_screenshot_is_read_to_its_end(read: Read) -> None:
    """A picture more than four times as high as wide, cut between its lines."""
    text = "\n\n".join(ADVERTISEMENTS)
    image = page(text, width=620, size=32)
    assert image.height > 4 * image.width
    assert len(flags(words(read, png(image))) & flags(text)) >= LEAST_FOUND * len(flags(text))


def test_a_scanned_paper_is_read_like_a_picture(read: Read) -> None:
    """Page by page."""
    pages = [page(text) for text in ADVERTISEMENTS[:2]]
    found = flags(words(read, pdf(pages), PAPER))
    assert found == flags(ADVERTISEMENTS[0]) | flags(ADVERTISEMENTS[1])


def test_a_typed_paper_is_read_without_looking(read: Read) -> None:
    """Its text stands in the file: every letter is sure."""
    lines = read(Path(__file__).with_name("typed.pdf").read_bytes(), PAPER)
    assert [line.confidence for line in lines] == [1.0] * len(lines)
    text = "\n".join(line.text for line in lines)
    assert "Biaya pendaftaran dua juta rupiah ke rekening pribadi" in text


def test_sure_lines_are_right(read: Read) -> None:
    """What counts as sure is what stands there."""
    text = ADVERTISEMENTS[0]
    lines = read(draw(text, "plain"), "image/png")
    told = " ".join(text.split())
    sure = [line.text for line in lines if line.confidence >= SURE_FROM]
    assert sure
    assert all(line in told for line in sure)
