"""An upgrade while phones ring: what the version before left is gone on with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, MetaData, insert

from bot.domain.oncall import EscalationState
from bot.domain.pages import Page, PageEvent, PageKind, PageLine
from bot.keyfile import new_key
from bot.services.acknowledging import Acknowledged, Answer, acknowledge_case, acknowledge_code
from bot.store.keys import Vault
from bot.store.migrate import upgrade
from bot.store.rows import case_key, person_key, staff_key
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import START, Hotline, story

AT = START.replace(tzinfo=None)
POLICY = {
    "steps": [
        {"after_minutes": 0, "target": "on_call"},
        {"after_minutes": 5, "target": "everyone"},
        {"after_minutes": 5, "target": "everyone"},
    ],
    "repeat_minutes": 15,
}
"""The snapshot of a policy as that version stored it."""


class Before:
    """The database of the version before pages had rows of their own, with its keys."""

    def __init__(self, engine: Engine, folder: Path, master: str) -> None:
        upgrade(engine, "0006")
        self._metadata = MetaData()
        self._metadata.reflect(engine)
        url = engine.url.render_as_string(hide_password=False)
        self._vault = Vault.at(url, folder / "keys.db", [master])
        with (
            engine.connect().execution_options(begin="IMMEDIATE") as connection,
            connection.begin(),
        ):
            self._connection: Connection = connection
            self._fill()
        self._vault.close()

    def _add(self, table: str, **values: Any) -> None:
        self._connection.execute(insert(self._metadata.tables[table]).values(**values))

    def _seal(self, key: str, value: object, place: str) -> bytes:
        return self._vault.seal(key, json.dumps(value), place)

    def _fill(self) -> None:
        """Sari is on duty, Budi is not; four cases."""
        for number, login in enumerate(("sari", "budi"), 1):
            self._add(
                "staff", id=login, login=login, number=number, role="caseworker",
                password_hash="-", disabled=False, created_at=AT,
            )  # fmt: skip
            address = self._seal(staff_key(login), f"{login}-phone", f"contact:{login}")
            self._add(
                "staff_contact", id=login, staff_id=login, channel="phone",
                address_sealed=address, verified_at=AT,
            )  # fmt: skip
        self._add("shift", id="s1", staff_id="sari", starts_at=AT, ends_at=AT + timedelta(hours=8))
        # Its page has left; it waits; its sender was stopped inside the call; and one is taken.
        self._case("sent", sent_at=AT)
        self._case("pending")
        lease = AT + timedelta(seconds=30)
        self._case("sending", lease_token="x" * 32, lease_until=lease, attempts=1)
        self._case("taken")

    def _case(self, name: str, **row: Any) -> None:
        self._add("person", id=name, created_at=AT)
        self._add(
            "conversation", id=name, person_id=name, channel="web", handled_by="bot", generation=0,
            talk="danger_asked", case_id=name, next_seq=3, wrote_at=AT, created_at=AT,
        )  # fmt: skip
        self._vault.seal(person_key(name), "", name)
        is_taken = name == "taken"
        self._add(
            "case_file", id=name, reference=f"TD-{name.upper()}", person_id=name,
            conversation_id=name, kind="danger", urgency="emergency", urgency_rank=3, state="open",
            practice=True, owner_id="sari" if is_taken else None, opened_at=AT, updated_at=AT,
            fields_sealed=self._seal(case_key(name), {}, f"fields:{name}"),
        )  # fmt: skip
        self._add(
            "escalation", id=name, case_id=name, policy=json.dumps(POLICY), step=1,
            state="acknowledged" if is_taken else "running", started_at=AT,
            next_at=AT + timedelta(minutes=5), acknowledged_by="sari" if is_taken else None,
            acknowledged_at=AT if is_taken else None,
        )  # fmt: skip
        values = {"attempts": 0, "state": "sent" if is_taken else name, **row}
        self._add(
            "outbound", id=name, purpose="page", author="bot", channel="phone", case_id=name,
            staff_id="sari", generation=0, next_try_at=AT, created_at=AT, **values,
            body_sealed=self._seal(case_key(name), {"text": f"lama {name}"}, f"outbound:{name}"),
            address_sealed=self._seal(staff_key("sari"), "sari-phone", f"address:{name}"),
        )  # fmt: skip


@pytest.fixture
def upgraded(engine: Engine, tmp_path: Path, url_of: object) -> Iterator[Hotline]:
    """The hotline of this version, started on that database."""
    master = new_key()
    url = engine.url.render_as_string(hide_password=False)
    Before(engine, tmp_path, master)
    line = Hotline(tmp_path, master_keys=(master,), database_url=url)
    yield line
    line.close()


def _pages_of(case_id: str, uow: SqlUnitOfWork) -> tuple[Page, ...]:
    return uow.pages.of_case(case_id)


def _lines_of(case_id: str, uow: SqlUnitOfWork) -> tuple[PageLine, ...]:
    return uow.pages.lines(case_id)


@story
async def test_what_was_under_way_still_rings(upgraded: Hotline) -> None:
    """A page that waited leaves; one whose sender was stopped in the call leaves once more."""
    await upgraded.settle()
    assert upgraded.phones.received == {"sari-phone": ["lama pending"]}
    await upgraded.forward(seconds=31)
    assert upgraded.phones.received == {"sari-phone": ["lama pending", "lama sending"]}
    await upgraded.forward(minutes=1)
    assert upgraded.phones.rang("sari-phone") == 2
    for name, event in (("pending", PageEvent.SENT), ("sending", PageEvent.REPEATED)):
        lines = await upgraded.app.read(partial(_lines_of, name))
        assert [line.event for line in lines] == [PageEvent.QUEUED, event]


@story
async def test_the_next_step_rings_as_it_should(upgraded: Hotline) -> None:
    """By the snapshot of the old version: five minutes after the first step everybody is paged."""
    await upgraded.forward(minutes=4, seconds=59)
    assert "budi-phone" not in upgraded.phones.received
    await upgraded.forward(seconds=1)
    assert upgraded.phones.rang("budi-phone") == 3
    await upgraded.forward(minutes=2)
    for name in ("sent", "pending", "sending"):
        pages = await upgraded.app.read(partial(_pages_of, name))
        rung = [page.staff_id for page in pages if page.step == 2 and page.contact == 1]
        assert sorted(map(str, rung)) == ["budi", "sari"]
    await upgraded.forward(minutes=4)
    steps = await upgraded.app.read(
        lambda uow: [uow.escalations.get(name).step for name in ("sent", "pending", "sending")]
    )
    assert steps == [3, 3, 3]


@story
async def test_an_old_case_is_taken_with_a_new_page(upgraded: Hotline) -> None:
    """The code of the next step's page takes it; nothing rings for it any more."""
    await upgraded.forward(minutes=5)
    pages = await upgraded.app.read(lambda uow: uow.pages.of_case("sent"))
    code = next(str(page.code) for page in pages if page.staff_id == "budi")
    now = upgraded.clock.now()
    said = await upgraded.app.write(
        lambda uow: acknowledge_code(uow, "budi", code, "phone", upgraded.app.office, now)
    )
    assert said.answer is Answer.TAKEN
    latest = await upgraded.app.read(lambda uow: uow.escalations.latest_for("sent"))
    assert latest is not None
    assert latest.state is EscalationState.ACKNOWLEDGED


@story
async def test_what_waited_does_not_ring_once_it_is_taken(upgraded: Hotline) -> None:
    """The page that the old version left in the outbox goes with the case that is taken."""
    case = await upgraded.app.read(lambda uow: uow.cases.get("pending"))
    budi = await upgraded.app.read(lambda uow: uow.staff.get("budi"))
    now = upgraded.clock.now()
    # Before the worker gets to its first step.
    await upgraded.app.write(
        lambda uow: acknowledge_case(uow, case, budi.id, upgraded.app.office, now)
    )
    await upgraded.forward(minutes=6)
    assert "lama pending" not in upgraded.phones.received.get("sari-phone", [])
    pages = await upgraded.app.read(partial(_pages_of, "pending"))
    told = [page.staff_id for page in pages if page.kind is PageKind.TOLD]
    assert told == ["sari"]


@story
async def test_who_had_a_case_has_it_still(upgraded: Hotline) -> None:
    """A second member who wants to take it is told who has it, and nothing changes."""
    case = await upgraded.app.read(lambda uow: uow.cases.get("taken"))
    budi = await upgraded.app.read(lambda uow: uow.staff.get("budi"))
    sari = await upgraded.app.read(lambda uow: uow.staff.get("sari"))
    said = await upgraded.takes(budi, case)
    assert said == Acknowledged(Answer.OTHERS, case.reference, sari.label)
    owner = await upgraded.app.read(lambda uow: uow.cases.get("taken").owner_id)
    assert owner == "sari"
