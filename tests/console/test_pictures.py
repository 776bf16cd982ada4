"""What staff read beside a picture: its words, or why there are none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.messages import Attachment, Kind
from tests.console.conftest import Office
from tests.hotline import Hotline
from tests.media import PAPER, FakePictures

TYPES = {Kind.PHOTO: "image/jpeg", Kind.DOCUMENT: "application/pdf"}


@pytest.fixture
def hotline(tmp_path: Path) -> Iterator[Hotline]:
    """A hotline that reads pictures."""
    line = Hotline(tmp_path / "var", pictures=FakePictures())
    yield line
    line.close()


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("Gaji <b>15 juta</b> ke Kamboja", "Gaji <b>15 juta</b> ke Kamboja"),
        ("locked", "Program tidak bisa membacanya: terkunci sandi"),
        ("broken", "Program tidak bisa membacanya: rusak"),
        ("", "Program tidak menemukan tulisan di sini"),
    ],
)
def test_the_words_of_a_paper_stand_beside_it(office: Office, says: str, told: str) -> None:
    """As text, whatever stands in them; and the paper can be saved in any case."""
    sari = office.signed_in("sari")
    hotline = office.hotline
    hotline.media.files["paper"] = PAPER + says.encode()
    attached = (Attachment(Kind.DOCUMENT, TYPES[Kind.DOCUMENT], "paper"),)
    office.nobody.run(hotline.sends("ani", Kind.DOCUMENT, attachments=attached))
    page = sari.get(f"/console/cases/{office.cases()[0].reference}")
    assert told in page.text
    assert "Simpan berkas" in page.text
