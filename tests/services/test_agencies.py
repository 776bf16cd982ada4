"""Taking lists in, and what people and staff hear of a company."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
import yaml

from bot.domain.agencies import Agency, AgencyState, Outcome
from bot.domain.agency_file import read_agencies
from bot.ports import Answer, Command
from bot.services.agencies import SmallerListError, find_agency, import_lists, say_findings
from bot.settings import ROOT
from tests.hotline import START, Hotline, story

TODAY = date(2026, 11, 21)
ACTIVE = Agency("PT Rembulan Pagi Lestari", AgencyState.ACTIVE, "Daftar A", date(2026, 11, 1))
SAMPLE = read_agencies((ROOT / "data" / "agencies" / "contoh.csv").read_text("utf-8"), TODAY)
REAL = tuple(replace(each, source="Daftar A") for each in SAMPLE)
WORDS = yaml.safe_load((ROOT / "data" / "responses" / "agencies.yml").read_text("utf-8"))
QUESTIONS = {
    Outcome.LISTED: ("PT Anggrek Wulan Sentosa", ""),
    Outcome.LISTED_BUT_EXPIRED: ("PT Kenari Emas Utama", ""),
    Outcome.SUSPENDED: ("PT Kunang Kunang Samudra", ""),
    Outcome.REVOKED: ("PT Layang Biru Nusantara", ""),
    Outcome.LOOK_ALIKE: ("PT Angrek Wulan Sentosa", ""),
    Outcome.SEVERAL: ("PT Embun", ""),
    Outcome.NUMBER_OF_ANOTHER: ("PT Anggrek Wulan Sentosa", "123/2021"),
    Outcome.NOT_LISTED: ("PT Maju Mundur Kena", ""),
    Outcome.NO_LIST: ("PT Anggrek Wulan Sentosa", ""),
}


def import_all(hotline: Hotline, agencies: tuple[Agency, ...], *, force: bool = False) -> None:
    """Take lists in."""
    now = hotline.clock.now()
    hotline.app.database.write(lambda uow: import_lists(uow, agencies, now, force=force)).result()


def said(
    hotline: Hotline, name: str, licence: str = "", *, in_offer: bool = False, days: int = 0
) -> tuple[Outcome, str]:
    """What a look-up comes to, and what people hear."""
    names = (name,) if name else ()
    today = TODAY + timedelta(days=days)
    found = hotline.app.database.read(lambda uow: find_agency(uow, names, licence, today))
    reply = say_findings(found, hotline.app.wording, today, in_offer=in_offer)
    return found.outcome, reply.text


def test_a_list_that_shrinks_by_half_is_refused(hotline: Hotline) -> None:
    """A file that was cut off must not empty the list; who knows better says so."""
    import_all(hotline, REAL)
    fewer = REAL[: len(REAL) // 2 - 1]
    with pytest.raises(SmallerListError, match="Daftar A: 20 companies, 42 before"):
        import_all(hotline, fewer)
    assert len(hotline.app.database.read(lambda uow: uow.agencies.all())) == len(REAL)
    import_all(hotline, fewer, force=True)
    assert len(hotline.app.database.read(lambda uow: uow.agencies.all())) == len(fewer)


def test_one_refused_source_keeps_the_others_out(hotline: Hotline) -> None:
    """A file of two lists is taken whole or not at all."""
    import_all(hotline, REAL)
    other = replace(ACTIVE, source="Aneka")
    with pytest.raises(SmallerListError):
        import_all(hotline, (other, ACTIVE))
    lists = hotline.app.database.read(lambda uow: uow.agencies.lists())
    assert [each.source for each in lists] == ["Daftar A"]


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("in_offer", [False, True])
def test_every_outcome_has_its_words(hotline: Hotline, outcome: Outcome, in_offer: bool) -> None:
    """Where from and of when; how to check, where nothing else says so; short enough for a phone."""
    if outcome is not Outcome.NO_LIST:
        import_all(hotline, REAL)
    found, text = said(hotline, *QUESTIONS[outcome], in_offer=in_offer)
    assert found is outcome
    assert ("1 November 2026" in text) is (outcome is not Outcome.NO_LIST)
    assert ("siskop2mi.bp2mi.go.id" in text and "BP3MI" in text) is not in_offer
    assert len(text) < 600
    assert not re.search(r"[{}]|LATIHAN|30 hari", text)


def test_a_name_is_shown_only_where_the_difference_is_the_warning(hotline: Hotline) -> None:
    """Nobody can show a find around as a recommendation: it names no company."""
    import_all(hotline, REAL)
    naming = {
        outcome
        for outcome, question in QUESTIONS.items()
        if outcome is not Outcome.NO_LIST and re.search(r"PT [A-Z]", said(hotline, *question)[1])
    }
    assert naming == {Outcome.LOOK_ALIKE, Outcome.SEVERAL}
    assert "PT Anggrek Wulan Sentosa" in said(hotline, "PT Angrek Wulan Sentosa")[1]


def test_who_asks_about_a_number_hears_whose_it_is(hotline: Hotline) -> None:
    """The name is what they have to compare."""
    import_all(hotline, REAL)
    outcome, text = said(hotline, "", "sip3mi no 123 thn 2021")
    assert outcome is Outcome.LISTED
    assert "tertulis atas nama PT Bakau Teduh Makmur" in text


def test_a_look_alike_of_a_revoked_company_says_so(hotline: Hotline) -> None:
    """The nearest name is no comfort when its licence is gone."""
    import_all(hotline, REAL)
    assert (
        "PT Layang Biru Nusantara (izinnya tertulis dicabut)"
        in said(hotline, "PT Layang Bitu Nusantara")[1]
    )


def test_an_old_list_changes_the_words_of_every_outcome(hotline: Hotline) -> None:
    """The outcome is told with a warning that it may be otherwise by now."""
    import_all(hotline, REAL)
    for outcome, question in QUESTIONS.items():
        if outcome is not Outcome.NO_LIST:
            assert "30 hari" not in said(hotline, *question, days=9)[1]
            found, text = said(hotline, *question, days=11)
            assert found is outcome
            assert "sudah lebih dari 30 hari" in text


def test_a_sample_list_marks_every_answer(hotline: Hotline) -> None:
    """In offers and out of them, beside whatever else is loaded."""
    import_all(hotline, (*SAMPLE, ACTIVE))
    for outcome, question in QUESTIONS.items():
        if outcome is not Outcome.NO_LIST:
            for in_offer in (False, True):
                _, text = said(hotline, *question, in_offer=in_offer)
                assert text.startswith("LATIHAN: yang dipakai daftar contoh")


def test_no_wording_gives_a_verdict_on_a_company() -> None:
    """Neither genuine nor illegal nor safe, no promise, no penalty figure."""
    for variants in WORDS["responses"].values():
        for variant in variants:
            assert not re.search(
                r"\b(?:resmi|ilegal|legal|aman|pasti|dijamin|denda|penjara)\b|\d+ (?:tahun|juta)",
                variant["text"],
                re.IGNORECASE,
            )


def command(name: str, licence: str = "", *, in_offer: bool) -> Command:
    """What an action asks for."""
    values = {"names": [name], "licence": licence, "in_offer": in_offer}
    return Command("look_up_agency", 0, values)


OFFER = Command(
    "record_offer",
    0,
    {"verdict": "serious", "flags": ["upfront_fee"], "facts": {}, "departure": None},
)


@story
async def test_staff_read_the_outcome_beside_a_dangerous_offer(hotline: Hotline) -> None:
    """In the fields and in the log of its case."""
    import_all(hotline, REAL)
    look = command("PT Layang Biru Nusantara", in_offer=True)
    hotline.assistant.answers.append(Answer(commands=(OFFER, look)))
    await hotline.says("ani", "lowongan PT Layang Biru Nusantara")
    (case,) = await hotline.cases()
    assert case.fields["agency_outcome"] == "revoked"
    log = await hotline.app.read(lambda uow: uow.cases.log_entries(case.id))
    assert log[-1].text == "agency_outcome: revoked"
    assert "sudah dicabut" in (await hotline.answers("ani"))[-1]


@story
async def test_a_question_leaves_no_trace(hotline: Hotline) -> None:
    """It is answered in the place of its command and opens no case."""
    import_all(hotline, REAL)
    look = command("PT Angrek Wulan Sentosa", in_offer=False)
    hotline.assistant.answers.append(Answer(commands=(look,)))
    await hotline.says("ani", "PT Angrek Wulan Sentosa terdaftar?")
    assert "PT Anggrek Wulan Sentosa" in (await hotline.answers("ani"))[-1]
    assert await hotline.cases() == ()


@story
async def test_without_a_list_an_offer_hears_nothing_more(hotline: Hotline) -> None:
    """Whoever asks is told that there is none; a verdict has said whom to ask already."""
    for in_offer, count in ((True, 0), (False, 1)):
        before = len(await hotline.answers("ani")) if not in_offer else 0
        look = command("PT Maju Mundur", in_offer=in_offer)
        hotline.assistant.answers.append(Answer(commands=(look,)))
        await hotline.says("ani", "PT Maju Mundur")
        answers = (await hotline.answers("ani"))[before:]
        assert len([text for text in answers if "daftar" in text]) == count


@story
async def test_the_assistant_knows_whether_there_is_a_list(hotline: Hotline) -> None:
    """It asks for a name only where it can be looked up."""
    known: list[object] = []
    original = hotline.assistant.answer

    async def listen(**turn: object) -> Answer:
        metadata = turn["metadata"]
        assert isinstance(metadata, dict)
        known.append(metadata["has_agency_list"])
        return await original(**turn)  # type: ignore[arg-type]

    hotline.assistant.answer = listen  # type: ignore[method-assign]
    await hotline.says("ani", "halo")
    import_all(hotline, REAL)
    await hotline.says("ani", "halo lagi")
    assert known == [False, True]


def test_the_start_of_the_tests_is_within_the_age_of_the_sample() -> None:
    """So that transcripts hear of an old list only after time has passed."""
    assert timedelta(0) <= START.date() - SAMPLE[0].as_of <= timedelta(days=30)
