"""What of the words in a picture is used, and what is told back."""

from __future__ import annotations

import pytest

from bot.domain.messages import Attachment, Kind
from bot.domain.pictures import can_be_read, is_read, shown, shows_offer
from bot.domain.readings import Reading, ReadLine, ReadState

OFFER = "Lowongan admin online di Kamboja, bayar 2 juta dulu"


def read(*lines: tuple[str, float], state: ReadState = ReadState.READ) -> Reading:
    """A file with these lines."""
    return Reading(state, tuple(ReadLine(*line) for line in lines), file_id="f")


def test_sure_words_of_all_files_are_one_text() -> None:
    """In their order; unsure ones are a guess to ask about."""
    found = shown([read((OFFER, 0.99), ("brngkat bsk pagi", 0.6)), read(("gaji 15 juta", 0.95))])
    assert found.words == f"{OFFER}\ngaji 15 juta"
    assert found.unclear == "brngkat bsk pagi"
    assert found.read == ("f", "f")


def test_a_file_that_is_mostly_unsure_says_nothing() -> None:
    """Half a sentence may mean the opposite."""
    assert shown([read((OFFER, 0.6), ("WA", 0.99))]).words == ""


def test_what_is_still_to_be_read_is_told_apart() -> None:
    """From what nobody can read, and from what is locked."""
    assert shown([Reading(ReadState.WAITING)]).pending
    assert shown([Reading(ReadState.AT_WORK)]).pending
    locked = shown([Reading(ReadState.UNREADABLE, problem="locked")])
    assert (locked.pending, locked.locked) == (False, True)
    assert not shown([Reading()]).pending


def test_what_is_told_back_names_nobody() -> None:
    """Somebody could show it around: no company, no person, no number."""
    words = "PT Bina Karya Mandiri, hubungi Pak Budi Santoso 0812 0000 1234, gaji 9 juta"
    excerpt = shown([read((words, 0.99))]).excerpt
    assert "gaji 9 juta" in excerpt
    for name in ("Bina", "Budi", "Santoso", "1234"):
        assert name not in excerpt


def test_what_is_told_back_is_short() -> None:
    """A poster is long, and the person knows it."""
    assert len(shown([read((f"{OFFER}. " * 20, 0.99))]).excerpt) < 100


@pytest.mark.parametrize(
    ("words", "is_offer"),
    [
        (OFFER, True),
        ("Perawat di Jerman, gaji 2.800 euro", True),
        ("Toko Kembang Melati\nbuka 08.00 - 17.00", False),
        ("NIK 3201\nSITI AMINAH\nperempuan\nIslam", False),
        ("", False),
    ],
)
def test_an_offer_is_told_from_other_words(words: str, *, is_offer: bool) -> None:
    """By a sign, or by two facts."""
    assert shows_offer(words) is is_offer


@pytest.mark.parametrize(
    ("kind", "media_type", "sounds", "wanted"),
    [
        (Kind.PHOTO, "image/jpeg", False, True),
        (Kind.DOCUMENT, "application/pdf", False, True),
        (Kind.DOCUMENT, "image/png", False, True),
        (Kind.DOCUMENT, "application/msword", False, False),
        (Kind.STICKER, "image/webp", False, False),
        (Kind.VIDEO, "video/mp4", False, False),
        (Kind.VOICE, "audio/ogg", False, False),
        (Kind.VOICE, "audio/ogg", True, True),
    ],
)
def test_what_is_read(kind: Kind, media_type: str, *, sounds: bool, wanted: bool) -> None:
    """As it is announced, and by its true type once it is here."""
    assert is_read(Attachment(kind, media_type, "x"), sounds=sounds) is wanted
    assert can_be_read(kind, media_type, sounds=sounds) is wanted
