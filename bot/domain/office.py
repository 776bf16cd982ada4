"""What the organisation has set up, as the rules need to know it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.channels import ROBOT
from bot.domain.contacts import Contact

ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
DAY_NAMES = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
A_WEEK_OF_NAMES = 6
"""Days after which the name of a weekday alone could mean another one."""


@dataclass(frozen=True)
class Office:
    """Settings and tables that rules depend on.

    `base` is where people reach this server, without a slash at the end. `page_channels` are those that can reach staff outside the console; `practice` means
    that somebody switched practice mode on. `can_ask_again`: an approved template may ask a
    person to go on where the provider takes no free text any more. `offers_kept` is how
    long the fingerprint of an offer stays. `picture_window` is how long an answer waits for what
    a picture says, 0 when pictures are not read; `sounds_are_read` when something writes down
    what is said in voice notes.
    """

    practice: bool
    timezone: ZoneInfo
    console_url: str
    turn_window: timedelta
    page_channels: frozenset[str] = frozenset()
    contacts: tuple[Contact, ...] = field(default=(), repr=False)
    can_ask_again: bool = False
    offers_kept: timedelta = timedelta(days=180)
    picture_window: timedelta = timedelta(0)
    sounds_are_read: bool = False
    base: str = ""

    @property
    def contact_channels(self) -> frozenset[str]:
        """Those by which a person can be paged: a robot would answer in their name."""
        return self.page_channels - {ROBOT}

    @property
    def reads_pictures(self) -> bool:
        """Whether what stands in pictures is read at all."""
        return self.picture_window > timedelta(0)

    def local_time(self, at: datetime, zone: ZoneInfo | None = None) -> str:
        """A moment as people read it, such as 08.00 WIB, in a zone or else the office's."""
        there = zone or self.timezone
        return f"{at.astimezone(there):%H.%M} {ZONE_NAMES.get(there.key, there.key)}"

    def told_time(self, at: datetime, now: datetime, zone: ZoneInfo | None = None) -> str:
        """A coming moment that leaves no doubt about the day, such as Senin 08.00 WIB."""
        there = zone or self.timezone
        day = at.astimezone(there).date()
        time = self.local_time(at, there)
        ahead = (day - now.astimezone(there).date()).days
        if ahead == 0:
            return time
        date = "" if ahead <= A_WEEK_OF_NAMES else f" {day.day}/{day.month}"
        return f"{DAY_NAMES[day.weekday()]}{date} {time}"

    def today(self, now: datetime) -> date:
        """The day that it is in the office's zone."""
        return now.astimezone(self.timezone).date()

    def local_date(self, at: datetime) -> str:
        """The date of a moment in the office's zone, ISO 8601."""
        return self.today(at).isoformat()
