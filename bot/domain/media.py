"""Files that people send: what they really are, how staff may open them, when to try again. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.domain.channels import TELEGRAM, WHATSAPP
from bot.domain.messages import Kind, StoredFile

MEBIBYTE = 1024 * 1024
PIECE_BYTES = 512 * 1024
"""All pieces of a file have this size but the last: one write never keeps the others waiting."""

# Bots get no larger files from Telegram, Twilio passes no larger ones on.
MOST_BYTES = {TELEGRAM: 20 * MEBIBYTE, WHATSAPP: 16 * MEBIBYTE}
HEAD_BYTES = 16
UNKNOWN_TYPE = "application/octet-stream"
# What no program here understands: a person must listen or look.
FILES = (Kind.VOICE, Kind.VIDEO, Kind.PHOTO, Kind.DOCUMENT)

FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=15)
# These may be a moment's confusion of the provider: asked again so often before they count.
SURE_AFTER = {"gone": 4, "empty": 5}
CUT_SHORT_TRIES = 5
LATE_AFTER = 6
"""After so many tries in vain staff are told that a file is late."""


class Presentation(StrEnum):
    """How staff may open a file: shown in the page, or only saved."""

    INLINE = "inline"
    DOWNLOAD = "download"


# Types that a browser shows without running anything in them, with the endings of their names.
INLINE_TYPES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "video/mp4": "mp4",
    "video/3gpp": "3gp",
    "video/webm": "webm",
}
# Documents that keep their ending; everything else is saved under an ending that opens nothing.
DOCUMENT_ENDINGS = {
    "application/pdf": "pdf",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.text": "odt",
    "text/plain": "txt",
    "text/csv": "csv",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "audio/amr": "amr",
    "audio/aac": "aac",
}
OTHER_ENDING = "bin"
LONGEST_STEM = 60
NOT_IN_NAMES = re.compile(r"[^\w ()-]+")


@dataclass(frozen=True)
class FileInWork:
    """A file that a worker has taken on, to be fetched or to be deleted at the provider.

    `token` is the lease: what is done under another one is refused. `size` is what the
    provider said, in bytes; None when it said nothing.
    """

    id: str
    channel: str
    conversation_id: str
    person_id: str
    kind: Kind
    media_type: str
    attempts: int
    token: str
    size: int | None = None
    reference: str = field(default="", repr=False)


@dataclass(frozen=True)
class FoundFile:
    """A file as it can be asked for, with the conversation that decides who may see it."""

    file: StoredFile
    conversation_id: str
    person_id: str


@dataclass(frozen=True)
class Span:
    """The bytes from `start` to before `stop` of one piece."""

    number: int
    start: int
    stop: int


def most_bytes(channel: str) -> int:
    """The largest file that is fetched from a channel."""
    return MOST_BYTES.get(channel, min(MOST_BYTES.values()))


def spans(size: int, from_byte: int = 0, to_byte: int | None = None) -> Iterator[Span]:
    """The parts of pieces that make up the bytes from `from_byte` to before `to_byte`."""
    end = size if to_byte is None else min(to_byte, size)
    position = max(from_byte, 0)
    while position < end:
        number, start = divmod(position, PIECE_BYTES)
        stop = min(PIECE_BYTES, start + end - position)
        yield Span(number, start, stop)
        position += stop - start


def piece_count(size: int) -> int:
    """How many pieces a file of this size has."""
    return math.ceil(size / PIECE_BYTES)


def true_type(declared: str, head: bytes) -> str:
    """What a file is by its first bytes; a type that a browser would show must be proven.

    A picture that is a web page in truth becomes UNKNOWN_TYPE, and is only ever saved.
    """
    plain = declared.partition(";")[0].strip().lower()
    found = _by_first_bytes(plain, head)
    if found is not None:
        return found
    return UNKNOWN_TYPE if plain in INLINE_TYPES or plain == "application/pdf" else plain


def _by_first_bytes(declared: str, head: bytes) -> str | None:
    for mark, media_type in (
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"OggS", "audio/ogg"),
        (b"ID3", "audio/mpeg"),
        (b"%PDF-", "application/pdf"),
        (b"#!AMR", "audio/amr"),
    ):
        if head.startswith(mark):
            return media_type
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _of_mp4_family(declared, head[8:12])
    if head[:4] == b"\x1aE\xdf\xa3":
        return "video/webm"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        # Frames of MPEG sound; the two bits of the layer are 0 in AAC only.
        return "audio/mpeg" if head[1] & 0x06 else "audio/aac"
    return None


def _of_mp4_family(declared: str, brand: bytes) -> str | None:
    if brand.startswith((b"heic", b"heif", b"mif1", b"avif")):
        return None
    if brand.startswith(b"M4A") or declared.startswith("audio/"):
        return "audio/mp4"
    return "video/3gpp" if brand.startswith(b"3g") else "video/mp4"


def presentation(media_type: str) -> Presentation:
    """Whether staff may see a file of this (true) type in the page itself."""
    return Presentation.INLINE if media_type in INLINE_TYPES else Presentation.DOWNLOAD


def served_type(media_type: str) -> str:
    """The Content-Type that a file goes out with: one of ours, never the sender's words."""
    is_known = media_type in INLINE_TYPES or media_type == "application/pdf"
    return media_type if is_known else UNKNOWN_TYPE


def safe_name(name: str, kind: Kind, media_type: str, file_id: str) -> str:
    """A file name without paths, invisible signs or an ending that runs something.

    The ending follows from the type. Without a usable name it is the kind and a short id.
    """
    plain = unicodedata.normalize("NFKC", name).replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        stem, ending = plain, ""
    stem = NOT_IN_NAMES.sub("_", stem)[:LONGEST_STEM].strip(" _")
    return f"{stem or f'{kind}-{file_id[:8]}'}.{_ending(media_type, ending.lower())}"


def _ending(media_type: str, told: str) -> str:
    known = INLINE_TYPES.get(media_type) or DOCUMENT_ENDINGS.get(media_type)
    if known is not None:
        return known
    is_unsaid = media_type == UNKNOWN_TYPE and told in DOCUMENT_ENDINGS.values()
    return told if is_unsaid and told != "pdf" else OTHER_ENDING


def wait_after(reason: str, *, permanent: bool, attempts: int) -> timedelta | None:
    """How long to wait after a failed try; None when no other try can help.

    What may pass is tried for ever: the file lies at the provider until we have it.
    """
    if permanent and attempts >= SURE_AFTER.get(reason, 1):
        return None
    doublings = min(max(attempts - 1, 0), 12)
    return min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)


def is_cut_short(told: int | None, got: int, attempts: int) -> bool:
    """Whether less came than the provider had promised; believed only when it happens always."""
    return told is not None and got < told and attempts < CUT_SHORT_TRIES
