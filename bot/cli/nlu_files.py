"""Adds an example to a file of data/nlu as a careful editor would: the rest stays byte for byte.

Staff's examples stand in blocks of their own, one for each intent and urgency:

    - intent: report_danger
      metadata:
        voice: reviewed
        urgency: emergency
      examples: |
        - first text
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.language.types import Urgency

VOICE = "reviewed"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
# Behind a bracket Rasa would read an entity.
_ANNOTATION = re.compile(r"\](?=[(\[{])")


class LessonError(ValueError):
    """An example that cannot be added; the message says why, without its text."""


@dataclass(frozen=True)
class Lesson:
    """What staff say a text means."""

    text: str = field(repr=False)
    intent: str
    urgency: Urgency

    @property
    def metadata(self) -> dict[str, str]:
        """What the block says of itself in which it belongs."""
        return {"voice": VOICE, "urgency": self.urgency.value}


def one_line(text: str) -> str:
    """A text as it stands in a file: one line, in which YAML and Rasa read nothing but words."""
    seen = "".join(character if character.isprintable() else " " for character in text)
    return _ANNOTATION.sub("] ", " ".join(seen.split()))


def examples_of(name: str, content: str) -> Iterator[tuple[str, str]]:
    """Intent and text of every example in a file; `name` is for messages."""
    for item in _items(name, content):
        for line in _lines(item):
            yield str(item.get("intent")), line.removeprefix("-").strip()


def with_lesson(name: str, content: str, lesson: Lesson) -> str:
    """The content of a file with one more example, at the end of staff's block of its kind.

    Where there is no such block one is made, after the last block of the intent. The result is
    read back: raises `LessonError` unless it differs by that example alone.
    """
    lines = _LINE.findall(content)
    blocks = [block for block in _blocks(name, content) if block.intent == lesson.intent]
    if not blocks:
        raise LessonError(f"{name} has no examples of {lesson.intent}")
    own = [block for block in blocks if block.examples and block.metadata == lesson.metadata]
    place, new = _at_the_end(lines, own[-1], lesson) if own else _behind(lines, blocks[-1], lesson)
    ending = "\r\n" if lines[place - 1].endswith("\r\n") else "\n"
    if not lines[place - 1].endswith("\n"):
        lines[place - 1] += ending
    lines[place:place] = [f"{line}{ending}" for line in new]
    changed = "".join(lines)
    if not _is_one_more(_items(name, content), _items(name, changed), lesson):
        raise LessonError(f"{name} is of another form: add the example by hand")
    return changed


@dataclass(frozen=True)
class _Block:
    """One item of a file; `examples` are line and indentation of its `examples: |`, if it has that."""

    line: int
    indent: int
    intent: str
    metadata: object
    examples: tuple[int, int] | None


def _blocks(name: str, content: str) -> Iterator[_Block]:
    items = _items(name, content)
    root: Any = yaml.compose(content, Loader=_LOADER)
    nodes = next(value.value for key, value in root.value if key.value == "nlu")
    for item, node in zip(items, nodes, strict=True):
        examples = None
        for key, value in node.value:
            if key.value == "examples" and getattr(value, "style", None) == "|":
                examples = key.start_mark.line, key.start_mark.column
        start = node.start_mark
        metadata = item.get("metadata")
        yield _Block(start.line, start.column, str(item.get("intent")), metadata, examples)


def _at_the_end(lines: list[str], block: _Block, lesson: Lesson) -> tuple[int, list[str]]:
    """Where a line comes that goes on with a block, and the line."""
    first, indent = block.examples or (block.line, block.indent)
    end = _end(lines, first, indent)
    inner = " " * (indent + 2) if end == first + 1 else lines[end - 1].partition("-")[0]
    return end, [f"{inner}- {lesson.text}"]


def _behind(lines: list[str], block: _Block, lesson: Lesson) -> tuple[int, list[str]]:
    """Where a new block comes, and its lines; as far apart from the last one as that is from its own."""
    end = _end(lines, block.line, block.indent - 1)
    inner = " " * block.indent
    new = [
        f"{lines[block.line][: block.indent]}intent: {lesson.intent}",
        f"{inner}metadata:",
        *(f"{inner}  {key}: {value}" for key, value in lesson.metadata.items()),
        f"{inner}examples: |",
        f"{inner}  - {lesson.text}",
    ]
    around = (*lines[end : len(lines) - 1][:1], *lines[: block.line][-1:])
    return end, ["", *new] if any(not line.strip() for line in around) else new


def _end(lines: list[str], first: int, indent: int) -> int:
    """Behind the last line of what begins at a line: all that is indented more."""
    end = first + 1
    for number in range(first + 1, len(lines)):
        line = lines[number]
        if line.strip():
            if len(line) - len(line.lstrip()) <= indent:
                break
            end = number + 1
    return end


def _items(name: str, content: str) -> list[dict[str, Any]]:
    try:
        data = yaml.load(content, Loader=_LOADER)  # noqa: S506 both loaders are safe
    except yaml.YAMLError as error:
        raise LessonError(f"{name} is no valid YAML") from error
    items = data.get("nlu") if isinstance(data, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise LessonError(f"{name} holds no list of examples")
    return items


def _lines(item: dict[str, Any]) -> list[str]:
    examples = item.get("examples")
    if not isinstance(examples, str):
        return []
    return [line.strip() for line in examples.split("\n") if line.strip()]


def _is_one_more(before: list[dict[str, Any]], after: list[dict[str, Any]], lesson: Lesson) -> bool:
    """Whether a file holds what it held, in that order, and the example in its block."""
    old, new = ([{**item, "examples": _lines(item)} for item in items] for items in (before, after))
    block = {"intent": lesson.intent, "metadata": lesson.metadata}
    line = f"- {lesson.text}"
    for number, item in enumerate(new):
        others = [*new[:number], *new[number + 1 :]]
        if others == old and item == {**block, "examples": [line]}:
            return True
        known = old[number] if number < len(old) else {}
        is_same = others == [*old[:number], *old[number + 1 :]] and block.items() <= known.items()
        if is_same and item == {**known, "examples": [*known["examples"], line]}:
            return True
    return False
