"""How well offers are checked: what people see in them beside what was found.

Pure functions of data; nothing is read or printed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from bot.cli.evaluation_figures import DECIMALS, Figure, share
from bot.cli.offer_lines import Label, LabelledOffer
from bot.language.types import OfferCheck, Verdict

ALARMING = frozenset({Verdict.SERIOUS, Verdict.CRITICAL})


@dataclass(frozen=True)
class JudgedOffer:
    """A labelled offer and what the check found in it."""

    said: LabelledOffer
    found: OfferCheck

    @property
    def flags(self) -> frozenset[str]:
        """The codes of the flags found."""
        return frozenset(flag.code for flag in self.found.flags)

    @property
    def signals(self) -> frozenset[str]:
        """The codes of the good signals found."""
        return frozenset(signal.code for signal in self.found.signals)

    @property
    def is_alarm(self) -> bool:
        """Whether the verdict is serious or critical."""
        return self.found.verdict in ALARMING

    @property
    def is_wrong(self) -> bool:
        """Whether a scam raises no alarm, or an honest offer one."""
        return (self.said.label is Label.SCAM and not self.is_alarm) or (
            self.said.label is Label.LEGIT and self.is_alarm
        )


@dataclass(frozen=True)
class OfCode:
    """How well one flag or signal is found; `n` offers have it."""

    n: int
    precision: Figure
    recall: Figure
    f1: float

    @classmethod
    def of(cls, hits: int, said: int, found: int) -> Self:
        """From the offers where both have it, where people do, and where the check does."""
        f1 = round(2 * hits / (said + found), DECIMALS) if said + found else 0.0
        return cls(said, share(hits, found), share(hits, said), f1)


@dataclass(frozen=True)
class Miss:
    """An offer in which the check differs from people, by its id; its words stay where they are."""

    id: str | int
    label: str
    verdict: str
    wrong_verdict: bool
    missed: tuple[str, ...]
    too_many: tuple[str, ...]


@dataclass(frozen=True)
class OfferEvaluation:
    """All figures of some labelled offers.

    `scams_alarmed` are scams with a serious or critical verdict, `legit_calm` honest offers with
    a caution at most, `evidence_quoted` offers in which all evidence is a quotation of the text.
    """

    offers: int
    flags: OfCode
    signals: OfCode
    scams_alarmed: Figure
    legit_calm: Figure
    evidence_quoted: Figure
    by_code: dict[str, OfCode]
    verdicts: dict[str, dict[str, int]]
    misses: tuple[Miss, ...]


def evaluate_offers(judged: Sequence[JudgedOffer]) -> OfferEvaluation:
    """The figures of at least one offer."""
    flags = _by_code(judged, lambda each: each.said.flags, lambda each: each.flags)
    signals = _by_code(judged, lambda each: each.said.signals, lambda each: each.signals)
    scams = [each for each in judged if each.said.label is Label.SCAM]
    legit = [each for each in judged if each.said.label is Label.LEGIT]
    quoted = [
        all(
            each.said.text[evidence.start : evidence.end] == evidence.evidence != ""
            for evidence in (*each.found.flags, *each.found.signals)
        )
        for each in judged
    ]
    return OfferEvaluation(
        offers=len(judged),
        flags=_all(flags.values()),
        signals=_all(signals.values()),
        scams_alarmed=share(sum(each.is_alarm for each in scams), len(scams)),
        legit_calm=share(sum(not each.is_alarm for each in legit), len(legit)),
        evidence_quoted=share(sum(quoted), len(quoted)),
        by_code={code: OfCode.of(*counts) for code, counts in sorted((flags | signals).items())},
        verdicts={
            label.value: {verdict.value: count for verdict, count in sorted(counts.items())}
            for label in Label
            if (
                counts := Counter(each.found.verdict for each in judged if each.said.label is label)
            )
        },
        misses=tuple(miss for each in judged if (miss := _miss(each)) is not None),
    )


def _by_code(
    judged: Sequence[JudgedOffer],
    said: Callable[[JudgedOffer], frozenset[str]],
    found: Callable[[JudgedOffer], frozenset[str]],
) -> dict[str, tuple[int, int, int]]:
    """For each code, where both have it, where people do, and where the check does."""
    hits = Counter(code for each in judged for code in said(each) & found(each))
    by_people = Counter(code for each in judged for code in said(each))
    by_check = Counter(code for each in judged for code in found(each))
    return {code: (hits[code], by_people[code], by_check[code]) for code in by_people | by_check}


def _all(counts: Iterable[tuple[int, int, int]]) -> OfCode:
    """All codes together: every mention of a code weighs the same."""
    hits, said, found = (
        (sum(column) for column in zip(*counts, strict=True)) if counts else (0,) * 3
    )
    return OfCode.of(hits, said, found)


def _miss(each: JudgedOffer) -> Miss | None:
    people = each.said.flags | each.said.signals
    check = each.flags | each.signals
    if people == check and not each.is_wrong:
        return None
    return Miss(
        id=each.said.id,
        label=each.said.label.value,
        verdict=each.found.verdict.value,
        wrong_verdict=each.is_wrong,
        missed=tuple(sorted(people - check)),
        too_many=tuple(sorted(check - people)),
    )
