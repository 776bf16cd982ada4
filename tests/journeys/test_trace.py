"""One case, one name: its trace id in every log line, table and metric, from the chat to the closing."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.exposition import choose_encoder
from sqlalchemy import select

from bot.domain.cases import Case, CaseState, CloseReason
from bot.keyfile import new_key
from bot.logs import configure
from bot.metrics import registry
from bot.services import acknowledging, closing, next_steps, takeover
from bot.store import tables
from bot.store.unit_of_work import SqlUnitOfWork
from tests import hotline as hotlines
from tests.cli.running import tanyadulu
from tests.hotline import Hotline, story
from tests.real_cases import real_emergency

STORY = "tolong saya Marlina dikunci di kamar di Jeddah oleh Bu Ratna, telp 0812-0000-5432"
ANSWER = "Marlina, saya di sini. Bisa bicara pelan-pelan?"
PLAN = "menelepon KJRI Jeddah"
WORDS = ("marlina", "ratna", "jeddah", "0812", "dikunci", "kamar", "kjri", "pelan", "sari", "budi")
TRACED = (tables.case_file, tables.escalation, tables.page, tables.page_log)


class Traced:
    """A hotline whose settings and log lines are known."""

    def __init__(self, folder: Path) -> None:
        self.lines = io.StringIO()
        self.settings = {"TANYADULU_DATA_DIR": str(folder), "MASTER_KEYS": new_key()}
        url = hotlines.url_of(folder)
        if url:
            self.settings["DATABASE_URL"] = url
        self.hotline = Hotline(folder, master_keys=(self.settings["MASTER_KEYS"],))
        configure(stream=self.lines)

    async def lives(self) -> Case:
        """Chat, page, acknowledgement by code, takeover, care, a step, closing by two."""
        hotline, app = self.hotline, self.hotline.app
        sari = await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        budi = await hotline.staff("budi", phone="budi-phone")
        case = await real_emergency(hotline, text=STORY)
        await hotline.forward(minutes=6)
        (page,) = [
            page
            for page in await app.read(lambda uow: uow.pages.of_case(case.id))
            if page.staff_id == sari.id and page.step == 1
        ]
        code = page.code or ""
        for step in (
            lambda uow, now: acknowledging.acknowledge_code(
                uow, sari.id, code, "sms", app.office, now
            ),
            lambda uow, now: takeover.take_over(uow, case, sari, app.office, app.wording, now),
            lambda uow, now: takeover.reply(uow, case, sari, ANSWER, now),
            lambda uow, now: next_steps.plan(
                uow, case, sari, sari, PLAN, now + timedelta(hours=1), app.office, now
            ),
            lambda uow, now: takeover.hand_back(uow, case, sari, app.wording, now),
            lambda uow, now: closing.ask_or_close(
                uow, case, sari, CloseReason.HELPED, "Marlina sudah di KJRI", now
            ),
            lambda uow, now: closing.confirm(uow, uow.cases.get(case.id), budi, now),
        ):
            await self.does(step)
        closed = await app.read(lambda uow: uow.cases.get(case.id))
        assert closed.state is CaseState.CLOSED
        return closed

    async def does(self, step: Any) -> None:
        """Somebody does something, and a minute passes."""
        now = self.hotline.clock.now()
        await self.hotline.app.write(lambda uow: step(uow, now))
        await self.hotline.forward(minutes=1)

    def logged(self) -> list[dict[str, Any]]:
        """All log lines so far."""
        return [json.loads(line) for line in self.lines.getvalue().splitlines()]


@pytest.fixture
def traced(tmp_path: Path) -> Iterator[Traced]:
    """One for each test."""
    made = Traced(tmp_path / "var")
    yield made
    made.hotline.close()


def traces_in(uow: SqlUnitOfWork, case_id: str) -> dict[str, set[str | None]]:
    """The trace ids of a case in each table that has them."""
    found = {}
    for table in TRACED:
        of_case = table.c.id if table is tables.case_file else table.c.case_id
        rows = uow.pages._connection.execute(select(table.c.trace_id).where(of_case == case_id))
        found[table.name] = {row.trace_id for row in rows}
    return found


@story
async def test_tables_and_logs_have_one_name_for_a_case(traced: Traced) -> None:
    """Four tables, and every log line that speaks of it; its end is logged as well."""
    case = await traced.lives()
    found = await traced.hotline.app.read(lambda uow: traces_in(uow, case.id))
    assert found == {table.name: {case.trace_id} for table in TRACED}
    lines = traced.logged()
    events = [line["event"] for line in lines if line.get("trace") == case.trace_id]
    for event in ("escalation_started", "paged", "acknowledged", "cared", "case_closed"):
        assert event in events, events
    for line in lines:
        assert line.get("trace", case.trace_id) == case.trace_id, line
        if {"case", "page", "row"} & line.keys():
            assert "trace" in line, line
    told = traced.lines.getvalue().lower()
    assert not [word for word in WORDS if word in told]


@story
async def test_the_metrics_name_it_beside_how_long_it_took(traced: Traced) -> None:
    """An exemplar of OpenMetrics at each of the two waits: until the page, until somebody has it."""
    case = await traced.lives()
    encode, _ = choose_encoder("application/openmetrics-text")
    text = encode(registry(traced.hotline.app)).decode()
    exemplars = [line for line in text.splitlines() if f'{{trace_id="{case.trace_id}"}}' in line]
    names = {line.split("_bucket")[0] for line in exemplars}
    assert names == {"tanyadulu_page_handed_seconds", "tanyadulu_acknowledged_seconds"}
    (taken,) = [line for line in exemplars if "acknowledged" in line]
    assert 'le="600.0"' in taken
    assert re.search(r"# \{trace_id=\"\w{32}\"\} 360\.0 ", taken)


@story
async def test_one_command_prints_the_whole_case(traced: Traced) -> None:
    """Tables and logs together, in time order, and no word of the person or of the staff."""
    case = await traced.lives()
    await as_logged(traced, case)
    await traced.hotline.app.close()
    done = tanyadulu("trace", case.reference, **traced.settings)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    moments = [datetime.fromisoformat(line[:19]) for line in lines]
    assert moments == sorted(moments)
    wanted = (
        r"inbound +message",
        r"case_file +opened",
        r"escalation +started",
        r"page_log +event event=queued",
        r"page_log +event event=sent",
        r"log server +paged",
        r"page_log +event event=acknowledged channel=sms",
        r"acknowledgement +acknowledged staff=Petugas 1 channel=sms",
        r"log server +acknowledged",
        r"case_log +logged kind=taken_over",
        r"outbound +sent purpose=reply author=human",
        r"page_log +event event=cared reason=safe_contact",
        r"log server +cared",
        r"next_step +planned",
        r"case_file +closed reason=helped",
        r"log server +case_closed",
    )
    for pattern in wanted:
        assert re.search(pattern, done.stdout), pattern
    told = done.stdout.lower()
    assert not [word for word in WORDS if word in told]


async def as_logged(traced: Traced, case: Case) -> None:
    """The log of the server as a machine has it: with the moments of the hotline's clock."""
    folder = Path(traced.settings["TANYADULU_DATA_DIR"]) / "logs"
    folder.mkdir(exist_ok=True)
    record = await traced.hotline.app.read(lambda uow: uow.pages.lines(case.id))
    moment = {line.event.value: line.at for line in record}
    lines = [
        {**line, "timestamp": moment.get(line["event"], case.closed_at or record[0].at).isoformat()}
        for line in traced.logged()
    ]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (folder / "server.log").write_text(text, "utf-8")
