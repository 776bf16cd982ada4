"""What the assistant wants done about an offer, said as its actions say it."""

from __future__ import annotations

from typing import Any

from bot.domain.messages import Reply
from bot.ports import Answer, Command
from tests.hotline import Hotline

AD = (
    "LOWONGAN admin online di Kamboja, gaji 15 juta per bulan, tanpa ijazah dan tanpa bahasa, "
    "tiket dan mes gratis, berangkat pakai visa turis dari Batam, hubungi Bu Rina 0812-0000-1234"
)


async def judged(
    hotline: Hotline,
    who: str,
    text: str = AD,
    *,
    verdict: str = "critical",
    departure: str | None = None,
    leaves: str | None = None,
    until: str | None = None,
    channel: str = "web",
    flag: str = "non_work_visa",
) -> None:
    """Somebody asks about an offer, and the assistant judges it."""
    values: dict[str, Any] = {
        "verdict": verdict,
        "flags": [flag],
        "facts": {"country": "kamboja"},
        "departure": departure,
        "leaves": None if leaves is None else {"first": leaves, "last": until or leaves},
        "text": text,
    }
    await wants(hotline, who, "record_offer", values, channel)


async def reported(hotline: Hotline, who: str, story: str, urgency: str = "concern") -> None:
    """Somebody reports a recruiter."""
    values = {"kind": "recruiter", "urgency": urgency, "fields": {"story": story}}
    await wants(hotline, who, "open_case", values)


async def wants(
    hotline: Hotline, who: str, command: str, values: dict[str, Any], channel: str = "web"
) -> None:
    """The assistant answers with a command."""
    hotline.assistant.answers = [Answer((Reply("Baik."),), (Command(command, 1, values),))]
    await hotline.says(who, "ini kak", channel=channel)
