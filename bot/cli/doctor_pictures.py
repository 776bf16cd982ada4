"""Whether pictures that people send can be read on this machine, tried with one of our own."""

from __future__ import annotations

import io
import time

from PIL import Image, ImageDraw, ImageFont

from bot.cli.findings import Finding, broken, ok, warning
from bot.gateways.ocr import PictureProcess
from bot.ports import UnreadableError

WORDS = "visa turis"
SLOW_SECONDS = 4.0
"""For two words; a full screenshot takes five times as long, and is given up after twenty seconds."""
_REINSTALL = "./tanyadulu setup, then ask again; until then people are asked to type what it says"
_MENDS = {
    "too_long": "the machine is too slow or too busy: end what else runs on it, then ask again",
    "died": f"see that 1 GB of memory is free; if it is: {_REINSTALL}",
    "too_large": "see that 1 GB of memory is free",
}


async def picture_finding(process: PictureProcess, picture: bytes) -> Finding:
    """Start the process, let it read `picture` (a PNG that shows WORDS) twice, and end it.

    The first time has its start in it, the second tells what each picture of a person takes.
    """
    seconds: list[float] = []
    try:
        for _ in range(2):
            began = time.monotonic()
            lines = await process.read(picture, "image/png")
            seconds.append(time.monotonic() - began)
    except UnreadableError as error:
        what = f"pictures cannot be read: the reader's process ended ({error.reason})"
        return broken(what, _MENDS.get(error.reason, _REINSTALL))
    finally:
        await process.close()
    if WORDS not in " ".join(line.text for line in lines).casefold():
        return broken(
            "the reader of pictures does not see the words of a clear picture", _REINSTALL
        )
    first, again = seconds
    what = f"a small picture is read in {again:.1f} s, after a start of {max(0.0, first - again):.1f} s"
    if again > SLOW_SECONDS:
        return warning(f"{what}: larger ones may be given up", _MENDS["too_long"])
    return ok(what)


def small_picture(words: str = WORDS) -> bytes:
    """A PNG of a line in large letters."""
    image = Image.new("RGB", (420, 90), "white")
    ImageDraw.Draw(image).text((30, 15), words, fill="black", font=ImageFont.load_default(48))
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()
