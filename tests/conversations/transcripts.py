"""Reads transcripts and replays them.

A transcript is a list of steps:

    - person: what she types (or the number or the words of a choice)
    - sends: {kind: photo, text: its caption, detail: what it shows} what is not (only) words
    - bot: phrases that the answers to it hold, in this order (one phrase, or a list)
    - never: phrases that no answer to it may hold
    - choices: titles of the choices under the last answer
    - silent: true when nothing may be answered
    - cases: the open cases afterwards, each "kind urgency"
    - field: {kind.name: value} of a case
    - pages: how many pages went out since the conversation began
    - passes: {minutes: 5} time that passes
    - agencies: name of a list of companies in data/agencies that is loaded
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.domain.agency_file import read_agencies
from bot.domain.messages import Author, Kind, Line
from bot.services.agencies import import_lists
from bot.settings import ROOT
from tests.hotline import Hotline

FOLDER = Path(__file__).parent
AGENCIES = ROOT / "data" / "agencies"
# A verdict never says it, whatever the offer (product rule).
NEVER = ("ini aman", "tawaran aman", "pasti aman", "bukan penipuan", "resmi dan aman")


class TranscriptError(AssertionError):
    """The conversation went otherwise than written."""


@dataclass(frozen=True)
class Transcript:
    """One conversation of a file."""

    file: str
    name: str
    steps: tuple[Mapping[str, Any], ...]


def read_all(folder: Path = FOLDER, *, only_words: bool = True) -> list[Transcript]:
    """All transcripts of the test_*.yml files; an unknown kind of step is an error.

    With `only_words` those in which nothing but words is sent: each channel has its own way to
    send the rest, and proves it with its own tests.
    """
    found = []
    for path in sorted(folder.glob("test_*.yml")):
        for name, steps in yaml.safe_load(path.read_text("utf-8")).items():
            for step in steps:
                unknown = set(step) - set(STEPS)
                if unknown or len(step) != 1:
                    raise ValueError(f"{path.name}: {name}: {step}")
            if not (only_words and any("sends" in step for step in steps)):
                found.append(Transcript(path.stem, name, tuple(steps)))
    return found


class Replay:
    """One conversation in progress."""

    def __init__(self, hotline: Hotline) -> None:
        self.hotline = hotline
        self.answers: list[Line] = []
        self.seen = 0

    async def run(self, transcript: Transcript) -> None:
        """Replay; TranscriptError names the step that went otherwise."""
        for number, step in enumerate(transcript.steps, 1):
            ((kind, wanted),) = step.items()
            try:
                await getattr(self, kind)(wanted)
            except AssertionError as error:
                said = "\n".join(line.text for line in self.answers)
                raise TranscriptError(
                    f"{transcript.file}: {transcript.name}: step {number} {kind}: {error}\n"
                    f"--- answered:\n{said}"
                ) from error

    async def person(self, text: str) -> None:
        """She writes, and everything due is done."""
        await self.hotline.says("ani", str(text))
        await self._read()

    async def sends(self, what: Mapping[str, str]) -> None:
        """She sends a picture, a voice note, a place..., with or without words."""
        rest = {name: str(value) for name, value in what.items() if name != "kind"}
        await self.hotline.sends("ani", Kind(what["kind"]), **rest)
        await self._read()

    async def _read(self) -> None:
        """What was answered since the last step."""
        lines = await self.hotline.lines("ani")
        self.answers = [line for line in lines[self.seen :] if line.author is not Author.PERSON]
        self.seen = len(lines)
        for line in self.answers:
            for phrase in NEVER:
                assert phrase not in line.text.lower(), f"says {phrase!r}"

    async def bot(self, phrases: str | list[str]) -> None:
        """The answers hold the phrases in order."""
        assert self.answers, "no answer"
        said = "\n".join(line.text for line in self.answers).lower()
        position = 0
        for phrase in [phrases] if isinstance(phrases, str) else phrases:
            found = said.find(str(phrase).lower(), position)
            assert found >= 0, f"does not say {phrase!r} (any more)"
            position = found + len(str(phrase))

    async def never(self, phrases: str | list[str]) -> None:
        """No answer holds any of the phrases."""
        said = "\n".join(line.text for line in self.answers).lower()
        for phrase in [phrases] if isinstance(phrases, str) else phrases:
            assert phrase.lower() not in said, f"says {phrase!r}"

    async def choices(self, titles: list[str]) -> None:
        """The last answer offers exactly these."""
        assert self.answers, "no answer"
        offered = [button.title for button in self.answers[-1].buttons]
        assert offered == [str(title) for title in titles], f"offers {offered}"

    async def silent(self, _wanted: bool) -> None:
        """Nothing was answered."""
        assert not self.answers, "answers"

    async def cases(self, wanted: list[str]) -> None:
        """The open cases."""
        cases = [f"{case.kind} {case.urgency.value}" for case in await self.hotline.cases()]
        assert sorted(cases) == sorted(wanted), f"cases are {cases}"

    async def field(self, wanted: Mapping[str, str]) -> None:
        """What the cases hold."""
        have = {
            f"{case.kind}.{name}": value
            for case in await self.hotline.cases()
            for name, value in case.fields.items()
        }
        for name, value in wanted.items():
            assert str(value).lower() in have.get(name, "").lower(), f"fields are {have}"

    async def pages(self, wanted: int) -> None:
        """Pages that went out."""
        sent = sum(len(texts) for texts in self.hotline.phones.received.values())
        assert sent == wanted, f"{sent} pages"

    async def passes(self, wanted: Mapping[str, float]) -> None:
        """Time passes."""
        await self.hotline.forward(**wanted)

    async def agencies(self, name: str) -> None:
        """Whoever runs the hotline loads a list of companies."""
        now = self.hotline.clock.now()
        text = (AGENCIES / f"{name}.csv").read_text("utf-8")
        agencies = read_agencies(text, now.date())
        await self.hotline.app.write(lambda uow: import_lists(uow, agencies, now, force=False))


STEPS: dict[str, Callable[[Replay, Any], Awaitable[None]]] = {
    "person": Replay.person,
    "sends": Replay.sends,
    "bot": Replay.bot,
    "never": Replay.never,
    "choices": Replay.choices,
    "silent": Replay.silent,
    "cases": Replay.cases,
    "field": Replay.field,
    "pages": Replay.pages,
    "passes": Replay.passes,
    "agencies": Replay.agencies,
}
