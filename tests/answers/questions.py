"""Questions as people type them, each with its topic, country and kind of work.

A line of a file is `{"id","text","intent","country","sector"}`: `country` is a key of
catalogue/places.yml, "other" for a country that answers know nothing of, null where none is
meant; `sector` a key of catalogue/sectors.yml or null. Further keys are for people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.language.places import country_keys
from bot.language.topics import About, about, sector_titles
from bot.language.understanding import Understander

FOLDER = Path(__file__).parent
REGIONS = frozenset({"middle_east"})
"""Keys that are no country: whoever names a region names none."""


@dataclass(frozen=True)
class Question:
    """One question and what it is about."""

    id: str
    text: str
    intent: str
    country: str | None
    sector: str | None


def read_questions(path: Path) -> list[Question]:
    """All questions of a file; a key that nothing is answered under is an error."""
    questions = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        question = Question(*(row[key] for key in ("id", "text", "intent", "country", "sector")))
        if question.country not in country_keys() - REGIONS | {None}:
            raise ValueError(f"{path.name}: {question.id}: country {question.country}")
        if question.sector not in sector_titles().keys() | {None}:
            raise ValueError(f"{path.name}: {question.id}: sector {question.sector}")
        questions.append(question)
    return questions


@dataclass(frozen=True)
class Score:
    """Shares of questions whose topic, country, kind of work, and all three were found."""

    topic: float
    country: float
    sector: float
    whole: float
    missed: tuple[str, ...]


def score(questions: Iterable[Question], understander: Understander) -> Score:
    """How well the questions are understood; `missed` tells each that was not, in a line."""
    rows: list[tuple[bool, ...]] = []
    missed = []
    for asked in questions:
        intent = understander.understand(asked.text).intent
        found = about(asked.text)
        country = country_key(found)
        right = (intent == asked.intent, country == asked.country, found.sector == asked.sector)
        rows.append((*right, all(right)))
        if not all(right):
            missed.append(f"{asked.id}: {intent}, {country}, {found.sector}, not {asked}")
    topics, countries, sectors, wholes = (
        sum(column) / len(rows) for column in zip(*rows, strict=True)
    )
    return Score(topics, countries, sectors, wholes, tuple(missed))


def country_key(found: About) -> str | None:
    """The key of the country that was found; None for a region."""
    key = found.country.key if found.country else None
    return None if key in REGIONS else key
