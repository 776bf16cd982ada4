"""The guided check from turn to turn: few questions, corrections, contradictions."""

from __future__ import annotations

import pytest

from actions.conversation import ActionAnswer, ActionClarify
from actions.explanations import sign_asked_about
from actions.offer import ActionOfferClose, ValidateOfferForm
from actions.offer_plan import MOST_ANSWERS, MOST_ANSWERS_RICH
from actions.verdict import verdict_texts
from bot.language.flags import catalogue
from bot.language.offers import check_offer
from tests.actions.offer_talk import FORM, OfferTalk
from tests.actions.talk import turn

RICH = (
    "perawat di jepang, gaji 18 juta, visa kerja, tidak dipungut biaya, lewat PT, kontrak ada",
    "kerja pabrik di taiwan gaji 12 juta, kontrak 3 tahun, visa kerja, lewat PT berizin",
    "pekerja kebun di malaysia gaji 2000 ringgit, lewat p3mi, tidak dipungut biaya, visa kerja",
)


def guided(*said: str) -> OfferTalk:
    """A talk in which these are written one after the other."""
    talk = OfferTalk()
    for words in said:
        talk.says(words)
    return talk


def judged_by_skipping(talk: OfferTalk) -> int:
    """How many answers somebody has given by the verdict who skips whatever is asked."""
    while not talk.is_judged:
        talk.says("lewati", intent="unsure")
    return talk.answers


def test_from_nothing_the_verdict_comes_after_six_answers_at_most() -> None:
    """Nothing is told, everything is asked piece by piece."""
    talk = OfferTalk()
    talk.says()

    assert talk.asked == "offer__story"
    assert judged_by_skipping(talk) <= MOST_ANSWERS


@pytest.mark.parametrize(
    "story",
    ["kerja di taiwan", "kerja pabrik di taiwan", "pabrik di taiwan gaji 9 juta, visa kerja"],
)
def test_a_short_story_is_judged_after_six_messages_at_most(story: str) -> None:
    """The story itself and the yes to what was understood count too."""
    assert judged_by_skipping(guided(story)) <= MOST_ANSWERS


@pytest.mark.parametrize("advertisement", RICH)
def test_a_rich_advertisement_is_judged_after_two_answers_at_most(advertisement: str) -> None:
    """What stands in it is not asked again."""
    talk = guided(advertisement)

    assert judged_by_skipping(talk) - 1 <= MOST_ANSWERS_RICH


def test_skipping_everything_is_not_enough_to_judge() -> None:
    """The verdict says so, and that it is no permission."""
    talk = OfferTalk()
    talk.says()
    said = ""
    while not talk.is_judged:
        said = talk.says("skip", intent="unsure")

    assert "Belum cukup informasi" in said
    assert "bukan izin berangkat" in said
    assert talk.commands[-1]["verdict"] == "not_enough_known"


def test_a_grave_verdict_waits_for_no_yes() -> None:
    """It is told with what was understood, and then the departure is asked."""
    talk = OfferTalk()
    said = talk.says("jadi admin di kamboja gaji 20 juta, pakai visa turis")

    assert talk.is_judged
    assert "Saya tangkap: Kamboja" in said
    assert talk.asked == "offer__departure"
    assert talk.commands[0]["departure"] is None


def test_an_answer_that_makes_it_grave_is_followed_by_the_verdict() -> None:
    """Whoever answers with the worst need not answer the rest first."""
    talk = guided("kerja restoran di malaysia gaji 7 juta")
    talk.says(intent="affirm")
    said = talk.says(visa="turis")

    assert "tanpa visa kerja" in said
    assert talk.asked == "offer__departure"


@pytest.mark.parametrize(
    ("said", "fact", "now"),
    [
        ("bukan malaysia, singapura", "country", "singapura"),
        ("singapura bukan malaysia", "country", "singapura"),
        ("eh gajinya 5 juta bukan 15", "salary", "5 juta"),
        ("eh 5 juta bukan 15", "salary", "5 juta"),
        ("salah, lewat PT", "agency", "lewat PT"),
        ("bukan sawit kak, ternyata jaga toko", "job", "penjaga toko"),
    ],
)
@pytest.mark.parametrize("confirmed", [True, False])
def test_every_fact_can_be_corrected_in_own_words(
    said: str, fact: str, now: str, confirmed: bool
) -> None:
    """In place of the yes, or while something else is asked."""
    talk = guided("kebun sawit di malaysia gaji 15 juta, lewat agen")
    if confirmed:
        talk.says(intent="affirm")
        assert talk.asked != "offer__heard"
    answer = talk.says(said, intent="deny")

    assert check_offer(talk.slots["offer__text"]).facts[fact] == now
    assert "Sekarang:" in answer or "tanda bahaya" in answer


def test_a_fact_that_is_only_denied_is_asked_anew() -> None:
    """'Not Malaysia' leaves the country open."""
    talk = guided("kerja pabrik di malaysia gaji 5 juta")
    talk.says("bukan malaysia", intent="deny")

    assert "country" not in check_offer(talk.slots["offer__text"]).facts
    assert talk.asked == "offer__country"


def test_a_fact_that_is_only_called_wrong_is_asked_anew() -> None:
    """'The pay is wrong' takes the pay back, and the next words tell it."""
    talk = guided("jaga lansia di taiwan gaji 9 juta")
    talk.says("gajinya salah", intent="report_labour_abuse")
    assert talk.asked == "offer__salary"
    talk.says("10 juta", intent="report_money_lost")

    assert check_offer(talk.slots["offer__text"]).facts["salary"] == "10 juta"


def test_another_amount_is_a_correction_and_no_contradiction() -> None:
    """Less is asked for than was said; the verdict stays, and says what changed."""
    talk = guided("pabrik di polandia gaji 18 juta, bayar 45 juta dulu ke agen")
    said = talk.says("eh bayarnya 35 juta bukan 45")

    assert "diminta 35 juta (tadinya diminta 45 juta)" in said
    assert "Yang benar mana" not in said


def test_the_button_leads_to_the_question_for_the_fact() -> None:
    """Which part is wrong, then what is right; the old value is gone."""
    talk = guided("kerja pabrik di malaysia gaji 5 juta")
    talk.says(intent="deny")
    assert talk.asked == "offer__wrong"
    talk.says(wrong="country")
    assert talk.asked == "offer__country"
    talk.says("brunei")

    assert check_offer(talk.slots["offer__text"]).facts["country"] == "brunei"
    assert talk.asked == "offer__visa"


def test_a_correction_of_a_verdict_says_what_changed() -> None:
    """The new verdict names the fact, the sign that is gone, and is recorded."""
    talk = guided("jadi admin di kamboja gaji 9 juta, berangkat bulan depan, visa kerja")
    said = talk.says("eh salah, bukan kamboja, taiwan", intent="deny")

    assert "Yang berubah: Taiwan (tadinya Kamboja)." in said
    assert "Tidak berlaku lagi: Tujuan di luar negara penempatan" in said
    assert talk.commands[-1]["facts"]["country"] == "taiwan"


@pytest.mark.parametrize(
    ("chosen", "fee"),
    [
        ("now", True),
        ("before", False),
        ("", True),
        ("yang sekarang kak", True),
        ("yang tadi", False),
        ("tidak bayar kok", False),
    ],
)
def test_a_contradiction_is_asked_about_once(chosen: str, fee: bool) -> None:
    """What is chosen holds; who does not know leaves the worse one standing."""
    talk = guided("kerja restoran di malaysia gaji 7 juta, tidak dipungut biaya")
    talk.says(intent="affirm")
    asked = talk.says("katanya diminta 5 juta buat tiket", intent="ask_placement_cost")
    assert "Tadi katanya tidak diminta bayar, sekarang diminta 5 juta. Yang benar mana?" in asked
    if chosen in {"now", "before"}:
        talk.says(which=chosen)
    else:
        talk.says(chosen, intent="unsure" if not chosen else "clarify")
    flags = {flag.code for flag in check_offer(talk.slots["offer__text"]).flags}
    again = talk.says("katanya tidak dipungut biaya")

    assert ("upfront_fee" in flags) is fee
    assert "Yang benar mana" not in again


def test_what_came_in_after_the_end_is_judged_anew() -> None:
    """An addition days later changes the same offer; another offer starts anew."""
    talk = guided("kerja restoran di malaysia gaji 7 juta")
    judged_by_skipping(talk)
    said = talk.says("yang kemarin itu, katanya visanya visa turis")
    assert "tanpa visa kerja" in said
    talk.says("skip", intent="unsure")

    other = talk.says("ada lowongan pabrik di korea gaji 20 juta, kontrak 3 tahun, visa kerja")
    assert "turis" not in talk.slots["offer__text"]
    assert "Saya tangkap: Korea" in other


@pytest.mark.parametrize("text", RICH)
def test_a_verdict_names_no_company(text: str) -> None:
    """Whatever company the text names, the verdict does not."""
    named = f"{text}, perusahaan PT Mekar Abadi Sentosa"
    told = "\n".join(verdict_texts(check_offer(named), None))

    assert "mekar" not in told.casefold()


CAUTION = "pabrik di taiwan, lewat PT, visa kerja, gaji 12 juta, chat ke wa pribadi saja"


def test_whoever_only_pauses_hears_what_is_known_so_far() -> None:
    """A verdict that says something is not kept back until an answer that may never come."""
    talk = guided(CAUTION)
    assert not talk.is_judged
    paused = turn(ActionOfferClose(), slots={**talk.slots, "paused__form": "offer_form"})

    assert "tanda bahaya" in paused.texts[0]
    assert "lanjut" in paused.texts[-1]
    assert paused.slots["offer__told"]["verdict"] == "caution"


def test_whoever_asks_for_the_verdict_need_not_answer_first() -> None:
    """'So, is it a fraud?' before the questions are over gets what is known."""
    talk = guided(CAUTION)
    asked = turn(
        ActionAnswer(), "jadi penipuan bukan?", intent="clarify", slots=talk.slots, form=FORM
    )

    assert "tanda bahaya" in asked.texts[0]
    assert asked.events[-1]["name"] == FORM


@pytest.mark.parametrize(("days", "comes_back"), [(5, True), (0, False)])
def test_lanjut_after_days_shows_the_open_question_again(days: int, comes_back: bool) -> None:
    """Right after the question the same word skips it."""
    talk = guided("pabrik di taiwan gaji 12 juta")
    talk.says(intent="affirm")
    before = {"event": "user", "text": "benar", "metadata": {"now": "2026-11-21T10:00:00+00:00"}}
    said = turn(
        ValidateOfferForm(),
        "lanjut",
        slots=talk.slots,
        form=FORM,
        before=[before],
        now=f"2026-11-{21 + days}T10:01:00+00:00",
    )

    assert any("Sejauh ini: Taiwan" in text for text in said.texts) is comes_back
    assert (said.slots["requested_slot"] == "offer__visa") is comes_back


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kenapa visa turis bahaya?", "non_work_visa"),
        ("kenapa turis?", "non_work_visa"),
        ("kenapa potong gaji itu bahaya", "salary_deduction_debt"),
        ("kenapa paspor saya ditahan majikan", None),
        ("visa turis boleh?", None),
        ("kenapa nanya visa", None),
    ],
)
def test_a_sign_is_explained_when_somebody_asks_why(text: str, code: str | None) -> None:
    """Signs of the last verdict by their bare name, others only as signs; no story of one's own."""
    assert sign_asked_about(text, {"flags": ["non_work_visa"], "signals": []}) == code


def test_every_sign_of_a_verdict_is_a_choice_and_leads_to_its_reason() -> None:
    """Flags first, then good signs, then what can be done."""
    talk = guided("jadi admin di kamboja gaji 20 juta, visa kerja, lewat calo")
    offered = turn(ActionClarify(), intent="clarify", slots=talk.slots)
    signs = [*talk.slots["offer__told"]["flags"], *talk.slots["offer__told"]["signals"]]

    assert len(signs) > 2
    assert offered.buttons[: len(signs)] == [f'/clarify{{"explain":"{code}"}}' for code in signs]
    for code in signs:
        told = turn(ActionClarify(), intent="clarify", entities={"explain": code}, slots=talk.slots)
        assert catalogue()[code].explanation in told.texts[0]


def test_what_can_be_done_begins_with_the_gravest_sign() -> None:
    """One step for each of the gravest signs, then the one that fits the whole."""
    talk = guided("jadi admin di kamboja gaji 20 juta, visa turis")
    told = turn(ActionClarify(), intent="clarify", entities={"explain": "steps"}, slots=talk.slots)
    gravest = talk.slots["offer__told"]["flags"][0]

    assert told.texts[0].splitlines()[1] == f"• {catalogue()[gravest].advice}"
    assert "/request_human" in told.buttons
