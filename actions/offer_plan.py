"""Which questions an offer still deserves, in which order, and how many at most."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from actions.offer_facts import KEY_FACTS, is_grave, is_known, still_unknown
from bot.language.facts import household_ban
from bot.language.types import OfferCheck

STORY = "offer__story"
HEARD = "offer__heard"
WRONG = "offer__wrong"
WHICH = "offer__which"
AGENCY = "offer__agency"
DEPARTURE = "offer__departure"

MOST_ANSWERS = 6
"""Answers that anybody gives before the verdict, the offer itself and "benar" included."""
MOST_ANSWERS_RICH = 2
RICH = 4
"""Key facts from which an offer counts as told well."""
MOST_AFTER_VERDICT = 3
"""Questions after a grave verdict, the departure included."""
WORTH_REPEATING = 2
"""Facts from which it is worth asking whether they were understood rightly."""

_ORDER = ("country", "visa", "fee", "job", "agency", "contract", "departure")
"""By what an answer can change: country and visa alone can make an offer critical, the fee, the
agency and the contract serious; the departure changes how soon somebody must look."""


def first_questions(check: OfferCheck, *, told: int, departs: bool, spent: int = 1) -> list[str]:
    """The questions about an offer that was just told.

    `told` is how many facts can be repeated to the person, `departs` whether it is known when
    she leaves. `spent` counts the messages in which she told it or declined to; those of a rich
    advertisement are no answers.
    """
    if is_grave(check):
        return after_verdict(check, (), departs=departs)
    heard = [HEARD] if told >= WORTH_REPEATING else []
    is_rich = sum(is_known(check, fact) for fact in KEY_FACTS) >= RICH
    most = MOST_ANSWERS_RICH if is_rich else MOST_ANSWERS - spent
    return [*heard, *_unknown(check)[: most - len(heard)]]


def after_verdict(check: OfferCheck, planned: Iterable[str], *, departs: bool) -> list[str]:
    """The questions after a grave verdict: when she leaves, then what was or is worth asking."""
    wanted = list(planned) or _unknown(check)
    rest = [question for question in wanted if question not in (HEARD, DEPARTURE)]
    departure = [] if departs else [DEPARTURE]
    return [*departure, *rest][:MOST_AFTER_VERDICT]


def still_open(questions: Iterable[str], check: OfferCheck, slots: dict[str, Any]) -> list[str]:
    """The questions that neither an answer nor the offer's text has settled meanwhile."""
    return [
        question
        for question in questions
        if slots.get(question) is None and not _is_told(question, check)
    ]


def question_for(fact: str) -> str:
    """The slot whose question asks for a fact."""
    return f"offer__{fact}"


def _is_told(question: str, check: OfferCheck) -> bool:
    fact = question.removeprefix("offer__")
    return fact in KEY_FACTS and question != DEPARTURE and is_known(check, fact)


def _unknown(check: OfferCheck) -> list[str]:
    """All that is unknown, what could change the verdict most first.

    Where work in households is banned, the job decides before anything else.
    """
    order = list(_ORDER)
    if check.facts.get("country") in household_ban():
        order.sort(key=lambda fact: fact != "job")
    unknown = set(still_unknown(check))
    return [question_for(fact) for fact in order if fact in unknown]
