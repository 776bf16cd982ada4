"""Draws texts as the pictures that people send: posters, screenshots of chats, photographs of paper.

Shared by the tests and by bench/ocr.py. The fonts come with matplotlib, so every machine that has
the developers' tools draws the same. Emoji have no glyphs there and become coloured discs.
"""

from __future__ import annotations

import io
import random
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

type Colour = tuple[int, int, int]
type Style = Callable[[str, random.Random], bytes]

FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
SANS, BOLD, OBLIQUE = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf"
SERIF, SERIF_BOLD, MONO = "DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf", "DejaVuSansMono.ttf"
TIMES, TIMES_BOLD = "STIXGeneral.ttf", "STIXGeneralBol.ttf"
WHITE, BLACK, YELLOW, RED = (255, 255, 255), (20, 20, 20), (255, 225, 60), (200, 25, 35)
DISCS = ((230, 60, 50), (250, 180, 20), (40, 150, 80))
EXIF_ORIENTATION = 0x0112
LIES_ON_ITS_SIDE = 6


@cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A font of matplotlib's by file name; `size` in pixels."""
    return ImageFont.truetype(str(FONTS / name), size)


def png(image: Image.Image) -> bytes:
    """The picture without loss."""
    return _saved(image, "PNG")


def jpeg(image: Image.Image, quality: int = 80, orientation: int = 0) -> bytes:
    """The picture as phones send it; `orientation` is the mark that a camera leaves."""
    exif = Image.Exif()
    if orientation:
        exif[EXIF_ORIENTATION] = orientation
    return _saved(image, "JPEG", quality=quality, exif=exif)


def webp(image: Image.Image) -> bytes:
    """The picture as stickers and some browsers keep it."""
    return _saved(image, "WEBP", quality=75)


def pdf(pages: Sequence[Image.Image]) -> bytes:
    """Scanned pages: pictures without any text in the file."""
    first, *others = [page.convert("RGB") for page in pages]
    return _saved(first, "PDF", save_all=True, append_images=others, resolution=150)


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def page(
    text: str,
    *,
    width: int = 1080,
    size: int = 36,
    face: str = SANS,
    head: str | None = None,
    ink: Colour = BLACK,
    head_ink: Colour | None = None,
    ground: Image.Image | Colour = WHITE,
    margin: int = 60,
) -> Image.Image:
    """The text in lines on a ground; the first line larger when `head` names its font."""
    rows = []
    for number, line in enumerate(_wrapped(text, width - 2 * margin, face, size)):
        is_head = head is not None and number == 0
        rows.append(
            (line, head if is_head and head else face, int(size * 1.4) if is_head else size)
        )
    if head is not None:
        line, name, large = rows[0]
        parts = _wrapped(line, width - 2 * margin, name, large)
        rows = [(part, name, large) for part in parts] + rows[1:]
    height = 2 * margin + sum(int(tall * 1.45) for _line, _face, tall in rows)
    image = _ground(ground, width, height)
    y = margin
    for line, name, tall in rows:
        is_head = tall != size
        _write(image, (margin, y), line, name, tall, head_ink if is_head and head_ink else ink)
        y += int(tall * 1.45)
    return image


def _ground(ground: Image.Image | Colour, width: int, height: int) -> Image.Image:
    if isinstance(ground, Image.Image):
        return ground.resize((width, height))
    return Image.new("RGB", (width, height), ground)


def _wrapped(text: str, width: int, face: str, size: int) -> list[str]:
    """The lines as they fit; a word that is wider than the line is cut."""
    shown = font(face, size)
    most = max(6, int(width / shown.getlength("m")))
    lines: list[str] = []
    for line in text.splitlines():
        row = ""
        for word in (part for each in line.split() for part in textwrap.wrap(each, most)):
            longer = f"{row} {word}".strip()
            if row and shown.getlength(longer) > width:
                lines.append(row)
                longer = word
            row = longer
        lines.append(row)
    return lines


def _write(
    image: Image.Image, at: tuple[float, float], line: str, face: str, size: int, ink: Colour
) -> None:
    """One line, emoji as discs of about their size."""
    draw = ImageDraw.Draw(image)
    x, y = at
    shown = font(face, size)
    for part, is_emoji in _parts(line):
        if is_emoji:
            colour = DISCS[ord(part) % len(DISCS)]
            draw.ellipse((x, y + size * 0.15, x + size * 0.95, y + size * 1.1), fill=colour)
            x += size * 1.1
        else:
            draw.text((x, y), part, font=shown, fill=ink)
            x += shown.getlength(part)


def _parts(line: str) -> Iterator[tuple[str, bool]]:
    """Runs of letters, and emoji one by one; signs that only join emoji are left out."""
    run = ""
    for letter in line:
        if letter in "\ufe0f\u200d":
            continue
        if ord(letter) > 0x2190 and unicodedata.category(letter) in ("So", "Sk", "Cn"):
            if run:
                yield run, False
            yield letter, True
            run = ""
        else:
            run += letter
    if run:
        yield run, False


def gradient(top: Colour, bottom: Colour) -> Image.Image:
    """A ground that passes from one colour to another."""
    share = np.linspace(0, 1, 64)[:, None, None]
    rows = np.array(top) * (1 - share) + np.array(bottom) * share
    return Image.fromarray(np.broadcast_to(rows, (64, 64, 3)).astype(np.uint8))


def _busy(chance: random.Random) -> Image.Image:
    """Something like a photograph behind a poster: soft blots under a dark veil."""
    dots = np.random.default_rng(chance.randrange(2**32)).integers(0, 256, (24, 18, 3))
    blots = Image.fromarray(dots.astype(np.uint8)).resize((540, 720), Image.Resampling.BICUBIC)
    return Image.blend(blots, Image.new("RGB", blots.size, (10, 20, 60)), 0.55)


def banner(text: str, chance: random.Random, *, width: int = 1080, size: int = 38) -> Image.Image:
    """A flyer: every paragraph centred on a band of its own colour, over a lively ground."""
    inks = [((190, 20, 40), WHITE), (YELLOW, BLACK), ((0, 110, 70), WHITE), (WHITE, (30, 40, 140))]
    tall, blocks = (
        int(size * 1.4),
        [_wrapped(line, width - 160, BOLD, size) for line in text.splitlines()],
    )
    image = _lively(chance, width, 120 + sum(len(lines) * tall + 50 for lines in blocks))
    y = 60
    for number, lines in enumerate(blocks):
        fill, ink = inks[number % len(inks)]
        bottom = y + len(lines) * tall + 24
        ImageDraw.Draw(image).rounded_rectangle((40, y, width - 40, bottom), 20, fill=fill)
        for row, line in enumerate(lines):
            x = (width - font(BOLD, size).getlength(line)) / 2
            _write(image, (x, y + 10 + row * tall), line, BOLD, size, ink)
        y = bottom + 26
    return image


def outlined(text: str, chance: random.Random, *, width: int = 1080, size: int = 42) -> Image.Image:
    """White letters with a dark edge, centred right on a lively ground."""
    lines, tall = _wrapped(text, width - 120, BOLD, size), int(size * 1.5)
    image = _lively(chance, width, 140 + len(lines) * tall)
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        words = "".join(part for part, is_emoji in _parts(line) if not is_emoji)
        x = (width - font(BOLD, size).getlength(words)) / 2
        at = (x, 70 + row * tall)
        draw.text(at, words, font=font(BOLD, size), fill=WHITE, stroke_width=4, stroke_fill=BLACK)
    return image


def _lively(chance: random.Random, width: int, height: int) -> Image.Image:
    """Discs and stripes in all colours."""
    image = Image.new("RGB", (width, height), (240, 190, 90))
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y, wide = chance.randrange(width), chance.randrange(height), chance.randrange(40, 260)
        colour = tuple(chance.randrange(256) for _ in range(3))
        draw.ellipse((x - wide, y - wide, x + wide, y + wide), fill=colour)
    return image.filter(ImageFilter.GaussianBlur(3))


def chat(text: str, *, dark: bool = False, width: int = 1080, size: int = 34) -> Image.Image:
    """A screenshot of a chat: a bubble for each paragraph, left and right, with times."""
    ground, ink = ((12, 20, 26), (233, 237, 239)) if dark else ((236, 229, 221), (17, 27, 33))
    theirs, ours = ((32, 44, 51), (0, 92, 75)) if dark else (WHITE, (217, 253, 211))
    inner, pad, tall = int(width * 0.7), 22, int(size * 1.35)
    bubbles = [_wrapped(line, inner, SANS, size) for line in text.splitlines() if line.strip()]
    height = 150 + sum(len(lines) * tall + 2 * pad + 52 for lines in bubbles)
    image = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, 120), fill=(32, 44, 51) if dark else (0, 128, 105))
    draw.ellipse((30, 25, 100, 95), fill=(150, 160, 165))
    draw.text((125, 38), "Kak Vio", font=font(BOLD, 36), fill=WHITE)
    y = 140
    for number, lines in enumerate(bubbles):
        is_ours = (
            lines[0].casefold().startswith(("aku", "saya:")) or "] aku:" in lines[0].casefold()
        )
        wide = int(max(font(SANS, size).getlength(line) for line in lines)) + 2 * pad + 70
        x = width - wide - 30 if is_ours else 30
        bottom = y + len(lines) * tall + 2 * pad + 26
        draw.rounded_rectangle((x, y, x + wide, bottom), 18, fill=ours if is_ours else theirs)
        for row, line in enumerate(lines):
            _write(image, (x + pad, y + pad + row * tall), line, SANS, size, ink)
        stamp = f"10.{12 + number:02}"
        draw.text((x + wide - 90, bottom - 34), stamp, font=font(SANS, 22), fill=(134, 150, 160))
        y = bottom + 26
    return image


def post(text: str) -> Image.Image:
    """A screenshot of a post in a social network: name and bar around a white body."""
    body = page(text, size=33, width=1080, margin=44)
    image = Image.new("RGB", (1080, body.height + 260), WHITE)
    draw = ImageDraw.Draw(image)
    draw.ellipse((40, 30, 130, 120), fill=(90, 120, 190))
    draw.text((150, 36), "Info Loker LN", font=font(BOLD, 34), fill=BLACK)
    draw.text((150, 82), "3 jam", font=font(SANS, 26), fill=(110, 115, 120))
    image.paste(body, (0, 130))
    bottom = body.height + 150
    draw.line((0, bottom, 1080, bottom), fill=(206, 208, 212), width=3)
    for x, word in ((90, "Suka"), (430, "Komentari"), (800, "Bagikan")):
        draw.text((x, bottom + 28), word, font=font(SANS, 32), fill=(95, 100, 105))
    return image


def columns(text: str) -> Image.Image:
    """The text in two columns side by side, under a title."""
    lines = text.splitlines() or [text]
    if len(lines) < 3:
        words = text.split()
        middle = len(words) // 2
        lines = [" ".join(words[:3]), " ".join(words[3:middle]), " ".join(words[middle:])]
    title, rest = lines[0], lines[1:]
    middle = (len(rest) + 1) // 2
    left, right = (
        page("\n".join(part) or " ", width=620, size=29, margin=30, ground=(255, 250, 235))
        for part in (rest[:middle], rest[middle:])
    )
    top = page(title, width=1300, size=42, face=BOLD, ink=WHITE, ground=(0, 80, 60), margin=30)
    image = Image.new("RGB", (1300, top.height + max(left.height, right.height)), (255, 250, 235))
    image.paste(top, (0, 0))
    image.paste(left, (10, top.height))
    image.paste(right, (670, top.height))
    return image


def photographed(image: Image.Image, chance: random.Random) -> Image.Image:
    """A picture of a picture: held askew, lit from one side, a little blurred, grainy."""
    wide, tall = image.size
    room = int(wide * 0.08)
    table = Image.new("RGB", (wide + 2 * room, tall + 2 * room), (96, 78, 60))
    table.paste(image, (room, room))

    def near(x: float, y: float) -> tuple[float, float]:
        shift = wide * 0.035
        return x + chance.uniform(0, shift), y + chance.uniform(0, shift)

    size = table.size
    corners = [
        near(0, 0),
        near(0, size[1] - 60),
        near(size[0] - 60, size[1] - 60),
        near(size[0] - 60, 0),
    ]
    quad = tuple(each for corner in corners for each in corner)
    seen = table.transform(size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC)
    grain = np.random.default_rng(chance.randrange(2**32))
    pixels = np.asarray(seen.filter(ImageFilter.GaussianBlur(0.9)), dtype=np.float32)
    light = np.linspace(1.08, 0.62, pixels.shape[1])[None, :, None]
    noisy = pixels * light + grain.normal(0, 9, pixels.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def _rotated(image: Image.Image, degrees: float, ground: Colour = (120, 120, 120)) -> Image.Image:
    return image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=ground)


def _plain(text: str, _chance: random.Random) -> bytes:
    return png(page(text))


def _poster(text: str, _chance: random.Random) -> bytes:
    ground = gradient((20, 60, 160), (10, 20, 70))
    return jpeg(page(text, face=BOLD, head=BOLD, ink=WHITE, head_ink=YELLOW, ground=ground))


def _loud(text: str, _chance: random.Random) -> bytes:
    return jpeg(page(text.upper(), face=BOLD, head=BOLD, ink=RED, ground=YELLOW, size=38), 70)


def _photo_ground(text: str, chance: random.Random) -> bytes:
    return jpeg(page(text, face=BOLD, head=BOLD, ink=WHITE, head_ink=YELLOW, ground=_busy(chance)))


def _chat(text: str, _chance: random.Random) -> bytes:
    return png(chat(text))


def _dark_chat(text: str, _chance: random.Random) -> bytes:
    return jpeg(chat(text, dark=True), 60)


def _post(text: str, _chance: random.Random) -> bytes:
    return png(post(text))


def _small(text: str, _chance: random.Random) -> bytes:
    image = page(text, head=BOLD)
    return jpeg(
        image.resize((480, image.height * 480 // image.width), Image.Resampling.LANCZOS), 75
    )


def _squeezed(text: str, _chance: random.Random) -> bytes:
    return jpeg(page(text, width=900, size=30, ground=gradient(WHITE, (250, 210, 170))), 18)


def _askew(text: str, chance: random.Random) -> bytes:
    return jpeg(_rotated(page(text, head=BOLD), chance.choice([-6, -4, -3, 3, 4, 6])))


def _photograph(text: str, chance: random.Random) -> bytes:
    paper = page(text, face=SERIF, head=SERIF_BOLD, ground=(246, 243, 235))
    return jpeg(photographed(paper, chance), 70)


def _screen_photograph(text: str, chance: random.Random) -> bytes:
    return jpeg(photographed(chat(text), chance), 70)


def _columns(text: str, _chance: random.Random) -> bytes:
    return jpeg(columns(text))


def _typed(text: str, _chance: random.Random) -> bytes:
    return png(page(text, face=MONO, size=28, ground=(250, 250, 245)))


def _newspaper(text: str, _chance: random.Random) -> bytes:
    return jpeg(page(text, face=TIMES, head=TIMES_BOLD, size=40, ground=(232, 228, 215)), 60)


def _on_its_side(text: str, _chance: random.Random) -> bytes:
    turned = page(text, head=BOLD).transpose(Image.Transpose.ROTATE_90)
    return jpeg(turned, orientation=LIES_ON_ITS_SIDE)


def _slanted(text: str, _chance: random.Random) -> bytes:
    return webp(page(text, face=OBLIQUE, head=BOLD, ink=(90, 20, 90), ground=(255, 235, 245)))


def _banner(text: str, chance: random.Random) -> bytes:
    return jpeg(banner(text, chance), 75)


def _outlined(text: str, chance: random.Random) -> bytes:
    return jpeg(outlined(text, chance), 75)


def _forwarded(text: str, chance: random.Random) -> bytes:
    """Sent on many times: smaller and coarser each time."""
    image = banner(text, chance)
    for wide in (900, 720, 600):
        size = (wide, image.height * wide // image.width)
        small = image.resize(size, Image.Resampling.BILINEAR)
        image = Image.open(io.BytesIO(jpeg(small, 35))).convert("RGB")
    return jpeg(image, 35)


STYLES: dict[str, Style] = {
    "plain": _plain,
    "poster": _poster,
    "loud": _loud,
    "photo_ground": _photo_ground,
    "chat": _chat,
    "dark_chat": _dark_chat,
    "post": _post,
    "small": _small,
    "squeezed": _squeezed,
    "askew": _askew,
    "photograph": _photograph,
    "screen_photograph": _screen_photograph,
    "columns": _columns,
    "typed": _typed,
    "newspaper": _newspaper,
    "on_its_side": _on_its_side,
    "slanted": _slanted,
    "banner": _banner,
    "outlined": _outlined,
    "forwarded": _forwarded,
}
"""Every way of drawing, by name."""


def draw(text: str, style: str, seed: int = 0) -> bytes:
    """A picture file of a text in one of STYLES; the same for the same arguments."""
    return STYLES[style](text, random.Random(f"{style} {seed}"))  # noqa: S311  # the same each time
