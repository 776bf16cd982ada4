"""The people of the organisation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

LANGUAGES = {
    "ar": "Arab",
    "ban": "Bali",
    "bug": "Bugis",
    "en": "Inggris",
    "ja": "Jepang",
    "jv": "Jawa",
    "km": "Khmer",
    "ko": "Korea",
    "mad": "Madura",
    "mak": "Makassar",
    "min": "Minang",
    "ms": "Melayu",
    "my": "Myanmar",
    "sas": "Sasak",
    "su": "Sunda",
    "th": "Thai",
    "tet": "Tetun",
    "vi": "Vietnam",
    "yue": "Kanton",
    "zh": "Mandarin",
}
"""What staff may speak beside Indonesian, which all do, by ISO 639 tag."""
CONSOLE_OPEN = timedelta(minutes=2)
"""A console seen within this time is open: it touches its session each half minute."""


class Role(StrEnum):
    """What somebody may do; a supervisor may also end shifts of others and read alarms."""

    CASEWORKER = "caseworker"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Staff:
    """A staff member; people outside only ever see the label.

    `languages` are tags (ISO 639) of what they speak beside Indonesian. A `robot` tries the way
    of a page out: it is never on duty and never counted.
    """

    id: str
    login: str
    number: int
    role: Role
    disabled: bool
    password_hash: str = field(repr=False)
    languages: tuple[str, ...] = ()
    robot: bool = False

    @property
    def label(self) -> str:
        """The name that people see: never the private one."""
        return label_of(self.number)


def label_of(number: int) -> str:
    """The name of the member with a number."""
    return f"Petugas {number}"


@dataclass(frozen=True)
class Contact:
    """A way to wake a staff member; pages use verified ones only, in the order of `position`.

    `after_minutes` is how long the contact before it may stay without an answer. `failed_because`
    is why it cannot be reached just now, `code_until` how long a code waits to be told back.
    """

    id: str
    staff_id: str
    channel: str
    verified_at: datetime | None
    address: str = field(repr=False)
    position: int = 0
    after_minutes: int = 0
    code_until: datetime | None = None
    failed_at: datetime | None = None
    failed_because: str | None = None
