"""What the auditor reads from a hotline at work, on both databases."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.audit_facts import Facts
from bot.domain.conversation import HandledBy
from bot.language.types import Urgency
from bot.ports import SendError
from bot.store.rows import case_key
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import Hotline, story

HELP = "tolong saya disekap di kamar"
ANI = "whatsapp:+6285100000001"


async def facts(hotline: Hotline) -> Facts:
    """What is read now."""
    now = hotline.clock.now()
    return await hotline.app.read(lambda uow: uow.audit.facts(now))


@story
async def test_a_quiet_hotline_has_beats_and_nothing_else(hotline: Hotline) -> None:
    """Every loop of the worker leaves its mark; names that no worker has any more are forgotten."""
    old = hotline.clock.now() - timedelta(days=3)
    await hotline.app.write(lambda uow: uow.beats.set({"loop gone": old, "door gone": old}))
    await hotline.settle()
    found = await facts(hotline)
    loops = {f"loop {topic}" for topic, _ in hotline.worker.loops()} - {"loop beats"}
    assert set(found.beats) == loops | {"door gone"}
    assert {found.beats[name] for name in loops} == {hotline.clock.now()}
    assert (found.cases, found.waiting, found.leases, found.calls) == ((), (), (), ())
    assert (found.unreadable, found.refused_lately, found.canary) == (0, 0, None)


@story
async def test_beats_are_written_each_quarter_of_a_minute(hotline: Hotline) -> None:
    """Not more often, and at once when the clock was set back."""
    await hotline.settle()
    begun = hotline.clock.now()
    await hotline.forward(seconds=14)
    assert (await facts(hotline)).beats["loop turns"] == begun
    await hotline.forward(seconds=1)
    assert (await facts(hotline)).beats["loop turns"] == begun + timedelta(seconds=15)
    await hotline.forward(hours=-2)
    assert (await facts(hotline)).beats["loop turns"] == hotline.clock.now()


@story
async def test_an_emergency_is_read_with_what_comes_next(hotline: Hotline) -> None:
    """Being paged, held by a human, planned for: each is seen."""
    await hotline.says("ani", HELP)
    (case,) = await hotline.cases()
    (seen,) = (await facts(hotline)).cases
    assert (seen.reference, seen.urgency) == (case.reference, Urgency.EMERGENCY)
    assert seen.paging_due is not None
    assert seen.paging_due > hotline.clock.now()
    assert seen.rings_since == hotline.clock.now()
    assert not seen.is_answered
    assert not seen.is_held
    member = await hotline.staff("sari")
    known = await hotline.talk("ani")
    await hotline.app.write(
        lambda uow: uow.conversations.hand_to(known.id, HandledBy.HUMAN, member.id)
    )
    (seen,) = (await facts(hotline)).cases
    assert not seen.is_held  # nobody looks at the screen
    await hotline.opens_console(member)
    (seen,) = (await facts(hotline)).cases
    assert seen.is_held
    hotline.clock.forward(minutes=3)
    (seen,) = (await facts(hotline)).cases
    assert not seen.is_held


@story
async def test_an_emergency_that_nobody_is_paged_for_is_seen_bare(hotline: Hotline) -> None:
    """Whatever bug ends its paging: it is read as having nothing next."""
    await hotline.says("ani", HELP)
    (case,) = await hotline.cases()
    await hotline.app.write(lambda uow: uow.escalations.resolve(case.id))
    (seen,) = (await facts(hotline)).cases
    assert (seen.paging_due, seen.step_due, seen.is_answered, seen.is_held) == (
        None,
        None,
        False,
        False,
    )


@story
async def test_turns_and_rows_that_wait_are_counted(hotline: Hotline) -> None:
    """A turn without Rasa and a text that is tried again, each since it was due."""
    hotline.assistant.up = False
    await hotline.says("ani", "halo kak")
    hotline.clock.forward(minutes=7)
    waiting = {each.what: each for each in (await facts(hotline)).waiting}
    assert waiting["turn"].count == 1
    assert hotline.clock.now() - waiting["turn"].since >= timedelta(minutes=7)


@story
async def test_a_row_that_nobody_sends_is_counted_by_its_purpose(hotline: Hotline) -> None:
    """A text is written and no loop takes it."""
    await hotline.says(ANI, "halo", channel="whatsapp")
    hotline.chats["whatsapp"].then = [SendError("http_500", permanent=False)]
    await hotline.says(ANI, "halo lagi", channel="whatsapp")
    hotline.clock.forward(minutes=2)
    waiting = {each.what: each.count for each in (await facts(hotline)).waiting}
    assert waiting["reply"] == 1


@story
async def test_calls_are_counted_by_channel(hotline: Hotline) -> None:
    """What the provider refused counts; what lies with the person does not."""
    chat = hotline.chats["whatsapp"]
    for number in range(3):
        await hotline.says(f"whatsapp:+628510000000{number}", "halo", channel="whatsapp")
    (calls,) = (await facts(hotline)).calls
    assert (calls.channel, calls.sent, calls.failed) == ("whatsapp", 3, 0)
    chat.then = [
        SendError("http_500", permanent=False),
        SendError("http_500", permanent=True),
        SendError("21610", permanent=True, unreachable=True),
    ]
    for number in range(3):
        await hotline.says(f"whatsapp:+628510000000{number}", "halo lagi", channel="whatsapp")
    (calls,) = (await facts(hotline)).calls
    assert (calls.sent, calls.failed) == (3, 2)
    assert calls.last_failed == hotline.clock.now()
    await hotline.forward(minutes=6)
    (calls,) = (await facts(hotline)).calls
    assert (calls.sent, calls.failed, calls.unreported) == (4, 1, 3)
    await hotline.forward(minutes=16)
    assert (await facts(hotline)).calls == ()


@story
async def test_lost_leases_are_seen(hotline: Hotline) -> None:
    """A row whose process died inside the call, before anybody took it up."""
    await hotline.says(ANI, "halo", channel="whatsapp")
    now = hotline.clock.now()
    hotline.chats["whatsapp"].then = [SendError("http_500", permanent=False)]
    await hotline.says(ANI, "halo lagi", channel="whatsapp")
    hotline.clock.forward(seconds=5)
    lease = timedelta(seconds=30)

    def die(uow: SqlUnitOfWork) -> None:
        (due,) = uow.deliveries.due("whatsapp", hotline.clock.now(), 5)
        assert uow.deliveries.take(due.id, now, lease) is not None

    await hotline.app.write(die)
    hotline.clock.forward(minutes=3)
    (lost,) = (await facts(hotline)).leases
    assert (lost.what, lost.count) == ("outbound", 1)


@story
async def test_a_lost_key_is_seen(hotline: Hotline) -> None:
    """The key of an urgent case is gone: it is counted, and nothing else breaks."""
    await hotline.says("ani", HELP)
    (case,) = await hotline.cases()
    await hotline.staff("sari", phone="0000-1")
    assert (await facts(hotline)).unreadable == 0
    hotline.app.database.vault.erase(case_key(case.id))
    assert (await facts(hotline)).unreadable == 1


@story
async def test_rows_from_the_future_are_seen(hotline: Hotline) -> None:
    """The clock was set back after something was written."""
    await hotline.says("ani", HELP)
    written = hotline.clock.now()
    hotline.clock.forward(hours=-1)
    assert (await facts(hotline)).newest == written
