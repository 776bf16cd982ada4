"""Many say "I have it" at once: one wins, all others are told who has it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.domain.cases import Case
from bot.domain.messages import InboundMessage
from bot.domain.oncall import EscalationState
from bot.domain.pages import Page, PageEvent, PageKind, PageState
from bot.domain.staff import Staff
from bot.keyfile import new_key
from bot.services import takeover
from bot.services.acknowledging import Acknowledged, Answer, acknowledge_page
from bot.settings import ROOT
from bot.store.unit_of_work import SqlUnitOfWork
from channels.inbound import take_in
from tests.hotline import START, Hotline, story

HELP = "tolong saya disekap"
MEMBERS = 10
PROCESSES = 4
TIMES = 50  # a channel and process: 4 x 5 x 50 are a thousand
RACES = 200


@pytest.mark.timeout(600)
@story
async def test_one_of_a_thousand_acknowledgements_wins(hotline: Hotline) -> None:
    """From five channels in four processes at once; everybody paged is told once who has it."""
    members = [
        await hotline.staff(f"member{n}", phone=f"phone-{n}", on_duty_hours=8)
        for n in range(MEMBERS)
    ]
    await hotline.says("ani", HELP)
    (case,) = await hotline.cases()
    pages = await hotline.app.read(
        lambda uow: [
            {
                "id": page.id,
                "case": case.id,
                "staff": page.staff_id,
                "code": page.code,
                "token": uow.pages.token_of(page.id),
            }
            for page in uow.pages.of_case(case.id)
        ]
    )
    assert len(pages) == MEMBERS
    told = _race(hotline, pages)
    assert len(told) == 1000
    (winner,) = (said for said in told if said["answer"] == Answer.TAKEN)
    holder = next(member.label for member in members if member.id == winner["staff"])
    for said in told:
        assert (said["holder"], said["reference"]) == (holder, case.reference)
        if said is not winner:
            is_own = said["staff"] == winner["staff"]
            assert said["answer"] == (Answer.YOURS if is_own else Answer.OTHERS)
    await _check_all_are_told(hotline, case, winner)


async def _check_all_are_told(hotline: Hotline, case: Case, winner: Mapping[str, Any]) -> None:
    lines = await hotline.app.read(lambda uow: uow.pages.lines(case.id))
    taken = [line for line in lines if line.event is PageEvent.ACKNOWLEDGED]
    assert [(line.staff_id, line.channel) for line in taken] == [
        (winner["staff"], winner["channel"])
    ]
    before = {address: len(rang) for address, rang in hotline.phones.received.items()}
    await hotline.forward(seconds=40)
    heard = {
        address: rang[before[address] :]
        for address, rang in hotline.phones.received.items()
        if len(rang) > before[address]
    }
    assert len(heard) == MEMBERS - 1
    for texts in heard.values():
        (text,) = texts
        assert winner["holder"] in text
    pages = await hotline.app.read(lambda uow: uow.pages.of_case(case.id))
    told = [page.staff_id for page in pages if page.kind is PageKind.TOLD]
    assert len(told) == len(set(told)) == MEMBERS - 1
    assert winner["staff"] not in told
    assert {page.state for page in pages if page.kind is PageKind.STEP} <= {
        PageState.ACKNOWLEDGED,
        PageState.ENDED,
    }


def _race(hotline: Hotline, pages: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What everybody was answered."""
    settings = hotline.app.settings
    command = [sys.executable, "-m", "tests.services.racers"]
    with ExitStack() as running:
        racers = [
            running.enter_context(
                subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
                )
            )
            for _ in range(PROCESSES)
        ]
        for number, racer in enumerate(racers):
            order = {
                "folder": str(settings.data_dir),
                "url": settings.database_url,
                "keys": list(settings.master_keys),
                "pages": pages,
                "times": TIMES,
                "first": number,
            }
            _tell(racer, json.dumps(order))
        for racer in racers:
            assert _hear(racer) == "ready"
        for racer in racers:
            _tell(racer, "go")
        told = [said for racer in racers for said in json.loads(_hear(racer))]
        for racer in racers:
            racer.communicate(timeout=30)
            assert racer.returncode == 0
    return told


def _tell(racer: subprocess.Popen[str], line: str) -> None:
    assert racer.stdin is not None
    racer.stdin.write(line + "\n")
    racer.stdin.flush()


def _hear(racer: subprocess.Popen[str]) -> str:
    assert racer.stdout is not None
    return racer.stdout.readline().strip()


@pytest.mark.timeout(600)
def test_takeovers_race_acknowledgements(tmp_path: Path) -> None:
    """Two hundred times, from two processes' stores: the talk and the case end in one hand.

    Whoever takes the talk over holds the case; who acknowledged a moment later is told so.
    """
    keys = (new_key(),)
    here, there = (Hotline(tmp_path, master_keys=keys) for _ in range(2))
    try:
        asyncio.run(_race_takeovers(here, there))
    finally:
        here.close()
        there.close()


async def _race_takeovers(here: Hotline, there: Hotline) -> None:
    sari = await here.staff("sari", phone="sari-phone", on_duty_hours=8)
    budi = await here.staff("budi", phone="budi-phone", on_duty_hours=8)
    for number in range(RACES):
        message = InboundMessage("web", f"m{number}", f"ani{number}", HELP, final=True, address="")
        await take_in(here.app, message)
    cases = await here.cases()
    assert len(cases) == RACES
    answers: Counter[Answer] = Counter()
    for case in cases:
        pages = await here.app.read(partial(_pages_of, case.id))
        page = next(found for found in pages if found.staff_id == sari.id)
        said = _at_once(here, there, case, page.id, sari, budi)
        answers[said.answer] += 1
        await _check_in_one_hand(here, case, said, sari, budi)
    assert set(answers) <= {Answer.TAKEN, Answer.OTHERS}
    assert min(answers[Answer.TAKEN], answers[Answer.OTHERS]) > 0, answers


def _pages_of(case_id: str, uow: SqlUnitOfWork) -> tuple[Page, ...]:
    return uow.pages.of_case(case_id)


def _at_once(
    here: Hotline, there: Hotline, case: Case, page_id: str, sari: Staff, budi: Staff
) -> Acknowledged:
    """Sari taps her page while Budi takes the talk over; what Sari was told."""
    start, told = threading.Barrier(2), []

    def taps() -> None:
        start.wait()
        done = here.app.database.write(
            lambda uow: acknowledge_page(uow, page_id, sari.id, "phone", here.app.office, START)
        )
        told.append(done.result())

    def takes_over() -> None:
        start.wait()
        there.app.database.write(
            lambda uow: takeover.take_over(
                uow, uow.cases.get(case.id), budi, there.app.office, there.app.wording, START
            )
        ).result()

    racing = [threading.Thread(target=does) for does in (taps, takes_over)]
    for thread in racing:
        thread.start()
    for thread in racing:
        thread.join()
    (said,) = told
    return said


async def _check_in_one_hand(
    hotline: Hotline, case: Case, said: Acknowledged, sari: Staff, budi: Staff
) -> None:
    def look(uow: SqlUnitOfWork) -> None:
        latest = uow.escalations.latest_for(case.id)
        assert latest is not None
        assert latest.state is EscalationState.ACKNOWLEDGED
        assert latest.acknowledged_by == budi.id
        assert uow.escalations.holders(latest.id) == (budi.id,)
        assert uow.cases.get(case.id).owner_id == budi.id
        assert uow.conversations.get(case.conversation_id).staff_id == budi.id
        assert PageState.RINGING not in {
            page.state for page in uow.pages.of_case(case.id) if page.kind is PageKind.STEP
        }
        taken = [
            line.staff_id
            for line in uow.pages.lines(case.id)
            if line.event is PageEvent.ACKNOWLEDGED
        ]
        if said.answer is Answer.TAKEN:
            assert (said.holder_label, taken) == (sari.label, [sari.id, budi.id])
        else:
            assert (said.holder_label, taken) == (budi.label, [budi.id])

    await hotline.app.read(look)
