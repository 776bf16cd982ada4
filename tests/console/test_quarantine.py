"""Requests refused at the door: who sees what, and who decides."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from bot.domain.messages import Author, InboundMessage, Received
from bot.domain.staff import Role
from bot.services import quarantine as decisions
from bot.services.quarantine import Intake
from bot.services.takeover import RefusedError
from bot.store import quarantine as store
from bot.store.quarantine import QuarantineState, Refused
from bot.store.unit_of_work import SqlUnitOfWork
from channels import inbound
from channels.inbound import refuse
from tests.console.conftest import OWN, Office, Visitor
from tests.hotline import START

ANI = "whatsapp:+6285100000001"
PLACE = "/console/quarantine"


def message(text: str = "tolong saya dikunci", sid: str = "SM1") -> bytes:
    """What Twilio would send for a text of Ani."""
    values = {"MessageSid": sid, "From": ANI, "Body": text, "MessageType": "text", "NumMedia": "0"}
    return urlencode(values).encode()


def update(text: str) -> bytes:
    """What Telegram would send for a text."""
    person = {"id": 77, "is_bot": False, "first_name": "Ani"}
    said = {"message_id": 5, "date": 1, "chat": {"id": 77, "type": "private"}, "from": person}
    return json.dumps({"update_id": 9, "message": {**said, "text": text}}).encode()


def turn_away(office: Office, channel: str, reason: str, body: bytes) -> None:
    """A request is refused at a webhook."""
    office.nobody.run(refuse(office.hotline.app, channel, reason, body))


def held(office: Office) -> tuple[Refused, ...]:
    """What waits for a decision."""
    return office.hotline.app.database.read(lambda uow: uow.quarantine.held(99))


def settled(office: Office) -> tuple[Refused, ...]:
    """What was decided."""
    return office.hotline.app.database.read(lambda uow: uow.quarantine.settled(99))


def open_channel(office: Office, channel: str) -> None:
    """A channel is open for real."""
    now = office.hotline.clock.now()
    office.hotline.app.database.write(lambda uow: uow.channels.mark_opened(channel, now)).result()


@pytest.fixture
def chief(office: Office) -> Visitor:
    """Petugas 1, a supervisor."""
    return office.signed_in("sari", Role.SUPERVISOR)


@pytest.fixture
def worker(office: Office) -> Visitor:
    """Petugas 2, a caseworker; needs `chief` first for the number."""
    return office.signed_in("budi")


def test_everybody_sees_how_many_supervisors_see_what(
    office: Office, chief: Visitor, worker: Visitor
) -> None:
    """Caseworkers see channel, reason and count; a body and the buttons are for supervisors."""
    turn_away(office, "whatsapp", "bad_signature", message())
    turn_away(office, "whatsapp", "bad_signature", message())
    for visitor in (chief, worker):
        page = visitor.get(PLACE)
        for piece in ("WhatsApp", "Tanda tangannya salah", "2 kali, pertama 20.00 WIB"):
            assert piece in page.text
        assert "1 menunggu keputusan" in visitor.get("/console/").response.text
    assert "tolong saya dikunci" in chief.get(PLACE).text
    body = worker.get(PLACE)
    assert "dikunci" not in body.response.text
    assert ANI not in body.response.text
    assert not [action for action in body.actions if "quarantine" in action]


def test_the_newest_stands_first(office: Office, chief: Visitor) -> None:
    """What was refused last is read first."""
    for number in range(3):
        turn_away(office, "telegram", "malformed", f"isi{number}".encode())
        office.hotline.clock.forward(minutes=2)
    text = chief.get(PLACE).text
    assert text.index("isi2") < text.index("isi1") < text.index("isi0")


@pytest.mark.parametrize("act", ["release", "drop"])
def test_only_supervisors_decide(office: Office, chief: Visitor, worker: Visitor, act: str) -> None:
    """A caseworker, and somebody signed out, change nothing."""
    turn_away(office, "whatsapp", "unsigned", message())
    (refused,) = held(office)
    path = f"{PLACE}/{refused.id}/{act}"
    assert worker.post(path).status == 403
    assert office.visitor().post(path).status == 303
    assert office.visitor().get(PLACE).status == 303
    assert held(office) == (refused,)
    assert chief.post(f"{PLACE}/{'0' * 32}/{act}").status == 404
    assert chief.post(f"{PLACE}/{refused.id}/burn").status == 404


def test_another_site_decides_nothing(office: Office, chief: Visitor) -> None:
    """A link on a foreign page cannot let a forged message in."""
    turn_away(office, "whatsapp", "unsigned", message())
    (refused,) = held(office)
    post = chief.client.post(
        f"{PLACE}/{refused.id}/release", headers={"sec-fetch-site": "cross-site"}
    )
    assert chief.run(post).status_code == 403
    assert held(office)


def test_what_is_let_in_goes_the_way_of_all_messages(office: Office, chief: Visitor) -> None:
    """It is stored, screened and paged; who let it in is kept, its body is not."""
    open_channel(office, "whatsapp")
    turn_away(office, "whatsapp", "bad_signature", message())
    (refused,) = held(office)
    assert chief.post(f"{PLACE}/{refused.id}/release").status == 303
    (case,) = office.cases()
    known = office.hotline.app.database.read(
        lambda uow: uow.conversations.get(case.conversation_id)
    )
    lines = office.hotline.app.database.read(lambda uow: uow.lines.for_staff(known))
    assert lines[0].text == "tolong saya dikunci"
    (done,) = settled(office)
    assert (done.state, done.body) == (QuarantineState.RELEASED, b"")
    assert "Dimasukkan oleh Petugas 1, 20.00 WIB" in chief.get(PLACE).text
    assert held(office) == ()


def test_letting_in_twice_is_one_message(office: Office, chief: Visitor) -> None:
    """A double tap, a second supervisor, and the provider's own repeat add nothing."""
    open_channel(office, "telegram")
    turn_away(office, "telegram", "bad_secret", update("halo dulu"))
    (refused,) = held(office)
    for _ in range(2):
        assert chief.post(f"{PLACE}/{refused.id}/release").status == 303
    known = office.nobody.run(office.hotline.talk("77", "telegram"))
    lines = office.hotline.app.database.read(lambda uow: uow.lines.for_staff(known))
    assert [line.text for line in lines if line.author is Author.PERSON] == ["halo dulu"]
    assert chief.post(f"{PLACE}/{refused.id}/drop").status == 409
    turn_away(office, "telegram", "bad_secret", update("halo dulu"))
    assert held(office) == ()


def test_who_drops_while_another_lets_in_decides(office: Office, chief: Visitor) -> None:
    """The later decision finds the earlier one: nothing dropped is stored."""
    open_channel(office, "whatsapp")
    turn_away(office, "whatsapp", "bad_signature", message())
    (refused,) = held(office)
    dewi = office.signed_in("dewi", Role.SUPERVISOR)

    async def both() -> tuple[int, int]:
        path = f"{PLACE}/{refused.id}"
        async with office.hotline.app.turnstile.through(f"whatsapp {ANI}"):
            letting_in = asyncio.create_task(chief.client.post(f"{path}/release", headers=OWN))
            # It has read what is held, and waits where messages of one person queue.
            await asyncio.sleep(0.5)
            assert not letting_in.done()
            dropped = await dewi.client.post(f"{path}/drop", headers=OWN)
        return dropped.status_code, (await letting_in).status_code

    assert chief.run(both()) == (303, 409)
    assert office.cases() == ()
    (done,) = settled(office)
    assert done.state is QuarantineState.DROPPED


def test_a_message_that_cannot_be_stored_stays_held(
    office: Office, chief: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decision and the message are one transaction: neither is kept without the other."""
    open_channel(office, "whatsapp")
    turn_away(office, "whatsapp", "bad_signature", message())
    (refused,) = held(office)

    def fail(*_args: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(inbound, "receive", fail)
        assert chief.post(f"{PLACE}/{refused.id}/release").status == 500
    assert held(office) == (refused,)
    chief.post(f"{PLACE}/{refused.id}/release")
    assert len(office.cases()) == 1


def test_a_late_answer_does_not_ring_a_watched_phone(office: Office, chief: Visitor) -> None:
    """What came an hour ago counts as sent an hour ago: the answer waits for the person."""
    open_channel(office, "telegram")
    turn_away(office, "telegram", "bad_secret", update("halo dulu"))
    office.hotline.clock.forward(minutes=60)
    (refused,) = held(office)
    chief.post(f"{PLACE}/{refused.id}/release")
    office.nobody.run(office.hotline.settle())
    assert not office.hotline.chats["telegram"].received
    known = office.nobody.run(office.hotline.talk("77", "telegram"))
    assert known.wrote_at == refused.at


def test_a_closed_channel_lets_nobody_in(office: Office, chief: Visitor) -> None:
    """While nobody can answer in a channel, nothing is taken in through it."""
    turn_away(office, "whatsapp", "unsigned", message())
    (refused,) = held(office)
    page = chief.post(f"{PLACE}/{refused.id}/release")
    assert page.status == 409
    assert "Saluran ini belum dibuka. Tetap ditahan." in page.text
    assert held(office)


@pytest.mark.parametrize(
    ("channel", "body"),
    [
        ("telegram", b"{"),
        ("telegram", b"[]"),
        ("telegram", json.dumps({"update_id": 1}).encode()),
        ("whatsapp", b"\xff\x00"),
        ("whatsapp", b"From=x"),
        ("whatsapp_status", b"MessageStatus=sent"),
        ("telegram", b""),
    ],
)
def test_what_cannot_be_read_stays(
    office: Office, chief: Visitor, channel: str, body: bytes
) -> None:
    """The page offers no release; one that is tried all the same says so and loses nothing."""
    open_channel(office, channel)
    turn_away(office, channel, "malformed", body)
    (refused,) = held(office)
    assert not [action for action in chief.get(PLACE).actions if action.endswith("/release")]
    page = chief.post(f"{PLACE}/{refused.id}/release")
    assert page.status == 409
    assert "Tetap ditahan." in page.text
    assert held(office)


def test_a_dropped_request_leaves_no_body(office: Office, chief: Visitor) -> None:
    """Dropping is final, and the same one does not come back."""
    turn_away(office, "whatsapp", "unsigned", message())
    (refused,) = held(office)
    for _ in range(2):
        assert chief.post(f"{PLACE}/{refused.id}/drop").status == 303
    (done,) = settled(office)
    assert (done.state, done.body) == (QuarantineState.DROPPED, b"")
    assert "Dibuang oleh Petugas 1" in chief.get(PLACE).text
    turn_away(office, "whatsapp", "unsigned", message())
    assert held(office) == ()
    assert settled(office)[0].times == 2


def test_what_came_without_a_body_is_told_again(office: Office, chief: Visitor) -> None:
    """Another request that was too large is another request, also when the first was dropped."""
    turn_away(office, "telegram", "too_large", b"")
    turn_away(office, "telegram", "unsigned", b"")
    assert [refused.reason for refused in held(office)].count("too_large") == 1
    (first,) = [refused for refused in held(office) if refused.reason == "too_large"]
    chief.post(f"{PLACE}/{first.id}/drop")
    office.hotline.clock.forward(minutes=5)
    turn_away(office, "telegram", "too_large", b"")
    (again,) = [refused for refused in held(office) if refused.reason == "too_large"]
    assert (again.times, again.at - first.at) == (1, timedelta(minutes=5))


def test_a_body_is_never_markup(office: Office, chief: Visitor) -> None:
    """Tags, template marks and signs that turn the text round are shown as what they are."""
    bait = "<script>alert(1)</script>{{ 7*7 }}</pre>\u202egnp.exe"
    turn_away(office, "whatsapp", "unsigned", message(bait))
    turn_away(office, "telegram", "malformed", bait.encode() + b"\0\xff")
    page = chief.get(PLACE).response.text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}&lt;/pre&gt;") == 2
    assert "\u202e" not in page
    assert "\0" not in page


def test_a_long_body_is_cut(office: Office, chief: Visitor) -> None:
    """Nobody has to load 64 kB on a phone."""
    turn_away(office, "telegram", "malformed", b"a" * 60_000)
    page = chief.get(PLACE).response.text
    assert 2000 <= page.count("a" * 1) < 4000


def test_a_flood_is_bounded(
    office: Office, chief: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the most that is kept requests are only counted, and the page says how many wait."""
    monkeypatch.setattr(store, "MOST_HELD", 60)
    for number in range(70):
        turn_away(office, "telegram", "malformed", f"isi {number}".encode())
    assert len(held(office)) == 60
    assert "Hanya 50 dari 60 yang ditampilkan." in chief.get(PLACE).text
    assert office.hotline.app.refused["telegram", "malformed"] == 70


def test_without_a_reader_nothing_is_let_in() -> None:
    """A channel that is not configured any more keeps its requests."""

    async def take_in(
        _message: InboundMessage, _first: Callable[[SqlUnitOfWork], None]
    ) -> Received:
        """Never called."""
        raise AssertionError

    at = Refused("1", "telegram", START, "x", 1, QuarantineState.HELD, body=b"{}")
    with pytest.raises(RefusedError):
        decisions.message_in(at, Intake(take_in))
