"""How heavy a whole offer is: a pure function of what was found in it, with its reasons.

The rules, of which the first that holds decides:

1. `critical_flag`: a flag of the weight "critical".
2. A critical combination, whatever the wording: `office_work_in_a_hub`, work that scam compounds
   use in a country that they are in; `held_by_debt`, a debt or a penalty and withheld wages where
   nothing is on paper or nobody answers for it.
3. `serious_flag`: a flag of the weight "serious".
4. A serious combination of light flags: `much_for_little` (high pay, nothing asked),
   `papers_in_private`, `gift_in_private` and `nothing_named` (papers, a gift or high pay, and
   somebody who cannot be found afterwards).
5. `caution_sum`: three flags of the weight "caution", or two beside no good sign. Each alone has
   an innocent reading, their sum is a pattern.
6. `caution_flag`: one or two flags of the weight "caution".
7. `few_facts`: no flag, and fewer than four facts of country, job, employer or agency, visa, fee,
   contract and departure are known, which is too little to say anything.
8. `nothing_seen`.

Good signs lower nothing but the sum of rule 5: an honest name is easily borrowed. A flag whose
words the model of sayings doubts (`bot.language.sayings`) weighs as one of caution.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bot.language.flags import catalogue
from bot.language.types import Severity, Verdict

WORTH_KNOWING = ("visa", "fee", "contract", "agency", "country", "job", "departure")
"""The facts without which an offer cannot be judged, the most important first."""
ENOUGH_KNOWN = 4

_HUBS = frozenset({"kamboja", "myanmar", "laos", "filipina"})
_OFFICE_JOB = "admin daring"
_OFFICE_FLAG = "scam_compound_job"
_SUM_BESIDE_GOOD_SIGNS = 3
_SUM_ALONE = 2

_Together = Mapping[str, tuple[frozenset[str], ...]]
"""Names of rules and, for each, sets of flags: one of every set must have been found."""

_CRITICAL_TOGETHER: _Together = {
    "held_by_debt": (
        frozenset({"salary_deduction_debt", "fines_targets_penalty"}),
        frozenset({"wages_withheld"}),
        frozenset({"no_written_contract", "no_licensed_agency", "seafarer_unlicensed"}),
    ),
}
_SERIOUS_TOGETHER: _Together = {
    "much_for_little": (frozenset({"unrealistic_salary"}), frozenset({"no_requirements"})),
    "papers_in_private": (
        frozenset({"document_harvest"}),
        frozenset({"personal_contact_only", "unrealistic_salary", "no_requirements"}),
    ),
    "gift_in_private": (
        frozenset({"free_everything_bait"}),
        frozenset({"personal_contact_only", "vague_employer", "document_harvest"}),
    ),
    "nothing_named": (
        frozenset({"vague_employer"}),
        frozenset({"unrealistic_salary", "personal_contact_only", "document_harvest"}),
    ),
}


@dataclass(frozen=True)
class Judgement:
    """A verdict and the rules that decide it; a rule about single flags with each of their codes."""

    verdict: Verdict
    reasons: tuple[str, ...]


def judge(
    flags: Collection[str],
    signals: Collection[str],
    known: Mapping[str, str],
    doubtful: Collection[str] = (),
) -> Judgement:
    """The verdict for the codes of the flags and signals found and the values of the facts.

    Of the flags the `doubtful` ones, which the words only seem to say, weigh as caution.
    """
    seeming = sorted(set(flags) & set(doubtful))
    flags = set(flags) - set(seeming)
    critical = _of(Severity.CRITICAL, flags)
    serious = _of(Severity.SERIOUS, flags)
    cautions = (*_of(Severity.CAUTION, flags), *seeming)
    enough = len(cautions) >= (_SUM_BESIDE_GOOD_SIGNS if signals else _SUM_ALONE)
    rules = (
        (Verdict.CRITICAL, _each("critical_flag", critical)),
        (Verdict.CRITICAL, (*_office_work(flags, known), *_together(flags, _CRITICAL_TOGETHER))),
        (Verdict.SERIOUS, _each("serious_flag", serious)),
        (Verdict.SERIOUS, _together(flags, _SERIOUS_TOGETHER)),
        (Verdict.SERIOUS, _each("caution_sum", cautions if enough else ())),
        (Verdict.CAUTION, _each("caution_flag", cautions)),
        (Verdict.NOT_ENOUGH_KNOWN, () if _is_enough(known) else ("few_facts",)),
        (Verdict.NO_RED_FLAG_SEEN, ("nothing_seen",)),
    )
    return next(Judgement(verdict, reasons) for verdict, reasons in rules if reasons)


def _of(severity: Severity, flags: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(code for code in flags if catalogue()[code].severity is severity))


def _each(rule: str, codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{rule}:{code}" for code in codes)


def _together(flags: Collection[str], rules: _Together) -> tuple[str, ...]:
    return tuple(
        name for name, sets in rules.items() if all(not codes.isdisjoint(flags) for codes in sets)
    )


def _office_work(flags: Collection[str], known: Mapping[str, str]) -> tuple[str, ...]:
    """Whether facts alone tell office work where the compounds are, with or without its flags."""
    office = known.get("job") == _OFFICE_JOB or _OFFICE_FLAG in flags
    return ("office_work_in_a_hub",) if office and known.get("country") in _HUBS else ()


def _is_enough(known: Iterable[str]) -> bool:
    names = {"agency" if name == "employer" else name for name in known}
    return len(names & set(WORTH_KNOWING)) >= ENOUGH_KNOWN
