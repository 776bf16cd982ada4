"""What is known about an offer, fact by fact: what tells it, how it is said, how it is taken back.

People see what was understood in the words of this module; they hold no name of a company, so
that nothing of a check can be shown around as a recommendation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from actions.base import words
from bot.language.facts import find_facts
from bot.language.flags import catalogue
from bot.language.money import parse_money
from bot.language.offers import check_offer
from bot.language.spelling import normalise
from bot.language.types import OfferCheck, Verdict

TOLD_BY: dict[str, frozenset[str]] = {
    "country": frozenset({"non_placement_country", "middle_east_domestic_ban"}),
    "job": frozenset({"scam_compound_job"}),
    "salary": frozenset({"unrealistic_salary"}),
    "visa": frozenset({"non_work_visa", "pos_work_visa"}),
    "fee": frozenset(
        {
            "upfront_fee",
            "personal_account_transfer",
            "salary_deduction_debt",
            "free_everything_bait",
            "pos_zero_cost",
        }
    ),
    "agency": frozenset({"no_licensed_agency", "pos_licensed_p3mi", "pos_government_program"}),
    "contract": frozenset({"no_written_contract", "pos_contract_before"}),
    "departure": frozenset(),
}
"""The facts in the order in which they are said, each with the signs that tell it too."""

KEY_FACTS = ("country", "job", "visa", "fee", "agency", "contract", "departure")
"""Those that a verdict rests on; the salary alone says little."""

_MOST_CUTS = 20
_CUT = "…"
_LONGEST_VALUE = 40
_COMPANY = re.compile(r"\b(?:pt|cv|p3mi|lpk|perusahaan|yayasan|disnaker|g to g|pemerintah)\b")
_PERSON = re.compile(r"\b(?:calo|tekong|sponsor|perorangan|teman|tetangga|saudara|kenalan)\b")
_VISAS = frozenset({"turis", "ziarah atau umrah", "kunjungan", "pelajar"})
_NOT_FOR_WORK = _VISAS | {"bebas visa", "tanpa visa kerja"}
_NO_CONTRACT = frozenset({"tidak ada", "menyusul", "lisan"})
_AGENT = re.compile(
    r"\b(?:lewat|sama|via|melalui|ikut|dari)\s+"
    r"((?:pak|bu|bapak|ibu|mas|mbak|bang|kang|teh|tante|om|haji|hajah)\.?\s+[^\W\d_]+)",
    re.IGNORECASE,
)


def signs_of(check: OfferCheck) -> frozenset[str]:
    """The codes of all flags and good signals."""
    return frozenset(evidence.code for evidence in (*check.flags, *check.signals))


def is_known(check: OfferCheck, fact: str) -> bool:
    """Whether somebody has told the fact: by name, or by a flag or a good sign."""
    return fact in check.facts or not TOLD_BY[fact].isdisjoint(signs_of(check))


def still_unknown(check: OfferCheck) -> tuple[str, ...]:
    """The facts that nobody has told, the weightiest first."""
    return tuple(fact for fact in check.missing if not is_known(check, fact))


def is_grave(check: OfferCheck) -> bool:
    """Whether the verdict must not wait for the rest of the questions."""
    return check.verdict in (Verdict.SERIOUS, Verdict.CRITICAL)


def stances(text: str) -> dict[str, str]:
    """What a text says of each fact, in words that can be compared with another text's.

    The first word is the kind of statement; a fee has its amount after it.
    """
    check = check_offer(text)
    told = {fact: found for fact in TOLD_BY if (found := _stance(check, fact))}
    amount = _amount(check.facts.get("fee", ""))
    return {**told, "fee": f"{told['fee']} {amount}".strip()} if "fee" in told else told


def countries_in(text: str) -> frozenset[str]:
    """Every country that is named."""
    return frozenset(found.value for found in find_facts(text) if found.entity == "country")


def heard(text: str, *, with_names: bool = False) -> dict[str, str]:
    """What was understood, by fact, in words for the person.

    `with_names` shows the agent as the person calls him; a verdict never does.
    """
    check = check_offer(text)
    told = {fact: _in_words(check, fact) for fact in TOLD_BY}
    agent = _AGENT.search(text) if with_names else None
    if agent and _stance(check, "agency") != "company":
        told["agency"] = words("say_heard_agent", value=agent[1].title())
    return {fact: said for fact, said in told.items() if said}


def heard_line(text: str, *, with_names: bool = False) -> str:
    """The same as one line; empty when nothing was understood."""
    return ", ".join(heard(text, with_names=with_names).values())


def not_told(text: str, facts: Iterable[str]) -> str:
    """Which of the facts were not mentioned, as one line; empty when all were."""
    known = heard(text, with_names=True)
    names = [words(f"say_not_told_{fact}") for fact in facts if fact not in known]
    return words("say_not_told", names=" dan ".join(names)) if names else ""


def without(text: str, fact: str) -> str:
    """The text with all words cut out that tell the fact."""
    for _ in range(_MOST_CUTS):
        spans = _spans(text, fact)
        if not spans:
            break
        for start, end in sorted(spans, reverse=True):
            text = f"{text[:start]}{_CUT}{text[end:]}"
    return text


def _spans(text: str, fact: str) -> list[tuple[int, int]]:
    """Where a text tells the fact, without overlaps and without the words of other facts."""
    check = check_offer(text)
    named = find_facts(text)
    own = [(each.start, each.end) for each in named if each.entity == fact]
    others = [(each.start, each.end) for each in named if each.entity != fact]
    signs = [
        (each.start, each.end)
        for each in (*check.flags, *check.signals)
        if each.code in TOLD_BY[fact]
    ]
    # A sign may reach over several facts; the words of its own fact are enough to undo it.
    found = [*own, *(sign for sign in signs if not any(_overlap(sign, each) for each in own))]
    parts = [part for each in found for part in _outside(each, others)]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(parts or found):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _outside(span: tuple[int, int], others: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What of a span lies outside the others."""
    left = [span]
    for start, end in others:
        left = [
            part
            for first, last in left
            for part in ((first, min(last, start)), (max(first, end), last))
            if part[0] < part[1]
        ]
    return left


def _in_words(check: OfferCheck, fact: str) -> str:
    stance = _stance(check, fact)
    if stance is None:
        return ""
    value = check.facts.get(fact, "")[:_LONGEST_VALUE]
    if fact == "country":
        return words("say_heard_country", value=value.title())
    if fact in {"job", "salary", "departure"}:
        return words(f"say_heard_{fact}", value=f"{value[:1].lower()}{value[1:]}")
    if fact == "visa" and value in _VISAS:
        return words("say_heard_visa", value=value)
    amount = value if _amount(value) else words("say_heard_money")
    return words(f"say_heard_{fact}_{stance}", amount=amount)


def _stance(check: OfferCheck, fact: str) -> str | None:
    value = check.facts.get(fact, "")
    if fact in {"country", "job", "departure"}:
        return value or None
    if fact == "salary":
        return _amount(value) or None
    return _CLASSES[fact](signs_of(check), value)


def _amount(value: str) -> str:
    money = parse_money(normalise(value).text.casefold())
    return f"{money.currency} {money.high:.0f}" if money else ""


def _visa(codes: frozenset[str], value: str) -> str | None:
    if "non_work_visa" in codes or value in _NOT_FOR_WORK:
        return "other"
    if value == "magang":
        return "training"
    return "work" if "pos_work_visa" in codes or value == "kerja" else None


def _fee(codes: frozenset[str], value: str) -> str | None:
    if "salary_deduction_debt" in codes:
        return "deducted"
    asked = {"upfront_fee", "personal_account_transfer"} & codes
    if asked or "sendiri" in normalise(value).text.casefold() or _amount(value):
        return "asked"
    return "none" if value or "pos_zero_cost" in codes else None


def _agency(codes: frozenset[str], value: str) -> str | None:
    plain = normalise(value).text.casefold()
    if "no_licensed_agency" in codes or _PERSON.search(plain):
        return "person"
    licensed = {"pos_licensed_p3mi", "pos_government_program"} & codes
    if licensed or _COMPANY.search(plain):
        return "company"
    return "agent" if value else None


def _contract(codes: frozenset[str], value: str) -> str | None:
    if "no_written_contract" in codes or value in _NO_CONTRACT:
        return "missing"
    return "there" if value == "ada" or "pos_contract_before" in codes else None


_CLASSES = {"visa": _visa, "fee": _fee, "agency": _agency, "contract": _contract}


def titles_of(codes: Iterable[str]) -> list[str]:
    """The titles of flags or good signals, as the catalogue gives them."""
    return [catalogue()[code].title for code in codes]
