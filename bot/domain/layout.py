"""Words that stand somewhere in a picture become lines as people would read them. Pure.

A poster breaks its sentences where the paper ends. Whoever looks for signs in sentences needs
them whole, so lines that only ended for want of room are joined again.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from bot.domain.readings import ReadLine

# Heights of the letters of two lines: no more different than this in one block, and in one sentence.
BLOCK_RATIO, SENTENCE_RATIO = 1.8, 1.3
# In heights of a line: how far the next line of a block may be below, a word of a row to the right.
LINE_GAP, WORD_GAP = 1.6, 1.2
# A line may be judged a little shorter than it is.
SLACK = 0.97
# A block narrower than so many letters is a list of short things.
FEWEST_LETTERS = 14
BEGINS_ANEW = re.compile(r"\W*\[?\d{1,2}[.:]\d{2}\]?\b|[-•●▪■◆▶✓✔*»>]|\d{1,2}[.)]\s")
"""How a line begins that is not the rest of the one before: a time, a dot, a number of a list."""


@dataclass(frozen=True)
class Box:
    """Words of one row and where they stand, in pixels; corners from top left, clockwise."""

    text: str = field(repr=False)
    confidence: float
    corners: tuple[tuple[float, float], ...]

    @property
    def left(self) -> float:
        """The leftmost corner."""
        return min(x for x, _y in self.corners)

    @property
    def right(self) -> float:
        """The rightmost corner."""
        return max(x for x, _y in self.corners)

    @property
    def top(self) -> float:
        """The highest corner."""
        return min(y for _x, y in self.corners)

    @property
    def bottom(self) -> float:
        """The lowest corner."""
        return max(y for _x, y in self.corners)

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom, never 0."""
        return max(self.bottom - self.top, 1.0)


def in_reading_order(boxes: Iterable[Box]) -> tuple[ReadLine, ...]:
    """The lines of a picture: column by column, sentences whole."""
    rows = _rows(_straight([box for box in boxes if box.text.strip()]))
    lines: list[ReadLine] = []
    for block in _in_order(_blocks(rows)):
        lines += _sentences(block)
    return tuple(lines)


def _straight(boxes: Sequence[Box]) -> list[Box]:
    """All turned by the slant that most of them have."""
    slants = [
        math.atan2(box.corners[1][1] - box.corners[0][1], box.corners[1][0] - box.corners[0][0])
        for box in boxes
        if box.width > 2 * box.height or len(boxes) == 1
    ]
    slant = statistics.median(slants) if slants else 0.0
    cos, sin = math.cos(-slant), math.sin(-slant)
    return [
        replace(box, corners=tuple((x * cos - y * sin, x * sin + y * cos) for x, y in box.corners))
        for box in boxes
    ]


def _rows(boxes: Sequence[Box]) -> list[Box]:
    """Words that stand close together in one row become one box."""
    rows: list[Box] = []
    for box in sorted(boxes, key=lambda each: each.left):
        beside = [row for row in rows if _continues_row(row, box)]
        if not beside:
            rows.append(box)
            continue
        before = max(beside, key=lambda row: row.right)
        rows[rows.index(before)] = _merged(before, box)
    return rows


def _continues_row(row: Box, box: Box) -> bool:
    small = min(row.height, box.height)
    same_row = min(row.bottom, box.bottom) - max(row.top, box.top) > 0.6 * small
    alike = max(row.height, box.height) < BLOCK_RATIO * small
    return same_row and alike and -small < box.left - row.right < WORD_GAP * small


def _merged(left: Box, right: Box) -> Box:
    top, bottom = min(left.top, right.top), max(left.bottom, right.bottom)
    first, last = min(left.left, right.left), max(left.right, right.right)
    letters = len(left.text), len(right.text)
    sure = (left.confidence * letters[0] + right.confidence * letters[1]) / sum(letters)
    corners = ((first, top), (last, top), (last, bottom), (first, bottom))
    return Box(f"{left.text} {right.text}", sure, corners)


def _blocks(rows: Sequence[Box]) -> list[list[Box]]:
    """Rows below each other, of about the same size of letters, nothing between them."""
    blocks: list[list[Box]] = []
    for row in sorted(rows, key=lambda each: each.top):
        above = [block for block in blocks if _is_next(block[-1], row)]
        if above:
            min(above, key=lambda block: row.top - block[-1].bottom).append(row)
        else:
            blocks.append([row])
    return blocks


def _is_next(above: Box, row: Box) -> bool:
    small = min(above.height, row.height)
    alike = max(above.height, row.height) < BLOCK_RATIO * small
    overlap = min(above.right, row.right) - max(above.left, row.left)
    gap = row.top - above.bottom
    return (
        alike
        and -0.6 * small < gap < LINE_GAP * small
        and overlap > 0.5 * min(above.width, row.width)
    )


def _in_order(blocks: Sequence[list[Box]]) -> list[list[Box]]:
    """From top to bottom; of blocks side by side the left one first."""
    waiting = sorted(blocks, key=lambda block: block[0].top)
    order = []
    while waiting:
        first = waiting[0]
        beside = [
            block
            for block in waiting
            if block[0].top < first[-1].bottom and _right_of(block) < _left_of(first)
        ]
        chosen = min(beside, key=_left_of, default=first)
        order.append(chosen)
        waiting.remove(chosen)
    return order


def _left_of(block: Sequence[Box]) -> float:
    return min(row.left for row in block)


def _right_of(block: Sequence[Box]) -> float:
    return max(row.right for row in block)


def _sentences(block: Sequence[Box]) -> list[ReadLine]:
    """The rows of a block, joined where the first word of the next had no room any more."""
    room = SLACK * max(row.width for row in block)
    lines = [ReadLine(block[0].text.strip(), block[0].confidence)]
    for above, row in pairwise(block):
        text = row.text.strip()
        if not _goes_on(above, row, text, room):
            lines.append(ReadLine(text, row.confidence))
            continue
        before = lines[-1]
        letters = len(before.text), len(text)
        sure = (before.confidence * letters[0] + row.confidence * letters[1]) / sum(letters)
        lines[-1] = ReadLine(f"{before.text} {text}", sure)
    return lines


def _goes_on(above: Box, row: Box, text: str, room: float) -> bool:
    letter = (above.width + row.width) / max(len(above.text) + len(text), 1)
    if BEGINS_ANEW.match(text) or room < FEWEST_LETTERS * letter:
        return False
    if max(above.height, row.height) > SENTENCE_RATIO * min(above.height, row.height):
        return False
    first = text.split(maxsplit=1)[0]
    needed = row.width * (len(first) + 1) / max(len(text), 1)
    return above.width + needed > room
