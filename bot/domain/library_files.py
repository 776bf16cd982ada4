"""Reads the facts and answers of data/facts and data/answers, and refuses what does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.domain.library import Fact, Library, Sentence, Topic, Variant
from bot.language.places import country_keys
from bot.language.topics import sector_titles

_FACT_KEYS = frozenset(
    {"id", "statement", "source", "url", "checked_on", "valid_days", "countries", "sectors"}
)
_TOPIC_KEYS = frozenset({"topic", "title", "varies", "read_by", "general", "elsewhere", "variants"})
_VARIANT_KEYS = frozenset({"countries", "sectors", "answer"})
_SENTENCE_KEYS = frozenset({"say", "facts", "step"})


class LibraryError(ValueError):
    """A file of facts or answers cannot be used; the message names file, entry and fault."""


def load_library(data: Path) -> Library:
    """Read `data`/facts and `data`/answers.

    Raises `LibraryError` for a file that cannot be read, an unknown key, country or sector, a
    missing value, an id or a topic that stands twice, a sentence that rests on an unknown fact,
    and one that is neither a next step nor rests on any.
    """
    facts: dict[str, Fact] = {}
    for path in _files(data / "facts"):
        for number, row in enumerate(_read(path, list), start=1):
            fact = _fact(row, f"{path.name}, entry {number}")
            if facts.setdefault(fact.id, fact) is not fact:
                raise LibraryError(f"{path.name}: id stands twice: {fact.id}")
    topics: dict[str, Topic] = {}
    for path in _files(data / "answers"):
        topic = _topic(_read(path, dict), path.name, facts)
        if topics.setdefault(topic.intent, topic) is not topic:
            raise LibraryError(f"{path.name}: topic stands twice: {topic.intent}")
    return Library(facts, topics)


def sentences_of(topic: Topic) -> Iterator[Sentence]:
    """Every sentence of a topic."""
    yield from topic.general
    yield from topic.elsewhere
    for variant in topic.variants:
        yield from variant.answer


def _files(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.yml"))
    if not found:
        raise LibraryError(f"{folder}: no files")
    return found


def _read[Shape](path: Path, shape: type[Shape]) -> Shape:
    try:
        found: object = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise LibraryError(f"{path.name}: cannot be read: {error}") from error
    if not isinstance(found, shape):
        raise LibraryError(f"{path.name}: expected a {shape.__name__}")
    return found


def _fact(row: Any, where: str) -> Fact:
    _check(row, _FACT_KEYS, ("id", "statement", "source", "checked_on"), where)
    if not isinstance(row["checked_on"], date):
        raise LibraryError(f"{where}: checked_on is no day: {row['checked_on']}")
    days = row.get("valid_days")
    if days is not None and not (isinstance(days, int) and days > 0):
        raise LibraryError(f"{where}: valid_days is no number of days: {days}")
    return Fact(
        id=str(row["id"]),
        statement=" ".join(str(row["statement"]).split()),
        source=str(row["source"]),
        checked_on=row["checked_on"],
        url=row.get("url"),
        valid_days=days,
        **_whom(row, where),
    )


def _topic(row: Mapping[str, Any], where: str, facts: Mapping[str, Fact]) -> Topic:
    _check(row, _TOPIC_KEYS, ("topic", "general"), where)

    def sentences(rows: Any, part: str) -> tuple[Sentence, ...]:
        return tuple(_sentence(each, f"{where}, {part}", facts) for each in rows or ())

    variants = []
    for number, each in enumerate(row.get("variants") or (), start=1):
        part = f"variant {number}"
        _check(each, _VARIANT_KEYS, ("answer",), f"{where}, {part}")
        whom = _whom(each, f"{where}, {part}")
        if not any(whom.values()):
            raise LibraryError(f"{where}, {part}: for no country and no sector")
        variants.append(Variant(answer=sentences(each["answer"], part), **whom))
    return Topic(
        intent=str(row["topic"]),
        general=sentences(row["general"], "general"),
        variants=tuple(variants),
        elsewhere=sentences(row.get("elsewhere"), "elsewhere"),
        title=row.get("title"),
        varies=bool(row.get("varies")),
        read_by=row.get("read_by"),
    )


def _sentence(row: Any, where: str, facts: Mapping[str, Fact]) -> Sentence:
    _check(row, _SENTENCE_KEYS, ("say",), where)
    rests_on = tuple(str(name) for name in row.get("facts") or ())
    if unknown := [name for name in rests_on if name not in facts]:
        raise LibraryError(f"{where}: no such fact: {', '.join(unknown)}")
    if bool(rests_on) is bool(row.get("step")):
        raise LibraryError(f"{where}: either facts or step: {row['say']}")
    return Sentence(" ".join(str(row["say"]).split()), rests_on)


def _whom(row: Mapping[str, Any], where: str) -> dict[str, tuple[str, ...]]:
    countries, sectors = tuple(row.get("countries") or ()), tuple(row.get("sectors") or ())
    for names, known in ((countries, country_keys()), (sectors, sector_titles().keys())):
        if unknown := [str(name) for name in names if name not in known]:
            raise LibraryError(f"{where}: unknown: {', '.join(unknown)}")
    return {"countries": countries, "sectors": sectors}


def _check(row: Any, known: frozenset[str], required: tuple[str, ...], where: str) -> None:
    if not isinstance(row, Mapping):
        raise LibraryError(f"{where}: expected keys with values")
    if unknown := sorted(str(key) for key in row if key not in known):
        raise LibraryError(f"{where}: unknown key: {', '.join(unknown)}")
    if missing := [key for key in required if not row.get(key)]:
        raise LibraryError(f"{where}: missing: {', '.join(missing)}")
