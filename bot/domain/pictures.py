"""Pictures, papers and sounds that a program reads: what was found, and what of it is used. Pure.

What stands in a picture is something that a person shows, not something that they say: it is
checked when it holds an offer, and shown to staff in any case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.messages import Attachment, Kind
from bot.domain.readings import PENDING, Reading, ReadLine, ReadState
from bot.language.offers import check_offer
from bot.language.scrub import scrub

PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
PAPER = "application/pdf"
SOUND = "audio/"
READ_KINDS = frozenset({Kind.PHOTO, Kind.DOCUMENT})
"""Messages whose files are looked at; stickers and videos are not."""

# How sure a reader is of a line: from here it counts as read, from here as a guess to ask about.
# On the project's own posters 99 lines of 100 that are right are above the first.
SURE_FROM, GUESS_FROM = 0.85, 0.5
MOST_UNSURE = 0.5
"""When more of the letters than this share are unsure, nothing counts as read."""

FEWEST_FACTS = 2
"""Facts that make an offer where no sign is seen; fewer stand on any photograph of a shop."""

EXCERPT_LETTERS = 90
CUT_OUT = re.compile(r"\[[a-z ]+\]")
LONGEST_WORDS = 6_000
ASKS = "Tolong cek tawaran ini:"
"""What somebody means who sends an offer as a picture; the assistant reads it above the words."""


@dataclass(frozen=True)
class Shown:
    """What the files of a turn show, all together.

    `words` is what was surely read, one sentence or row a line; `guess` is the first unsure
    line; `pending` when some file is not read yet, `locked` when a paper asks for a password.
    `read` are the ids of the files that no answer went into so far; `is_heard` when the words
    are those of a voice note.
    """

    words: str = field(default="", repr=False)
    guess: str = field(default="", repr=False)
    pending: bool = False
    locked: bool = False
    read: tuple[str, ...] = ()
    is_heard: bool = False

    @property
    def request(self) -> str:
        """The words as the assistant reads them: as if somebody had typed them off."""
        return f"{ASKS}\n{self.words}"

    @property
    def excerpt(self) -> str:
        """The first words, without names and numbers: what somebody can show around is no praise."""
        return _short(self.words)

    @property
    def unclear(self) -> str:
        """The unsure line, made harmless in the same way; empty when all is clear."""
        return _short(self.guess)


NOTHING = Shown()


def is_read(attachment: Attachment, *, sounds: bool) -> bool:
    """Whether a file that somebody sends is one that is read; `sounds` when those are, too."""
    plain = attachment.media_type.partition(";")[0].strip().lower()
    if attachment.kind is Kind.VOICE:
        return sounds
    return attachment.kind is Kind.PHOTO or (
        attachment.kind is Kind.DOCUMENT and (plain == PAPER or plain in PICTURE_TYPES)
    )


def can_be_read(kind: Kind, media_type: str, *, sounds: bool) -> bool:
    """The same of a stored file, by its true type."""
    if kind is Kind.VOICE:
        return sounds and media_type.startswith(SOUND)
    return kind in READ_KINDS and (media_type == PAPER or media_type in PICTURE_TYPES)


def shown(readings: Sequence[Reading]) -> Shown:
    """What the readings of a turn come to."""
    tried = [reading for reading in readings if reading.state is not None]
    words: list[str] = []
    guesses: list[str] = []
    for reading in tried:
        sure = [line for line in reading.lines if line.confidence >= SURE_FROM]
        unsure = [line for line in reading.lines if line.confidence < SURE_FROM]
        if _letters(unsure) > MOST_UNSURE * _letters(reading.lines):
            continue
        words += [line.text for line in sure]
        guesses += [line.text for line in unsure if line.confidence >= GUESS_FROM]
    return Shown(
        "\n".join(words)[:LONGEST_WORDS],
        next((guess for guess in guesses if len(guess.split()) > 1), ""),
        any(reading.state in PENDING for reading in tried),
        any(reading.problem == "locked" for reading in tried),
        tuple(reading.file_id for reading in tried if reading.state is ReadState.READ),
        any(reading.is_sound for reading in tried if reading.lines),
    )


def shows_offer(words: str) -> bool:
    """Whether words that stand in a picture can be checked as an offer."""
    found = check_offer(words)
    return bool(found.flags or found.signals or len(found.facts) >= FEWEST_FACTS)


def _letters(lines: Sequence[ReadLine]) -> int:
    return sum(len(line.text) for line in lines)


def _short(words: str) -> str:
    harmless = " ".join(CUT_OUT.sub("…", scrub(words[: 4 * EXCERPT_LETTERS])).split())
    if len(harmless) <= EXCERPT_LETTERS:
        return harmless
    return f"{harmless[:EXCERPT_LETTERS].rpartition(' ')[0]} ..."
