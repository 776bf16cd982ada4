"""From the bytes of a picture or PDF to lines: opened, straightened, scaled, read.

RapidOCR reads (its wheel carries the models), PDFium opens papers, Pillow pictures. On posters,
chats and photographs that bench/ocr.py draws Tesseract was faster and blind to letters on a
lively ground: 63 of 100 flags where this finds 97.
"""

from __future__ import annotations

import io
import statistics
import warnings
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageOps
from rapidocr import RapidOCR
from rapidocr.utils.output import RapidOCROutput

from bot.domain.layout import Box, in_reading_order
from bot.domain.readings import ReadLine

type Pixels = NDArray[np.uint8]

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 60_000_000
"""A photograph of a good phone; opened it takes three bytes for each."""
LONGEST_SIDE, LONGEST_SIDE_TO_FIND = 1600, 960
SMALLEST_SIDE, LARGEST_GROWTH = 700, 2.0
TALL, STRIP, MOST_STRIPS = 2.2, 1.5, 5
"""A picture more than TALL times as high as wide is a long screenshot: read in strips."""
MOST_PAGES = 3
FEWEST_LETTERS = 20
"""Letters from which a page of a PDF is a text; fewer may be a stamp on a scan."""
WELL_READ = 0.8
"""Letters that stand on their head are read with a confidence of two thirds."""
PAPER = "application/pdf"
SETTINGS = {
    "Global.log_level": "critical",
    "Global.text_score": 0.3,
    "Global.use_cls": False,
    "Global.max_side_len": LONGEST_SIDE,
    "Det.limit_type": "max",
    "Det.limit_side_len": LONGEST_SIDE_TO_FIND,
    "Rec.rec_batch_num": 1,  # lines of a poster differ in length: together all are padded
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


class PictureWork:
    """The loaded models; not for several threads at once."""

    def __init__(self) -> None:
        Image.MAX_IMAGE_PIXELS = MOST_PIXELS
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        self._engine = RapidOCR(params=SETTINGS)
        self._engine(np.full((64, 64, 3), 255, np.uint8))  # loads what it loads late

    def read(self, body: bytes, media_type: str) -> tuple[ReadLine, ...]:
        """The lines of a file. ValueError with a code of bot.ports.UnreadableError; MemoryError."""
        if media_type == PAPER:
            return tuple(self._paper(body))
        return self._picture(_opened(body))

    def _paper(self, body: bytes) -> Iterator[ReadLine]:
        try:
            document = pdfium.PdfDocument(body)
        except pdfium.PdfiumError as error:
            raise ValueError("locked" if "password" in str(error).lower() else "broken") from error
        try:
            for number in range(min(len(document), MOST_PAGES)):
                page = document[number]
                yield from _typed(page) or self._picture(_drawn(page))
        except pdfium.PdfiumError as error:
            raise ValueError("broken") from error
        finally:
            document.close()

    def _picture(self, picture: Image.Image) -> tuple[ReadLine, ...]:
        first = _pixels(next(_strips(picture)))
        boxes = self._boxes(first)
        turns = self._turns(first, boxes)
        if turns:
            picture = picture.rotate(90 * turns, expand=True)
            boxes = self._boxes(_pixels(next(_strips(picture))))
        lines = [*in_reading_order(boxes)]
        for strip in islice(_strips(picture), 1, None):
            lines += in_reading_order(self._boxes(_pixels(strip)))
        return tuple(lines)

    def _turns(self, pixels: Pixels, boxes: Sequence[Box]) -> int:
        """Quarter turns after which the words stand upright; 0 for nearly all pictures."""
        if not boxes or (not _lies(boxes) and _clarity(boxes) >= WELL_READ):
            return 0
        ways = (1, 3) if _lies(boxes) else (0, 2)
        read = {turns: self._boxes(np.rot90(pixels, turns)) for turns in ways if turns}
        clarity = {0: _clarity(boxes) if 0 in ways else 0.0}
        clarity |= {turns: _clarity(found) for turns, found in read.items()}
        return max(clarity, key=lambda turns: clarity[turns])

    def _boxes(self, pixels: Pixels) -> list[Box]:
        result = self._engine(np.ascontiguousarray(pixels))
        if not isinstance(result, RapidOCROutput) or result.boxes is None:
            return []
        texts, scores, corners = result.txts or (), result.scores or (), result.boxes.tolist()
        return [
            Box(text, float(score), tuple((x, y) for x, y in box))
            for text, score, box in zip(texts, scores, corners, strict=True)
        ]


def _opened(body: bytes) -> Image.Image:
    """The picture as its camera held it, on white, the first one of an animation."""
    try:
        picture = Image.open(io.BytesIO(body), formats=FORMATS)
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            layer = upright.convert("RGBA")
            ground = Image.new("RGBA", layer.size, "white")
            upright = Image.alpha_composite(ground, layer)
        return upright.convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError("too_large") from error
    except MemoryError:
        raise
    except Exception as error:  # decoders raise whatever they like on what is no picture
        raise ValueError("broken") from error


def _typed(page: pdfium.PdfPage) -> tuple[ReadLine, ...]:
    """The text of a page; none when it is a scan."""
    text = page.get_textpage()
    height = page.get_height()
    boxes = []
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        words = " ".join(text.get_text_bounded(left, bottom, right, top).split())
        upper, lower = height - top, height - bottom
        corners = ((left, upper), (right, upper), (right, lower), (left, lower))
        boxes.append(Box(words, 1.0, corners))
    lines = in_reading_order(boxes)
    return lines if sum(len(line.text) for line in lines) >= FEWEST_LETTERS else ()


def _drawn(page: pdfium.PdfPage) -> Image.Image:
    """The page as a picture of bounded size, whatever size it says it has."""
    longest = max(*page.get_size(), 1.0)
    drawn: Image.Image = page.render(scale=LONGEST_SIDE / longest).to_pil()
    return drawn.convert("RGB")


def _strips(picture: Image.Image) -> Iterator[Image.Image]:
    """The picture, or pieces of a long one, cut where nothing is written."""
    wide, tall = picture.size
    if tall <= TALL * wide:
        yield picture
        return
    edges = np.abs(np.diff(np.asarray(picture.convert("L"), dtype=np.int16), axis=1)).mean(axis=1)
    top, height = 0, int(wide * STRIP)
    for _ in range(MOST_STRIPS):
        bottom = top + height
        if bottom >= tall:
            yield picture.crop((0, top, wide, tall))
            return
        search = edges[bottom - height // 4 : bottom]
        cut = bottom - height // 4 + int(search.argmin())
        yield picture.crop((0, top, wide, cut))
        top = cut


def _pixels(picture: Image.Image) -> Pixels:
    """Neither larger than helps nor so small that letters are a few dots; blue first."""
    scale = min(LONGEST_SIDE / max(picture.size), LARGEST_GROWTH)
    if scale > 1:
        scale = max(1.0, min(scale, SMALLEST_SIDE / min(picture.size)))
    if scale != 1:
        size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    return np.asarray(picture)[:, :, ::-1]


def _lies(boxes: Sequence[Box]) -> bool:
    """Whether most words stand on end."""
    long = [box for box in boxes if len(box.text) > 2]
    upright = sum(box.height > 1.5 * box.width for box in long)
    return bool(long) and upright > len(long) / 2


def _clarity(boxes: Sequence[Box]) -> float:
    return statistics.fmean(box.confidence for box in boxes) if boxes else 0.0
