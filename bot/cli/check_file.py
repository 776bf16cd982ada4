"""Check a file with a job offer, and say it to people."""

from __future__ import annotations

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from actions.verdict import verdict_texts
from bot.cli.common import CommandError, load_settings
from bot.clock import SystemClock
from bot.language.flags import catalogue
from bot.language.offers import check_offer
from bot.language.types import OfferCheck

LARGEST_FILE = 1024 * 1024
_NOT_TEXT = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"PK\x03\x04")


def run(file: Path) -> None:
    """Check the text in a file. Raises `CommandError` for anything else than a text."""
    _show(check_offer(_read(file)))


def _read(file: Path) -> str:
    """The text of a file. Raises `CommandError` for anything else than a text."""
    try:
        if str(file) == "-":
            content = sys.stdin.buffer.read(LARGEST_FILE + 1)
        else:
            with file.open("rb") as opened:
                content = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise CommandError(
            f"{file} cannot be read: {(error.strerror or 'why?').lower()}"
        ) from error
    if len(content) > LARGEST_FILE:
        raise CommandError(f"{file} is larger than 1 MB: give the advertisement alone")
    if content.startswith(_NOT_TEXT) or b"\0" in content:
        raise CommandError(
            f"{file} is no text: pictures and PDFs are not supported in this version; "
            "type what they say into a text file"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is no UTF-8 text; save it as UTF-8") from error
    if not text.strip():
        raise CommandError(f"{file} is empty")
    return text


def _show(found: OfferCheck) -> None:
    """The words of the bot, then the words of the advertisement behind each flag."""
    console = Console()
    today = SystemClock().now().astimezone(ZoneInfo(load_settings().tz_default)).date()
    console.print(Text("\n".join(verdict_texts(found, today))))
    if found.flags:
        table = Table("Tanda bahaya", "Kata-kata di teks", "Tingkat")
        for flag in found.flags:
            known = catalogue()[flag.code]
            table.add_row(Text(known.title), Text(flag.evidence), known.severity.value)
        console.print()
        console.print(table)
