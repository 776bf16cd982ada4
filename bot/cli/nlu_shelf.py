"""The examples of data/nlu as staff add to them: what is known, what is new, and writing it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import suppress
from difflib import unified_diff
from pathlib import Path

from bot.cli.nlu_files import Lesson, LessonError, examples_of, one_line, with_lesson
from bot.language.spelling import normalise
from bot.language.types import Urgency

_WORD = re.compile(r"[^\W_]+")
DANGER = ("report_danger", "report_self_harm")


class Shelf:
    """The files of a folder with what was added to them; they change only by `write`.

    An example goes to the file that holds most of its intent.

    Raises `LessonError` for a file that is not of their form.
    """

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        self._folder = folder
        self._before = dict(files)
        self._now = dict(files)
        self._known: dict[str, str] = {}
        counted: dict[str, Counter[str]] = defaultdict(Counter)
        for name, content in files.items():
            for intent, text in examples_of(name, content):
                self._known.setdefault(_plain(text), intent)
                counted[intent][name] += 1
        self._home = {intent: in_file.most_common(1)[0][0] for intent, in_file in counted.items()}
        self.added = 0

    @classmethod
    def read(cls, folder: Path) -> Shelf:
        """The files of a folder. Raises `LessonError` when there are none, and `OSError`."""
        files = {}
        for path in sorted(folder.glob("*.yml")):
            with path.open(encoding="utf-8", newline="") as file:  # line ends stay as they are
                files[path.name] = file.read()
        if not files:
            raise LessonError(f"there are no examples in {folder}")
        return cls(folder, files)

    @property
    def intents(self) -> tuple[str, ...]:
        """All that can be meant, by name."""
        return tuple(sorted(self._home))

    def is_known(self, text: str) -> bool:
        """Whether a text of the same plain words is an example already."""
        return _plain(one_line(text)) in self._known

    def add(self, lesson: Lesson) -> None:
        """Take an example in. Raises `LessonError` when it is empty, known or means nothing known."""
        home = self._home.get(lesson.intent)
        if home is None:
            raise LessonError(f"there is no intent {lesson.intent}")
        if lesson.intent in DANGER and lesson.urgency is Urgency.NONE:
            raise LessonError(f"{lesson.intent} is never {Urgency.NONE.value}")
        text = one_line(lesson.text)
        plain = _plain(text)
        if not plain:
            raise LessonError("the text is empty")
        if plain in self._known:
            raise LessonError(f"the text is known already, as {self._known[plain]}")
        new = Lesson(text, lesson.intent, lesson.urgency)
        self._now[home] = with_lesson(home, self._now[home], new)
        self._known[plain] = lesson.intent
        self.added += 1

    def diff(self) -> str:
        """What `write` would change."""
        lines: list[str] = []
        for name, (before, after) in self._changes().items():
            old, new = (text.splitlines() for text in (before, after))
            path = self._folder / name
            lines += unified_diff(old, new, f"a/{path}", f"b/{path}", lineterm="")
        return "\n".join(lines)

    def _changes(self) -> dict[str, tuple[str, str]]:
        return {
            name: (self._before[name], content)
            for name, content in self._now.items()
            if content != self._before[name]
        }

    def write(self) -> None:
        """Put the changed files in place of the old ones, each at once and with its rights.

        Raises `LessonError`, with nothing written, when one was changed meanwhile, and `OSError`.
        """
        drafts: dict[Path, Path] = {}
        try:
            for name, (before, after) in self._changes().items():
                path = self._folder / name
                if path.read_bytes() != before.encode():
                    raise LessonError(f"{path} was changed by somebody else meanwhile: begin again")
                drafts[path] = _draft(path, after)
            for path, draft in drafts.items():
                draft.replace(path)
        finally:
            for draft in drafts.values():
                draft.unlink(missing_ok=True)
        self._before = dict(self._now)


def _plain(text: str) -> str:
    """What texts have in common that teach the same: their plain words, or signs if it has none."""
    plain = normalise(text).text
    return " ".join(_WORD.findall(plain) or plain.split())


def _draft(path: Path, content: str) -> Path:
    """The new content in a file beside the old one."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode())
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, name)
        with suppress(OSError):  # only root can give files away
            shutil.chown(name, path.stat().st_uid, path.stat().st_gid)
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name)
