"""Files of people: who gets them, in what parts, and that nothing in them runs."""

from __future__ import annotations

import httpx
import pytest

from bot.domain.media import PIECE_BYTES
from bot.domain.messages import Attachment, Author, Kind
from bot.ports import MediaError
from tests.console.conftest import Office, Visitor

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4
OGG = b"OggS" + bytes(index % 251 for index in range(2 * PIECE_BYTES + 1000))
BAIT = '"><script>alert(1)</script>.jpg'
DANGER = "tolong saya dikunci di kamar"


@pytest.fixture
def sari(office: Office) -> Visitor:
    """Petugas 1, signed in."""
    return office.signed_in("sari")


def send(
    office: Office,
    body: bytes,
    *,
    who: str = "ani",
    said: str = "image/jpeg",
    name: str = "",
    failure: MediaError | None = None,
) -> str:
    """Somebody sends a file on Telegram, and it is fetched unless that fails. Its id."""
    kinds = {"image": Kind.PHOTO, "audio": Kind.VOICE, "video": Kind.VIDEO}
    kind = kinds.get(said.partition("/")[0], Kind.DOCUMENT)
    hotline = office.hotline
    reference = f"secret-{len(hotline.media.files)}"
    hotline.media.files[reference] = body
    hotline.media.failures += [failure] if failure else []
    attached = (Attachment(kind, said, reference, name, len(body)),)
    office.nobody.run(hotline.sends(who, kind, channel="telegram", attachments=attached))
    known = office.nobody.run(hotline.talk(who, "telegram"))
    found = hotline.app.database.read(lambda uow: uow.files.of_conversation(known))
    lines = hotline.app.database.read(lambda uow: uow.lines.for_staff(known))
    last = [line for line in lines if line.author is Author.PERSON][-1]
    return found[last.id][0].id


def danger(office: Office, who: str = "ani") -> str:
    """Somebody on Telegram is in danger; the page of the case."""
    office.nobody.run(office.hotline.says(who, DANGER, channel="telegram"))
    return f"/console/cases/{office.cases()[0].reference}"


def fetch(visitor: Visitor, file_id: str, *, save: bool = False, **headers: str) -> httpx.Response:
    """What a player or a person asks for."""
    path = f"/console/files/{file_id}{'?save=1' if save else ''}"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return visitor.run(visitor.client.get(path, headers=named))


def test_a_picture_is_shown_whole(office: Office, sari: Visitor) -> None:
    """Signed in, from a case: the bytes as they were, shown in place, kept nowhere."""
    path = danger(office)
    file_id = send(office, JPEG)
    got = fetch(sari, file_id)
    assert (got.status_code, got.content) == (200, JPEG)
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["content-length"] == str(len(JPEG))
    assert got.headers["content-disposition"].startswith("inline;")
    assert got.headers["cache-control"] == "no-store"
    assert got.headers["accept-ranges"] == "bytes"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cross-origin-resource-policy"] == "same-origin"
    assert "sandbox" in got.headers["content-security-policy"]
    assert "script" not in got.headers["content-security-policy"]
    page = sari.get(path).response.text
    assert f'src="/console/files/{file_id}"' in page
    assert "secret-0" not in page


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, len(OGG)),
        ("bytes=10-19", 10, 20),
        (f"bytes={PIECE_BYTES - 5}-{PIECE_BYTES + 4}", PIECE_BYTES - 5, PIECE_BYTES + 5),
        (f"bytes={PIECE_BYTES}-", PIECE_BYTES, len(OGG)),
        ("bytes=-7", len(OGG) - 7, len(OGG)),
        (f"bytes=5-{10**14}", 5, len(OGG)),
        (f"bytes=-{10**14}", 0, len(OGG)),
    ],
)
def test_a_player_gets_the_part_that_it_asks_for(
    office: Office, sari: Visitor, wanted: str, start: int, stop: int
) -> None:
    """Phones seek in sound and video by ranges, across the pieces that we store."""
    danger(office)
    got = fetch(sari, send(office, OGG, said="audio/ogg"), range=wanted)
    assert got.content == OGG[start:stop]
    whole = (start, stop) == (0, len(OGG))
    assert got.status_code == (200 if whole else 206)
    if not whole:
        assert got.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(OGG)}"
    assert got.headers["content-length"] == str(stop - start)
    assert got.headers["content-type"] == "audio/ogg"


@pytest.mark.parametrize("wanted", [f"bytes={len(JPEG)}-", "bytes=-0", "bytes=99999999-"])
def test_a_part_that_is_not_there(office: Office, sari: Visitor, wanted: str) -> None:
    """The player learns how long the file is."""
    danger(office)
    got = fetch(sari, send(office, JPEG), range=wanted)
    assert got.status_code == 416
    assert got.headers["content-range"] == f"bytes */{len(JPEG)}"
    assert got.content == b""


@pytest.mark.parametrize(
    "headers",
    [
        {"range": "bytes=0-1,5-6"},
        {"range": "bytes=9-5"},
        {"range": "bytes=-"},
        {"range": "pieces=0-1"},
        {"range": "bytes=\u0661-\u0662"},
        {"range": "bytes=0-1", "if_range": '"x"'},
    ],
)
def test_odd_wishes_get_the_whole_file(
    office: Office, sari: Visitor, headers: dict[str, str]
) -> None:
    """As the standard of HTTP allows."""
    danger(office)
    encoded = {name: value.encode() for name, value in headers.items()}
    got = fetch(sari, send(office, JPEG), **encoded)  # type: ignore[arg-type]
    assert (got.status_code, got.content) == (200, JPEG)


@pytest.mark.parametrize(
    ("said", "body", "name", "saved_as"),
    [
        ("text/html", b"<script>alert(1)</script>", "kontrak.html", "kontrak.bin"),
        ("image/svg+xml", b"<svg onload=alert(1)>", "peta.svg", "peta.bin"),
        ("image/jpeg", b"<html><script>alert(1)</script>", "foto.jpg", "foto.bin"),
        ("application/pdf", b"%PDF-1.7 x", "surat.pdf", "surat.pdf"),
    ],
)
def test_what_could_run_is_only_saved(
    office: Office, sari: Visitor, said: str, body: bytes, name: str, saved_as: str
) -> None:
    """Whatever it is called and calls itself: an attachment of a type that no browser opens."""
    path = danger(office)
    file_id = send(office, body, said=said, name=name)
    got = fetch(sari, file_id)
    assert got.status_code == 200
    assert got.headers["content-disposition"].startswith(f'attachment; filename="{saved_as}"')
    assert got.headers["content-type"] in ("application/octet-stream", "application/pdf")
    page = sari.get(path).response.text
    assert f'<img id="file-{file_id}"' not in page
    assert f'href="/console/files/{file_id}?save=1"' in page


def test_a_picture_can_be_saved_too(office: Office, sari: Visitor) -> None:
    """The same file as a download, under a harmless name."""
    danger(office)
    got = fetch(sari, send(office, JPEG, name=BAIT), save=True)
    disposition = got.headers["content-disposition"]
    assert disposition.startswith("attachment;")
    assert "<" not in disposition
    assert disposition.count('"') == 2


def test_names_are_never_markup(office: Office, sari: Visitor) -> None:
    """Of files, of contacts, of places and of emoji."""
    path = danger(office)
    send(office, JPEG, name=BAIT)
    for kind in (Kind.CONTACT, Kind.LOCATION, Kind.REACTION, Kind.POLL, Kind.UNKNOWN):
        said = office.hotline.says("ani", "", channel="telegram", kind=kind, detail=BAIT)
        office.nobody.run(said)
    page = sari.get(path).response.text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 6


def test_only_members_who_may_see_the_case(office: Office, sari: Visitor) -> None:
    """Signed out, an unknown id, a file of nobody's case, one that is not here yet: nothing."""
    danger(office)
    file_id = send(office, JPEG)
    stranger = fetch(office.visitor(), file_id)
    assert stranger.status_code == 303
    assert stranger.content != JPEG
    for odd in ("0" * 32, "x", "..%2f..%2fkeys.db", file_id.upper() + "0"):
        assert fetch(sari, odd).status_code == 404
    late = MediaError("timed_out", permanent=False)
    assert fetch(sari, send(office, JPEG, failure=late)).status_code == 404


def test_a_file_outside_all_cases_is_not_shown(office: Office, sari: Visitor) -> None:
    """Staff see what belongs to a case, and nothing by knowing a number."""
    hotline = office.hotline
    attached = (Attachment(Kind.STICKER, "image/webp", "secret", "", 16),)
    hotline.media.files["secret"] = b"RIFF0000WEBPVP8 "
    sent = hotline.sends("budi", Kind.STICKER, channel="telegram", attachments=attached)
    office.nobody.run(sent)
    assert not office.cases()
    known = office.nobody.run(hotline.talk("budi", "telegram"))
    ((file,),) = hotline.app.database.read(lambda uow: uow.files.of_conversation(known)).values()
    assert file.stored
    assert fetch(sari, file.id).status_code == 404
    office.nobody.run(hotline.says("budi", DANGER, channel="telegram"))
    assert fetch(sari, file.id).status_code == 200


def test_states_of_a_file_are_told(office: Office, sari: Visitor) -> None:
    """Waiting after a try in vain, and lost for good, with the reason and the size."""
    path = danger(office)
    late = MediaError("timed_out", permanent=False)
    send(office, JPEG, said="video/mp4", failure=late)
    assert "Sedang diambil… (1 kB)" in sari.get(path).text
    large = MediaError("too_large", permanent=True)
    lost = send(office, JPEG, said="video/mp4", failure=large)
    page = sari.get(path).text
    assert "Tidak bisa diambil: terlalu besar (1 kB)" in page
    assert "1 kiriman tidak bisa diambil" in sari.get("/console/").text
    assert fetch(sari, lost).status_code == 404
    office.nobody.run(office.hotline.forward(minutes=1))
    assert "Sedang diambil" not in sari.get(path).text


def test_loading_a_picture_is_no_sign_that_somebody_looks(office: Office, sari: Visitor) -> None:
    """Browsers load pictures of pages in the background too: that wakes no "console open"."""
    danger(office)
    file_id = send(office, JPEG)
    office.hotline.clock.forward(minutes=30)
    since = office.hotline.clock.now()
    assert fetch(sari, file_id).status_code == 200
    database = office.hotline.app.database
    assert not database.read(lambda uow: uow.staff.watching(since))
    sari.get("/console/")
    assert database.read(lambda uow: uow.staff.watching(since))
