"""What a file really is, how it may be opened, when it is asked for again; where somebody is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.media import (
    INLINE_TYPES,
    MEBIBYTE,
    PIECE_BYTES,
    Presentation,
    is_cut_short,
    most_bytes,
    piece_count,
    presentation,
    safe_name,
    served_type,
    spans,
    true_type,
    wait_after,
)
from bot.domain.messages import Kind
from bot.domain.places import coordinates, has_moved, metres_between

FILE_ID = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("declared", "head", "found"),
    [
        ("image/jpeg", b"\xff\xd8\xff\xe0....JFIF", "image/jpeg"),
        ("image/jpeg", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("image/png", b"<!DOCTYPE html><", "application/octet-stream"),
        ("image/png", b"<svg xmlns='http", "application/octet-stream"),
        ("image/svg+xml", b"<svg xmlns='http", "image/svg+xml"),
        ("image/webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("audio/x-wav", b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        ("image/gif", b"GIF89a", "image/gif"),
        ("audio/ogg; codecs=opus", b"OggS\x00\x02", "audio/ogg"),
        ("audio/mpeg", b"ID3\x04", "audio/mpeg"),
        ("audio/mpeg", b"\xff\xfb\x90\x64", "audio/mpeg"),
        ("audio/aac", b"\xff\xf1\x50\x80", "audio/aac"),
        ("audio/amr", b"#!AMR\n", "audio/amr"),
        ("audio/mp4", b"\x00\x00\x00\x18ftypmp42", "audio/mp4"),
        ("video/mp4", b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        ("application/octet-stream", b"\x00\x00\x00\x1cftypM4A ", "audio/mp4"),
        ("video/3gpp", b"\x00\x00\x00\x18ftyp3gp4", "video/3gpp"),
        ("video/webm", b"\x1aE\xdf\xa3", "video/webm"),
        ("image/heic", b"\x00\x00\x00\x18ftypheic", "image/heic"),
        ("application/pdf", b"%PDF-1.7", "application/pdf"),
        ("application/pdf", b"MZ\x90\x00", "application/octet-stream"),
        ("text/html", b"<html>", "text/html"),
        ("video/mp4", b"", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_first_bytes_say(declared: str, head: bytes, found: str) -> None:
    """What a browser would show must be proven; the rest keeps its name and is only saved."""
    assert true_type(declared, head) == found


@given(st.text(max_size=40), st.binary(max_size=20))
def test_nothing_that_can_run_is_ever_shown(declared: str, head: bytes) -> None:
    """Whatever is said about a file: it is shown as one of a few types, or saved as bytes."""
    found = true_type(declared, head)
    assert served_type(found) in {*INLINE_TYPES, "application/pdf", "application/octet-stream"}
    if head[:1] == b"<":
        assert presentation(found) is Presentation.DOWNLOAD


@pytest.mark.parametrize("media_type", ["application/pdf", "text/html", "image/svg+xml", ""])
def test_documents_and_pages_are_only_saved(media_type: str) -> None:
    """A PDF or a page may hold programs."""
    assert presentation(media_type) is Presentation.DOWNLOAD


@pytest.mark.parametrize(
    ("name", "media_type", "safe"),
    [
        ("", "audio/ogg", "document-01234567.ogg"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\temp\\kontrak.pdf", "application/pdf", "kontrak.pdf"),
        ("kontrak.pdf.exe", "application/octet-stream", "kontrak_pdf.bin"),
        ("app.apk", "application/vnd.android.package-archive", "app.bin"),
        ("brosur.html", "text/html", "brosur.bin"),
        ("surat.docx", "application/octet-stream", "surat.docx"),
        ("palsu.pdf", "application/octet-stream", "palsu.bin"),
        ('a"; x=\r\nSet-Cookie: b.jpg', "image/jpeg", "a_ x_Set-Cookie_ b.jpg"),
        ("gpj\u202eexe.jpg", "image/jpeg", "gpj_exe.jpg"),
        ("a" * 300 + ".jpg", "image/jpeg", "a" * 60 + ".jpg"),
        ("...", "image/png", "document-01234567.png"),
    ],
)
def test_a_name_opens_nothing(name: str, media_type: str, safe: str) -> None:
    """No paths, no invisible signs, no ending that runs something."""
    assert safe_name(name, Kind.DOCUMENT, media_type, FILE_ID) == safe


@given(st.text(max_size=80), st.sampled_from(list(Kind)), st.text(max_size=20))
def test_any_name_becomes_a_plain_one(name: str, kind: Kind, media_type: str) -> None:
    """Whatever people or programs call their files."""
    safe = safe_name(name, kind, media_type, FILE_ID)
    assert not set(safe) & set('/\\"\r\n\0')
    assert not safe.startswith(".")
    assert len(safe) <= 70


@given(
    st.integers(0, 3 * PIECE_BYTES),
    st.integers(0, 3 * PIECE_BYTES),
    st.integers(0, 4 * PIECE_BYTES),
)
def test_spans_give_exactly_the_bytes_asked_for(size: int, start: int, stop: int) -> None:
    """Any range of a file is made of parts of its pieces, without gap or overlap."""
    position = start
    for span in spans(size, start, stop):
        assert span.number * PIECE_BYTES + span.start == position
        assert 0 <= span.start < span.stop <= PIECE_BYTES
        assert span.number < piece_count(size)
        position += span.stop - span.start
    assert position == max(start, min(stop, size))


def test_what_may_pass_is_tried_for_ever() -> None:
    """The wait grows to a quarter of an hour and never ends while there is hope."""
    waits = [wait_after("HTTP 503", permanent=False, attempts=n) for n in range(1, 2000)]
    assert waits[0] == timedelta(seconds=2)
    assert waits[1] == timedelta(seconds=4)
    assert waits[-1] == timedelta(minutes=15)


def test_what_is_said_to_be_gone_is_asked_for_again() -> None:
    """A provider may not know its own file for a moment; too large it stays."""
    tries = [wait_after("gone", permanent=True, attempts=n) for n in range(1, 5)]
    assert [wait is None for wait in tries] == [False, False, False, True]
    assert wait_after("too_large", permanent=True, attempts=1) is None


def test_less_than_promised_is_not_the_whole() -> None:
    """Unless the provider always sends so much: then its promise was wrong."""
    assert is_cut_short(100, 99, attempts=1)
    assert not is_cut_short(100, 99, attempts=5)
    assert not is_cut_short(100, 100, attempts=1)
    assert not is_cut_short(None, 1, attempts=1)


def test_channels_have_their_sizes() -> None:
    """Bots get 20 MB, Twilio passes on 16 MB, and a channel without a rule gets the least."""
    sizes = [most_bytes(channel) for channel in ("telegram", "whatsapp", "web")]
    assert sizes == [20 * MEBIBYTE, 16 * MEBIBYTE, 16 * MEBIBYTE]


@pytest.mark.parametrize(
    ("detail", "place"),
    [
        ("-6.200000, 106.816666", (-6.2, 106.816666)),
        ("13.65, 102.56\nHotel Poipet, jalan 5", (13.65, 102.56)),
        ("13.65, 102.56; Hotel Poipet", (13.65, 102.56)),
        ("1,1", (1.0, 1.0)),
        ("di poipet", None),
        ("95.0, 10.0", None),
        ("10.0, 190.0", None),
        ("", None),
        ("5, 10 orang", None),
    ],
)
def test_coordinates_are_read(detail: str, place: tuple[float, float] | None) -> None:
    """Only what is a place on this earth."""
    assert coordinates(detail) == place


def test_a_place_that_stands_still_has_not_moved() -> None:
    """A live location trembles; a transport to another building shows."""
    assert not has_moved("13.65000, 102.56000", "13.65010, 102.56010")
    assert has_moved("13.65000, 102.56000", "13.66000, 102.56000")
    assert has_moved("", "13.65, 102.56")
    assert metres_between((0, 0), (0, 1)) == pytest.approx(111_195, rel=0.001)
