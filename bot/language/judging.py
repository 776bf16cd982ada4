"""How heavy a whole offer is: a pure function of what was found in it, with its reasons.

The rules, the first that holds decides:

1. `critical_flag`: one flag of the weight "critical".
2. A critical combination, whatever the wording: work that scam compounds use in a country that
   they are in; somebody's hand on the papers, the pay or the way out, together with a debt.
3. `serious_flag`: one flag of the weight "serious".
4. A serious combination of lighter flags: easy work for high pay; the hurry or the private chat
   beside a wish for papers or money; everything free and somebody who only chats.
5. `caution_sum`: three flags of the weight "caution", or two beside no good sign: each alone has
   an innocent reading, their sum is a pattern.
6. `caution_flag`: one or two flags of the weight "caution".
7. `few_facts`: without a flag, fewer than four facts of country, job, employer or agency, visa,
   fee, contract and departure are too few to say anything.
8. `nothing_seen`.

Good signs lower nothing but the sum of rule 5: an honest name is easily borrowed. A flag whose
words the model of sayings doubts (`bot.language.sayings`) weighs as one of caution.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.language.flags import catalogue
from bot.language.types import Severity, Verdict

WORTH_KNOWING = ("visa", "fee", "contract", "agency", "country", "job", "departure")
"""The facts without which an offer cannot be judged, the most important first."""
ENOUGH_KNOWN = 4

_SCAM_COUNTRIES = frozenset({"kamboja", "myanmar", "laos", "filipina"})
_OFFICE_JOB = "admin daring"

_CRITICAL_TOGETHER: Mapping[str, tuple[frozenset[str], ...]] = {
    "held_by_debt": (
        frozenset({"salary_deduction_debt", "fines_targets_penalty"}),
        frozenset({"wages_withheld"}),
        frozenset({"no_written_contract", "no_licensed_agency", "seafarer_unlicensed"}),
    ),
}
"""Names of rules and, for each, sets of flags of all of which at least one was found."""

_SERIOUS_TOGETHER: Mapping[str, tuple[frozenset[str], ...]] = {
    "much_for_little": (frozenset({"unrealistic_salary"}), frozenset({"no_requirements"})),
    "papers_in_private": (
        frozenset({"document_harvest"}),
        frozenset({"personal_contact_only", "unrealistic_salary", "no_requirements"}),
    ),
    "gift_in_private": (
        frozenset({"free_everything_bait"}),
        frozenset(
            {"personal_contact_only", "vague_employer", "document_harvest", "no_requirements"}
        ),
    ),
    "nothing_named": (
        frozenset({"vague_employer"}),
        frozenset({"unrealistic_salary", "personal_contact_only", "document_harvest"}),
    ),
}
_MOST_CAUTIONS = 3
_CAUTIONS_ALONE = 2


@dataclass(frozen=True)
class Judgement:
    """A verdict and the names of the rules that decide it, with the codes they are about."""

    verdict: Verdict
    reasons: tuple[str, ...]


def judge(
    flags: Collection[str],
    signals: Collection[str],
    known: Mapping[str, str] | Collection[str],
    doubtful: Collection[str] = (),
) -> Judgement:
    """The verdict for the codes of the flags and signals found and the facts known.

    Of the flags the `doubtful` ones, which the words only seem to say, weigh as caution.
    """
    by_weight: dict[Severity, list[str]] = {severity: [] for severity in Severity}
    for code in sorted(flags):
        weight = Severity.CAUTION if code in doubtful else catalogue()[code].severity
        by_weight[weight].append(code)
    flags = [code for code in flags if code not in doubtful]
    critical, serious = by_weight[Severity.CRITICAL], by_weight[Severity.SERIOUS]
    cautions = by_weight[Severity.CAUTION]
    if critical:
        return _because(Verdict.CRITICAL, "critical_flag", critical)
    together = _together(flags, _CRITICAL_TOGETHER) + _office_work_in_a_hub(flags, known)
    if together:
        return Judgement(Verdict.CRITICAL, tuple(together))
    if serious:
        return _because(Verdict.SERIOUS, "serious_flag", serious)
    together = _together(flags, _SERIOUS_TOGETHER)
    if together:
        return Judgement(Verdict.SERIOUS, tuple(together))
    if len(cautions) >= (_MOST_CAUTIONS if signals else _CAUTIONS_ALONE):
        return _because(Verdict.SERIOUS, "caution_sum", cautions)
    if cautions:
        return _because(Verdict.CAUTION, "caution_flag", cautions)
    names = {"agency" if name == "employer" else name for name in known}
    if len(names & set(WORTH_KNOWING)) < ENOUGH_KNOWN:
        return Judgement(Verdict.NOT_ENOUGH_KNOWN, ("few_facts",))
    return Judgement(Verdict.NO_RED_FLAG_SEEN, ("nothing_seen",))


def _because(verdict: Verdict, rule: str, codes: list[str]) -> Judgement:
    return Judgement(verdict, tuple(f"{rule}:{code}" for code in codes))


def _together(flags: Collection[str], rules: Mapping[str, tuple[frozenset[str], ...]]) -> list[str]:
    """The names of the rules all of whose sets hold a flag that was found."""
    return [
        name for name, sets in rules.items() if all(not codes.isdisjoint(flags) for codes in sets)
    ]


def _office_work_in_a_hub(
    flags: Collection[str], known: Mapping[str, str] | Collection[str]
) -> list[str]:
    """Office work where the compounds are, told by the facts alone."""
    if not isinstance(known, Mapping) or known.get("country") not in _SCAM_COUNTRIES:
        return []
    office = known.get("job") == _OFFICE_JOB or "scam_compound_job" in flags
    return ["office_work_in_a_hub"] if office else []
