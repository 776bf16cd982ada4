"""The red-flag check of a job offer: what was found, how heavy it is, what is still unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from bot.language.facts import Facts, facts_of, household_ban
from bot.language.flags import catalogue, flag_patterns
from bot.language.judging import WORTH_KNOWING, judge
from bot.language.links import LinkKind, link_findings
from bot.language.matching import Match
from bot.language.offer_context import Context
from bot.language.offer_rules import rule_matches
from bot.language.reading import Reading, read
from bot.language.sayings import sayings
from bot.language.second_opinion import second_opinion
from bot.language.types import Entity, Evidence, OfferCheck

TEXTS_AT_HAND = 8
"""One turn of a talk asks half a dozen times about the same text; it is read once."""

_SHOWN_FACTS = (
    "country",
    "job",
    "salary",
    "fee",
    "visa",
    "agency",
    "employer",
    "contract",
    "departure",
    "phone",
    "account",
)
_FALSE_OFFICE = "institution_impersonation"
_FEE = "upfront_fee"
_PRIVATE = "personal_account_transfer"
_BORROWED = {"institution_impersonation": "pos_government_program"}
"""A sign that the flag before it turns into a part of the deceit."""


@lru_cache(maxsize=TEXTS_AT_HAND)
def check_offer(text: str) -> OfferCheck:
    """Red flags, good signals and facts of any text about an offer; never raises."""
    reading = read(text)
    context = Context(reading)
    facts = facts_of(reading, context)
    finder = _Finder(reading, context)
    found = _found(reading, context, facts, finder)
    red = flag_patterns().red
    model = sayings()
    heard = model.hear(reading) if model else None
    doubtful: frozenset[str] = frozenset()
    if heard is not None:
        banned = not facts.countries.isdisjoint(household_ban())
        found, doubtful = second_opinion(heard, found, finder.may_add, banned=banned)
    flags = tuple(_evidence(reading, match) for match in _in_order(found, red))
    flags += tuple(_false_office(text)) if _FALSE_OFFICE not in found else ()
    signals = tuple(_evidence(reading, match) for match in _in_order(found, found.keys() - red))
    codes = {flag.code for flag in flags}
    known = _shown(facts.entities, codes)
    judgement = judge(codes, {signal.code for signal in signals}, known, doubtful)
    return OfferCheck(
        verdict=judgement.verdict,
        flags=flags,
        signals=signals,
        facts=known,
        missing=tuple(name for name in WORTH_KNOWING if name not in known),
        reasons=judgement.reasons,
    )


def _false_office(text: str) -> Iterator[Evidence]:
    """A link that wants to be taken for one of an office, as a sign that somebody plays one."""
    for link in link_findings(text):
        if link.kind is LinkKind.GO_ID_LOOKALIKE:
            yield Evidence(_FALSE_OFFICE, link.evidence, link.start, link.end)
            return


def _found(reading: Reading, context: Context, facts: Facts, finder: _Finder) -> dict[str, Match]:
    """The first match of each code that is told as a fact and not taken back."""
    found: dict[str, Match] = {}
    for code in catalogue():
        finder.add_first(found, code, finder.candidates(code))
    for match in rule_matches(reading, context, facts, found.keys()):
        finder.add_first(found, match.code, [match])
    for code, others in flag_patterns().beside.items():
        if not others.isdisjoint(found):
            finder.add_first(found, code, finder.weak(code))
    for flag, sign in _BORROWED.items():
        if flag in found:
            found.pop(sign, None)
    return found


class _Finder:
    """The matches of one reading by code, and what takes them back."""

    def __init__(self, reading: Reading, context: Context) -> None:
        self._reading = reading
        self._context = context
        self._every: dict[str, list[Match]] = {}
        for match in flag_patterns().patterns.find(reading):
            self._every.setdefault(match.code, []).append(match)
        self._private = {
            reading.sentence_number(match.start)
            for match in self._holding(_PRIVATE, self.candidates(_PRIVATE))
        }

    def candidates(self, code: str) -> list[Match]:
        """What fits the patterns of a code, the weak ones only beside what they need."""
        strong = self._every.get(code, [])
        return strong + self.weak(code) if f"{code}/with" in self._every else strong

    def weak(self, code: str) -> list[Match]:
        """What fits its weak patterns."""
        return [Match(code, weak.start, weak.end) for weak in self._every.get(f"{code}/weak", ())]

    def _of(self, names: Iterable[str]) -> Iterator[Match]:
        for name in names:
            yield from self._every.get(name, ())

    def may_add(self, match: Match, *, sure: bool) -> bool:
        """Whether words without a pattern may count.

        Not where something takes a pattern back among them, nor where one was no fact; who is
        `sure` asks only that none is negated.
        """

        def inside(matches: Iterable[Match]) -> list[Match]:
            return [each for each in matches if match.start <= each.start < match.end]

        refusing = self._of((f"{match.code}/not", f"{match.code}/unless"))
        fitting = inside(self.candidates(match.code))
        if inside(refusing) or any(map(self._context.is_negated, fitting)):
            return False
        return (sure or not fitting) and self._context.is_fact(match)

    def add_first(self, found: dict[str, Match], code: str, candidates: list[Match]) -> None:
        """Add the first candidate that holds, unless the code is found already."""
        if code not in found and candidates:
            first = next(self._holding(code, candidates), None)
            if first is not None:
                found[code] = first

    def _holding(self, code: str, candidates: list[Match]) -> Iterator[Match]:
        """The candidates that are told as facts and not taken back, in the order of the text."""
        if f"{code}/unless_text" in self._every:
            return
        taken_back = {
            self._reading.sentence_number(match.start)
            for match in self._every.get(f"{code}/unless", ())
            if not self._context.is_negated(match)
        }
        if code == _FEE:
            # A receipt makes a fee no better that goes to somebody's own account.
            taken_back -= self._private
        excused = {
            word
            for match in self._every.get(f"{code}/not", ())
            for word in range(match.start, match.end)
        }
        for match in sorted(candidates, key=lambda match: match.start):
            if self._context.is_negated(match):
                # Of "tidak ada potong gaji buat agen" nothing is left for "gaji buat agen".
                excused.update(range(match.start, match.end))
            elif (
                self._reading.sentence_number(match.start) not in taken_back
                and excused.isdisjoint(range(match.start, match.end))
                and self._context.is_fact(match)
            ):
                yield match


def _in_order(found: dict[str, Match], codes: Iterable[str]) -> list[Match]:
    """Heaviest first, then as they stand in the text."""
    wanted = set(codes)
    chosen = [match for code, match in found.items() if code in wanted]
    return sorted(chosen, key=lambda match: (-catalogue()[match.code].severity.rank, match.start))


def _evidence(reading: Reading, match: Match) -> Evidence:
    start, end = reading.span(match.start, match.end)
    return Evidence(match.code, reading.plain.original[start:end], start, end)


def _shown(entities: tuple[Entity, ...], codes: set[str]) -> dict[str, str]:
    """The first value of each fact."""
    known: dict[str, str] = {}
    for entity in entities:
        if entity.entity in _SHOWN_FACTS:
            known.setdefault(entity.entity, entity.value)
    if "no_written_contract" in codes:
        known["contract"] = "tidak ada"
    return known
