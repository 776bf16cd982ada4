"""When a shift may end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.handover import Commitment, Missing, taken_on, unfulfilled

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
LATER, BEFORE = NOW + timedelta(hours=2), NOW - timedelta(minutes=1)


def step(owner: str = "budi", due: datetime = LATER, accepted: datetime | None = NOW) -> Commitment:
    """A next step of the case."""
    return Commitment("case", owner, due, accepted)


@pytest.mark.parametrize(
    ("steps", "missing"),
    [
        ([], Missing.NO_STEP),
        ([step(due=BEFORE)], Missing.OVERDUE),
        ([step(due=NOW)], Missing.OVERDUE),
        ([step(owner="ani")], Missing.NOT_ON_NEXT_SHIFT),
        ([step(accepted=None)], Missing.NOT_ACCEPTED),
        ([step()], None),
        ([step(due=BEFORE), step(accepted=None)], Missing.NOT_ACCEPTED),  # the nearest to done
        ([step(owner="ani"), step()], None),  # one step in good hands is enough
    ],
)
def test_a_shift_ends_when_the_next_one_has_said_yes(
    steps: list[Commitment], missing: Missing | None
) -> None:
    """A step, a time that has not passed, an owner on the next shift, and their yes."""
    found = unfulfilled(["case"], {"case": steps}, coming=["budi"], now=NOW)
    assert found == ({} if missing is None else {"case": missing})


def test_each_case_counts_for_itself() -> None:
    """One case in good hands frees nobody from the other; without grave cases nothing holds."""
    assert unfulfilled(["one", "two"], {"one": [step()]}, ["budi"], NOW) == {"two": Missing.NO_STEP}
    assert unfulfilled([], {}, ["budi"], NOW) == {}


def test_without_anybody_to_come_a_case_stays() -> None:
    """An empty plan hands nothing over."""
    assert unfulfilled(["case"], {"case": [step()]}, [], NOW) == {"case": Missing.NOT_ON_NEXT_SHIFT}


def test_a_case_goes_to_whoever_said_yes_first_to_be_due() -> None:
    """At the end of a shift, and only to somebody on the next one."""
    steps = [step(due=LATER), step(owner="citra", due=LATER + timedelta(hours=1))]
    assert taken_on(["case"], {"case": steps}, ["budi", "citra"], NOW) == {"case": "budi"}
    assert taken_on(["case"], {"case": steps}, ["citra"], NOW) == {"case": "citra"}
    assert taken_on(["case"], {"case": steps}, ["dewi"], NOW) == {}
    assert taken_on(["case"], {}, ["budi"], NOW) == {}
