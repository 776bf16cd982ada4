"""The version before had a case that pages; the next one goes on with it."""

from __future__ import annotations

import json
from pathlib import Path

from alembic import command
from sqlalchemy import select, text, update

from bot.domain.oncall import EscalationState
from bot.domain.pages import PageEvent
from bot.keyfile import new_key
from bot.services.acknowledging import Answer
from bot.store.migrate import migrating
from bot.store.tables import case_file, escalation
from tests.hotline import Hotline, story

HELP = "tolong saya dikunci di kamar, paspor diambil"
OLD_POLICY = {
    "steps": [
        {"after_minutes": 0, "target": "on_call"},
        {"after_minutes": 5, "target": "everyone"},
        {"after_minutes": 5, "target": "everyone"},
    ],
    "repeat_minutes": 15,
}
"""As version 0006 stored its only one."""


def back_to_0006(hotline: Hotline) -> None:
    """The database as the version before left it, in the middle of an escalation."""
    engine = hotline.app.database.engine
    with engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
        connection.execute(update(escalation).values(policy=json.dumps(OLD_POLICY)))
    with migrating(engine) as settings:
        command.downgrade(settings, "0006")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT state FROM escalation")).scalar_one() == "running"


@story
async def test_a_running_escalation_goes_on(tmp_path: Path) -> None:
    """Its steps, its repeats, its acknowledgement; the case gets a trace of its own."""
    key, folder = new_key(), tmp_path / "var"
    before = Hotline(folder, master_keys=(key,))
    await before.staff("sari", phone="sari-phone", on_duty_hours=8)
    await before.staff("budi", phone="budi-phone")
    await before.says("ani", HELP)
    back_to_0006(before)
    before.close()
    after = Hotline(folder, master_keys=(key,))
    try:
        (case,) = await after.cases()
        with after.app.database.engine.connect() as connection:
            assert connection.execute(select(case_file.c.trace_id)).scalar_one() == ""
        await after.forward(minutes=5)
        assert after.phones.rang("budi-phone") == 1
        lines = await after.app.read(lambda uow: uow.pages.lines(case.id))
        assert {line.trace_id for line in lines} == {case.trace_id} == {case.id}
        assert PageEvent.SENT in {line.event for line in lines}
        for minutes in (5, 15):
            await after.forward(minutes=minutes)
        kinds = [alarm.kind for alarm in await after.app.read(lambda uow: uow.alarms.standing())]
        assert kinds == ["policy_exhausted"]
        member = await after.app.read(lambda uow: uow.staff.everyone()[1])
        await after.takes(member, case)
        latest = await after.app.read(lambda uow: uow.escalations.latest_for(case.id))
        assert latest is not None
        assert latest.state is EscalationState.ACKNOWLEDGED
        # As that version left who had said so: only with the escalation.
        await after.app.write(lambda uow: uow.escalations.let_lapse(latest.id, after.clock.now()))
        other = await after.app.read(lambda uow: uow.staff.everyone()[0])
        assert (await after.takes(other, case)).answer is Answer.OTHERS
        assert (await after.takes(member, case)).answer is Answer.YOURS
    finally:
        after.close()
