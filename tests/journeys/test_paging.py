"""Phones ring one after the other until somebody has it, whatever providers and machines do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.domain.cases import Case
from bot.domain.messages import InboundMessage
from bot.domain.oncall import ON_CALL, Policy, PolicyName, Step, Target, TargetKind
from bot.domain.pages import Page, PageEvent, PageKind, PageState
from bot.domain.staff import Role, Staff
from bot.keyfile import new_key
from bot.ports import Answer, Command, SendError
from bot.services import paging, policies
from bot.store.unit_of_work import SqlUnitOfWork
from channels.inbound import take_in
from tests.hotline import Hotline, story
from tests.journeys.offers import judged

HELP = "tolong saya dikunci di kamar, paspor diambil"
PASSPORT = "paspor saya ditahan majikan di riyadh, tidak boleh pegang"
STRANDED = "saya terlantar di bandara riyadh"
SARI, BUDI = "sari-phone", "budi-phone"


async def two(hotline: Hotline) -> tuple[Staff, Staff]:
    """One on duty and one not, each with a phone."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    return sari, await hotline.staff("budi", phone=BUDI)


async def the_case(hotline: Hotline) -> Case:
    """The only case."""
    (case,) = await hotline.cases()
    return case


async def pages_of(hotline: Hotline, case: Case) -> tuple[Page, ...]:
    """All pages of a case."""
    return await hotline.app.read(lambda uow: uow.pages.of_case(case.id))


async def events(hotline: Hotline) -> list[str]:
    """What became of the pages of the only case."""
    return [event for event, _ in await hotline.record(await the_case(hotline))]


async def alarms(hotline: Hotline) -> set[str]:
    """Kinds of what stands."""
    return {each.kind for each in await hotline.app.read(lambda uow: uow.alarms.standing())}


@story
async def test_a_members_contacts_ring_in_their_order(hotline: Hotline) -> None:
    """The second after its minutes, the third at once with it; never before."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.adds_contact(sari, "sari-2", after_minutes=2)
    await hotline.adds_contact(sari, "sari-3")
    await hotline.says("ani", HELP)
    await hotline.forward(minutes=1, seconds=59)
    assert set(hotline.phones.received) == {SARI}
    await hotline.forward(seconds=1)
    assert hotline.phones.rang("sari-2") == 1
    assert hotline.phones.rang("sari-3") == 1
    case = await the_case(hotline)
    pages = await pages_of(hotline, case)
    assert [(page.kind, page.contact) for page in pages] == [(PageKind.STEP, 3)]


@story
async def test_a_contact_that_is_gone_makes_way_at_once(hotline: Hotline) -> None:
    """A permanent refusal does not wait for the minutes of the next contact, nor for a step."""
    sari, _ = await two(hotline)
    await hotline.adds_contact(sari, "sari-2", after_minutes=4)
    hotline.phones.broken.add(SARI)
    await hotline.says("ani", HELP)
    assert hotline.phones.rang("sari-2") == 1
    assert hotline.phones.rang(BUDI) == 0
    assert await events(hotline) == ["queued", "failed", "queued", "sent"]


@story
async def test_all_contacts_of_a_member_fail(hotline: Hotline) -> None:
    """Each refuses for good: the next step is taken in the same moment."""
    sari, _ = await two(hotline)
    await hotline.adds_contact(sari, "sari-2", after_minutes=4)
    hotline.phones.broken |= {SARI, "sari-2"}
    await hotline.says("ani", HELP)
    assert hotline.phones.rang(BUDI) == 1
    case = await the_case(hotline)
    pages = await pages_of(hotline, case)
    assert [page.state for page in pages if page.step == 1] == [PageState.SPENT]


@story
async def test_one_of_two_on_duty_still_rings(hotline: Hotline) -> None:
    """The phone of one is gone, the other's rings: nobody else is woken before their time."""
    await two(hotline)
    await hotline.staff("dewi", phone="dewi-phone", on_duty_hours=8)
    hotline.phones.broken.add(SARI)
    await hotline.says("ani", HELP)
    assert hotline.phones.rang("dewi-phone") == 1
    assert hotline.phones.rang(BUDI) == 0


@story
async def test_no_phone_works_at_all(hotline: Hotline) -> None:
    """Every step is tried in the same moment, the screen shows it, and then each repeat again."""
    await two(hotline)
    hotline.phones.broken |= {SARI, BUDI}
    await hotline.says("ani", HELP)
    assert hotline.phones.rang("screen") == 1
    assert await alarms(hotline) == {"page_failed", "policy_exhausted"}
    hotline.phones.broken.clear()
    await hotline.forward(minutes=14)
    assert hotline.phones.rang(SARI) == 0
    await hotline.forward(minutes=1)
    assert hotline.phones.rang(SARI) == 1


@story
async def test_a_slow_contact_holds_up_no_other(hotline: Hotline) -> None:
    """A phone that is busy is tried again; the next contact comes when its minutes are over."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.adds_contact(sari, "sari-2", after_minutes=1)
    hotline.phones.busy.add(SARI)
    await hotline.says("ani", HELP)
    await hotline.forward(minutes=1)
    assert hotline.phones.rang("sari-2") == 1
    hotline.phones.busy.clear()
    await hotline.forward(minutes=1)
    assert hotline.phones.rang(SARI) == 1


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (SendError("429", permanent=False, retry_after=40), 40),
        (SendError("500", permanent=False), 5),
    ],
    ids=["429", "500"],
)
@story
async def test_a_provider_that_refuses_for_now(
    hotline: Hotline, error: SendError, seconds: float
) -> None:
    """It is asked again, not before it said; the page rings once and its record says why late."""
    await two(hotline)
    hotline.phones.then = [error]
    await hotline.says("ani", HELP)
    await hotline.forward(seconds=seconds - 1)
    assert hotline.phones.rang(SARI) == 0
    await hotline.forward(seconds=1)
    assert hotline.phones.rang(SARI) == 1
    record = await hotline.record(await the_case(hotline))
    assert ("not_sent", f"{error.reason}, again") in record
    assert [event for event, _ in record].count("sent") == 1


@pytest.mark.parametrize("error", [TimeoutError(), LookupError()], ids=["lost", "accepted"])
@story
async def test_where_nobody_knows_it_rings_once_more(hotline: Hotline, error: Exception) -> None:
    """A call that never ended: one repeat, marked as such, and never none."""
    await two(hotline)
    hotline.phones.then = [error]
    await hotline.says("ani", HELP)
    await hotline.forward(seconds=5)
    assert hotline.phones.rang(SARI) == (2 if isinstance(error, LookupError) else 1)
    assert await events(hotline) == ["queued", "not_sent", "repeated"]


@story
async def test_nobody_knows_twice(hotline: Hotline) -> None:
    """No third try at the same phone: the next step has it."""
    await two(hotline)
    hotline.phones.then = [LookupError(), LookupError()]
    await hotline.says("ani", HELP)
    await hotline.forward(seconds=5)
    assert hotline.phones.rang(SARI) == 2 + 1  # the third is the page of the second step
    assert hotline.phones.rang(BUDI) == 1


@story
async def test_a_sender_that_dies_twice_inside_the_call(hotline: Hotline) -> None:
    """The page is taken once more; after the second death the next step is due at once."""
    await two(hotline)
    await take_in(hotline.app, InboundMessage("web", "m", "ani", HELP, final=True))
    lease = timedelta(seconds=30)
    for _ in range(2):
        now = hotline.clock.now()
        (row,) = await hotline.app.write(partial(paging.claim_pages, now=now, lease=lease, limit=9))
        assert row.page_id is not None
        hotline.clock.forward(seconds=31)
    await hotline.settle()
    assert hotline.phones.rang(BUDI) == 1
    assert ("failed", "outcome_unknown") in await hotline.record(await the_case(hotline))


@story
async def test_a_provider_tells_later_that_it_did_not_ring(hotline: Hotline) -> None:
    """Busy, no answer, an answering machine: it is not delivered, and the next contact rings."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.adds_contact(sari, "sari-2", after_minutes=4)
    await hotline.says("ani", HELP)
    case, now = await the_case(hotline), hotline.clock.now()
    lines = await hotline.app.read(lambda uow: uow.pages.lines(case.id))
    row_id = lines[0].outbound_id or ""
    for event, reason in ((PageEvent.DELIVERED, ""), (PageEvent.FAILED, "answering_machine")):
        note = partial(paging.note_page_event, outbound_id=row_id, event=event, reason=reason)
        await hotline.app.write(partial(note, now=now))
    await hotline.settle()
    assert hotline.phones.rang("sari-2") == 1
    record = await hotline.record(case)
    assert record[-3:] == [("failed", "answering_machine"), ("queued", ""), ("sent", "")]


@story
async def test_the_record_has_one_trace(hotline: Hotline) -> None:
    """Case, escalation, pages and every line of the record carry the same name; it only grows."""
    await two(hotline)
    await hotline.says("ani", HELP)
    await hotline.forward(minutes=5)
    case = await the_case(hotline)

    def traces(uow: SqlUnitOfWork) -> set[str]:
        latest = uow.escalations.latest_for(case.id)
        assert latest is not None
        pages, lines = uow.pages.of_case(case.id), uow.pages.lines(case.id)
        assert len(pages) == 3
        of_lines = {line.trace_id for line in lines}
        return {latest.trace_id, *(page.trace_id for page in pages), *of_lines}

    assert await hotline.app.read(traces) == {case.trace_id}
    assert len(case.trace_id) == 32


@story
async def test_an_edit_changes_nothing_that_runs(hotline: Hotline) -> None:
    """The case that pages already goes on by its snapshot; the next one by the new policy."""
    await two(hotline)
    await hotline.staff("dewi", phone="dewi-phone")
    await hotline.says("ani", HELP)
    quick = Policy(
        (Step(0, (ON_CALL,)), Step(1, (Target(TargetKind.PERSON, "dewi"),))), 60, name="emergency"
    )
    now = hotline.clock.now()
    await hotline.app.write(lambda uow: policies.put(uow, {PolicyName.EMERGENCY: quick}, now))
    await hotline.forward(minutes=4)
    assert hotline.phones.rang("dewi-phone") == 0
    await hotline.says("citra", HELP)
    await hotline.forward(minutes=1)
    # The first case has woken everybody by now, the second one only Dewi.
    assert hotline.phones.rang("dewi-phone") == 2
    for case in await hotline.cases():
        assert max(page.step for page in await pages_of(hotline, case)) == 2


@story
async def test_a_policy_names_its_channels_groups_and_roles(hotline: Hotline) -> None:
    """A call before the text, for a group; then the supervisors."""
    sari = await hotline.staff("sari", phone=SARI)
    await hotline.adds_contact(sari, "sari-call", channel="voice", after_minutes=3)
    now = hotline.clock.now()
    boss = await hotline.staff("bos", role=Role.SUPERVISOR)
    await hotline.adds_contact(boss, "bos-phone")
    group = Target(TargetKind.GROUP, "inti")
    policy = Policy((Step(0, (group,), ("voice",)), Step(2, (Target(TargetKind.SUPERVISORS),))), 10)

    def change(uow: SqlUnitOfWork) -> None:
        uow.staff.join_group("inti", sari.id)
        policies.put(uow, {PolicyName.EMERGENCY: policy}, now)

    await hotline.app.write(change)
    await hotline.says("ani", HELP)
    assert set(hotline.phones.received) == {"sari-call"}
    await hotline.forward(minutes=2)
    assert set(hotline.phones.received) == {"sari-call", "bos-phone"}


@story
async def test_a_trial_without_fallback_falls_silent(hotline: Hotline) -> None:
    """Its group does not answer, or there is none: nobody else is ever woken for it."""
    await two(hotline)
    hotline.assistant.answers = [Answer((), (Command("set_safe_contact", 0, {"note": "wa"}),))]
    await hotline.says("ani", "wa saja")
    case, now, app = await the_case(hotline), hotline.clock.now(), hotline.app
    wanted = replace(paging.AT_ONCE, policy=PolicyName.CANARY)
    await app.write(lambda uow: paging.start_escalation(uow, case, app.office, now, wanted=wanted))
    for _ in range(4):
        await hotline.forward(minutes=10)
    assert hotline.phones.received == {}
    assert await app.read(lambda uow: uow.escalations.running_for(case.id)) is None


@story
async def test_by_night_a_passport_waits_for_the_morning(hotline: Hotline) -> None:
    """Nobody is woken; the shift that begins in nine hours hears of it when it begins."""
    sari = await hotline.staff("sari", phone=SARI)
    begins = hotline.clock.now() + timedelta(hours=9)
    ends = begins + timedelta(hours=8)
    await hotline.app.write(lambda uow: uow.rota.add_shift(sari.id, begins, ends))
    await hotline.says("ani", PASSPORT)
    assert await hotline.record(await the_case(hotline)) == [("not_sent", "does_not_wake")]
    for _ in range(8):
        await hotline.forward(hours=1)
    assert hotline.phones.received == {}
    await hotline.forward(hours=1)
    assert hotline.phones.rang(SARI) == 1


@story
@pytest.mark.parametrize("hours", [9, 3])
async def test_by_night_graver_words_after_a_passport_wake(hotline: Hotline, hours: int) -> None:
    """A passport that is held waits; who is stranded too does not, whether shifts are far or near."""
    sari = await hotline.staff("sari", phone=SARI)
    begins = hotline.clock.now() + timedelta(hours=hours)
    ends = begins + timedelta(hours=8)
    await hotline.app.write(lambda uow: uow.rota.add_shift(sari.id, begins, ends))
    await hotline.says("ani", PASSPORT)
    await hotline.says("ani", STRANDED)
    case = await the_case(hotline)
    running = await hotline.app.read(lambda uow: uow.escalations.running_for(case.id))
    assert running is not None
    assert not running.policy.only_staffed
    assert hotline.phones.rang(SARI) == (1 if hours == 9 else 0)
    # Nor does the passport, told once more, put it off.
    await hotline.says("ani", PASSPORT)
    assert await hotline.app.read(lambda uow: uow.escalations.running_for(case.id)) == running


@story
async def test_graver_words_after_a_shift_that_heard_of_a_passport_wake(hotline: Hotline) -> None:
    """The day shift was paged for the passport and took nothing; at night she is stranded."""
    await hotline.staff("sari", phone=SARI, on_duty_hours=0.2)
    await hotline.staff("budi", phone=BUDI)
    await hotline.says("ani", PASSPORT)
    await hotline.forward(hours=1)
    assert hotline.phones.rang(BUDI) == 0
    await hotline.says("ani", STRANDED)
    assert hotline.phones.rang(BUDI) == 1


@story
async def test_graver_words_ring_although_somebody_has_the_passport(hotline: Hotline) -> None:
    """Sari has two hours for the passport; that Ani is stranded too is rung for at once."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.says("ani", PASSPORT)
    await hotline.takes(sari, await the_case(hotline))
    await hotline.forward(hours=1)
    await hotline.says("ani", PASSPORT)
    assert hotline.phones.rang(SARI) == 1
    await hotline.says("ani", STRANDED)
    assert hotline.phones.rang(SARI) == 2


@story
async def test_by_night_what_is_urgent_wakes_when_the_morning_is_far(hotline: Hotline) -> None:
    """Nine hours are too long; five are not, then the shift hears of it when it begins."""
    sari = await hotline.staff("sari", phone=SARI)
    await hotline.says("ani", STRANDED)
    assert hotline.phones.rang(SARI) == 1
    begins = hotline.clock.now() + timedelta(hours=5)
    ends = begins + timedelta(hours=8)
    await hotline.app.write(lambda uow: uow.rota.add_shift(sari.id, begins, ends))
    for case in await hotline.cases():
        await hotline.takes(sari, case)
    await hotline.says("budi", STRANDED)
    rang = hotline.phones.rang(SARI)
    await hotline.forward(hours=4)
    late = [text for text in hotline.phones.received[SARI][rang:] if "balas" in text]
    assert late == []
    await hotline.forward(hours=1)
    assert "Atau balas" in hotline.phones.received[SARI][-1]


@story
async def test_a_flood_rings_thrice_and_then_together(hotline: Hotline) -> None:
    """Three cries ring each on their own; four more are one page, each with its own code."""
    await two(hotline)
    for who in ("ani", "dewi", "eka", "fitri", "gita", "hana", "ika"):
        await hotline.says(who, HELP)
    assert hotline.phones.rang(SARI) == 3
    await hotline.forward(minutes=2)
    assert hotline.phones.rang(SARI) == 4
    together = hotline.phones.received[SARI][-1]
    assert "4 kasus menunggu" in together
    cases = await hotline.cases()
    assert sum(case.reference in together for case in cases) == 4
    # Who was not yet rung is not kept waiting.
    await hotline.forward(minutes=3)
    assert hotline.phones.rang(BUDI) == 3
    await hotline.forward(minutes=2)
    assert "4 kasus menunggu" in hotline.phones.received[BUDI][-1]


@story
async def test_a_phone_that_has_not_rung_yet_is_no_bundle(hotline: Hotline) -> None:
    """The first page is still being tried: the second does not wait for it."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.adds_contact(sari, "sari-2", after_minutes=1)
    hotline.phones.busy.add(SARI)
    await hotline.says("ani", HELP)
    hotline.phones.busy.clear()
    await hotline.says("dewi", HELP)
    assert hotline.phones.rang(SARI) == 1


@story
async def test_a_bundle_that_fails_goes_on_for_all_its_cases(hotline: Hotline) -> None:
    """The phone breaks in between: every case of the bundle takes its next step at once."""
    await two(hotline)
    for who in ("ani", "dewi", "eka", "fitri", "gita"):
        await hotline.says(who, HELP)
    hotline.phones.broken.add(SARI)
    await hotline.forward(minutes=2)
    for case in await hotline.cases():
        late = [page for page in await pages_of(hotline, case) if page.state is PageState.SPENT]
        record = [event for event, _ in await hotline.record(case)]
        assert bool(late) == ("failed" in record)
    assert hotline.phones.rang(BUDI) >= 1


@story
async def test_two_workers_page_once(tmp_path: Path) -> None:
    """Two boxes on one database: each step rings each phone once."""
    key, folder = new_key(), tmp_path / "var"
    boxes = [Hotline(folder, master_keys=(key,)) for _ in range(2)]
    try:
        object.__setattr__(boxes[1].app, "clock", boxes[0].clock)
        sari = await boxes[0].staff("sari", phone=SARI, on_duty_hours=8)
        await boxes[0].adds_contact(sari, "sari-2", after_minutes=1)
        await boxes[0].says("ani", HELP)
        for _ in range(6):
            boxes[0].clock.forward(minutes=1)
            for box in (*boxes, *boxes):
                await box.settle()
        for phone in (SARI, "sari-2"):
            assert sum(box.phones.rang(phone) for box in boxes) == 2
    finally:
        for box in boxes:
            box.close()


@story
async def test_a_step_pages_nobody_twice(hotline: Hotline) -> None:
    """Written again by whoever, the row of a step and member is the one that is there."""
    sari, _ = await two(hotline)
    await hotline.says("ani", HELP)
    case, now = await the_case(hotline), hotline.clock.now()

    def again(uow: SqlUnitOfWork) -> object:
        latest = uow.escalations.latest_for(case.id)
        assert latest is not None
        return uow.pages.ring(
            case, sari.id, PageKind.STEP, now, escalation_id=latest.id, step=latest.step
        )

    assert await hotline.app.write(again) is None


@story
async def test_the_clock_goes_back_while_a_contact_waits(hotline: Hotline) -> None:
    """Three hours back: the second contact is not silent for three hours."""
    sari = await hotline.staff("sari", phone=SARI, on_duty_hours=8)
    await hotline.adds_contact(sari, "sari-2", after_minutes=2)
    await hotline.says("ani", HELP)
    await hotline.forward(hours=-3)
    assert hotline.phones.rang("sari-2") == 1


@story
async def test_what_was_planned_before_the_clock_went_back_rings(hotline: Hotline) -> None:
    """A shift in five hours, thirty days ahead of the true time: it is not silent for thirty days."""
    sari = await hotline.staff("sari", phone=SARI)
    hotline.clock.forward(days=30)
    begins = hotline.clock.now() + timedelta(hours=5)
    ends = begins + timedelta(hours=8)
    await hotline.app.write(lambda uow: uow.rota.add_shift(sari.id, begins, ends))
    await hotline.says("ani", STRANDED)
    await hotline.forward(minutes=-1)
    assert hotline.phones.received == {}
    await hotline.forward(days=-30)
    assert hotline.phones.rang(SARI) == 1


async def child(hotline: Hotline, departure: str | None = None, leaves: str | None = None) -> Case:
    """An offer for a child was judged; the case that it made."""
    await judged(hotline, "ani", departure=departure, leaves=leaves, flag="underage_recruit")
    return await the_case(hotline)


@story
async def test_by_night_a_child_that_leaves_soon_wakes(hotline: Hotline) -> None:
    """Within a week, whoever can be reached."""
    await hotline.staff("sari", phone=SARI)
    await child(hotline, "this_week")
    assert hotline.phones.rang(SARI) == 1


@story
async def test_by_night_a_child_without_a_date_wakes_after_ten_minutes(hotline: Hotline) -> None:
    """The person was asked; told again without a date, the ten minutes do not begin anew."""
    await hotline.staff("sari", phone=SARI)
    await child(hotline)
    await hotline.forward(minutes=9)
    await child(hotline)
    assert hotline.phones.rang(SARI) == 0
    await hotline.forward(minutes=1)
    assert hotline.phones.rang(SARI) == 1


@story
async def test_by_night_a_child_that_leaves_much_later_waits(hotline: Hotline) -> None:
    """The date came within the ten minutes: the shift hears of it; a week before it wakes."""
    await hotline.staff("sari", phone=SARI)
    await child(hotline)
    await child(hotline, "later", "2026-12-05")
    await hotline.forward(minutes=30)
    assert hotline.phones.rang(SARI) == 0
    for _ in range(7):
        await hotline.forward(days=1)
    assert hotline.phones.rang(SARI) >= 1


@story
async def test_who_writes_after_everybody_was_called_hears_whom_else_to_call(
    hotline: Hotline,
) -> None:
    """The policy has run out: nobody has answered, we go on calling, and there is a number."""
    await two(hotline)
    await hotline.says("ani", HELP)
    for minutes in (5, 5, 15):
        await hotline.forward(minutes=minutes)
    await hotline.says("ani", "1")
    await hotline.says("ani", "di gudang")
    said = (await hotline.answers("ani"))[-1]
    assert "belum ada petugas yang menjawab; kami terus memanggil" in said
    assert "menelepon" in said
