"""How a verdict is said: reasons first, then what is unknown, then the next step.

No company and no person is named, so that nobody can show it around as a recommendation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.base import say, wording, words
from actions.offer_facts import TOLD_BY, heard, still_unknown, titles_of
from bot.domain.calendar_words import day_in_words
from bot.language.flags import catalogue, is_fresh
from bot.language.types import OfferCheck, Severity, Verdict

MOST_FLAGS = 4
"""Flags in one message; the gravest come first, the others follow in a second message."""
MOST_UNKNOWNS = 3
MOST_GOOD = 3
_GRADED = (Verdict.CAUTION, Verdict.SERIOUS, Verdict.CRITICAL)


def verdict_texts(
    check: OfferCheck, today: date | None, *, facts: str = "", first: bool = True
) -> tuple[str, ...]:
    """The whole verdict: every flag with its reason, in one message or two.

    `facts` is what was understood, to be repeated with a verdict that did not wait for a yes;
    the `first` verdict on an offer says whose it is.
    """
    values = {
        "intro": words("say_offer_intro") if first else "",
        "date": day_in_words(today),
        "facts": words("say_offer_understood", facts=facts) if facts else "",
        "good": _good(check, today),
        "unknown": _unknown(check),
    }
    codes = codes_of(check)
    if not codes:
        values["advice"] = advice_for(codes, check.verdict)
        few = check.verdict is Verdict.NOT_ENOUGH_KNOWN
        name = "say_offer_not_enough" if few else "say_offer_no_flags"
        return (_compact(words(name, **values)),)
    count = str(len(codes))
    values["advice"] = advice_for(codes, check.verdict)
    if len(codes) <= MOST_FLAGS:
        flags = _flag_lines(codes, today)
        return (_compact(words("say_offer_flags", count=count, flags=flags, **values)),)
    gravest, others = _flag_lines(codes[:MOST_FLAGS], today), _flag_lines(codes[MOST_FLAGS:], today)
    begins = words("say_offer_gravest", count=count, flags=gravest, **values)
    return (_compact(begins), _compact(words("say_offer_others", flags=others, **values)))


def news_text(
    told: Mapping[str, Any], check: OfferCheck, today: date | None, *, facts: Mapping[str, str]
) -> str:
    """What has changed since the verdict was told; empty when nothing did.

    `facts` is what is understood now, as `heard` gives it; a fact that only came in addition
    is no change.
    """
    before = dict(told.get("facts", {}))
    replaced = [
        words("say_offer_replaced", now=said, before=before[fact])
        for fact, said in facts.items()
        if before.get(fact, said) != said
    ]
    codes = codes_of(check)
    added = [code for code in codes if code not in told["flags"]]
    gone = [code for code in told["flags"] if code not in codes]
    if not (replaced or added or gone or told["verdict"] != check.verdict.value):
        return ""
    changed = words("say_offer_changed", facts="; ".join(replaced)) if replaced else ""
    no_longer = words("say_offer_gone", titles="; ".join(titles_of(gone))) if gone else ""
    if not (codes and told["flags"]):
        return _compact("\n".join((changed, no_longer, *verdict_texts(check, today, first=False))))
    news = (
        words("say_offer_more_seen", count=str(len(added)), flags=_flag_lines(added, today))
        if added
        else words(
            "say_offer_left",
            count=str(len(codes)),
            gravest=titles_of(codes)[0],
            stale=stale_remark(codes[:1], today),
        )
    )
    advice = advice_for(codes, check.verdict)
    return _compact(f"{changed}\n{no_longer}\n{news}\n{advice}")


def say_again(
    dispatcher: CollectingDispatcher, told: Mapping[str, Any], today: date | None
) -> None:
    """The last verdict in a sentence or two, and that it is no permission."""
    if told["flags"]:
        say(
            dispatcher,
            "say_offer_again",
            count=str(len(told["flags"])),
            gravest=catalogue()[told["flags"][0]].title,
            stale=stale_remark(told["flags"][:1], today),
            advice=advice_for(told["flags"], Verdict(told["verdict"])),
        )
    elif told["verdict"] == Verdict.NOT_ENOUGH_KNOWN.value:
        say(dispatcher, "say_offer_again_not_enough")
    else:
        say(dispatcher, "say_offer_again_no_flags")


def advice_for(flags: Sequence[str], verdict: Verdict) -> str:
    """The next step: by the verdict where there are flags, which are never less than a caution."""
    if not flags:
        return words("say_offer_advice_no_flags")
    level = verdict if verdict in _GRADED else Verdict.CAUTION
    return words(f"say_offer_advice_{level.value}")


def summary(check: OfferCheck, text: str) -> dict[str, Any]:
    """What a verdict says and rests on, to see later whether it changed."""
    return {
        "verdict": check.verdict.value,
        "flags": codes_of(check),
        "signals": good_of(check),
        "facts": heard(text),
    }


def codes_of(check: OfferCheck) -> list[str]:
    """The flags without repeats, the gravest first."""
    order = list(Severity)
    found = dict.fromkeys(evidence.code for evidence in check.flags)
    return sorted(found, key=lambda code: -order.index(catalogue()[code].severity))


def good_of(check: OfferCheck) -> list[str]:
    """The good signals without repeats, as they stand in the text."""
    return list(dict.fromkeys(evidence.code for evidence in check.signals))


def stale_remark(codes: Iterable[str], today: date | None) -> str:
    """Since when what is said of these may have changed, and where to ask; empty while all is fresh.

    Where the day is not known, what has a term may be over it.
    """
    stale = [
        known.checked_on
        for known in map(catalogue().__getitem__, codes)
        if known.valid_days is not None and (today is None or not is_fresh(known, today))
    ]
    return words("say_offer_stale", date=day_in_words(min(stale))) if stale else ""


def _flag_lines(codes: list[str], today: date | None) -> str:
    return "\n".join(_flag_line(code, today) for code in codes)


def _flag_line(code: str, today: date | None) -> str:
    """A flag with its reason as of today."""
    known = catalogue()[code]
    remark = stale_remark((code,), today)
    return words("say_offer_flag", title=known.title, reason=known.reason, stale=remark)


def _good(check: OfferCheck, today: date | None) -> str:
    """The good signals, without those of a fact of which a red flag tells the opposite."""
    doubted = {code for told in TOLD_BY.values() for code in told if told & set(codes_of(check))}
    shown = [code for code in good_of(check) if code not in doubted][:MOST_GOOD]
    if not shown:
        return ""
    remark = stale_remark(shown, today)
    return words("say_offer_good", titles="; ".join(titles_of(shown)), stale=remark)


def _unknown(check: OfferCheck) -> str:
    names = (f"say_unknown_{fact}" for fact in still_unknown(check))
    known = [words(name) for name in names if name in wording().names]
    return words("say_offer_unknown", names=", ".join(known[:MOST_UNKNOWNS])) if known else ""


def _compact(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
