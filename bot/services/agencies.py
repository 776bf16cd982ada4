"""Lists of placement companies: taking one in, and what people hear about a company they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from bot.domain.agencies import (
    MOST_SHOWN,
    Agency,
    AgencyState,
    Findings,
    Outcome,
    look_up,
    state_on,
)
from bot.domain.calendar_words import day_in_words
from bot.domain.messages import Reply
from bot.ports import Wording
from bot.store.unit_of_work import SqlUnitOfWork

SMALLEST_SHARE = 0.5
"""A list with fewer lines than this share of the one before was more likely cut off than shortened."""


class SmallerListError(Exception):
    """A new list has less than half the lines of the one that it would replace."""


@dataclass(frozen=True)
class Imported:
    """A list that was taken in: how many lines it has, and how many the one before had."""

    source: str
    as_of: date
    count: int
    before: int


def import_lists(
    uow: SqlUnitOfWork, agencies: Sequence[Agency], now: datetime, *, force: bool
) -> tuple[Imported, ...]:
    """Put each source's lines in the place of its list; all of them or, when one is refused, none.

    Raises `SmallerListError` for a list that is much smaller than before, unless forced.
    """
    before = {known.source: known.count for known in uow.agencies.lists()}
    done: list[Imported] = []
    for source, lines in groupby(sorted(agencies, key=_source), key=_source):
        ours = list(lines)
        had = before.get(source, 0)
        if len(ours) < had * SMALLEST_SHARE and not force:
            raise SmallerListError(f"{source}: {len(ours)} companies, {had} before")
        uow.agencies.replace(source, ours, now)
        done.append(Imported(source, ours[0].as_of, len(ours), had))
    return tuple(done)


def find_agency(uow: SqlUnitOfWork, names: Sequence[str], licence: str, today: date) -> Findings:
    """What the lists say about a company; `names` are readings of one name, the fullest first."""
    return look_up(names, licence, uow.agencies.all(), today)


def say_findings(found: Findings, wording: Wording, today: date, *, in_offer: bool) -> Reply:
    """What a person hears: what was found, how sure that is, and how to check it.

    Beside a verdict on an offer it is short: the verdict itself says whom to ask.
    """
    names = [_name(agency, wording, today) for agency in found.agencies[:MOST_SHOWN]]
    lists = [_list(source, as_of, wording) for source, as_of in found.lists]
    values = {"names": "; ".join(names), "lists": "; ".join(lists)}
    if found.agencies:
        nearest = found.agencies[0]
        values |= {"source": nearest.source, "date": day_in_words(nearest.as_of)}
    said = ["say_agency_sample"] if found.is_sample else []
    if found.by_number and found.agencies:
        said.append("say_agency_owner")
    if not (found.by_number and found.outcome is Outcome.SEVERAL):
        said.append(f"say_agency_{found.outcome.value}")
    if found.is_stale:
        said.append("say_agency_list_stale")
    if not in_offer:
        said.append("say_agency_how_to_check")
    return Reply("\n".join(wording.say(name, **values).text for name in said))


def _source(agency: Agency) -> str:
    return agency.source


def _name(agency: Agency, wording: Wording, today: date) -> str:
    """A listed name, with what is wrong with its licence."""
    state = state_on(agency, today)
    if state is AgencyState.ACTIVE:
        return agency.name
    return wording.say(f"say_agency_near_{state.value}", company=agency.name).text


def _list(source: str, as_of: date, wording: Wording) -> str:
    return wording.say("say_agency_list", source=source, date=day_in_words(as_of)).text
