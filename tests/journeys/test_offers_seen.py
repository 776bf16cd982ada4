"""The same offer, many askers: what staff see of it, and what nobody else does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from bot.domain.cases import LogEntry, LogKind
from bot.domain.recruiters import Entry, EntryAct, EntryState
from bot.domain.staff import Role, Staff
from bot.language.marks import as_mark
from bot.services import recruiters
from bot.services.offers_seen import HOT_SPOT
from bot.store.tables import offer_seen, sighting
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import Hotline, story
from tests.journeys.offers import AD, judged, reported

NUMBER = "0812 0000 1234"


async def entry_of(hotline: Hotline, written: str = NUMBER) -> Entry | None:
    """The entry of a number in the register."""
    mark = as_mark(written)
    assert mark is not None
    return await hotline.app.read(lambda uow: uow.recruiters.with_mark(uow.offers.mark_hash(mark)))


async def alarms(hotline: Hotline) -> list[str]:
    """The hot spots that staff see now."""
    standing = await hotline.app.read(lambda uow: uow.alarms.standing())
    return [alarm.detail for alarm in standing if alarm.kind == HOT_SPOT]


async def counted(hotline: Hotline) -> tuple[int, int]:
    """How many offers are known, and how many people asked about them."""

    def count(uow: SqlUnitOfWork) -> tuple[int, int]:
        connection = uow.offers._connection
        offers = connection.execute(offer_seen.select()).all()
        return len(offers), len(connection.execute(sighting.select()).all())

    return await hotline.app.read(count)


def _log_of(case_id: str, uow: SqlUnitOfWork) -> Sequence[LogEntry]:
    return uow.cases.log_entries(case_id)


async def supervisor(hotline: Hotline) -> Staff:
    """Who may decide about entries."""
    now = hotline.clock.now()
    return await hotline.app.write(lambda uow: uow.staff.add("sri", Role.SUPERVISOR, "x", now))


@story
async def test_three_forwards_are_one_offer_with_three_askers(hotline: Hotline) -> None:
    """Within minutes, one with a question before it, one with capitals; who asks twice is one."""
    await judged(hotline, "ani")
    await hotline.forward(minutes=1)
    await judged(hotline, "budi", f"kak ini beneran apa tipu ya\n{AD}")
    await judged(hotline, "citra", f"Diteruskan\n{AD.upper()}")
    assert await counted(hotline) == (1, 3)
    await judged(hotline, "ani")
    await judged(hotline, "ani", f"{AD}\nPakai visa turis.\nDiminta bayar uang di muka.")
    assert await counted(hotline) == (1, 3)


@story
async def test_every_judged_offer_leaves_a_fingerprint_only_grave_ones_an_entry(
    hotline: Hotline,
) -> None:
    """Many ask about honest companies, too; those stay out of the register."""
    await judged(hotline, "ani", verdict="no_red_flag_seen")
    assert await counted(hotline) == (1, 1)
    assert await entry_of(hotline) is None
    await judged(hotline, "budi", verdict="serious")
    entry = await entry_of(hotline)
    assert entry is not None
    assert (entry.value, entry.times) == ("+6281200001234", 1)


@story
async def test_a_few_words_leave_nothing(hotline: Hotline) -> None:
    """There is nothing in them by which they could be known again."""
    await judged(hotline, "ani", "kerja di malaysia, aman ga", verdict="not_enough_known")
    assert await counted(hotline) == (0, 0)


@story
async def test_staff_hear_of_a_spot_once_for_each_step(hotline: Hotline) -> None:
    """At three people and at six, not with each; the cases have it in their log."""
    people = ("ani", "budi", "citra", "dewi", "eka", "fitri", "gita")
    heard = []
    for who in people:
        await judged(hotline, who, f"{AD} kata {who} " * 2)
        heard.append([each for each in await alarms(hotline) if each.startswith("RK-")])
    entry = await entry_of(hotline)
    assert entry is not None
    three, six = [f"{entry.reference}, 3"], [f"{entry.reference}, 6"]
    assert heard == [[], [], three, three, three, six, six]
    logged: list[str] = []
    for case in await hotline.cases():
        log = await hotline.app.read(partial(_log_of, case.id))
        logged += [line.text for line in log if line.kind is LogKind.HOT_SPOT]
    assert Counter(logged) == {three[0]: 3, six[0]: 6, "batam, 5": 5}
    said = [text for who in people for text in await hotline.answers(who)]
    assert not any(entry.reference in text or "orang lain" in text for text in said)


@story
async def test_reports_and_offers_count_together(hotline: Hotline) -> None:
    """One asks, two report: one number, three people."""
    await judged(hotline, "ani")
    await reported(hotline, "budi", f"calo itu nomornya {NUMBER}, nomor saya 0813 0000 2222")
    await reported(hotline, "citra", f"laporkan wa.me/6281200001234 ini {NUMBER}")
    entry = await entry_of(hotline)
    assert entry is not None
    assert await alarms(hotline) == [f"{entry.reference}, 3"]
    assert await entry_of(hotline, "0813 0000 2222") is None


@story
async def test_several_departures_on_one_day_are_a_spot(hotline: Hotline) -> None:
    """Two whom one number takes away on the same day are a group that leaves."""
    for who in ("ani", "budi"):
        await judged(hotline, who, departure="later", leaves="2026-12-05")
    entry = await entry_of(hotline)
    assert entry is not None
    assert await alarms(hotline) == [f"{entry.reference}, 2, 2026-12-05"]


@story
async def test_a_place_shared_by_five_is_a_spot(hotline: Hotline) -> None:
    """Different offers, different numbers, one harbour."""
    for number, who in enumerate(("ani", "budi", "citra", "dewi", "eka")):
        text = (
            f"kerja operator {who} di Kamboja, gabung lewat pelabuhan Batam, WA 08120000300{number}"
        )
        await judged(hotline, who, text)
    assert await alarms(hotline) == ["batam, 5"]


@story
async def test_a_cleared_entry_counts_no_more(hotline: Hotline) -> None:
    """Staff clear it with a reason that stays; nobody hears of it again until it counts again."""
    member = await supervisor(hotline)
    for who in ("ani", "budi"):
        await judged(hotline, who)
    entry = await entry_of(hotline)
    assert entry is not None
    now = hotline.clock.now()

    async def decide(act: EntryAct) -> None:
        await hotline.app.write(
            lambda uow: recruiters.act(uow, member, entry.reference, act, "nomor kantor desa", now)
        )

    await decide(EntryAct.CLEAR)
    for who in ("citra", "dewi"):
        await judged(hotline, who)
    assert await alarms(hotline) == []
    cleared = await entry_of(hotline)
    assert cleared is not None
    assert (cleared.state, cleared.times) == (EntryState.CLEARED, 2)
    await decide(EntryAct.COUNT_AGAIN)
    await judged(hotline, "eka")
    assert f"{entry.reference}, 5" in await alarms(hotline)
    lines = await hotline.app.read(lambda uow: uow.recruiters.lines(entry.id))
    assert [line.act for line in lines if line.actor != "bot"] == [
        EntryAct.CLEAR,
        EntryAct.COUNT_AGAIN,
    ]


@story
async def test_ones_own_number_is_no_recruiters(hotline: Hotline) -> None:
    """Who asks through WhatsApp and leaves their number is not noted with it."""
    own = "whatsapp:+6281200001234"
    await judged(hotline, own, channel="whatsapp")
    assert await entry_of(hotline) is None


@story
async def test_nothing_of_it_is_kept_in_clear(hotline: Hotline) -> None:
    """Neither the words of the offer nor the number stand in any column."""
    await judged(hotline, "ani")

    def dump(uow: SqlUnitOfWork) -> str:
        connection = uow.offers._connection
        tables = offer_seen.metadata.sorted_tables
        return repr([connection.execute(table.select()).all() for table in tables])

    told = await hotline.app.read(dump)
    for piece in ("81200001234", "Rina", "ijazah", "admin online"):
        assert piece not in told
