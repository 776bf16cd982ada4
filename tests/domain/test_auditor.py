"""Each finding of the auditor, and the moment before it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from bot.domain.audit_facts import (
    Calls,
    CanaryRun,
    Facts,
    Surroundings,
    TelegramDoor,
    UrgentCase,
    Waiting,
)
from bot.domain.audit_words import TITLES, WORDS
from bot.domain.auditor import (
    AUDITOR,
    HEARTBEAT,
    LOW_DISK,
    NO_DISK,
    Code,
    Severity,
    audit,
    is_grave,
    outside,
)
from bot.language.types import Urgency
from bot.settings import ROOT
from tests.hotline import START

FIELD = re.compile(r"\{(\w+)\}")
NOW = START
LOOPS = {"loop turns": NOW, "loop pages": NOW, "loop escalations": NOW}
HEALTHY = {**LOOPS, AUDITOR: NOW}
WATCHING = Surroundings(watching_since=NOW - timedelta(hours=3))


def ago(**by: float) -> datetime:
    """A moment before now, by the arguments of timedelta."""
    return NOW - timedelta(**by)


def case(urgency: Urgency = Urgency.EMERGENCY, **more: object) -> UrgentCase:
    """An open case that came in an hour ago."""
    return UrgentCase("TD-7K3MQX", urgency, **{"since": ago(hours=1), **more})  # type: ignore[arg-type]


def codes(facts: Facts, around: Surroundings = WATCHING) -> list[tuple[Code, str]]:
    """What is found, without its words."""
    return [(each.code, each.about) for each in audit(facts, around, NOW)]


def calm(**more: object) -> Facts:
    """A hotline on which all is well but what is named."""
    return Facts(**{"beats": HEALTHY, **more})  # type: ignore[arg-type]


def test_nothing_is_found_where_all_is_well() -> None:
    """Cases that somebody has, fresh beats and a good test report make no finding."""
    facts = calm(
        cases=(
            case(paging_due=ago(seconds=-90), rings_since=ago(minutes=5)),
            case(is_answered=True),
            case(is_held=True),
            case(Urgency.URGENT, step_due=ago(hours=-5)),
        ),
        calls=(Calls("whatsapp", 40, 1, ago(minutes=1), ago(minutes=3), 0, 38),),
        newest=NOW,
        clock_off=timedelta(seconds=1),
        canary=CanaryRun("r", ago(minutes=50), "c", ago(minutes=50), ago(minutes=50)),
        canary_good_at=ago(minutes=50),
    )
    around = Surroundings(
        watching_since=ago(hours=3),
        free=2 * LOW_DISK,
        telegram=TelegramDoor(3, ago(hours=1)),
        has_heartbeat=True,
        canary_every=timedelta(hours=1),
    )
    assert audit(facts, around, NOW) == ()


CASES: list[tuple[UrgentCase, list[tuple[Code, str]]]] = [
    (case(), [(Code.NO_NEXT_STEP, "TD-7K3MQX")]),
    (case(Urgency.URGENT), [(Code.NO_NEXT_STEP, "TD-7K3MQX")]),
    (case(since=ago(seconds=90)), []),
    (case(is_answered=True), []),
    (case(is_held=True), []),
    (case(is_answered=True, touched_at=ago(hours=11.9), since=ago(hours=99)), []),
    (case(is_answered=True, touched_at=ago(hours=12)), [(Code.NO_NEXT_STEP, "TD-7K3MQX")]),
    (case(is_answered=True, since=ago(hours=12)), [(Code.NO_NEXT_STEP, "TD-7K3MQX")]),
    (case(is_answered=True, is_held=True, touched_at=ago(hours=99)), []),
    (case(is_answered=True, paging_due=NOW, touched_at=ago(hours=99)), []),
    (case(is_answered=True, step_due=NOW, touched_at=ago(hours=99)), []),
    (case(Urgency.URGENT, is_answered=True, touched_at=ago(hours=23.9)), []),
    (
        case(Urgency.URGENT, is_answered=True, touched_at=ago(hours=24)),
        [(Code.NO_NEXT_STEP, "TD-7K3MQX")],
    ),
    (case(step_due=ago(minutes=4)), []),
    (case(step_due=ago(minutes=6)), [(Code.STEP_OVERDUE, "TD-7K3MQX")]),
    (case(step_due=ago(minutes=6), is_held=True), []),
    (case(step_due=ago(minutes=6), paging_due=NOW), []),
    (case(paging_due=ago(minutes=6), step_due=NOW), [(Code.STEP_OVERDUE, "TD-7K3MQX")]),
    (case(paging_due=NOW, rings_since=ago(minutes=29)), []),
    (case(paging_due=NOW, rings_since=ago(minutes=31)), [(Code.NOBODY_ANSWERS, "TD-7K3MQX")]),
    (case(Urgency.URGENT, paging_due=NOW, rings_since=ago(hours=9)), []),
]


@pytest.mark.parametrize(("found", "expected"), CASES)
def test_cases_without_a_next_step(found: UrgentCase, expected: list[tuple[Code, str]]) -> None:
    """Somebody is paged in time, has it, talks to the person or planned something: else a finding."""
    assert codes(calm(cases=(found,))) == expected


def test_an_emergency_is_grave_and_an_urgent_case_waits_for_the_morning() -> None:
    """Only what cannot wait stops the heartbeat."""
    (emergency,) = audit(calm(cases=(case(),)), WATCHING, NOW)
    (urgent,) = audit(calm(cases=(case(Urgency.URGENT),)), WATCHING, NOW)
    assert (emergency.severity, urgent.severity) == (Severity.GRAVE, Severity.WARNING)
    assert is_grave((emergency,))
    assert not is_grave((urgent,))


STORE: list[tuple[dict[str, object], list[tuple[Code, str]]]] = [
    ({"waiting": (Waiting("turn", 2, ago(minutes=4)),)}, []),
    ({"waiting": (Waiting("turn", 2, ago(minutes=6)),)}, [(Code.STUCK, "turn")]),
    ({"waiting": (Waiting("page", 1, ago(minutes=1)),)}, []),
    ({"waiting": (Waiting("page", 1, ago(minutes=3)),)}, [(Code.STUCK, "page")]),
    ({"waiting": (Waiting("reply", 9, ago(minutes=4)),)}, []),
    ({"waiting": (Waiting("reply", 9, ago(minutes=6)),)}, [(Code.STUCK, "reply")]),
    ({"waiting": (Waiting("ring", 1, ago(minutes=6)),)}, [(Code.STUCK, "ring")]),
    ({"leases": (Waiting("turn", 1, ago(minutes=1)),)}, []),
    ({"leases": (Waiting("turn", 1, ago(minutes=3)),)}, [(Code.LEASE_LOST, "turn")]),
    ({"beats": {}}, [(Code.WORKER_STOPPED, "")]),
    ({"beats": dict.fromkeys(LOOPS, ago(seconds=59))}, []),
    ({"beats": dict.fromkeys(LOOPS, ago(seconds=61))}, [(Code.WORKER_STOPPED, "")]),
    ({"beats": LOOPS | {"loop pages": ago(minutes=2)}}, [(Code.LOOP_STOPPED, "pages")]),
    ({"beats": LOOPS | {"loop pages": ago(minutes=-9)}}, [(Code.LOOP_STOPPED, "pages")]),
    ({"beats": LOOPS | {"door whatsapp": ago(days=2), "call sms": ago(days=9)}}, []),
    ({"clock_off": timedelta(seconds=29)}, []),
    ({"clock_off": timedelta(seconds=31)}, [(Code.CLOCK_DIFFERS, "")]),
    ({"clock_off": timedelta(seconds=-31)}, [(Code.CLOCK_DIFFERS, "")]),
    ({"newest": ago(minutes=-1)}, []),
    ({"newest": ago(minutes=-3)}, [(Code.FUTURE_ROWS, "")]),
    ({"calls": (Calls("email", 0, 2, None, NOW),)}, []),
    ({"calls": (Calls("email", 0, 3, None, NOW),)}, [(Code.PROVIDER_FAILS, "email")]),
    ({"calls": (Calls("sms", 3, 3, ago(minutes=9), NOW),)}, [(Code.PROVIDER_FAILS, "sms")]),
    ({"calls": (Calls("sms", 4, 3, ago(minutes=9), NOW),)}, []),
    ({"calls": (Calls("sms", 3, 3, NOW, ago(minutes=1)),)}, []),
    ({"calls": (Calls("sms", 5, 0, NOW, None, 4, 0),)}, []),
    ({"calls": (Calls("sms", 5, 0, NOW, None, 5, 0),)}, [(Code.CALLBACKS_STOPPED, "sms")]),
    ({"calls": (Calls("sms", 9, 0, NOW, None, 5, 1),)}, []),
    ({"unreadable": 1}, [(Code.UNREADABLE, "")]),
    ({"refused_lately": 19}, []),
    ({"refused_lately": 20}, [(Code.QUARANTINE_GROWS, "")]),
]


@pytest.mark.parametrize(("facts", "expected"), STORE)
def test_what_is_wrong_in_the_store(
    facts: dict[str, object], expected: list[tuple[Code, str]]
) -> None:
    """Stuck rows, lost leases, loops, clocks, providers, keys and refused requests, each alone."""
    assert codes(calm(**facts)) == expected


AROUND: list[tuple[Surroundings, list[tuple[Code, str]]]] = [
    (Surroundings(ago(hours=1), jumped_by=timedelta(seconds=29)), []),
    (Surroundings(ago(hours=1), jumped_by=timedelta(seconds=31)), [(Code.CLOCK_JUMPED, "")]),
    (Surroundings(ago(hours=1), jumped_by=timedelta(hours=-1)), [(Code.CLOCK_JUMPED, "")]),
    (Surroundings(ago(hours=1), free=LOW_DISK), []),
    (Surroundings(ago(hours=1), free=LOW_DISK - 1), [(Code.DISK_LOW, "")]),
    (Surroundings(ago(hours=1), free=NO_DISK), [(Code.DISK_LOW, "")]),
    (Surroundings(ago(hours=1), free=NO_DISK - 1), [(Code.DISK_FULL, "")]),
    (Surroundings(ago(hours=1), unwritable="OperationalError"), [(Code.UNWRITABLE, "")]),
    (Surroundings(ago(hours=1), telegram=TelegramDoor(5, ago(minutes=11))), []),
    (Surroundings(ago(hours=1), telegram=TelegramDoor(0, ago(minutes=9))), []),
    (
        Surroundings(ago(hours=1), telegram=TelegramDoor(5, ago(minutes=9))),
        [(Code.WEBHOOK_BROKEN, "")],
    ),
    (Surroundings(ago(hours=1), telegram=TelegramDoor(down_since=ago(minutes=3))), []),
    (
        Surroundings(ago(hours=1), telegram=TelegramDoor(down_since=ago(minutes=5))),
        [(Code.TELEGRAM_DOWN, "")],
    ),
]


@pytest.mark.parametrize(("around", "expected"), AROUND)
def test_what_is_wrong_around_the_store(
    around: Surroundings, expected: list[tuple[Code, str]]
) -> None:
    """Clock, disk, writing and Telegram; the same is found when the store tells nothing."""
    assert codes(calm(), around) == expected
    assert [(each.code, each.about) for each in outside(around, NOW)] == expected


def run(started_at: datetime, **more: object) -> CanaryRun:
    """A test report."""
    return CanaryRun("r", started_at, "c", **more)  # type: ignore[arg-type]


CANARIES: list[tuple[dict[str, object], list[Code]]] = [
    ({"canary": None, "canary_good_at": None}, [Code.CANARY_LATE]),
    ({"canary": run(ago(seconds=100)), "canary_good_at": ago(minutes=62)}, []),
    ({"canary": run(ago(seconds=121)), "canary_good_at": ago(minutes=62)}, [Code.CANARY_FAILED]),
    (
        {"canary": run(ago(seconds=9), problem="no_case"), "canary_good_at": ago(minutes=60)},
        [Code.CANARY_FAILED],
    ),
    (
        {"canary": run(ago(minutes=71), acknowledged_at=ago(minutes=71))}
        | {"canary_good_at": ago(minutes=71)},
        [Code.CANARY_LATE],
    ),
    (
        {"canary": run(ago(minutes=69), acknowledged_at=ago(minutes=69))}
        | {"canary_good_at": ago(minutes=69)},
        [],
    ),
]


@pytest.mark.parametrize(("facts", "expected"), CANARIES)
def test_test_reports_that_fail_or_stay_away(
    facts: dict[str, object], expected: list[Code]
) -> None:
    """Two minutes for one, ten minutes' grace for the next; where none are sent nothing is missed."""
    around = Surroundings(watching_since=ago(hours=3), canary_every=timedelta(hours=1))
    assert [code for code, _ in codes(calm(**facts), around)] == expected
    assert codes(calm(**facts), WATCHING) == []


def test_a_watchman_that_has_just_begun_waits_for_the_first_beats() -> None:
    """After a night in which everything was off nobody is woken by what is just starting."""
    old = calm(beats=dict.fromkeys(LOOPS, ago(hours=9)), canary_good_at=ago(hours=9))
    just_begun = Surroundings(ago(seconds=59), canary_every=timedelta(hours=1))
    assert codes(old, just_begun) == []
    assert codes(old, Surroundings(ago(seconds=61))) == [(Code.WORKER_STOPPED, "")]


def test_whoever_looks_in_passing_also_looks_at_the_watchman() -> None:
    """Doctor and console see that nobody watches; the watchman does not judge itself."""
    passing = Surroundings(has_heartbeat=True)
    late = LOOPS | {AUDITOR: ago(minutes=4), HEARTBEAT: ago(minutes=11)}
    assert [code for code, _ in codes(calm(beats=late), passing)] == [
        Code.WATCHMAN_STOPPED,
        Code.HEARTBEAT_LATE,
    ]
    assert [code for code, _ in codes(calm(beats=LOOPS), passing)] == [Code.WATCHMAN_STOPPED]
    assert codes(calm(), passing) == []
    assert codes(calm(beats=late)) == []


def test_the_grave_stands_first() -> None:
    """Whoever reads one line reads the one that matters most."""
    facts = calm(cases=(case(Urgency.URGENT), case()), refused_lately=50, unreadable=3)
    severities = [each.severity for each in audit(facts, WATCHING, NOW)]
    assert severities == [Severity.GRAVE] * 2 + [Severity.WARNING] * 2


@pytest.mark.parametrize("code", Code)
def test_every_finding_has_its_words_and_its_place_in_the_runbook(code: Code) -> None:
    """Both languages name the same values, and whoever finds it can read what to do."""
    english, indonesian = WORDS[code]
    assert set(FIELD.findall(indonesian)) == set(FIELD.findall(english))
    assert TITLES[code]
    assert f"| {code} |" in (ROOT / "docs" / "runbook.md").read_text("utf-8")
