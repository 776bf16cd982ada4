"""Check a file with a job offer - text, picture or PDF - and say it to people."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from actions.verdict import verdict_texts
from bot.cli.common import CommandError, load_settings
from bot.clock import SystemClock
from bot.domain.media import HEAD_BYTES, true_type
from bot.domain.pictures import GUESS_FROM, PAPER, PICTURE_TYPES
from bot.gateways.ocr import PictureProcess
from bot.language.flags import catalogue
from bot.language.offers import check_offer
from bot.language.types import OfferCheck
from bot.ports import UnreadableError

LARGEST_FILE = 1024 * 1024
LARGEST_PICTURE = 20 * LARGEST_FILE
_PROBLEMS = {
    "locked": "asks for a password: save it without one",
    "too_large": "has too many pixels: make it smaller",
    "too_long": "takes too long to read: cut out the advertisement",
    "died": "takes too much memory to read: make it smaller",
}


def run(file: Path) -> None:
    """Check what a file says. Raises `CommandError` when nothing can be read in it."""
    content = _content(file)
    media_type = true_type("", content[:HEAD_BYTES])
    if media_type in PICTURE_TYPES or media_type == PAPER:
        text = asyncio.run(_look(file, content, media_type))
        Console().print(Text(text, style="dim"), "")
    else:
        text = _text(file, content)
    _show(check_offer(text))


def _content(file: Path) -> bytes:
    """The bytes of a file or of stdin. Raises `CommandError`."""
    try:
        if str(file) == "-":
            content = sys.stdin.buffer.read(LARGEST_PICTURE + 1)
        else:
            with file.open("rb") as opened:
                content = opened.read(LARGEST_PICTURE + 1)
    except OSError as error:
        raise CommandError(
            f"{file} cannot be read: {(error.strerror or 'why?').lower()}"
        ) from error
    if len(content) > LARGEST_PICTURE:
        raise CommandError(f"{file} is larger than 20 MB: give the advertisement alone")
    return content


async def _look(file: Path, content: bytes, media_type: str) -> str:
    """The words in a picture or PDF. Raises `CommandError` when there are none to be read."""
    process = PictureProcess()
    try:
        lines = await process.read(content, media_type)
    except UnreadableError as error:
        problem = _PROBLEMS.get(error.reason, "is damaged and cannot be opened")
        raise CommandError(f"{file} {problem}") from error
    finally:
        await process.close()
    words = "\n".join(line.text for line in lines if line.confidence >= GUESS_FROM)
    if not words:
        raise CommandError(f"{file} shows no words that can be read")
    return words


def _text(file: Path, content: bytes) -> str:
    """The text of a file. Raises `CommandError` for anything else than a text."""
    if len(content) > LARGEST_FILE:
        raise CommandError(f"{file} is larger than 1 MB: give the advertisement alone")
    if b"\0" in content:
        raise CommandError(f"{file} is neither a text nor a picture (png, jpg, webp) nor a PDF")
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
