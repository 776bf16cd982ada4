"""Lists of licensed placement companies, and what they say about one that somebody names.

A list proves little: names are borrowed, lists grow old, and who is missing may only be written
otherwise. So an outcome never says whether an offer is genuine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.agency_names import (
    Likeness,
    closeness,
    likeness,
    read_licence,
    read_name,
    same_licence,
)

LIST_HOLDS = timedelta(days=30)
"""A list that is older may have changed: licences are suspended and given back within weeks."""
SAMPLE = "CONTOH"
"""A source with this word is made up, for tests and for showing the hotline."""
MOST_SHOWN = 3
"""Names that are shown where several may be meant."""


class AgencyState(StrEnum):
    """What a list says of a licence."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Outcome(StrEnum):
    """What the lists say about a company that somebody names."""

    LISTED = "listed"
    LISTED_BUT_EXPIRED = "listed_but_expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    LOOK_ALIKE = "look_alike"
    """Near to a listed name, and not it."""
    SEVERAL = "several"
    """Several listed names may be meant."""
    NUMBER_OF_ANOTHER = "number_of_another"
    """The licence number is not that of the named company."""
    NOT_LISTED = "not_listed"
    NO_LIST = "no_list"


LIST_STALE = "list_stale"
"""Stands beside an outcome that comes from a list older than `LIST_HOLDS`."""


@dataclass(frozen=True)
class Agency:
    """One line of a list; texts are as in the list, empty where it says nothing."""

    name: str
    state: AgencyState
    source: str
    as_of: date
    licence: str = ""
    valid_until: date | None = None
    address: str = ""
    branch: str = ""
    sanction: str = ""

    @property
    def is_sample(self) -> bool:
        """Whether it comes from a list that is made up."""
        return is_sample(self.source)


@dataclass(frozen=True)
class Findings:
    """What came of a look-up.

    `agencies` are the lines behind it, the nearest first; `lists` the sources that were searched
    with their dates; `by_number` when only a licence number was asked about.
    """

    outcome: Outcome
    agencies: tuple[Agency, ...] = ()
    lists: tuple[tuple[str, date], ...] = ()
    is_stale: bool = False
    is_sample: bool = False
    by_number: bool = False

    @property
    def code(self) -> str:
        """Outcome and age of the list as codes, for the fields of a case."""
        return f"{self.outcome}, {LIST_STALE}" if self.is_stale else str(self.outcome)


def is_sample(source: str) -> bool:
    """Whether the source of a list says that it is made up."""
    return SAMPLE in source.upper()


def is_stale(as_of: date, today: date) -> bool:
    """Whether a list may have changed since its date."""
    return today - as_of > LIST_HOLDS


def look_up(
    names: Sequence[str], licence: str, agencies: Sequence[Agency], today: date
) -> Findings:
    """What the lists say about a company.

    `names` are readings of one name, the fullest first; a licence number may stand with them or
    alone. Wherever several lines are about the same company the gravest counts.
    """
    if not agencies:
        return Findings(Outcome.NO_LIST)
    lists = tuple(sorted({(agency.source, agency.as_of) for agency in agencies}))
    outcome, found = _find(names, licence, agencies, today)
    dates = [agency.as_of for agency in found] or [as_of for _, as_of in lists]
    return Findings(
        outcome,
        found,
        lists,
        is_stale=any(is_stale(as_of, today) for as_of in dates),
        is_sample=any(is_sample(source) for source, _ in lists),
        by_number=bool(licence) and not names,
    )


def _find(
    names: Sequence[str], licence: str, agencies: Sequence[Agency], today: date
) -> tuple[Outcome, tuple[Agency, ...]]:
    number = licence if read_licence(licence) else ""
    owners = [each for each in agencies if number and same_licence(number, each.licence)]
    if not names:
        return _by_number(owners, today)
    alike = _by_name(names, agencies)
    if alike.same:
        if number and not _is_number_of(number, alike.same, owners):
            return Outcome.NUMBER_OF_ANOTHER, _distinct((*owners, *alike.same))
        return _of_one_company(alike.same, today)
    if owners:
        is_near = any(owner in (*alike.near, *alike.part) for owner in owners)
        outcome = Outcome.LOOK_ALIKE if is_near else Outcome.NUMBER_OF_ANOTHER
        return outcome, _distinct(owners)
    if alike.near:
        return Outcome.LOOK_ALIKE, _distinct(alike.near)
    meant = _distinct(alike.part)
    kinds = (Outcome.NOT_LISTED, Outcome.LOOK_ALIKE, Outcome.SEVERAL)
    return kinds[min(len(meant), 2)], meant


def _by_number(owners: Sequence[Agency], today: date) -> tuple[Outcome, tuple[Agency, ...]]:
    companies = _distinct(owners)
    if not companies:
        return Outcome.NOT_LISTED, ()
    if len(companies) > 1:
        return Outcome.SEVERAL, companies
    return _of_one_company(owners, today)


@dataclass(frozen=True)
class _Alike:
    """Lines of the same name, of names nearly the same, and of names that hold it; nearest first."""

    same: Sequence[Agency] = ()
    near: Sequence[Agency] = ()
    part: Sequence[Agency] = ()


def _by_name(names: Sequence[str], agencies: Sequence[Agency]) -> _Alike:
    """Of each kind those of the first reading that has any."""
    found: dict[Likeness, list[Agency]] = {}
    for written in names:
        asked = read_name(written)
        alike: dict[Likeness, list[Agency]] = {}
        for agency in sorted(agencies, key=lambda each: -closeness(asked, read_name(each.name))):
            alike.setdefault(likeness(asked, read_name(agency.name)), []).append(agency)
        found = {**alike, **found}
    return _Alike(*(found.get(kind, ()) for kind in (Likeness.SAME, Likeness.NEAR, Likeness.PART)))


def _is_number_of(number: str, same: Sequence[Agency], owners: Sequence[Agency]) -> bool:
    """Whether a number may be that of these lines: it is, or no list tells theirs."""
    if any(same_licence(number, agency.licence) for agency in same):
        return True
    return not owners and not any(agency.licence for agency in same)


def _of_one_company(lines: Sequence[Agency], today: date) -> tuple[Outcome, tuple[Agency, ...]]:
    """Its outcome; lines of branches count only where there is none of the company itself."""
    own = [agency for agency in lines if not agency.branch] or list(lines)
    gravest = max(own, key=lambda agency: (_GRAVITY.index(state_on(agency, today)), agency.as_of))
    return _OUTCOMES[state_on(gravest, today)], (gravest,)


def state_on(agency: Agency, today: date) -> AgencyState:
    """The state of a licence on a day: one that has run out is expired, whatever the list says."""
    is_over = agency.valid_until is not None and agency.valid_until < today
    return AgencyState.EXPIRED if agency.state is AgencyState.ACTIVE and is_over else agency.state


_OUTCOMES = {
    AgencyState.ACTIVE: Outcome.LISTED,
    AgencyState.EXPIRED: Outcome.LISTED_BUT_EXPIRED,
    AgencyState.SUSPENDED: Outcome.SUSPENDED,
    AgencyState.REVOKED: Outcome.REVOKED,
}
# A licence that was renewed stands beside the old one: expired is no graver than listed.
_GRAVITY = (
    AgencyState.EXPIRED,
    AgencyState.ACTIVE,
    AgencyState.SUSPENDED,
    AgencyState.REVOKED,
)


def _distinct(agencies: Iterable[Agency]) -> tuple[Agency, ...]:
    """One line for each company, in their order."""
    first: dict[str, Agency] = {}
    for agency in agencies:
        first.setdefault(read_name(agency.name).letters, agency)
    return tuple(first.values())
