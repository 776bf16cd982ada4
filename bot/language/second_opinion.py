"""What the model of sayings thinks of the flags that patterns found, and which ones it adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from bot.language.flags import flag_patterns
from bot.language.matching import Match
from bot.language.sayings import Heard


class Trust(NamedTuple):
    """Margins of the model of sayings that decide about the words of a flag.

    Up to `unheard` the words of a pattern are taken for something else, up to `doubted` they are
    doubted, above `heard` words without a pattern count.
    """

    unheard: float
    doubted: float
    heard: float


TRUST = (Trust(-9.0, -9.0, 0.0), Trust(-9.0, -0.5, 0.2), Trust(-0.4, 0.3, 0.4))
"""By the number of good signs beside the flag, the last for more: honest offers name them, and
words of which the model knows nothing are still those of a scam where nobody names any, so that
nothing is doubted there, and beside a single one nothing is taken out: it may be one answer. Chosen by cross-validation; docs/red-flag-check.md has the table."""

UNHEARD_ALONE = {"destination_switch": -0.7, "free_everything_bait": -0.8}
"""The first margin for codes whose patterns take much for what it is not, beside no good sign as
well; not in a text of one clause, of which the model knows too little."""

SURE = 0.45
"""Margin above which the model is right even where a pattern was taken back among the words."""

_FEWEST_WORDS = 5
"""Words of a clause that says a flag; "gratis" alone says none."""

_SHORT_ANSWER = 3
"""A clause of fewer words is an answer in the guided check, of which the model knows nothing."""

_TOLD = frozenset({"non_work_visa"})
"""What people answer when they are asked: not doubted beside one good sign, which may be an answer."""

_DERIVED = frozenset({"underage_recruit", "middle_east_domestic_ban", "unrealistic_salary"})
"""Flags of ages, places and sums rather than of words."""

_BANNED = "middle_east_domestic_ban"
_BANNED_FROM = 0.1
"""Margin above which words of household work count beside a country of the ban."""


class MayAdd(Protocol):
    """Whether words without a pattern may count; `sure` when the model is."""

    def __call__(self, match: Match, *, sure: bool) -> bool:
        """Judge one match."""


def second_opinion(
    heard: Heard, found: Mapping[str, Match], may_add: MayAdd, *, banned: bool
) -> tuple[dict[str, Match], frozenset[str]]:
    """The flags and signs with those that only the model hears, without those it does not at all.

    With the codes that it doubts. What rules derive from facts is never taken out; household work
    may be added beside a country that is `banned` for it.
    """
    red = flag_patterns().red
    kept = dict(found)
    doubtful = set()
    signs = min(len(found.keys() - red), len(TRUST) - 1)
    trust = TRUST[signs]
    told = _TOLD if signs < len(TRUST) - 1 else frozenset()
    alone = UNHEARD_ALONE if len(heard.parts) > 1 else {}
    for code in sorted(found.keys() & red):
        start, end = found[code].start, found[code].end
        margin = heard.at(code, start, end)
        if margin is None or code in told or heard.is_short(start, end, _SHORT_ANSWER):
            continue
        unheard = max(trust.unheard, alone.get(code, trust.unheard))
        if margin <= unheard and code not in _DERIVED:
            del kept[code]
        elif margin <= (unheard if code in _DERIVED else trust.doubted):
            doubtful.add(code)
    silent = _DERIVED - {_BANNED} if banned else _DERIVED
    for code in sorted((red & heard.places.keys()) - kept.keys() - silent):
        part, margin = heard.surest(code)
        match = Match(code, part.start, part.end)
        enough = margin > (_BANNED_FROM if code == _BANNED else trust.heard)
        long = match.end - match.start >= _FEWEST_WORDS
        if enough and long and may_add(match, sure=margin > SURE):
            kept[code] = match
    return kept, frozenset(doubtful)
