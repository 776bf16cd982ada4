"""What a look-up in the lists comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.agencies import Agency, AgencyState, Outcome, look_up

TODAY = date(2026, 11, 21)
LISTED = Agency(
    "PT Rembulan Pagi Lestari",
    AgencyState.ACTIVE,
    "Daftar A",
    date(2026, 11, 1),
    licence="SIP3MI 102/2021",
    valid_until=date(2027, 3, 14),
)
OTHERS = (
    replace(LISTED, name="PT Embun Cempaka Persada", licence="SIP3MI 115/2021"),
    replace(LISTED, name="PT Embun Kenanga Persada", licence="SIP3MI 116/2021"),
    replace(LISTED, name="LPK Kelopak Salju", licence=""),
)
AGENCIES = (LISTED, *OTHERS)


@pytest.mark.parametrize(
    ("names", "licence", "outcome"),
    [
        (("PT. Rembulan Pagi Lestari",), "", Outcome.LISTED),
        (("PT Rembulan Pagi Lestari Malang", "PT Rembulan Pagi Lestari"), "", Outcome.LISTED),
        (("rembulan pagi lestari itu", "rembulan pagi lestari"), "", Outcome.LISTED),
        (("PT Rembulan Pagi Lestari",), "102/2021", Outcome.LISTED),
        (("LPK Kelopak Salju",), "", Outcome.LISTED),
        ((), "sip3mi no 102 tahun 2021", Outcome.LISTED),
        (("PT Rembulan Pagi Lestary",), "", Outcome.LOOK_ALIKE),
        (("CV Rembulan Pagi Lestari",), "", Outcome.LOOK_ALIKE),
        (("PT Rembulan Pagi",), "", Outcome.LOOK_ALIKE),
        (("PT Rembulan Pagi Lestary",), "102/2021", Outcome.LOOK_ALIKE),
        (("PT Embun",), "", Outcome.SEVERAL),
        (("PT Embun Persada",), "", Outcome.SEVERAL),
        (("PT Rembulan Pagi Lestari",), "115/2021", Outcome.NUMBER_OF_ANOTHER),
        (("PT Rembulan Pagi Lestari",), "999/2021", Outcome.NUMBER_OF_ANOTHER),
        (("PT Maju Mundur",), "115/2021", Outcome.NUMBER_OF_ANOTHER),
        (("LPK Kelopak Salju",), "115/2021", Outcome.NUMBER_OF_ANOTHER),
        (("LPK Kelopak Salju",), "999/2021", Outcome.LISTED),
        (("PT Maju Mundur",), "", Outcome.NOT_LISTED),
        (("PT Maju Mundur",), "999/2021", Outcome.NOT_LISTED),
        ((), "999/2021", Outcome.NOT_LISTED),
    ],
)
def test_a_look_up_has_one_outcome(names: tuple[str, ...], licence: str, outcome: Outcome) -> None:
    """By name, by number, by both; number and name must belong together."""
    assert look_up(names, licence, AGENCIES, TODAY).outcome is outcome


@pytest.mark.parametrize(
    ("state", "until", "outcome"),
    [
        (AgencyState.ACTIVE, None, Outcome.LISTED),
        (AgencyState.ACTIVE, TODAY, Outcome.LISTED),
        (AgencyState.ACTIVE, TODAY - timedelta(days=1), Outcome.LISTED_BUT_EXPIRED),
        (AgencyState.EXPIRED, TODAY + timedelta(days=1), Outcome.LISTED_BUT_EXPIRED),
        (AgencyState.SUSPENDED, None, Outcome.SUSPENDED),
        (AgencyState.SUSPENDED, TODAY - timedelta(days=1), Outcome.SUSPENDED),
        (AgencyState.REVOKED, TODAY + timedelta(days=1), Outcome.REVOKED),
    ],
)
def test_the_state_of_the_licence_is_told(
    state: AgencyState, until: date | None, outcome: Outcome
) -> None:
    """A licence that ran out is expired on the day after its last; the rest is as listed."""
    agency = replace(LISTED, state=state, valid_until=until)
    assert look_up((LISTED.name,), "", (agency, *OTHERS), TODAY).outcome is outcome


def test_without_a_list_nothing_is_said_of_the_name() -> None:
    """No list is another thing than not listed."""
    found = look_up(("PT Maju Mundur",), "1/2020", (), TODAY)
    assert (found.outcome, found.agencies, found.is_stale) == (Outcome.NO_LIST, (), False)


def test_the_gravest_of_several_lists_counts() -> None:
    """Who is active in one list and revoked in another is revoked."""
    revoked = replace(LISTED, state=AgencyState.REVOKED, source="Daftar sanksi")
    for agencies in ((LISTED, revoked), (revoked, LISTED)):
        found = look_up((LISTED.name,), "", agencies, TODAY)
        assert found.outcome is Outcome.REVOKED
        assert found.agencies[0].source == "Daftar sanksi"


def test_a_renewed_licence_counts_beside_the_old_one() -> None:
    """The line of the licence that ran out is left in many lists."""
    old = replace(LISTED, state=AgencyState.EXPIRED, licence="SIP3MI 7/2016")
    assert look_up((LISTED.name,), "", (old, LISTED), TODAY).outcome is Outcome.LISTED


def test_a_branch_does_not_speak_for_the_company() -> None:
    """A revoked branch leaves the company listed; alone it is all that is known."""
    branch = replace(LISTED, state=AgencyState.REVOKED, branch="Kendal")
    assert look_up((LISTED.name,), "", (LISTED, branch), TODAY).outcome is Outcome.LISTED
    assert look_up((LISTED.name,), "", (branch,), TODAY).outcome is Outcome.REVOKED


@pytest.mark.parametrize(("days", "stale"), [(0, False), (30, False), (31, True)])
@pytest.mark.parametrize("name", [LISTED.name, "PT Rembulan Pagi Lestary", "PT Maju Mundur"])
def test_an_old_list_is_told_whatever_the_outcome(name: str, days: int, stale: bool) -> None:
    """More than thirty days: the outcome stands, and its age beside it."""
    agencies = tuple(replace(each, as_of=TODAY - timedelta(days=days)) for each in AGENCIES)
    found = look_up((name,), "", agencies, TODAY)
    assert found.is_stale is stale
    assert found.code == (f"{found.outcome}, list_stale" if stale else found.outcome)


def test_who_is_missing_is_missing_from_every_list() -> None:
    """One old list among new ones makes "not listed" old; a find in the new one stays new."""
    old = replace(OTHERS[0], source="Daftar B", as_of=TODAY - timedelta(days=90))
    assert look_up(("PT Maju Mundur",), "", (LISTED, old), TODAY).is_stale
    assert not look_up((LISTED.name,), "", (LISTED, old), TODAY).is_stale
    assert look_up((LISTED.name,), "", (LISTED, old), TODAY).lists == (
        ("Daftar A", LISTED.as_of),
        ("Daftar B", old.as_of),
    )


def test_a_sample_list_marks_every_look_up() -> None:
    """Also the find in another list: whoever reads it must know that this is practice."""
    made_up = replace(OTHERS[0], source="contoh, bukan data resmi")
    assert look_up((LISTED.name,), "", (LISTED, made_up), TODAY).is_sample
    assert not look_up((LISTED.name,), "", AGENCIES, TODAY).is_sample


def test_the_nearest_name_comes_first_and_each_once() -> None:
    """Branches of one company are one name."""
    far = replace(LISTED, name="PT Rembulan Pagii Lestari")
    twin = replace(LISTED, branch="Kendal")
    found = look_up(("PT Rembulan Pagi Lestary",), "", (far, LISTED, twin), TODAY)
    assert [each.name for each in found.agencies] == [LISTED.name, far.name]


def test_a_number_of_two_companies_names_both() -> None:
    """A list may hold the same number twice: nobody is chosen."""
    twin = replace(OTHERS[0], licence=LISTED.licence)
    found = look_up((), "102/2021", (LISTED, twin), TODAY)
    assert found.outcome is Outcome.SEVERAL
    assert {each.name for each in found.agencies} == {LISTED.name, twin.name}
