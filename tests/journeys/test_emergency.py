"""Message in, time passes, the phone rings."""

from __future__ import annotations

import asyncio

from bot.domain.cases import CaseKind, CloseReason, LogKind
from bot.domain.oncall import EscalationState
from bot.language.types import Urgency
from bot.ports import Answer, Command
from bot.services import accounts, closing, takeover
from bot.store.rows import case_key
from tests.hotline import Hotline, story

HELP = "tolong saya dikunci di kamar, paspor diambil"
STRANDED = "saya terlantar di bandara riyadh"
ASKS_FOR_A_HUMAN = Answer((), (Command("request_human", 0, {}),))


def test_the_phone_on_duty_rings_at_once(hotline: Hotline) -> None:
    """Danger wakes whoever is on call, and nobody else, within the same moment."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.staff("budi", phone="budi-phone")
        await hotline.says("ani", HELP)
        (case,) = await hotline.cases()
        assert case.kind is CaseKind.DANGER
        assert case.urgency is Urgency.EMERGENCY
        (page,) = hotline.phones.received["sari-phone"]
        assert case.reference in page
        assert "budi-phone" not in hotline.phones.received

    asyncio.run(journey())


def test_a_page_holds_no_word_of_the_person(hotline: Hotline) -> None:
    """The page names the case and the link; nothing that was written is in it."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.says("ani", HELP)
        (page,) = hotline.phones.received["sari-phone"]
        for word in ("dikunci", "kamar", "paspor", "ani"):
            assert word not in page.lower().split()

    asyncio.run(journey())


def test_silence_wakes_everybody_after_five_minutes(hotline: Hotline) -> None:
    """The first on call does not react: after the delay of the policy all phones ring."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.staff("budi", phone="budi-phone")
        await hotline.says("ani", HELP)
        await hotline.forward(minutes=4, seconds=59)
        assert "budi-phone" not in hotline.phones.received
        await hotline.forward(seconds=1)
        assert len(hotline.phones.received["budi-phone"]) == 1
        assert len(hotline.phones.received["sari-phone"]) == 2

    asyncio.run(journey())


def test_an_exhausted_policy_keeps_paging(hotline: Hotline) -> None:
    """Nobody reacts at all: an alarm is raised and the phones go on ringing."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.says("ani", HELP)
        for _ in range(8):
            await hotline.forward(minutes=15)
        assert len(hotline.phones.received["sari-phone"]) == 9
        alarms = await hotline.app.read(lambda uow: uow.alarms.standing())
        assert [alarm.kind for alarm in alarms] == ["policy_exhausted"]

    asyncio.run(journey())


def test_acknowledging_stops_the_phones(hotline: Hotline) -> None:
    """Somebody has it: no phone rings any more."""

    async def journey() -> None:
        member = await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.says("ani", HELP)
        (case,) = await hotline.cases()
        await hotline.takes(member, case)
        await hotline.forward(minutes=9)
        assert len(hotline.phones.received["sari-phone"]) == 1
        escalation = await hotline.app.read(lambda uow: uow.escalations.latest_for(case.id))
        assert escalation is not None
        assert escalation.state is EscalationState.ACKNOWLEDGED

    asyncio.run(journey())


def test_nobody_on_duty_is_said_honestly_and_everybody_is_paged(hotline: Hotline) -> None:
    """No one on call is a named outcome: logged, loud, and the person hears it."""

    async def journey() -> None:
        await hotline.staff("budi", phone="budi-phone")
        await hotline.says("ani", HELP)
        (first, *_) = await hotline.answers("ani")
        assert "belum ada petugas" in first.lower()
        (page,) = hotline.phones.received["budi-phone"]
        assert "LATIHAN" in page
        (case,) = await hotline.cases()
        log = await hotline.app.read(lambda uow: uow.cases.log_entries(case.id))
        assert LogKind.NO_ONE_ON_CALL in [entry.kind for entry in log]

    asyncio.run(journey())


def test_without_any_contact_the_screen_shows_the_page(hotline: Hotline) -> None:
    """An installation without staff still shows, on its own screen, that somebody waits."""

    async def journey() -> None:
        await hotline.says("ani", HELP)
        (page,) = hotline.phones.received["screen"]
        assert page.startswith("[LATIHAN] DARURAT")

    asyncio.run(journey())


def test_a_second_cry_pages_nobody_twice(hotline: Hotline) -> None:
    """While phones already ring for a case, more danger is added to it, not to the noise."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.says("ani", HELP)
        await hotline.says("ani", "saya dipukul terus, tolong")
        assert len(await hotline.cases()) == 1
        assert len(hotline.phones.received["sari-phone"]) == 1

    asyncio.run(journey())


def test_a_pause_of_the_machine_takes_one_step_not_all(hotline: Hotline) -> None:
    """After a day off one page is sent at once, not one for each that was missed."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=48)
        await hotline.says("ani", HELP)
        await hotline.forward(days=1)
        assert len(hotline.phones.received["sari-phone"]) == 2

    asyncio.run(journey())


def test_a_phone_that_is_gone_raises_an_alarm(hotline: Hotline) -> None:
    """A refused page is recorded with its case and shown as an alarm, not swallowed."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        hotline.phones.broken.add("sari-phone")
        await hotline.says("ani", HELP)
        (case,) = await hotline.cases()
        log = await hotline.app.read(lambda uow: uow.cases.log_entries(case.id))
        assert LogKind.PAGE_FAILED in [entry.kind for entry in log]
        alarms = await hotline.app.read(lambda uow: uow.alarms.standing())
        assert "page_failed" in [alarm.kind for alarm in alarms]

    asyncio.run(journey())


def test_a_busy_provider_is_tried_again(hotline: Hotline) -> None:
    """A temporary refusal delays the page by seconds and sends it once."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        hotline.phones.busy.add("sari-phone")
        await hotline.says("ani", HELP)
        assert "sari-phone" not in hotline.phones.received
        hotline.phones.busy.clear()
        await hotline.forward(seconds=5)
        assert len(hotline.phones.received["sari-phone"]) == 1

    asyncio.run(journey())


def test_who_asks_for_a_human_reaches_whoever_is_on_duty(hotline: Hotline) -> None:
    """One quiet page to those on call; nobody off duty is woken for it."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.staff("budi", phone="budi-phone")
        hotline.assistant.answers = [Answer((), (Command("request_human", 0, {}),))]
        await hotline.says("ani", "mau bicara sama orang")
        (page,) = hotline.phones.received["sari-phone"]
        assert "DARURAT" not in page
        await hotline.forward(hours=3)
        assert len(hotline.phones.received["sari-phone"]) == 1
        assert "budi-phone" not in hotline.phones.received

    asyncio.run(journey())


def test_who_asks_for_a_human_at_night_hears_that_nobody_is_there(hotline: Hotline) -> None:
    """No promise, and no phone rings."""

    async def journey() -> None:
        await hotline.staff("budi", phone="budi-phone")
        hotline.assistant.answers = [Answer((), (Command("request_human", 0, {}),))]
        await hotline.says("ani", "mau bicara sama orang")
        assert "belum ada petugas" in (await hotline.answers("ani"))[-1].lower()
        assert hotline.phones.received == {}

    asyncio.run(journey())


def test_an_urgent_message_has_a_case_and_those_on_call_hear_of_it(hotline: Hotline) -> None:
    """Passport withheld abroad: a human within hours, whatever the dialogue made of it."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.staff("budi", phone="budi-phone")
        await hotline.says("ani", "paspor saya ditahan majikan di riyadh, tidak boleh pegang")
        (case,) = await hotline.cases()
        assert case.urgency is Urgency.URGENT
        assert len(hotline.phones.received["sari-phone"]) == 1
        assert "budi-phone" not in hotline.phones.received

    asyncio.run(journey())


def test_a_closed_emergency_that_goes_on_is_danger_again(hotline: Hotline) -> None:
    """She writes after the case was closed: it opens, somebody hears, no menu is shown."""

    async def journey() -> None:
        member = await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.says("ani", HELP)
        (case,) = await hotline.cases()
        now = hotline.clock.now()
        app = hotline.app
        await hotline.takes(member, case)
        await app.write(
            lambda uow: closing.ask_or_close(uow, case, member, CloseReason.HELPED, "", now)
        )
        rung = len(hotline.phones.received["sari-phone"])
        await hotline.forward(hours=1)
        await hotline.says("ani", "belum tertolong pak, masih di rumahnya")
        assert len(hotline.phones.received["sari-phone"]) == rung + 1
        assert hotline.assistant.asked == []

    asyncio.run(journey())


def test_with_no_phone_to_ring_nobody_is_told_that_we_keep_calling(hotline: Hotline) -> None:
    """A page on the screen of the machine is no call."""

    async def journey() -> None:
        await hotline.says("ani", HELP)
        await hotline.says("ani", "1")
        await hotline.says("ani", "di gudang")
        assert "terus memanggil" not in " ".join(await hotline.answers("ani"))

    asyncio.run(journey())


def test_disabled_staff_are_not_counted_on(hotline: Hotline) -> None:
    """Somebody left in the middle of a shift: the others are paged, and no lie is told."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.staff("budi", phone="budi-phone")
        now = hotline.clock.now()
        await hotline.app.write(lambda uow: accounts.disable(uow, "sari", now))
        await hotline.says("ani", HELP)
        assert "sari-phone" not in hotline.phones.received
        assert len(hotline.phones.received["budi-phone"]) == 1

    asyncio.run(journey())


def test_on_duty_without_any_way_to_be_reached_means_everybody(hotline: Hotline) -> None:
    """A shift alone wakes nobody."""

    async def journey() -> None:
        await hotline.staff("sari", on_duty_hours=8)
        await hotline.staff("budi", phone="budi-phone")
        await hotline.says("ani", HELP)
        assert len(hotline.phones.received["budi-phone"]) == 1

    asyncio.run(journey())


def test_a_phone_that_is_gone_passes_on_at_once(hotline: Hotline) -> None:
    """The phone on duty refuses for good: the next step does not wait five minutes."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.staff("budi", phone="budi-phone")
        hotline.phones.broken.add("sari-phone")
        await hotline.says("ani", HELP)
        assert len(hotline.phones.received["budi-phone"]) == 1

    asyncio.run(journey())


def test_a_clock_that_jumps_back_stops_no_pages(hotline: Hotline) -> None:
    """Three hours back: phones go on ringing as if it had not happened."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.says("ani", HELP)
        await hotline.forward(minutes=12)
        rung = len(hotline.phones.received["sari-phone"])
        await hotline.forward(hours=-3)
        assert len(hotline.phones.received["sari-phone"]) > rung

    asyncio.run(journey())


def test_a_case_that_nobody_can_read_silences_no_other(hotline: Hotline) -> None:
    """Its key is gone: the phones ring on for everybody else, and an alarm says so."""

    async def journey() -> None:
        await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.staff("budi", phone="budi-phone")
        await hotline.says("ani", HELP)
        (lost,) = await hotline.cases()
        await hotline.says("dewi", HELP)
        (other,) = [case for case in await hotline.cases() if case.id != lost.id]
        hotline.app.database.vault.erase(case_key(lost.id))
        await hotline.forward(minutes=6)
        assert other.reference in str(hotline.phones.received["budi-phone"])
        alarms = await hotline.app.read(lambda uow: uow.alarms.standing())
        assert [alarm.detail for alarm in alarms if alarm.kind == "case_unreadable"] == [lost.id]

    asyncio.run(journey())


@story
async def test_a_case_that_becomes_urgent_rings(hotline: Hotline) -> None:
    """Somebody asked for a human, and an hour later is stranded: whoever is on call is rung."""
    await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    hotline.assistant.answers = [ASKS_FOR_A_HUMAN]
    await hotline.says("ani", "mau bicara sama orang")
    rung = hotline.phones.rang("sari-phone")
    await hotline.forward(hours=1)
    await hotline.says("ani", STRANDED)
    (case,) = await hotline.cases()
    assert case.urgency is Urgency.URGENT
    assert hotline.phones.rang("sari-phone") == rung + 1
    assert await hotline.app.read(lambda uow: uow.escalations.running_for(case.id)) is not None


@story
async def test_a_closed_urgent_case_that_goes_on_rings_again(hotline: Hotline) -> None:
    """Stranded once more after the case was closed: it opens, and somebody hears."""
    sari = await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    await hotline.says("ani", STRANDED)
    (case,) = await hotline.cases()
    await hotline.takes(sari, case)
    now = hotline.clock.now()
    await hotline.app.write(
        lambda uow: closing.ask_or_close(uow, case, sari, CloseReason.HELPED, "", now)
    )
    rung = hotline.phones.rang("sari-phone")
    await hotline.forward(hours=1)
    await hotline.says("ani", STRANDED)
    assert hotline.phones.rang("sari-phone") == rung + 1
    assert await hotline.app.read(lambda uow: uow.escalations.running_for(case.id)) is not None


@story
async def test_urgent_words_ring_when_whoever_talks_has_left(hotline: Hotline) -> None:
    """Sari holds the talk and went home five hours ago: whoever is on call now is rung."""
    sari = await hotline.staff("sari", phone="sari-phone")
    await hotline.staff("budi", phone="budi-phone", on_duty_hours=8)
    hotline.assistant.answers = [ASKS_FOR_A_HUMAN]
    await hotline.says("ani", "mau bicara sama orang")
    (case,) = await hotline.cases()
    app, now = hotline.app, hotline.clock.now()
    await app.write(lambda uow: takeover.take_over(uow, case, sari, app.office, app.wording, now))
    await hotline.forward(hours=5)
    rung = hotline.phones.rang("budi-phone")
    for _ in range(2):
        await hotline.says("ani", STRANDED)
        assert hotline.phones.rang("budi-phone") == rung + 1
