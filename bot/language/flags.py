"""The catalogue of red flags and good signals, read from catalogue/*.yml.

The words for people stand in the files together with the patterns, their source and the day they
were last checked, so that an organisation can review and change them without touching code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType

from bot.language.matching import Patterns, lines, load
from bot.language.types import Severity

_RED_FLAGS = ("money", "visa", "documents", "employer", "pressure", "control", "special")
_GOOD_SIGNALS = "good_signals"


@dataclass(frozen=True)
class FlagEntry:
    """One red flag or good signal as shown to people.

    `reason` and `advice` are one sentence each and may be read aloud; `explanation` are two: why
    it matters, and what happened to others or what the law asks. `source` names the rules or
    reports behind them and `checked_on` the day a person last compared the two. What is said may
    have changed `valid_days` after that day; None for what does not change that soon.
    """

    code: str
    title: str
    severity: Severity
    reason: str
    explanation: str
    advice: str
    source: str
    checked_on: date
    valid_days: int | None = None


@dataclass(frozen=True)
class FlagPatterns:
    """Codes of compiled patterns: `code` counts, `code/weak` counts beside `code/with`.

    `code/not` takes back what it overlaps, `code/unless` what stands in the same sentence,
    `code/unless_text` everything. `beside` names the codes beside which `code/weak` counts too.
    """

    patterns: Patterns
    red: frozenset[str]
    beside: Mapping[str, frozenset[str]]


@cache
def catalogue() -> Mapping[str, FlagEntry]:
    """All red flags and good signals by code; the files are read once."""
    return MappingProxyType(
        {
            code: FlagEntry(
                code=code,
                title=str(entry["title"]),
                severity=Severity(str(entry["severity"])),
                reason=str(entry["reason"]),
                explanation=str(entry["explanation"]).strip(),
                advice=str(entry["advice"]),
                source=str(entry["source"]),
                checked_on=_day(entry["checked_on"]),
                valid_days=_days(entry.get("valid_days")),
            )
            for _, code, entry in _entries()
        }
    )


def is_fresh(entry: FlagEntry, today: date) -> bool:
    """Whether what the entry says was checked lately enough to be told as it stands.

    The ban on household work in the Middle East may be told for thirty days after each check (it
    is being negotiated); later the wording must say that it may have changed.
    """
    return entry.valid_days is None or (today - entry.checked_on).days <= entry.valid_days


@cache
def flag_patterns() -> FlagPatterns:
    """The patterns of the whole catalogue, compiled once."""
    patterns: dict[str, tuple[str, ...]] = {}
    red: set[str] = set()
    beside: dict[str, frozenset[str]] = {}
    for name, code, entry in _entries():
        patterns[code] = lines(str(entry["patterns"]))
        for part in ("weak", "with", "not", "unless", "unless_text"):
            if part in entry:
                patterns[f"{code}/{part}"] = lines(str(entry[part]))
        if "with_codes" in entry:
            beside[code] = frozenset(str(entry["with_codes"]).split())
        if name != _GOOD_SIGNALS:
            red.add(code)
    return FlagPatterns(Patterns(patterns), frozenset(red), MappingProxyType(beside))


def _entries() -> Iterator[tuple[str, str, Mapping[str, object]]]:
    for name in (*_RED_FLAGS, _GOOD_SIGNALS):
        for code, entry in load(name).items():
            yield name, code, entry


def _days(value: object) -> int | None:
    if value is None or (isinstance(value, int) and value > 0):
        return value
    raise ValueError(f"valid_days must be a number of days, not {value!r}")


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    raise ValueError(f"checked_on must be a day, not {value!r}")
