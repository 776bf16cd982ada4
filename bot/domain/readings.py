"""What a program read in a file: its lines, how sure it is of each, and how far it got."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

# A reading that a worker took on and never ended, for it died, is tried once more.
READING_LEASE = timedelta(seconds=60)
MOST_READINGS = 2


class ReadState(StrEnum):
    """Life of a reading: waiting -> at_work -> read -> told (an answer went into it), or unreadable.

    What waits may still lie at the provider.
    """

    WAITING = "waiting"
    AT_WORK = "at_work"
    READ = "read"
    TOLD = "told"
    UNREADABLE = "unreadable"


PENDING = (ReadState.WAITING, ReadState.AT_WORK)


@dataclass(frozen=True)
class ReadLine:
    """A line of a picture or page; `confidence` is how sure its reader is, from 0 to 1."""

    text: str = field(repr=False)
    confidence: float


@dataclass(frozen=True)
class Reading:
    """What became of reading one file; `state` is None when nobody tries to.

    `problem` is a code of bot.ports.UnreadableError; `is_sound` when somebody says the words.
    """

    state: ReadState | None = None
    lines: tuple[ReadLine, ...] = field(default=(), repr=False)
    problem: str = ""
    file_id: str = ""
    is_sound: bool = False


@dataclass(frozen=True)
class FileToRead:
    """A stored file that a worker has taken on to read; `token` is the lease."""

    id: str
    turn_id: str
    person_id: str
    media_type: str
    token: str
