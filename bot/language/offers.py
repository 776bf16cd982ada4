"""The red-flag check of a job offer: what was found, how heavy it is, what is still unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.language.ages import child_ages
from bot.language.facts import Facts, facts_of, household_ban
from bot.language.flags import catalogue, flag_patterns
from bot.language.matching import Match
from bot.language.money import parse_money, pay_limits
from bot.language.offer_context import Context
from bot.language.reading import Reading, read
from bot.language.types import Entity, Evidence, OfferCheck, Severity, Verdict

_WORTH_KNOWING = ("visa", "fee", "contract", "agency", "country", "job", "departure")
_ENOUGH_KNOWN = 4
_OFFERED = frozenset({"country", "job", "salary", "agency", "contract", "departure"})
_EASY = frozenset({"no_requirements", "scam_compound_job", "non_placement_country"})
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


def check_offer(text: str) -> OfferCheck:
    """Red flags, good signals and facts of any text about an offer; never raises."""
    reading = read(text)
    context = Context(reading)
    facts = facts_of(reading, context)
    found = _pattern_matches(reading, context)
    for match in _rule_matches(reading, context, facts, found):
        found.setdefault(match.code, match)
    red = flag_patterns().red
    flags = tuple(_evidence(reading, match) for match in _in_order(found, red))
    signals = tuple(_evidence(reading, match) for match in _in_order(found, found.keys() - red))
    known = _shown(facts.entities, {flag.code for flag in flags})
    return OfferCheck(
        verdict=verdict_of((flag.code for flag in flags), known),
        flags=flags,
        signals=signals,
        facts=known,
        missing=tuple(name for name in _WORTH_KNOWING if name not in known),
    )


def verdict_of(codes: Iterable[str], known: Iterable[str]) -> Verdict:
    """The verdict for the flags found and the names of the facts known.

    The heaviest flag decides; two or more flags of caution together weigh as one serious flag,
    for each alone has an innocent reading but their sum is a pattern. Without a flag, fewer than
    four facts of country, job, employer or agency, visa, fee, contract and departure are too few
    to say anything.
    """
    severities = [catalogue()[code].severity for code in codes]
    heaviest = max(severities, key=lambda severity: severity.rank, default=Severity.INFO)
    if heaviest is Severity.CRITICAL:
        return Verdict.CRITICAL
    if heaviest is Severity.SERIOUS or severities.count(Severity.CAUTION) > 1:
        return Verdict.SERIOUS
    if heaviest is Severity.CAUTION:
        return Verdict.CAUTION
    names = {"agency" if name == "employer" else name for name in known}
    if len(names & set(_WORTH_KNOWING)) < _ENOUGH_KNOWN:
        return Verdict.NOT_ENOUGH_KNOWN
    return Verdict.NO_RED_FLAG_SEEN


def _pattern_matches(reading: Reading, context: Context) -> dict[str, Match]:
    """The first match of each code that is told as a fact and not taken back."""
    every: dict[str, list[Match]] = {}
    for match in flag_patterns().patterns.find(reading):
        every.setdefault(match.code, []).append(match)
    found: dict[str, Match] = {}
    for code in catalogue():
        if f"{code}/unless_text" in every:
            continue
        taken_back = {
            reading.sentence_number(match.start)
            for match in every.get(f"{code}/unless", ())
            if not context.is_negated(match)
        }
        excused = {
            word for match in every.get(f"{code}/not", ()) for word in range(match.start, match.end)
        }
        candidates = every.get(code, [])
        if f"{code}/with" in every:
            candidates = candidates + every.get(f"{code}/weak", [])
        for match in sorted(candidates, key=lambda match: match.start):
            if reading.sentence_number(match.start) in taken_back:
                continue
            if not excused.isdisjoint(range(match.start, match.end)):
                continue
            told = Match(code, match.start, match.end)
            if context.is_fact(told):
                found[code] = told
                break
    return found


def _rule_matches(
    reading: Reading, context: Context, facts: Facts, found: dict[str, Match]
) -> Iterator[Match]:
    """Flags that need more than a pattern: figures, ages, a job together with a country."""
    job = facts.household_job
    if job and set(facts.countries) & household_ban():
        match = Match("middle_east_domestic_ban", job.start, job.end)
        if context.is_fact(match):
            yield match
    easy = bool(_EASY & found.keys())
    offered = any(entity.entity in _OFFERED for entity in facts.entities)
    for age in child_ages(reading, abroad=bool(facts.countries), offered=offered):
        if context.is_fact(age):
            yield age
    for pay in facts.pay:
        match = Match("unrealistic_salary", pay.start, pay.end)
        if _is_far_above(reading.words[pay.start].text, easy=easy) and not context.is_negated(
            match
        ):
            yield match


def _is_far_above(amount: str, *, easy: bool) -> bool:
    money = parse_money(amount)
    limit = pay_limits().get(money.currency) if money else None
    if money is None or limit is None:
        return False
    return money.high >= (limit.easy if easy else limit.usual)


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
