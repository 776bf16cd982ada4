"""Flags that need more than a pattern: figures, ages, a job together with a country."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from functools import cache

from bot.language.ages import child_ages
from bot.language.amounts import Amount, Role
from bot.language.facts import Facts, household_ban
from bot.language.matching import Match, load
from bot.language.money import Money, parse_money, pay_limits
from bot.language.offer_context import Context
from bot.language.reading import Reading, stems_of

_EASY = frozenset(
    {"no_requirements", "scam_compound_job", "non_placement_country", "middle_east_domestic_ban"}
)
_OFFERED = frozenset({"country", "job", "salary", "agency", "contract", "departure"})
_SCAM_HUBS = frozenset({"filipina"})
_HANDLE = re.compile(
    r"\b(?:telegram|japri|inbox|pm|dm|line|wechat|chat|hubungi|kontak|add|ig|instagram)\b[^\w@\n]{0,3}(?:di |ke |saja |ig )?@\w{3,}"
)
_TO_SOMEBODY = re.compile(
    r"(?i:\b(?:transfer|tf|trf|setor|kirim|ke|via)) (?i:bca|bri|bni|mandiri|bsi|btn|cimb|seabank)"
    r"[ :]+(?!(?i:pt|cv|lpk|yayasan|virtual|cabang|an|a\.n|dengan|kode|atas|nomor|no)\b)[A-Z][a-z]{2,}"
)
_WORK_DAYS = 22
_NEAR = 12
"""Words before a number in which somebody is named or a call is asked for."""
_GIFT = 500_000
_DOLLARS = {
    "hongkong": "hkd",
    "singapura": "sgd",
    "taiwan": "nt",
    "australia": "aud",
    "kanada": "cad",
    "brunei": "bnd",
}
_NO_PAY = 20
"""How many times the usual pay an amount is none that anybody would promise."""


def rule_matches(
    reading: Reading, context: Context, facts: Facts, found: Collection[str]
) -> Iterator[Match]:
    """What figures and combinations show; `found` are the codes that patterns found before."""
    if facts.household_job and set(facts.countries) & household_ban():
        job = facts.household_job
        yield Match("middle_east_domestic_ban", job.start, job.end)
        found = {*found, "middle_east_domestic_ban"}
    if "scam_compound_job" in found:
        yield from _in_scam_hub(facts)
    offered = any(entity.entity in _OFFERED for entity in facts.entities)
    for age in child_ages(reading, abroad=bool(facts.countries), offered=offered):
        if context.is_fact(age):
            yield age
    yield from _private_contact(reading, facts)
    yield from _named_account(reading)
    if "non_work_visa" in found and facts.internship is not None:
        yield Match("fake_internship", facts.internship.start, facts.internship.end)
    easy = (
        not _EASY.isdisjoint(found)
        or facts.household_job is not None
        or not _easy_words().isdisjoint(reading.stems)
    )
    for amount in facts.amounts:
        match = _of_amount(reading, amount, easy=easy)
        if match is not None and context.is_fact(match):
            yield match


def _private_contact(reading: Reading, facts: Facts) -> Iterator[Match]:
    """An account of a messenger, or a person's number where no office is named."""
    for found in _HANDLE.finditer(reading.plain.text):
        match = _words_at(reading, found.start(), found.end())
        if match:
            yield match
    if any(entity.entity in {"agency", "employer"} for entity in facts.entities):
        return
    for entity in facts.entities:
        if entity.entity != "phone":
            continue
        match = _words_at(reading, *_plain_span(reading, entity.start, entity.end))
        if match is None:
            continue
        sentence = reading.sentence_at(match.start)
        first = max(sentence.start, match.start - _NEAR)
        if any(word.stem in _calls() for word in reading.words[first : match.start]):
            yield match


def _named_account(reading: Reading) -> Iterator[Match]:
    """A bank and somebody's name: "transfer BNI Suryani"."""
    for found in _TO_SOMEBODY.finditer(reading.plain.original):
        match = _words_at(reading, *_plain_span(reading, *found.span()))
        if match:
            yield Match("personal_account_transfer", match.start, match.end)


def _plain_span(reading: Reading, start: int, end: int) -> tuple[int, int]:
    offsets = reading.plain.offsets
    return bisect_left(offsets, start), bisect_left(offsets, end)


def _words_at(reading: Reading, start: int, end: int) -> Match | None:
    """The words that touch these characters of the plain text, as a sign of private contact."""
    first = max(0, bisect_right(reading.starts, start) - 1)
    last = bisect_left(reading.starts, end)
    if first >= last or reading.words[first].end < start:
        return None
    last = min(last, reading.sentence_at(first).end)
    return Match("personal_contact_only", first, last) if first < last else None


@cache
def _calls() -> frozenset[str]:
    return stems_of(load("amounts")["calls"])


def _in_scam_hub(facts: Facts) -> Iterator[Match]:
    """A country that is a hub only for such jobs."""
    for country, match in facts.places:
        if country in _SCAM_HUBS:
            yield Match("non_placement_country", match.start, match.end)


def _of_amount(reading: Reading, amount: Amount, *, easy: bool) -> Match | None:
    """The flag that an amount raises by what it is for, if any."""
    money = _money(reading, amount.index)
    if money is None:
        return None
    if amount.role is Role.PAY:
        far = _is_far_above(money, _times_a_month(reading, amount), easy=easy)
        return Match("unrealistic_salary", amount.index, amount.index + 1) if far else None
    code = {
        Role.FEE: "upfront_fee",
        Role.DEBT: "salary_deduction_debt",
        Role.PENALTY: "fines_targets_penalty",
    }.get(amount.role)
    if amount.role is Role.GIFT and money.currency == "rupiah" and money.high >= _GIFT:
        code = "free_everything_bait"
    return Match(code, amount.start, amount.end) if code else None


def _money(reading: Reading, index: int) -> Money | None:
    """The amount at a word; "5.100 dolar Hongkong" is none in American dollars."""
    money = parse_money(reading.words[index].text)
    after = reading.words[index + 1].stem if index + 1 < len(reading.words) else ""
    if money is not None and money.currency == "usd" and after in _DOLLARS:
        return Money(_DOLLARS[after], money.high)
    return money


def _is_far_above(money: Money, times: int, *, easy: bool) -> bool:
    limit = pay_limits().get(money.currency)
    if limit is None:
        return False
    month = money.high * times
    return (limit.easy if easy else limit.usual) <= month < limit.usual * _NO_PAY


def _times_a_month(reading: Reading, amount: Amount) -> int:
    """How often it is paid in a month: by the day as many times as one works."""
    sentence = reading.sentence_at(amount.index)
    first = max(sentence.start, amount.index - 2)
    near = reading.words[first : min(sentence.end, amount.index + 3)]
    return _WORK_DAYS if any(word.stem in _daily() for word in near) else 1


@cache
def _easy_words() -> frozenset[str]:
    return stems_of(load("amounts")["easy_words"])


@cache
def _daily() -> frozenset[str]:
    return stems_of(load("amounts")["daily"])
