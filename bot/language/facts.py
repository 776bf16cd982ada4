"""Picks out what a text says about an offer: where, what work, what pay, who, how, when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.language.amounts import Amount, Role, amounts_of
from bot.language.matching import Match, Patterns, lines, load
from bot.language.offer_context import Context
from bot.language.reading import Reading, read
from bot.language.spelling import Normalised
from bot.language.types import Entity

_PHONE = re.compile(
    r"(?<![\d.,])(?:\+\d{1,3}[ -]?|0|62[ -]?(?=8))\d{2,4}(?:[ -]?[\dxX*]{2,5}){1,4}(?![\d,])"
)
_ACCOUNT = re.compile(
    r"(?i)\b(?:rek(?:ening)?|norek|bca|bri|bni|mandiri|bsi|btn|cimb|ovo|dana|gopay)\b"
    r"[^\d\n]{0,20}(\d[\d -]{7,19}\d)"
)
_DATE = re.compile(
    r"(?i)\b\d{1,2}\s?[/-]\s?\d{1,2}(?:\s?[/-]\s?\d{2,4})?\b(?!\s?(?:jt|juta|rb|ribu|th|tahun|bln))"
    r"|\b\d{1,2} (?:jan|feb|mar|apr|mei|jun|jul|agu|sep|okt|nov|des)[a-z]*(?: \d{4})?\b"
)
_COMPANY = re.compile(
    r"\b(?:[Pp][Tt]|[Cc][Vv]|LPK|Lpk|P3MI|Yayasan)\.?[ :]+(?:[A-Z][\w&'-]*)"
    r"(?:[ ](?!SIP3MI|SIUPPAK|Izin|IZIN|No\b|NO\b|Cabang|CABANG)[A-Z][\w&'-]*){0,6}"
)
_ASKED_ABOUT = frozenset({"agency", "fee"})
"""Facts that a question about them does not tell."""
_WHICH = frozenset({"apa", "mana"})
_NOTHING_AGREED = frozenset({"tidak ada", "menyusul", "lisan"})
"""Values of the contract that hold their own "not"."""
_SUMS = {Role.PAY: "salary", Role.FEE: "fee"}
"""The facts that amounts tell."""
_MOST_MATCHES = 1000
"""Matches of one text that are looked at: an offer has some twenty."""
_HOUSEHOLD_JOBS = frozenset({"asisten rumah tangga", "pengasuh"})
_EMPLOYER = re.compile(
    r"\b(?i:majikan|bos|pemberi kerja|hotel|restoran|resto|rumah sakit|rs|pabrik|perusahaan|klinik)"
    r"(?i:nya|ku)?(?: (?i:saya|nya|bernama|namanya|di))?(?: [A-Z][a-z][\w.'-]*){1,4}"
)


@dataclass(frozen=True)
class Facts:
    """What was found in a reading, in the order of the text.

    `told` are the matches by name and value that are told as facts and not merely asked about.
    """

    entities: tuple[Entity, ...]
    told: tuple[tuple[str, str, Match], ...]
    amounts: tuple[Amount, ...]

    @property
    def household_job(self) -> Match | None:
        """Where work in a household is first told."""
        return self._first("job", _HOUSEHOLD_JOBS)

    @property
    def internship(self) -> Match | None:
        """Where an internship is first told."""
        return self._first("job", frozenset({"magang"}))

    @property
    def places(self) -> tuple[tuple[str, Match], ...]:
        """The countries told, with where."""
        return tuple((value, match) for name, value, match in self.told if name == "country")

    @property
    def countries(self) -> frozenset[str]:
        """The countries by their plain names."""
        return frozenset(country for country, _ in self.places)

    def _first(self, name: str, values: frozenset[str]) -> Match | None:
        told = (match for said, value, match in self.told if said == name and value in values)
        return next(told, None)


def find_facts(text: str) -> tuple[Entity, ...]:
    """Country, job, salary, fee, visa, agency, employer, contract, departure, phone, account, date.

    Values are a plain name for country, job, visa and contract, else the words as written.
    Places count characters of `text`.
    """
    reading = read(text)
    return facts_of(reading, Context(reading)).entities


def facts_of(reading: Reading, context: Context) -> Facts:
    """The facts of a text that was read before."""
    matches = [
        (name, value, match)
        for match in _patterns().find(reading)[:_MOST_MATCHES]
        for name, _, value in (match.code.partition(":"),)
        if _counts(reading, context, match)
    ]
    found: dict[tuple[str, int], Entity] = {}
    for name, value, match in matches:
        entity = _entity(reading, name, value, match)
        known = found.get((name, entity.start))
        if known is None or known.end < entity.end:
            found[name, entity.start] = entity
    amounts = tuple(amounts_of(reading))
    sums = [
        _entity(reading, _SUMS[amount.role], "", Match("", amount.index, amount.index + 1))
        for amount in amounts
        if amount.role in _SUMS
    ]
    if any(entity.entity == "fee" for entity in sums):
        # "katanya gratis, tapi bayar 3 juta": the amount is what counts.
        found = {key: entity for key, entity in found.items() if entity.entity != "fee"}
    written = (*_written(reading.plain.original), *_dictated_phones(reading.plain))
    companies = [entity for entity in written if entity.entity == "agency"]
    found = {key: entity for key, entity in found.items() if not _is_of(entity, companies)}
    for entity in (*sums, *written):
        found.setdefault((entity.entity, entity.start), entity)
    entities = tuple(sorted(found.values(), key=lambda entity: (entity.start, entity.entity)))
    told = tuple(each for each in matches if context.is_fact(each[2]))
    return Facts(entities, told, amounts)


def _counts(reading: Reading, context: Context, match: Match) -> bool:
    """Whether words that name a fact are about the offer; a country that is asked about is."""
    name, _, value = match.code.partition(":")
    if value not in _NOTHING_AGREED and context.is_negated(match):
        return False
    if (name in _ASKED_ABOUT or value == "ada") and not context.is_fact(match):
        return False
    return not (context.is_about_others(match) or (name == "agency" and _is_which(reading, match)))


def _is_of(entity: Entity, companies: list[Entity]) -> bool:
    """Whether the words only lead to the name of a company: "lewat PT" before "PT Maju"."""
    return entity.entity == "agency" and any(
        entity.start < company.start < entity.end for company in companies
    )


def _is_which(reading: Reading, match: Match) -> bool:
    """Whether the words ask which one: "lewat PT apa"."""
    return (
        match.end < reading.sentence_at(match.start).end and reading.words[match.end].stem in _WHICH
    )


def _entity(reading: Reading, name: str, value: str, match: Match) -> Entity:
    start, end = reading.span(match.start, match.end)
    return Entity(name, value or reading.plain.original[start:end], start, end)


def _written(original: str) -> Iterator[Entity]:
    """What is recognised by the way it is written: numbers, dates and company names."""
    accounts: list[tuple[int, int]] = []
    for found in _ACCOUNT.finditer(original):
        accounts.append(found.span(1))
        yield Entity("account", found[1], *found.span(1))
    for found in _PHONE.finditer(original):
        digits = sum(character.isdigit() for character in found[0])
        if digits + found[0].lower().count("x") >= 8 and not any(
            start <= found.start() < end for start, end in accounts
        ):
            yield Entity("phone", found[0], *found.span())
    for found in _DATE.finditer(original):
        yield Entity("date", found[0], *found.span())
    for found in _EMPLOYER.finditer(original):
        yield Entity("employer", found[0], *found.span())
    for found in _COMPANY.finditer(original):
        yield Entity("agency", found[0], *found.span())


def _dictated_phones(plain: Normalised) -> Iterator[Entity]:
    """Numbers said digit by digit, as a phone writes down what is spoken to it."""
    for found in _PHONE.finditer(plain.text):
        start, end = plain.original_span(*found.span())
        if not any(character.isdigit() for character in plain.original[start:end]):
            yield Entity("phone", found[0], start, end)


@cache
def household_ban() -> frozenset[str]:
    """Countries where placement with private households is banned (Kepmenaker 260/2015)."""
    return frozenset(name.strip() for name in str(load("places")["household_ban"]).split(","))


@cache
def _patterns() -> Patterns:
    places, facts = load("places"), load("facts")
    patterns: dict[str, list[str]] = {}

    def add(name: str, block: Any) -> None:
        for line in lines(str(block)):
            value, _, pattern = line.partition(":")
            value = value.strip()
            code = name if value == name else f"{name}:{value}"
            patterns.setdefault(code, []).append(pattern.strip())

    for country, names in places["countries"].items():
        patterns.setdefault(f"country:{country}", []).append(names)
    add("country", places["phrases"])
    for name in ("job", "visa", "contract", "departure", "date"):
        add(name, facts[f"{name}s"])
    add("fee", facts["fees"])
    add("agency", facts["agencies"].replace("no_agency:", "agency:"))
    return Patterns(patterns)
