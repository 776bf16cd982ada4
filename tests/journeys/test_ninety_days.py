"""Ninety days of watches, swaps, stops and outages: every urgent case is paged as its policy says.

The worker and the store are real; time goes from one moment at which something is due to the
next. What should happen is told by policy_model.py, which shares no rule with the product.
"""

from __future__ import annotations

import heapq
import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog
from sqlalchemy import Row, select

from bot.domain.audit_facts import Surroundings
from bot.domain.auditor import Code, audit
from bot.domain.cases import Case, CaseState, CloseReason
from bot.domain.messages import Kind
from bot.domain.oncall import EVERYONE, ON_CALL, SUPERVISORS, Policy, PolicyName, Step
from bot.domain.pages import PageEvent
from bot.domain.rota import Holiday, Override, Rotation
from bot.domain.staff import Role, Staff
from bot.services import acknowledging, caring, closing, next_steps
from bot.store import tables
from bot.store.unit_of_work import SqlUnitOfWork
from channels.inbound import take_in
from tests.hotline import START, Hotline, story
from tests.journeys.policy_model import Model, Rang, Run, Swap, Watch

log = structlog.get_logger()
SEED = 20261121
WITA = ZoneInfo("Asia/Makassar")
FIRST = date(2026, 11, 21)
NEW_YEAR = date(2027, 1, 1)
A_DAY = timedelta(days=1)
BUNDLE = timedelta(minutes=2)
OPEN_FOR = timedelta(hours=12)
LONGEST = timedelta(hours=6)
WORDS = {
    "emergency": (
        "tolong saya dikunci di kamar",
        "saya dipukul majikan",
        "saya tidak dikasih makan",
    ),
    "urgent": ("hp saya disita majikan", "paspor saya ditahan dan hp saya disita majikan"),
    "passport": ("paspor saya ditahan majikan", "saya tidak digaji dan paspor ditahan"),
}
ONCE_AT_LEAST = (
    *WORDS,
    *("swaps", "silent", "passed on", "answered too late", "taken", "waiting_second", "notes"),
    *("did nothing", "lapses", "cared", "closed", "bundled"),
)
"""Days on which one of these never happened would prove little."""
WANTS_TWO = Policy(
    (Step(0, (ON_CALL,)), Step(3, (ON_CALL, SUPERVISORS)), Step(7, (EVERYONE,))),
    repeat_minutes=10,
    repeats=1,
    care_minutes=20,
    acknowledgers=2,
)


def outage_until(at: datetime) -> datetime | None:
    """The end of the outage that a moment lies in: each tenth day nothing works."""
    begins = START + (at - START).days // 10 * timedelta(days=10) + timedelta(days=9)
    return begins + A_DAY if at >= begins else None


def stopped_until(at: datetime) -> datetime | None:
    """When the worker works again; None while it does. It stands each night from 02:00 to 05:00."""
    local = at.astimezone(WITA)
    if 2 <= local.hour < 5:
        at = local.replace(hour=5, minute=0, second=0, microsecond=0).astimezone(UTC)
        return outage_until(at) or at
    return outage_until(at)


@dataclass(order=True)
class Deed:
    """Something that somebody does at a moment."""

    at: datetime
    number: int
    do: Callable[[], Awaitable[None]] = field(compare=False)


class Days:
    """The days as they go by, told to the hotline and to the model alike."""

    def __init__(self, hotline: Hotline, days: int) -> None:
        self.hotline = hotline
        self.end = START + timedelta(days=days)
        self.dice = random.Random(SEED)  # noqa: S311  # the same days each time
        self.deeds: list[Deed] = []
        self.staff: dict[str, Staff] = {}
        self.case_ids: dict[str, str] = {}
        self.urgency: dict[str, str] = {}
        self.unanswered: list[tuple[str, str]] = []
        self.ticks: list[datetime] = []
        self.page_ids: dict[Rang, str] = {}
        self.known: set[str] = set()
        self.told: Counter[str] = Counter()
        self.is_diligent = False
        self.schedule = ""
        self._count = 0
        watch = Watch(("ani", "budi", "citra"), FIRST, WITA, holidays={NEW_YEAR})
        self.model = Model(watch, ("ani", "budi", "citra", "dewi"), ("dewi",))

    @property
    def now(self) -> datetime:
        """The time of the hotline."""
        return self.hotline.clock.now()

    def plan(self, moment: datetime, do: Callable[..., Awaitable[None]], *given: object) -> None:
        """Somebody will do something; in an outage they have to wait for its end."""
        self._count += 1
        at = outage_until(moment) or moment
        heapq.heappush(self.deeds, Deed(at, self._count, lambda: do(*given)))

    # The house

    async def open(self) -> None:
        """Four members, one with two phones; three of them in a watch that a holiday breaks."""
        app, watch = self.hotline.app, self.model.watch
        for login in self.model.everyone:
            role = Role.SUPERVISOR if login in self.model.supervisors else Role.CASEWORKER
            self.staff[login] = await app.write(partial(member, login=login, role=role))
            await self.hotline.adds_contact(self.staff[login], f"{login} 1")
        await self.hotline.adds_contact(self.staff["citra"], "citra 2", after_minutes=2)
        ids = tuple(self.staff[login].id for login in watch.members)
        nights = Rotation("", "malam", ids, 1, FIRST, None, time(18), time(10), on_holidays=False)

        def plan(uow: SqlUnitOfWork) -> str:
            schedule = uow.rota.add_schedule("timur", WITA.key, START)
            uow.rota.keep_rotation(schedule, nights)
            uow.rota.keep_holidays([Holiday(NEW_YEAR, "Tahun Baru")])
            return schedule

        self.schedule = await app.write(plan)
        for day in range(3, (self.end - START).days, 5):
            if abs((FIRST + timedelta(days=day) - NEW_YEAR).days) > 3:
                self.plan(START + timedelta(days=day - 1), self.swap, day)
        self.plan(START + (self.end - START) / 2, self.edit_policy)

    async def swap(self, day: int) -> None:
        """From midnight on whoever had the watch before takes over the rest of the night."""
        members = self.model.watch.members
        out, into = members[day % 3], members[(day - 1) % 3]
        midnight = datetime.combine(FIRST + timedelta(days=day + 1), time(0), WITA).astimezone(UTC)
        swap = Swap(out, into, midnight, midnight + timedelta(hours=10))
        self.model.watch.swaps.append(swap)
        by, now = self.staff[out].id, self.now
        agreed = Override("", by, self.staff[into].id, swap.begins, swap.ends)
        await self.hotline.app.write(
            lambda uow: uow.rota.add_override(self.schedule, agreed, by=by, accepted=True, now=now)
        )
        self.told["swaps"] += 1

    async def edit_policy(self) -> None:
        """From now on two have to say that they have an emergency; what runs goes on as it was."""
        now = self.now
        await self.hotline.app.write(
            lambda uow: uow.policies.put(PolicyName.EMERGENCY, WANTS_TWO, now)
        )

    # People in need

    def plan_reports(self) -> None:
        """One each few hours; some of them cry again, within hours or days."""
        at, number = START, 0
        while (at := at + timedelta(seconds=self.dice.randrange(2 * 3600, 14 * 3600))) < self.end:
            number += 1
            kind = self.dice.choice(("emergency", "emergency", "urgent", "urgent", "passport"))
            self.plan(at, self.report, f"orang {number}", kind)
            soon_or_late = self.dice.choice((3600, 3 * 86400))
            again = at + timedelta(seconds=self.dice.randrange(60, soon_or_late))
            if self.dice.random() < 0.3 and again < self.end:
                self.plan(again, self.report, f"orang {number}", "emergency")

    async def report(self, who: str, kind: str) -> None:
        """Somebody writes: an emergency is paged by whoever takes it in, the worker answers the rest."""
        text = self.dice.choice(WORDS[kind])
        self.told[kind] += 1
        await take_in(self.hotline.app, self.hotline.message(who, Kind.TEXT, text))
        if kind == "emergency":
            run = await self.begin(who, kind, self.now)
            if run is not None:
                self.model.step(run, self.now)
        else:
            self.unanswered.append((who, kind))

    async def answered(self) -> None:
        """What the worker has answered wakes somebody, waits for the watch, or is left to it."""
        waiting, self.unanswered = self.unanswered, []
        for who, kind in waiting:
            if self.urgency.get(who) == "emergency":
                continue
            due, begins = self.now, self.model.watch.next_begin(self.now)
            if kind == "urgent" and not self.model.on_call(due) and begins - due <= LONGEST:
                due = begins
            await self.begin(who, kind, due)

    async def begin(self, who: str, kind: str, due: datetime) -> Run | None:
        """The model hears of the report, with the policy of which the store has a snapshot."""
        found = await self.hotline.talk(who)
        assert found.case_id is not None, (who, kind)
        self.case_ids[who] = case_id = found.case_id
        if self.urgency.get(who) != "emergency":
            self.urgency[who] = "emergency" if kind == "emergency" else "urgent"
        latest = await self.hotline.app.read(lambda uow: uow.escalations.latest_for(case_id))
        assert latest is not None, (who, kind)
        policy = latest.policy.snapshot()
        run = self.model.begin(who, policy, due, self.now)
        if run is None:
            self.told["cried while somebody was at it"] += 1
            return None
        assert policy["name"] == self.urgency[who]
        assert policy["only_staffed"] == (kind == "passport")
        return run

    # Staff

    def hears(self, run: Run, page: Rang) -> None:
        """A phone rings: its owner answers after a while, passes it on, or never does anything."""
        luck = self.dice.random()
        at = self.now + timedelta(seconds=self.dice.randrange(5, 1200))
        if self.is_diligent or luck < 0.7:
            self.plan(at, self.answers, run, page)
        elif luck < 0.76:
            self.plan(at, self.passes_on, run, page)
        else:
            self.told["silent"] += 1

    def can_answer(self, run: Run, page: Rang) -> bool:
        """Whether a page is still good for anything."""
        return page in run.open and self.now < page.at + OPEN_FOR

    async def answers(self, run: Run, page: Rang) -> None:
        """By code, by link or in the console; the link of a page that is over takes nothing."""
        page_id, member = self.page_ids[page], self.staff[page.member]
        app, now = self.hotline.app, self.now
        is_over = not self.can_answer(run, page)
        way = "link" if is_over else self.dice.choice(("code", "link", "console"))

        def say(uow: SqlUnitOfWork) -> acknowledging.Acknowledged:
            if way == "code":
                code = uow.pages.get(page_id).code or ""
                return acknowledging.acknowledge_code(
                    uow, member.id, code, "phone", app.office, now
                )
            if way == "link":
                token = uow.pages.token_of(page_id)
                return acknowledging.acknowledge_token(uow, token, app.office, now)
            case = uow.cases.get(self.case_ids[run.case])
            return acknowledging.acknowledge_case(uow, case, member.id, app.office, now)

        holders = list(run.holders)
        said = (await app.write(say)).answer
        if is_over:
            assert said != "taken", page
            assert said != "waiting_second" or page.member in holders, page
            self.told["answered too late"] += 1
            return
        assert said == self.model.takes(run, page.member, now), (page, way)
        self.told[said.value] += 1
        if said in ("taken", "waiting_second"):
            await self.tidies(run, member)
        if said == "taken":
            self.goes_on(run)

    async def tidies(self, run: Run, member: Staff) -> None:
        """Whoever takes a case again ends what somebody else had planned in it."""
        case, now = await self.case(run), self.now

        def finish(uow: SqlUnitOfWork) -> None:
            for step in uow.next_steps.open_of(case.id):
                next_steps.finish(uow, case, member, step.id, now)

        await self.hotline.app.write(finish)
        self.model.planned.pop(run.case, None)

    async def passes_on(self, run: Run, page: Rang) -> None:
        """Key 5 of a call: the next person."""
        if not self.can_answer(run, page):
            return
        page_id, member, now = self.page_ids[page], self.staff[page.member], self.now
        office = self.hotline.app.office
        await self.hotline.app.write(
            lambda uow: acknowledging.pass_on(uow, page_id, member.id, "voice", office, now)
        )
        self.model.passes_on(run, page, now)
        self.told["passed on"] += 1

    def goes_on(self, run: Run) -> None:
        """What whoever has it does: something, a note first, or nothing at all."""
        luck, longest = self.dice.random(), run.policy["care_minutes"] * 60
        at = self.now + timedelta(seconds=self.dice.randrange(30, longest))
        if 0.45 < luck < 0.7 and not self.is_diligent:
            self.plan(at, self.notes, run, run.holders[0])
            at += timedelta(seconds=self.dice.randrange(30, longest))
        if luck < 0.6 or self.is_diligent:
            self.plan(at, self.cares, run, run.holders[0])
        else:
            self.told["did nothing"] += 1

    async def notes(self, run: Run, login: str) -> None:
        """A note for more time."""
        if run.state != "acknowledged":
            return
        wanted = self.model.notes(run, login, self.now)
        case, now = await self.case(run), self.now
        given = await self.hotline.app.write(
            lambda uow: caring.extend(uow, case, self.staff[login], now)
        )
        assert given == wanted, (run.case, login)
        self.told["notes"] += given

    async def cares(self, run: Run, login: str) -> None:
        """Something is done for the person, what comes next is planned, and later it is closed."""
        if run.state != "acknowledged" or login not in run.holders or run.care == "cared":
            self.told["cared too late"] += 1
            return
        case, now, member = await self.case(run), self.now, self.staff[login]
        how, office = self.dice.choice(list(caring.CaredHow)), self.hotline.app.office

        due = now + timedelta(days=6)

        def care(uow: SqlUnitOfWork) -> bool:
            next_steps.plan(uow, case, member, member, "menelepon lagi", due, office, now)
            return caring.cared(uow, case, member, how, now)

        assert await self.hotline.app.write(care), (run.case, login)
        self.model.cares(run, due, now)
        self.told["cared"] += 1
        later = timedelta(minutes=self.dice.randrange(20, 2000))
        self.plan(now + later, self.closes, run, login)

    async def closes(self, run: Run, login: str) -> None:
        """Two agree that it is over, unless the person has cried again meanwhile."""
        if run is not self.model.latest(run.case):
            return
        case, now, member = await self.case(run), self.now, self.staff[login]
        other = next(each for name, each in self.staff.items() if name != login)

        await self.tidies(run, member)

        def close(uow: SqlUnitOfWork) -> None:
            if not closing.ask_or_close(uow, case, member, CloseReason.HELPED, "", now):
                closing.confirm(uow, uow.cases.get(case.id), other, now)

        await self.hotline.app.write(close)
        self.model.closes(run.case, now)
        self.told["closed"] += 1

    def is_grave(self, page: Rang) -> bool:
        """Whether it was an emergency when it rang."""
        return bool(self.model.runs[page.case][page.nth].policy["name"] == "emergency")

    async def case(self, run: Run) -> Case:
        """The case of a run, as it is now."""
        return await self.hotline.app.read(lambda uow: uow.cases.get(self.case_ids[run.case]))

    def figures(self) -> Counter[str]:
        """How much of everything there was."""
        cases, pages = len(self.case_ids), len(self.page_ids)
        counted = {"cases": cases, "pages": pages, "lapses": self.model.lapses}
        return Counter({**counted, **self.told})

    # Time

    async def live(self, *, until: datetime) -> None:
        """From one moment at which something is due to the next."""
        while self.now < until:
            now = self.now
            due = [run.due for run in self.model.active()]
            due += await self.hotline.app.read(due_in_store)
            due += [until, now + LONGEST, stopped_until(now) or until]
            moment = min(at for at in due if at > now)
            moment = stopped_until(moment) or moment
            if self.deeds:
                moment = max(min(moment, self.deeds[0].at), now)
            self.hotline.clock.forward(seconds=(moment - now).total_seconds())
            while self.deeds and self.deeds[0].at <= self.now:
                await heapq.heappop(self.deeds).do()
                await self.compare()
            if stopped_until(self.now) is None:
                await self.tick()

    async def tick(self) -> None:
        """The worker does what is due, and so does the model."""
        await self.hotline.settle()
        self.ticks.append(self.now)
        await self.answered()
        self.model.on_tick(self.now)
        await self.compare()
        self.told["ticks"] += 1
        if self.told["ticks"] % 10:
            return
        facts = await self.hotline.app.read(lambda uow: uow.audit.facts(self.now))
        found = [each.code for each in audit(facts, Surroundings(), self.now)]
        assert Code.NO_NEXT_STEP not in found
        assert Code.STEP_OVERDUE not in found

    async def compare(self) -> None:
        """What the store pages at this moment is what the model pages: the same, none twice."""
        logins = {member.id: login for login, member in self.staff.items()}
        names = {case_id: who for who, case_id in self.case_ids.items()}
        now = self.now
        rows = await self.hotline.app.read(lambda uow: paged_since(uow, now))
        found: dict[str, tuple[str, int, str, datetime]] = {
            row.id: (names[row.case_id], row.step, logins.get(row.staff_id, ""), row.created_at)
            for row in rows
            if row.id not in self.known
        }
        fresh = {
            (page.case, page.step, page.member, page.at): (run, page)
            for runs in self.model.runs.values()
            for run in runs[-1:]
            for page in run.rang[-8:]
            if page.at == now and page not in self.page_ids
        }
        assert Counter(found.values()) == Counter(fresh.keys()), f"at {now}"
        # In an order of its own: the dice must fall alike in each run.
        for page_id, what in sorted(found.items(), key=lambda each: each[1]):
            run, page = fresh[what]
            self.page_ids[page] = page_id
            self.known.add(page_id)
            self.hears(run, page)


def member(uow: SqlUnitOfWork, login: str, role: Role) -> Staff:
    """Somebody who works here."""
    return uow.staff.add(login, role, "unused", START)


def due_in_store(uow: SqlUnitOfWork) -> list[datetime]:
    """What the store thinks is due next: the model may think otherwise, both are looked at."""
    page, escalation = tables.page.c, tables.escalation.c
    rings = select(page.next_at).where(page.state == "ringing")
    runs = select(escalation.next_at).where(
        escalation.state != "resolved", escalation.care != "cared"
    )
    connection = uow.pages._connection
    return [row.next_at for each in (rings, runs) for row in connection.execute(each)]


def paged_since(uow: SqlUnitOfWork, since: datetime) -> list[Row[Any]]:
    """The pages of steps from a moment on."""
    page = tables.page.c
    asked = select(tables.page).where(page.kind == "step", page.created_at >= since)
    return list(uow.pages._connection.execute(asked))


def sent_of(uow: SqlUnitOfWork) -> dict[str, list[datetime]]:
    """When each page was handed to a provider, once for each phone."""
    line = tables.page_log.c
    asked = select(line.page_id, line.at).where(line.event == PageEvent.SENT).order_by(line.id)
    found: dict[str, list[datetime]] = {}
    for row in uow.pages._connection.execute(asked):
        found.setdefault(row.page_id, []).append(row.at)
    return found


def may_wait(days: Days, page: Rang) -> bool:
    """Whether the phone rang within two minutes for another case at least as urgent.

    An emergency waits only behind three others.
    """
    others = [
        other
        for other in days.page_ids
        if other.member == page.member
        and other.case != page.case
        and page.at - BUNDLE < other.at <= page.at
        and (days.is_grave(other) or not days.is_grave(page))
    ]
    return len(others) >= (3 if days.is_grave(page) else 1)


def assert_left_in_time(days: Days, sent: dict[str, list[datetime]]) -> None:
    """Each page was sent in its first moment, waited in a bundle, or was over before that."""
    for page, page_id in days.page_ids.items():
        run = days.model.runs[page.case][page.nth]
        over = run.over.get(page)
        first = days.ticks[bisect_left(days.ticks, page.at)]
        left = sent.get(page_id, [])
        assert len(left) <= 2, page
        if left[:1] == [first]:
            continue
        days.told["bundled"] += 1
        latest = first
        if may_wait(days, page):
            latest = days.ticks[bisect_left(days.ticks, page.at + BUNDLE)]
        if left:
            assert first < left[0] <= latest, (page, left)
        else:
            assert over is not None, page
            assert over <= latest, (page, over)


# A run takes some minutes: most of it are the worker's loops, which look at all that could be due.
@pytest.mark.timeout(1800)
@story
async def test_ninety_days(hotline: Hotline, dialect: str) -> None:
    """Each page at its moment or the first one after, none twice; what lapsed goes on; all ends well."""
    # On PostgreSQL, where each look costs a round trip, two outages and the edit are enough.
    days = Days(hotline, 20 if dialect == "postgres" else 90)
    await days.open()
    days.plan_reports()
    await days.live(until=days.end)
    days.is_diligent = True
    while days.model.active() or days.deeds:
        assert days.now < days.end + timedelta(days=7)
        await days.live(until=days.now + LONGEST)
    assert_left_in_time(days, await hotline.app.read(sent_of))
    assert await hotline.app.read(lambda uow: uow.cases.listed(CaseState.OPEN)) == ()
    figures = days.figures()
    log.info("ninety_days", **figures)
    for what in ONCE_AT_LEAST:
        assert figures[what], figures
