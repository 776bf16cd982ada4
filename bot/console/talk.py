"""A conversation as staff read it: words, files, places, and how our texts got through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.console import message_words, words
from bot.domain.channels import rules_of
from bot.domain.conversation import Conversation
from bot.domain.delivery import JUST_AFTER, may_release, may_ring
from bot.domain.media import Presentation, presentation
from bot.domain.messages import Author, Delivery, Kind, Line, StoredFile
from bot.domain.office import Office
from bot.domain.places import coordinates
from bot.domain.staff import Staff
from bot.store.unit_of_work import SqlUnitOfWork

# A live location that moves comes as a change of the first one.
PLACES = (Kind.LOCATION, Kind.EDITED)


@dataclass(frozen=True)
class FileView:
    """A file of a message; `player` is image, audio, video, or empty for a download.

    `problem` says why it cannot be opened (yet); `lost` when it never will be. `words` are the
    lines that a program read in it, `reading` says how that went.
    """

    id: str
    address: str
    kind: str
    player: str
    size: str
    problem: str = ""
    lost: bool = False
    name: str = field(default="", repr=False)
    words: tuple[str, ...] = field(default=(), repr=False)
    reading: str = ""


@dataclass(frozen=True)
class HeldView:
    """What may be done about a held text of a human.

    `asked_by` is the label of who wished to let it go; `own_wish` when that is who looks.
    """

    row_id: str
    asked_by: str = ""
    own_wish: bool = False


@dataclass(frozen=True)
class Entry:
    """A line of the conversation, ready to be read."""

    id: str
    who: str
    speaker: str
    at: str
    text: str = field(repr=False)
    choices: tuple[str, ...] = ()
    kind: str = ""
    detail: str = field(default="", repr=False)
    map_link: str = field(default="", repr=False)
    files: tuple[FileView, ...] = ()
    mark: str = ""
    delivery: str = ""
    held: HeldView | None = None


def entries(
    uow: SqlUnitOfWork, known: Conversation, member: Staff, office: Office, now: datetime
) -> tuple[Entry, ...]:
    """All lines that were said or are on their way, in order.

    What the bot was about to say when a human took over is left out: nobody got it.
    """
    labels = {each.id: each.label for each in uow.staff.everyone()}
    return tuple(
        _entry(uow, line, known, member, labels, office, now)
        for line in uow.lines.for_staff(known)
        if line.state is not Delivery.CANCELLED
    )


def _entry(
    uow: SqlUnitOfWork,
    line: Line,
    known: Conversation,
    member: Staff,
    labels: Mapping[str, str],
    office: Office,
    now: datetime,
) -> Entry:
    mark, delivery = message_words.delivery(line, known.channel)
    return Entry(
        id=line.id,
        who=words.SPEAKERS[line.author],
        speaker=line.author.value,
        at=words.moment(line.at, now, office),
        text=line.text,
        choices=tuple(button.title for button in line.buttons),
        kind=message_words.KINDS[line.kind],
        detail=message_words.detail(line.detail),
        map_link=map_link(line),
        files=tuple(file_view(file) for file in line.files),
        mark=mark,
        delivery=delivery,
        held=_held(uow, line, known, member, labels),
    )


def _held(
    uow: SqlUnitOfWork,
    line: Line,
    known: Conversation,
    member: Staff,
    labels: Mapping[str, str],
) -> HeldView | None:
    """None for what nobody may let go: the bot's texts, and what the provider would not take."""
    if not may_release(line.author, line.state, line.error):
        return None
    row = uow.holding.find(known.id, line.id)
    asked = None if row is None else row.asked_by
    return HeldView(line.id, labels.get(asked or "", ""), own_wish=asked == member.id)


def map_link(line: Line) -> str:
    """A link for the map of this phone; no map is fetched from anywhere."""
    place = coordinates(line.detail) if line.kind in PLACES else None
    if place is None:
        return ""
    latitude, longitude = (f"{part:.6f}" for part in place)
    return f"geo:{latitude},{longitude}?q={latitude},{longitude}"


def file_view(file: StoredFile) -> FileView:
    """A file with what can be done with it now."""
    problem, lost = "", False
    if not file.stored:
        lost = file.failed
        why = message_words.reason(file.error or "")
        problem = f"Tidak bisa diambil: {why}" if lost else "Sedang diambil…"
    return FileView(
        id=f"file-{file.id}",
        address=f"/console/files/{file.id}",
        kind=message_words.FILE_KINDS.get(file.kind, message_words.DOCUMENT),
        player=player(file),
        size="" if file.size is None else message_words.size(file.size),
        problem=problem,
        lost=lost,
        name=words.shorten(file.name),
        words=tuple(line.text for line in file.reading.lines),
        reading=message_words.reading(file.reading),
    )


def player(file: StoredFile) -> str:
    """What shows this file on the page; empty when it can only be downloaded."""
    shown = presentation(file.media_type) is Presentation.INLINE
    return file.media_type.partition("/")[0] if shown else ""


def quiet_for(known: Conversation, now: datetime) -> str:
    """How long the person has been silent, once that is long enough to be a risk."""
    wrote = known.wrote_at
    return "" if wrote is None or now - wrote <= JUST_AFTER else words.age(wrote, now)


def would_wait(known: Conversation, now: datetime) -> bool:
    """Whether a reply written now would be held until the person writes again."""
    return not may_ring(rules_of(known.channel), known.wrote_at, now)


def last_words(uow: SqlUnitOfWork, known: Conversation, now: datetime) -> tuple[str, str]:
    """What the person said last, shortened, and how long ago; empty when they never did."""
    for line in reversed(uow.lines.of(known)):
        if line.author is Author.PERSON:
            kind = message_words.KINDS[line.kind]
            said = words.shorten(line.text)
            return f"[{kind}] {said}".strip() if kind else said, words.age(line.at, now)
    return "", ""
