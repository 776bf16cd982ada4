"""How a verdict is said: reasons first, then what is unknown, then the next step.

No company and no person is named, so that nobody can show it around as a recommendation.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import say, wording, words
from bot.domain.calendar_words import day_in_words
from bot.language.flags import catalogue
from bot.language.types import OfferCheck, Severity, Verdict

MOST_FLAGS = 4
"""Flags in one message; the gravest come first, the others follow in a second message."""
MOST_UNKNOWNS = 3

_SETTLED_BY = {
    "visa": {"non_work_visa", "pos_work_visa"},
    "fee": {"upfront_fee", "salary_deduction_debt", "free_everything_bait", "pos_zero_cost"},
    "contract": {"no_written_contract", "pos_contract_before"},
    "agency": {"no_licensed_agency", "pos_licensed_p3mi", "pos_government_program"},
    "country": {"non_placement_country", "middle_east_domestic_ban"},
}
"""Signs that tell a fact without naming it."""


def verdict_texts(check: OfferCheck, today: date | None) -> tuple[str, ...]:
    """The whole verdict: every flag with its reason, in one message or two."""
    unknown = _unknown(check)
    values = {
        "date": day_in_words(today),
        "unknown": words("say_offer_unknown", names=unknown) if unknown else "",
    }
    codes = codes_of(check)
    if not codes:
        values["advice"] = words("say_offer_advice_no_flags")
        few = check.verdict is Verdict.NOT_ENOUGH_KNOWN
        name = "say_offer_not_enough" if few else "say_offer_no_flags"
        return (_compact(words(name, **values)),)
    count = str(len(codes))
    values["advice"] = words(f"say_offer_advice_{check.verdict.value}")
    if len(codes) <= MOST_FLAGS:
        flags = _flag_lines(codes)
        return (_compact(words("say_offer_flags", count=count, flags=flags, **values)),)
    gravest, others = codes[:MOST_FLAGS], codes[MOST_FLAGS:]
    return (
        words("say_offer_gravest", count=count, flags=_flag_lines(gravest)),
        _compact(words("say_offer_others", flags=_flag_lines(others), **values)),
    )


def news_text(told: dict[str, Any], check: OfferCheck, today: date | None) -> str:
    """What has become known since the verdict was told; empty when nothing changed."""
    if told == summary(check):
        return ""
    added = [code for code in codes_of(check) if code not in told["flags"]]
    if not (told["flags"] and added):
        return "\n".join(verdict_texts(check, today))
    return words(
        "say_offer_more_seen",
        count=str(len(added)),
        flags=_flag_lines(added),
        advice=words(f"say_offer_advice_{check.verdict.value}"),
    )


def why(dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
    """Explain the last verdict with the sources of its flags; False when there is none."""
    told = tracker.get_slot("offer__told")
    if not told:
        return False
    if not told["flags"]:
        say(dispatcher, "say_offer_why_not")
        return True
    lines = []
    for code in told["flags"]:
        known = catalogue()[code]
        lines.append(words("say_offer_why_line", title=known.title, source=known.source))
    say(dispatcher, "say_offer_why", reasons="\n".join(lines))
    return True


def say_again(dispatcher: CollectingDispatcher, told: dict[str, Any]) -> None:
    """The last verdict in a sentence or two, and that it is no permission."""
    if told["flags"]:
        gravest = catalogue()[told["flags"][0]].title
        count = str(len(told["flags"]))
        advice = words(f"say_offer_advice_{told['verdict']}")
        say(dispatcher, "say_offer_again", count=count, gravest=gravest, advice=advice)
    elif told["verdict"] == Verdict.NOT_ENOUGH_KNOWN.value:
        say(dispatcher, "say_offer_again_not_enough")
    else:
        say(dispatcher, "say_offer_again_no_flags")


def summary(check: OfferCheck) -> dict[str, Any]:
    """What a verdict says, to see whether it changed."""
    return {"verdict": check.verdict.value, "flags": codes_of(check)}


def codes_of(check: OfferCheck) -> list[str]:
    """The flags without repeats, the gravest first."""
    order = list(Severity)
    found = dict.fromkeys(evidence.code for evidence in check.flags)
    return sorted(found, key=lambda code: -order.index(catalogue()[code].severity))


def _flag_lines(codes: list[str]) -> str:
    known = (catalogue()[code] for code in codes)
    lines = [words("say_offer_flag", title=flag.title, reason=flag.reason) for flag in known]
    return "\n".join(lines)


def still_unknown(check: OfferCheck) -> tuple[str, ...]:
    """The facts that nobody has told: neither named nor settled by a flag or a good sign."""
    seen = {evidence.code for evidence in (*check.flags, *check.signals)}
    return tuple(fact for fact in check.missing if seen.isdisjoint(_SETTLED_BY.get(fact, ())))


def _unknown(check: OfferCheck) -> str:
    names = (f"say_unknown_{fact}" for fact in still_unknown(check))
    known = [words(name) for name in names if name in wording().names]
    return ", ".join(known[:MOST_UNKNOWNS])


def _compact(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip())
